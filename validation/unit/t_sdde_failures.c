/* Failures of a general ensemble: what is said, and that nothing is changed. */
#include "validation/unit/check.h"
#include "validation/unit/equations.h"

static const double half = .5;

static tg_status
fails_later(size_t count, double t, const double *x, const double *past, double *out,
            void *context)
{
    int *left = context;

    if ((*left)-- == 0) return tg_fail(TG_EINPUT, "the callback gave up");
    return feedback(count, t, x, past, out, NULL);
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
test_failures(void **state)
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
    int         left = 0;

    (void)state;
    eq.drift = fails_later;
    eq.context = &left;
    for (int calls = 0; calls < 160; calls += 13) { /* 2 a step, 40 steps, 2 blocks */
        left = calls;
        assert_fails(tg_sdde_solve(&r, s, NULL), TG_EINPUT, "gave up");
        assert_true(s[0].n == 7);
    }
    left = 1000;
    assert_ok(tg_sdde_solve(&r, s, NULL));
    eq.drift = not_a_number;
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDIVERGED, "component 0 of path 5");
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
}

RUN(cmocka_unit_test(test_failures))
