/* gaussian: of means m and logarithms of variances v, half of what comes in each, a sample
 *
 *     z = m + e^(v/2) eps,   loss += sum (m^2 + e^v - 1 - v)/2,
 *
 * eps the N(0, 1) numbers of the sample: the divergence of N(m, e^v) from N(0, 1) is part of the loss.
 * Source: Kingma, Welling 2014, 2.4 and appendix B.
 */
#include "asgd/networks/functions.h"
#include "asgd/networks/layer.h"

static tg_status
shape(tg_layer *l)
{
    const size_t size = tg_shape_size(l->in);

    if (size % 2 != 0)
        return tg_fail(TG_EDOMAIN,
                       "expected as many means as variances before it, an even number");
    l->out = (tg_shape){ 1, 1, size / 2 };
    l->kept = l->draws = size / 2;
    return TG_OK;
}

/* kept: e^(v/2) */
static void
forward(const PASS *p)
{
    const size_t n = p->layer->out.channels;

    for (size_t b = 0; b < p->batch; b++) {
        const real *m = p->in + 2 * n * b, *v = m + n, *eps = p->noise + b * p->noise_row;
        real       *deviation = p->kept + n * b, sum = 0;
        for (size_t i = 0; i < n; i++) {
            const double e = tg_net_exp((double)tg_value(v[i]) / 2);
            deviation[i] = tg_lift(v[i], e, e / 2);
            p->out[n * b + i] = m[i] + deviation[i] * eps[i];
            sum += m[i] * m[i] + deviation[i] * deviation[i] - 1 - v[i];
        }
        p->loss[b] += sum / 2;
    }
}

static void
backward(const PASS *p)
{
    const size_t n = p->layer->out.channels;
    const plain  batch = (plain)p->batch;

    for (size_t b = 0; p->din && b < p->batch; b++) {
        const real *m = p->in + 2 * n * b, *eps = p->noise + b * p->noise_row,
                   *deviation = p->kept + n * b, *dout = p->dout + n * b;
        real *dm = p->din + 2 * n * b, *dv = dm + n;
        for (size_t i = 0; i < n; i++) {
            dm[i] += dout[i] + m[i] / batch;
            dv[i] += dout[i] * deviation[i] * eps[i] / 2 +
                     (deviation[i] * deviation[i] - 1) / 2 / batch;
        }
    }
}

const tg_layer_kind TG_AS(tg_layer_gaussian) = {
    .is = { "gaussian", "a sample of means and variances, whose divergence is in the loss",
            "Kingma, Welling 2014", NULL },
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
