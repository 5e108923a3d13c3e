/* Arrivals of workers who remember tend to a Poisson process as they become many (Palm 1943, Khinchin
 * 1960): the largest distance of the law of the gaps between arrivals from the exponential one, found by
 * the simulator, against what renewal theory says of P independent workers,
 *
 *     P(gap > t) = P(T > t) P(rest > t)^(P-1),     P(rest > t) = (1/m) int_t^inf P(T > u) du
 *
 * (seen from an arrival: the worker that came begins anew, the others are somewhere in a job; Cox, Lewis
 * 1966), for P = 4 .. 256 and four laws. It must fall like 1/P, and exponential workers be there at once. */
#include "validation/versus/versus.h"

#include "asgd/sim/metric.h"
#include "asgd/sim/replicas.h"

static const char *const law_of[] = { "{law: exponential, mean: 1}",
                                      "{law: gamma, shape: 4, mean: 1}",
                                      "{law: uniform, min: 0.5, max: 1.5}",
                                      "{law: lognormal, mean: 1, cv: 1.5}" };
enum { LAWS = 4, SIZES = 4, ROWS = 400, PARTS = 64 };
static const double JOBS = 4e5; /* arrivals of each */

/* int_0^t P(T > u) du, by Simpson's rule in PARTS parts. */
static double
begun(const tg_delay *law, double t)
{
    const double h = t / PARTS;
    double       sum = 0;

    for (int k = 0; k < PARTS; k++) {
        const double u = h * k;
        sum += 6 - tg_delay_cdf(law, u) - 4 * tg_delay_cdf(law, u + h / 2) -
               tg_delay_cdf(law, u + h);
    }
    return sum * h / 6;
}

static double
share_of(const tg_delay *law, double workers, double t)
{
    const double rest = 1 - begun(law, t) / tg_delay_mean(law);

    return 1 - (1 - tg_delay_cdf(law, t)) * pow(fmax(rest, 0), workers - 1);
}

static tg_simulation *
simulate(tg_delay *law, size_t workers)
{
    static const tg_kind *const metrics[] = { &tg_metric_gaps.is, NULL };
    const double                one = 1, none = 0;
    tg_cluster                 *c = NULL;
    tg_problem                 *p = NULL;
    tg_simulation              *s = NULL;

    must(tg_cluster_create(1, &workers, &law, false, &c));
    must(tg_problem_quadratic(1, &one, &none, &none, workers, NULL, &p));
    const tg_setup         setup = tg_setup_of(p, c, rule_of(&tg_asgd), 0.01, 7);
    const tg_replicas_plan plan = { .horizon = JOBS / 40 / (double)workers,
                                    .points = 2,
                                    .target = NAN,
                                    .replicas = 40,
                                    .metrics = metrics };
    must(tg_replicas_run(&setup, &plan, &s));
    tg_problem_free(p);
    tg_cluster_free(c);
    return s;
}

/* The largest distances over the rows of a table of gaps, simulated and predicted. */
static void
distances(const tg_simulation *s, const tg_delay *law, size_t workers, double out[2])
{
    tg_table *t = NULL;

    must(tg_table_create(tg_metric_gaps.column, tg_metric_gaps.columns, &t));
    must(tg_simulation_report(s, 0, t));
    out[0] = out[1] = 0;
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        const double gap = tg_table_number(t, i, 0), poisson = tg_table_number(t, i, 2);
        const double known = share_of(law, (double)workers, gap / (double)workers);
        out[0] = fmax(out[0], fabs(tg_table_number(t, i, 1) - poisson));
        out[1] = fmax(out[1], fabs(known - poisson));
    }
    tg_table_free(t);
}

int
main(void)
{
    static const size_t size[SIZES] = { 4, 16, 64, 256 };
    int                 bad = 0;

    printf("largest distance from a Poisson process: simulated, predicted\n");
    for (int l = 0; l < LAWS; l++) {
        tg_delay *law = NULL;
        double    d[2], first = 0;
        must(tg_delay_parse(law_of[l], &law));
        for (int k = 0; k < SIZES; k++) {
            tg_simulation *s = simulate(law, size[k]);
            const double   error =
                4 * 0.87 / sqrt((double)s->ledger.delivered); /* Kolmogorov */
            distances(s, law, size[k], d);
            const bool holds = fabs(d[0] - d[1]) < error;
            printf("%-66s P = %3zu  %.4f  %.4f  +- %.4f  %s\n", law_of[l], size[k], d[0],
                   d[1], error / 4, holds ? "holds" : "FAILS");
            bad += !holds;
            if (k == 0) first = d[1];
            tg_simulation_free(s);
        }
        const double slope = log(d[1] / first) / log(64);
        if (l > 0) printf("    falls like P^%.2f\n", slope);
        bad += l > 0 && !(fabs(slope + 1) < 0.2);
        tg_delay_free(law);
    }
    return bad > 0;
}
