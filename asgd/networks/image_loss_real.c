/* image_loss: |x - also|^2 / 2, also what went into an earlier layer: the image; out is x - also */
#include "asgd/networks/layer.h"

static tg_status
shape(tg_layer *l)
{
    if (tg_shape_size(l->in) != tg_shape_size(l->also))
        return tg_fail(TG_EDOMAIN, "expected the %zu x %zu x %zu numbers of the image",
                       l->also.height, l->also.width, l->also.channels);
    return tg_layer_same(l);
}

static void
forward(const PASS *p)
{
    const size_t size = tg_shape_size(p->layer->in);

    for (size_t b = 0; b < p->batch; b++) {
        real sum = 0;
        for (size_t i = size * b; i < size * (b + 1); i++) {
            p->out[i] = p->in[i] - p->also[i];
            sum += p->out[i] * p->out[i];
        }
        p->loss[b] += sum / 2;
    }
}

static void
backward(const PASS *p)
{
    const size_t n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; i < n; i++) {
        const real slope = p->out[i] / (plain)p->batch;
        p->din[i] += slope;
        if (p->dalso) p->dalso[i] -= slope;
    }
}

static const tg_param param[] = {
    { "back", "", "what went into the layer so many before this one; 0: the image", 0, 0,
      1000, false, true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_image_loss) = {
    .is = { "image_loss", "half the squared distance to the image itself", "", param },
    .loss = true,
    .image = true,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
