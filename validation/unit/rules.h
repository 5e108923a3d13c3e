/* rules: what the tests of server rules share: clusters, parameters, a look at every
 * delivery, and the invariants, which say whether they hold so that broken rules can be
 * shown to fail */
#ifndef TG_VALIDATION_RULES_H
#define TG_VALIDATION_RULES_H

#include "validation/unit/check.h"

#include "asgd/sim/simulate.h"

/* ---- worlds -------------------------------------------------------------------------- */

/* A cluster of one worker a law, laws (n) freed. */
static inline tg_cluster *
cluster_of_laws(tg_delay **law, size_t n, bool together)
{
    tg_cluster *c = NULL;
    size_t      count[100];

    assert_true(n <= 100);
    for (size_t i = 0; i < n; i++) count[i] = 1;
    assert_ok(tg_cluster_create(n, count, law, together, &c));
    for (size_t i = 0; i < n; i++) tg_delay_free(law[i]);
    return c;
}

/* Constant times, all begin together. */
static inline tg_cluster *
cluster_of_times(const double *time, size_t n)
{
    tg_delay *law[100] = { NULL };

    for (size_t i = 0; i < n; i++)
        assert_ok(tg_delay_create("constant", &time[i], &law[i]));
    return cluster_of_laws(law, n, true);
}

/* Each worker with a law of its own; the first n of a seed are the same for any n. */
static inline tg_cluster *
random_cluster(uint64_t seed, size_t n, bool together)
{
    tg_rng    g = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);
    tg_delay *law[100] = { NULL };

    for (size_t i = 0; i < n; i++) {
        const double mean = exp(tg_rng_normal(&g)), cv = 0.2 + tg_rng_uniform(&g);
        switch (tg_rng_below(&g, 4)) {
        case 0:
            assert_ok(tg_delay_create("exponential", &mean, &law[i]));
            break;
        case 1:
            assert_ok(tg_delay_create("gamma", (double[]){ 1 / (cv * cv), mean }, &law[i]));
            break;
        case 2:
            assert_ok(tg_delay_create("lognormal", (double[]){ mean, cv }, &law[i]));
            break;
        default:
            assert_ok(
                tg_delay_create("uniform", (double[]){ 0.5 * mean, 1.5 * mean }, &law[i]));
        }
    }
    return cluster_of_laws(law, n, together);
}

/* Two modes, minima of their own for all workers but where n is 1. */
static inline tg_problem *
random_problem(uint64_t seed, size_t n, double sigma)
{
    tg_rng       g = tg_rng_stream(seed, TG_PURPOSE_TEST, 1);
    const double h[] = { 1, 0.3 }, start[] = { 1, -2 }, noise[] = { sigma, sigma };
    double       minima[200];
    tg_problem  *p = NULL;

    for (size_t i = 0; i < 2 * n; i++) minima[i] = tg_rng_normal(&g);
    assert_ok(tg_problem_quadratic(2, h, start, noise, n, n > 1 ? minima : NULL, &p));
    return p;
}

/* Values for the parameters that must be given, within what n workers can do; `least`: the
 * ones that make the rule plain. */
static inline tg_choice
fitted(const tg_kind *kind, size_t n, tg_rng *g, bool least)
{
    static const char *const counts[] = { "k", "batch", "s", "arrivals" };
    tg_choice                c = tg_choice_of(kind);

    for (size_t i = 0; i < tg_kind_params(kind); i++) {
        const char *name = kind->param[i].name;
        double      value = c.param[i];
        for (size_t j = 0; j < sizeof counts / sizeof *counts; j++)
            if (!strcmp(name, counts[j]))
                value = least ? 1 : 1 + (double)tg_rng_below(g, n);
        if (!strcmp(name, "limit")) value = least ? 0 : (double)tg_rng_below(g, 2 * n);
        if (!strcmp(name, "r")) value = least ? 1 : 1 + (double)tg_rng_below(g, 3 * n);
        if (!strcmp(name, "smoothness")) value = 1;
        if (!strcmp(name, "mixing") && least) value = 1;
        if (!strcmp(name, "grace") && !least) value = tg_rng_uniform(g);
        if (!strcmp(name, "steps")) value = least ? 1 : 1 + (double)tg_rng_below(g, 5);
        if (!strcmp(name, "rate")) value = 0.1;
        if (!strcmp(name, "most") || !strcmp(name, "extra") || !strcmp(name, "mean"))
            value = least ? 0 : (double)tg_rng_below(g, 4);
        if (!strcmp(name, "delta")) value = least ? 0 : 0.3;
        assert_ok(tg_choice_set(&c, name, value));
    }
    return c;
}

static inline tg_choice
rule_with(const tg_rule_kind *kind, const char *param, double value)
{
    tg_choice c = tg_rule(kind);

    assert_ok(tg_choice_set(&c, param, value));
    return c;
}

/* ---- looking on ---------------------------------------------------------------------- */

/* Called at each delivery, before the rule hears of it. */
typedef void (*onlooker)(tg_sim *s, const tg_job *job, void *context);

static struct {
    const tg_rule_kind *inner;
    tg_rule_kind        outer;
    onlooker            look;
    void               *context;
} watched;

static inline tg_status
watched_deliver(tg_sim *s, void *room, const tg_job *job)
{
    watched.look(s, job, watched.context);
    return watched.inner->deliver(s, room, job);
}

/* The same rule, seen; one at a time. */
static inline tg_choice
watch(tg_choice rule, onlooker look, void *context)
{
    watched.inner = (const tg_rule_kind *)rule.kind;
    watched.outer = *watched.inner;
    watched.outer.deliver = watched_deliver;
    watched.look = look;
    watched.context = context;
    rule.kind = &watched.outer.is;
    return rule;
}

static inline tg_sim *
simulation(const tg_setup *setup, uint64_t replica)
{
    tg_sim *s = NULL;

    assert_ok(tg_sim_create(setup, replica, &s));
    return s;
}

static inline tg_happening
advance(tg_sim *s)
{
    tg_happening h;

    assert_ok(tg_sim_advance(s, &h));
    return h;
}

/* ---- invariants ---------------------------------------------------------------------- */

/* After every event: begun = applied + dropped + aborted + skipped + on their way,
 * delivered = applied + dropped, a gradient for what was applied and for nothing else,
 * nobody in the past. */
static inline bool
ledger_holds(const tg_setup *setup, size_t events)
{
    const tg_behaviour_kind *does = (const tg_behaviour_kind *)setup->behaviour.kind;
    const uint64_t steps = does && does->steps ? does->steps(setup->behaviour.param) : 1;
    tg_sim        *s = simulation(setup, 0);
    uint64_t       seen[TG_SKIPS + 1] = { 0 };
    double         before = 0;
    bool           good = true;

    for (size_t i = 0; good && i < events && isfinite(tg_sim_next(s)); i++) {
        const double now = tg_sim_next(s);
        seen[advance(s).what]++;
        const tg_ledger l = tg_sim_ledger(s);
        const uint64_t  worth = does && does->sends ? l.delivered + l.skipped : l.applied;
        size_t          busy = 0;
        for (size_t w = 0; w < tg_sim_workers(s); w++) busy += tg_sim_running(s, w) != NULL;
        good = l.begun == l.applied + l.dropped + l.aborted + l.skipped + tg_sim_jobs(s) &&
               l.delivered == l.applied + l.dropped && l.delivered == seen[TG_DELIVERS] &&
               l.skipped == seen[TG_SKIPS] && busy <= tg_sim_jobs(s) && now >= before &&
               l.gradients == worth * steps && l.updates == tg_sim_updates(s);
        before = now;
    }
    good = good && isfinite(tg_sim_next(s)); /* it goes on for ever */
    tg_sim_free(s);
    return good;
}

/* Where all n workers are always busy, each update makes n - 1 jobs staler: the staleness
 * of what was delivered and of what is on its way add up to (n - 1) updates, exactly. */
static inline bool
staleness_adds_up(const tg_setup *setup, size_t events)
{
    tg_sim  *s = simulation(setup, 0);
    uint64_t sum = 0;

    for (size_t i = 0; i < events; i++) sum += advance(s).staleness;
    for (size_t w = 0; w < tg_sim_workers(s); w++)
        if (tg_sim_running(s, w)) sum += tg_sim_staleness(s, tg_sim_running(s, w));
    const bool good = sum == (tg_sim_workers(s) - 1) * tg_sim_updates(s);
    tg_sim_free(s);
    return good;
}

/* Each worker delivers at the rate 1/m of its law: n(t) - t/m within 4 of its standard
 * deviation sqrt(t v/m^3), and one job. */
static inline bool
throughput_holds(const tg_setup *setup, double t)
{
    tg_sim *s = simulation(setup, 0);
    double  count[100] = { 0 };
    bool    good = true;

    while (tg_sim_next(s) <= t) {
        const tg_happening h = advance(s);
        if (h.what == TG_DELIVERS) count[h.worker]++;
    }
    for (size_t w = 0; w < tg_sim_workers(s); w++) {
        const double m = tg_delay_mean(setup->cluster->of[w]),
                     v = tg_delay_variance(setup->cluster->of[w]);
        good = good && fabs(count[w] - t / m) <= 4 * sqrt(t * v / (m * m * m)) + 2;
    }
    tg_sim_free(s);
    return good;
}

/* Without noise, x_k follows x <- x - eta (1/n) sum_i grad f_i(x) within an error. */
static inline bool
is_gradient_descent(const tg_setup *setup, uint64_t updates, double error)
{
    const tg_problem *p = setup->problem;
    tg_sim           *s = simulation(setup, 0);
    tg_rng            none = tg_rng_stream(0, TG_PURPOSE_TEST, 0);
    double            x[2], g[2], mean[2];
    bool              good = true;

    p->kind->start(p->self, x);
    for (uint64_t k = 1; good && k <= updates; k++) {
        mean[0] = mean[1] = 0;
        for (size_t i = 0; i < p->workers; i++) {
            p->kind->gradient(p->self, i, x, &none, NULL, g);
            for (int j = 0; j < 2; j++) mean[j] += g[j];
        }
        for (int j = 0; j < 2; j++) x[j] -= setup->step * (mean[j] / (double)p->workers);
        while (tg_sim_updates(s) < k) advance(s);
        for (int j = 0; j < 2; j++) good = good && fabs(tg_sim_model(s)[j] - x[j]) <= error;
        good = good && tg_sim_jobs(s) <= tg_sim_workers(s);
    }
    tg_sim_free(s);
    return good;
}

/* How long each worker's first jobs take, by number; NaN: not delivered. */
enum { DURATIONS = 40 };
typedef struct durations {
    double of[100][DURATIONS];
} durations;

static inline void
note_duration(tg_sim *s, const tg_job *job, void *context)
{
    durations *d = context;

    if (job->number < DURATIONS)
        d->of[job->worker][job->number] = tg_sim_now(s) - job->began;
}

static inline void
measure_durations(tg_setup setup, size_t events, durations *out)
{
    for (size_t w = 0; w < 100; w++)
        for (size_t i = 0; i < DURATIONS; i++) out->of[w][i] = NAN;
    setup.rule = watch(setup.rule, note_duration, out);
    tg_sim *s = simulation(&setup, 0);
    for (size_t i = 0; i < events; i++) advance(s);
    tg_sim_free(s);
}

/* Where both delivered a job, it took as long; from job number `first` of each worker. */
static inline bool
same_durations(const durations *a, const durations *b, size_t workers, size_t first)
{
    size_t compared = 0;
    bool   good = true;

    for (size_t w = 0; w < workers; w++)
        for (size_t i = first; i < DURATIONS; i++) {
            if (isnan(a->of[w][i]) || isnan(b->of[w][i])) continue;
            compared++;
            good = good && fabs(a->of[w][i] - b->of[w][i]) <= 1e-9 * a->of[w][i];
        }
    assert_true(compared > 0);
    return good;
}

/* The largest staleness of what is delivered (`applied`: used), over so many events. */
static inline uint64_t
stalest(const tg_setup *setup, size_t events, bool applied)
{
    tg_sim  *s = simulation(setup, 0);
    uint64_t most = 0;

    for (size_t i = 0; i < events; i++) {
        const tg_happening h = advance(s);
        if (h.what == TG_DELIVERS && (h.applied || !applied) && h.staleness > most)
            most = h.staleness;
    }
    tg_sim_free(s);
    return most;
}

/* Time average of x[0] over the second half of so many events. */
static inline double
resting_place(const tg_setup *setup, size_t events)
{
    tg_sim *s = simulation(setup, 0);
    double  sum = 0, time = 0, now = 0;

    for (size_t i = 0; i < events; i++) {
        const double next = tg_sim_next(s);
        if (i > events / 2) {
            sum += tg_sim_model(s)[0] * (next - now);
            time += next - now;
        }
        now = next;
        advance(s);
    }
    tg_sim_free(s);
    return sum / time;
}

#endif
