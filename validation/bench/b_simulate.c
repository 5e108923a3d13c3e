/* Speed of the event simulator. Baseline: a binary heap in plain C that draws with GSL's mt19937 and
 * ziggurat from one generator, in the order of events. */
#include "validation/bench/bench.h"

#include "asgd/sim/simulate.h"
#include "asgd/theory/predict.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <sys/resource.h>

enum { MOST = 1000000, UPDATES = 200000 };

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
    int      workers;
    double   step, x, held[MOST];
    node     heap[MOST + 1]; /* from 1 */
} plain;

static void
begin_plainly(plain *p, int workers, double step)
{
    p->workers = workers;
    p->step = step;
    p->rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int w = 0; w < workers; w++) {
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
sift(node *heap, int workers, node k)
{
    int i = 1;

    for (int c = 2; c <= workers; i = c, c *= 2) {
        if (c < workers && heap[c + 1].time < heap[c].time) c++;
        if (heap[c].time >= k.time) break;
        heap[i] = heap[c];
    }
    heap[i] = k;
}

static void
simulate_plainly(void *context)
{
    plain *p = context;

    for (int i = 0; i < UPDATES; i++) {
        node first = p->heap[1];
        p->x -= p->step * (p->held[first.worker] + gsl_ran_gaussian_ziggurat(p->rng, 1));
        p->held[first.worker] = p->x;
        first.time += gsl_ran_exponential(p->rng, 1);
        sift(p->heap, p->workers, first);
    }
}

/* Exponential workers, e = eta h, k = P e: V = (eta sigma^2 / 2h)(1 + k)/((1 + e) - e(1 +
 * k)/2), exact for the worker process (derived in theory, level finite-P). */
static double
exact_variance(double workers, double step)
{
    const double e = step, k = workers * e;

    return e / 2 * (1 + k) / ((1 + e) - e * (1 + k) / 2);
}

/* The bound is that of the plain heap over 1.2 of the same run. */
static int
bench_scalar(const char *name, size_t workers)
{
    const double step = 0.8 / (double)workers, one = 1, zero = 0;
    tg_delay    *law;
    tg_cluster  *cluster;
    tg_problem  *problem;
    scalar       s = { 0 };
    plain       *p = calloc(1, sizeof *p);

    must(tg_delay_parse("{law: exponential, mean: 1}", &law));
    must(tg_cluster_create(1, &workers, &law, false, &cluster));
    must(tg_problem_quadratic(1, &one, &zero, &one, workers, NULL, &problem));
    const tg_setup setup = tg_setup_of(problem, cluster, tg_rule(&tg_rule_asgd), step, 1);
    must(tg_sim_create(&setup, 0, &s.sim));
    simulate(&s);
    s = (scalar){ .sim = s.sim };
    const timing ours = measure(simulate, &s, 5);
    begin_plainly(p, (int)workers, step);
    const timing theirs = measure(simulate_plainly, p, 5);
    const double bound = theirs.min * 1e9 / UPDATES / 1.2;
    /* relative deviation of the time average, of an error of about sqrt(4 P/n); with so many
     * workers that the run is short against its own memory it tells nothing */
    const double allowed = fmin(1, 4 * sqrt(4 * (double)workers / s.n));
    const double residual =
        fabs(s.square / s.n / exact_variance((double)workers, step) - 1);
    const int bad = report(name, ours, 1e9 / UPDATES, "ns", bound, theirs.min / ours.min,
                           residual, allowed);
    printf("  = %.1f million updates/s, the heap %.1f\n", UPDATES / ours.min / 1e6,
           UPDATES / theirs.min / 1e6);
    gsl_rng_free(p->rng);
    free(p);
    tg_sim_free(s.sim);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    tg_delay_free(law);
    return bad;
}

/* ---- large models -------------------------------------------------------------------- */

enum { D = 1729, FEW = 100, STEPS = 20000 };
static const double LARGE_STEP = 0.005;

static void
advance(void *context)
{
    tg_happening h;

    for (int i = 0; i < STEPS; i++) must(tg_sim_advance(context, &h));
}

/* The gradient of Nesterov's worst case at x and a step from y along it, a loop each. */
static void
step_plainly(const double *x, const double *y, double step, double *g, double *out)
{
    g[0] = (2 * x[0] - x[1]) / 4 + 0.25;
    for (int j = 1; j + 1 < D; j++) g[j] = (2 * x[j] - x[j - 1] - x[j + 1]) / 4;
    g[D - 1] = (2 * x[D - 1] - x[D - 2]) / 4;
    for (int j = 0; j < D; j++) out[j] = y[j] - step * g[j];
}

/* FEW models in turn, as the simulator holds them, without events. */
typedef struct rota {
    double *model; /* (FEW, D) */
    double  g[D];
} rota;

static void
step_in_turn(void *context)
{
    rota *r = context;

    for (int i = 0; i < STEPS; i++)
        step_plainly(r->model + (size_t)(i % FEW) * D,
                     r->model + (size_t)((i + FEW - 1) % FEW) * D, LARGE_STEP, r->g,
                     r->model + (size_t)(i % FEW) * D);
}

/* The largest difference of one worker's model from gradient descent by those loops. */
static double
off_descent(const tg_cluster *one, const tg_problem *problem)
{
    const tg_setup setup = tg_setup_of(problem, one, tg_rule(&tg_rule_asgd), LARGE_STEP, 1);
    static double  x[D], g[D];
    tg_sim        *sim;
    tg_happening   h;
    double         off = 0;

    must(tg_sim_create(&setup, 0, &sim));
    memcpy(x, tg_sim_model(sim), sizeof x);
    for (int i = 0; i < 300; i++) {
        must(tg_sim_advance(sim, &h));
        step_plainly(x, x, LARGE_STEP, g, x);
    }
    for (int j = 0; j < D; j++) off = fmax(off, fabs(x[j] - tg_sim_model(sim)[j]));
    tg_sim_free(sim);
    return off;
}

/* Nesterov's worst case without noise. Baseline: its arithmetic alone, in plain loops; residual:
 * one worker against gradient descent by these, to the bit. */
static int
bench_large(void)
{
    const size_t workers = FEW, single = 1;
    tg_delay    *law;
    tg_cluster  *cluster, *alone;
    tg_problem  *problem, *own;
    tg_sim      *sim;
    rota         r = { .model = calloc((size_t)FEW * D, sizeof(double)) };

    must(tg_delay_parse("{law: exponential, mean: 1}", &law));
    must(tg_cluster_create(1, &workers, &law, false, &cluster));
    must(tg_cluster_create(1, &single, &law, false, &alone));
    must(tg_problem_tridiagonal(D, 0, false, workers, &problem));
    must(tg_problem_tridiagonal(D, 0, false, single, &own));
    const tg_setup setup =
        tg_setup_of(problem, cluster, tg_rule(&tg_rule_asgd), LARGE_STEP, 1);
    must(tg_sim_create(&setup, 0, &sim));
    const timing t = measure(advance, sim, 1), loops = measure(step_in_turn, &r, 1);
    const int bad = report("d = 1729, 100 workers, one update", t, 1e9 / STEPS, "ns", 500,
                           loops.min / t.min, off_descent(alone, own), 0);
    free(r.model);
    tg_sim_free(sim);
    tg_problem_free(problem);
    tg_problem_free(own);
    tg_cluster_free(cluster);
    tg_cluster_free(alone);
    tg_delay_free(law);
    return bad;
}

/* The setup of Ringmaster ASGD (validation/versus/v_ringmaster.c), one seed, its cluster included;
 * residual: updates beside another program's 3005 .. 3012, the spread of ours allowed. */
typedef struct ringmaster {
    double updates;
} ringmaster;

static void
run_ringmaster(void *context)
{
    enum { N = 6174 };
    ringmaster      *r = context;
    static tg_delay *law[N];
    static size_t    count[N];
    tg_cluster      *cluster;
    tg_problem      *problem;
    tg_sim          *sim;
    tg_happening     h;
    char             text[128];
    tg_choice        rule = tg_rule(&tg_rule_ringmaster);

    for (size_t i = 0; i < N; i++) {
        count[i] = 1;
        snprintf(text, sizeof text,
                 "{sum: [{law: constant, value: %.17g}, {law: half_normal, sd: %.17g}]}",
                 1 + sqrt((double)i), sqrt((double)i + 1));
        must(tg_delay_parse(text, &law[i]));
    }
    must(tg_cluster_create(N, count, law, true, &cluster));
    must(tg_problem_tridiagonal(D, 0.01, true, N, &problem));
    must(tg_choice_set(&rule, "r", 6));
    const tg_setup setup = tg_setup_of(problem, cluster, rule, 0.25, 1);
    must(tg_sim_create(&setup, 0, &sim));
    while (tg_sim_next(sim) <= 2000) must(tg_sim_advance(sim, &h));
    r->updates = (double)tg_sim_updates(sim);
    tg_sim_free(sim);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    for (size_t i = 0; i < N; i++) tg_delay_free(law[i]);
}

static int
bench_ringmaster(void)
{
    ringmaster   r;
    const timing t = measure(run_ringmaster, &r, 1);

    return report("Ringmaster, 6174 workers, 2000 units of time", t, 1, "s", 1.5, NAN,
                  fabs(r.updates - 3008.5), 20);
}

/* What the event loop of 10^6 workers holds after two updates a worker; a plain C heap with GSL took 35 MB,
 * as measured for the design document. The residual is that of the updates. */
static int
bench_memory(void)
{
    const size_t  workers = MOST;
    const double  one = 1, zero = 0;
    struct rusage before, after;
    tg_delay     *law;
    tg_cluster   *cluster;
    tg_problem   *problem;
    tg_sim       *sim;
    tg_happening  h;

    getrusage(RUSAGE_SELF, &before);
    must(tg_delay_parse("{law: exponential, mean: 1}", &law));
    must(tg_cluster_create(1, &workers, &law, false, &cluster));
    must(tg_problem_quadratic(1, &one, &zero, &one, workers, NULL, &problem));
    const tg_setup setup =
        tg_setup_of(problem, cluster, tg_rule(&tg_rule_asgd), 0.8 / MOST, 1);
    must(tg_sim_create(&setup, 0, &sim));
    for (int i = 0; i < 2 * MOST; i++) must(tg_sim_advance(sim, &h));
    getrusage(RUSAGE_SELF, &after);
    const double megabytes = (double)(after.ru_maxrss - before.ru_maxrss) * 1.024e-3;
    const double off = fabs((double)tg_sim_updates(sim) - 2. * MOST);
    tg_sim_free(sim);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    tg_delay_free(law);
    return report("memory of the event loop, 1e6 workers", (timing){ megabytes, megabytes },
                  1, "MB", 35, 35 / megabytes, off, 0);
}

int
main(void)
{
    int bad = 0;

    report_header();
    bad |= bench_memory();
    bad |= bench_scalar("scalar ASGD, 1000 workers, one update", 1000);
    bad |= bench_scalar("scalar ASGD, 1e5 workers, one update", 100000);
    bad |= bench_scalar("scalar ASGD, 1e6 workers, one update", 1000000);
    bad |= bench_large();
    bad |= bench_ringmaster();
    return bad;
}
