/* When single runs are first at a target: the worker form of the integrator against the event
 * simulator, mean, 10 %, median and 90 %, for random clusters of one to three groups with
 * minima of their own, under both rules. */
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
    const tg_replicas_plan plan = { d.horizon, 2, d.target, RUNS, 0, NULL, false };
    const tg_hits_plan     hits = { d.target, d.horizon, RUNS, 0, 5, false };
    must(tg_predict_hits(&d.modes, d.cluster, rule, d.step, &hits, &p));
    must(tg_replicas_run(&setup, &plan, &s));
    must(tg_waiting_of(s->hit, s->replicas, d.horizon, &seen));
    for (int i = 0; i < TG_WAITINGS; i++) {
        char name[40], where[80];
        snprintf(name, sizeof name, "hit: %s", tg_waiting_name(i));
        snprintf(where, sizeof where, "%s, %zu workers in %zu groups%s", rule->name,
                 d.cluster->workers, d.cluster->groups,
                 d.cluster->together ? ", together" : "");
        bad += claim_row(name, where, p.hit.value[i], 0, seen.value[i],
                         hypot(seen.error[i], p.hit.error[i]), "integrator");
    }
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
