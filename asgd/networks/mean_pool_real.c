/* mean_pool: the mean over a window, or over the whole image */
#include "asgd/networks/convolve.h"

#include <math.h>
#include <string.h>

/* The window; size 0: as large as the image, which need not be square. */
typedef struct area {
    size_t height, width, stride;
} area;

static area
area_of(const tg_layer *l)
{
    const size_t size = (size_t)l->param[0], stride = (size_t)l->param[1];

    return size == 0 ? (area){ l->in.height, l->in.width, 1 }
                     : (area){ size, size, stride > 0 ? stride : size };
}

static tg_status
shape(tg_layer *l)
{
    const area a = area_of(l);

    if (l->in.height < a.height || l->in.width < a.width)
        return tg_fail(TG_EDOMAIN, "a window of %zu x %zu does not fit into %zu x %zu",
                       a.height, a.width, l->in.height, l->in.width);
    l->out = (tg_shape){ (l->in.height - a.height) / a.stride + 1,
                         (l->in.width - a.width) / a.stride + 1, l->in.channels };
    return TG_OK;
}

/* The sum of the window that begins at `in` into out, or from dout back to din. */
static void
gather(const tg_layer *l, const area *a, const real *in, real *out)
{
    const size_t channels = l->in.channels;

    memset(out, 0, channels * sizeof *out);
    for (size_t u = 0; u < a->height; u++)
        for (size_t v = 0; v < a->width; v++)
            for (size_t c = 0; c < channels; c++)
                out[c] += in[(u * l->in.width + v) * channels + c];
    for (size_t c = 0; c < channels; c++) out[c] /= (plain)(a->height * a->width);
}

static void
scatter(const tg_layer *l, const area *a, const real *dout, real *din)
{
    const size_t channels = l->in.channels;

    for (size_t u = 0; u < a->height; u++)
        for (size_t v = 0; v < a->width; v++)
            for (size_t c = 0; c < channels; c++)
                din[(u * l->in.width + v) * channels + c] +=
                    dout[c] / (plain)(a->height * a->width);
}

static void
go(const PASS *p, const real *dout)
{
    const tg_layer *l = p->layer;
    const area      a = area_of(l);
    const size_t    channels = l->in.channels;
    size_t          at = 0;

    for (size_t b = 0; b < p->batch; b++)
        for (size_t y = 0; y < l->out.height; y++)
            for (size_t x = 0; x < l->out.width; x++, at += channels) {
                const size_t first =
                    ((b * l->in.height + a.stride * y) * l->in.width + a.stride * x) *
                    channels;
                if (dout)
                    scatter(l, &a, dout + at, p->din + first);
                else
                    gather(l, &a, p->in + first, p->out + at);
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
    { "size", "", "of the window, which is square; 0: the whole image", 0, 0, 1000, false,
      true },
    { "stride", "", "pixels from one window to the next; 0: as its size", 0, 0, 1000, false,
      true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_mean_pool) = {
    .is = { "mean_pool", "the mean over a window, or the whole image", "", param },
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
