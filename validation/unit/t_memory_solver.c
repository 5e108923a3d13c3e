/* Every allocation of the integrators fails once (exhaust.h). */
#include "solver/dde.h"
#include "solver/dde_mesh.h"
#include "solver/dde_stiff.h"
#include "solver/exact.h"
#include "solver/hitting.h"
#include "solver/jump.h"
#include "solver/lattice.h"
#include "solver/moments.h"
#include "solver/past.h"
#include "solver/sdde.h"
#include "solver/stationary.h"
#include "solver/survival.h"
#include "solver/workers.h"

#include "validation/unit/exhaust.h"

/* ---- solver -------------------------------------------------------------------------- */

static tg_delay *half, *gamma_law, *erlang;
static double    untouched[64];
static tg_stats  stats[64];

/* Results are as before the call. */
static void
check_untouched(tg_status status)
{
    for (size_t i = 0; status != TG_OK && i < 64; i++)
        assert_true(untouched[i] == 7 && stats[i].n == 7);
    for (size_t i = 0; i < 64; i++) untouched[i] = stats[i].n = 7;
}

static const double     share = .5;
static const tg_pair    pair = { 0, 0, 1 };
static double           quantile[64], covariance[64];
static const tg_observe watch = { .share = &share,
                                  .shares = 1,
                                  .quantile = quantile,
                                  .pair = &pair,
                                  .pairs = 1,
                                  .covariance = covariance };
static const tg_linear  linear = { 1, 0, 1, .5, 1 };

static tg_status
run_ensembles(void)
{
    const tg_ensemble e = { .mode = &linear,
                            .modes = 1,
                            .paths = 10,
                            .dt = .1,
                            .steps = 8,
                            .every = 4,
                            .threads = 1,
                            .observe = &watch };
    tg_status         status = tg_ensemble_run(&e, stats, NULL);

    check_untouched(status);
    if (status == TG_OK) {
        status = tg_exact_run(&e, stats, NULL);
        check_untouched(status);
    }
    return status;
}

static tg_status
scheme_variance(void)
{
    tg_status status = tg_ensemble_scheme_variance(1, 0, .5, .1, untouched);

    check_untouched(status);
    if (status == TG_OK) {
        status = tg_exact_variance(&linear, .1, 3, untouched);
        check_untouched(status);
    }
    return status;
}

static tg_status
blocks(size_t count, double t, const double *x, const double *past, double *out,
       void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

static tg_status
start(double t, double *x, void *context)
{
    (void)t, (void)context;
    *x = 1;
    return TG_OK;
}

static tg_status
run_sdde(void)
{
    static const double tau = .5;
    const tg_sdde       eq = { .dim = 1,
                               .delays = 1,
                               .noises = 1,
                               .diagonal = 1,
                               .tau = &tau,
                               .law = gamma_law,
                               .meaning = TG_DELAY_PATH,
                               .drift = blocks,
                               .diffusion = blocks,
                               .history = start };
    const tg_sdde_run   r = { .eq = &eq,
                              .method = tg_sdde_method_find("euler"),
                              .paths = 4,
                              .steps = 4,
                              .every = 4,
                              .dt = .1,
                              .threads = 1,
                              .observe = &watch };
    const tg_status     status = tg_sdde_solve(&r, stats, NULL);

    check_untouched(status);
    return status;
}

static tg_status
run_jump(void)
{
    const tg_jump_mode m = { 1, 1, 1 };
    const tg_jump      j = { .mode = &m,
                             .modes = 1,
                             .eta = .001,
                             .lambda = 1000,
                             .delay = half,
                             .paths = 2,
                             .interval = 2,
                             .rows = 2,
                             .threads = 1,
                             .observe = &watch };
    const tg_status    status = tg_jump_run(&j, stats);

    check_untouched(status);
    return status;
}

static tg_status
run_hitting_of(tg_hitting p)
{
    double  hit[10] = { 7 }, settled[10] = { 7 };
    tg_hits h = { .paths = 7 };

    p.level = .5;
    p.dt = .1;
    p.horizon = 1;
    p.paths = 10;
    p.threads = 1;
    const tg_status status = tg_hitting_run(&p, hit, settled, &h);
    assert_int_equal(h.paths, status == TG_OK ? 10 : 7);
    assert_true((hit[0] == 7) == (status != TG_OK) && (settled[0] == 7) == (hit[0] == 7));
    return status;
}

static tg_status
run_hitting(void)
{
    static const tg_jump_mode m = { 1, 1, 1 };
    const tg_sdde             eq = { .dim = 1,
                                     .delays = 1,
                                     .noises = 1,
                                     .diagonal = 1,
                                     .law = gamma_law,
                                     .meaning = TG_DELAY_PATH,
                                     .drift = blocks,
                                     .diffusion = blocks,
                                     .history = start };
    const tg_jump j = { .mode = &m, .modes = 1, .eta = .1, .lambda = 9, .delay = half };
    const tg_sdde_method *euler = tg_sdde_method_find("euler");

    TG_TRY(run_hitting_of((tg_hitting){ .mode = &linear, .modes = 1 }));
    TG_TRY(run_hitting_of((tg_hitting){ .mode = &linear, .modes = 1, .exact = 1 }));
    TG_TRY(run_hitting_of((tg_hitting){ .sdde = &eq, .method = euler }));
    return run_hitting_of((tg_hitting){ .jump = &j });
}

static tg_status
run_moments(void)
{
    const tg_mode m = { .loop = { .a = 1, .delay = gamma_law }, .noise = 1, .jump = .1 };
    double        variance;
    tg_status status = tg_moments_follow(&m, 1, 2, 20, 0, NULL, untouched, untouched + 20);

    check_untouched(status);
    if (status == TG_OK) status = tg_stationary_variance(&m, &variance);
    return status;
}

static tg_status
run_lattice(void)
{
    tg_lattice l = { .workers = 3, .eta = .08, .h = 1, .sigma = 1 };
    double     abscissa;
    tg_status  status = tg_phase_from_delay(erlang, &l.law);

    if (status == TG_OK) status = tg_lattice_variance(&l, untouched, &abscissa);
    check_untouched(status);
    if (status == TG_OK) {
        status = tg_lattice_transient(&l, 1, 1, 5, untouched, untouched + 5);
        check_untouched(status);
    }
    return status;
}

static tg_status
estimate_survival(void)
{
    static const double        time[] = { 1, 2, 3 };
    static const unsigned char ended[] = { 1, 1, 0 };
    tg_survival                s[3];
    size_t                     count = 7;
    const tg_status            status = tg_survival_estimate(time, ended, 3, 2, s, &count);

    assert_true(status == TG_OK || count == 7);
    return status;
}

static tg_status
run_workers(void)
{
    static const tg_workers_mode mode = { 1, 1, .1 };
    const tg_workers_group       g = { erlang, 2 };
    const tg_workers             w = { &g, 1, TG_WORKERS_DUDE, false, 2, 1, 1 };
    const tg_workers_run         run = { &mode, 1, NULL, .1, .3, 3 };
    const double                 gain = .5;
    tg_stats                     e = { .n = 7 };
    size_t                       done;
    tg_status                    status = tg_workers_exponents(&w, 3, &gain, 1, &e);

    assert_true((status == TG_OK) == (e.n != 7));
    if (status == TG_OK)
        status = tg_workers_hitting(&w, &run, untouched, untouched + 2, &done);
    if (status == TG_OK) check_untouched(status);
    return status;
}

static void
test_stochastic(void **state)
{
    (void)state;
    check_untouched(TG_OK);
    exhaust("ensembles", run_ensembles);
    exhaust("scheme variance", scheme_variance);
    exhaust("sdde", run_sdde);
    exhaust("jump", run_jump);
    exhaust("hitting", run_hitting);
    exhaust("moments", run_moments);
    exhaust("lattice", run_lattice);
    exhaust("survival", estimate_survival);
    exhaust("workers", run_workers);
}

static tg_status
slope(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = -past[0];
    return TG_OK;
}

static tg_status
often(double t, const double *x, double *e, void *context)
{
    (void)x, (void)context;
    *e = sin(20 * t);
    return TG_OK;
}

static tg_status
solve_dde(void)
{
    static const double t[] = { -1, 0 }, x[] = { 1, 1 }, tau = 1;
    const tg_dde_event  event = { .value = often };
    tg_past            *p = NULL;
    tg_dde_solution    *s = NULL, *stiff = NULL;
    tg_status           status = tg_past_create(1, 2, t, x, TG_PAST_CUBIC, &p);

    assert_true((status == TG_OK) == (p != NULL));
    const tg_dde eq = { .dim = 1,
                        .delays = 1,
                        .slope = slope,
                        .tau = &tau,
                        .history = tg_past_at,
                        .context = p,
                        .event = &event,
                        .events = 1 };
    if (status == TG_OK) {
        status = tg_dde_solve(&eq, 0, 5, 1e-6, 1e-6, 0, &s);
        assert_true((status == TG_OK) == (s != NULL));
    }
    if (status == TG_OK) {
        status = tg_dde_stiff_solve(&eq, 0, 2, 1e-4, 1e-4, &stiff);
        assert_true((status == TG_OK) == (stiff != NULL));
    }
    if (status == TG_OK) {
        double when = 7;
        status = tg_dde_crossing(s, 0, .5, 0, &when);
        assert_true((status == TG_OK) == (when != 7));
    }
    tg_dde_solution_free(s);
    tg_dde_solution_free(stiff);
    tg_past_free(p);
    return status;
}

static tg_status
forcing(size_t count, const double *t, const double *past, double *out, void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

static tg_status
solve_mesh(void)
{
    static const double zero = 0, tau = 1;
    const tg_dde_mesh   eq = {
          .dim = 1, .delays = 1, .tau = &tau, .L = &zero, .forcing = forcing, .history = start
    };
    const tg_status status = tg_dde_mesh_solve(&eq, 3, 4, 4, 3, untouched);

    check_untouched(status);
    return status;
}

static void
test_deterministic(void **state)
{
    (void)state;
    exhaust("dde", solve_dde);
    exhaust("mesh", solve_mesh);
}

static int
prepare(void **state)
{
    (void)state;
    return tg_delay_parse("{law: constant, value: 0.5}", &half) ||
           tg_delay_parse("{law: gamma, shape: 2.5, mean: 0.5}", &gamma_law) ||
           tg_delay_parse("{law: erlang, stages: 2, mean: 1}", &erlang);
}

static int
drop(void **state)
{
    (void)state;
    tg_delay_free(half);
    tg_delay_free(gamma_law);
    tg_delay_free(erlang);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_stochastic),
                                        cmocka_unit_test(test_deterministic) };

    return cmocka_run_group_tests(tests, prepare, drop);
}
