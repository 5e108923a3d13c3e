/* Speed of paths, random and deterministic; moments are in b_stationary.c. Baselines in the
 * same process: for ensembles a plain loop over one path at a time with
 * gsl_ran_gaussian_ziggurat on mt19937, and the vector normals alone. Bounds are in
 * absolute time on the machine at hand. */
#include "validation/bench/bench.h"

#include "core/normals.h"
#include "solver/dde.h"
#include "solver/dde_mesh.h"
#include "solver/ensemble.h"
#include "solver/sdde.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { NORMALS = 1 << 16, PATHS = 2048, STEPS = 1000, PLAIN_PATHS = 64, LAG = 50 };
static const double DT = 0.01, PLAIN_THERE = 8.8; /* [ns] */

/* the plain loop: x' = -x(t - 1/2) + noise, one path after the other */
typedef struct plain {
    gsl_rng *rng;
    double   square, n;
} plain;

static void
run_plainly(void *context)
{
    plain *p = context;

    for (int path = 0; path < PLAIN_PATHS; path++) {
        double x[LAG + 1] = { 0 };
        for (int k = 0; k < STEPS; k++)
            x[(k + 1) % (LAG + 1)] = x[k % (LAG + 1)] - DT * x[(k + 1) % (LAG + 1)] +
                                     sqrt(DT) * gsl_ran_gaussian_ziggurat(p->rng, 1);
        p->square += x[STEPS % (LAG + 1)] * x[STEPS % (LAG + 1)];
        p->n++;
    }
}

static double normals[NORMALS];

static void
draw_normals(void *context)
{
    tg_rng *g = context;

    tg_rng_normals(g, normals, NORMALS);
}

/* of the numbers drawn last: mean and variance against 0 and 1, the worse in standard
 * errors */
static double
residual_of_normals(void)
{
    double sum = 0, square = 0;

    for (size_t k = 0; k < NORMALS; k++) {
        sum += normals[k];
        square += normals[k] * normals[k];
    }
    return fmax(fabs(sum) / sqrt(NORMALS), fabs(square - NORMALS) / sqrt(2. * NORMALS));
}

typedef struct fused {
    tg_ensemble e;
    tg_stats    s[2];
} fused;

static void
run_fused(void *context)
{
    fused *f = context;

    must(tg_ensemble_run(&f->e, f->s, NULL));
}

/* in standard errors, against the scheme's own variance */
static double
residual_of(const tg_stats *s)
{
    double v = NAN;

    must(tg_ensemble_scheme_variance(1, 0, LAG * DT, DT, &v));
    return fabs(tg_stats_variance(s) - v) / (v * sqrt(2 / s->n));
}

/* Callbacks are compiled for the machine they run on, as a user's would be. */
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_THIS_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_THIS_MACHINE
#endif

/* n = 2, nonlinear: with u = x1(t - 1/2), v = x2(t - 1/2), noise 1/2 in both,
 * x1' = -u/(1 + u^2) + x2/10, x2' = -x2 - u v/10. */
FOR_THIS_MACHINE static tg_status
nonlinear(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) {
        const double u = past[k], v = past[count + k];
        out[k] = -u / (1 + u * u) + 0.1 * x[count + k];
        out[count + k] = -x[count + k] - 0.1 * v * u;
    }
    return TG_OK;
}

FOR_THIS_MACHINE static tg_status
constant_noise(size_t count, double t, const double *x, const double *past, double *out,
               void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = 0.5;
    return TG_OK;
}

static tg_status
start_at_zero(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = x[1] = 0;
    return TG_OK;
}

/* In standard errors, with the component's kurtosis, against the variance of the same
 * scheme by a plain loop over 1e6 paths with another generator (GSL's mt19937, seeds 11 and
 * 12): .30637 +- .0005 and .12601 +- .0002, kurtosis 3.87 and 3.00. */
static double
residual_of_general(const tg_stats *s, double variance, double kurtosis)
{
    return fabs(tg_stats_variance(s) - variance) / (variance * sqrt((kurtosis - 1) / s->n));
}

static void
run_general(void *context)
{
    static const double tau = LAG * 0.01;
    static tg_stats     s[4];
    const tg_sdde       eq = { .dim = 2,
                               .delays = 1,
                               .noises = 2,
                               .diagonal = 1,
                               .tau = &tau,
                               .drift = nonlinear,
                               .diffusion = constant_noise,
                               .history = start_at_zero };
    const tg_sdde_run   r = { .eq = &eq,
                              .method = tg_sdde_method_find("euler"),
                              .paths = PATHS,
                              .steps = STEPS,
                              .every = STEPS,
                              .dt = DT,
                              .threads = 1 };

    must(tg_sdde_solve(&r, s, NULL));
    *(double *)context = fmax(residual_of_general(&s[2], .30637, 3.87),
                              residual_of_general(&s[3], .12601, 3));
}

/* At the size of a real run, 10240 paths of 4000 steps: starting a thread costs no share of it. */
static int
threads(const tg_linear *m)
{
    timing t[2];
    fused  f;

    for (size_t n = 1; n <= 2; n++) {
        f = (fused){ .e = { .mode = m,
                            .modes = 1,
                            .paths = 5 * PATHS,
                            .dt = DT,
                            .steps = 4 * STEPS,
                            .every = 4 * STEPS,
                            .threads = n,
                            .seed = 2 } };
        t[n - 1] = measure(run_fused, &f, 1);
    }
    return report("ensemble, two threads over one", t[1], 1 / t[0].min, "ratio", 1 / 1.8,
                  NAN, residual_of(&f.s[1]), 4);
}

static int
ensembles(void)
{
    static const struct {
        tg_isa      isa;
        const char *name;
        double      bound;
        int         single;
    } kinds[] = { { TG_ISA_PLAIN, "ensemble, plain x86-64", 5, 0 },
                  { TG_ISA_AVX2, "ensemble, AVX2", 2, 0 },
                  { TG_ISA_PLAIN, "ensemble in float32, plain x86-64", 5, 1 },
                  { TG_ISA_AVX2, "ensemble in float32, AVX2", 2, 1 },
                  { TG_ISA_AVX512, "ensemble in float32, AVX-512", 1.2, 1 },
                  { TG_ISA_AVX512, "ensemble, AVX-512", 1.2, 0 } };
    const double    path_steps = (double)PATHS * STEPS;
    const tg_linear m = { .a = 1, .g = 1, .tau = LAG * 0.01 };
    plain           p = { gsl_rng_alloc(gsl_rng_mt19937), 0, 0 };
    tg_rng          g = tg_rng_stream(1, TG_PURPOSE_TEST, 0);
    timing          best = { 0, 0 };
    double          off;
    int             bad = 0;

    const timing base = measure(run_plainly, &p, 1);
    const double base_ns = base.min * 1e9 / PLAIN_PATHS / STEPS;
    machine_ratio = PLAIN_THERE / base_ns;
    bad += report("plain loop, GSL ziggurat", base, 1e9 / PLAIN_PATHS / STEPS,
                  "ns/path-step", 1e3, 1, fabs(p.square / p.n - .8477) / .8477, .3);
    const timing normal = measure(draw_normals, &g, 1);
    bad += report("vector normals", normal, 1e9 / NORMALS, "ns/normal", 1.6,
                  base_ns / (normal.min * 1e9 / NORMALS), residual_of_normals(), 4);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fused f = { .e = { .mode = &m,
                           .modes = 1,
                           .paths = PATHS,
                           .dt = DT,
                           .steps = STEPS,
                           .every = STEPS,
                           .threads = 1,
                           .seed = 2,
                           .isa = kinds[i].isa,
                           .single = kinds[i].single } };
        if (!tg_isa_available(kinds[i].isa)) continue;
        const timing t = measure(run_fused, &f, 1);
        if (!kinds[i].single) best = t;
        bad += report(kinds[i].name, t, 1e9 / path_steps, "ns/path-step", kinds[i].bound,
                      base_ns / (t.min * 1e9 / path_steps), residual_of(&f.s[1]), 4);
    }
    bad += report("ensemble over its own normals", best,
                  1 / (normal.min / NORMALS * path_steps), "ratio", 1.15, NAN, 0, 1);
    const timing general = measure(run_general, &off, 1);
    bad += report("general callback, n = 2, over the ensemble", general, 1 / best.min,
                  "ratio", 3, NAN, off, 4);
    bad += threads(&m);
    gsl_rng_free(p.rng);
    return bad;
}

static tg_status
negative_feedback(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = -past[0];
    return TG_OK;
}

static double
tenth_power(double u)
{
    const double u2 = u * u, u4 = u2 * u2;

    return u4 * u4 * u2;
}

static tg_status
mackey_glass(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)context;
    dx[0] = .2 * past[0] / (1 + tenth_power(past[0])) - .1 * x[0];
    return TG_OK;
}

static tg_status
forcing(size_t count, const double *t, const double *past, double *out, void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .2 * past[k] / (1 + tenth_power(past[k]));
    return TG_OK;
}

static tg_status
constant(double t, double *x, void *value)
{
    (void)t;
    *x = *(const double *)value;
    return TG_OK;
}

typedef struct problem {
    tg_dde eq;
    double end, tolerance, exact, error;
} problem;

static void
solve_adaptively(void *context)
{
    problem         *p = context;
    tg_dde_solution *s = NULL;
    double           x = NAN;

    must(tg_dde_solve(&p->eq, 0, p->end, p->tolerance, p->tolerance, 0, &s));
    must(tg_dde_at(s, p->end, &x));
    p->error = fabs(x - p->exact);
    tg_dde_solution_free(s);
}

static tg_status
whole_slope(size_t count, const double *t, const double *x, const double *past, double *out,
            void *context)
{
    must(forcing(count, t, past, out, context));
    for (size_t k = 0; k < count; k++) out[k] -= .1 * x[k];
    return TG_OK;
}

typedef struct on_mesh {
    int    general;
    double error;
} on_mesh;

static void
solve_on_mesh(void *context)
{
    static const double decay = -.1, tau = 17;
    static double       start = .5;
    on_mesh            *m = context;
    tg_dde_mesh         eq = { .dim = 1,
                               .delays = 1,
                               .tau = &tau,
                               .L = &decay,
                               .forcing = forcing,
                               .history = constant,
                               .context = &start };
    double              x[2];

    if (m->general) eq.L = NULL, eq.forcing = NULL, eq.slope = whole_slope;
    must(tg_dde_mesh_solve(&eq, 1000, 2, 10, 8, x));
    m->error = fabs(x[1] - 1.079612339926939948260604);
}

static int
deterministic(void)
{
    double  one = 1, half = .5, tau1 = 1, tau17 = 17;
    problem linear = { { .dim = 1,
                         .delays = 1,
                         .slope = negative_feedback,
                         .tau = &tau1,
                         .history = constant,
                         .context = &one },
                       10,
                       1e-8,
                       .020241126543209876543,
                       NAN };
    problem glass = { { .dim = 1,
                        .delays = 1,
                        .slope = mackey_glass,
                        .tau = &tau17,
                        .history = constant,
                        .context = &half },
                      1000,
                      2e-10,
                      1.079612339926939948260604,
                      NAN };
    on_mesh mesh = { 0, NAN }, general = { 1, NAN };
    int     bad = 0;

    const timing a = measure(solve_adaptively, &linear, 20);
    bad += report("x' = -x(t-1) to 10, tolerance 1e-8", a, 1e3, "ms", .05, .088e-3 / a.min,
                  linear.error, 1e-9);
    const timing b = measure(solve_adaptively, &glass, 3);
    bad += report("Mackey-Glass to 1000, adaptive", b, 1e3, "ms", 4, 2.0e-3 / b.min,
                  glass.error, 1e-8);
    const timing c = measure(solve_on_mesh, &mesh, 20);
    bad += report("Mackey-Glass to 1000, constrained mesh", c, 1e3, "ms", .1,
                  2.0e-3 / c.min, mesh.error, 1e-9);
    const timing d = measure(solve_on_mesh, &general, 20);
    bad += report("Mackey-Glass to 1000, mesh, general form", d, 1e3, "ms", .5,
                  2.0e-3 / d.min, general.error, 1e-9);
    return bad;
}

int
main(void)
{
    report_header();
    return ensembles() + deterministic() > 0;
}
