/* b_delay: cost of one draw and of one transform (phi and phi' at |s| E T up to 20), law by
 * law. Baseline of the draws: one uniform number of the same stream; of the transforms: a
 * plain 400-point Gauss-Legendre sum. Residual: |phi(0) - 1|; validation/unit/t_delay.c has
 * the rest.
 */
#include "core/delay.h"
#include "validation/bench/bench.h"

#include <gsl/gsl_integration.h>
enum { DRAWS = 200000, POINTS = 2000, NODES = 400 };

static double          out[DRAWS], node[NODES], weight[NODES];
static double complex  at[POINTS], phi[POINTS], slope[POINTS];
static const tg_delay *law;

static void
draw(void *unused)
{
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, 1);

    (void)unused;
    tg_delay_samples(law, &g, out, DRAWS);
}

static void
draw_uniform(void *unused)
{
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, 1);

    (void)unused;
    for (int i = 0; i < DRAWS; i++) out[i] = tg_rng_uniform(&g);
}

static void
transform(void *unused)
{
    (void)unused;
    tg_delay_laplaces(law, at, POINTS, phi, slope);
}

static void
transform_plainly(void *unused)
{
    (void)unused;
    for (int i = 0; i < POINTS / 20; i++) {
        double complex sum = 0, d = 0;
        for (int k = 0; k < NODES; k++) {
            const double complex term = weight[k] * cexp(-at[i] * node[k]);
            sum += term;
            d -= node[k] * term;
        }
        phi[i] = sum;
        slope[i] = d;
    }
}

/* Nanoseconds of one unit of work. */
static double
least(void (*work)(void *), double units)
{
    return measure(work, NULL, 1).min * 1e9 / units;
}

static void
make_nodes(void)
{
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(NODES);
    double                         low, high = tg_delay_quantile(law, 1 - 1e-16);

    tg_delay_support(law, &low, &(double){ 0 });
    for (size_t i = 0; i < NODES; i++) {
        gsl_integration_glfixed_point(low, high, i, &node[i], &weight[i], rule);
        weight[i] *= tg_delay_pdf(law, node[i]);
    }
    gsl_integration_glfixed_table_free(rule);
}

int
main(void)
{
    static const char *const text[] = {
        "{law: constant, value: 1}",
        "{law: exponential, mean: 1}",
        "{law: gamma, shape: 4, mean: 1}",
        "{law: gamma, shape: 2.5, mean: 1}",
        "{law: uniform, min: 0.5, max: 1.5}",
        "{law: lognormal, mean: 1, cv: 0.5}",
        "{law: weibull, shape: 2, mean: 1}",
        "{law: pareto, shape: 2.5, mean: 1}",
        "{law: half_normal, sd: 1}",
        "{law: gamma, shape: 2.5, mean: 1, at_most: 2}",
        ("{mixture: [{weight: 1, law: exponential, mean: 1}, {weight: 9, law: gamma, "
         "shape: 4, mean: 1}]}"),
        "{sum: [{law: gamma, shape: 4, mean: 1}, {law: exponential, mean: 0.2}]}",
    };
    int failures = 0;

    for (int i = 0; i < POINTS; i++) at[i] = 0.1 + I * 20.0 * i / POINTS;
    printf("%-52s %8s %8s %10s %8s %9s\n", "law [ns]", "draw", "/uniform", "transform",
           "/plain", "residual");
    const double uniform = least(draw_uniform, DRAWS);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        tg_delay *d = NULL;
        if (tg_delay_parse(text[i], &d) != TG_OK) return 1;
        law = d;
        make_nodes();
        const double draws = least(draw, DRAWS), ours = least(transform, POINTS);
        const double plain = least(transform_plainly, POINTS / 20);
        const double residual = cabs(tg_delay_laplace(d, 0, NULL) - 1);
        const int    good = draws < 100 && residual < 1e-12;
        failures += !good;
        printf("%-52.52s %8.2f %8.1f %10.1f %8.3f %9.1e%s\n", text[i], draws,
               draws / uniform, ours, ours / plain, residual, good ? "" : "  MISSED");
        tg_delay_free(d);
    }
    return failures > 0;
}
