/* at_most: T given T <= theta, the delay of a gradient that was not dropped as too stale
 *
 *     phi(s) = E[e^{-s T}; T <= theta] / P(T <= theta)
 *
 * Where the conditioned law is again one of the registry (constant, uniform, truncated
 * normal, trace, mixture) that one speaks for it; otherwise its density goes through
 * panels, for moments and transform.
 */
#include "core/law.h"

#include <math.h>
#include <stdlib.h>

enum { THETA };            /* p */
enum { SHARE };            /* c: P(T <= theta) of the part */
enum { PART, EQUIVALENT }; /* part; the second may be NULL */

static const tg_delay_param params[] = { { "at_most", "time", "largest delay theta",
                                           LAW_SHORTEST, LAW_LONGEST, 0, 0,
                                           TG_DELAY_NUMBER } };

static tg_status
mixture_equivalent(const tg_delay *part, double theta, tg_delay **out)
{
    tg_delay **given = calloc(part->n, sizeof(tg_delay *));
    double    *weight = calloc(part->n, sizeof *weight);
    size_t     n = 0;
    tg_status  status = given && weight ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; status == TG_OK && i < part->n; i++) {
        const double share = tg_delay_cdf(part->part[i], theta);
        if (!(share > 0)) continue;
        weight[n] = part->w[i] * share;
        status = tg_delay_at_most(part->part[i], theta, &given[n]);
        n += status == TG_OK;
    }
    if (status == TG_OK)
        status = tg_delay_mixture((const tg_delay *const *)given, weight, n, out);
    for (size_t i = 0; given && i < n; i++) tg_delay_free(given[i]);
    free(given);
    free(weight);
    return status;
}

/* *out stays NULL if the registry has no such law. */
static tg_status
find_equivalent(const tg_delay *part, double theta, tg_delay **out)
{
    if (theta >= part->high) {
        *out = tg_delay_keep(part);
        return TG_OK;
    }
    if (part->kind == &tg_law_uniform)
        return tg_delay_create("uniform", (double[]){ part->low, theta }, out);
    if (part->kind == &tg_law_truncated_normal || part->kind == &tg_law_half_normal) {
        const bool half = part->kind == &tg_law_half_normal;
        return tg_delay_create("truncated_normal",
                               (double[]){ half ? 0 : part->p[0],
                                           half ? part->p[0] : part->p[1], part->low,
                                           theta },
                               out);
    }
    if (part->kind == &tg_law_empirical)
        return tg_delay_empirical(
            part->x, (size_t)llround(tg_delay_cdf(part, theta) * (double)part->n), out);
    if (part->kind == &tg_law_mixture && (part->accuracy < 1e-15 || tg_law_has_atoms(part)))
        return mixture_equivalent(part, theta, out);
    if (part->kind == &tg_law_at_most)
        return tg_delay_at_most(part->part[PART], theta, out);
    return TG_OK;
}

/* Known from the start unless it costs quadrature. */
static double
share_of(const tg_delay *d)
{
    return d->part[PART]->accuracy < 1e-15 || tg_law_measured(d) ? d->c[SHARE] : NAN;
}

static double
shape(double t, const void *context)
{
    const tg_delay *d = context;

    return tg_delay_pdf(d->part[PART], t) / d->c[SHARE];
}

static tg_status
prepare(tg_delay *d)
{
    const tg_delay *part = d->part[PART];
    const double    theta = d->p[THETA];

    TG_TRY(tg_law_check_param(&params[0], theta));
    const double least = tg_law_cdf_least(part, theta);
    if (!(least > 1e-6 || (d->c[SHARE] = tg_delay_cdf(part, theta)) > 1e3 * part->accuracy))
        return tg_fail(TG_EDOMAIN,
                       "next to no delay is at most %g: %g of them; the law begins at %g",
                       theta, d->c[SHARE], part->low);
    if (part->accuracy < 1e-15) d->c[SHARE] = tg_delay_cdf(part, theta);
    d->low = part->low;
    d->high = fmin(theta, part->high);
    TG_TRY(find_equivalent(part, theta, &d->part[EQUIVALENT]));
    const tg_delay *e = d->part[EQUIVALENT];
    d->accuracy = part->accuracy < 1e-15 ? 3e-16 : 10 * part->accuracy;
    d->panelled = !e;
    d->late = !e || e->late;
    if (!e) return TG_OK;
    d->mean = e->mean;
    d->variance = e->variance;
    d->third = e->third;
    d->abscissa = e->abscissa;
    d->high = e->high;
    return TG_OK;
}

static tg_status
measure(tg_delay *d)
{
    const tg_delay *e = d->part[EQUIVALENT];

    if (e) {
        d->mean = tg_delay_mean(e);
        d->variance = tg_delay_variance(e);
        d->third = tg_delay_third(e);
        return TG_OK;
    }
    if (!(d->c[SHARE] > 0)) d->c[SHARE] = tg_delay_cdf(d->part[PART], d->p[THETA]);
    double breaks[LAW_BREAKS];
    d->accuracy *= tg_law_breaks(d->part[PART], d->c[SHARE], breaks);
    const double top = tg_delay_quantile(d->part[PART], d->c[SHARE] * (1 - 1.2e-16));
    TG_TRY(tg_panels_density_create(shape, d, d->low, fmin(d->high, top), breaks,
                                    LAW_BREAKS, d->accuracy, &d->panels));
    tg_law_set_panel_moments(d);
    return TG_OK;
}

tg_status
tg_delay_at_most(const tg_delay *part, double at_most, tg_delay **out)
{
    tg_delay *d;

    TG_TRY(tg_law_begin(&tg_law_at_most, 2, &d));
    d->part[PART] = tg_delay_keep(part);
    d->p[THETA] = at_most;
    return tg_law_finish(d, out);
}

/* Only by the key at_most beside another law. */
static tg_status
read_law(const tg_node *node, tg_delay **out)
{
    (void)out;
    return tg_node_fail(node, "at_most goes beside the keys of a law");
}

static double
quantile(const tg_delay *d, double p)
{
    return fmin(d->high, tg_delay_quantile(d->part[PART], p * share_of(d)));
}

/* Try again while that is cheap, else by the quantile. */
static double
sample(const tg_delay *d, tg_rng *g)
{
    if (d->part[EQUIVALENT]) return tg_delay_sample(d->part[EQUIVALENT], g);
    if (share_of(d) < 0.1) return quantile(d, tg_rng_uniform(g));
    for (;;) {
        const double t = tg_delay_sample(d->part[PART], g);
        if (t <= d->p[THETA]) return t;
    }
}

static double
pdf(const tg_delay *d, double t)
{
    return tg_delay_pdf(d->part[PART], t) / share_of(d);
}

static double
cdf(const tg_delay *d, double t)
{
    return fmin(1, tg_delay_cdf(d->part[PART], t) / share_of(d));
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    if (d->part[EQUIVALENT]) return tg_delay_laplace(d->part[EQUIVALENT], s, derivative);
    return tg_law_panels_laplace(d, s, derivative);
}

static double
largest(const tg_delay *d, double left, double height, double *steepest)
{
    const tg_delay *e = d->part[EQUIVALENT];

    return e ? tg_delay_largest(e, left, height, steepest)
             : tg_law_largest(d, left, height, steepest);
}

static size_t
poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    return d->part[EQUIVALENT] ? tg_delay_poles(d->part[EQUIVALENT], out, room) : 0;
}

static double
peak(const tg_delay *d)
{
    const tg_delay *part = d->part[PART];

    return part->kind->peak ? part->kind->peak(part) / share_of(d) : INFINITY;
}

const tg_delay_kind tg_law_at_most = { .name = "at_most",
                                       .doc =
                                           "at_most: theta [time] beside the keys of a law",
                                       .params = params,
                                       .count = 1,
                                       .read = read_law,
                                       .prepare = prepare,
                                       .measure = measure,
                                       .sample = sample,
                                       .pdf = pdf,
                                       .cdf = cdf,
                                       .quantile = quantile,
                                       .peak = peak,
                                       .laplace = laplace,
                                       .largest = largest,
                                       .costly = true,
                                       .poles = poles };
