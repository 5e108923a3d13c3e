/* Every filter: F' by differences, F(0), phi F, the noise at zero frequency, poles. */
#include "core/loop.h"

#include "validation/unit/one_law.h"

#include <string.h>

static const double of_workers[] = { 0.75, 0.25 };

static tg_loop
loop_with(const tg_filter *f, const tg_delay *d, const tg_delay *kept,
          const tg_delay *const group[2])
{
    return (tg_loop){ .a = 1.3,
                      .b = 0.2,
                      .delay = d,
                      .filter = f,
                      .lambda = 10,
                      .param = strcmp(f->name, "fedbuff") ? 0.6 : 5,
                      .kept = kept,
                      .share = 0.8,
                      .power = 0.8,
                      .group = group,
                      .of_workers = of_workers,
                      .groups = 2 };
}

static void
test_values_and_derivatives(void **state)
{
    static const double complex s[] = { 1e-7,  1e-5 + 1e-5 * I, 1e-3 * I,  0.3 - 0.2 * I,
                                        2 * I, -0.5 + I,        4 + 20 * I };
    (void)state;
    tg_delay *d = make("{law: gamma, shape: 4, mean: 1}");
    tg_delay *kept = make("{law: gamma, shape: 4, mean: 1, at_most: 1.5}");

    for (const tg_filter *const *f = tg_filters; *f; f++) {
        const tg_loop l = loop_with(*f, d, kept, (const tg_delay *[]){ d, kept });
        assert_int_equal(tg_loop_check(&l), TG_OK);
        for (size_t k = 0; k < sizeof s / sizeof *s; k++) {
            const double         h = 1e-3;
            double complex       slope, phi, dphi, gain, dgain;
            const double complex value = tg_loop_value(&l, s[k], &slope);
            const double complex real =
                (tg_loop_value(&l, s[k] + h, NULL) - tg_loop_value(&l, s[k] - h, NULL)) /
                (2 * h);
            const double complex imag = (tg_loop_value(&l, s[k] + I * h, NULL) -
                                         tg_loop_value(&l, s[k] - I * h, NULL)) /
                                        (2 * I * h);
            near_complex((*f)->name, slope, (real + imag) / 2, 3e-8);
            near_complex((*f)->name, tg_loop_value(&l, s[k], NULL), value, 0);
            phi = tg_delay_laplace(d, s[k], &dphi);
            gain = (*f)->gain(&l, s[k], phi, dphi, &dgain);
            near_complex((*f)->name, s[k] + l.b + l.a * phi * gain, value,
                         1e-12 * (1 + cabs(value)));
            near_complex((*f)->name, 1 + l.a * (dphi * gain + phi * dgain), slope, 1e-7);
        }
    }
    tg_delay_free(kept);
    tg_delay_free(d);
}

/* A filter passes a constant gradient once (momentum: 1/(1 - beta) times; drop: its share).
 */
static void
test_gain_at_zero(void **state)
{
    (void)state;
    tg_delay *d = make("{law: lognormal, mean: 2, cv: 0.5}");
    tg_delay *kept = make("{law: lognormal, mean: 2, cv: 0.5, at_most: 3}");

    for (const tg_filter *const *f = tg_filters; *f; f++) {
        const tg_loop l = loop_with(*f, d, kept, (const tg_delay *[]){ d, kept });
        const double  want = (*f)->pole ? 1 / (1 - l.param) : (*f)->phi_power ? 1 : l.share;
        near_complex((*f)->name, (tg_loop_value(&l, 0, NULL) - l.b) / l.a, want, 1e-14);
    }
    tg_delay_free(kept);
    tg_delay_free(d);
}

/* Groups of one and the same law are no groups. */
static void
test_equal_groups(void **state)
{
    tg_delay *d = make("{law: gamma, shape: 2.5, mean: 2}");

    (void)state;
    tg_loop l = loop_with(tg_filter_find("dude"), d, d, (const tg_delay *[]){ d, d });
    for (double w = 1e-4; w < 100; w *= 3) {
        double complex slope[2], value[2];
        double         noise[2];
        for (int i = 0; i < 2; i++) {
            l.filter = tg_filter_find(i ? "dude_groups" : "dude");
            value[i] = tg_loop_value(&l, w * I, &slope[i]);
            noise[i] = tg_loop_noise(&l, w);
        }
        near_complex("value", value[1], value[0], 1e-13);
        near_complex("slope", slope[1], slope[0], 1e-13);
        near_complex("noise", noise[1], noise[0], 1e-13);
    }
    tg_delay_free(d);
}

/* DuDe-ASGD over many decades, against the exponential law, where F = 1/(1 + m s). */
static void
test_dude_near_zero(void **state)
{
    (void)state;
    tg_delay     *d = make("{law: exponential, mean: 0.7}");
    const tg_loop l = { .a = 1, .delay = d, .filter = tg_filter_find("dude") };

    for (double r = 1e-12; r < 1e3; r *= 3) {
        const double complex s = r * cexp(1.2 * I);
        double complex       dphi, slope;
        const double complex phi = tg_delay_laplace(d, s, &dphi);
        const double complex gain = l.filter->gain(&l, s, phi, dphi, &slope);
        const double complex want = 1 / (1 + 0.7 * s);
        near_complex("F", gain, want, 3e-12 * cabs(want));
        near_complex("F'", slope, -0.7 * want * want, 1e-7 * cabs(want));
    }
    tg_delay_free(d);
}

static void
test_noise(void **state)
{
    (void)state;
    tg_delay *d = make("{law: gamma, shape: 4, mean: 1}");

    for (const tg_filter *const *f = tg_filters; *f; f++) {
        const tg_loop l = loop_with(*f, d, d, (const tg_delay *[]){ d, d });
        near_complex((*f)->name, tg_loop_noise(&l, 3), tg_loop_noise(&l, -3), 1e-15);
        near_complex((*f)->name, tg_loop_noise(&l, 1e-9), tg_loop_noise(&l, 1e-3), 1e-4);
    }
    const tg_loop dude = loop_with(tg_filter_find("dude"), d, NULL, NULL);
    near_complex("1 + CV^2", tg_loop_noise(&dude, 0), 1.25, 1e-15);
    tg_delay_free(d);
}

static void
test_poles(void **state)
{
    (void)state;
    tg_delay     *d = make("{law: erlang, stages: 3, mean: 1.5}");
    tg_delay_pole pole[4];
    tg_loop       l = loop_with(tg_filter_find("dude"), d, NULL, NULL);

    assert_int_equal(tg_loop_poles(&l, pole, 4), 1);
    assert_true(pole[0].at == -2 && pole[0].order == 6);
    l.filter = tg_filter_find("heavy_ball");
    assert_int_equal(tg_loop_poles(&l, pole, 4), 2);
    near_complex("momentum", pole[1].at, -0.4 * 10 / 0.6, 1e-14);
    tg_delay_free(d);
}

static void
test_bad_loops(void **state)
{
    (void)state;
    tg_delay *d = make("{law: constant, value: 1}");
    tg_loop   l = { .a = 1, .delay = d };

    assert_int_equal(tg_loop_check(&l), TG_OK);
    assert_null(tg_filter_find("nosuch"));
    l.a = NAN;
    assert_int_equal(tg_loop_check(&l), TG_EDOMAIN);
    l = (tg_loop){ .a = 1 };
    assert_int_equal(tg_loop_check(&l), TG_EDOMAIN);
    l = (tg_loop){
        .a = 1, .delay = d, .filter = tg_filter_find("fedbuff"), .param = 0.5, .lambda = 1
    };
    assert_int_equal(tg_loop_check(&l), TG_EDOMAIN);
    l = (tg_loop){
        .a = 1, .delay = d, .filter = tg_filter_find("heavy_ball"), .param = 1, .lambda = 1
    };
    assert_int_equal(tg_loop_check(&l), TG_EDOMAIN);
    l.param = 0.5;
    l.lambda = NAN;
    assert_int_equal(tg_loop_check(&l), TG_EDOMAIN);
    l = (tg_loop){ .a = 1, .delay = d, .filter = tg_filter_find("drop") };
    assert_int_equal(tg_loop_check(&l), TG_EDOMAIN);
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_derivatives),
        cmocka_unit_test(test_gain_at_zero),
        cmocka_unit_test(test_equal_groups),
        cmocka_unit_test(test_dude_near_zero),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_poles),
        cmocka_unit_test(test_bad_loops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
