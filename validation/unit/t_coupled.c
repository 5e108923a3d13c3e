#include "solver/coupled.h"

#include "validation/unit/check.h"

/* The definition: v = K v + k, K_ij = g^2 I_i (d_ij h_i^2 (1 + 1/B) + h_i h_j / B). */
static void
test_solves_its_equation(void **state)
{
    const double     h[] = { 1, .5, .2, .1 }, energy[] = { 2, 3, 4, 7 };
    const tg_coupled p = { 4, h, energy, .03, 4, .7 };
    double           radius = NAN, v[4], floor = NAN, loss = 0;

    (void)state;
    assert_ok(tg_coupled_floor(&p, &radius, v, &floor));
    for (size_t i = 0; i < 4; i++) {
        double right = p.gain * energy[i] * p.label * h[i] / p.batch;
        for (size_t j = 0; j < 4; j++)
            right += p.gain * energy[i] * h[i] * h[j] *
                     ((i == j) * (1 + 1 / p.batch) + 1 / p.batch) * v[j];
        assert_near(v[i], right, 1e-16);
        loss += h[i] * v[i] / 2;
    }
    assert_near(floor, loss, 1e-16);
    assert_true(radius > 0 && radius < 1);
}

/* The power method on K itself. */
static void
test_spectral_radius(void **state)
{
    const double     h[] = { 1, .8, .3 }, energy[] = { 2, 5, 4 };
    const tg_coupled p = { 3, h, energy, .1, 2, 1 };
    double           radius = NAN, x[3] = { 1, 1, 1 }, y[3], size = 0;

    (void)state;
    for (int step = 0; step < 500; step++) {
        size = 0;
        for (size_t i = 0; i < 3; i++) {
            y[i] = 0;
            for (size_t j = 0; j < 3; j++)
                y[i] += p.gain * energy[i] * h[i] * h[j] * ((i == j) * 1.5 + .5) * x[j];
            size = fmax(size, y[i]);
        }
        for (size_t i = 0; i < 3; i++) x[i] = y[i] / size;
    }
    assert_ok(tg_coupled_floor(&p, &radius, NULL, NULL));
    assert_near(radius, size, 1e-13);
}

/* One mode: V = q I / (1 - c I) with c = g^2 h^2 (1 + 2/B), q = g^2 s^2 h / B. At c I >= 1,
 * inf. */
static void
test_one_mode(void **state)
{
    const double h = .9, energy = 2;
    tg_coupled   p = { 1, &h, &energy, .2, 8, .5 };
    double       radius = NAN, v = NAN;

    (void)state;
    assert_ok(tg_coupled_floor(&p, &radius, &v, NULL));
    assert_near(radius, .2 * .81 * 1.25 * 2, 1e-15);
    assert_near(v, .2 * .5 * .9 / 8 * 2 / (1 - radius), 1e-15);
    p.gain = 3;
    assert_ok(tg_coupled_floor(&p, &radius, &v, NULL));
    assert_true(radius > 1 && isinf(v));
    p.batch = NAN;
    assert_fails(tg_coupled_floor(&p, &radius, &v, NULL), TG_EDOMAIN, "batch");
}

RUN(cmocka_unit_test(test_solves_its_equation), cmocka_unit_test(test_spectral_radius),
    cmocka_unit_test(test_one_mode))
