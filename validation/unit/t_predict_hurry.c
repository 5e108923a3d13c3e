/* Workers of irregular times that begin together deliver more at first (asgd/theory/predict_weighed.c). */
#include "asgd/theory/predict_parts.h"

#include "core/rng.h"
#include "core/stats.h"

#include "validation/unit/check.h"

static const double weight[] = { .9, .1 }, mean[] = { .5, 4 };

static tg_cluster *
cluster(size_t workers, bool together)
{
    tg_delay   *d = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_hyperexponential(weight, mean, 2, &d));
    assert_ok(tg_cluster_create(1, &workers, &d, together, &c));
    tg_delay_free(d);
    return c;
}

/* Two phases: M(t) - t/m = (CV^2 - 1)/2 (1 - e^{-g t}), g = w_1/m_2 + w_2/m_1 (Cox 1962). */
static void
test_ahead_of_two_phases(void **state)
{
    const double m = .85, cv2 = (.9 * 2 * .25 + .1 * 2 * 16) / (m * m) - 1,
                 g = .9 / 4 + .1 / .5;
    tg_cluster *c = cluster(16, true), *apart = cluster(16, false);
    tg_case     one, other;

    (void)state;
    assert_ok(tg_case_of_rule(c, tg_linear_find("fedbuff"), 2, .01, &one));
    assert_near(one.late, m, 1e-12);
    assert_near(one.every * (TG_CASE_TIMES - 1), 4 * cv2 * m, 1e-9);
    for (size_t i = 0; i < TG_CASE_TIMES; i++) {
        const double t = one.every * (double)i;
        assert_near(one.ahead[i], m * (cv2 - 1) / 2 * -expm1(-g * t), 3e-3);
    }
    assert_ok(tg_case_of_rule(apart, tg_linear_find("fedbuff"), 2, .01, &other));
    assert_true(isinf(other.late) && other.every == 0);
    tg_case_close(&one);
    tg_case_close(&other);
    tg_cluster_free(c);
    tg_cluster_free(apart);
}

enum { P = 16, K = 2, POINTS = 5, RUNS = 3000 };

/* x at times 0, 5, .., 20 of FedBuff without noise, x = 1 at first. */
static void
run(double eta, tg_rng *g, tg_stats loss[POINTS])
{
    double x = 1, kept = 0, y[P], due[P];

    for (int i = 0; i < P; i++) {
        y[i] = 1;
        due[i] = mean[tg_rng_uniform(g) < weight[1]] * tg_rng_exponential(g);
    }
    for (int k = 0, at = 0;; k++) {
        int i = 0;
        for (int j = 1; j < P; j++)
            if (due[j] < due[i]) i = j;
        for (; at < POINTS && 5 * at < due[i]; at++) tg_stats_add(&loss[at], x * x / 2);
        if (at == POINTS) return;
        kept += y[i];
        if (k % K == K - 1) x -= eta / K * kept, kept = 0;
        y[i] = x;
        due[i] += mean[tg_rng_uniform(g) < weight[1]] * tg_rng_exponential(g);
    }
}

/* The loss of runs lies in the band, and would not without what they are ahead: by 1.3 time units of 20. */
static void
test_loss(void **state)
{
    double                h = 1, start = 1, zero = 0;
    const tg_modes        m = { .count = 1,
                                .h = &h,
                                .start = &start,
                                .sigma2 = &zero,
                                .shift = &zero,
                                .spread = &zero,
                                .least = 1,
                                .start_loss = .5,
                                .start_covered = .5 };
    const tg_predict_plan plan = { .horizon = 20, .points = POINTS },
                          dense = { .horizon = 20, .points = 50 * (POINTS - 1) + 1 };
    tg_rng g = tg_rng_stream(3, TG_PURPOSE_TEST, 0);

    (void)state;
    for (double eta = .006; eta < .02; eta *= 2) {
        tg_stats       loss[POINTS] = { { 0 } };
        tg_cluster    *c = cluster(P, true), *apart = cluster(P, false);
        tg_prediction *p = NULL, *q = NULL, *d = NULL;
        for (int r = 0; r < RUNS; r++) run(eta, &g, loss);
        assert_ok(tg_predict_rule(&m, c, "fedbuff", K, eta, &plan, &p));
        assert_ok(tg_predict_rule(&m, apart, "fedbuff", K, eta, &plan, &q));
        assert_ok(tg_predict_rule(&m, c, "fedbuff", K, eta, &dense, &d));
        for (int i = 1; i < POINTS; i++) { /* whatever grid is asked for */
            assert_near(d->loss[50 * i] / p->loss[i], 1, 2e-3);
            assert_near((d->high[50 * i] - d->low[50 * i]) / (p->high[i] - p->low[i]), 1,
                        .05);
        }
        for (int i = 1; i < POINTS; i++) {
            const double chance = 4 * tg_stats_error(&loss[i]);
            assert_true(loss[i].mean > p->low[i] - chance &&
                        loss[i].mean < p->high[i] + chance);
            if (eta > .01) continue;
            assert_true(p->high[i] - p->low[i] < .2 * p->loss[i]);
            assert_true(loss[i].mean < q->low[i] - chance);
        }
        tg_prediction_free(p);
        tg_prediction_free(q);
        tg_prediction_free(d);
        tg_cluster_free(c);
        tg_cluster_free(apart);
    }
}

RUN(cmocka_unit_test(test_ahead_of_two_phases), cmocka_unit_test(test_loss))
