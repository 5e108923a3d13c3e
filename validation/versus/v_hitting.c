/* When single runs are first at a target, and when they are below it for good: the worker form of
 * the integrator against the event simulator, and for the second, which that does not report,
 * against a loop written out here; mean, 10 %, median and 90 %, for random clusters of one to
 * three groups with minima of their own, under both rules. */
#include "validation/versus/versus.h"

#include "asgd/theory/predict_hits.h"
#include "core/rng.h"

static const char *const laws[] = {
    "{law: exponential, mean: 1}",
    "{law: gamma, shape: 4, mean: 0.7}",
    "{law: constant, value: 1}",
    "{law: uniform, min: 0.2, max: 2}",
    "{law: lognormal, mean: 1.5, cv: 1.5}",
    "{law: hyperexponential, weights: [0.8, 0.2], means: [0.5, 3]}"
};
enum { LAWS = sizeof laws / sizeof *laws, MOST_GROUPS = 3, MODES = 3, RUNS = 4000 };

typedef struct drawn {
    tg_cluster *cluster;
    tg_problem *problem;
    tg_modes    modes;
    double      step, target, horizon;
} drawn;

static size_t
pick(tg_rng *g, size_t n)
{
    return (size_t)tg_rng_below(g, n);
}

static void
draw(uint64_t index, const tg_algorithm *rule, drawn *d)
{
    const double h[MODES] = { 1, .5, .2 }, start[MODES] = { 1, 1, 1 };
    tg_rng       g = tg_rng_stream(8, TG_PURPOSE_TEST, index);
    const size_t groups = 1 + pick(&g, MOST_GROUPS);
    tg_delay    *law[MOST_GROUPS] = { 0 };
    size_t       count[MOST_GROUPS];

    for (size_t i = 0; i < groups; i++) {
        must(tg_delay_parse(laws[pick(&g, LAWS)], &law[i]));
        count[i] = 1 + pick(&g, index % 2 ? 5 : 24);
    }
    must(tg_cluster_create(groups, count, law, index % 3 == 0, &d->cluster));
    for (size_t i = 0; i < groups; i++) tg_delay_free(law[i]);
    const size_t workers = d->cluster->workers;
    const double sigma[MODES] = { .05, .3, .1 };
    double      *minima = calloc(workers * MODES, sizeof *minima);
    for (size_t i = 0; i < workers * MODES; i++) minima[i] = .2 * tg_rng_normal(&g);
    must(tg_problem_quadratic(MODES, h, start, sigma, workers, index % 2 ? minima : NULL,
                              &d->problem));
    free(minima);
    d->modes = modes_of(d->problem, d->cluster);
    d->step = (.2 + .5 * tg_rng_uniform(&g)) / (double)workers;
    d->target = (rule == &tg_dude ? .05 : .02) * d->modes.start_loss;
    d->horizon = 60 + 40 * tg_rng_uniform(&g);
}

/* ---- settling, run by run ------------------------------------------------------------ */

enum { MOST_WORKERS = 24 * MOST_GROUPS };
typedef struct crew {
    size_t workers, slots; /* slots filled */
    double due[MOST_WORKERS], held[MOST_WORKERS][MODES], slot[MOST_WORKERS][MODES];
    double x[MODES];
    bool   filled[MOST_WORKERS];
} crew;

/* Jobs from 20 to 21 means ago on, as the one under way at 0; or from 0. */
static void
begin(const drawn *d, tg_rng *g, crew *c)
{
    size_t w = 0;

    memset(c, 0, sizeof *c);
    c->workers = d->cluster->workers;
    for (size_t j = 0; j < MODES; j++) c->x[j] = d->modes.start[j];
    for (size_t i = 0; i < d->cluster->groups; i++)
        for (size_t k = 0; k < d->cluster->count[i]; k++, w++) {
            const tg_delay *law = d->cluster->law[i];
            const double    past = d->cluster->together ? 0 : 20 + tg_rng_uniform(g);
            c->due[w] = -past * tg_delay_mean(law);
            do c->due[w] += tg_delay_sample(law, g);
            while (c->due[w] < 0);
            memcpy(c->held[w], c->x, sizeof c->x);
        }
}

static void
arrive(const drawn *d, const tg_algorithm *rule, size_t w, tg_rng *g, crew *c)
{
    double     gradient[MODES];
    const bool moves = rule != &tg_dude || c->slots == c->workers;

    for (size_t j = 0; j < MODES; j++) {
        const double b = d->modes.minimum ? d->modes.minimum[j * c->workers + w] : 0;
        gradient[j] = d->modes.h[j] * (c->held[w][j] - b) +
                      sqrt(d->modes.sigma2[j]) * tg_rng_normal(g);
        c->slot[w][j] = gradient[j];
    }
    if (!c->filled[w]) c->filled[w] = true, c->slots++;
    for (size_t j = 0; j < MODES && moves; j++) {
        double pull = gradient[j];
        if (rule == &tg_dude) pull = 0;
        for (size_t i = 0; i < c->workers && rule == &tg_dude; i++)
            pull += c->slot[i][j] / (double)c->workers;
        c->x[j] -= d->step * pull;
    }
    memcpy(c->held[w], c->x, sizeof c->x);
}

/* From when on this run's loss is at the target or below, up to the horizon; inf: not. */
static double
settles_at(const drawn *d, const tg_algorithm *rule, tg_rng *g)
{
    crew   c;
    double now = 0, since = INFINITY;

    begin(d, g, &c);
    for (;;) {
        double loss = 0;
        size_t w = 0, group = 0;
        for (size_t j = 0; j < MODES; j++) loss += d->modes.h[j] / 2 * c.x[j] * c.x[j];
        if (!(loss <= d->target)) since = INFINITY;
        if (loss <= d->target && isinf(since)) since = now;
        for (size_t i = 1; i < c.workers; i++)
            if (c.due[i] < c.due[w]) w = i;
        if (c.due[w] > d->horizon) return since;
        now = c.due[w];
        arrive(d, rule, w, g, &c);
        for (size_t left = w; left >= d->cluster->count[group]; group++)
            left -= d->cluster->count[group];
        c.due[w] += tg_delay_sample(d->cluster->law[group], g);
    }
}

static void
settle_all(const drawn *d, const tg_algorithm *rule, uint64_t index, tg_waiting *out)
{
    static double time[RUNS];

    for (size_t r = 0; r < RUNS; r++) {
        tg_rng g = tg_rng_stream(1000 + index, TG_PURPOSE_TEST, r);
        time[r] = settles_at(d, rule, &g);
    }
    must(tg_waiting_of(time, RUNS, d->horizon, out));
}

static int
claims(const char *what, const char *where, const tg_waiting *p, const tg_waiting *seen)
{
    int bad = 0;

    for (int i = 0; i < TG_WAITINGS; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s: %s", what, tg_waiting_name(i));
        if (isinf(p->value[i]) && isinf(seen->value[i])) continue; /* beyond the horizon */
        bad += claim_row(name, where, p->value[i], 0, seen->value[i],
                         hypot(seen->error[i], p->error[i]), "integrator");
    }
    return bad;
}

static int
one(uint64_t index, const tg_algorithm *rule)
{
    drawn              d;
    tg_hits_prediction p;
    tg_waiting         seen;
    tg_simulation     *s = NULL;
    int                bad = 0;

    draw(index, rule, &d);
    const tg_setup setup = tg_setup_of(d.problem, d.cluster, rule_of(rule), d.step, 5);
    const tg_replicas_plan plan = {
        .horizon = d.horizon, .points = 2, .target = d.target, .replicas = RUNS
    };
    const tg_hits_plan hits = { d.target, d.horizon, RUNS, 0, 5, true };
    char               where[80];
    must(tg_predict_hits(&d.modes, d.cluster, rule, d.step, &hits, &p));
    must(tg_replicas_run(&setup, &plan, &s));
    must(tg_waiting_of(s->hit, s->replicas, d.horizon, &seen));
    snprintf(where, sizeof where, "%s, %zu workers in %zu groups%s", rule->name,
             d.cluster->workers, d.cluster->groups,
             d.cluster->together ? ", together" : "");
    bad += claims("hit", where, &p.hit, &seen);
    settle_all(&d, rule, index, &seen);
    bad += claims("settled", where, &p.settled, &seen);
    tg_simulation_free(s);
    tg_modes_free(&d.modes);
    tg_problem_free(d.problem);
    tg_cluster_free(d.cluster);
    return bad;
}

int
main(void)
{
    int bad = 0;

    claims_header();
    for (uint64_t i = 0; i < 6; i++) {
        bad += one(i, &tg_asgd);
        bad += one(i, &tg_dude);
    }
    return bad != 0;
}
