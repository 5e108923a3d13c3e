/* max_pool: the largest in a window; of equal ones the derivative goes to the first */
#include "asgd/networks/convolve.h"

#include <math.h>

static tg_window
window(const tg_layer *l)
{
    const size_t size = (size_t)l->param[0], stride = (size_t)l->param[1];

    return (tg_window){
        .in = l->in, .out = l->out, .size = size, .stride = stride > 0 ? stride : size
    };
}

static tg_status
shape(tg_layer *l)
{
    tg_window w = window(l);

    TG_TRY(tg_window_fit(&w, l->in.channels));
    l->out = w.out;
    return TG_OK;
}

/* Where the largest of a window lies that begins at `first`; a NaN counts as that. */
static size_t
largest(const tg_window *w, const real *in, size_t first)
{
    const size_t step = w->in.channels, line = w->in.width * step;
    size_t       best = first;

    for (size_t u = 0; u < w->size; u++)
        for (size_t v = 0; v < w->size; v++) {
            const size_t at = first + u * line + v * step;
            if (!(tg_value(in[at]) <= tg_value(in[best]))) best = at;
        }
    return best;
}

/* What is in out, if dout is NULL; else where it goes. */
static void
go(const PASS *p, const real *dout)
{
    const tg_window w = window(p->layer);
    const size_t    channels = w.in.channels;
    size_t          at = 0;

    for (size_t b = 0; b < p->batch; b++)
        for (size_t y = 0; y < w.out.height; y++)
            for (size_t x = 0; x < w.out.width; x++) {
                const size_t first =
                    ((b * w.in.height + w.stride * y) * w.in.width + w.stride * x) *
                    channels;
                for (size_t c = 0; c < channels; c++, at++) {
                    const size_t best = largest(&w, p->in, first + c);
                    if (dout)
                        p->din[best] += dout[at];
                    else
                        p->out[at] = p->in[best];
                }
            }
}

static void
forward(const PASS *p)
{
    go(p, NULL);
}

static void
backward(const PASS *p)
{
    if (p->din) go(p, p->dout);
}

static const tg_param param[] = {
    { "size", "", "of the window, which is square", 2, 1, 1000, false, true },
    { "stride", "", "pixels from one window to the next; 0: as its size", 0, 0, 1000, false,
      true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_max_pool) = {
    .is = { "max_pool", "the largest in a window", "", param },
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
