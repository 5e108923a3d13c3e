#include "solver/hitting.h"

#include "validation/unit/check.h"

/* The same equation by two schemes with other noise: X, and the loss of two modes. */
static void
test_against_the_fast_path(void **state)
{
    const tg_linear m[] = { { .a = 1, .b = .2, .g = .3, .tau = .5, .x0 = 1 },
                            { .a = .3, .g = .2, .tau = .5, .x0 = -1 } };
    const double    h[] = { 1, .3 }, shift[] = { .1, .2 };

    (void)state;
    for (int loss = 0; loss < 2; loss++) {
        tg_hitting p = { .mode = m,
                         .modes = 2,
                         .h = loss ? h : NULL,
                         .shift = shift,
                         .component = 1,
                         .level = loss ? .05 : -.2,
                         .dt = .01,
                         .horizon = 20,
                         .paths = 20000,
                         .seed = 1 };
        tg_hits    fast, exact;
        assert_ok(tg_hitting_run(&p, NULL, NULL, &fast));
        p.exact = 1;
        p.seed = 2;
        assert_ok(tg_hitting_run(&p, NULL, NULL, &exact));
        assert_near(exact.mean, fast.mean, 4 * hypot(exact.error, fast.error));
    }
}

static void
test_errors(void **state)
{
    const tg_linear  m = { .a = 1, .tau = .5, .x0 = 1 };
    const tg_hitting p = { .mode = &m,
                           .modes = 1,
                           .exact = 1,
                           .level = .2,
                           .dt = .70710678,
                           .horizon = 1,
                           .paths = 1 };
    tg_hits          h;

    (void)state;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDOMAIN, "divides the delay");
}

RUN(cmocka_unit_test(test_against_the_fast_path), cmocka_unit_test(test_errors))
