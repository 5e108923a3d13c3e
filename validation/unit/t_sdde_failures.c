/* Failures of a general ensemble: what is said, and that nothing is changed. */
#include "validation/unit/check.h"
#include "validation/unit/equations.h"

static const double half = .5;

/* The callback of this kind, 0 the history and then in the order of tg_sdde, fails once it
 * has been called `left` times. */
typedef struct fuse {
    int kind, left;
} fuse;

static tg_status
burn(void *context, int kind)
{
    fuse *p = context;

    if (p->kind != kind || p->left-- != 0) return TG_OK;
    return tg_fail(TG_EINPUT, "callback %d gave up", kind);
}

static tg_status
fused_history(double t, double *x, void *context)
{
    TG_TRY(burn(context, 0));
    return one(t, x, context);
}

#define FUSED(name, kind, value)                                                           \
    static tg_status name(size_t count, double t, const double *x, const double *past,     \
                          double *out, void *context)                                      \
    {                                                                                      \
        (void)t, (void)x, (void)past;                                                      \
        TG_TRY(burn(context, kind));                                                       \
        for (size_t k = 0; k < count; k++) out[k] = value;                                 \
        return TG_OK;                                                                      \
    }

FUSED(fused_drift, 1, -past[k])
FUSED(fused_diffusion, 2, .5 * past[k] + .2 * x[k])
FUSED(fused_slope, 3, .2)
FUSED(fused_lagged_slope, 4, .5)

enum { ROWS = 5, KEEP = 3 };

/* Every callback of every method, failing at calls throughout the run and its blocks: the
 * message is the callback's, and results are as before. A distributed delay asks for the
 * history on its way. */
static void
test_a_callback_fails(void **state)
{
    fuse      f = { 0, 0 };
    tg_delay *d = NULL;
    tg_sdde   eq = { .dim = 1,
                     .delays = 1,
                     .noises = 1,
                     .diagonal = 1,
                     .tau = &half,
                     .drift = fused_drift,
                     .diffusion = fused_diffusion,
                     .slope = fused_slope,
                     .lagged_slope = fused_lagged_slope,
                     .history = fused_history,
                     .context = &f };

    (void)state;
    assert_ok(tg_delay_parse("{law: pareto, shape: 2.5, mean: 0.5}", &d));
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++)
        for (int law = 0; law < 2; law++)
            for (f.kind = 0; f.kind < 5; f.kind++) {
                const int unused = f.kind >= 3 && !(*m)->diagonal_only;
                int       failed = 0;
                eq.law = d;
                eq.meaning = law ? TG_DELAY_DISTRIBUTED : TG_DELAY_CONSTANT;
                eq.lagged_slope = law ? NULL : fused_lagged_slope;
                for (int k = 0;; k += 1 + k / 3) {
                    const tg_sdde_run r = { .eq = &eq,
                                            .method = *m,
                                            .paths = 300,
                                            .keep = KEEP,
                                            .steps = 40,
                                            .every = 10,
                                            .dt = .025,
                                            .threads = 1 };
                    tg_stats          s[ROWS], before[ROWS];
                    double            kept[KEEP * ROWS], old[KEEP * ROWS];
                    memset(s, 7, sizeof s);
                    memset(kept, 7, sizeof kept);
                    memcpy(before, s, sizeof s);
                    memcpy(old, kept, sizeof kept);
                    f.left = k;
                    if (tg_sdde_solve(&r, s, kept) == TG_OK) break;
                    assert_non_null(strstr(tg_message(), "gave up"));
                    assert_memory_equal(s, before, sizeof s);
                    assert_memory_equal(kept, old, sizeof kept);
                    failed++;
                }
                assert_true(unused || (law && f.kind == 4) ? failed == 0 : failed > 5);
            }
    tg_delay_free(d);
}

static tg_status
not_a_number(size_t count, double t, const double *x, const double *past, double *out,
             void *context)
{
    (void)feedback(count, t, x, past, out, context);
    if (t > .2) out[5] = NAN;
    return TG_OK;
}

static void
test_bad_input(void **state)
{
    tg_sdde     eq = feedback_equation(&half);
    tg_sdde_run r = { .eq = &eq,
                      .method = tg_sdde_method_find("rk"),
                      .paths = 300,
                      .steps = 40,
                      .every = 10,
                      .dt = .025,
                      .threads = 1 };
    tg_stats    s[5] = { { 7, 7, 7 } };

    (void)state;
    eq.drift = not_a_number;
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDIVERGED,
                 "component 0 of path 5 left the finite range before t = 0.25");
    eq.drift = feedback;
    r.dt = NAN;
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "step");
    r.dt = 1e-12;
    r.steps = r.every = 1000000000000; /* 5e11 steps to the delay */
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "GiB");
    r.dt = .1;
    r.steps = r.every = 10;
    eq.diagonal = 0;
    r.method = tg_sdde_method_find("milstein");
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "diagonal");
    assert_null(tg_sdde_method_find("leapfrog"));
    assert_true(s[0].n == 7);
}

RUN(cmocka_unit_test(test_a_callback_fails), cmocka_unit_test(test_bad_input))
