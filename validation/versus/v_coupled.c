/* Minibatch least squares, whose gradient noise depends on where x is, so that modes feed
 * each other: d = 10, h_i = 1/i, label noise 1, delays gamma(4) of mean 1 (theory 3.4). The
 * coupled floor against Poisson arrivals of true minibatch gradients, where it is exact and
 * the uncoupled one is far off, and against 40 workers, where it errs by O(1/P). */
#include "validation/versus/versus.h"

#include "solver/coupled.h"
#include "solver/stationary.h"

enum { DIM = 10 };

/* h_i = 1/i, from the minimum. */
static tg_problem *
problem_of(size_t batch, size_t workers)
{
    double      h[DIM], start[DIM] = { 0 };
    tg_problem *p = NULL;

    for (int i = 0; i < DIM; i++) h[i] = 1. / (i + 1);
    must(tg_problem_least_squares(DIM, h, start, batch, 1, workers, NULL, &p));
    return p;
}

/* At level jump, for arrivals at rate lambda; *alone without the coupling, i.e. with the
 * noise of the minimum only. */
static double
coupled_floor(const tg_delay *d, double lambda, double step, int batch, double *alone)
{
    const double power = step * step * lambda;
    double       h[DIM], energy[DIM], floor = NAN, radius;

    *alone = 0;
    for (size_t i = 0; i < DIM; i++) {
        h[i] = 1. / (double)(i + 1);
        const tg_loop l = { .a = step * lambda * h[i], .delay = d };
        must(tg_stationary_energy(&l, &energy[i], NULL));
        *alone += power * energy[i] * h[i] * h[i] / batch / 2;
    }
    must(tg_coupled_floor(&(tg_coupled){ DIM, h, energy, power, batch, 1 }, &radius, NULL,
                          &floor));
    return floor;
}

/* Arrivals of a Poisson process, each of a gradient at x a time T ago, T drawn afresh: the
 * past of a path, whole. */
typedef struct past {
    size_t n;
    double t[20000], x[20000][DIM];
} past;

static const double *
look_up(const past *p, double t)
{
    size_t low = 0, high = p->n; /* x[low] holds from t[low] on */

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (p->t[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return p->x[low];
}

typedef struct poisson {
    const tg_delay *law;
    double          lambda, step, warm, horizon, *mean; /* (replicas) of the loss */
    int             batch;
    tg_problem     *problem;
} poisson;

static tg_status
run_poisson(size_t replica, size_t thread, void *context)
{
    poisson *j = context;
    past    *p = calloc(1, sizeof *p);
    tg_rng   clock = tg_rng_stream(5, TG_PURPOSE_ARRIVAL, replica),
           delays = tg_rng_stream(5, TG_PURPOSE_DELAY, replica);
    tg_rng                 noise = tg_rng_stream(5, TG_PURPOSE_NOISE, replica);
    double                 g[DIM], scratch[2 * DIM], sum = 0;
    const tg_problem_kind *kind = j->problem->kind;

    (void)thread;
    if (!p) return tg_fail(TG_ENOMEM, "out of memory");
    for (p->n = 1; p->n < 20000; p->n++) {
        const double now = p->t[p->n - 1] + tg_rng_exponential(&clock) / j->lambda;
        const double until = fmin(now, j->horizon);
        const double stay = until - fmin(fmax(p->t[p->n - 1], j->warm), until);
        sum += stay * kind->loss(j->problem->self, p->x[p->n - 1], NULL);
        if (now > j->horizon) break;
        kind->gradient(j->problem->self, 0,
                       look_up(p, now - tg_delay_sample(j->law, &delays)), &noise, scratch,
                       g);
        p->t[p->n] = now;
        for (size_t i = 0; i < DIM; i++) p->x[p->n][i] = p->x[p->n - 1][i] - j->step * g[i];
    }
    j->mean[replica] = sum / (j->horizon - j->warm);
    free(p);
    return TG_OK;
}

static int
against_poisson(const tg_delay *d)
{
    enum { REPLICAS = 400 };
    double        mean[REPLICAS], alone;
    const poisson j = { d, 10, 0.06, 100, 1500, mean, 1, problem_of(1, 1) };
    tg_stats      s = { 0 };
    const double  floor = coupled_floor(d, j.lambda, j.step, j.batch, &alone);

    must(tg_parallel_run(REPLICAS, 0, run_poisson, (void *)&j, NULL));
    tg_problem_free(j.problem);
    for (size_t i = 0; i < REPLICAS; i++) tg_stats_add(&s, mean[i]);
    const double error = tg_stats_error(&s);
    printf("without coupling %.5g, %.0f standard errors away\n", alone,
           fabs(alone - s.mean) / error);
    return claim_row("coupled floor", "Poisson arrivals, B=1, eta lambda = .6", floor, 0,
                     s.mean, error, "jump") ||
           !(fabs(alone - s.mean) > 8 * error);
}

static int
against_workers(const tg_delay *d)
{
    enum { P = 40 };
    const double step = 0.6 / P;
    const int    batch = 4;
    tg_cluster  *c = cluster_of(tg_delay_text(d), P);
    tg_problem  *p = problem_of((size_t)batch, P);
    double       alone;
    const double floor = coupled_floor(d, P, step, batch, &alone);
    const int    bad = claim_row("coupled floor", "B=4, P=40: the theory's number", .003884,
                                 5e-7, floor, 0, "jump");
    const averages s = average(
        (tg_setup[]){ tg_setup_of(p, c, rule_of(&tg_asgd), step, 21) }, 100, 1100, 60);

    tg_problem_free(p);
    tg_cluster_free(c);
    return bad | claim_row("coupled floor", "40 workers, B=4, eta P = .6", floor, floor / P,
                           s.loss.mean, tg_stats_error(&s.loss), "jump");
}

int
main(void)
{
    tg_delay *d = NULL;

    must(tg_delay_parse("{law: gamma, shape: 4, mean: 1}", &d));
    claims_header();
    const int bad = against_poisson(d) | against_workers(d);
    tg_delay_free(d);
    return bad;
}
