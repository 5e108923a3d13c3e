/* Predictions: what a table of them costs. The baseline is the same prediction at level sde in
 * the same process. The residual is that of the floor: against the exact lattice for one law;
 * else against level sde, from which it must not be further than 1/P is. */
#include "validation/bench/bench.h"

#include "asgd/theory/predict.h"

#include <math.h>
#include <stdlib.h>

typedef struct question {
    const char     *rule; /* of theory's table */
    const char     *law[3];
    size_t          groups, count[3];
    tg_cluster     *cluster;
    tg_modes        modes;
    tg_predict_plan plan;
    double          step, floor, trajectory_end;
} question;

static void
predict(void *context)
{
    question      *q = context;
    tg_prediction *p;

    must(tg_predict_rule(&q->modes, q->cluster, q->rule, 0, q->step, &q->plan, &p));
    q->floor = p->floor;
    q->trajectory_end = p->points ? p->loss[p->points - 1] : NAN;
    tg_prediction_free(p);
}

static void
open(question *q, size_t modes, double least)
{
    tg_delay *law[3];

    for (size_t g = 0; g < q->groups; g++) must(tg_delay_parse(q->law[g], &law[g]));
    must(tg_cluster_create(q->groups, q->count, law, false, &q->cluster));
    for (size_t g = 0; g < q->groups; g++) tg_delay_free(law[g]);
    must(tg_modes_alloc(modes, 0, &q->modes));
    q->modes.least = least;
    for (size_t j = 0; j < modes; j++) {
        const double share = modes > 1 ? (double)j / (double)(modes - 1) : 0;
        q->modes.h[j] = pow(least, share);
        q->modes.start[j] = 1;
        q->modes.sigma2[j] = 0.01;
        q->modes.start_loss += q->modes.h[j] / 2;
    }
    q->modes.start_covered = q->modes.start_loss;
}

static void
close(question *q)
{
    tg_cluster_free(q->cluster);
    tg_modes_free(&q->modes);
}

static int
row(const char *name, question *q, size_t modes, double least, double bound, double floor,
    double most)
{
    open(q, modes, least);
    const timing best = measure(predict, q, 5);
    const double found = q->floor;
    q->plan.level = TG_LEVEL_SDE;
    const timing sde = measure(predict, q, 1);
    const double exact = isnan(floor) ? q->floor : floor;
    close(q);
    return report(name, best, 1e3, "ms", bound, sde.min / best.min, fabs(found / exact - 1),
                  most);
}

int
main(void)
{
    static const char gamma4[] = "{law: gamma, shape: 4, mean: 1}";
    question          bare = {
                 .rule = "asgd", .law = { gamma4 }, .groups = 1, .count = { 8 }, .step = .1
    };
    question whole = bare, many, thousand, three, lattice, adaptive;

    report_header();
    bare.plan.target = NAN;
    whole.plan = (tg_predict_plan){ .horizon = 120, .points = 241, .target = 1e-2 };
    many = whole;
    thousand = whole;
    three = whole;
    lattice = whole;
    lattice.count[0] = 4;
    adaptive = whole;
    adaptive.rule = "delay_adaptive";
    adaptive.law[0] = "{law: uniform, min: .5, max: 1.5}";
    adaptive.count[0] = 32;
    adaptive.step = .02;
    three.groups = 3;
    three.law[0] = "{law: lognormal, mean: 1, cv: .5}";
    three.law[1] = "{law: weibull, shape: 1.5, mean: 2}";
    three.law[2] = "{law: truncated_normal, mu: 1, sd: .4, min: 0, max: 3}";
    three.count[1] = 6;
    three.count[2] = 4;
    three.step = .03;
    /* k = .8, P = 8, exact on the lattice (validation/reference/finite_p_asgd.csv) */
    const double exact = .104288894 * .01 / 2;
    int          bad = row("renewal, 1 mode, gamma(4)", &bare, 1, 1, 10, exact, 2e-3);
    bad |= row("the same with trajectory and band", &whole, 1, 1, 10, exact, 2e-3);
    question at_sde = whole;
    at_sde.plan.level = TG_LEVEL_SDE;
    bad |= row("trajectory of one closed law, level sde", &at_sde, 1, 1, 5, NAN, 0);
    bad |= row("three groups by quadrature, 1 mode", &three, 1, 1, 200, NAN, .1);
    bad |= row("100 modes, condition 1000", &many, 100, 1e-3, 60, NAN, .1);
    bad |= row("1000 modes, condition 1000", &thousand, 1000, 1e-3, 1000, NAN, .1);
    bad |= row("1000 modes of 4 workers, exact", &lattice, 1000, 1e-3, 2000, NAN, .1);
    bad |=
        row("32 workers whose steps fall with staleness", &adaptive, 1, 1, 200, NAN, .05);
    return bad;
}
