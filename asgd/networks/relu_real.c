/* relu: out = max(in, 0), NaN stays; the slope at 0 is 0 */
#include "asgd/networks/layer.h"

static void
forward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);
    const real *restrict in = p->in;
    real *restrict out = p->out;

    for (size_t i = 0; i < n; i++) out[i] = tg_value(in[i]) <= 0 ? 0 : in[i];
}

static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);
    const real *restrict in = p->in, *restrict dout = p->dout;
    real *restrict din = p->din;

    for (size_t i = 0; din && i < n; i++) {
        const real d = dout[i];
        din[i] += tg_value(in[i]) <= 0 ? 0 : d;
    }
}

const tg_layer_kind TG_AS(tg_layer_relu) = {
    .is = { "relu", "max(x, 0)", "", NULL },
    .shape = tg_layer_same,
    .forward = forward,
    .backward = backward,
};
