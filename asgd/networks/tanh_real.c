/* tanh: out = (e^2x - 1)/(e^2x + 1), of slope 1 - out^2 */
#include "asgd/networks/functions.h"
#include "asgd/networks/layer.h"

static void
forward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; i < n; i++) {
        const double t = 1 - 2 / (tg_net_exp(2 * (double)tg_value(p->in[i])) + 1);
        p->out[i] = tg_lift(p->in[i], t, 1 - t * t);
    }
}

static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; p->din && i < n; i++)
        p->din[i] += p->dout[i] * (1 - p->out[i] * p->out[i]);
}

const tg_layer_kind TG_AS(tg_layer_tanh) = {
    .is = { "tanh", "hyperbolic tangent", "", NULL },
    .shape = tg_layer_same,
    .forward = forward,
    .backward = backward,
};
