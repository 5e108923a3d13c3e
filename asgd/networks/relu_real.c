/* relu: out = max(in, 0), NaN stays; the slope at 0 is 0 */
#include "asgd/networks/layer.h"

#include <string.h>

/* d where x is not <= 0, else 0; x and d may be one. */
static void
mask(size_t n, const real *x, real *d)
{
    const real *restrict apart = x;

    if (x == d)
        for (size_t i = 0; i < n; i++) d[i] = tg_value(d[i]) <= 0 ? 0 : d[i];
    else
        for (size_t i = 0; i < n; i++) d[i] = tg_value(apart[i]) <= 0 ? 0 : d[i];
}

static void
forward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    if (p->out != p->in) memcpy(p->out, p->in, n * sizeof *p->out);
    mask(n, p->out, p->out);
}

/* In place what comes out is there, which is 0 where what went in was less. */
static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);
    const real *restrict in = p->in, *restrict dout = p->dout;
    real *restrict din = p->din;

    if (p->din == p->dout) {
        mask(n, p->in, p->din);
        return;
    }
    for (size_t i = 0; din && i < n; i++) {
        const real d = dout[i];
        din[i] += tg_value(in[i]) <= 0 ? 0 : d;
    }
}

const tg_layer_kind TG_AS(tg_layer_relu) = {
    .is = { "relu", "max(x, 0)", "", NULL },
    .in_place = true,
    .shape = tg_layer_same,
    .forward = forward,
    .backward = backward,
};
