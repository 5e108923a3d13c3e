/* convolution: a window of weights over the image, and a bias for each channel out */
#include "asgd/networks/convolve.h"
#include "asgd/networks/weights.h"

enum { CHANNELS, SIZE, STRIDE, PAD };

static tg_window
window(const tg_layer *l)
{
    const size_t size = (size_t)l->param[SIZE];

    return (tg_window){ .in = l->in,
                        .out = l->out,
                        .size = size,
                        .stride = (size_t)l->param[STRIDE],
                        .pad = l->param[PAD] < 0 ? (size - 1) / 2 : (size_t)l->param[PAD] };
}

static tg_status
shape(tg_layer *l)
{
    tg_window w = window(l);

    TG_TRY(tg_window_fit(&w, (size_t)l->param[CHANNELS]));
    l->out = w.out;
    l->count = tg_window_weights(&w) + w.out.channels;
    l->room = tg_window_room(&w);
    return TG_OK;
}

static void
start(const tg_layer *l, tg_rng *g, double *w)
{
    const tg_window v = window(l);
    const size_t    weights = tg_window_weights(&v);

    tg_weights_start(g, weights / l->out.channels, weights, w);
    memset(w + weights, 0, l->out.channels * sizeof *w);
}

static size_t
pixels(const PASS *p)
{
    return p->batch * p->layer->out.height * p->layer->out.width;
}

static void
forward(const PASS *p)
{
    const tg_window w = window(p->layer);

    TG_AS(tg_weights_bias)(pixels(p), w.out.channels, p->w + tg_window_weights(&w), p->out);
    TG_AS(tg_convolve)(&w, p, p->w, p->in, p->out);
}

static void
backward(const PASS *p)
{
    const tg_window w = window(p->layer);

    TG_AS(tg_convolve_weights)(&w, p, p->in, p->dout, p->dw);
    TG_AS(tg_weights_sum)
    (pixels(p), w.out.channels, p->dout, p->dw + tg_window_weights(&w));
    if (p->din) TG_AS(tg_convolve_inputs)(&w, p, p->w, p->dout, p->din);
}

static const tg_param param[] = {
    { "channels", "", "that come out", NAN, 1, 1e6, false, true },
    { "size", "", "of the window, which is square", 3, 1, 1000, false, true },
    { "stride", "", "pixels from one window to the next", 1, 1, 1000, false, true },
    { "pad", "", "zeros around the image; -1: (size - 1)/2", -1, -1, 1000, false, true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_convolution) = {
    .is = { "convolution", "a window of weights over the image", "", param },
    .shape = shape,
    .start = start,
    .forward = forward,
    .backward = backward,
};
