#include "study/cost.h"

#include "core/memory.h"
#include "core/parallel.h"
#include "study/decree.h"
#include "study/tune.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double MINUTE = 60, DAY = 86400;

/* Seconds of one thread: a delivery, or a job that is begun, and each of its coordinates; a point of
 * a replica's grid; a change of speed; what a prediction takes before its modes, and each of those. */
static const double DELIVERY = 5e-8, COORDINATE = 1e-8, POINT = 3e-9, CHANGE = 5e-8;
static const double PREDICTION = 0.2, MODE = 1e-3;

/* A chart's limits of the mean square, in seconds; of single runs, how many. */
static const double LIMITS = 3, CHARTED = 25;

enum {
    SLOPE = 3,    /* an exact gradient, in losses */
    CELLS = 200,  /* of a replica, where a dear loss is asked for too */
    WORKER = 160, /* bytes of a worker: its job, event, speed */
    LAWS = 1000   /* so many are looked at each */
};

static void
say_time(double seconds, char *out, size_t room)
{
    if (seconds < 2 * 3600)
        snprintf(out, room, "%.0f minutes", ceil(seconds / 60));
    else if (seconds < 2 * DAY)
        snprintf(out, room, "%.0f hours", ceil(seconds / 3600));
    else
        snprintf(out, room, "%.3g days", seconds / DAY);
}

tg_status
tg_cost_check(const tg_listener *l, const tg_cost *c)
{
    char time[40];

    if (!isfinite(c->count))
        return tg_fail(TG_EDOMAIN, "there would be no end of %s; %s", c->unit, c->advice);
    say_time(c->seconds, time, sizeof time);
    if (!(c->seconds <= DAY))
        return tg_fail(TG_EDOMAIN, "%.3g %s would take about %s; %s", c->count, c->unit,
                       time, c->advice);
    if (c->seconds > MINUTE)
        tg_listener_tell(l, TG_TOPIC_WAIT, "%.3g %s, about %s; %s", c->count, c->unit, time,
                         c->advice);
    return TG_OK;
}

static tg_status
check_modes(const tg_listener *l, double count, double seconds)
{
    return tg_cost_check(l, &(tg_cost){ .count = count,
                                        .seconds = seconds + count * MODE,
                                        .unit = "predictions of a mode",
                                        .advice = "fewer eigenvalues make it less" });
}

/* Seconds for the gain at which a single run is lost (tg_predict_single). */
static double
single_run(const tg_scene *s)
{
    return 5e-7 * fmax(1e5, 480 * (double)s->cluster->workers);
}

tg_status
tg_cost_of_predictions(const tg_listener *l, const tg_scene *s, size_t n)
{
    const double each = (double)n * (double)s->study->algorithms;

    return check_modes(l, each * (double)s->problem->dim,
                       each * (PREDICTION + (s->single ? single_run(s) : 0)));
}

tg_status
tg_cost_of_verdicts(const tg_listener *l, const tg_scene *s, size_t n)
{
    const double each = (double)n * (double)s->study->algorithms;

    return check_modes(l, each * (double)s->problem->dim,
                       (double)s->study->algorithms * (LIMITS + CHARTED * single_run(s)));
}

/* Tables of modes at numbers of workers in ratios of some 1.9, then points from them; or, where workers
 * have minima of their own or staleness is decreed, predictions. */
tg_status
tg_cost_of_schedule(const tg_listener *l, const tg_scene *s)
{
    static const double TABLE = 0.5, LOOKS = 60 * 8e-8;
    const tg_study     *study = s->study;
    const double        most = (double)study->schedule.workers[study->schedule.count - 1];
    const double        each = (double)study->algorithms * (double)study->schedule.targets;
    const double tables = 4 + 1.6 * log(fmax(most, 1)), dim = (double)s->problem->dim;
    const double points =
        ((double)study->schedule.count + 40) * ((double)study->schedule.steps + 90);
    bool alike = study->objective != TG_QUADRATIC || study->quadratic.spread == 0;

    for (size_t g = 0; g < study->groups; g++) alike = alike && !study->group[g].minimum;
    for (size_t i = 0; i < study->algorithms; i++)
        alike = alike && !tg_study_is_decreed(study, i);
    if (!alike) return tg_cost_of_predictions(l, s, 25 * (study->schedule.count + 20));

    return tg_cost_check(
        l, &(tg_cost){ .count = each * points,
                       .seconds = each * (tables * TABLE + points * dim * LOOKS),
                       .unit = "points of workers and step",
                       .advice = "fewer schedule.workers or steps make it less" });
}

/* int P(T > u) du over (low, high), halved in log u until P changes by less than .2 % of
 * itself or u by less than 5 %. */
static double
mean_within(const tg_delay *law, double low, double high, double at_low, double at_high)
{
    if (!(at_low - at_high > 0.002 * at_high) || high < 1.05 * low)
        return (high - low) * (at_low + at_high) / 2;
    const double middle = sqrt(low) * sqrt(high);
    const double at_middle = 1 - tg_delay_cdf(law, middle);
    return mean_within(law, low, middle, at_low, at_middle) +
           mean_within(law, middle, high, at_middle, at_high);
}

/* E min(T, t) = int_0^t P(T > u) du */
double
tg_cost_renewals(const tg_delay *law, double t)
{
    const double low = fmax(t * 0x1p-1000, DBL_MIN);

    if (!(t > DBL_MIN && isfinite(t))) return t;
    return t /
           mean_within(law, low, t, 1 - tg_delay_cdf(law, low), 1 - tg_delay_cdf(law, t));
}

/* Renewals in a time t; where there are so many laws that looking at each would take longer than
 * it is worth, by its mean. */
static double
renewals(const tg_cluster *c, size_t g, double t)
{
    return c->groups <= LAWS ? tg_cost_renewals(c->law[g], t)
                             : 1 + t / tg_delay_mean(c->law[g]);
}

/* Deliveries per worker in one replica, with the unseen ones before it, at the largest speeds. */
static double
deliveries(const tg_scene *s)
{
    const tg_cluster *c = s->cluster;
    const double      horizon = s->study->horizon;
    double            sum = 0, past = 0, lambda = 0;

    for (size_t g = 0; g < c->groups; g++) {
        if (!c->count[g]) continue;
        const double share = (double)c->count[g] / (double)c->workers;
        sum += share * renewals(c, g, horizon);
        if (!c->together)
            past +=
                share *
                renewals(c, g, (tg_cluster_past(c->law[g]) + 1) * tg_delay_mean(c->law[g]));
        lambda += (double)c->count[g] / tg_delay_mean(c->law[g]);
    }
    return past + sum * fmax(1, tg_cluster_pulse(c) / lambda);
}

/* Changes of speed per worker in one replica. */
static double
changes(const tg_scene *s)
{
    const tg_cluster *c = s->cluster;
    double            sum = 0;

    for (size_t w = 0; c->pace_of && w < c->workers; w++) sum += tg_cluster_changes(c, w);
    return sum / (double)c->workers * s->study->horizon;
}

static tg_rule_cost
rule_cost(const tg_scene *s, size_t i, size_t workers)
{
    const tg_choice    *rule = &s->study->algorithm[i].rule;
    const tg_rule_kind *kind = (const tg_rule_kind *)rule->kind;

    if (!kind->cost) return (tg_rule_cost){ .jobs = 1 };
    return kind->cost(s->problem->dim, workers, rule->param);
}

/* Bytes of one replica of algorithm i. */
static double
bytes_of(const tg_scene *s, size_t i, size_t workers)
{
    const tg_study_algorithm *a = &s->study->algorithm[i];
    const tg_rule_kind       *rule = (const tg_rule_kind *)a->rule.kind;
    const tg_behaviour_kind  *does = (const tg_behaviour_kind *)a->behaviour.kind;
    const size_t              dim = s->problem->dim;
    const double room = rule->room ? (double)rule->room(dim, workers, a->rule.param) : 0,
                 keeps = does->keeps ? (double)does->keeps(dim) : 0;

    return (double)workers * (8 * (double)dim + 8 * keeps + WORKER) + room +
           8 * (double)s->problem->scratch + rule_cost(s, i, workers).bytes;
}

/* What a gradient takes beside its coordinates, or the loss, where the problem says so. */
static double
own_seconds(const tg_problem *p, bool loss)
{
    return p->kind->seconds ? p->kind->seconds(p->self, loss) : 0;
}

/* What happens to a worker in one replica. */
typedef struct happens {
    double deliveries, changes;
} happens;

static happens
happens_in(const tg_scene *s)
{
    return (happens){ deliveries(s), changes(s) };
}

/* Seconds of one replica of algorithm i: deliveries, with the events of links and the jobs that they
 * begin; the first jobs, drawn whole; changes of speed; points. */
static double
seconds_of(const tg_scene *s, size_t i, size_t workers, const happens *h)
{
    const tg_study           *study = s->study;
    const tg_study_algorithm *a = &study->algorithm[i];
    const tg_behaviour_kind  *does = (const tg_behaviour_kind *)a->behaviour.kind;
    const tg_rule_cost        rule = rule_cost(s, i, workers);
    const double              n = (double)workers, dim = (double)s->problem->dim,
                 steps = does->steps ? does->steps(a->behaviour.param) : 1,
                 ways = tg_link_takes_time(&study->uplink) +
                        tg_link_takes_time(&study->downlink);

    return n * (h->deliveries * (DELIVERY * (rule.jobs + 2 * ways) +
                                 COORDINATE * dim * (1 + rule.vectors) +
                                 own_seconds(s->problem, false) * steps) +
                steps * DELIVERY + h->changes * CHANGE) +
           (double)study->points * POINT +
           ((double)study->points * (study->coherence ? 1 + SLOPE : 1) + CELLS) *
               own_seconds(s->problem, true);
}

/* Deliveries of so many runs of every algorithm with each of these numbers of workers. */
static double
all_deliveries(const tg_scene *s, double runs, const size_t *workers, size_t n)
{
    double all = 0;

    for (size_t i = 0; i < n; i++) all += (double)workers[i];
    return runs * (double)s->study->algorithms * all * deliveries(s);
}

tg_status
tg_cost_of_hits(const tg_listener *l, const tg_scene *s, const size_t *workers, size_t n)
{
    const double paths = (double)tg_scene_hit_paths(s), dim = (double)s->problem->dim;
    const double threads = fmin((double)tg_parallel_threads(), fmax(paths, 1));
    const double count = all_deliveries(s, paths, workers, n);

    return tg_cost_check(
        l, &(tg_cost){ .count = count,
                       .seconds = count * (DELIVERY + COORDINATE * dim) / threads,
                       .unit = "deliveries of single runs up to the target",
                       .advice =
                           "a shorter horizon (--set horizon=T) or fewer replicas (--set "
                           "replicas=N) make it less" });
}

tg_status
tg_cost_of_tuning(const tg_listener *l, const tg_scene *s, size_t algorithms)
{
    const double  replicas = fmin((double)s->study->replicas, TG_TUNE_REPLICAS);
    const double  runs = replicas * TG_TUNE_TRIES * (double)algorithms;
    const double  threads = fmin((double)tg_parallel_threads(), replicas);
    const happens h = happens_in(s);
    double        dearest = 0;

    for (size_t k = 0; k < s->study->algorithms; k++)
        dearest = fmax(dearest, seconds_of(s, k, s->cluster->workers, &h));
    return tg_cost_check(
        l,
        &(tg_cost){ .count = runs * (double)s->cluster->workers * deliveries(s),
                    .seconds = runs * dearest / threads,
                    .unit = "deliveries to tune steps",
                    .advice = "a shorter horizon (--set horizon=T) or a step of one's own "
                              "(--set algorithm[0].step=S) make it less" });
}

tg_status
tg_cost_of_replicas(const tg_scene *s, const size_t *workers, size_t n, double *seconds)
{
    const size_t  rules = s->study->algorithms;
    const double  threads = fmin((double)tg_parallel_threads(), (double)s->study->replicas);
    const happens h = happens_in(s);
    double        bytes = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < rules; k++) {
            bytes = fmax(bytes, bytes_of(s, k, workers[i]));
            seconds[i * rules + k] = seconds_of(s, k, workers[i], &h);
        }
    return tg_memory_check(threads * bytes, "take fewer workers or fewer --threads");
}

tg_status
tg_cost_of_simulations(const tg_listener *l, const tg_scene *s, const size_t *workers,
                       size_t n)
{
    const double replicas = (double)s->study->replicas;
    const double threads = fmin((double)tg_parallel_threads(), replicas);
    const size_t all = n * s->study->algorithms;
    double      *each = malloc((all + 1) * sizeof *each), seconds = 0;

    if (!each) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_cost_of_replicas(s, workers, n, each);
    for (size_t i = 0; i < all; i++) seconds += replicas * each[i];
    free(each);
    TG_TRY(status);
    return tg_cost_check(
        l,
        &(tg_cost){ .count = all_deliveries(s, replicas, workers, n),
                    .seconds = seconds / threads * tg_records_missing(s->records),
                    .unit = "deliveries",
                    .advice = "a shorter horizon (--set horizon=T), fewer replicas (--set "
                              "replicas=N), fewer workers or points make it less" });
}
