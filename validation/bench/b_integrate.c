/* Speed of `integrate` on the plain linear problem, x' = -x(t - 1/2) + noise, 10 000 paths to 10 with a
 * hundred rows and quantiles, by default, which is exact. Baseline: the paths alone in plain C, by
 * Euler's steps of .005 with gsl_ran_gaussian_ziggurat on taus2, one path after the other. Residual:
 * of the standard deviation in the last row against what the equation itself says, in standard errors. */
#include "validation/bench/bench.h"

#include "core/table.h"
#include "study/answer.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum {
    PATHS = 10000,
    STEPS = 2000,
    LAG = 100,
    ROWS = 100,
    SPREAD = 3,
    SPREAD_EXPECTED = 10
};

static tg_answer answer;

static void
integrate(void *context)
{
    tg_ask ask = { .manual = &tg_answer_integrate.is };

    (void)context;
    tg_answer_free(&answer);
    answer = (tg_answer){ 0 };
    must(tg_ask_option(&ask, "damping=1"));
    must(tg_ask_option(&ask, "law={law: constant, value: 0.5}"));
    must(tg_ask_option(&ask, "noise=1"));
    must(tg_answer_ask(&tg_answer_integrate, ask, NULL, &answer));
}

static void
integrate_plainly(void *context)
{
    gsl_rng     *rng = context;
    const double dt = 10. / STEPS;
    double       sum = 0;

    for (int path = 0; path < PATHS / 10; path++) { /* a tenth of them */
        double x[LAG + 1];
        for (int i = 0; i <= LAG; i++) x[i] = 1;
        for (int k = 0; k < STEPS; k++)
            x[(k + 1) % (LAG + 1)] = x[k % (LAG + 1)] - dt * x[(k + 1) % (LAG + 1)] +
                                     sqrt(dt) * gsl_ran_gaussian_ziggurat(rng, 1);
        sum += x[STEPS % (LAG + 1)];
    }
    if (!isfinite(sum)) exit(1);
}

int
main(void)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);

    setenv("TARDIGRAD_THREADS", "1", 1);
    report_header();
    const timing ours = measure(integrate, NULL, 1),
                 theirs = measure(integrate_plainly, rng, 1);
    const tg_table *t = answer.table[0];
    const double    sd = tg_table_number(t, ROWS, SPREAD),
                 expected = tg_table_number(t, ROWS, SPREAD_EXPECTED);
    const int bad =
        report("integrate, default (C: Euler by taus2)", ours, 1, "s", 0.12,
               10 * theirs.min / ours.min, fabs(sd / expected - 1) * sqrt(2. * PATHS), 4);
    tg_answer_free(&answer);
    gsl_rng_free(rng);
    return bad;
}
