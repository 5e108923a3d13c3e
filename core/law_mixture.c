/* mixture: with probability w_i a delay of part i
 *
 *     phi(s) = sum_i w_i phi_i(s)
 */
#include "core/law.h"

#include <math.h>

enum {
    MANY = 4
}; /* parts whose transforms are dear: then by panels of the whole density */

static const tg_delay_param params[] = {
    { "mixture", "", "list of {weight: w, law: ...}", 0, 0, 0, 0, TG_DELAY_LIST },
    { "weight", "1", "share of one part, normalised", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_NUMBER }
};

/* About the common mean. */
static tg_status
set_moments(tg_delay *d)
{
    double m1 = 0, v = 0, third = 0;

    for (size_t i = 0; i < d->n; i++) m1 += d->w[i] * tg_delay_mean(d->part[i]);
    for (size_t i = 0; i < d->n; i++) {
        const tg_delay *part = d->part[i];
        const double    gap = tg_delay_mean(part) - m1, var = tg_delay_variance(part);
        v += d->w[i] * (var + gap * gap);
        third += d->w[i] * (tg_delay_third(part) + 3 * gap * var + gap * gap * gap);
    }
    d->mean = m1;
    d->variance = v;
    d->third = isnan(third) && !isnan(m1) ? INFINITY : third;
    return TG_OK;
}

static double
pdf(const tg_delay *d, double t)
{
    double sum = 0;

    for (size_t i = 0; i < d->n; i++) sum += d->w[i] * tg_delay_pdf(d->part[i], t);
    return sum;
}

static double
density(double t, const void *law)
{
    return pdf(law, t);
}

static int
is_dear(const tg_delay *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (!tg_delay_costly(d->part[i]) || tg_law_has_atoms(d->part[i])) return 0;
    return d->n >= MANY;
}

/* Medians of parts, rising. */
static void
list_medians(const tg_delay *d, double *breaks)
{
    for (size_t k = 0; k < LAW_BREAKS; k++) {
        const double t = tg_delay_quantile(d->part[k * d->n / LAW_BREAKS], 0.5);
        size_t       i = k;
        for (; i > 0 && breaks[i - 1] > t; i--) breaks[i] = breaks[i - 1];
        breaks[i] = t;
    }
}

/* As far as the parts' quantiles of 1 - 1e-16, if the moments are all there. */
static void
make_panels(tg_delay *d)
{
    double     breaks[LAW_BREAKS], top = 0, moment[4];
    tg_panels *p = NULL;

    for (size_t i = 0; i < d->n; i++)
        top = fmax(top, tg_delay_quantile(d->part[i], 1 - 1e-16));
    list_medians(d, breaks);
    if (!isfinite(top) || tg_panels_density_create(density, d, d->low, fmin(d->high, top),
                                                   breaks, LAW_BREAKS, 3e-16, &p) != TG_OK)
        return;
    tg_panels_moments(p, 0, moment);
    const double square = d->variance + d->mean * d->mean;
    if (fabs(moment[0] - 1) < 1e-14 && fabs(moment[1] / d->mean - 1) < 1e-13 &&
        fabs(moment[2] / square - 1) < 1e-12)
        d->panels = p;
    else
        tg_panels_free(p);
}

static tg_status
measure(tg_delay *d)
{
    TG_TRY(set_moments(d));
    if (is_dear(d)) make_panels(d);
    return TG_OK;
}

static tg_status
prepare(tg_delay *d)
{
    double total = 0;

    for (size_t i = 0; i < d->n; i++) {
        TG_TRY(tg_law_check_param(&params[1], d->w[i]));
        total += d->w[i];
    }
    d->low = INFINITY;
    d->high = 0;
    for (size_t i = 0; i < d->n; i++) {
        const tg_delay *part = d->part[i];
        d->w[i] /= total;
        d->low = fmin(d->low, part->low);
        d->high = fmax(d->high, part->high);
        d->abscissa = fmax(d->abscissa, part->abscissa);
        d->accuracy = fmax(d->accuracy, part->accuracy);
        d->late = d->late || part->late;
    }
    d->late = d->late || is_dear(d);
    return d->late ? TG_OK : set_moments(d);
}

tg_status
tg_delay_mixture(const tg_delay *const *part, const double *weight, size_t n,
                 tg_delay **out)
{
    tg_delay *d;

    if (n == 0) return tg_fail(TG_EDOMAIN, "a mixture needs at least one part");
    TG_TRY(tg_law_begin(&tg_law_mixture, n, &d));
    for (size_t i = 0; i < n; i++) {
        d->part[i] = tg_delay_keep(part[i]);
        d->w[i] = weight[i];
    }
    return tg_law_finish(d, out);
}

static tg_status
read_part(const tg_node *node, tg_delay **part, double *weight)
{
    const tg_node *w = tg_node_find(node, "weight");

    if (!w) return tg_node_fail(node, "a part of a mixture needs the key weight");
    TG_TRY(tg_node_number(w, weight));
    if (tg_law_check_param(&params[1], *weight) != TG_OK)
        return tg_law_fail_at(w, TG_EDOMAIN);
    return tg_law_read(node, true, part);
}

static tg_status
read_law(const tg_node *node, tg_delay **out)
{
    const tg_node *list = tg_node_find(node, "mixture");
    tg_delay      *d;
    tg_status      status = TG_OK;

    if (!list || list->type != TG_NODE_LIST || list->count == 0)
        return tg_node_fail(list, "mixture: expected a list of {weight: w, law: ...}");
    TG_TRY(tg_law_begin(&tg_law_mixture, list->count, &d));
    for (size_t i = 0; i < d->n && status == TG_OK; i++)
        status = read_part(&list->item[i], &d->part[i], &d->w[i]);
    if (status == TG_OK) return tg_law_finish(d, out);
    tg_delay_free(d);
    return status;
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    double u = tg_rng_uniform(g);
    size_t i = 0;

    while (i + 1 < d->n && u >= d->w[i]) u -= d->w[i++];
    return tg_delay_sample(d->part[i], g);
}

static double
cdf(const tg_delay *d, double t)
{
    double sum = 0;

    for (size_t i = 0; i < d->n; i++) sum += d->w[i] * tg_delay_cdf(d->part[i], t);
    return sum;
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    double complex phi = 0, slope = 0;

    if (creal(s) >= 0 && d->late && tg_law_measured(d) && d->panels)
        return tg_panels_laplace(d->panels, s, derivative);
    for (size_t i = 0; i < d->n; i++) {
        double complex part;
        phi += d->w[i] * tg_delay_laplace(d->part[i], s, derivative ? &part : NULL);
        if (derivative) slope += d->w[i] * part;
    }
    if (derivative) *derivative = slope;
    return phi;
}

static double
largest(const tg_delay *d, double left, double height, double *steepest)
{
    double value = 0, slope = 0, part;

    for (size_t i = 0; i < d->n; i++) {
        value += d->w[i] * tg_delay_largest(d->part[i], left, height, &part);
        slope += d->w[i] * part;
    }
    *steepest = slope;
    return value;
}

static size_t
poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    return tg_law_part_poles(d, false, out, room);
}

const tg_delay_kind tg_law_mixture = { .name = "mixture",
                                       .doc = "mixture: [{weight: w, law: ...}, ...]",
                                       .params = params,
                                       .count = 1,
                                       .read = read_law,
                                       .prepare = prepare,
                                       .measure = measure,
                                       .sample = sample,
                                       .pdf = pdf,
                                       .cdf = cdf,
                                       .quantile = tg_law_solve_quantile,
                                       .laplace = laplace,
                                       .largest = largest,
                                       .poles = poles };
