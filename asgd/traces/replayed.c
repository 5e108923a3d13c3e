#include "asgd/traces/replayed.h"

#include "asgd/sim/replicas.h"

#include <math.h>
#include <stdlib.h>

/* Logs that tell something, and that take no longer than a second. */
enum { FEWEST_CYCLES = 30, MOST_WORKERS = 2000, MOST_ROWS = 500000, UPDATES = 2000000 };

/* Every worker has a law of its own: its cycles, each as likely as the others. */
static tg_status
cluster_of(const tg_trace *t, bool replay, tg_cluster **out)
{
    size_t     *count = calloc(2 * t->workers, sizeof *count);
    tg_delay  **law = calloc(t->workers, sizeof *law);
    double     *time = malloc(t->rows * sizeof *time);
    size_t      n = 0;
    tg_cluster *c = NULL;

    tg_status status = count && law && time ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t w = 0; w < t->workers && status == TG_OK; w++) {
        const tg_trace_worker *at = &t->worker[w];
        count[w] = 1;
        count[t->workers + w] = at->cycles;
        for (size_t i = 0; i < at->cycles; i++) time[n + i] = t->cycle[at->first + i];
        status = tg_delay_empirical(time + n, at->cycles, &law[w]);
        n += at->cycles;
    }
    if (status == TG_OK) status = tg_cluster_create(t->workers, count, law, false, &c);
    if (status == TG_OK && replay)
        status = tg_cluster_replay(c, count + t->workers, time, true);
    for (size_t w = 0; law && w < t->workers; w++) tg_delay_free(law[w]);
    free(count);
    free(law);
    free(time);
    if (status == TG_OK)
        *out = c;
    else
        tg_cluster_free(c);
    return status;
}

static double
tail_of(const tg_simulation *s)
{
    uint64_t all = 0, below = 0;
    size_t   j = 0;

    for (size_t i = 0; i < TG_STALENESS_BINS; i++) all += s->staleness[i];
    while (j < TG_STALENESS_BINS - 1 && (below += s->staleness[j]) < .99 * (double)all) j++;
    return (double)j;
}

/* The mean of the late half over replicas, and the tail of the staleness. */
static tg_status
simulate(const tg_trace *t, bool replay, uint64_t seed, tg_stats *floor, double *tail)
{
    const double   h = 1, start = 0, noise = 1, step = .5 / (double)t->workers;
    tg_cluster    *cluster = NULL;
    tg_problem    *problem = NULL;
    tg_simulation *s = NULL;
    double         span = 0;

    for (size_t i = 0; i < t->rows; i++) span += t->cycle[i] / (double)t->workers;
    const tg_replicas_plan plan = { .horizon = span,
                                    .points = 2,
                                    .target = NAN,
                                    .replicas = 8 + UPDATES / (t->rows + UPDATES / 56) };
    tg_status              status = cluster_of(t, replay, &cluster);
    if (status == TG_OK)
        status = tg_problem_quadratic(1, &h, &start, &noise, t->workers, NULL, &problem);
    if (status == TG_OK) {
        const tg_setup setup =
            tg_setup_of(problem, cluster, tg_choice_of(&tg_rule_asgd.is), step, seed);
        status = tg_replicas_run(&setup, &plan, &s);
    }
    if (status == TG_OK) {
        *floor = s->floor;
        *tail = tail_of(s);
    }
    tg_simulation_free(s);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    return status;
}

tg_status
tg_replayed_of(const tg_trace *t, uint64_t seed, tg_replayed *out)
{
    tg_replayed r = { 0 };
    tg_stats    as_it_was = { 0 }, drawn = { 0 };

    *out = r;
    if (t->workers > MOST_WORKERS || t->rows > MOST_ROWS ||
        t->rows < FEWEST_CYCLES * t->workers)
        return TG_OK;
    TG_TRY(simulate(t, true, seed, &as_it_was, &r.stale));
    TG_TRY(simulate(t, false, seed, &drawn, &r.drawn));
    const double a = tg_stats_error(&as_it_was) / as_it_was.mean,
                 b = tg_stats_error(&drawn) / drawn.mean;
    r.floor = as_it_was.mean / drawn.mean;
    r.error = r.floor * sqrt(a * a + b * b);
    r.done = true;
    *out = r;
    return TG_OK;
}
