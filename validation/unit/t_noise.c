/* Weights of a delay's law on a grid, by their generating function: of third order for every law. */
#include "validation/unit/check.h"

#include "solver/noise.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

/* At the ring's points, which are close to the unit circle, zeta = exp(-s dt) of an s of
 * size 1/mean: how far phi is off there, relative to |s dt|^power. */
static double
missed(const char *law, double dt, double power, double mean)
{
    tg_delay *d = NULL;
    tg_ring  *ring = NULL;
    double    most = 0;

    assert_ok(tg_delay_parse(law, &d));
    assert_ok(tg_ring_create((size_t)lround(400 / dt), 1, &ring));
    const tg_loop   l = { .a = 1, .delay = d };
    double complex *weight = calloc(ring->points, sizeof *weight);
    assert_non_null(weight);
    assert_ok(tg_noise_weights(&l, dt, ring, weight));
    for (size_t k = 0; k < ring->points; k++) {
        const double complex s = -clog(tg_ring_point(ring, k)) / dt;
        if (cabs(s) > 1 / mean || cabs(s) < .1 / mean) continue;
        const double off = cabs(weight[k] - tg_delay_laplace(d, s, NULL));
        most = fmax(most, off / pow(cabs(s) * dt, power));
    }
    free(weight);
    tg_ring_free(ring);
    tg_delay_free(d);
    return most;
}

/* |(t+1) t (t-1) (t-2)|/24 <= 3/128 of the fourth difference. */
static void
test_constant_delays(void **state)
{
    static const double part[] = { 0, .1, .37, .5, .81, .99 };

    (void)state;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        char law[80];
        snprintf(law, sizeof law, "{law: constant, value: %.17g}", (3 + part[i]) * .25);
        const double most = missed(law, .25, 4, 1);
        if (!(most < 1.1 * 3 / 128)) fail_msg("%s: %g", law, most);
        assert_true(part[i] == 0 || most > 1e-4);
    }
}

static void
test_orders(void **state)
{
    static const char *const law[] = { "{law: gamma, shape: 4, mean: 1}",
                                       "{law: uniform, min: .2, max: 1.8}",
                                       "{law: lognormal, mean: 1, cv: .5}" };

    (void)state;
    for (size_t i = 0; i < sizeof law / sizeof *law; i++) {
        const double rough = missed(law[i], .1, 0, 1), fine = missed(law[i], .05, 0, 1);
        const double order = log2(rough / fine);
        if (!(order > 2.8 && order < 4.2)) fail_msg("%s: order %g", law[i], order);
    }
}

RUN(cmocka_unit_test(test_constant_delays), cmocka_unit_test(test_orders))
