#include "validation/unit/check.h"

#include "core/delay.h"
#include "validation/unit/laws.h"

static void
same_law(const tg_delay *d, double c)
{
    tg_delay *scaled = NULL;

    assert_ok(tg_delay_scaled(d, c, &scaled));
    assert_near(tg_delay_mean(scaled), c * tg_delay_mean(d), 1e-12 * c);
    assert_near(tg_delay_cv(scaled), tg_delay_cv(d), 1e-11);
    assert_string_equal(tg_delay_name(scaled), tg_delay_name(d));
    for (double p = .05; p < 1; p += .1) {
        const double t = tg_delay_quantile(d, p);
        assert_near(tg_delay_quantile(scaled, p), c * t, 1e-10 * c * t);
        assert_near(tg_delay_cdf(scaled, c * (t + .01)), tg_delay_cdf(d, t + .01), 1e-11);
    }
    const double complex s = .3 + 2 * I, phi = tg_delay_laplace(d, s, NULL),
                         psi = tg_delay_laplace(scaled, s / c, NULL);
    assert_near(cabs(phi - psi), 0, 1e-11);
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, 0), h = g;
    for (int i = 0; i < 20; i++) {
        const double t = tg_delay_sample(d, &g);
        assert_near(tg_delay_sample(scaled, &h), c * t, 1e-9 * c * t);
    }
    tg_delay_free(scaled);
}

/* phi_c(s) = phi(c s), F_c(c t) = F(t), and the same stream gives c times the draw. */
static void
test_every_law(void **state)
{
    const double trace[] = { .2, .9, .4 };
    tg_delay    *d = NULL;

    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        assert_ok(tg_delay_parse(laws[i], &d));
        same_law(d, .37);
        same_law(d, 12);
        tg_delay_free(d);
    }
    assert_ok(tg_delay_empirical(trace, 3, &d));
    same_law(d, 3);
    tg_delay_free(d);
}

static void
test_domain(void **state)
{
    tg_delay *d = NULL, *kept = NULL, *out = NULL;
    double    share;

    (void)state;
    assert_ok(tg_delay_parse(laws[1], &d));
    assert_ok(
        tg_delay_weighed(d, 1, 1, 1, &(tg_weights){ 0, 1, 1, 1 }, &kept, &share, NULL));
    assert_fails(tg_delay_scaled(d, 0, &out), TG_EDOMAIN, "> 0");
    assert_fails(tg_delay_scaled(d, NAN, &out), TG_EDOMAIN, "> 0");
    assert_fails(tg_delay_scaled(d, 1e300, &out), TG_EDOMAIN, "mean");
    assert_fails(tg_delay_scaled(kept, 2, &out), TG_EDOMAIN, "cannot be scaled");
    assert_null(out);
    tg_delay_free(kept);
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_every_law), cmocka_unit_test(test_domain))
