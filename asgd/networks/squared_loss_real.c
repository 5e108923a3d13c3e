/* squared_loss: |z - y|^2 / 2, y the unit vector of the label; out is z - y */
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
        real sum = 0;
        for (size_t c = 0; c < classes; c++) {
            const plain own = c == p->label[b];
            const real  away = p->in[b * classes + c] - own;
            p->out[b * classes + c] = away;
            sum += away * away;
        }
        p->loss[b] += sum / 2;
    }
}

static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; i < n; i++) p->din[i] += p->out[i] / (plain)p->batch;
}

const tg_layer_kind TG_AS(tg_layer_squared_loss) = {
    .is = { "squared_loss", "half the squared distance to the label's unit vector", "",
            NULL },
    .loss = true,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
