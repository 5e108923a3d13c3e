#include "solver/jump.h"
#include "solver/moments.h"
#include "solver/stationary.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"

/* The jump form against (3), law by law, in mean and second moment along the way; and the
 * diffusion form misses it by the predicted amount, far outside the errors. eta = .2, h =
 * 1, lambda = 5: a = 1, c = .2. */
static void
test_against_the_renewal_equation(void **state)
{
    enum { rows = 5 };

    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = NULL;
        assert_ok(tg_delay_parse(laws[i], &d));
        const tg_jump j = { .eta = .2,
                            .mode = &(tg_jump_mode){ .h = 1, .sigma = 1, .x0 = 1 },
                            .modes = 1,
                            .lambda = 5,
                            .delay = d,
                            .paths = 10000,
                            .interval = 4,
                            .rows = rows,
                            .seed = 1 };
        const tg_mode jump = tg_mode_asgd(.2, 1, 1, 5, d, 1),
                      diffusion = tg_mode_asgd(.2, 1, 1, 5, d, 0);
        tg_stats s[rows];
        double   mean[rows], second[rows], without[rows];
        assert_ok(tg_jump_run(&j, s));
        assert_ok(tg_moments_second(&jump, 1, 16, rows, mean, second));
        assert_ok(tg_moments_second(&diffusion, 1, 16, rows, mean, without));
        for (size_t k = 1; k < rows; k++) {
            const double v = second[k] - mean[k] * mean[k], got = tg_stats_variance(&s[k]);
            const double error =
                v * sqrt(2.6 / s[k].n); /* a little more than normal: kurtosis */
            assert_near(s[k].mean, mean[k], 4 * tg_stats_error(&s[k]));
            assert_near(got, v, 4 * error);
        }
        const double predicted = second[rows - 1] - without[rows - 1];
        assert_true(predicted > 8 * second[rows - 1] * sqrt(2.6 / s[rows - 1].n));
        tg_delay_free(d);
    }
}

/* theory 3.2: constant delay, eta = .02: .0353. */
static void
test_stationary_variance(void **state)
{
    tg_delay *d = NULL;
    double    v = NAN;

    (void)state;
    assert_ok(tg_delay_parse("{law: constant, value: 1}", &d));
    const tg_jump j = { .eta = .02,
                        .mode = &(tg_jump_mode){ .h = 1, .sigma = 1 },
                        .modes = 1,
                        .lambda = 50,
                        .delay = d,
                        .paths = 2000,
                        .interval = 12,
                        .rows = 2,
                        .seed = 5 };
    const tg_mode m = tg_mode_asgd(.02, 1, 1, 50, d, 1);
    tg_stats      s[2];
    assert_ok(tg_jump_run(&j, s));
    assert_ok(tg_stationary_variance(&m, &v));
    assert_near(v, .0353, 5e-5);
    assert_near(tg_stats_variance(&s[1]), v, 4 * v * sqrt(2. / 2000));
    tg_delay_free(d);
}

static void
test_same_bits_for_any_threads(void **state)
{
    tg_delay *d = NULL;
    tg_stats  one[3], two[3];

    (void)state;
    assert_ok(tg_delay_parse("{law: gamma, shape: 2.5, mean: 1}", &d));
    tg_jump j = { .eta = .02,
                  .mode = &(tg_jump_mode){ .h = 1, .sigma = 1 },
                  .modes = 1,
                  .lambda = 50,
                  .delay = d,
                  .paths = 300,
                  .interval = 2,
                  .rows = 3,
                  .seed = 5,
                  .threads = 1 };
    assert_ok(tg_jump_run(&j, one));
    j.threads = 2;
    assert_ok(tg_jump_run(&j, two));
    assert_memory_equal(one, two, sizeof one);
    j.eta = 40;
    j.interval = 1000;
    assert_fails(tg_jump_run(&j, one), TG_EDIVERGED, "finite range");
    tg_jump_mode many[20] = { { 0 } };
    j.mode = many;
    j.modes = 20;
    j.lambda = 4e4;
    assert_fails(tg_jump_run(&j, one), TG_EDOMAIN, "GiB would be needed");
    j.lambda = NAN;
    assert_fails(tg_jump_run(&j, one), TG_EDOMAIN, "arrival rate");
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_against_the_renewal_equation),
    cmocka_unit_test(test_stationary_variance),
    cmocka_unit_test(test_same_bits_for_any_threads))
