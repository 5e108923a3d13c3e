/* When DuDe-ASGD begins, against exact laws and renewals drawn. */
#include "validation/unit/check.h"

#include "asgd/theory/predict_finite.h"

static tg_cluster *
cluster_of(const char *text, size_t count, bool together)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &count, &law, together, &c));
    tg_delay_free(law);
    return c;
}

/* Exponential times, however they begin: as if it moved from the last of n on, 1 - (1 - exp(-t/m))^n.
 * Constant ones: all have delivered before T, and what moves is the second deliveries, from T on. */
static void
test_exact(void **state)
{
    const double survival[] = { 1 - 1e-6, 0.9, 0.5, 0.1, 1e-3, 1e-6 };
    double       at[6];

    (void)state;
    for (int together = 0; together < 2; together++) {
        tg_cluster *c = cluster_of("{law: exponential, mean: 2}", 5, together);
        assert_ok(tg_predict_begin(c, 1e3, survival, at, 6));
        for (int i = 0; i < 6; i++)
            assert_near(at[i], -2 * log(1 - pow(1 - survival[i], 0.2)), 2e-3 * at[i]);
        tg_cluster_free(c);
    }
    tg_cluster *c = cluster_of("{law: constant, value: 3}", 4, false);
    assert_ok(tg_predict_begin(c, 1e3, survival, at, 6));
    for (int i = 0; i < 6; i++) assert_near(at[i], 3, 0.01);
    assert_ok(tg_predict_begin(c, 1, survival, at, 6)); /* not before the horizon */
    assert_true(isinf(at[0]) && isinf(at[2]));
    tg_cluster_free(c);
}

enum { RUNS = 200000, TIMES = 4, MOST = 1000 };

/* Renewals from t = 0 up to `end` of a worker that began 20 to 21 means before; how many. */
static size_t
draw_renewals(const tg_delay *law, tg_rng *rng, double end, double *t)
{
    double now = -20 - tg_rng_uniform(rng);
    size_t n = 0;

    while (now <= end && n < MOST) {
        now += tg_delay_sample(law, rng);
        if (now > 0) t[n++] = now;
    }
    return n;
}

/* Of a worker's deliveries near `at` how many, not its first, came after its fellow's first; and
 * how many there are. */
static double
moving(const double *t, size_t n, double fellow, double at, double *all)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const bool near = t[i] > 0.97 * at && t[i] < 1.03 * at;
        *all += near;
        sum += near && i > 0 && t[i] > fellow;
    }
    return sum;
}

/* Two workers: deliveries that move x, whose worker and whose fellow delivered before, are a share
 * 1 - survival of all. A heavy law, of which it matters that jobs began at most 21 means ago; and a
 * regular one, where who has just delivered takes its time, so that G^2, as if x moved evenly from
 * the last first delivery on, is more (negative control). */
static void
test_share_that_moves(void **state)
{
    static const char *const law[] = { "{law: lognormal, mean: 1, cv: 3}",
                                       "{law: gamma, shape: 9, mean: 1}" };
    const double             survival[TIMES] = { 0.6, 0.3, 0.1, 0.03 };
    static double            t[2][MOST];

    (void)state;
    for (int l = 0; l < 2; l++) {
        double at[TIMES], moves[TIMES] = { 0 }, all[TIMES] = { 0 }, begun[TIMES] = { 0 };
        tg_cluster *c = cluster_of(law[l], 2, false);
        tg_rng      rng = tg_rng_stream(5, TG_PURPOSE_TEST, (uint64_t)l);
        assert_ok(tg_predict_begin(c, 1e3, survival, at, TIMES));
        for (int k = 0; k < RUNS; k++) {
            size_t n[2];
            for (int w = 0; w < 2; w++)
                n[w] = draw_renewals(c->law[0], &rng, 1.1 * at[TIMES - 1], t[w]);
            for (int i = 0; i < TIMES; i++) {
                for (int w = 0; w < 2; w++)
                    moves[i] += moving(t[w], n[w], t[1 - w][0], at[i], &all[i]);
                begun[i] += fmax(t[0][0], t[1][0]) < at[i];
            }
        }
        for (int i = 0; i < TIMES; i++) {
            const double share = 1 - survival[i];
            assert_near(moves[i] / all[i], share, 4 * sqrt(share / all[i]) + 0.02 * share);
        }
        assert_true(l == 0 || begun[0] / RUNS > 1.2 * (1 - survival[0]));
        tg_cluster_free(c);
    }
}

RUN(cmocka_unit_test(test_exact), cmocka_unit_test(test_share_that_moves))
