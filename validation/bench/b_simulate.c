/* Speed of the event simulator. Baseline: a binary heap in plain C that draws with GSL's mt19937 and
 * ziggurat from one generator, in the order of events. */
#include "validation/bench/bench.h"

#include "asgd/sim/simulate.h"
#include "asgd/theory/predict.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { WORKERS = 1000, UPDATES = 200000, PLAIN = 200000 };
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

typedef struct node {
    double time;
    int    worker;
} node;

typedef struct plain {
    gsl_rng *rng;
    double   x, held[WORKERS];
    node     heap[WORKERS + 1]; /* from 1 */
} plain;

static void
begin_plainly(plain *p)
{
    for (int w = 0; w < WORKERS; w++) {
        int i = w + 1;
        p->heap[i] = (node){ gsl_ran_exponential(p->rng, 1), w };
        for (; i > 1 && p->heap[i].time < p->heap[i / 2].time; i /= 2) {
            const node swap = p->heap[i];
            p->heap[i] = p->heap[i / 2];
            p->heap[i / 2] = swap;
        }
    }
}

static void
sift(node *heap, node k)
{
    int i = 1;

    for (int c = 2; c <= WORKERS; i = c, c *= 2) {
        if (c < WORKERS && heap[c + 1].time < heap[c].time) c++;
        if (heap[c].time >= k.time) break;
        heap[i] = heap[c];
    }
    heap[i] = k;
}

static void
simulate_plainly(void *context)
{
    plain *p = context;

    for (int i = 0; i < PLAIN; i++) {
        node first = p->heap[1];
        p->x -= STEP * (p->held[first.worker] + gsl_ran_gaussian_ziggurat(p->rng, 1));
        p->held[first.worker] = p->x;
        first.time += gsl_ran_exponential(p->rng, 1);
        sift(p->heap, first);
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
    begin_plainly(p);
    const timing theirs = measure(simulate_plainly, p, 5);
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
