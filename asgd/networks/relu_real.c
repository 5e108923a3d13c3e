/* relu: out = max(in, 0), NaN stays; the slope at 0 is 0 */
#include "asgd/networks/layer.h"

static void
forward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; i < n; i++) p->out[i] = tg_value(p->in[i]) <= 0 ? 0 : p->in[i];
}

static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    if (!p->din) return;
    for (size_t i = 0; i < n; i++) p->din[i] += tg_value(p->in[i]) <= 0 ? 0 : p->dout[i];
}

const tg_layer_kind TG_AS(tg_layer_relu) = {
    .is = { "relu", "max(x, 0)", "", NULL },
    .shape = tg_layer_same,
    .forward = forward,
    .backward = backward,
};
