/* predict_begin: when DuDe-ASGD begins to move, which is once every worker has delivered
 *
 * The delivery that completes the set fills its slot only. So what moves x at t is a delivery of a
 * worker that had delivered before, while all others had: of staggered workers, which deliver at the
 * rate 1/m_g and first at the density (1 - F_g)/m_g, a share
 *
 *     W(t) = sum_g (lambda_g/lambda) F_g(t)/G_g(t) prod_i G_i(t)
 *
 * of all deliveries, G the law of what is left of a job under way. Of workers that all begin at t = 0
 * W = prod_i F_i, as if they moved x evenly from then on. A staggered worker has been renewed for a
 * time A of some twenty jobs, CV^2 times as many where long ones are rare, before t = 0, so that
 *
 *     1 - G(t) = u int_t^(t + A) (1 - F) + 1 - F(t + A),   G(0) = 0
 *
 * with a density u of renewals that is about 1/m (derived here, theory 3.8).
 */
#include "asgd/theory/predict_finite.h"

#include <math.h>
#include <stdlib.h>

/* int_t^end (1 - F) at times that grow in proportion, summed from the end: rare late jobs are
 * no difference of large numbers. */
typedef struct tail {
    double *t, *over; /* (n) */
    size_t  n;
} tail;

/* A [time] */
static double
past_of(const tg_delay *law)
{
    const double cv = tg_delay_cv(law);

    return (20 * fmin(fmax(cv * cv, 1), 100) + 0.5) * tg_delay_mean(law);
}

static double
step_at(double t, double mean)
{
    return fmax(mean / 400, 0.004 * t);
}

static tg_status
tail_create(const tg_delay *law, double end, tail *out)
{
    const double mean = tg_delay_mean(law);

    *out = (tail){ .n = 1 };
    for (double t = 0; t < end; t += step_at(t, mean)) out->n++;
    out->t = calloc(2 * out->n, sizeof *out->t);
    if (!out->t) return tg_fail(TG_ENOMEM, "out of memory");
    out->over = out->t + out->n;
    for (size_t i = 1; i < out->n; i++)
        out->t[i] = out->t[i - 1] + step_at(out->t[i - 1], mean);
    double after = 1 - tg_delay_cdf(law, out->t[out->n - 1]);
    for (size_t i = out->n - 1; i-- > 0;) {
        const double low = out->t[i], dt = out->t[i + 1] - low;
        const double here = 1 - tg_delay_cdf(law, low);
        const double middle = 1 - tg_delay_cdf(law, low + dt / 2);
        out->over[i] = out->over[i + 1] + dt * (here + 4 * middle + after) / 6;
        after = here;
    }
    return TG_OK;
}

static double
tail_at(const tail *a, double t)
{
    return tg_predict_between(a->t, a->over, a->n, t);
}

/* 1 - G of a staggered worker. */
static double
left(const tg_delay *law, const tail *a, double t)
{
    const double past = past_of(law);
    const double density = tg_delay_cdf(law, past) / (a->over[0] - tail_at(a, past));

    return density * (tail_at(a, t) - tail_at(a, t + past)) + 1 -
           tg_delay_cdf(law, past + t);
}

/* W(t) */
static double
moves(const tg_cluster *c, const tail *tails, double t)
{
    double all = 1, again = 0, rate = 0;

    for (size_t g = 0; g < c->groups; g++) {
        if (c->count[g] == 0) continue;
        const double f = tg_delay_cdf(c->law[g], t);
        const double one = c->together ? f : 1 - left(c->law[g], &tails[g], t);
        const double each = (double)c->count[g] / tg_delay_mean(c->law[g]);
        if (!(one > 0)) return 0;
        all *= pow(fmin(one, 1), (double)c->count[g]);
        again += each * (c->together ? 1 : f / one);
        rate += each;
    }
    return fmin(all * again / rate, 1);
}

/* Where W passes 1 - survival. */
static void
find(const tg_cluster *c, const tail *tails, double horizon, const double *survival,
     double *at, size_t n)
{
    double mean = 0, before = 0, from = 0;
    size_t found = 0;

    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g]) mean = fmax(mean, tg_delay_mean(c->law[g]));
    while (found < n && from < horizon && before < 1 - 1e-12) {
        const double t = from + step_at(from, mean), now = moves(c, tails, t);
        for (; found < n && now > 1 - survival[found]; found++)
            at[found] = from + (t - from) * (1 - survival[found] - before) / (now - before);
        before = fmax(now, before);
        from = t;
    }
    for (; found < n; found++) at[found] = before < 1 - 1e-12 ? INFINITY : from;
}

tg_status
tg_predict_begin(const tg_cluster *c, double horizon, const double *survival, double *at,
                 size_t n)
{
    tail     *tails = calloc(c->groups, sizeof *tails);
    tg_status status = tails ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < c->groups && status == TG_OK && !c->together; g++)
        if (c->count[g])
            status = tail_create(c->law[g], horizon + past_of(c->law[g]), &tails[g]);
    if (status == TG_OK) find(c, tails, horizon, survival, at, n);
    for (size_t g = 0; tails && g < c->groups; g++) free(tails[g].t);
    free(tails);
    return status;
}
