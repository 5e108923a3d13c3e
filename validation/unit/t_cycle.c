/* Workers of one constant time in turn: closed forms of one and two workers, the stationary equations of
 * more, the simulator's mean, and the limit. */
#include "validation/unit/rules.h"

#include "core/stats.h"
#include "roots/zroots.h"
#include "solver/cycle.h"

#include <complex.h>

static double
variance(size_t workers, double e)
{
    const tg_cycle c = { .workers = workers, .e = e, .v = 1, .time = 1 };
    double         v = NAN;

    assert_ok(tg_cycle_variance(&c, &v));
    return v;
}

/* V = e / (2 - e); with two workers the process is autoregressive of second order. Floors of the
 * reference at noise .1: .0200 (1 worker, e = 1.6), .007346 (2, .7), .01676 (6, .27). */
static void
test_closed_forms(void **state)
{
    (void)state;
    for (double e = .05; e < 1.9; e += .2)
        assert_near(variance(1, e), e / (2 - e), 1e-11 * e / (2 - e));
    for (double e = .05; e < .95; e += .1) {
        const double exact = (1 + e) * e * e / ((1 - e) * ((1 + e) * (1 + e) - 1));
        assert_near(variance(2, e), exact, 1e-11 * exact);
    }
    assert_near(.005 * variance(1, 1.6), .0200, 5e-5);
    assert_near(.005 * variance(2, .7), .007346, 5e-7);
    assert_near(.005 * variance(6, .27), .01676, 5e-6);
    assert_true(fabs(.005 * variance(5, .27) - .01676) > 1e-3);
}

/* gamma_j = E x_k x_{k-j} of P = 4 obeys gamma_j = gamma_{j-1} - e gamma_{|j-4|} and the balance of
 * x_{k+1}^2: both hold for sums over a long run of the impulse response. */
static void
test_stationary_equations(void **state)
{
    enum { P = 4, N = 4000 };
    const double  e = .3;
    static double psi[N + 1];
    double        gamma[P + 1] = { 0 };

    (void)state;
    psi[0] = 1;
    for (int k = 0; k < N; k++) psi[k + 1] = psi[k] - (k >= P - 1 ? e * psi[k - P + 1] : 0);
    for (int j = 0; j <= P; j++)
        for (int k = j; k <= N; k++) gamma[j] += e * e * psi[k] * psi[k - j];
    assert_near(variance(P, e), gamma[0], 1e-12 * gamma[0]);
    for (int j = 1; j <= P; j++)
        assert_near(gamma[j], gamma[j - 1] - e * gamma[P - j], 1e-12 * gamma[0]);
}

/* e at the limit has a zero on the circle; below all are inside, above one is not. */
static void
test_limit(void **state)
{
    (void)state;
    assert_near(tg_cycle_limit(1, false), 2, 1e-15);
    assert_near(tg_cycle_limit(2, false), 1, 1e-15);
    assert_near(tg_cycle_limit(3, false), (sqrt(5) - 1) / 2, 1e-15);
    for (size_t n = 2; n <= 40; n += 7) {
        double always[64] = { 0 }, radius;
        always[n - 1] = 1;
        for (int side = -1; side <= 1; side++) {
            const tg_clock c = { .step = tg_cycle_limit(n, false) * (1 + 1e-6 * side),
                                 .staleness = always,
                                 .count = n };
            assert_ok(tg_zroots_radius(&c, &radius));
            if (side)
                assert_true((radius - 1) * side > 0);
            else
                assert_near(radius, 1, 1e-12);
        }
    }
    const tg_cycle over = { .workers = 3, .e = .62, .v = 1, .time = 1 };
    double         v;
    assert_fails(tg_cycle_variance(&over, &v), TG_EDOMAIN, "3 workers do not settle");
}

/* DuDe-ASGD: V is that of a long run of x' = x - (e/P) sum of the slots from one unit of noise, written
 * out by slots; the limit has a zero on the circle, e^{iw}. */
static void
test_slots(void **state)
{
    enum { P = 5, N = 3000 };
    const double   e = .15, w = acos(-1) / (3 * P - 2);
    double         slot[P] = { 1 }, read[P] = { 0 }, x = 0, sum = 0, v;
    const tg_cycle c = { .workers = P, .e = e, .v = 1, .time = 1, .dude = true };

    (void)state;
    for (int k = 0; k < N; k++) { /* worker k mod P delivers; the first one noise alone */
        slot[k % P] = k ? read[k % P] : 1;
        for (int i = 0; i < P; i++) x -= e / P * slot[i];
        read[k % P] = x;
        sum += x * x;
        if (k == 0)
            for (int i = 1; i < P; i++) slot[i] = 0;
    }
    assert_ok(tg_cycle_variance(&c, &v));
    assert_near(v, sum, 1e-12 * sum);
    const double         limit = tg_cycle_limit(P, true);
    const double complex z = cexp(I * w);
    double complex       f = z - 1;
    for (int i = 0; i < P; i++) f += limit / P * cpow(z, -(P - 1 + i));
    assert_near(cabs(f), 0, 1e-13);
    assert_near(tg_cycle_limit(2, true) * 2, 1.656854249492380, 1e-12);
}

/* The moments at times between the turns against the event simulator, of either rule, from any
 * phases and begun together. */
static void
check_transient(const tg_rule_kind *rule, bool together)
{
    enum { P = 3, TIMES = 7, REPLICAS = 8000 };
    const double h = 2, start = 1, sigma = .8, step = .2, dt = .7;
    double       mean[TIMES], second[TIMES], one[3] = { 1, 1, 1 };
    tg_delay    *law = NULL;
    tg_cluster  *c = NULL;
    tg_problem  *p = NULL;
    size_t       count = P;
    tg_stats     x[TIMES] = { { 0 } }, square[TIMES] = { { 0 } };

    assert_ok(tg_delay_create("constant", one, &law));
    assert_ok(tg_cluster_create(1, &count, &law, together, &c));
    assert_ok(tg_problem_quadratic(1, &h, &start, &sigma, P, NULL, &p));
    const tg_cycle k = { .workers = P,
                         .e = step * h,
                         .v = sigma * sigma / (h * h),
                         .start = start,
                         .time = 1,
                         .dude = rule == &tg_rule_dude,
                         .together = together };
    assert_ok(tg_cycle_transient(&k, dt, TIMES, mean, second));
    const tg_setup u = tg_setup_of(p, c, tg_rule(rule), step, 9);
    for (uint64_t r = 0; r < REPLICAS; r++) {
        tg_sim *s = simulation(&u, r);
        for (int i = 0; i < TIMES; i++) {
            while (tg_sim_next(s) <= dt * i) advance(s);
            tg_stats_add(&x[i], *tg_sim_model(s));
            tg_stats_add(&square[i], *tg_sim_model(s) * *tg_sim_model(s));
        }
        tg_sim_free(s);
    }
    for (int i = 0; i < TIMES; i++) {
        assert_near(x[i].mean, mean[i], 4 * tg_stats_error(&x[i]) + 1e-12);
        assert_near(square[i].mean, second[i], 4 * tg_stats_error(&square[i]) + 1e-12);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
    tg_delay_free(law);
}

static void
test_transient(void **state)
{
    (void)state;
    for (int together = 0; together < 2; together++) {
        check_transient(&tg_rule_asgd, together);
        check_transient(&tg_rule_dude, together);
    }
}

RUN(cmocka_unit_test(test_closed_forms), cmocka_unit_test(test_stationary_equations),
    cmocka_unit_test(test_limit), cmocka_unit_test(test_slots),
    cmocka_unit_test(test_transient))
