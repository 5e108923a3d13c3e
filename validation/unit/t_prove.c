/* Proved verdicts on both sides of known thresholds, and none on the threshold itself. */
#include "roots/prove.h"
#include "roots/threshold.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_both_sides(void **state)
{
    static const char *const laws[] = {
        "{law: constant, value: 1}",
        "{law: uniform, min: 0.5, max: 1.5}",
        "{law: gamma, shape: 2.5, mean: 1}",
        "{law: erlang, stages: 4, mean: 2}",
        "{law: shifted_exponential, shift: 0.5, mean: 0.5}",
        "{sum: [{law: hyperexponential, weights: [1, 3], means: [1, 0.2]}, {law: constant, "
        "value: 1}]}",
        "{mixture: [{weight: 0.9, law: constant, value: 1}, {weight: 0.1, law: "
        "exponential, mean: 3}]}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        tg_delay *d = NULL;
        tg_proof  p;
        if (tg_delay_parse(laws[i], &d) != TG_OK) fail_msg("%s", tg_message());
        tg_loop      l = { .delay = d };
        tg_threshold t;
        assert_int_equal(tg_loop_threshold(&l, &t), TG_OK);
        l.a = t.a * (1 - 1e-6);
        if (tg_loop_prove(&l, &p) == TG_EINPUT) skip(); /* built without Arb */
        if (p.verdict != TG_PROVED_STABLE)
            fail_msg("%s below: %d", laws[i], (int)p.verdict);
        l.a = t.a * (1 + 1e-6);
        assert_int_equal(tg_loop_prove(&l, &p), TG_OK);
        if (p.verdict != TG_PROVED_UNSTABLE || p.unstable != 2)
            fail_msg("%s above: %d, %zu", laws[i], (int)p.verdict, p.unstable);
        assert_true(creal(p.root) - p.radius > 0 && p.radius < 1e-6);
        tg_delay_free(d);
    }
}

/* The proof is of the loop that was asked about: it turns where the threshold of that is. */
static void
test_filters_turn_at_their_thresholds(void **state)
{
    const char *const filters[] = { "fedbuff", "heavy_ball", "nesterov" };
    tg_delay         *d = NULL;

    (void)state;
    assert_int_equal(tg_delay_parse("{law: uniform, min: 0.5, max: 1.5}", &d), TG_OK);
    for (int i = 0; i < 3; i++) {
        tg_loop      l = { .delay = d,
                           .filter = tg_filter_find(filters[i]),
                           .lambda = 3,
                           .param = i ? 0.7 : 4 };
        tg_threshold t;
        tg_proof     p;
        assert_int_equal(tg_loop_threshold(&l, &t), TG_OK);
        l.a = t.a * (1 - 1e-5);
        if (tg_loop_prove(&l, &p) == TG_EINPUT) skip();
        assert_int_equal(p.verdict, TG_PROVED_STABLE);
        l.a = t.a * (1 + 1e-5);
        assert_int_equal(tg_loop_prove(&l, &p), TG_OK);
        assert_int_equal(p.verdict, TG_PROVED_UNSTABLE);
        assert_int_equal(p.unstable, 2);
    }
    tg_delay_free(d);
}

static void
test_filters_and_refusals(void **state)
{
    (void)state;
    tg_delay *d = NULL, *e = NULL;
    tg_proof  p;

    assert_int_equal(tg_delay_parse("{law: constant, value: 1}", &d), TG_OK);
    assert_int_equal(tg_delay_parse("{law: lognormal, mean: 1, cv: 1}", &e), TG_OK);
    const char *const filters[] = { "fedbuff", "heavy_ball", "nesterov" };
    for (int i = 0; i < 3; i++) {
        tg_loop l = { .a = 0.2,
                      .delay = d,
                      .filter = tg_filter_find(filters[i]),
                      .lambda = 20,
                      .param = i ? 0.5 : 4 };
        if (tg_loop_prove(&l, &p) == TG_EINPUT) skip();
        assert_int_equal(p.verdict, TG_PROVED_STABLE);
        l.a = 5;
        assert_int_equal(tg_loop_prove(&l, &p), TG_OK);
        assert_int_equal(p.verdict, TG_PROVED_UNSTABLE);
    }
    tg_loop l = { .a = 1, .delay = e };
    assert_int_equal(tg_loop_prove(&l, &p), TG_EDOMAIN);
    l = (tg_loop){ .a = 0, .delay = d }; /* a root at 0, on the axis: nothing to prove */
    assert_int_equal(tg_loop_prove(&l, &p), TG_OK);
    assert_int_equal(p.verdict, TG_UNPROVED);
    tg_delay_free(d);
    tg_delay_free(e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_both_sides),
                                        cmocka_unit_test(
                                            test_filters_turn_at_their_thresholds),
                                        cmocka_unit_test(test_filters_and_refusals) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
