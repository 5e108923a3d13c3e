/* softmax_loss: -log p_label, p_c = e^(z_c - m) / sum, m the largest of z; out is p */
#include "asgd/networks/functions.h"
#include "asgd/networks/layer.h"

static tg_status
shape(tg_layer *l)
{
    if (l->in.height * l->in.width != 1 || l->in.channels < 2)
        return tg_fail(TG_EDOMAIN, "expected 1 x 1 x classes, at least two, before it");
    return tg_layer_same(l);
}

static void
forward(const PASS *p)
{
    const size_t classes = p->layer->in.channels;

    for (size_t b = 0; b < p->batch; b++) {
        const real *z = p->in + b * classes;
        real       *out = p->out + b * classes, sum = 0;
        plain       most = tg_value(z[0]);
        for (size_t c = 1; c < classes; c++)
            if (tg_value(z[c]) > most) most = tg_value(z[c]);
        for (size_t c = 0; c < classes; c++) {
            const double e = tg_net_exp((double)(tg_value(z[c]) - most));
            sum += out[c] = tg_lift(z[c], e, e);
        }
        const double s = (double)tg_value(sum);
        p->loss[b] += tg_lift(sum, tg_net_log(s), 1 / s) - (z[p->label[b]] - most);
        for (size_t c = 0; c < classes; c++) out[c] = out[c] / sum;
    }
}

/* (p - y) / batch */
static void
backward(const PASS *p)
{
    const size_t classes = p->layer->in.channels;

    for (size_t b = 0; b < p->batch; b++)
        for (size_t c = 0; c < classes; c++) {
            const plain own = c == p->label[b];
            p->din[b * classes + c] += (p->out[b * classes + c] - own) / (plain)p->batch;
        }
}

const tg_layer_kind TG_AS(tg_layer_softmax_loss) = {
    .is = { "softmax_loss", "minus the logarithm of the label's share", "", NULL },
    .loss = true,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
