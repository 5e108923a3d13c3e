#include "solver/exponential.h"
#include "solver/lattice.h"
#include "solver/stationary.h"

#include "validation/unit/check.h"

#include "core/rng.h"
#include "core/table.h"

static tg_lattice
cluster(const char *law, size_t workers, double step_times_workers)
{
    tg_lattice l = {
        .workers = workers, .eta = step_times_workers / (double)workers, .h = 1, .sigma = 1
    };
    tg_delay *d = NULL;

    assert_ok(tg_delay_parse(law, &d));
    assert_ok(tg_phase_from_delay(d, &l.law));
    tg_delay_free(d);
    return l;
}

/* theory 3.3: Erlang-2, eta P = .8. */
static void
test_erlang(void **state)
{
    tg_lattice two = cluster("{law: erlang, stages: 2, mean: 1}", 2, .8);
    tg_lattice ten = cluster("{law: erlang, stages: 2, mean: 1}", 10, .8);
    double     v = NAN;

    (void)state;
    assert_ok(tg_lattice_variance(&two, &v, NULL));
    assert_near(v, .363590284254491, 1e-14);
    assert_ok(tg_lattice_variance(&ten, &v, NULL));
    assert_near(v, .07843108751168777, 1e-14);
}

/* Exponential law: V = (eta sigma^2/2h)(1 + k)/((1 + e) - e (1 + k)/2), stable iff
 * e (1 + k) < 2 (1 + e). */
static void
test_exponential(void **state)
{
    (void)state;
    for (size_t P = 1; P < 50; P += 7)
        for (double k = .3; k < 30; k *= 2) {
            tg_lattice   l = cluster("{law: exponential, mean: 3}", P, k);
            const double e = l.eta;
            double       v = NAN, slowest = NAN;
            if (e * (1 + k) < 2 * (1 + e)) {
                assert_ok(tg_lattice_variance(&l, &v, &slowest));
                assert_near(v / (e / 2 * (1 + k) / ((1 + e) - e * (1 + k) / 2)), 1, 1e-10);
                assert_true(slowest < 0);
            } else {
                assert_fails(tg_lattice_variance(&l, &v, NULL), TG_EDOMAIN,
                             "does not settle");
            }
        }
}

/* One worker has no one to share with: x <- (1 - e) x - eta sigma xi at each delivery,
 * V = eta^2 sigma^2 / (1 - (1 - e)^2), whatever the law. */
static void
test_one_worker(void **state)
{
    const char *texts[] = { "{law: exponential, mean: 1}",
                            "{law: erlang, stages: 5, mean: 1}",
                            "{law: lognormal, mean: 1, cv: 2}" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        tg_lattice l = cluster(texts[i], 1, .7);
        double     v = NAN;
        assert_ok(tg_lattice_variance(&l, &v, NULL));
        assert_near(v, .49 / (1 - .09), 1e-13);
    }
}

/* The mean-field levels are off by O(1/P): twice the workers, half the difference. */
static void
test_mean_field_is_approached(void **state)
{
    tg_delay *d = NULL;
    double    difference[3];

    (void)state;
    assert_ok(tg_delay_parse("{law: erlang, stages: 2, mean: 1}", &d));
    for (size_t i = 0; i < 3; i++) {
        const size_t  P = (size_t)16 << i;
        tg_lattice    l = cluster("{law: erlang, stages: 2, mean: 1}", P, .8);
        const tg_mode m = tg_mode_asgd(l.eta, 1, 1, (double)P, d, 0);
        double        exact = NAN, v = NAN;
        assert_ok(tg_lattice_variance(&l, &exact, NULL));
        assert_ok(tg_stationary_variance(&m, &v));
        difference[i] = v / exact - 1;
    }
    assert_near(difference[1] / difference[0], .5, .03);
    assert_near(difference[2] / difference[1], .5, .015);
    tg_delay_free(d);
}

/* Exponential law, mean: s^2 + (s/m)(1 + e) + a/m = 0 with x'(0) = -a x0 (theory 3.3). */
static void
test_mean_in_time(void **state)
{
    tg_lattice   l = cluster("{law: exponential, mean: 1}", 4, 2);
    const double e = .5, a = 2, damping = (1 + e) / 2, w = sqrt(a - damping * damping);
    double       mean[21];

    (void)state;
    assert_ok(tg_lattice_transient(&l, 3, 10, 21, mean, NULL));
    for (int i = 0; i <= 20; i++) {
        const double t = i / 2.;
        assert_near(mean[i],
                    3 * exp(-damping * t) * (cos(w * t) + (damping - a) / w * sin(w * t)),
                    1e-6);
    }
}

/* Exponential law: jobs end at the times of a Poisson process of rate P/m, each time a random
 * worker's, (x, y_i) <- (x - e y_i, x - e y_i). So E z z' of z = (x, y_1, ..., y_P) is a mean of
 * powers over Poisson counts. */
static void
test_second_moment_in_time(void **state)
{
    enum { MOST = 3, N = MOST + 1, POINTS = 9, JUMPS = 200 };

    (void)state;
    for (size_t P = 1; P <= MOST; P++) {
        tg_lattice   l = cluster("{law: exponential, mean: 1}", P, .9 * (double)P);
        const double e = l.eta * l.h, horizon = 4;
        double       mean[POINTS], second[POINTS], want[POINTS] = { 0 }, S[N][N];
        l.sigma = 0;
        for (size_t i = 0; i <= P; i++)
            for (size_t j = 0; j <= P; j++) S[i][j] = 1;
        for (int k = 0; k < JUMPS; k++) {
            double next[N][N] = { { 0 } };
            for (int t = 0; t < POINTS; t++) {
                const double m = (double)P * horizon * t / (POINTS - 1);
                want[t] += m > 0 ? S[0][0] * exp(k * log(m) - m - lgamma(k + 1.)) : k == 0;
            }
            for (size_t w = 1; w <= P; w++) /* A S A', row 0 and row w of A: e_0 - e e_w */
                for (size_t i = 0; i <= P; i++)
                    for (size_t j = 0; j <= P; j++) {
                        const int    u = i == 0 || i == w, v = j == 0 || j == w;
                        const size_t a = u ? 0 : i, b = v ? 0 : j;
                        next[i][j] +=
                            (S[a][b] - (u ? e * S[w][b] : 0) - (v ? e * S[a][w] : 0) +
                             (u && v ? e * e * S[w][w] : 0)) /
                            (double)P;
                    }
            memcpy(S, next, sizeof S);
        }
        assert_ok(tg_lattice_transient(&l, 1, horizon, POINTS, mean, second));
        for (int t = 0; t < POINTS; t++) assert_near(second[t], want[t], 3e-6);
    }
}

static void
test_transient_settles(void **state)
{
    tg_lattice l = cluster("{law: erlang, stages: 3, mean: 1}", 6, .8);
    double     mean[5], second[5], v = NAN;

    (void)state;
    assert_ok(tg_lattice_variance(&l, &v, NULL));
    assert_ok(tg_lattice_transient(&l, 1, 40, 5, mean, second));
    assert_near(second[0], 1, 1e-12);
    assert_near(mean[0], 1, 1e-12);
    assert_near(second[4], v, 1e-7);
}

static double
erlang2(tg_rng *g)
{
    return (tg_rng_exponential(g) + tg_rng_exponential(g)) / 2;
}

/* The process simulated as it is, P = 3: three clocks and a loop. */
static void
test_against_simulation(void **state)
{
    enum { P = 3, updates = 400000, batches = 50 };
    tg_lattice l = cluster("{law: erlang, stages: 2, mean: 1}", P, 1);
    tg_rng     g = tg_rng_stream(1, TG_PURPOSE_TEST, 0);
    double     x = 0, y[P] = { 0 }, due[P], now = 0, sum[batches] = { 0 },
           time[batches] = { 0 };
    double v = NAN, mean = 0, spread = 0;

    (void)state;
    for (int i = 0; i < P; i++) due[i] = erlang2(&g);
    for (int k = 0; k < updates; k++) {
        int i = 0;
        for (int j = 1; j < P; j++)
            if (due[j] < due[i]) i = j;
        sum[k * batches / updates] += x * x * (due[i] - now);
        time[k * batches / updates] += due[i] - now;
        now = due[i];
        x -= l.eta * (y[i] + tg_rng_normal(&g));
        y[i] = x;
        due[i] = now + erlang2(&g);
    }
    for (int b = 0; b < batches; b++) mean += sum[b] / time[b] / batches;
    for (int b = 0; b < batches; b++)
        spread += pow(sum[b] / time[b] - mean, 2) / batches / batches;
    assert_ok(tg_lattice_variance(&l, &v, NULL));
    assert_near(mean, v, 4 * sqrt(spread));
}

/* Gradients are put by and applied three at a time: the same process, with a counter. */
static void
test_buffer_against_simulation(void **state)
{
    enum { P = 4, K = 3, updates = 600000, batches = 50 };
    const tg_linear_rule r = tg_linear_fedbuff(1.2, 1, K);
    tg_lattice           l = cluster("{law: erlang, stages: 2, mean: 1}", P, 1);
    tg_rng               g = tg_rng_stream(2, TG_PURPOSE_TEST, 0);
    double x = 0, v = NAN, kept = 0, y[P] = { 0 }, due[P], now = 0, sum[batches] = { 0 },
           time[batches] = { 0 }, mean = 0, spread = 0;

    (void)state;
    for (int i = 0; i < P; i++) due[i] = erlang2(&g);
    for (int k = 0; k < updates; k++) {
        int i = 0;
        for (int j = 1; j < P; j++)
            if (due[j] < due[i]) i = j;
        sum[k * batches / updates] += x * x * (due[i] - now);
        time[k * batches / updates] += due[i] - now;
        now = due[i];
        kept += y[i] + tg_rng_normal(&g);
        if (k % K == K - 1) x -= 1.2 / K * kept, kept = 0;
        y[i] = x;
        due[i] = now + erlang2(&g);
    }
    for (int b = 0; b < batches; b++) mean += sum[b] / time[b] / batches;
    for (int b = 0; b < batches; b++)
        spread += pow(sum[b] / time[b] - mean, 2) / batches / batches;
    l.rule = &r;
    assert_ok(tg_lattice_variance(&l, &v, NULL));
    assert_true(sqrt(spread) < 0.02 * mean);
    assert_near(mean, v, 4 * sqrt(spread));
}

/* Any rule: the exponential engine, which knows no states, and tabled values of DuDe-ASGD from all
 * labelled configurations, good to 3e-6. */
static void
test_rules(void **state)
{
    const double one = 1;
    tg_table    *t = NULL;

    (void)state;
    for (const tg_linear_kind *const *k = tg_linear_kinds; *k; k++)
        for (double P = 1; P < 12; P += 3) {
            tg_linear_rule r;
            double         v = NAN, slow = NAN, w = NAN, abscissa = NAN;
            const double   own = (*k)->below == 1 ? .6 : 3; /* of momentum; of batches */
            assert_ok(tg_linear_make((*k)->name, .05, 1, P, own, &r));
            if (r.weights.power > 0 || r.limit > 0) continue;
            tg_lattice l = cluster("{law: exponential, mean: 1}", (size_t)P, 1);
            l.rule = &r;
            l.sigma = .7;
            const tg_exponential e = { r, 1, &P, &one, NULL, .7 };
            assert_ok(tg_lattice_variance(&l, &v, &slow));
            assert_ok(tg_exponential_stationary(&e, NULL, &w, &abscissa, NULL));
            assert_near(v, w, 1e-12);
            assert_near(slow, abscissa, 1e-8);
        }
    assert_ok(tg_table_read("validation/reference/finite_p_dude.csv", &t));
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        const double         n = tg_table_number(t, i, 1), k = tg_table_number(t, i, 2);
        const double         exact = tg_table_number(t, i, 3);
        const char          *word = tg_table_cell(t, i, 0).text;
        const tg_linear_rule r = tg_linear_dude(k / n, 1, n);
        char                 text[90];
        double               v = NAN;
        snprintf(
            text, sizeof text, word[0] == 'h' ? "%s" : "{law: erlang, stages: %s, mean: 1}",
            word[0] == 'h' ? "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}"
                           : word + 1);
        tg_lattice l = cluster(text, (size_t)n, 1);
        l.rule = &r;
        assert_ok(tg_lattice_variance(&l, &v, NULL));
        assert_near(v / exact, 1, 3e-6);
    }
    tg_table_free(t);
}

static void
test_errors(void **state)
{
    tg_lattice l = cluster("{law: erlang, stages: 5, mean: 1}", 100, .5);
    double     v = 7;

    (void)state;
    assert_fails(tg_lattice_variance(&l, &v, NULL), TG_EDOMAIN, "moments");
    l.workers = 2;
    l.eta = NAN;
    assert_fails(tg_lattice_variance(&l, &v, NULL), TG_EDOMAIN, "finite");
    l.eta = .1;
    assert_fails(tg_lattice_transient(&l, 1, -1, 2, &v, NULL), TG_EDOMAIN, "horizon");
    const tg_linear_rule adaptive = tg_linear_adaptive(.1, 1, 3);
    l.rule = &adaptive;
    assert_fails(tg_lattice_variance(&l, &v, NULL), TG_EDOMAIN, "staleness");
    assert_fails(tg_lattice_transient(&l, 1, 1, 2, &v, NULL), TG_EDOMAIN, "ASGD");
    assert_true(v == 7);
}

RUN(cmocka_unit_test(test_erlang), cmocka_unit_test(test_exponential),
    cmocka_unit_test(test_one_worker), cmocka_unit_test(test_mean_field_is_approached),
    cmocka_unit_test(test_mean_in_time), cmocka_unit_test(test_second_moment_in_time),
    cmocka_unit_test(test_transient_settles), cmocka_unit_test(test_against_simulation),
    cmocka_unit_test(test_buffer_against_simulation), cmocka_unit_test(test_rules),
    cmocka_unit_test(test_errors))
