/* Moments of a Gaussian gradient whose norm is beyond a threshold: closed forms, identities, quadrature. */
#include "validation/unit/check.h"

#include "asgd/theory/beyond.h"

#include "core/rng.h"

enum { MOST = 5 };
static const double PI = 3.14159265358979323846;

typedef struct moments {
    double share, first[MOST], second[MOST], slope[MOST];
} moments;

static moments
beyond(size_t n, const double *mu, const double *s2, double delta)
{
    moments m;

    tg_beyond(n, mu, s2, delta, &m.share, m.first, m.second, m.slope);
    return m;
}

static double
density(double z)
{
    return exp(-z * z / 2) / sqrt(2 * PI);
}

static double
tail(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

/* One coordinate against Simpson's rule within the threshold. */
static void
test_one(void **state)
{
    enum { N = 4000 };

    (void)state;
    for (double mu = 0; mu < 3; mu += 0.7)
        for (double s = 0.1; s < 2; s *= 2.5)
            for (double delta = 0.2; delta < 4; delta *= 2) {
                const double  s2 = s * s;
                const moments m = beyond(1, &mu, &s2, delta);
                double        share = 1, first = mu, second = mu * mu + s2;
                for (int i = 0; i <= N; i++) {
                    const double g = delta * (2. * i / N - 1);
                    const double w = (i == 0 || i == N ? 1
                                      : i % 2          ? 4
                                                       : 2) *
                                     2 * delta / N / 3 * density((g - mu) / s) / s;
                    share -= w;
                    first -= w * g;
                    second -= w * g * g;
                }
                assert_near(m.share, share, 1e-9);
                assert_near(m.first[0], first, 1e-9 * (1 + mu));
                assert_near(m.second[0], second, 1e-9 * (1 + mu * mu));
            }
}

/* Three of one variance: with d = |mu|/s, P(|g| > r s) = Q(r - d) + Q(r + d) + (f(r - d) - f(r + d))/d, f and Q
 * the normal density and tail. */
static void
test_three_alike(void **state)
{
    (void)state;
    for (double d = 0.1; d < 30; d *= 2.3)
        for (double r = 0.3; r < d + 5; r *= 1.7) {
            const double s = 0.2, mu[3] = { 0.6 * d * s, 0, -0.8 * d * s };
            const double s2[3] = { s * s, s * s, s * s };
            const double exact =
                tail(r - d) + tail(r + d) + (density(r - d) - density(r + d)) / d;
            assert_near(beyond(3, mu, s2, r * s).share, exact, 1e-9);
        }
}

/* The same where it is rare, to its own size: two, Rayleigh. */
static void
test_rare(void **state)
{
    const double mu[2] = { 0, 0 }, s2[2] = { 1, 1 };

    (void)state;
    for (double r = 1; r < 8; r += 0.5) {
        const moments m = beyond(2, mu, s2, r);
        const double  share = exp(-r * r / 2);
        assert_near(m.share, share, 1e-9 * share);
        assert_near(m.second[0], share * (1 + r * r / 2), 1e-8 * share * r * r);
        assert_near(m.slope[1], share * (1 + r * r / 2), 1e-8 * share * r * r);
    }
}

static double
uniform(tg_rng *g, double low, double high)
{
    return low + (high - low) * tg_rng_uniform(g);
}

/* Of any means and variances: Stein's identity, the derivative of the share and of first moments, and what is
 * without a threshold. */
static void
test_identities(void **state)
{
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, 2);

    (void)state;
    for (int k = 0; k < 300; k++) {
        const size_t n = 1 + (size_t)(uniform(&g, 0, MOST) * 0.999);
        double       mu[MOST], s2[MOST], all = 0;
        for (size_t j = 0; j < n; j++) {
            mu[j] = uniform(&g, -2, 2);
            s2[j] = exp(uniform(&g, -5, 1));
            all += mu[j] * mu[j] + s2[j];
        }
        const double  delta = sqrt(all) * uniform(&g, 0.3, 1.6), d = 1e-4;
        const moments m = beyond(n, mu, s2, delta);
        assert_true(m.share > -1e-12 && m.share < 1 + 1e-12);
        for (size_t j = 0; j < n; j++) {
            assert_near(m.second[j] - mu[j] * m.first[j], s2[j] * m.slope[j], 2e-9 * all);
            const double at = mu[j];
            mu[j] = at + d * sqrt(s2[j]);
            const moments more = beyond(n, mu, s2, delta);
            mu[j] = at - d * sqrt(s2[j]);
            const moments less = beyond(n, mu, s2, delta);
            mu[j] = at;
            const double apart = 2 * d * sqrt(s2[j]);
            assert_near((more.share - less.share) / apart * s2[j],
                        m.first[j] - at * m.share, 1e-6 * sqrt(all));
            assert_near((more.first[j] - less.first[j]) / apart, m.slope[j],
                        1e-5 * (1 + all / s2[j]));
        }
        const moments whole = beyond(n, mu, s2, 0);
        assert_near(whole.share, 1, 0);
        assert_near(whole.second[0], mu[0] * mu[0] + s2[0], 0);
    }
}

/* Two of unlike variances, by their angle: within delta is an integral over the circle's radius. */
static void
test_two_unlike(void **state)
{
    enum { N = 400 };
    const double mu[2] = { 0.7, -0.2 }, s2[2] = { 0.09, 0.64 }, delta = 1;
    double       share = 1, first = mu[0];

    (void)state;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            const double r = delta * (i + 0.5) / N, a = 2 * PI * j / N;
            const double x = r * cos(a), y = r * sin(a);
            const double w = density((x - mu[0]) / 0.3) / 0.3 * density((y - mu[1]) / 0.8) /
                             0.8 * r * delta / N * 2 * PI / N;
            share -= w;
            first -= w * x;
        }
    const moments m = beyond(2, mu, s2, delta);
    assert_near(m.share, share, 1e-5);
    assert_near(m.first[0], first, 1e-5);
    /* another variance is seen */
    const double other[2] = { 0.09, 0.7 };
    assert_true(fabs(beyond(2, mu, other, delta).share - share) > 1e-3);
}

/* Without variance: one side or the other. */
static void
test_none(void **state)
{
    const double mu[2] = { 3, 4 }, s2[2] = { 0, 0 };

    (void)state;
    assert_near(beyond(2, mu, s2, 4.9).first[1], 4, 0);
    assert_near(beyond(2, mu, s2, 5.1).share, 0, 0);
    assert_near(beyond(2, mu, s2, 4.9).slope[0], 1, 0);
}

RUN(cmocka_unit_test(test_one), cmocka_unit_test(test_three_alike),
    cmocka_unit_test(test_rare), cmocka_unit_test(test_identities),
    cmocka_unit_test(test_two_unlike), cmocka_unit_test(test_none))
