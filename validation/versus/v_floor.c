/* Stationary variance of one mode, h = sigma = 1, P = 40, k = eta P = .8: levels sde and
 * finite-P against the worker process. The noise floor of DuDe-ASGD exceeds that of ASGD by
 * about 1 + CV^2 of the round trips where noise is slow against them (theory 4, derived
 * there). */
#include "validation/versus/versus.h"

static const char *const laws[] = {
    "{law: constant, value: 1}",
    "{law: uniform, min: 0.5, max: 1.5}",
    "{law: gamma, shape: 4, mean: 1}",
    "{law: exponential, mean: 1}",
    "{law: lognormal, mean: 1, cv: 0.5}",
    "{law: hyperexponential, weights: [0.3, 0.7], means: [2, 0.5714285714285714]}"
};

static int
floor_of(const char *law, const tg_algorithm *a, double k, size_t workers, size_t replicas)
{
    tg_cluster           *c = cluster_of(law, workers);
    tg_problem           *p = one_mode(1, 0, 1, workers, NULL);
    tg_modes              m = modes_of(p, c);
    const tg_predict_plan plan = { .points = 0, .target = NAN };
    tg_prediction        *q = NULL;
    char                  where[128];

    must(tg_predict(&m, c, a, k / (double)workers, &plan, &q));
    const tg_setup setup = tg_setup_of(p, c, rule_of(a), k / (double)workers, 11);
    const averages s = average(&setup, 30, 530, replicas);
    snprintf(where, sizeof where, "%s P=%zu %.40s", a->name, workers, law + 1);
    const int bad =
        claim_row("stationary loss", where, q->floor, q->floor_error, s.loss.mean,
                  tg_stats_error(&s.loss), tg_level_name(q->level));
    tg_prediction_free(q);
    tg_modes_free(&m);
    tg_problem_free(p);
    tg_cluster_free(c);
    return bad;
}

/* Slow noise (k small): the ratio of the floors tends to 1 + CV^2. */
static int
dude_factor(const char *law, double factor)
{
    enum { P = 40 };
    const double k = 0.05;
    tg_cluster  *c = cluster_of(law, P);
    tg_problem  *p = one_mode(1, 0, 1, P, NULL);
    averages     s[2];

    for (int i = 0; i < 2; i++) {
        const tg_setup setup =
            tg_setup_of(p, c, rule_of(i ? &tg_dude : &tg_asgd), k / P, 12);
        s[i] = average(&setup, 200, 6000, 60);
    }
    const double ratio = s[1].loss.mean / s[0].loss.mean;
    const double error = ratio * hypot(tg_stats_error(&s[0].loss) / s[0].loss.mean,
                                       tg_stats_error(&s[1].loss) / s[1].loss.mean);
    tg_problem_free(p);
    tg_cluster_free(c);
    /* leading order in k and 1/P */
    return claim_row("floor of dude over asgd", law, factor, factor * (k + 1. / P), ratio,
                     error, "sde");
}

int
main(void)
{
    int bad = 0;

    claims_header();
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        for (const tg_algorithm *const *a = tg_algorithms; *a; a++)
            bad |= floor_of(laws[i], *a, 0.8, 40, 60);
    /* Erlang-2 with P = 2 and 10, and exponential with P = 10: exact (theory 3.3) */
    bad |= floor_of("{law: erlang, stages: 2, mean: 1}", &tg_asgd, 0.8, 2, 400);
    bad |= floor_of("{law: erlang, stages: 2, mean: 1}", &tg_asgd, 0.8, 10, 200);
    bad |= floor_of("{law: exponential, mean: 1}", &tg_asgd, 0.8, 10, 200);
    bad |= dude_factor("{law: constant, value: 1}", 1);
    bad |= dude_factor("{law: gamma, shape: 4, mean: 1}", 1.25);
    bad |= dude_factor("{law: exponential, mean: 1}", 2);
    return bad;
}
