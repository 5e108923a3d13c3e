/* trial: one drawn study, predicted and simulated until each claim is decided or the work
 * allowed is done
 *
 * Work is counted in updates, unseen ones included, times (modes + 3). Replicas grow as long as a claim is undecided
 * for want of them, to what would decide it by the error so far, at most fourfold at a time; so
 * the answer does not depend on the machine.
 *
 *   converges, loss at the horizon, time to target      tg_compare() on the study itself
 *   floor, fixed point                                  time means long after the start
 *   converges below, converges above                    the steepest mode alone, without
 *                                                       noise, on either side of the limit
 */
#ifndef TG_VALIDATION_TRIAL_H
#define TG_VALIDATION_TRIAL_H

#include "validation/audit/draw.h"

typedef struct trial {
    tg_study           *study;
    tg_cluster         *cluster;
    tg_problem         *problem;
    tg_modes            modes;
    const tg_algorithm *algorithm;
    double              step, horizon, target, work;
    tg_prediction      *prediction;
    tg_claim            claim[16];
    size_t              claims, replicas; /* replicas of the study itself */
    tg_growth           growth;           /* as last simulated */
    char                failure[256];     /* why there is no prediction */
} trial;

static inline void
trial_close(trial *t)
{
    tg_prediction_free(t->prediction);
    tg_modes_free(&t->modes);
    tg_problem_free(t->problem);
    tg_cluster_free(t->cluster);
    tg_study_free(t->study);
}

static inline tg_status
predict_at(const trial *t, const tg_modes *m, double step, double horizon,
           tg_prediction **out)
{
    const tg_predict_plan plan = {
        .horizon = horizon, .points = 61, .target = t->target, .single = true
    };

    return tg_predict(m, t->cluster, t->algorithm, step, &plan, out);
}

static inline void
trial_open(trial *t, const char *text, double work)
{
    *t = (trial){ .work = work };
    must(tg_study_parse(text, "draw", &t->study));
    must(tg_study_cluster(t->study, 0, &t->cluster));
    must(tg_study_problem(t->study, t->cluster, &t->problem));
    t->modes = modes_of(t->problem, t->cluster);
    t->algorithm = tg_algorithm_find(t->study->algorithm[0].rule.kind->name);
    t->step = t->study->algorithm[0].step;
    t->horizon = t->study->horizon;
    t->target = t->study->target;
}

static inline void
trial_predict(trial *t)
{
    if (predict_at(t, &t->modes, t->step, t->horizon, &t->prediction) != TG_OK)
        snprintf(t->failure, sizeof t->failure, "%s", tg_message());
}

/* Whether more replicas could decide it: the prediction leaves room below a quarter. A failure
 * must stand with more: where rare jobs carry the mean, few replicas have not seen one, and
 * their standard error does not know it. */
static inline bool
wants_more(const tg_claim *c)
{
    if (c->judgement == TG_FAILS) return true;
    if (c->judgement != TG_OPEN || isnan(c->predicted)) return false;
    if (isnan(c->simulated) || !isfinite(c->error)) return true;
    return c->model_error < 0.24 * fmax(fabs(c->predicted), fabs(c->simulated));
}

/* How many replicas, of n so far, would make the stated error a quarter of the value, and a
 * tenth more. */
static inline double
replicas_for(const tg_claim *c, size_t n)
{
    const double room = fmax(fabs(c->predicted), fabs(c->simulated)) / 4 - c->model_error;
    const double times = 4 * c->error / room;

    if (c->judgement == TG_FAILS || isnan(c->simulated) || !isfinite(times))
        return 4 * (double)n;
    return 1.1 * times * times * (double)n;
}

/* The number of replicas to go on with after n, 0: none. */
static inline size_t
next_replicas(const tg_claim *claim, size_t count, size_t n, double affordable)
{
    double next = 0;

    for (size_t i = 0; i < count; i++)
        if (wants_more(&claim[i])) next = fmax(next, replicas_for(&claim[i], n));
    if (next == 0) return 0;
    next = fmin(fmin(fmax(next, 1.5 * (double)n), 4 * (double)n), affordable);
    return next >= 1.4 * (double)n ? (size_t)next : 0;
}

/* Jobs of all workers that nobody sees, before staggered ones begin. */
static inline double
unseen(const tg_cluster *c)
{
    double sum = 0;

    for (size_t g = 0; g < c->groups && !c->together; g++)
        sum += (double)c->count[g] * tg_cluster_past(c->law[g]);
    return sum;
}

/* Simulate with more and more replicas; the claims of the last run into t->claim. */
static inline size_t
run_until_decided(trial *t, const tg_setup *setup, const tg_prediction *p, double horizon,
                  const char *where, double share, size_t most_claims)
{
    const double one = (tg_cluster_rate(t->cluster) * horizon + unseen(t->cluster)) *
                       ((double)setup->problem->dim + 3);
    const size_t begin = t->claims;
    double       left = t->work * share;

    for (size_t n = 32, next;; n = next) {
        const tg_replicas_plan plan = { .horizon = horizon,
                                        .points = 61,
                                        .target = t->target,
                                        .replicas = n,
                                        .threads = 1 };
        tg_simulation         *s = NULL;
        tg_claim               claim[TG_CLAIMS];
        must(tg_replicas_run(setup, &plan, &s));
        size_t count = tg_compare(p, s, where, t->target, claim);
        t->growth = s->growth;
        tg_simulation_free(s);
        t->claims = begin;
        if (count > most_claims) count = most_claims;
        for (size_t i = 0; i < count; i++) t->claim[t->claims++] = claim[i];
        left -= one * (double)n;
        next = next_replicas(claim, count, n, left / one);
        if (next == 0) return n;
    }
}

/* ---- long after the start ------------------------------------------------------------ */

static inline void
add_claim(trial *t, const char *name, double predicted, double model_error, tg_stats s,
          double offset)
{
    tg_claim c = { .predicted = predicted,
                   .model_error = model_error,
                   .simulated = s.mean + offset,
                   .error = tg_stats_error(&s),
                   .unit = "",
                   .level = tg_level_name(t->prediction->level) };

    snprintf(c.name, sizeof c.name, "%s", name);
    tg_claim_judge(&c);
    t->claim[t->claims++] = c;
}

/* Workers of constant times keep their phases for good: each start has a floor of its own. */
static inline bool
keeps_phases(const tg_cluster *c)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] > 0 && tg_delay_cv(c->law[g]) < 0.05) return true;
    return false;
}

/* When the start is forgotten: 7 times of the slowest mode and 20 round trips, and longer until
 * what is left of its loss is under 1e-4 of the floor, or where there is none is rounding. */
static inline double
forgotten(const trial *t, double floor)
{
    const tg_prediction *p = t->prediction;
    double               longest = 0;

    for (size_t g = 0; g < t->cluster->groups; g++)
        if (t->cluster->count[g] > 0)
            longest = fmax(longest, tg_delay_mean(t->cluster->law[g]));
    const double left = floor > 0 ? log(t->modes.start_loss / (1e-4 * floor)) / 2 : 20;

    return fmax(left, 7) / p->rate + 20 * longest;
}

/* The claims about time means. A floor of 0 has no relative error, and is no claim; a fixed point
 * where F has its minimum is measured from as far off as the workers' minima are. */
static inline void
add_floor(trial *t, double level, averages a)
{
    const tg_prediction *p = t->prediction;
    const double         centre = t->study->quadratic.start[0] - t->modes.start[0];
    const double         apart = sqrt(t->modes.spread[0]) + fabs(t->modes.shift[0]);
    const double         unit = fabs(p->mode[0].bias) < 1e-9 * apart ? apart : 0;

    if (level > 0) add_claim(t, "floor", level, p->floor_error, a.loss, 0);
    if (!(t->modes.spread[0] > 1e-12)) return;
    add_claim(t, "fixed point", unit + p->mode[0].bias, p->mode[0].bias_error, a.x,
              unit - centre);
}

/* Time means over [warm, 2 warm], by more and more replicas. */
static inline void
measure_floor(trial *t, double level, double warm)
{
    const bool   frozen = keeps_phases(t->cluster);
    const double fewest = frozen ? 400 : 8, enough = frozen ? 2000 : 256;
    const double one = (2 * warm * t->prediction->lambda + unseen(t->cluster)) *
                       ((double)t->modes.count + 3);
    const tg_setup setup =
        tg_setup_of(t->problem, t->cluster, rule_of(t->algorithm), t->step, 1077);
    const size_t begin = t->claims;
    double       left = 0.3 * t->work / one;

    if (left < fewest) return;
    for (size_t n = (size_t)fmin(floor(left), enough); n > 0;) {
        const averages a = average(&setup, warm, 2 * warm, n);
        t->claims = begin;
        add_floor(t, level, a);
        left -= (double)n;
        n = next_replicas(t->claim + begin, t->claims - begin, n, left);
    }
}

/* The first claim since `begin` that fails, or NULL. */
static inline const tg_claim *
first_failure(const trial *t, size_t begin)
{
    for (size_t i = begin; i < t->claims; i++)
        if (t->claim[i].judgement == TG_FAILS) return &t->claim[i];
    return NULL;
}

/* The mean square may settle more slowly than twice the mean's rate, near its limit by any factor:
 * a failure must stand after a beginning twice as long, and twice as long again, until it no
 * longer moves by what it is off by. */
static inline void
try_floor(trial *t)
{
    const tg_prediction *p = t->prediction;
    const double         level = p->floor + p->bias_loss;
    const size_t         begin = t->claims;

    if (p->outcome == TG_DIVERGES || !p->stable_square || !(p->rate > 0)) return;
    if (!(t->modes.sigma2[0] > 0) && !(t->modes.spread[0] > 1e-12)) return;
    double before = NAN;
    for (double warm = forgotten(t, level);; warm *= 2) {
        const size_t found = t->claims;
        measure_floor(t, level, warm);
        if (t->claims == found) return; /* too dear: what was found before stands */
        memmove(t->claim + begin, t->claim + found, (t->claims - found) * sizeof *t->claim);
        t->claims -= found - begin;
        const tg_claim *c = first_failure(t, begin);
        if (!c || fabs(c->simulated - before) < fabs(c->simulated - c->predicted) / 8)
            return;
        before = c->simulated;
    }
}

/* ---- either side of the limit -------------------------------------------------------- */

static inline void
try_horizon(trial *t, const char *name, const tg_setup *setup, const tg_modes *m,
            double horizon, double share)
{
    const size_t   at = t->claims;
    tg_prediction *p = NULL;

    if (predict_at(t, m, setup->step, horizon, &p) != TG_OK) return;
    run_until_decided(t, setup, p, horizon, "", share, 1);
    if (t->claims > at && !strcmp(t->claim[at].name, "converges"))
        snprintf(t->claim[at].name, sizeof t->claim[at].name, "%s", name);
    else
        t->claims = at;
    tg_prediction_free(p);
}

/* What was found over a shorter horizon, if it decides that the mean falls. */
static inline bool
falls(const trial *t, size_t at)
{
    return t->claims > at && t->claim[at].judgement != TG_OPEN &&
           t->growth.rise < -4 * t->growth.error;
}

/* Over 200 jobs of each worker, up to 2e5 updates. What is left of a loss that falls may by
 * then be carried by very few runs; over 50 and 25 jobs it is not yet. */
static inline void
try_side(trial *t, const char *name, double step)
{
    const double   lambda = tg_cluster_rate(t->cluster), one = 1, none = 0;
    tg_problem    *problem = one_mode(one, 1, none, t->cluster->workers, NULL);
    tg_modes       m = modes_of(problem, t->cluster);
    const double   job = (double)t->cluster->workers / lambda, most = 2e5 / lambda;
    const tg_setup setup = tg_setup_of(problem, t->cluster, rule_of(t->algorithm), step, 3);
    const size_t   at = t->claims;

    try_horizon(t, name, &setup, &m, fmin(200 * job, most), 0.05);
    for (double jobs = 50; jobs >= 25 && t->claims > at; jobs /= 2) {
        const tg_claim open = t->claim[at];
        if (open.judgement != TG_OPEN || open.predicted != 1) break;
        t->claims = at;
        try_horizon(t, name, &setup, &m, fmin(jobs * job, most), 0.1);
        if (falls(t, at)) break;
        t->claim[at] = open;
        t->claims = at + 1;
    }
    tg_modes_free(&m);
    tg_problem_free(problem);
}

/* Above, past where a single run is lost too: before that a simulation sees runs that settle.
 * Below, by as much as single runs go beyond: nearer the mean is carried by few of them. */
static inline void
try_limit(trial *t)
{
    const tg_prediction *p = t->prediction;
    const double         away = fmax(0.1, 2 * p->threshold_error / p->threshold_square);
    const double         single = p->threshold_single / p->threshold_square;

    if (!isfinite(p->step_limit)) return;
    const double under = fmax(away, fmin(single - 1, 0.5));
    if (under < 0.9) try_side(t, "converges below", p->step_limit * (1 - under));
    try_side(t, "converges above", p->step_limit * fmax(1 + away, 1.1 * single));
}

static inline void
trial_run(trial *t)
{
    const tg_setup setup =
        tg_setup_of(t->problem, t->cluster, rule_of(t->algorithm), t->step, t->study->seed);

    if (!t->prediction) return;
    t->replicas =
        run_until_decided(t, &setup, t->prediction, t->horizon, "", 0.4, TG_CLAIMS);
    try_floor(t);
    try_limit(t);
}

#endif
