#include "asgd/networks/convolve.h"

#include <string.h>

/* The image in the middle of zeros: low rows and columns of them before it, high after it. */
static const real *
frame(tg_shape s, size_t low, size_t high_rows, size_t high_columns, const real *image,
      real *room)
{
    const size_t width = (low + s.width + high_columns) * s.channels;
    real        *at = room + low * width + low * s.channels;

    if (low + high_rows + high_columns == 0) return image;
    memset(room, 0, (low + s.height + high_rows) * width * sizeof *room);
    for (size_t y = 0; y < s.height; y++)
        memcpy(at + y * width, image + y * s.width * s.channels,
               s.width * s.channels * sizeof *room);
    return room;
}

/* The pixels of the framed image that out sees first, and those of the window, as steps in it. */
static void
steps(const tg_window *w, ptrdiff_t pixel[2], ptrdiff_t inside[2])
{
    const ptrdiff_t width = (ptrdiff_t)((w->in.width + 2 * w->pad) * w->in.channels),
                    stride = (ptrdiff_t)w->stride;

    pixel[0] = stride * width;
    pixel[1] = stride * (ptrdiff_t)w->in.channels;
    inside[0] = width;
    inside[1] = 1;
}

void
TG_AS(tg_convolve)(const tg_window *w, const PASS *p, const real *weight, const real *in,
                   real *out)
{
    const ptrdiff_t channels = (ptrdiff_t)w->out.channels,
                    width = channels * (ptrdiff_t)w->out.width;
    tg_multiply q = { .rows = { w->out.height, w->out.width },
                      .terms = { w->size, w->size * w->in.channels },
                      .columns = w->out.channels,
                      .b = weight,
                      .b_term = w->out.channels,
                      .c_row = { width, channels } };

    steps(w, q.a_row, q.a_term);
    for (size_t b = 0; b < p->batch; b++) {
        q.a = frame(w->in, w->pad, w->pad, w->pad, in + b * tg_shape_size(w->in), p->room);
        q.c = out + b * tg_shape_size(w->out);
        TG_AS(tg_multiply)(p->isa, &q);
    }
}

void
TG_AS(tg_convolve_weights)(const tg_window *w, const PASS *p, const real *in,
                           const real *dout, real *dweight)
{
    const ptrdiff_t channels = (ptrdiff_t)w->out.channels,
                    line = (ptrdiff_t)(w->size * w->in.channels);
    tg_multiply q = { .rows = { w->size, w->size * w->in.channels },
                      .terms = { w->out.height, w->out.width },
                      .columns = w->out.channels,
                      .b_term = w->out.channels,
                      .c = dweight,
                      .c_row = { line * channels, channels } };

    steps(w, q.a_term, q.a_row);
    for (size_t b = 0; b < p->batch; b++) {
        q.a = frame(w->in, w->pad, w->pad, w->pad, in + b * tg_shape_size(w->in), p->room);
        q.b = dout + b * tg_shape_size(w->out);
        TG_AS(tg_multiply)(p->isa, &q);
    }
}

/* ---- inputs -------------------------------------------------------------------------- */

/* Pixels at s k + first, k = 0, .., see the window at taps at + s t, t = 0, .., taps - 1; the
 * one of t is out[k + last - t]. */
typedef struct phase {
    size_t pixels, at, taps, last;
} phase;

static phase
phase_of(const tg_window *w, size_t first, size_t length)
{
    const size_t at = (first + w->pad) % w->stride;

    return (phase){ .pixels = first < length ? (length - first - 1) / w->stride + 1 : 0,
                    .at = at,
                    .taps = at < w->size ? (w->size - at - 1) / w->stride + 1 : 0,
                    .last = (first + w->pad) / w->stride };
}

/* How many rows of zeros all phases together need before `out` and after it. */
static void
border(const tg_window *w, size_t in, size_t out, size_t *low, size_t *high)
{
    *low = *high = 0;
    for (size_t first = 0; first < w->stride; first++) {
        const phase  f = phase_of(w, first, in);
        const size_t end = f.pixels + f.last;
        if (f.taps > f.last + 1 + *low) *low = f.taps - 1 - f.last;
        if (f.pixels > 0 && end > out + *high) *high = end - out;
    }
}

/* W[u, v, i, o] of the taps of a phase as (u, v, o, i), u and v falling. */
static void
turn(const tg_window *w, const phase *y, const phase *x, const real *weight, real *turned)
{
    const size_t in = w->in.channels, out = w->out.channels;

    for (size_t t = y->taps; t-- > 0;)
        for (size_t r = x->taps; r-- > 0; turned += in * out) {
            const size_t u = y->at + w->stride * t, v = x->at + w->stride * r;
            const real  *from = weight + (u * w->size + v) * in * out;
            for (size_t o = 0; o < out; o++)
                for (size_t i = 0; i < in; i++) turned[o * in + i] = from[i * out + o];
        }
}

/* The products of all phases of one image, whose framed dout is given. */
static void
scatter(const tg_window *w, const PASS *p, const real *framed, size_t low, size_t line,
        const real *turned, real *din)
{
    const size_t    in = w->in.channels, out = w->out.channels, stride = w->stride;
    const ptrdiff_t step = (ptrdiff_t)(w->in.width * in);

    for (size_t py = 0; py < stride; py++)
        for (size_t px = 0; px < stride; px++) {
            const phase y = phase_of(w, py, w->in.height), x = phase_of(w, px, w->in.width);
            const size_t top = low + y.last + 1 - y.taps, left = low + x.last + 1 - x.taps;
            const tg_multiply q = { .rows = { y.pixels, x.pixels },
                                    .terms = { y.taps, x.taps * out },
                                    .columns = in,
                                    .a = framed + top * line + left * out,
                                    .a_row = { (ptrdiff_t)line, (ptrdiff_t)out },
                                    .a_term = { (ptrdiff_t)line, 1 },
                                    .b = turned,
                                    .b_term = in,
                                    .c = din + (py * w->in.width + px) * in,
                                    .c_row = { (ptrdiff_t)stride * step,
                                               (ptrdiff_t)(stride * in) } };
            TG_AS(tg_multiply)(p->isa, &q);
            turned += y.taps * x.taps * in * out;
        }
}

void
TG_AS(tg_convolve_inputs)(const tg_window *w, const PASS *p, const real *weight,
                          const real *dout, real *din)
{
    size_t low, below, right;
    real  *turned = p->room, *room = turned + tg_window_weights(w);

    border(w, w->in.height, w->out.height, &low, &below);
    border(w, w->in.width, w->out.width, &low, &right);
    for (size_t py = 0; py < w->stride; py++)
        for (size_t px = 0; px < w->stride; px++) {
            const phase y = phase_of(w, py, w->in.height), x = phase_of(w, px, w->in.width);
            turn(w, &y, &x, weight, turned);
            turned += y.taps * x.taps * w->in.channels * w->out.channels;
        }
    for (size_t b = 0; b < p->batch; b++) {
        const real *framed =
            frame(w->out, low, below, right, dout + b * tg_shape_size(w->out), room);
        scatter(w, p, framed, low, (low + w->out.width + right) * w->out.channels, p->room,
                din + b * tg_shape_size(w->in));
    }
}
