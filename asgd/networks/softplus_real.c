/* softplus: out = log(1 + e^in) = max(in, 0) + log(1 + e^-|in|), of slope s = 1/(1 + e^-in) */
#include "asgd/networks/functions.h"
#include "asgd/networks/layer.h"

static double
slope(double x)
{
    return 1 / (1 + tg_net_exp(-x));
}

static void
forward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; i < n; i++) {
        const double x = (double)tg_value(p->in[i]);
        const double rest = tg_net_log(1 + tg_net_exp(-fabs(x)));
        p->out[i] = tg_lift(p->in[i], (x > 0 ? x : 0) + rest, slope(x));
    }
}

static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; p->din && i < n; i++) {
        const double s = slope((double)tg_value(p->in[i]));
        p->din[i] += p->dout[i] * tg_lift(p->in[i], s, s * (1 - s));
    }
}

const tg_layer_kind TG_AS(tg_layer_softplus) = {
    .is = { "softplus", "log(1 + exp x)", "", NULL },
    .shape = tg_layer_same,
    .forward = forward,
    .backward = backward,
};
