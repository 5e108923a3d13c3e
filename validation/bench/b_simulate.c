/* Speed of the event simulator and of a prediction. Baseline of the simulator: a plain loop
 * that finds the next worker by a linear search and draws with GSL's mt19937 and ziggurat.
 */
#include "validation/bench/bench.h"

#include "asgd/sim/simulate.h"
#include "asgd/theory/predict.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { WORKERS = 1000, UPDATES = 200000, PLAIN = 20000 };
static const double STEP = 0.8 / WORKERS;

typedef struct scalar {
    tg_sim *sim;
    double  square, n; /* of x over all steps since warm-up */
} scalar;

static void
simulate(void *context)
{
    scalar      *s = context;
    tg_happening h;

    for (int i = 0; i < UPDATES; i++) {
        must(tg_sim_advance(s->sim, &h));
        const double x = *tg_sim_model(s->sim);
        s->square += x * x;
        s->n++;
    }
}

typedef struct plain {
    gsl_rng *rng;
    double   x, time[WORKERS], held[WORKERS];
} plain;

static void
simulate_plainly(void *context)
{
    plain *p = context;

    for (int i = 0; i < PLAIN; i++) {
        int first = 0;
        for (int w = 1; w < WORKERS; w++)
            if (p->time[w] < p->time[first]) first = w;
        p->x -= STEP * (p->held[first] + gsl_ran_gaussian_ziggurat(p->rng, 1));
        p->held[first] = p->x;
        p->time[first] += gsl_ran_exponential(p->rng, 1);
    }
}

/* Exponential workers, e = eta h, k = P e: V = (eta sigma^2 / 2h)(1 + k)/((1 + e) - e(1 +
 * k)/2), exact for the worker process (derived in theory, level finite-P). */
static double
exact_variance(void)
{
    const double e = STEP, k = WORKERS * e;

    return e / 2 * (1 + k) / ((1 + e) - e * (1 + k) / 2);
}

static int
bench_scalar(void)
{
    tg_delay    *law;
    tg_cluster  *cluster;
    tg_problem  *problem;
    scalar       s = { 0 };
    const double one = 1, zero = 0;
    size_t       count = WORKERS;
    plain       *p = calloc(1, sizeof *p);

    must(tg_delay_parse("{law: exponential, mean: 1}", &law));
    must(tg_cluster_create(1, &count, &law, false, &cluster));
    must(tg_problem_quadratic(1, &one, &zero, &one, WORKERS, NULL, &problem));
    const tg_setup setup = tg_setup_of(problem, cluster, tg_rule(&tg_rule_asgd), STEP, 1);
    must(tg_sim_create(&setup, 0, &s.sim));
    simulate(&s);
    s = (scalar){ .sim = s.sim };
    const timing ours = measure(simulate, &s, 5);
    p->rng = gsl_rng_alloc(gsl_rng_mt19937);
    const timing theirs = measure(simulate_plainly, p, 1);
    const double ratio = theirs.min / PLAIN / (ours.min / UPDATES);
    /* relative deviation of the time average; its own error is about sqrt(4 / (n/P)) ~ 2 %
     */
    const double residual = fabs(s.square / s.n / exact_variance() - 1);
    const int    bad = report("scalar ASGD, 1000 workers, one update", ours, 1e9 / UPDATES,
                              "ns", 200, ratio, residual, 0.08);
    printf("  = %.1f million updates/s\n", UPDATES / ours.min / 1e6);
    gsl_rng_free(p->rng);
    free(p);
    tg_sim_free(s.sim);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    tg_delay_free(law);
    return bad;
}

int
main(void)
{
    report_header();
    return bench_scalar();
}
