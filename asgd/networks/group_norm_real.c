/* group_norm: out = gamma_c (x - m) r + beta_c, over each group of channels of a sample
 *
 *     m = mean of x,   r = 1/sqrt(mean of (x - m)^2 + 1e-5)
 *     y = (x - m) r,   d = gamma dout,   dx = r (d - mean d - y mean(d y))
 *
 * Sums go by pixels, channel by channel side by side, then over the channels of the group.
 * Parameters: gamma (channels), beta (channels). Source: Wu, He 2018.
 */
#include "asgd/networks/layer.h"

#include <math.h>
#include <string.h>

static const double SMALL = 1e-5;

static tg_status
shape(tg_layer *l)
{
    const size_t groups = (size_t)l->param[0];

    if (l->in.channels % groups != 0)
        return tg_fail(TG_EDOMAIN, "%zu channels cannot be put into %zu groups",
                       l->in.channels, groups);
    l->count = 2 * l->in.channels;
    l->kept = 2 * l->in.channels; /* m and r of each channel's group */
    l->room = 2 * l->in.channels;
    return tg_layer_same(l);
}

static void
start(const tg_layer *l, tg_rng *g, double *w)
{
    (void)g;
    for (size_t c = 0; c < l->in.channels; c++) {
        w[c] = 1;
        w[l->in.channels + c] = 0;
    }
}

/* Each channel gets the mean over its group. */
static void
spread(const tg_layer *l, real *sum)
{
    const size_t channels = l->in.channels, each = channels / (size_t)l->param[0];
    const plain  n = (plain)(l->in.height * l->in.width * each);

    for (size_t c = 0; c < channels; c += each) {
        real all = 0;
        for (size_t i = 0; i < each; i++) all += sum[c + i];
        for (size_t i = 0; i < each; i++) sum[c + i] = all / n;
    }
}

/* m and r of a sample. */
static void
moments(const tg_layer *l, const real *x, real *m, real *r)
{
    const size_t pixels = l->in.height * l->in.width, channels = l->in.channels;

    memset(m, 0, channels * sizeof *m);
    memset(r, 0, channels * sizeof *r);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++) m[c] += x[i * channels + c];
    spread(l, m);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++) {
            const real away = x[i * channels + c] - m[c];
            r[c] += away * away;
        }
    spread(l, r);
    for (size_t c = 0; c < channels; c++) {
        const double v = (double)tg_value(r[c]) + SMALL;
        r[c] = tg_lift(r[c], 1 / sqrt(v), -1 / (2 * v * sqrt(v)));
    }
}

static void
forward(const PASS *p)
{
    const tg_layer *l = p->layer;
    const size_t    pixels = l->in.height * l->in.width, channels = l->in.channels;
    const real     *gamma = p->w, *beta = gamma + channels;

    for (size_t b = 0; b < p->batch; b++) {
        const real *x = p->in + b * pixels * channels;
        real       *out = p->out + b * pixels * channels;
        real       *m = p->kept + 2 * b * channels, *r = m + channels, *scale = p->room;
        moments(l, x, m, r);
        for (size_t c = 0; c < channels; c++) scale[c] = gamma[c] * r[c];
        for (size_t i = 0; i < pixels; i++)
            for (size_t c = 0; c < channels; c++)
                out[i * channels + c] = (x[i * channels + c] - m[c]) * scale[c] + beta[c];
    }
}

/* Sums over the pixels of dout and dout y, a channel each. */
static void
sums(const tg_layer *l, const real *x, const real *dout, const real *m, const real *r,
     real *of, real *along)
{
    const size_t pixels = l->in.height * l->in.width, channels = l->in.channels;

    memset(of, 0, channels * sizeof *of);
    memset(along, 0, channels * sizeof *along);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++) {
            const real d = dout[i * channels + c];
            of[c] += d;
            along[c] += d * (x[i * channels + c] - m[c]);
        }
    for (size_t c = 0; c < channels; c++) along[c] = along[c] * r[c];
}

static void
backward(const PASS *p)
{
    const tg_layer *l = p->layer;
    const size_t    pixels = l->in.height * l->in.width, channels = l->in.channels;
    real           *of = p->room, *along = of + channels;

    for (size_t b = 0; b < p->batch; b++) {
        const size_t at = b * pixels * channels;
        const real  *x = p->in + at, *dout = p->dout + at;
        const real  *m = p->kept + 2 * b * channels, *r = m + channels;
        sums(l, x, dout, m, r, of, along);
        for (size_t c = 0; c < channels; c++) {
            p->dw[c] += along[c];
            p->dw[channels + c] += of[c];
            of[c] = of[c] * p->w[c];
            along[c] = along[c] * p->w[c];
        }
        if (!p->din) continue;
        spread(l, of);
        spread(l, along);
        for (size_t c = 0; c < channels; c++) along[c] = along[c] * r[c];
        for (size_t i = 0; i < pixels; i++)
            for (size_t c = 0; c < channels; c++) {
                const real d = dout[i * channels + c] * p->w[c] - of[c];
                p->din[at + i * channels + c] +=
                    r[c] * (d - (x[i * channels + c] - m[c]) * along[c]);
            }
    }
}

static const tg_param param[] = {
    { "groups", "", "of neighbouring channels", 8, 1, 1e6, false, true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_group_norm) = {
    .is = { "group_norm", "mean 0 and variance 1 within each group of channels",
            "Wu, He 2018", param },
    .shape = shape,
    .start = start,
    .forward = forward,
    .backward = backward,
};
