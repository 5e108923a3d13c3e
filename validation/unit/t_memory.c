/* Every allocation of ours fails once: the program is linked so that malloc, calloc, realloc,
 * aligned_alloc and strdup of the library come here (Makefile). For k = 1, 2, ... the k-th fails;
 * the call must answer TG_OK or TG_ENOMEM, leave its results alone and lose nothing (`make asan`
 * sees to that). */
#include "asgd/predict.h"
#include "asgd/replicas.h"
#include "asgd/trace.h"
#include "roots/find.h"
#include "roots/system.h"
#include "roots/threshold.h"
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

#include "core/node.h"
#include "core/study.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"

static long left = -1; /* allocations until one fails; < 0: none does */
static int  failed;

static int
fails(void)
{
    if (left < 0) return 0;
    failed |= left == 0;
    return left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

char *
__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

/* Try until no allocation is left to fail; `work` cleans up after itself. */
static void
exhaust(const char *name, tg_status (*work)(void))
{
    for (long k = 0; k < 100000; k++) {
        failed = 0;
        left = k;
        const tg_status status = work();
        left = -1;
        if (status != TG_OK && status != TG_ENOMEM) {
            print_error("%s, allocation %ld: status %d, %s\n", name, k, (int)status,
                        tg_message());
            fail();
        }
        if (!failed) {
            assert_int_equal(status, TG_OK);
            return;
        }
    }
    fail();
}

/* ---- core ---------------------------------------------------------------------------------- */

static size_t now; /* the law whose turn it is */

static tg_status
parse_law(void)
{
    tg_delay       *d = NULL;
    const tg_status status = tg_delay_parse(laws[now], &d);

    assert_true((status == TG_OK) == (d != NULL));
    tg_delay_free(d);
    return status;
}

static void
test_laws(void **state)
{
    (void)state;
    for (now = 0; now < LAWS; now++) exhaust(laws[now], parse_law);
}

static const char study_text[] =
    "objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}\n"
    "workers: {count: 3, compute: {law: gamma, shape: 4, mean: 1.0}}\n"
    "algorithm: [{name: asgd, step: 0.05}, {name: dude, step: 0.03}]\n"
    "horizon: 5\npoints: 6\nreplicas: 2\n";

static tg_status
parse_study(void)
{
    tg_study *s = NULL, *t = NULL;
    tg_status status = tg_study_parse(study_text, "text", &s);

    assert_true((status == TG_OK) == (s != NULL));
    if (status == TG_OK) {
        status = tg_study_with(s, "horizon", "7", &t);
        assert_true((status == TG_OK) == (t != NULL));
    }
    tg_study_free(s);
    tg_study_free(t);
    return status;
}

static tg_status
fill_table(void)
{
    static const tg_column columns[] = { { "a", "", "", false }, { "b", "", "", true } };
    tg_table              *t = NULL;
    tg_status              status = tg_table_create(columns, 2, &t);

    assert_true((status == TG_OK) == (t != NULL));
    if (status == TG_OK) status = tg_table_note(t, "key", "%d", 3);
    for (size_t i = 0; status == TG_OK && i < 40; i++) {
        status = tg_table_add(t, (tg_cell[]){ TG_NUMBER(1), TG_TEXT("word") });
        assert_int_equal(tg_table_rows(t), i + (status == TG_OK));
    }
    tg_table_free(t);
    return status;
}

static const char *csv;

static tg_status
read_table(void)
{
    tg_table       *t = NULL;
    const tg_status status = tg_table_read(csv, &t);

    assert_true((status == TG_OK) == (t != NULL));
    tg_table_free(t);
    return status;
}

static tg_status
read_trace(void)
{
    tg_trace  t = { 0 };
    double   *seconds = NULL;
    size_t    n = 0, workers;
    tg_status status = tg_trace_read(csv, &t);

    if (status == TG_OK) status = tg_trace_group(&t, 0, &seconds, &n, &workers);
    free(seconds);
    tg_trace_free(&t);
    return status;
}

static void
test_files(void **state)
{
    static const char log[] = "worker,seconds\na,1\nb,2\na,1.5\nb,2.5\na,1.2\nb,2.1\n";

    (void)state;
    exhaust("study", parse_study);
    exhaust("table", fill_table);
    csv = write_temporary("log.csv", log, sizeof log - 1);
    exhaust("table from a file", read_table);
    exhaust("trace", read_trace);
}

/* ---- solver -------------------------------------------------------------------------------- */

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
    tg_status     status = tg_moments_second(&m, 1, 2, 20, untouched, untouched + 20);

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

/* ---- roots --------------------------------------------------------------------------------- */

static tg_status
find_roots(void)
{
    const tg_loop l = { .a = 1, .delay = now ? gamma_law : half };
    tg_roots      r = { .count = 7 };
    tg_rightmost  most;
    tg_threshold  k;
    tg_status     status = tg_roots_right_of(&l, -3, &r);

    assert_true(status == TG_OK || (r.count == 7 && !r.root));
    tg_roots_free(&r);
    if (status == TG_OK) status = tg_loop_rightmost(&l, &most);
    if (status == TG_OK) status = tg_loop_threshold(&l, &k);
    return status;
}

static tg_status
find_system_roots(void)
{
    static const double  A[] = { -1, 0, 0, -2 }, B[] = { -1, .2, .1, -.5 };
    const tg_system_term term = { half, B };
    const tg_system      s = { 2, A, &term, 1 };
    tg_roots             r = { .count = 7 };
    const tg_status      status = tg_system_roots(&s, -2, &r);

    assert_true(status == TG_OK || (r.count == 7 && !r.root));
    tg_roots_free(&r);
    return status;
}

static void
test_roots(void **state)
{
    (void)state;
    for (now = 0; now < 2; now++) exhaust("roots of a loop", find_roots);
    exhaust("roots of a system", find_system_roots);
}

/* ---- asgd ---------------------------------------------------------------------------------- */

static tg_study *study;

/* The study's cluster, problem and modes; what failed stays NULL. */
typedef struct scene {
    tg_cluster *cluster;
    tg_problem *problem;
    tg_modes    modes;
} scene;

static tg_status
open_scene(scene *s)
{
    double weight[3];

    TG_TRY(tg_cluster_from_study(study, 0, &s->cluster));
    TG_TRY(tg_problem_from_study(study, 3, &s->problem));
    tg_cluster_weights(s->cluster, weight);
    return tg_problem_modes(s->problem, weight, &s->modes);
}

static tg_status
predict_and_simulate(void)
{
    const tg_predict_plan  plan = { .horizon = 5, .points = 6, .target = .02 };
    const tg_replicas_plan more = {
        .horizon = 5, .points = 6, .target = .02, .replicas = 2, .threads = 1
    };
    const tg_algorithm *rule = now ? &tg_dude : &tg_asgd;
    tg_prediction      *p = NULL;
    tg_simulation      *r = NULL;
    scene               s = { 0 };
    tg_status           status = open_scene(&s);

    if (status == TG_OK) {
        status = tg_predict(&s.modes, s.cluster, rule, .05, &plan, &p);
        assert_true((status == TG_OK) == (p != NULL));
    }
    if (status == TG_OK) {
        const tg_setup setup = { s.problem, s.cluster, rule, .05, 1 };
        status = tg_replicas_run(&setup, &more, &r);
        assert_true((status == TG_OK) == (r != NULL));
    }
    tg_prediction_free(p);
    tg_simulation_free(r);
    tg_modes_free(&s.modes);
    tg_problem_free(s.problem);
    tg_cluster_free(s.cluster);
    return status;
}

static void
test_asgd(void **state)
{
    (void)state;
    for (now = 0; now < 2; now++) exhaust("prediction and replicas", predict_and_simulate);
}

static int
prepare(void **state)
{
    (void)state;
    return tg_delay_parse("{law: constant, value: 0.5}", &half) ||
           tg_delay_parse("{law: gamma, shape: 2.5, mean: 0.5}", &gamma_law) ||
           tg_delay_parse("{law: erlang, stages: 2, mean: 1}", &erlang) ||
           tg_study_parse(study_text, "text", &study);
}

static int
drop(void **state)
{
    (void)state;
    tg_delay_free(half);
    tg_delay_free(gamma_law);
    tg_delay_free(erlang);
    tg_study_free(study);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws),       cmocka_unit_test(test_files),
        cmocka_unit_test(test_stochastic), cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_roots),      cmocka_unit_test(test_asgd),
    };

    return cmocka_run_group_tests(tests, prepare, drop);
}
