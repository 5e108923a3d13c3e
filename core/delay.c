#include "core/delay.h"

#include "core/law.h"
#include "core/normals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_law_begin(const tg_delay_kind *kind, size_t n, tg_delay **out)
{
    tg_delay *d = calloc(1, sizeof *d);

    if (d) {
        d->kind = kind;
        d->n = n;
        d->x = n ? calloc(n, sizeof *d->x) : NULL;
        d->w = n ? calloc(n, sizeof *d->w) : NULL;
        d->part = n ? calloc(n, sizeof(tg_delay *)) : NULL;
        d->high = INFINITY;
        d->abscissa = -INFINITY;
        d->accuracy = 3e-16;
        atomic_init(&d->references, 1);
        atomic_init(&d->measured, false);
        pthread_mutex_init(&d->making, NULL);
    }
    if (!d || (n && (!d->x || !d->w || !d->part))) {
        tg_delay_free(d);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = d;
    return TG_OK;
}

tg_status
tg_law_finish(tg_delay *d, tg_delay **out)
{
    tg_status status = d->kind->prepare(d);

    if (status == TG_OK && !d->text && !(d->text = tg_law_describe(d)))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        *out = d;
    else
        tg_delay_free(d);
    return status;
}

tg_status
tg_law_check_param(const tg_delay_param *q, double x)
{
    if ((x >= q->min && x <= q->max) || (q->optional && x == q->fallback)) return TG_OK;
    return tg_fail(TG_EDOMAIN, "%s must be >= %g and <= %g, got %g", q->name, q->min,
                   q->max, x);
}

tg_status
tg_delay_create(const char *name, const double *params, tg_delay **out)
{
    const tg_delay_kind *kind = tg_law_kind(name);
    tg_delay            *d;

    if (!kind) return tg_fail(TG_EINPUT, "there is no law of delay \"%s\"", name);
    if (kind->read)
        return tg_fail(TG_EINPUT, "the law \"%s\" is not made of numbers alone", name);
    for (size_t i = 0; i < kind->count; i++)
        TG_TRY(tg_law_check_param(&kind->params[i], params[i]));
    TG_TRY(tg_law_begin(kind, 0, &d));
    memcpy(d->p, params, kind->count * sizeof *params);
    return tg_law_finish(d, out);
}

tg_delay *
tg_delay_keep(const tg_delay *d)
{
    tg_delay *kept = (tg_delay *)d; /* only the count of references changes */

    atomic_fetch_add_explicit(&kept->references, 1, memory_order_relaxed);
    return kept;
}

void
tg_delay_free(tg_delay *d)
{
    if (!d || atomic_fetch_sub(&d->references, 1) > 1) return;
    for (size_t i = 0; d->part && i < d->n; i++) tg_delay_free(d->part[i]);
    tg_panels_free(d->panels);
    pthread_mutex_destroy(&d->making);
    for (size_t i = 0; i < d->terms; i++) tg_delay_free(d->term[i].law);
    free(d->term);
    free(d->tiles);
    tg_law_memo_free(d->memo);
    free(d->part);
    free(d->x);
    free(d->w);
    free(d->text);
    free(d);
}

const char *
tg_delay_text(const tg_delay *d)
{
    return d->text;
}

const char *
tg_delay_name(const tg_delay *d)
{
    return d->kind->name;
}

/* Only what prepare() left open changes, and only under the lock. */
bool
tg_law_measured(const tg_delay *d)
{
    tg_delay *made = (tg_delay *)d;

    if (!d->kind->measure || atomic_load_explicit(&d->measured, memory_order_acquire))
        return true;
    pthread_mutex_lock(&made->making);
    bool done = atomic_load(&d->measured);
    if (!done && (done = d->kind->measure(made) == TG_OK))
        atomic_store_explicit(&made->measured, true, memory_order_release);
    pthread_mutex_unlock(&made->making);
    return done;
}

double complex
tg_law_panels_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    if (tg_law_measured(d)) return tg_panels_laplace(d->panels, s, derivative);
    if (derivative) *derivative = NAN;
    return NAN;
}

static double
moment(const tg_delay *d, const double *at)
{
    return !d->late || tg_law_measured(d) ? *at : NAN;
}

double
tg_delay_mean(const tg_delay *d)
{
    return moment(d, &d->mean);
}

double
tg_delay_variance(const tg_delay *d)
{
    return moment(d, &d->variance);
}

double
tg_delay_third(const tg_delay *d)
{
    return moment(d, &d->third);
}

double
tg_delay_cv(const tg_delay *d)
{
    return sqrt(tg_delay_variance(d)) / tg_delay_mean(d);
}

void
tg_delay_support(const tg_delay *d, double *low, double *high)
{
    *low = d->low;
    *high = d->high;
}

double
tg_delay_sample(const tg_delay *d, tg_rng *g)
{
    return d->kind->sample(d, g);
}

void
tg_delay_samples(const tg_delay *d, tg_rng *g, double *out, size_t n)
{
    double (*const sample)(const tg_delay *, tg_rng *) = d->kind->sample;

    for (size_t i = 0; i < n; i++) out[i] = sample(d, g);
}

int
tg_delay_samples_across(const tg_delay *d, uint64_t seed, tg_purpose purpose,
                        uint64_t first, uint64_t number, size_t n, double *out)
{
    enum { SOME = 64, BLOCKS = LAW_UNIFORMS / 2 + 1 };
    const size_t   words = d->kind->uniforms ? d->kind->uniforms(d) : 0;
    const uint64_t from = number * words, block = from / 2;
    double         u[2 * BLOCKS][SOME];

    if (words == 0) return 0;
    for (size_t i = 0; i < n; i += SOME) {
        const size_t some = n - i < SOME ? n - i : SOME;
        for (uint64_t b = block; 2 * b < from + words; b++)
            tg_uniforms_across(TG_ISA_BEST, seed, purpose, first + i, b, some, SOME,
                               u[2 * (b - block)]);
        for (size_t k = 0; k < some; k++) {
            double mine[LAW_UNIFORMS];
            for (size_t w = 0; w < words; w++) mine[w] = u[from % 2 + w][k];
            out[i + k] = d->kind->of_uniforms(d, mine);
        }
    }
    return 1;
}

double
tg_delay_pdf(const tg_delay *d, double t)
{
    return t < d->low || t > d->high ? 0 : d->kind->pdf(d, t);
}

double
tg_delay_cdf(const tg_delay *d, double t)
{
    return t < d->low ? 0 : t >= d->high ? 1 : d->kind->cdf(d, t);
}

double
tg_delay_quantile(const tg_delay *d, double p)
{
    if (!(p >= 0 && p <= 1)) return NAN;
    return p == 0 ? d->low : p == 1 ? d->high : d->kind->quantile(d, p);
}

/* A phi that has no continuation is wanted left of its abscissa: there is no such number.
 */
double complex
tg_delay_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    if (creal(s) >= d->abscissa) return d->kind->laplace(d, s, derivative);
    if (derivative) *derivative = NAN;
    return NAN;
}

void
tg_delay_laplaces(const tg_delay *d, const double complex *s, size_t n, double complex *phi,
                  double complex *derivative)
{
    for (size_t i = 0; i < n; i++)
        phi[i] = tg_delay_laplace(d, s[i], derivative ? derivative + i : NULL);
}

int
tg_delay_costly(const tg_delay *d)
{
    int any = d->kind->costly || d->panelled;

    for (size_t i = 0; d->part && i < d->n; i++)
        any = any || (d->part[i] && tg_delay_costly(d->part[i]));
    return any;
}

double
tg_delay_abscissa(const tg_delay *d)
{
    return d->abscissa;
}

double
tg_law_largest(const tg_delay *d, double left, double height, double *steepest)
{
    double complex slope;

    if (left >= 0) { /* as good as at 0, and free */
        *steepest = tg_delay_mean(d);
        if (d->kind->peak) *steepest = fmin(*steepest, 3 * d->kind->peak(d) / height);
        return 1;
    }
    const double value = creal(tg_delay_laplace(d, left, &slope));
    *steepest = fabs(creal(slope));
    return value;
}

double
tg_delay_largest(const tg_delay *d, double left, double height, double *steepest)
{
    if (d->kind->largest) return d->kind->largest(d, left, height, steepest);
    return tg_law_largest(d, left, height, steepest);
}

size_t
tg_delay_poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    return d->kind->poles ? d->kind->poles(d, out, room) : 0;
}

static size_t
add_pole(tg_delay_pole *out, size_t n, size_t room, tg_delay_pole pole, bool product)
{
    for (size_t i = 0; i < n && i < room; i++) {
        if (fabs(out[i].at - pole.at) > 1e-12 * fabs(pole.at)) continue;
        if (product)
            out[i].order += pole.order;
        else if (out[i].order < pole.order)
            out[i].order = pole.order;
        return n;
    }
    if (n < room) out[n] = pole;
    return n + 1;
}

size_t
tg_law_part_poles(const tg_delay *d, bool product, tg_delay_pole *out, size_t room)
{
    tg_delay_pole own[32];
    size_t        n = 0;

    for (size_t i = 0; i < d->n; i++) {
        const size_t count = tg_delay_poles(d->part[i], own, 32);
        for (size_t k = 0; k < count && k < 32; k++)
            n = add_pole(out, n, room, own[k], product);
    }
    return n;
}

void
tg_law_set_raw_moments(tg_delay *d, double m1, double m2, double m3)
{
    d->mean = m1;
    d->variance = m2 - m1 * m1;
    d->third = m3 - 3 * m1 * m2 + 2 * m1 * m1 * m1;
    if (!isfinite(m2)) d->variance = INFINITY;
    if (!isfinite(m3)) d->third = INFINITY;
}

double
tg_law_set_panel_moments(tg_delay *d)
{
    double m[4];

    tg_panels_moments(d->panels, 0, m);
    d->mean = m[1] / m[0];
    tg_panels_moments(d->panels, d->mean, m);
    d->variance = m[2] / m[0];
    d->third = m[3] / m[0];
    return m[0];
}

double
tg_law_breaks(const tg_delay *d, double share, double breaks[LAW_BREAKS])
{
    static const double p[LAW_BREAKS] = { 1e-12, 1e-6,  0.001,    0.1,      0.5,
                                          0.9,   0.999, 1 - 1e-6, 1 - 1e-12 };

    for (size_t i = 0; i < LAW_BREAKS; i++) breaks[i] = tg_delay_quantile(d, share * p[i]);
    return fmax(1, breaks[4] / (breaks[5] - breaks[3]));
}

double
tg_law_solve_quantile(const tg_delay *d, double p)
{
    double low = d->low, high = isfinite(d->high) ? d->high : 2 * tg_delay_mean(d);

    while (high < d->high && d->kind->cdf(d, high) < p) high = low + 2 * (high - low);
    for (double t = low + (high - low) / 2; high - low > 1e-15 * high;) {
        const double excess = d->kind->cdf(d, t) - p;
        if (excess < 0)
            low = t;
        else
            high = t;
        const double next = t - excess / d->kind->pdf(d, t);
        if (fabs(next - t) <= 1e-15 * t) return t;
        t = next > low && next < high ? next : low + (high - low) / 2;
        if (t <= low || t >= high) break;
    }
    return high;
}
