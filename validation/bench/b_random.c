/* Speed of general equations with random delays: x' = -x(t - T) + noise by Euler's steps, 1024 paths
 * of 4000 steps of .005. Baselines in the same process: one path after the other in plain C with
 * gsl_ran_gaussian_ziggurat on mt19937, the kernel as a chain of four linear states (gamma(4)), as
 * a running sum (uniform), or one value looked up where a drawn delay says: these are to be
 * beaten, the last by 1.5. NumPy took .38, .34 and 1.34 s for 10^4 paths on the design document's machine, 9.5,
 * 8.5 and 33.5 ns, of which "there" is to be half at most. Residual: of the variance against the baseline's,
 * in standard errors of both. */
#include "validation/bench/bench.h"

#include "solver/sdde.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { PATHS = 1024, STEPS = 4000, PLAIN_PATHS = 128, STAGES = 4 };
static const double DT = 0.005, NOISE = 0.1;

static tg_status
feedback(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

static tg_status
constant_noise(size_t count, double t, const double *x, const double *past, double *out,
               void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = NOISE;
    return TG_OK;
}

static tg_status
one(double t, double *x, void *context)
{
    (void)t, (void)context;
    *x = 1;
    return TG_OK;
}

typedef struct random_case {
    const char     *name, *law;
    tg_random_delay meaning;
    double (*path)(gsl_rng *rng); /* the baseline: x at the end of one */
    double    over;               /* how often the baseline's speed is asked for */
    tg_delay *delay;
    gsl_rng  *rng;
    tg_stats  ours[2], theirs;
} random_case;

static void
solve(void *context)
{
    random_case      *c = context;
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .noises = 1,
                             .diagonal = 1,
                             .law = c->delay,
                             .meaning = c->meaning,
                             .drift = feedback,
                             .diffusion = constant_noise,
                             .history = one };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("euler"),
                            .paths = PATHS,
                            .steps = STEPS,
                            .every = STEPS,
                            .dt = DT,
                            .threads = 1,
                            .seed = 1 };

    must(tg_sdde_solve(&r, c->ours, NULL));
}

static double
kick(gsl_rng *rng)
{
    return NOISE * sqrt(DT) * gsl_ran_gaussian_ziggurat(rng, 1);
}

/* The plain loop of b_solver.c, which took 8.8 ns on the design document's machine. */
static double
by_lag(gsl_rng *rng)
{
    enum { LAG = 50 };
    double x[LAG + 1] = { 0 };

    for (int k = 0; k < STEPS; k++)
        x[(k + 1) % (LAG + 1)] = x[k % (LAG + 1)] - DT * x[(k + 1) % (LAG + 1)] + kick(rng);
    return x[STEPS % (LAG + 1)];
}

/* y_k' = 4 (y_{k-1} - y_k), y_0 = x, by Euler's steps. */
static double
by_chain(gsl_rng *rng)
{
    const double rate = STAGES * DT;
    double       x = 1, y[STAGES] = { 1, 1, 1, 1 };

    for (int n = 0; n < STEPS; n++) {
        const double was = x;
        x += -DT * y[3] + kick(rng);
        y[3] += rate * (y[2] - y[3]);
        y[2] += rate * (y[1] - y[2]);
        y[1] += rate * (y[0] - y[1]);
        y[0] += rate * (was - y[0]);
    }
    return x;
}

/* Over lags of 100 to 300 steps. */
static double
by_sum(gsl_rng *rng)
{
    enum { FIRST = 100, LAST = 299, RING = 512 };
    double x[RING], sum = LAST - FIRST + 1;

    for (int i = 0; i < RING; i++) x[i] = 1;
    for (int n = 0; n < STEPS; n++) {
        x[(n + 1) % RING] = x[n % RING] - DT * sum / (LAST - FIRST + 1) + kick(rng);
        sum += x[(n + 1 - FIRST + RING) % RING] - x[(n - LAST + RING) % RING];
    }
    return x[STEPS % RING];
}

static double
by_draw(gsl_rng *rng)
{
    enum { RING = 4096 };
    static double x[RING];

    for (int i = 0; i < RING; i++) x[i] = 1;
    for (int n = 0; n < STEPS; n++) {
        const double lag = -log(gsl_rng_uniform_pos(rng) * gsl_rng_uniform_pos(rng) *
                                gsl_rng_uniform_pos(rng) * gsl_rng_uniform_pos(rng)) /
                           4 / DT;
        const int    whole = (int)lag;
        const double part = lag - whole;
        const double past = (1 - part) * x[(n - whole + RING) % RING] +
                            part * x[(n - whole - 1 + RING) % RING];
        x[(n + 1) % RING] = x[n % RING] - DT * past + kick(rng);
    }
    return x[STEPS % RING];
}

static void
solve_plainly(void *context)
{
    random_case *c = context;

    for (int i = 0; i < PLAIN_PATHS; i++) tg_stats_add(&c->theirs, c->path(c->rng));
}

static int
run(random_case *c)
{
    must(tg_delay_parse(c->law, &c->delay));
    c->rng = gsl_rng_alloc(gsl_rng_mt19937);
    const timing t = measure_few(solve, c, 5), base = measure_few(solve_plainly, c, 5);
    const double unit = 1e9 / PATHS / STEPS, theirs = base.min * 1e9 / PLAIN_PATHS / STEPS;
    const double v = tg_stats_variance(&c->ours[1]), w = tg_stats_variance(&c->theirs);
    const double off = fabs(v - w) / (w * sqrt(2 / c->ours[1].n + 2 / c->theirs.n));
    const int    bad = report(c->name, t, unit, "ns/path-step", theirs / c->over,
                              theirs / (t.min * unit), off, 4);

    gsl_rng_free(c->rng);
    tg_delay_free(c->delay);
    return bad;
}

int
main(void)
{
    random_case cases[] = {
        { .name = "distributed gamma(4) (a chain in C)",
          .law = "{law: gamma, shape: 4, mean: 1}",
          .meaning = TG_DELAY_DISTRIBUTED,
          .path = by_chain,
          .over = 1 },
        { .name = "distributed uniform (a running sum in C)",
          .law = "{law: uniform, min: .5, max: 1.5}",
          .meaning = TG_DELAY_DISTRIBUTED,
          .path = by_sum,
          .over = 1 },
        { .name = "gamma(4) redrawn at each step (the same in C)",
          .law = "{law: gamma, shape: 4, mean: 1}",
          .meaning = TG_DELAY_STEP,
          .path = by_draw,
          .over = 1.5 },
    };
    random_case plain = { .path = by_lag, .rng = gsl_rng_alloc(gsl_rng_mt19937) };
    int         bad = 0;

    report_header();
    machine_ratio = 8.8e-9 / (measure(solve_plainly, &plain, 1).min / PLAIN_PATHS / STEPS);
    gsl_rng_free(plain.rng);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) bad |= run(&cases[i]);
    return bad;
}
