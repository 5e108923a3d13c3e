#include "asgd/networks/images.h"

#include "asgd/problems/dataset.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

void
tg_images_free(tg_images *d)
{
    free(d->pixel);
    free(d->label);
    *d = (tg_images){ 0 };
}

tg_status
tg_images_check(const tg_images *d, const char *what)
{
    bool there[256] = { false };

    for (size_t i = 0; i < d->samples; i++) there[d->label[i]] = true;
    for (size_t c = 0; c < d->classes; c++)
        if (!there[c])
            return tg_fail(TG_EINPUT, "%s: class %zu of %zu has no sample among %zu", what,
                           c, d->classes, d->samples);
    return TG_OK;
}

tg_status
tg_images_idx(const char *images, const char *labels, size_t limit, tg_images *out)
{
    size_t    size[3] = { 0 }, count[3] = { 0 };
    tg_images d = { 0 };
    tg_status status = tg_idx_read(images, 3, size, &d.pixel);

    if (status == TG_OK) status = tg_idx_read(labels, 1, count, &d.label);
    if (status == TG_OK && size[0] != count[0])
        status = tg_fail(TG_EINPUT, "%s holds %zu images, %s holds %zu labels", images,
                         size[0], labels, count[0]);
    d.samples = size[0] < limit ? size[0] : limit;
    d.shape = (tg_shape){ size[1], size[2], 1 };
    for (size_t i = 0; status == TG_OK && i < d.samples; i++)
        if (d.label[i] >= d.classes) d.classes = d.label[i] + (size_t)1;
    if (status == TG_OK)
        *out = d;
    else
        tg_images_free(&d);
    return status;
}

/* ---- made up ------------------------------------------------------------------------- */

/* A picture of variance about 1: normal numbers, added up over a cross of neighbours. */
static void
draw_class(const tg_synthetic *w, tg_rng *g, double *raw, double *out)
{
    const tg_shape s = w->shape;
    const size_t   line = s.width * s.channels, n = tg_shape_size(s);

    for (size_t i = 0; i < n; i++) raw[i] = tg_rng_normal(g);
    for (size_t i = 0; i < n; i++) {
        const size_t row = i / line, column = i % line;
        double       sum = raw[i];
        if (row > 0) sum += raw[i - line];
        if (row + 1 < s.height) sum += raw[i + line];
        if (column >= s.channels) sum += raw[i - s.channels];
        if (column + s.channels < line) sum += raw[i + s.channels];
        out[i] = sum * 0.4472135954999579;
    }
}

static uint8_t
byte_of(double x)
{
    const double y = 128 + 32 * x;

    return y <= 0 ? 0 : y >= 255 ? 255 : (uint8_t)y;
}

static void
draw_samples(const tg_synthetic *w, uint64_t seed, uint32_t index, const double *picture,
             tg_images *d)
{
    const size_t n = tg_shape_size(w->shape);
    tg_rng       g = tg_rng_of(seed, TG_PURPOSE_START, UINT32_MAX, 1 + index);

    for (size_t i = 0; i < w->samples; i++) {
        d->label[i] = (uint8_t)(i % w->classes);
        for (size_t k = 0; k < n; k++)
            d->pixel[i * n + k] =
                byte_of(picture[d->label[i] * n + k] + w->noise * tg_rng_normal(&g));
    }
}

tg_status
tg_images_synthetic(const tg_synthetic *w, uint64_t seed, uint32_t index, tg_images *out)
{
    const size_t n = tg_shape_size(w->shape);
    tg_rng       g = tg_rng_of(seed, TG_PURPOSE_START, UINT32_MAX, 0);
    tg_images    d = { .shape = w->shape, .samples = w->samples, .classes = w->classes };

    if (n == 0 || w->samples < w->classes || w->classes < 2 || w->classes > 255)
        return tg_fail(
            TG_EDOMAIN,
            "synthetic images need pixels, 2 to 255 classes and a sample of each, "
            "got %zu, %zu, %zu",
            n, w->classes, w->samples);
    TG_TRY(tg_memory_check((double)w->samples * (double)n, "take fewer samples"));
    double *picture = malloc((w->classes + 1) * n * sizeof *picture);
    d.pixel = malloc(w->samples * n);
    d.label = malloc(w->samples);
    const bool whole = picture && d.pixel && d.label;
    if (whole) {
        for (size_t c = 0; c < w->classes; c++)
            draw_class(w, &g, picture + w->classes * n, picture + c * n);
        draw_samples(w, seed, index, picture, &d);
        *out = d;
    } else
        tg_images_free(&d);
    free(picture);
    return whole ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}
