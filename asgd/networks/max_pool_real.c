/* max_pool: the largest in a window; of equal ones the derivative goes to the first */
#include "asgd/networks/convolve.h"

#include <string.h>

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
    l->room = l->in.channels;
    return TG_OK;
}

/* The largest of the window that begins at `in`, of each channel; NaN counts as that. */
static void
largest(const tg_window *w, const real *restrict in, real *restrict out)
{
    const size_t channels = w->in.channels;

    memcpy(out, in, channels * sizeof *out);
    for (size_t k = 1; k < w->size * w->size; k++) {
        const real *restrict at = in + (k / w->size * w->in.width + k % w->size) * channels;
        for (size_t c = 0; c < channels; c++)
            out[c] = tg_value(at[c]) <= tg_value(out[c]) ? out[c] : at[c];
    }
}

/* dout to the first of the window that is as large as out; left (channels): what has not gone. */
static void
give_back(const tg_window *w, const real *restrict in, const real *restrict out,
          const real *restrict dout, real *restrict din, real *restrict left)
{
    const size_t channels = w->in.channels;

    memcpy(left, dout, channels * sizeof *left);
    for (size_t k = 0; k < w->size * w->size; k++) {
        const size_t at = (k / w->size * w->in.width + k % w->size) * channels;
        for (size_t c = 0; c < channels; c++) {
            const real all = left[c];
            const real here = tg_value(in[at + c]) == tg_value(out[c]) ? all : 0;
            din[at + c] += here;
            left[c] = all - here;
        }
    }
}

static void
go(const PASS *p, bool back)
{
    const tg_window w = window(p->layer);
    const size_t    channels = w.in.channels;
    size_t          at = 0;

    for (size_t b = 0; b < p->batch; b++)
        for (size_t y = 0; y < w.out.height; y++)
            for (size_t x = 0; x < w.out.width; x++, at += channels) {
                const size_t first =
                    ((b * w.in.height + w.stride * y) * w.in.width + w.stride * x) *
                    channels;
                if (back)
                    give_back(&w, p->in + first, p->out + at, p->dout + at, p->din + first,
                              p->room);
                else
                    largest(&w, p->in + first, p->out + at);
            }
}

static void
forward(const PASS *p)
{
    go(p, false);
}

static void
backward(const PASS *p)
{
    if (p->din) go(p, true);
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
