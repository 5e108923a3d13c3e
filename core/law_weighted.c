/* weighted: delays counted with weight c(T), for steps that depend on staleness
 *
 *     phi_c(s) = E[c(T) e^{-s T}] / E c(T)
 *
 * Not a law of the grammar: a server rule makes it of the cluster's law (core/loop.h,
 * `kept`). Constants keep their place; the parts of a mixture and the times of a trace are
 * weighted one by one; a density goes through panels up to its quantile 1 - 1e-16.
 */
#include "core/law.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE, MOST, KINK }; /* p; MOST < 0: weighed; KINK: where the density is not smooth */
enum { SHARE, POWER, FRESH, REFERENCE, SHIFT, EXPONENT, FANO, UNTIL }; /* c */

/* At first others deliver once or not at all. */
static double
fano_at(const tg_delay *d, double t)
{
    return d->c[FANO] + (1 - d->c[FANO]) * fmax(1 - t / d->c[UNTIL], 0);
}

static tg_weights
weights_of(const tg_delay *d)
{
    return (tg_weights){ d->c[FRESH], d->c[REFERENCE], d->c[SHIFT], d->c[EXPONENT] };
}

static double
weighed(const tg_delay *d, double t, int n)
{
    const tg_weights w = weights_of(d);

    return tg_weights_mean(&w, d->p[RATE] * t, fano_at(d, t), n);
}

static double
weight(const tg_delay *d, double t)
{
    if (d->p[MOST] < 0) return weighed(d, t, 1);
    return gsl_cdf_gamma_Q(d->p[RATE] * t, d->p[MOST] + 1, 1);
}

static double
once(double t, const void *context)
{
    const tg_delay *d = context;

    return weight(d, t) * tg_delay_pdf(d->part[0], t);
}

static double
twice(double t, const void *context)
{
    const tg_delay *d = context;

    if (d->p[MOST] < 0) return weighed(d, t, 2) * tg_delay_pdf(d->part[0], t);
    return weight(d, t) * once(t, context);
}

/* Where the density is as good as 0: the part's end, or no more than so many others deliver. */
static double
end_of(const tg_delay *d)
{
    const tg_delay *part = d->part[0];
    const double    all =
        isfinite(part->high) ? part->high : tg_delay_quantile(part, 1 - 1.2e-16);
    const double most = d->p[MOST] + 1, late = most + 12 * sqrt(most) + 40;

    return d->p[MOST] < 0 ? all : fmax(fmin(all, late / d->p[RATE]), 2 * part->low);
}

/* The time by which so many updates are certain: (1 - F) rate t min(t/until, 1) of them are. */
static double
time_of(const tg_delay *d, double sure)
{
    const double until = d->c[UNTIL], rate = (1 - d->c[FANO]) * d->p[RATE];

    return sure > rate * until ? sure / rate : sqrt(sure / rate * until);
}

/* Where c has an edge: J = edge is as many certain updates and j others, that have a chance. Of at most a hundred
 * expected, so many have none. */
enum { EDGES = 300 };

static size_t
list_edges(const tg_delay *d, double *t)
{
    const tg_weights w = weights_of(d);
    const double     edge = tg_weights_edge(&w);
    size_t           n = 0;

    if (d->p[MOST] >= 0 || !(edge > 0) || d->c[FANO] >= 1) return 0;
    for (unsigned j = 0; j <= edge && j < EDGES; j++) {
        t[n] = time_of(d, edge - j);
        const double mu = fano_at(d, t[n]) * d->p[RATE] * t[n];
        if (mu <= tg_weights_many && gsl_ran_poisson_pdf(j, mu) > 1e-16) n++;
    }
    return n;
}

static int
ascending(const void *one, const void *two)
{
    const double a = *(const double *)one, b = *(const double *)two;

    return (a > b) - (a < b);
}

static tg_status
by_density(tg_delay *d)
{
    const tg_delay *part = d->part[0];
    const double    high = end_of(d);
    tg_panels      *square = NULL;
    double          moment[4], breaks[LAW_BREAKS + 2 + EDGES];
    size_t          n = LAW_BREAKS;

    d->accuracy *= tg_law_breaks(part, 1, breaks);
    breaks[n++] = d->p[KINK];
    if (d->p[MOST] < 0) breaks[n++] = d->c[UNTIL];
    n += list_edges(d, breaks + n);
    qsort(breaks, n, sizeof *breaks, ascending);

    const tg_status status = tg_panels_density_create(twice, d, part->low, high, breaks, n,
                                                      d->accuracy, &square);
    if (status == TG_EDOMAIN) return tg_fail(status, "no delay counts");
    TG_TRY(status);
    tg_panels_moments(square, 0, moment);
    tg_panels_free(square);
    d->c[POWER] = moment[0];
    TG_TRY(tg_panels_density_create(once, d, part->low, high, breaks, n, d->accuracy,
                                    &d->panels));
    d->c[SHARE] = tg_law_set_panel_moments(d);
    return TG_OK;
}

/* It ends where the part does, poles included: panels do not continue through them. */
static tg_status
prepare(tg_delay *d)
{
    tg_delay_pole pole[32];
    const size_t  n = tg_delay_poles(d->part[0], pole, 32);

    d->panelled = true;
    d->accuracy = d->part[0]->accuracy;
    d->low = d->part[0]->low;
    d->high = d->part[0]->high;
    d->abscissa = d->part[0]->abscissa;
    for (size_t i = 0; i < n && i < 32; i++) d->abscissa = fmax(d->abscissa, pole[i].at);
    return by_density(d);
}

/* Try again while that is cheap, else by the quantile. */
static double
sample(const tg_delay *d, tg_rng *g)
{
    if (d->c[SHARE] < 0.01) return tg_law_solve_quantile(d, tg_rng_uniform(g));
    for (;;) {
        const double t = tg_delay_sample(d->part[0], g);
        if (tg_rng_uniform(g) < weight(d, t)) return t;
    }
}

static double
pdf(const tg_delay *d, double t)
{
    return once(t, d) / d->c[SHARE];
}

static double
cdf(const tg_delay *d, double t)
{
    return fmin(1, tg_panels_mass_to(d->panels, t) / d->c[SHARE]);
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double complex phi = tg_panels_laplace(d->panels, s, derivative);

    if (derivative) *derivative /= d->c[SHARE];
    return phi / d->c[SHARE];
}

static const tg_delay_kind weighted = { .name = "weighted",
                                        .doc = "made by a server rule",
                                        .prepare = prepare,
                                        .sample = sample,
                                        .pdf = pdf,
                                        .cdf = cdf,
                                        .quantile = tg_law_solve_quantile,
                                        .laplace = laplace,
                                        .costly = true };

/* What is asked for: the parameters p, and the weights by updates (power 0: none). */
typedef struct wish {
    double     p[3];
    tg_weights weights;
    double     fano, until;
} wish;

static tg_status make(const tg_delay *part, const wish *wanted, tg_delay **out,
                      double *share, double *power);

/* Mixture of the weighted parts, or of the weighted times, each as a constant. */
static tg_status
by_parts(const tg_delay *part, const wish *wanted, tg_delay **out, double *share,
         double *power)
{
    tg_delay **kept = calloc(part->n, sizeof(tg_delay *));
    double    *w = calloc(part->n, sizeof *w), one = 0, two = 0, total = 0, square = 0;
    tg_status  status = kept && w ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; i < part->n && status == TG_OK; i++) {
        tg_delay *time = NULL;
        if (part->kind == &tg_law_empirical)
            status = tg_delay_create("constant", &part->x[i], &time);
        if (status != TG_OK) break;
        status = make(time ? time : part->part[i], wanted, &kept[i], &one, &two);
        tg_delay_free(time);
        w[i] = (time ? 1 / (double)part->n : part->w[i]) * one;
        total += w[i];
        square += (time ? 1 / (double)part->n : part->w[i]) * two;
    }
    if (status == TG_OK)
        status = tg_delay_mixture((const tg_delay *const *)kept, w, part->n, out);
    for (size_t i = 0; kept && i < part->n; i++) tg_delay_free(kept[i]);
    free(kept);
    free(w);
    *share = total;
    *power = square;
    return status;
}

static tg_status
make(const tg_delay *part, const wish *wanted, tg_delay **out, double *share, double *power)
{
    tg_delay *d;

    if (part->kind == &tg_law_mixture || part->kind == &tg_law_empirical)
        return by_parts(part, wanted, out, share, power);
    TG_TRY(tg_law_begin(&weighted, 1, &d));
    memcpy(d->p, wanted->p, sizeof wanted->p);
    d->c[FRESH] = wanted->weights.fresh;
    d->c[REFERENCE] = wanted->weights.reference;
    d->c[SHIFT] = wanted->weights.shift;
    d->c[EXPONENT] = wanted->weights.power;
    d->c[FANO] = wanted->fano;
    d->c[UNTIL] = wanted->until;
    if (part->kind == &tg_law_constant) {
        *share = weight(d, part->p[0]);
        *power = d->p[MOST] < 0 ? weighed(d, part->p[0], 2) : *share * *share;
        tg_delay_free(d);
        if (!(*share > 0)) return tg_fail(TG_EDOMAIN, "no delay counts");
        *out = tg_delay_keep(part);
        return TG_OK;
    }
    d->part[0] = tg_delay_keep(part);
    TG_TRY(tg_law_finish(d, &d));
    *share = d->c[SHARE];
    *power = d->c[POWER];
    *out = d;
    return TG_OK;
}

static tg_status
make_checked(const tg_delay *part, const wish *wanted, tg_delay **out, double *share,
             double *power)
{
    tg_delay *d = NULL;
    double    one, two;

    TG_TRY(make(part, wanted, &d, &one, &two));
    *out = d;
    if (share) *share = one;
    if (power) *power = two;
    return TG_OK;
}

tg_status
tg_delay_fresh(const tg_delay *part, double rate, size_t most, tg_delay **out,
               double *share, double *power)
{
    const wish wanted = { .p = { [RATE] = rate, [MOST] = (double)most } };

    if (!(rate > 0 && isfinite(rate)))
        return tg_fail(TG_EDOMAIN, "rate of updates must be > 0, got %g", rate);
    return make_checked(part, &wanted, out, share, power);
}

/* The first t with MANY = rate t fano(t); 0: none. */
static double
many_after(double rate, double fano, double until)
{
    const double rest = 1 - 4 * (1 - fano) / until * tg_weights_many / rate;
    const double early =
        rest < 0 ? INFINITY : 2 * tg_weights_many / rate / (1 + sqrt(rest));

    if (early < until) return early;
    return fano > 0 ? fmax(tg_weights_many / (rate * fano), until) : 0;
}

tg_status
tg_delay_weighed(const tg_delay *part, double rate, double fano, double until,
                 const tg_weights *weights, tg_delay **out, double *share, double *power)
{
    const wish wanted = {
        .p = { [RATE] = rate, [MOST] = -1, [KINK] = many_after(rate, fano, until) },
        .weights = *weights,
        .fano = fano,
        .until = until
    };

    if (!(rate > 0 && isfinite(rate)))
        return tg_fail(TG_EDOMAIN, "rate of updates must be > 0, got %g", rate);
    if (!(fano >= 0 && fano <= 1))
        return tg_fail(TG_EDOMAIN, "fano must be in [0, 1], got %g", fano);
    if (!(until > 0 && isfinite(until)))
        return tg_fail(TG_EDOMAIN, "the time until then must be > 0, got %g", until);
    if (!(weights->power > 0 && isfinite(weights->power)))
        return tg_fail(TG_EDOMAIN, "weights need a power > 0, got %g", weights->power);
    return make_checked(part, &wanted, out, share, power);
}
