/* Every callback of the delay solvers fails once at every one of its calls: the status
 * comes out, the message is the callback's, and the outputs are as before. */
#include "solver/dde_mesh.h"
#include "solver/dde_stiff.h"

#include "validation/unit/check.h"

#include <unistd.h>

enum callback { SLOPE, LAG, HISTORY, EVENT, CALLBACKS };

static int  which; /* of the callbacks fails */
static long left;  /* calls of it until then; < 0: not any more */
static long calls; /* of it, in all */

static tg_status
gives_up(enum callback me)
{
    if (me != (enum callback)which) return TG_OK;
    calls++;
    return left-- == 0 ? tg_fail(TG_EINPUT, "callback %d gave up", which) : TG_OK;
}

static tg_status
slope(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)context;
    dx[0] = -past[0] - .1 * x[1];
    dx[1] = x[0] - past[3];
    return gives_up(SLOPE);
}

static tg_status
lag(double t, const double *x, double *tau, void *context)
{
    (void)t, (void)context;
    tau[0] = 1 + .1 * x[0] * x[0];
    tau[1] = .3;
    return gives_up(LAG);
}

static tg_status
history(double t, double *x, void *context)
{
    (void)context;
    x[0] = 1;
    x[1] = 1 + t;
    return gives_up(HISTORY);
}

static tg_status
event(double t, const double *x, double *e, void *context)
{
    (void)t, (void)context;
    *e = x[0];
    return gives_up(EVENT);
}

static tg_status
forcing(size_t count, const double *t, const double *past, double *out, void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = -past[k];
    return gives_up(SLOPE);
}

static tg_status
block(size_t count, const double *t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = -past[k] - .1 * x[k] * x[k];
    return gives_up(SLOPE);
}

static const double       tau[] = { 1, .5 };
static const tg_dde_event events[] = { { event, NULL, 0, 0 }, { event, NULL, -1, 0 } };
static const tg_dde       equation = { .dim = 2,
                                       .delays = 2,
                                       .slope = slope,
                                       .tau = tau,
                                       .history = history,
                                       .event = events,
                                       .events = 2 };

static tg_status
run_solution(int stiff, const tg_dde *eq)
{
    tg_dde_solution *const before =
        (tg_dde_solution *)&left; /* any address, not followed */
    tg_dde_solution *s = before;
    const tg_status  status = stiff ? tg_dde_stiff_solve(eq, 0, 2, 1e-4, 1e-4, &s)
                                    : tg_dde_solve(eq, 0, 2, 1e-4, 1e-4, 0, &s);

    assert_true((status == TG_OK) == (s != before));
    if (status == TG_OK) tg_dde_solution_free(s);
    return status;
}

static tg_status
run_constant(void)
{
    return run_solution(0, &equation);
}

static tg_status
run_varying(void)
{
    tg_dde eq = equation;

    eq.tau = NULL;
    eq.lag = lag;
    return run_solution(0, &eq);
}

static tg_status
run_stiff(void)
{
    return run_solution(1, &equation);
}

static tg_status
run_mesh(const tg_dde_mesh *eq)
{
    double          x[6] = { 7, 7, 7, 7, 7, 7 };
    const tg_status status = tg_dde_mesh_solve(eq, 2, 3, 2, 3, x);

    for (int i = 0; i < 6; i++) assert_true((x[i] == 7) == (status != TG_OK));
    return status;
}

static tg_status
run_linear_mesh(void)
{
    return run_mesh(&(tg_dde_mesh){
        .dim = 2, .delays = 2, .tau = tau, .forcing = forcing, .history = history });
}

static tg_status
run_general_mesh(void)
{
    return run_mesh(&(tg_dde_mesh){
        .dim = 2, .delays = 2, .tau = tau, .slope = block, .history = history });
}

static tg_status
read_solution(void)
{
    tg_dde_solution *s = NULL;
    double           t = 7, x[2];
    const int        asked = which;

    which = CALLBACKS; /* none, until it is there */
    assert_ok(tg_dde_solve(&equation, 0, 2, 1e-4, 1e-4, 0, &s));
    which = asked;
    tg_status status = tg_dde_crossing(s, 0, 0, -1, &t);
    assert_true((t == 7) == (status != TG_OK));
    if (status == TG_OK) status = tg_dde_at(s, -1, x);
    tg_dde_solution_free(s);
    return status;
}

static void
test_callbacks(void **state)
{
    static const struct {
        tg_status (*run)(void);
        int callback[CALLBACKS];
    } cases[] = { { run_constant, { [SLOPE] = 1, [HISTORY] = 1, [EVENT] = 1 } },
                  { run_varying, { 1, 1, 1, 1 } },
                  { run_stiff, { [SLOPE] = 1, [HISTORY] = 1, [EVENT] = 1 } },
                  { run_linear_mesh, { [SLOPE] = 1, [HISTORY] = 1 } },
                  { run_general_mesh, { [SLOPE] = 1, [HISTORY] = 1 } },
                  { read_solution, { [HISTORY] = 1 } } };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (which = 0; which < CALLBACKS; which++) {
            calls = 0, left = -1;
            assert_ok(cases[k].run());
            const long all = calls;
            assert_true((all > 0) == cases[k].callback[which]);
            for (long call = 0; call < all; call++) {
                left = call;
                assert_fails(cases[k].run(), TG_EINPUT, "gave up");
                assert_true(left == -1); /* and is not called again */
            }
        }
}

static tg_status
down(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = 5 - past[0];
    return TG_OK;
}

static tg_status
two_and_square(double t, const double *x, double *back, void *context)
{
    (void)t, (void)context;
    back[0] = 2 + x[0] * x[0];
    return TG_OK;
}

static tg_status
broken(double t, double *x, void *context)
{
    (void)context;
    x[0] = t < -1 ? 4.5 : -.5;
    return TG_OK;
}

/* t - 2 - x^2 stays on the jump of the history from t = 1.0331 on: 155,827 steps and 5 GB. */
static void
test_sliding_ends_soon(void **state)
{
    const tg_dde eq = {
        .dim = 1, .delays = 1, .slope = down, .lag = two_and_square, .history = broken
    };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_fails(tg_dde_solve(&eq, 0, 2, 1e-8, 1e-10, 0, &s), TG_ENOCONV,
                 "the solution slides at t = 1.033");
    assert_null(s);
}

static tg_status
constant_slope(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)past;
    dx[0] = *(const double *)context;
    return TG_OK;
}

static tg_status
start(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    return TG_OK;
}

static tg_status
twice(double t, const double *x, double *e, void *context)
{
    (void)x, (void)context;
    *e = (t - .3) * (t - .6);
    return TG_OK;
}

/* One step, the whole way, in which an event passes and comes back. */
static void
test_two_passages_in_one_step(void **state)
{
    double             rate = 0, t;
    const tg_dde_event once[] = { { .value = twice } };
    const tg_dde       eq = { .dim = 1,
                              .slope = constant_slope,
                              .history = start,
                              .context = &rate,
                              .event = once,
                              .events = 1 };
    tg_dde_solution   *s = NULL;
    size_t             event, steps;

    (void)state;
    assert_ok(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s));
    tg_dde_cost(s, &steps, NULL);
    assert_int_equal(steps, 1);
    assert_int_equal(tg_dde_passages(s), 2);
    for (size_t k = 0; k < 2; k++) {
        assert_ok(tg_dde_passage(s, k, &event, &t));
        assert_near(t, k ? .6 : .3, 1e-14);
    }
    tg_dde_solution_free(s);
}

enum { MANY = 500000 };

static tg_status
waves(double t, const double *x, const double *past, double *dx, void *context)
{
    const double wave = cos(20 * t);

    (void)x, (void)past, (void)context;
    for (size_t i = 0; i < MANY; i++) dx[i] = wave;
    return TG_OK;
}

static tg_status
zeros(double t, double *x, void *context)
{
    (void)t, (void)context;
    memset(x, 0, MANY * sizeof *x);
    return TG_OK;
}

/* Two stages keep three numbers of each unknown: 12 MB a step, 2 GB after 166 of them. The end
 * is well before that; or it is not. */
static void
test_stored_steps(void **state)
{
    const tg_dde     eq = { .dim = MANY, .slope = waves, .history = zeros };
    tg_dde_solution *s = NULL;
    size_t           steps;

    (void)state;
    if ((double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) < 5e9) skip();
    assert_fails(tg_dde_solve(&eq, 0, 1e3, 1e-9, 1e-9, 2, &s), TG_ENOCONV,
                 "bytes, more than 2e+09: end earlier, or allow larger errors");
    assert_non_null(strstr(tg_message(), "167 steps up to t = "));
    assert_null(s);
    assert_ok(tg_dde_solve(&eq, 0, 0.02, 1e-9, 1e-9, 2, &s));
    tg_dde_cost(s, &steps, NULL);
    assert_true(steps > 0 && steps < 166);
    tg_dde_solution_free(s);
}

RUN(cmocka_unit_test(test_callbacks), cmocka_unit_test(test_sliding_ends_soon),
    cmocka_unit_test(test_two_passages_in_one_step), cmocka_unit_test(test_stored_steps))
