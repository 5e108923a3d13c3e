/* Many modes, short lags and few paths in the linear ensemble: 100 modes with a lag of five steps. Baseline: the same
 * modes with paths enough to fill its blocks, in the same process; the ratio of path-steps is bounded. Residual: of
 * the variance over all modes against the scheme's own, in standard errors. */
#define BENCH_CLOCK CLOCK_THREAD_CPUTIME_ID
#include "validation/bench/bench.h"

#include "solver/ensemble.h"

enum { MODES = 100, STEPS = 1000, WHOLE = 128 };
static const double DT = 0.01, LAG = 0.05;

static tg_linear mode[MODES];
static tg_stats  stats[2 * MODES];

static void
run(void *paths)
{
    const tg_ensemble e = { .mode = mode,
                            .modes = MODES,
                            .paths = *(size_t *)paths,
                            .dt = DT,
                            .steps = STEPS,
                            .every = STEPS,
                            .threads = 1,
                            .seed = 2 };

    must(tg_ensemble_run(&e, stats, NULL));
}

static double
residual(void)
{
    tg_stats all = { 0 };
    double   v = NAN;

    for (size_t i = 0; i < MODES; i++) tg_stats_merge(&all, &stats[2 * i + 1]);
    must(tg_ensemble_scheme_variance(1, 0, LAG, DT, &v));
    return fabs(tg_stats_variance(&all) - v) / (v * sqrt(2 / all.n));
}

int
main(void)
{
    static const struct {
        const char *name;
        size_t      paths;
        double      bound;
    } cases[] = { { "100 modes, 64 paths, over whole blocks", 64, 1.25 },
                  { "100 modes, 8 paths, over whole blocks", 8, 4 } };
    size_t paths = WHOLE;
    int    bad = 0;

    for (size_t i = 0; i < MODES; i++) mode[i] = (tg_linear){ .a = 1, .g = 1, .tau = LAG };
    report_header();
    const double whole = measure(run, &paths, 1).min / WHOLE;
    for (size_t i = 0; i < 2; i++) {
        paths = cases[i].paths;
        const timing t = measure(run, &paths, 1);
        bad += report(cases[i].name, t, 1 / (whole * (double)paths), "ratio",
                      cases[i].bound, NAN, residual(), 4);
    }
    return bad > 0;
}
