#include "validation/unit/check.h"

#include "asgd/sim/simulate.h"
#include "core/stats.h"

static const double PI = 3.14159265358979323846;

/* One worker a group, each with its own constant time; all begin together. */
static tg_cluster *
constant_cluster(const double *time, size_t n)
{
    tg_cluster *c = NULL;
    tg_delay   *law[100] = { NULL };
    size_t      count[100] = { 0 };

    for (size_t i = 0; i < n; i++) {
        count[i] = 1;
        assert_ok(tg_delay_create("constant", &time[i], &law[i]));
    }
    assert_ok(tg_cluster_create(n, count, law, true, &c));
    for (size_t i = 0; i < n; i++) tg_delay_free(law[i]);
    return c;
}

static void
advance(tg_sim *s)
{
    tg_happening h;

    assert_ok(tg_sim_advance(s, &h));
}

typedef struct checkpoint {
    uint64_t update;
    double   time, value; /* time NAN: not checked */
} checkpoint;

/* Run to each checkpoint; `relative` error of the loss (or of x[0], if loss is false). */
static void
follow(const tg_setup *setup, const checkpoint *at, size_t n, int loss, double relative)
{
    tg_sim *s = NULL;

    assert_ok(tg_sim_create(setup, 0, &s));
    for (size_t i = 0; i < n; i++) {
        double t = 0;
        while (tg_sim_updates(s) < at[i].update) {
            t = tg_sim_next(s);
            advance(s);
        }
        const double got = loss ? tg_sim_loss(s) : *tg_sim_model(s);
        assert_near(got, at[i].value, relative * fabs(at[i].value));
        if (!isnan(at[i].time)) assert_near(t, at[i].time, 1e-12 * t);
    }
    tg_sim_free(s);
}

/* Heterogeneous scalars f_i = (x - i)^2 / 2, times 1, 2, 4, 8, step .05, x0 = 5:
 * trajectories of the reference, obtained there by two programs. */
static void
test_heterogeneous_scalars(void **state)
{
    const checkpoint asgd[] = { { 1, 1, 4.75 },
                                { 2, 2, 4.5125 },
                                { 5, NAN, 3.88253125 },
                                { 10, NAN, 3.068295390625 },
                                { 50, NAN, .8795613618764897 },
                                { 100, NAN, .7267572970153242 },
                                { 1000, NAN, .7197117579773358 } };
    const checkpoint dude[] = { { 1, 9, 4.825 },
                                { 2, 10, 4.6521875 },
                                { 5, NAN, 4.142363623046876 },
                                { 10, NAN, 3.3674936201019294 },
                                { 50, NAN, 1.306413134735332 },
                                { 100, NAN, 1.511071929883509 },
                                { 1000, NAN, 1.5 } };
    const double     time[] = { 1, 2, 4, 8 }, minima[] = { 0, 1, 2, 3 }, h = 1, x0 = 5,
                 none = 0;
    tg_cluster *c = constant_cluster(time, 4);
    tg_problem *p = NULL;

    (void)state;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &none, 4, minima, &p));
    follow((tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .05, 1) }, asgd, 7, 0,
           1e-12);
    follow((tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_dude), .05, 1) }, dude, 7, 0,
           1e-12);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Nesterov's quadratic, A = tridiag(-1, 2, -1)/4, in the basis of its eigenvectors
 * sqrt(2/(d+1)) sin(i k pi/(d+1)), where the minimum is x_i = -(1 - i/(d+1)). Ten workers
 * take sqrt(i); step .25. Reference: f - f* after 10, 100, 1000, 5000 updates. */
static void
test_nesterov_quadratic(void **state)
{
    enum { D = 100, N = 10 };
    const checkpoint at[] = { { 10, 2.8284271247461903, 12.86171937697 },
                              { 100, NAN, 17.4959563540551 },
                              { 1000, NAN, 2737923251.20907 },
                              { 5000, NAN, 8.76e50 } };
    double           h[D], start[D], none[D] = { 0 }, minima[N * D], time[N];
    tg_problem      *p = NULL;
    tg_sim          *s = NULL;

    (void)state;
    for (int k = 1; k <= D; k++) {
        double minimum = 0;
        for (int i = 1; i <= D; i++) {
            const double v = sqrt(2. / (D + 1)) * sin(i * k * PI / (D + 1));
            minimum -= v * (1 - i / (D + 1.));
            if (i == 1) start[k - 1] = v * sqrt(D);
        }
        h[k - 1] = (1 - cos(k * PI / (D + 1))) / 2;
        for (int w = 0; w < N; w++) minima[w * D + k - 1] = minimum;
    }
    for (int w = 0; w < N; w++) time[w] = sqrt(w + 1);
    tg_cluster *c = constant_cluster(time, N);
    assert_ok(tg_problem_quadratic(D, h, start, none, N, minima, &p));
    const tg_setup setup = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .25, 1);
    assert_ok(tg_sim_create(&setup, 0, &s));
    assert_near(tg_sim_loss(s), 27.623762376237625, 1e-12);
    tg_sim_free(s);
    follow(&setup, at, 2, 1, 1e-12);
    follow(&setup, at + 2, 1, 1, 1e-11); /* grown 1e8-fold, and rounding with it */
    follow(&setup, at + 3, 1, 1, 1e-3);  /* given to three digits */
    tg_problem_free(p);
    tg_cluster_free(c);
}

static tg_cluster *
cluster_of(const char *text, size_t n, bool together)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &n, &law, together, &c));
    tg_delay_free(law);
    return c;
}

/* Exponential workers, P = 10, eta h = .5, x0 = 1: E x_k of the reference (the recursion
 * z^2 - (2 - 1/P - e/P) z + (1 - 1/P) = 0), within 4 standard errors. */
static void
test_exponential_means(void **state)
{
    enum { REPLICAS = 100000, LAST = 30 };
    static const int    when[] = { 1, 2, 5, 10, 20, 30 };
    static const double mean[] = {
        .5, .025, -1.060084375, -1.300931052187, .603403691132, .012007594171
    };
    const double one = 1, none = 0;
    tg_cluster  *c = cluster_of("{law: exponential, mean: 1}", 10, true);
    tg_problem  *p = NULL;
    tg_stats     x[LAST + 1] = { { 0 } };

    (void)state;
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, 10, NULL, &p));
    const tg_setup setup = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .5, 3);
    for (uint64_t r = 0; r < REPLICAS; r++) {
        tg_sim *s = NULL;
        assert_ok(tg_sim_create(&setup, r, &s));
        for (int k = 1; k <= LAST; k++) {
            advance(s);
            tg_stats_add(&x[k], *tg_sim_model(s));
        }
        tg_sim_free(s);
    }
    for (int i = 0; i < 6; i++)
        assert_near(x[when[i]].mean, mean[i], 4 * tg_stats_error(&x[when[i]]) + 1e-12);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Mean staleness is P - 1 for every law (always-busy workers); for exponential workers it
 * is geometric: P(0) = 1/P. */
static void
test_staleness(void **state)
{
    static const char *const law[] = { "{law: constant, value: 2}",
                                       "{law: gamma, shape: 0.5, mean: 3}",
                                       "{law: exponential, mean: 1}",
                                       "{law: lognormal, mean: 1, cv: 1}" };
    enum { P = 12, N = 400000 };
    const double one = 1, none = 0;
    tg_problem  *p = NULL;

    (void)state;
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, P, NULL, &p));
    for (size_t i = 0; i < sizeof law / sizeof *law; i++) {
        tg_cluster *c = cluster_of(law[i], P, false);
        tg_sim     *s = NULL;
        double      sum = 0, fresh = 0;
        assert_ok(tg_sim_create(
            (tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 1e-3, 5) }, 0, &s));
        for (int k = 0; k < N; k++) {
            tg_happening h;
            assert_ok(tg_sim_advance(s, &h));
            const uint64_t j = h.staleness;
            sum += (double)j;
            fresh += j == 0;
        }
        assert_near(sum / N, P - 1, 0.02 * P);
        if (strstr(law[i], "exponential"))
            assert_near(fresh / N, 1. / P, 4 * sqrt(1. / P * (1 - 1. / P) / N));
        tg_sim_free(s);
        tg_cluster_free(c);
    }
    tg_problem_free(p);
}

/* Staggered workers deliver at the steady rate from the beginning: the expected number of
 * deliveries by time t is t / m exactly for an equilibrium renewal process. */
static void
test_staggered_start(void **state)
{
    enum { P = 4, REPLICAS = 20000 };
    const double one = 1, none = 0;
    tg_cluster  *c = cluster_of("{law: gamma, shape: 4, mean: 1}", P, false);
    tg_problem  *p = NULL;
    tg_stats     count = { 0 };

    (void)state;
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, P, NULL, &p));
    for (uint64_t r = 0; r < REPLICAS; r++) {
        tg_sim *s = NULL;
        assert_ok(tg_sim_create(
            (tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 0.1, 1) }, r, &s));
        while (tg_sim_next(s) <= 0.4) advance(s);
        tg_stats_add(&count, (double)tg_sim_ledger(s).delivered);
        tg_sim_free(s);
    }
    assert_near(count.mean, P * 0.4, 4 * tg_stats_error(&count));
    tg_problem_free(p);
    tg_cluster_free(c);
}

static void
test_bad_setups(void **state)
{
    const double one = 1, none = 0, minus = -1;
    tg_cluster  *c = cluster_of("{law: constant, value: 1}", 3, true);
    tg_problem  *p = NULL;
    tg_sim      *s = NULL;

    (void)state;
    assert_fails(tg_problem_quadratic(1, &minus, &one, &none, 3, NULL, &p), TG_EDOMAIN,
                 "eigenvalue 0");
    assert_fails(tg_problem_quadratic(1, &one, &one, &minus, 3, NULL, &p), TG_EDOMAIN,
                 "noise 0");
    assert_fails(tg_problem_quadratic(0, &one, &one, &none, 3, NULL, &p), TG_EDOMAIN,
                 "got 0");
    assert_null(p);
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, 2, NULL, &p));
    assert_fails(
        tg_sim_create((tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .1, 1) }, 0,
                      &s),
        TG_EDOMAIN, "2 workers");
    assert_fails(
        tg_sim_create((tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_asgd), NAN, 1) }, 0,
                      &s),
        TG_EDOMAIN, "step");
    assert_fails(
        tg_sim_create((tg_setup[]){ tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 0, 1) }, 0,
                      &s),
        TG_EDOMAIN, "step must be > 0, got 0");
    assert_null(s);
    tg_cluster *none_at_all = NULL;
    assert_fails(tg_cluster_create(0, NULL, NULL, true, &none_at_all), TG_EDOMAIN,
                 "at least one");
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_heterogeneous_scalars), cmocka_unit_test(test_nesterov_quadratic),
    cmocka_unit_test(test_exponential_means), cmocka_unit_test(test_staleness),
    cmocka_unit_test(test_staggered_start), cmocka_unit_test(test_bad_setups))
