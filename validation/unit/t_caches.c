/* Staleness by decree: the recursion of the caches, alone and as a rule of the simulator. */
#include "validation/unit/rules.h"

#include "asgd/sim/caches.h"
#include "core/stats.h"

static tg_caches *
caches_of(size_t workers, size_t dim, const double *x0, const tg_lag *lag, uint64_t seed)
{
    tg_caches *c = NULL;

    assert_ok(tg_caches_create(workers, dim, x0, lag, seed, &c));
    return c;
}

/* A constant lag is a recursion with one delay, the same at every cache:
 * x(t + 1) = x(t) - eta P h x(t - d). */
static void
test_constant_lag(void **state)
{
    enum { P = 3, T = 60, MOST = 5 };
    const double eta = .05, h = .7, x0 = 1;

    (void)state;
    for (size_t d = 0; d <= MOST; d++) {
        double       weight[MOST + 1] = { 0 }, x[T + 1] = { x0 };
        const tg_lag lag = { .weight = weight, .most = d };
        weight[d] = 2;
        tg_caches *c = caches_of(P, 1, &x0, &lag, 1);
        for (size_t t = 0; t < T; t++) {
            for (size_t w = 0; w < P; w++) {
                const double u = -eta * h * *tg_cache(c, w);
                assert_near(*tg_cache(c, w), x[t], 1e-13);
                tg_caches_add(c, w, &u);
            }
            tg_caches_next(c);
            x[t + 1] = x[t] - (t >= d ? eta * P * h * x[t - d] : 0);
        }
        tg_caches_free(c);
    }
}

/* The first part of the model at once, the second 3 iterations late. */
static void
test_parts(void **state)
{
    const double weight = 1, x0[3] = { 0 }, u[3] = { 1, 1, 1 };
    const size_t part[] = { 0, 1, 3 }, extra[] = { 0, 3 };
    const tg_lag lag = { &weight, 0, part, extra, 2 };
    tg_caches   *c = caches_of(2, 3, x0, &lag, 1);

    (void)state;
    for (size_t t = 1; t <= 8; t++) {
        for (size_t w = 0; w < 2; w++) tg_caches_add(c, w, u);
        tg_caches_next(c);
        const double late = t > 3 ? 2 * ((double)t - 3) : 0;
        assert_near(tg_cache(c, 1)[0], 2 * (double)t, 0);
        assert_near(tg_cache(c, 1)[1], late, 0);
        assert_near(tg_cache(c, 0)[2], late, 0);
    }
    tg_caches_free(c);
}

/* Lags follow their law, each pair of caches has its own, and nothing is lost: when all is
 * delivered every cache has every update. */
static void
test_law_and_conservation(void **state)
{
    enum { P = 4, T = 5000, MOST = 6 };
    const double weight[MOST + 1] = { 3, 1, 0, 2, 1, 0, 1 }, x0 = 0;
    const tg_lag lag = { .weight = weight, .most = MOST };
    tg_caches   *c = caches_of(P, 1, &x0, &lag, 7);
    double       share[MOST + 1], sum = 0;
    bool         apart = false;

    (void)state;
    for (size_t t = 0; t < T + MOST + 1; t++) {
        for (size_t w = 0; w < P && t < T; w++) {
            const double u = (double)(t % 7 + w);
            tg_caches_add(c, w, &u);
            sum += u;
        }
        tg_caches_next(c);
        apart = apart || *tg_cache(c, 0) != *tg_cache(c, 1);
    }
    for (size_t w = 0; w < P; w++) assert_near(*tg_cache(c, w), sum, 0);
    assert_true(apart);
    tg_caches_lags(c, share);
    for (size_t r = 0; r <= MOST; r++) {
        const double p = weight[r] / 8;
        assert_near(share[r], p, 4 * sqrt(p * (1 - p) / (T * P * P)) + 1e-15);
    }
    tg_caches_free(c);
}

/* As a rule: without lag it is synchronous, P steps at a time; with r uniform on 0 .. s the mean
 * obeys m(t + 1) = m(t) - eta P h (m(t) + .. + m(t - s)) / (s + 1) at every cache, and the server,
 * who has all moves at once, follows M(t + 1) = M(t) - eta P h m(t). */
static void
test_rule(void **state)
{
    enum { P = 3, T = 25, S = 4, REPLICAS = 4000 };
    const double eta = .08, one = 1, none = 0;
    const double time[P] = { 1, 1, 1 };
    tg_cluster  *c = cluster_of_times(time, P);
    tg_problem  *p = NULL;
    tg_stats     x[T + 1] = { { 0 } };
    double       m[T + 1] = { 1 }, all = 1, synchronous = 1;

    (void)state;
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, P, NULL, &p));
    tg_setup u = tg_setup_of(p, c, rule_with(&tg_rule_stale_uniform, "most", 0), eta, 3);
    tg_sim  *s = simulation(&u, 0);
    for (int t = 0; t < T; t++) {
        for (int w = 0; w < P; w++) advance(s);
        synchronous *= 1 - eta * P;
        assert_near(*tg_sim_model(s), synchronous, 1e-14);
        assert_near(tg_sim_now(s), t + 1, 0);
    }
    tg_sim_free(s);
    u.rule.param[0] = S;
    for (uint64_t r = 0; r < REPLICAS; r++) {
        s = simulation(&u, r);
        for (int t = 1; t <= T; t++) {
            for (int w = 0; w < P; w++) advance(s);
            tg_stats_add(&x[t], *tg_sim_model(s));
        }
        tg_sim_free(s);
    }
    for (int t = 0; t < T; t++) {
        double sum = 0;
        for (int r = 0; r <= S && r <= t; r++) sum += m[t - r] / (S + 1);
        all -= eta * P * m[t];
        m[t + 1] = m[t] - eta * P * sum;
        assert_near(x[t + 1].mean, all, 4 * tg_stats_error(&x[t + 1]) + 1e-12);
    }
    assert_true(fabs(x[T].mean - synchronous) > 10 * tg_stats_error(&x[T])); /* lag shows */
    tg_problem_free(p);
    tg_cluster_free(c);
}

static void
test_bad_input(void **state)
{
    const double weight[] = { 1, -1 }, nothing = 0, x0 = 0;
    const size_t part[] = { 0, 2 }, extra = 0;
    tg_caches   *c = NULL;

    (void)state;
    assert_fails(tg_caches_create(0, 1, &x0, &(tg_lag){ weight, 0, NULL, NULL, 0 }, 1, &c),
                 TG_EDOMAIN, "got 0 and 1");
    assert_fails(tg_caches_create(1, 1, &x0, &(tg_lag){ weight, 1, NULL, NULL, 0 }, 1, &c),
                 TG_EDOMAIN, "lag 1 must be >= 0");
    assert_fails(
        tg_caches_create(1, 1, &x0, &(tg_lag){ &nothing, 0, NULL, NULL, 0 }, 1, &c),
        TG_EDOMAIN, "sum > 0");
    assert_fails(
        tg_caches_create(1, 1, &x0, &(tg_lag){ weight, 0, part, &extra, 1 }, 1, &c),
        TG_EDOMAIN, "sizes of the stages must be > 0");
    assert_fails(tg_caches_create(1000000, 1000000, &x0,
                                  &(tg_lag){ weight, 0, NULL, NULL, 0 }, 1, &c),
                 TG_EDOMAIN, "shorter lag");
    assert_null(c);
}

RUN(cmocka_unit_test(test_constant_lag), cmocka_unit_test(test_parts),
    cmocka_unit_test(test_law_and_conservation), cmocka_unit_test(test_rule),
    cmocka_unit_test(test_bad_input))
