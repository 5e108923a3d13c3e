#include "asgd/sim/growth.h"

#include "core/stats.h"

#include <float.h>
#include <math.h>

static const double MOST = 4; /* standard errors */

/* Statistics over replicas of c . W. */
static tg_stats
combine(const double (*quarter)[4], size_t n, double c2, double c3, double c4)
{
    tg_stats s = { 0 };

    for (size_t i = 0; i < n; i++)
        tg_stats_add(&s, c2 * quarter[i][1] + c3 * quarter[i][2] + c4 * quarter[i][3]);
    return s;
}

/* Whether the error is known well enough to speak of the mean. */
static int
is_carried_by_many(const tg_stats *s)
{
    return 4 * MOST * tg_stats_error(s) <= s->mean;
}

static double
logarithm(double loss)
{
    return log(fmax(loss, DBL_MIN));
}

/* ln E W of quarter q under a normal ln W, and its standard error. */
static double
log_mean(const double (*quarter)[4], size_t n, int q, double *error)
{
    tg_stats s = { 0 };

    for (size_t i = 0; i < n; i++) tg_stats_add(&s, logarithm(quarter[i][q]));
    const double v = tg_stats_variance(&s);
    *error = sqrt(v / s.n + v * v / (2 * (s.n - 1)));
    return s.mean + v / 2;
}

/* Whether ln W rises, in the typical replica, and not by less and less. */
static int
grows_typically(const double (*quarter)[4], size_t n)
{
    tg_stats before = { 0 }, after = { 0 };

    for (size_t i = 0; i < n; i++) {
        const double third = logarithm(quarter[i][2]);
        tg_stats_add(&before, third - logarithm(quarter[i][1]));
        tg_stats_add(&after, logarithm(quarter[i][3]) - third);
    }
    return after.mean > MOST * tg_stats_error(&after) && after.mean > before.mean / 2;
}

static void
judge_logarithms(const double (*quarter)[4], size_t n, tg_growth *g)
{
    double       before, after;
    const double second = log_mean(quarter, n, 1, &before);
    const double last = log_mean(quarter, n, 3, &after);

    g->reason = "few replicas carry the mean loss";
    if (second - last > MOST * hypot(before, after)) {
        g->outcome = TG_CONVERGES;
        g->reason = "the mean loss falls, by its logarithms";
    } else if (grows_typically(quarter, n)) {
        g->outcome = TG_DIVERGES;
        g->reason = "the loss of the typical replica grows";
    }
}

static void
judge_means(const double (*quarter)[4], size_t n, double last, tg_growth *g)
{
    const tg_stats bend = combine(quarter, n, 1, -2, 1);
    const double   range = MOST * g->error;

    if (g->rise + range <= last / 4) {
        g->outcome = TG_CONVERGES;
        g->reason = g->rise < -range ? "the mean loss falls"
                                     : "the mean loss keeps its level, to a quarter of it";
    } else if (!(g->rise > range)) {
        g->reason = "whether the mean loss rises is within its error";
    } else if (bend.mean > MOST * tg_stats_error(&bend)) {
        g->outcome = TG_DIVERGES;
        g->reason = "the mean loss grows, and faster and faster";
    } else if (bend.mean < -MOST * tg_stats_error(&bend)) {
        g->outcome = TG_CONVERGES;
        g->reason = "the mean loss rises to a floor from below";
    } else {
        g->reason = "the mean loss rises, it is open how far";
    }
}

/* A verdict of growth rests on quarters that began after the start was over. */
static void
doubt_growth(const tg_growth_times *t, tg_growth *g)
{
    if (g->outcome != TG_DIVERGES || t->horizon / 4 >= t->last_began + 2 * t->longest)
        return;
    g->outcome = TG_UNDECIDED;
    g->reason = "the mean loss rises, but may only have begun to";
}

tg_growth
tg_growth_judge(const double (*quarter)[4], size_t n, const tg_growth_times *t)
{
    const tg_stats third = combine(quarter, n, 0, 1, 0),
                   last = combine(quarter, n, 0, 0, 1);
    const tg_stats rise = combine(quarter, n, 0, -1, 1);
    tg_growth      g = { .reason = "", .rise = rise.mean, .error = tg_stats_error(&rise) };

    if (!isfinite(last.mean))
        return (tg_growth){ .outcome = TG_DIVERGES,
                            .reason = "the loss left the finite range",
                            .rise = INFINITY,
                            .error = NAN };
    g.outcome = TG_UNDECIDED;
    g.too_short = !(t->horizon >= 8 * t->longest) || !(t->horizon >= 8 * t->began);
    if (g.too_short)
        g.reason = "the horizon is too short to tell";
    else if (n < 2)
        g.reason = "one replica tells nothing of the mean";
    else if (is_carried_by_many(&third) && is_carried_by_many(&last))
        judge_means(quarter, n, last.mean, &g);
    else
        judge_logarithms(quarter, n, &g);
    doubt_growth(t, &g);
    return g;
}
