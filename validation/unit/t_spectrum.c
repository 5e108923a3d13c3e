#include "validation/unit/check.h"

#include "core/spectrum.h"

static void
test_ends_and_order(void **state)
{
    (void)state;
    for (const tg_spectrum_kind *const *k = tg_spectrum_kinds; *k; k++) {
        const tg_spectrum s = { 500, 3, 0.03, 1.5, 0.4 };
        double            h[500];
        assert_ok(tg_spectrum_fill((*k)->name, &s, h));
        assert_true(h[0] <= 3 && h[499] > 0);
        for (int i = 1; i < 500; i++) assert_true(h[i] < h[i - 1]);
    }
}

/* h_i = largest i^-decay, at squares by hand; evenly spread quantiles of the uniform law. */
static void
test_power_and_uniform(void **state)
{
    double h[100], sum = 0;

    (void)state;
    assert_ok(tg_spectrum_fill("power", &(tg_spectrum){ 100, 3, .01, 1.5, .5 }, h));
    assert_near(h[0], 3, 0);
    assert_near(h[3], 3. / 8, 1e-15);
    assert_near(h[24], 3. / 125, 1e-16);
    assert_near(h[99], 3. / 1000, 1e-17);
    assert_ok(tg_spectrum_fill("power", &(tg_spectrum){ 100, 3, .01, 0, .5 }, h));
    for (int i = 0; i < 100; i++) assert_near(h[i], 3, 0);
    assert_ok(tg_spectrum_fill("uniform", &(tg_spectrum){ 100, 3, .5, 1, .5 }, h));
    for (int i = 0; i < 100; i++) {
        assert_near(h[i], 3 - .025 * (i + .5), 1e-14);
        sum += h[i];
    }
    assert_near(sum / 100, 1.75, 1e-14);
}

static void
test_geometric_condition(void **state)
{
    double h[7];

    (void)state;
    assert_ok(tg_spectrum_fill("geometric", &(tg_spectrum){ 7, 2, 0.002, 1, 0.5 }, h));
    assert_near(h[0] / h[6], 1000, 1e-9);
    assert_near(h[3] * h[3], h[2] * h[4], 1e-12);
    assert_near(h[0], 2, 0);
    assert_near(h[2], .2, 1e-15);
}

/* Marchenko-Pastur has mean 1 and second moment 1 + r; here scaled so that its edge is 1.
 */
static void
test_marchenko_pastur_moments(void **state)
{
    enum { N = 2000 };
    static double h[N];
    const double  r = 0.3, top = (1 + sqrt(r)) * (1 + sqrt(r));
    double        mean = 0, square = 0;

    (void)state;
    assert_ok(tg_spectrum_fill("marchenko_pastur", &(tg_spectrum){ N, 1, 0.01, 1, r }, h));
    for (int i = 0; i < N; i++) {
        mean += h[i] * top / N;
        square += h[i] * h[i] * top * top / N;
    }
    assert_near(mean, 1, 1e-4);
    assert_near(square, 1 + r, 1e-3);
}

static void
test_bad_spectra(void **state)
{
    double h[3] = { 7, 7, 7 };

    (void)state;
    assert_fails(tg_spectrum_fill("flat", &(tg_spectrum){ 3, 1, .1, 1, .5 }, h), TG_EINPUT,
                 "unknown spectrum");
    assert_fails(tg_spectrum_fill("power", &(tg_spectrum){ 3, 1, 2, 1, .5 }, h), TG_EDOMAIN,
                 "smallest <= largest");
    assert_fails(tg_spectrum_fill("power", &(tg_spectrum){ 3, 1, NAN, 1, .5 }, h),
                 TG_EDOMAIN, "got nan");
    assert_fails(tg_spectrum_fill("power", &(tg_spectrum){ 3, 1, .1, 1, 2 }, h), TG_EDOMAIN,
                 "ratio");
    assert_true(h[0] == 7);
}

RUN(cmocka_unit_test(test_ends_and_order), cmocka_unit_test(test_power_and_uniform),
    cmocka_unit_test(test_geometric_condition),
    cmocka_unit_test(test_marchenko_pastur_moments), cmocka_unit_test(test_bad_spectra))
