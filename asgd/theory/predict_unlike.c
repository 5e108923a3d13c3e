/* predict_unlike: what the first order misses of groups that differ in speed, measured where it can be
 *
 * The first order in 1/P knows that many workers of each group share what happens. One fast worker among
 * slow ones is most of the deliveries and no crowd: limits, floors and courses are off by more than
 * any fit over clusters of one group tells. The twin of a cluster, exponential workers of the same
 * means, has an exact solution, and the first order makes a prediction of it, too. At the same step, or a shorter
 * one that is as far from the twin's limit as the cluster's is from its own,
 *
 *     limit, V, rate, E x^2 if less: times exact / first order;    bias, E x, E x^2 if more: plus exact - first order
 *
 * of the twin. Times are scaled by the steps, noise so that slow modes of both have the same floor. Stated
 * are half of what that moves a limit, V or E x^2, all of what it moves the others, and more for laws that vary
 * more, fitted to some 150 clusters of two groups of phase-type workers that were solved exactly. What no twin has
 * are jobs longer than exponential ones are: of a worker that holds the start for so long, and brings it back.
 * Derived here, theory 3.8.
 */
#include "asgd/theory/predict_unlike.h"

#include <math.h>
#include <stdlib.h>

static const double ALIKE = 1.02; /* ratio of means */

bool
tg_unlike_applies(const tg_finite *f)
{
    double least = INFINITY, most = 0;

    if (f->way != TG_WAY_RENEWAL || f->plan->level == TG_LEVEL_RENEWAL) return false;
    for (size_t g = 0; g < f->groups; g++) {
        least = fmin(least, 1 / f->rate[g]);
        most = fmax(most, 1 / f->rate[g]);
    }
    return most > ALIKE * least;
}

/* ---- the twin ------------------------------------------------------------------------ */

/* Whether the twins of two groups are the same workers. */
static bool
are_equal(const tg_finite *f, size_t g, size_t other)
{
    for (size_t j = 0; f->minimum && j < f->m->count; j++) {
        const double *at = f->minimum + j * f->groups;
        if (fabs(at[g] - at[other]) > 1e-12 * fabs(at[g])) return false;
    }
    return fabs(f->rate[g] / f->rate[other] - 1) < 1e-12;
}

/* In which of the twin's groups group g is: its own, or that of the first equal one; of many, in one of so many even
 * parts of the range of log means. */
static size_t
part_of(const tg_finite *f, size_t g)
{
    double least = INFINITY, most = 0;

    for (size_t i = 0; f->groups <= TG_UNLIKE_MOST && i <= g; i++)
        if (are_equal(f, i, g)) return i;
    for (size_t i = 0; i < f->groups; i++) {
        least = fmin(least, f->rate[i]);
        most = fmax(most, f->rate[i]);
    }
    const double at = log(most / f->rate[g]) / log(most / least);
    return (size_t)fmin(TG_UNLIKE_MOST * at, TG_UNLIKE_MOST - 1);
}

void
tg_unlike_twin_close(tg_unlike_twin *t)
{
    tg_cluster_free(t->cluster);
    free(t->minimum);
}

static tg_status
make_cluster(const tg_finite *f, tg_unlike_twin *t)
{
    tg_delay *law[TG_UNLIKE_MOST] = { 0 };
    size_t    count[TG_UNLIKE_MOST] = { 0 }, n = 0;
    tg_status status = TG_OK;

    for (size_t g = 0; g < f->groups; g++) {
        const size_t k = part_of(f, g);
        t->workers[k] += f->workers[g];
        t->rate[k] += f->workers[g] * f->rate[g];
    }
    for (size_t k = 0; k < TG_UNLIKE_MOST && status == TG_OK; k++) {
        if (t->workers[k] == 0) continue;
        const double mean = t->workers[k] / t->rate[k];
        count[n] = (size_t)t->workers[k];
        status = tg_delay_create("exponential", &mean, &law[n++]);
    }
    if (status == TG_OK)
        status = tg_cluster_create(n, count, law, f->c->cluster->together, &t->cluster);
    for (size_t k = 0; k < n; k++) tg_delay_free(law[k]);
    return status;
}

/* The mean minimum of each of the twin's groups, for each of its workers. */
static tg_status
make_minima(const tg_finite *f, tg_unlike_twin *t)
{
    const size_t all = t->cluster->workers;

    if (!f->minimum) return TG_OK;
    if (!(t->minimum = calloc(f->m->count * all, sizeof *t->minimum)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; j < f->m->count; j++) {
        double sum[TG_UNLIKE_MOST] = { 0 };
        for (size_t g = 0; g < f->groups; g++)
            sum[part_of(f, g)] += f->workers[g] * f->minimum[j * f->groups + g];
        double *own = t->minimum + j * all;
        for (size_t k = 0; k < TG_UNLIKE_MOST; k++)
            for (double i = 0; i < t->workers[k]; i++) *own++ = sum[k] / t->workers[k];
    }
    return TG_OK;
}

tg_status
tg_unlike_twin_open(const tg_finite *f, tg_unlike_twin *out)
{
    tg_unlike_twin t = { 0 };
    tg_status      status = make_cluster(f, &t);

    if (status == TG_OK) status = make_minima(f, &t);
    if (status == TG_OK)
        *out = t;
    else
        tg_unlike_twin_close(&t);
    return status;
}

/* ---- limits -------------------------------------------------------------------------- */

/* The twin's, exactly and (level renewal) of first order. */
static tg_status
twin_limit(const tg_finite *f, const tg_unlike_twin *t, tg_level level, double *threshold,
           double *limit)
{
    const tg_predict_plan plan = { .level = level };
    tg_modes              m = *f->m;
    tg_case               c;
    tg_finite             own;

    m.minimum = NULL; /* no limit depends on them */
    TG_TRY(tg_case_of_rule(t->cluster, f->c->kind, f->c->number, f->c->step, &c));
    tg_status status = *threshold > 0 ? TG_OK : tg_case_threshold(&c, threshold);
    if (status == TG_OK) status = tg_finite_open(&c, &m, &plan, &own);
    if (status == TG_OK) {
        status = tg_finite_limit(&own, *threshold);
        *limit = own.limit;
        tg_finite_close(&own);
    }
    tg_case_close(&c);
    return status;
}

double
tg_unlike_excess(const tg_finite *f)
{
    double most = 1;

    for (size_t g = 0; g < f->groups; g++)
        most = fmax(most, pow(fmin(tg_delay_cv(f->group[g].law), 1e6), 2));
    return (most - 1) / (most + 1);
}

tg_status
tg_unlike_limit(tg_finite *f)
{
    tg_unlike_twin t;
    double         exact = NAN, first = NAN;

    TG_TRY(tg_unlike_twin_open(f, &t));
    f->twin[0] = 0;
    tg_status status = twin_limit(f, &t, TG_LEVEL_BEST, &f->twin[0], &exact);
    if (status == TG_OK) status = twin_limit(f, &t, TG_LEVEL_RENEWAL, &f->twin[0], &first);
    tg_unlike_twin_close(&t);
    if (status != TG_OK) return status;
    const double ratio = exact / first, limit = f->limit * ratio;
    f->limit_error = f->limit_error * ratio + (1 - fmin(ratio, 1 / ratio)) / 2 * limit +
                     (0.01 + 0.15 * tg_unlike_excess(f)) * limit;
    f->limit = limit;
    if (!f->c->plain) { /* the fit of few workers of one group knows less of groups than the twin */
        f->limit *= pow(exact / limit, fmin(1.5 / f->total, 1));
        f->limit_error += fabs(f->limit - limit);
    }
    f->twin[1] = exact;
    f->twin[2] = first;
    return TG_OK;
}
