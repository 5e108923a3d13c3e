/* The threshold k* of a mode: for every law and both algorithms the simulated worker
 * process decays at .93 k* and grows at 1.07 k* (P = 200, without noise; theory errs by
 * O(1/P)). */
#include "validation/versus/versus.h"

static const char *const laws[] = { "{law: constant, value: 1}",
                                    "{law: gamma, shape: 2, mean: 1}",
                                    "{law: gamma, shape: 8, mean: 1}",
                                    "{law: uniform, min: 0.5, max: 1.5}",
                                    "{law: lognormal, mean: 1, cv: 0.25}",
                                    "{law: weibull, shape: 2, mean: 1}",
                                    "{law: shifted_exponential, shift: 0.5, mean: 0.5}" };

/* Slope of ln |x| over the second half of the run, by the largest |x| in two windows. */
static double
growth(const tg_setup *setup, double horizon)
{
    tg_sim      *s = NULL;
    double       early = 0, late = 0;
    tg_happening h;

    must(tg_sim_create(setup, 0, &s));
    while (tg_sim_next(s) < horizon) {
        const double t = tg_sim_next(s);
        must(tg_sim_advance(s, &h));
        const double x = fabs(*tg_sim_model(s));
        if (t > 0.4 * horizon && t < 0.5 * horizon) early = fmax(early, x);
        if (t > 0.9 * horizon) late = fmax(late, x);
    }
    tg_sim_free(s);
    return log(late / early) / (0.5 * horizon);
}

int
main(void)
{
    enum { P = 200 };
    static const double   side[] = { 0.93, 1.07 };
    const tg_predict_plan plan = { .points = 0, .target = NAN };
    int                   bad = 0;

    printf("%-50s %-6s %10s %12s %12s\n", "law", "rule", "k*", "rate at .93",
           "rate at 1.07");
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        for (const tg_algorithm *const *a = tg_algorithms; *a; a++) {
            tg_cluster    *c = cluster_of(laws[i], P);
            tg_problem    *p = one_mode(1, 1, 0, P, NULL);
            tg_modes       m = modes_of(p, c);
            tg_prediction *q = NULL;
            double         rate[2];
            must(tg_predict(&m, c, *a, 1. / P, &plan, &q));
            for (int k = 0; k < 2; k++)
                rate[k] = growth((tg_setup[]){ tg_setup_of(
                                     p, c, rule_of(*a), side[k] * q->threshold / P, 31) },
                                 300);
            const int wrong = !(rate[0] < 0 && rate[1] > 0);
            printf("%-50s %-6s %10.6f %12.5f %12.5f%s\n", laws[i], (*a)->name, q->threshold,
                   rate[0], rate[1], wrong ? "  FAILS" : "");
            bad |= wrong;
            tg_prediction_free(q);
            tg_modes_free(&m);
            tg_problem_free(p);
            tg_cluster_free(c);
        }
    return bad;
}
