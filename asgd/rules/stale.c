/* stale: staleness by decree; logical time, a cache of the model at every worker
 *
 * In each round every worker computes at its own cache and moves there by its own optimiser; the
 * move reaches every cache, its own included, r rounds later, r drawn for each cache (asgd/sim/
 * caches.h). The server's model is that with all moves applied. A round takes as long as its slowest
 * worker; with constant times of 1, time counts rounds.
 */
#include "asgd/rules/parts.h"
#include "asgd/sim/caches.h"

#include <math.h>
#include <stdlib.h>

/* Doubles: gradient, sum of moves (dim each), the optimisers' rooms (workers, kept). */
typedef struct decree {
    tg_caches *caches;
    uint64_t   round;
    size_t     delivered;
    double    *kept; /* (workers, kept) */
} decree;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return tg_room_bytes(sizeof(decree), 2 * dim);
}

static void
end(void *room_)
{
    decree *d = room_;

    tg_caches_free(d->caches);
    free(d->kept);
}

static tg_status
begin(tg_sim *s, decree *d, const double *weight, size_t most)
{
    tg_lag       lag = tg_sim_lag(s) ? *tg_sim_lag(s) : (tg_lag){ 0 }; /* its stages */
    const size_t n = tg_sim_workers(s), kept = tg_sim_kept(s);

    lag.weight = weight;
    lag.most = most;
    if (!tg_sim_plain(s))
        return tg_fail(TG_EDOMAIN, "staleness by decree is for plain workers");
    d->kept = calloc(n * kept + 1, sizeof *d->kept);
    if (!d->kept) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(tg_caches_create(n, tg_sim_dim(s), tg_sim_model(s), &lag,
                            tg_rng_bits(tg_sim_dice(s)), &d->caches));
    return tg_sim_assign_idle(s);
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    decree       *d = room_;
    const size_t  dim = tg_sim_dim(s), w = job->worker;
    double       *g = tg_room_doubles(room_, sizeof *d), *sum = g + dim;
    const double *x = tg_cache(d->caches, w);

    TG_TRY(tg_sim_gradient_at(s, job, x, g));
    tg_sim_walk(s, d->kept + w * tg_sim_kept(s), d->round + 1, x, g, g);
    for (size_t j = 0; j < dim; j++) {
        g[j] -= x[j];
        sum[j] += g[j];
    }
    tg_caches_add(d->caches, w, g);
    if (++d->delivered < tg_sim_workers(s)) return TG_OK;
    TG_TRY(tg_sim_shift(s, sum));
    for (size_t j = 0; j < dim; j++) sum[j] = 0;
    tg_caches_next(d->caches);
    d->delivered = 0;
    d->round++;
    return tg_sim_assign_idle(s);
}

/* Every move goes to every worker's cache, which has a slot for each lag. */
static tg_rule_cost
cost_of_lag(size_t dim, size_t workers, double most)
{
    const double n = (double)workers;

    return (tg_rule_cost){ .jobs = 1,
                           .vectors = n + 1,
                           .bytes = n * (double)dim * (most + 2) * sizeof(double) };
}

/* By r, and by the latest stage of a pipeline. */
static double
late_by(double rounds, const tg_lag *lag)
{
    double stage = 0;

    for (size_t i = 0; lag && i < lag->parts; i++)
        stage = fmax(stage, (double)lag->extra[i]);
    return rounds + stage;
}

static double
late(const double *param, const tg_lag *lag)
{
    return late_by(param[0], lag);
}

/* ---- the laws of r ------------------------------------------------------------------- */

enum { MOST_LAG = 4096 };

static tg_status
uniform(tg_sim *s, void *room_)
{
    const size_t most = (size_t)tg_sim_param(s)[0];
    double       weight[MOST_LAG + 1];

    for (size_t r = 0; r <= most; r++) weight[r] = 1;
    return begin(s, room_, weight, most);
}

static tg_rule_cost
cost(size_t dim, size_t workers, const double *param)
{
    return cost_of_lag(dim, workers, param[0]);
}

static tg_status
constant(tg_sim *s, void *room_)
{
    const size_t most = (size_t)tg_sim_param(s)[0];
    double       weight[MOST_LAG + 1] = { 0 };

    weight[most] = 1;
    return begin(s, room_, weight, most);
}

/* P(r) = (1 - q) q^r with mean q/(1 - q), cut where less than 1e-12 is left. */
static tg_status
geometric(tg_sim *s, void *room_)
{
    const double q = tg_sim_param(s)[0] / (1 + tg_sim_param(s)[0]);
    double       weight[MOST_LAG + 1] = { 1 - q };
    size_t       most = 0;

    for (double left = q; left > 1e-12 && most < MOST_LAG; left *= q) {
        most++;
        weight[most] = weight[most - 1] * q;
    }
    return begin(s, room_, weight, most);
}

static tg_rule_cost
cost_of_geometric(size_t dim, size_t workers, const double *param)
{
    const double q = param[0] / (1 + param[0]);

    return cost_of_lag(dim, workers, q > 0 ? fmin(log(1e-12) / log(q), MOST_LAG) : 0);
}

/* One in twenty comes later than three times the mean. */
static double
late_of_geometric(const double *param, const tg_lag *lag)
{
    return late_by(3 * param[0], lag);
}

/* The weights that are given beside the rule; without them no move is late. */
static tg_status
table(tg_sim *s, void *room_)
{
    const tg_lag *lag = tg_sim_lag(s);
    const double  none = 1;

    if (!lag || !lag->weight) return begin(s, room_, &none, 0);
    return begin(s, room_, lag->weight, lag->most);
}

/* How long the table is nobody knows here; the caches look for memory themselves. */
static tg_rule_cost
cost_of_table(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return cost_of_lag(dim, workers, 0);
}

static double
late_of_table(const double *param, const tg_lag *lag)
{
    (void)param;
    return late_by(lag && lag->weight ? (double)lag->most : 0, lag);
}

static const tg_param most_param[] = {
    { "most", "rounds", "r is uniform on 0 .. most", NAN, 0, MOST_LAG, false, true },
    { 0 },
};

static const tg_param extra_param[] = {
    { "extra", "rounds", "r", NAN, 0, MOST_LAG, false, true },
    { 0 },
};

static const tg_param mean_param[] = {
    { "mean", "rounds", "mean of r", NAN, 0, 100, false, false },
    { 0 },
};

#define SOURCE "Dai, Zhou, Dong, Zhang, Xing 2019"

const tg_rule_kind tg_rule_stale_uniform = {
    .is = { "stale_uniform",
            "staleness by decree: moves reach each cache 0 .. most rounds late", SOURCE,
            most_param },
    .late = late,
    .room = room,
    .cost = cost,
    .begin = uniform,
    .deliver = deliver,
    .end = end,
};

const tg_rule_kind tg_rule_stale_constant = {
    .is = { "stale_constant", "staleness by decree: all moves come so many rounds late",
            SOURCE, extra_param },
    .late = late,
    .room = room,
    .cost = cost,
    .begin = constant,
    .deliver = deliver,
    .end = end,
};

const tg_rule_kind tg_rule_stale_geometric = {
    .is = { "stale_geometric", "staleness by decree: a geometric number of rounds late",
            SOURCE, mean_param },
    .late = late_of_geometric,
    .room = room,
    .cost = cost_of_geometric,
    .begin = geometric,
    .deliver = deliver,
    .end = end,
};

const tg_rule_kind tg_rule_stale_table = {
    .is = { "stale_table",
            "staleness by decree: r by the algorithm's lag_weights, such as measured ones",
            SOURCE, NULL },
    .late = late_of_table,
    .room = room,
    .cost = cost_of_table,
    .begin = table,
    .deliver = deliver,
    .end = end,
};
