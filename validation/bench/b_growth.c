/* How costs grow: the slope of log time over log size, by least squares over the sizes of a row, beside the
 * slope that theory allows. A slope may be a quarter above that, for caches and noise. The least of
 * five times counts, of the thread's own clock. */
#define BENCH_CLOCK CLOCK_THREAD_CPUTIME_ID
#include "validation/bench/bench.h"

#include "asgd/sim/simulate.h"
#include "asgd/theory/predict.h"
#include "roots/chart.h"
#include "roots/find.h"
#include "solver/dde.h"
#include "solver/ensemble.h"
#include "solver/sdde.h"

enum { MOST_SIZES = 5, MOST_DELAYS = 256, MOST_SIDE = 400, TIMES = 5 };

static tg_delay *
law(const char *text)
{
    tg_delay *d = NULL;

    must(tg_delay_parse(text, &d));
    return d;
}

/* ---- the event loop: one unit of time is one update a worker --------------------------- */

static void
simulate(double size)
{
    const size_t workers = (size_t)size;
    const double one = 1, zero = 0;
    tg_delay    *d = law("{law: exponential, mean: 1}");
    tg_cluster  *cluster;
    tg_problem  *problem;
    tg_sim      *sim;
    tg_happening h;

    must(tg_cluster_create(1, &workers, &d, false, &cluster));
    must(tg_problem_quadratic(1, &one, &zero, &one, workers, NULL, &problem));
    const tg_setup setup =
        tg_setup_of(problem, cluster, tg_rule(&tg_rule_asgd), 0.1 / size, 1);
    must(tg_sim_create(&setup, 0, &sim));
    while (tg_sim_next(sim) <= 10) must(tg_sim_advance(sim, &h));
    tg_sim_free(sim);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    tg_delay_free(d);
}

/* ---- predictions ----------------------------------------------------------------------- */

static void
predict(size_t modes, size_t groups, tg_level level)
{
    tg_delay             *d[64];
    size_t                count[64];
    tg_cluster           *cluster;
    tg_modes              m;
    tg_prediction        *p;
    const tg_predict_plan plan = {
        .horizon = 120, .points = 121, .target = 1e-2, .level = level
    };

    for (size_t g = 0; g < groups; g++) {
        char text[80];
        snprintf(text, sizeof text, "{law: gamma, shape: 2.5, mean: %.17g}",
                 1 + (double)g / (double)groups);
        d[g] = law(text);
        count[g] = 4;
    }
    must(tg_cluster_create(groups, count, d, false, &cluster));
    must(tg_modes_alloc(modes, 0, &m));
    m.least = 1e-2;
    for (size_t j = 0; j < modes; j++) {
        m.h[j] = pow(1e-2, modes > 1 ? (double)j / (double)(modes - 1) : 0);
        m.start[j] = 1;
        m.sigma2[j] = 0.01;
        m.start_loss += m.h[j] / 2;
    }
    m.start_covered = m.start_loss;
    must(tg_predict(&m, cluster, &tg_asgd, 0.1 / (double)groups, &plan, &p));
    tg_prediction_free(p);
    tg_modes_free(&m);
    tg_cluster_free(cluster);
    for (size_t g = 0; g < groups; g++) tg_delay_free(d[g]);
}

static void
predict_modes(double size)
{
    predict((size_t)size, 1, TG_LEVEL_BEST);
}

static void
predict_groups(double size)
{
    predict(1, (size_t)size, TG_LEVEL_SDE);
}

/* ---- charts and roots ------------------------------------------------------------------ */

static tg_status
damping_loop(double x, double y, void *context, tg_loop *out)
{
    *out = (tg_loop){ .a = x, .b = y, .delay = context };
    return TG_OK;
}

static void
chart(double size)
{
    static tg_chart_cell cell[MOST_SIDE * MOST_SIDE];
    const size_t         side = (size_t)lround(sqrt(size));
    tg_delay            *d = law("{law: uniform, min: 0.5, max: 1.5}");
    const tg_chart_plan  p = { .x = { 0.02, 3, side, 0 },
                               .y = { 0, 1, side, 0 },
                               .loop = damping_loop,
                               .context = d };
    size_t               proved;

    must(tg_chart_grid(&p, cell, &proved));
    tg_delay_free(d);
}

/* A constant delay of 2 as a mixture, whose roots are found as any law's: e^{2 x}/pi of them right of
 * -x. */
static void
find_roots(double size)
{
    tg_delay     *d = law("{mixture: [{weight: 1, law: constant, value: 2}]}");
    const tg_loop l = { .a = 1, .delay = d };
    tg_roots      r = { 0 };

    must(tg_roots_right_of(&l, -log(size * acos(-1) / 2) / 2, &r));
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* ---- delays, lags, paths --------------------------------------------------------------- */

static size_t delays;

static tg_status
mean_of_past(double t, const double *x, const double *past, double *dx, void *context)
{
    double sum = 0;

    (void)t, (void)x, (void)context;
    for (size_t i = 0; i < delays; i++) sum += past[i];
    dx[0] = -sum / (double)delays;
    return TG_OK;
}

static tg_status
one(double t, double *x, void *context)
{
    (void)t, (void)context;
    *x = 1;
    return TG_OK;
}

static void
solve_delays(double size)
{
    double           tau[MOST_DELAYS];
    tg_dde_solution *s = NULL;
    const tg_dde     eq = {
            .dim = 1, .delays = (size_t)size, .slope = mean_of_past, .tau = tau, .history = one
    };

    delays = (size_t)size;
    for (size_t i = 0; i < delays; i++) tau[i] = 0.5 + ((double)i + 0.5) / size;
    must(tg_dde_solve(&eq, 0, 10, 1e-8, 1e-8, 0, &s));
    tg_dde_solution_free(s);
}

static tg_status
feedback(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

static void
integrate(const char *text, double lags)
{
    static tg_stats   s[2];
    tg_delay         *d = law(text);
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .law = d,
                             .meaning = TG_DELAY_DISTRIBUTED,
                             .drift = feedback,
                             .history = one };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("euler"),
                            .paths = 256,
                            .steps = 4000,
                            .every = 4000,
                            .dt = 1 / lags,
                            .threads = 1 };

    must(tg_sdde_solve(&r, s, NULL));
    tg_delay_free(d);
}

static void
integrate_chain(double lags)
{
    integrate("{law: gamma, shape: 4, mean: 1}", lags);
}

static void
integrate_sum(double lags)
{
    integrate("{law: uniform, min: 0.5, max: 1.5}", lags);
}

static void
run_paths(double size)
{
    static const tg_linear mode = { .a = 1, .g = 1, .tau = 0.1 };
    static tg_stats        s[2];
    const tg_ensemble      e = { .mode = &mode,
                                 .modes = 1,
                                 .paths = (size_t)size,
                                 .dt = 0.01,
                                 .steps = 4000,
                                 .every = 4000,
                                 .threads = 1,
                                 .seed = 2 };

    must(tg_ensemble_run(&e, s, NULL));
}

/* ---- slopes ---------------------------------------------------------------------------- */

typedef struct growth {
    const char *name;
    void (*work)(double size);
    double size[MOST_SIZES]; /* ends with 0 */
    double allowed;
} growth;

static double
least(const growth *g, double size)
{
    double best = INFINITY;

    for (int i = 0; i < TIMES; i++) {
        const double begin = seconds_now();
        g->work(size);
        best = fmin(best, seconds_now() - begin);
    }
    return best;
}

static int
run(const growth *g)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, first = NAN, last = NAN;

    for (int i = 0; i < MOST_SIZES && g->size[i] > 0; i++) {
        const double t = least(g, g->size[i]), u = log(g->size[i]), v = log(t);
        if (i == 0) first = t;
        last = t;
        n++, x += u, y += v, xx += u * u, xy += u * v;
    }
    const double slope = (n * xy - x * y) / (n * xx - x * x);
    const int    bad = !(slope <= g->allowed + 0.25);
    printf("%-52s %8g %8g %11.4g %11.4g %8.2f %8.2f%s\n", g->name, g->size[0],
           g->size[(int)n - 1], 1e3 * first, 1e3 * last, slope, g->allowed,
           bad ? "  TOO STEEP" : "");
    return bad;
}

int
main(void)
{
    static const growth rows[] = {
        { "workers, a unit of time of the event loop",
          simulate,
          { 1e2, 1e3, 1e4, 1e5 },
          1 },
        { "modes, a prediction with its course", predict_modes, { 30, 100, 300, 1000 }, 1 },
        { "groups, a prediction at level sde", predict_groups, { 2, 4, 8, 16 }, 1 },
        { "cells, a chart of a uniform law", chart, { 2500, 10000, 40000, 160000 }, 1 },
        { "roots right of a line, any law", find_roots, { 100, 300, 1000, 3000 }, 1 },
        { "delays, adaptive (each first kink ends a step)",
          solve_delays,
          { 10, 30, 100 },
          1 },
        { "lags, a step of a distributed gamma(4)", integrate_chain, { 50, 200, 800 }, 0 },
        { "lags, a step of a distributed uniform law", integrate_sum, { 50, 200, 800 }, 0 },
        { "paths, the linear ensemble", run_paths, { 64, 256, 1024, 4096 }, 1 },
    };
    int bad = 0;

    setenv("TARDIGRAD_THREADS", "1", 1);
    printf("%-52s %8s %8s %11s %11s %8s %8s\n", "growth in", "from", "to", "first [ms]",
           "last [ms]", "slope", "allowed");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) bad |= run(&rows[i]);
    return bad;
}
