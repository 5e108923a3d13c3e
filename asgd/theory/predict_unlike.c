/* predict_unlike: what the first order misses of groups that differ in speed, measured where it can be
 *
 * The first order in 1/P knows that many workers of each group share what happens. One fast worker among
 * slow ones is most of the deliveries and no crowd: limits, floors and courses are off by more than
 * any fit over clusters of one group tells. The twin of a cluster, exponential workers of the same
 * means, has an exact solution, and the first order makes a prediction of it, too. At the same step, or a shorter
 * one that is as far from the twin's limit as the cluster's is from its own,
 *
 *     V, rate, E x^2 if less: times exact / first order;    bias, E x, E x^2 if more: plus exact - first order;
 *     1/limit if that is more: plus 1/exact - 1/first order
 *
 * of the twin. Times are scaled by the steps, noise so that slow modes of both have the same floor. Stated
 * are half of what that moves a V or E x^2, all of what it moves the others, and more for laws that vary
 * more, fitted to some 150 clusters of two groups of phase-type workers that were solved exactly. What no twin has
 * are jobs longer than its own are: of a worker that holds the start for so long, and brings it back.
 *
 * Of few workers the twin has phase-type laws with the groups' variances (predict_unlike_twin.c). It is then nearly the
 * cluster itself: its exact numbers are taken, times as much of first order / first order of the twin as is likely, and
 * what is stated is fitted to how far the laws are apart. Derived here, theory 3.8.
 */
#include "asgd/theory/predict_unlike.h"

#include <math.h>
#include <stdlib.h>

static const double ALIKE = 1.02; /* ratio of means */
static const double SEEN = 2, SLOW = 0.7, LIMIT = 1.4, LEAST = 5e-4;

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

/* ---- limits -------------------------------------------------------------------------- */

/* The twin's, exactly and (level renewal) of first order. */
static tg_status
twin_limit(const tg_finite *f, const tg_unlike_twin *t, tg_level level, double *threshold,
           double *limit)
{
    const tg_predict_plan plan = { .level = level, .twin = true };
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

/* How far the twin's laws are from the groups', by their transforms at 2/m: the sum over groups, where
 * several slow workers under DuDe-ASGD count by their `slowness`. */
static double
apart(const tg_finite *f, const tg_unlike_twin *t, double slowness)
{
    double sum = 0, fastest = 0;

    for (size_t g = 0; g < f->groups; g++) fastest = fmax(fastest, f->rate[g]);
    for (size_t g = 0; g < f->groups; g++) {
        const tg_delay *law = f->group[g].law, *twin = tg_unlike_law(f, t, g);
        const double    off = creal(tg_delay_laplace(law, SEEN * f->rate[g], NULL)) -
                           creal(tg_delay_laplace(twin, SEEN * f->rate[g], NULL));
        const double more = f->c->plain || f->workers[g] == 1
                                ? 1
                                : fmax(slowness * fastest / f->rate[g], 1);
        sum += more * fabs(off);
    }
    return sum;
}

/* Whether the twin has all variances. */
static bool
is_whole(const tg_finite *f, const tg_unlike_twin *t)
{
    for (size_t g = 0; g < f->groups; g++) {
        const double cv = tg_delay_cv(f->group[g].law);
        if (!(fabs(tg_delay_cv(tg_unlike_law(f, t, g)) - cv) < 1e-6 * cv)) return false;
    }
    return t->varied;
}

/* What the twin's limit is less than first order says is so in 1/limit, in which what spoils it adds up; what it is more
 * is no more than that, nor in proportion. */
static double
moved(double limit, double exact, double first)
{
    return exact < first ? 1 / (1 / limit + 1 / exact - 1 / first)
                         : fmin(limit + exact - first, limit * exact / first);
}

double
tg_unlike_speeds(const tg_finite *f)
{
    double least = INFINITY, most = 0;

    for (size_t g = 0; g < f->groups; g++) {
        least = fmin(least, f->rate[g]);
        most = fmax(most, f->rate[g]);
    }
    return log(most / least);
}

/* Of exponential workers. What is stated is fitted: it grows with how unlike the speeds are, in 1/P or its root; and under
 * DuDe-ASGD with how far few workers take the limit from `many`, that of very many (theory 3.8). */
static void
mend_roughly(tg_finite *f, double many, double exact, double first)
{
    const double excess = tg_unlike_excess(f), speeds = tg_unlike_speeds(f), P = f->total;
    const double own = f->limit_error / f->limit,
                 twin = 1 - fmin(exact / first, first / exact);

    f->limit = moved(f->limit, exact, first);
    f->limit_error = f->c->plain ? 1.2 * own + 0.4 * twin +
                                       speeds * (0.25 / P + 0.16 * excess / sqrt(P)) + 0.006
                                 : speeds * (0.07 / sqrt(P) + 0.45 * excess / P +
                                             0.65 * fabs(log(fmin(many, 1e3) / f->limit))) +
                                       0.01;
    f->limit_error *= f->limit;
}

/* Of workers of the same variances: what first order says of the laws' difference, no more than is likely. */
static void
mend_finely(tg_finite *f, double exact, double first, double seen)
{
    const double most = LIMIT * f->apart,
                 law = fmin(fmax(f->limit / first, 1 - most), 1 + most);

    f->limit = f->c->plain || !f->whole ? exact * law : exact;
    f->limit_error = (LEAST + LIMIT * seen) * f->limit;
}

tg_status
tg_unlike_limit(tg_finite *f, double many)
{
    tg_unlike_twin t;
    double         exact = NAN, first = NAN;

    TG_TRY(tg_unlike_twin_open(f, &t));
    f->whole = is_whole(f, &t);
    f->apart = t.varied ? apart(f, &t, SLOW) : NAN;
    const double seen = f->whole ? f->apart : apart(f, &t, 0); /* by a limit */
    f->twin[0] = 0;
    tg_status status = twin_limit(f, &t, TG_LEVEL_BEST, &f->twin[0], &exact);
    if (status == TG_OK) status = twin_limit(f, &t, TG_LEVEL_RENEWAL, &f->twin[0], &first);
    tg_unlike_twin_close(&t);
    if (status != TG_OK) return status;
    f->twin[1] = exact;
    f->twin[2] = first;
    if (isnan(f->apart))
        mend_roughly(f, many, exact, first);
    else
        mend_finely(f, exact, first, seen);
    return TG_OK;
}
