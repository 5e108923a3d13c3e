/* Rounds by order statistics, and round trips behind shared links. */
#include "validation/unit/check.h"

#include "asgd/theory/network.h"
#include "asgd/theory/rounds.h"

static tg_cluster *
cluster_of(const char *text, size_t workers)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &workers, &law, false, &c));
    tg_delay_free(law);
    return c;
}

static double
round_of(const char *text, size_t workers, size_t K, bool again, double *cv)
{
    tg_cluster *c = cluster_of(text, workers);
    tg_delay   *law = NULL;
    double      mean = 0;

    assert_ok(tg_rounds_law(c, &(tg_rounds){ K, again }, &mean, &law));
    assert_near(tg_delay_mean(law), mean, 1e-9 * mean);
    if (cv) *cv = tg_delay_cv(law);
    tg_delay_free(law);
    tg_cluster_free(c);
    return mean;
}

/* The K-th of P exponential jobs: sum of 1/(P - i), i < K. K = 1, 5, 10 of 10: .1, .6456349206,
 * 2.928968254; its variance is the sum of the squares. */
static void
test_exponential_rounds(void **state)
{
    const char *law = "{law: exponential, mean: 1}";
    double      cv, square = 0;

    (void)state;
    assert_near(round_of(law, 10, 1, false, NULL), .1, 1e-7);
    assert_near(round_of(law, 10, 5, false, NULL), .6456349206, 1e-8);
    assert_near(round_of(law, 10, 10, false, &cv), 2.928968254, 1e-8);
    for (int i = 1; i <= 10; i++) square += 1. / (i * i);
    assert_near(cv, sqrt(square) / 2.928968254, 2e-3);
    /* whosever they are, they come at rate P: an Erlang time */
    for (size_t K = 1; K < 20; K += 6) {
        assert_near(round_of(law, 4, K, true, &cv), (double)K / 4, 2e-4 * (double)K);
        assert_near(cv, 1 / sqrt((double)K), 5e-3);
    }
}

/* Uniform on [0, 1]: the K-th of P is at K/(P + 1). Constant times: all at once, and of those
 * that go on every P-th. */
static void
test_other_rounds(void **state)
{
    (void)state;
    for (size_t K = 1; K <= 7; K++)
        assert_near(round_of("{law: uniform, min: 0, max: 1}", 7, K, false, NULL),
                    (double)K / 8, 1e-5);
    assert_near(round_of("{law: constant, value: 2}", 5, 3, false, NULL), 2, 2e-3);
    assert_near(round_of("{law: constant, value: 2}", 5, 5, false, NULL), 2, 2e-3);
    assert_near(round_of("{law: gamma, shape: 4, mean: 3}", 1, 1, false, NULL), 3, 1e-6);
    /* one worker that goes on: K of its jobs */
    assert_near(round_of("{law: gamma, shape: 4, mean: 3}", 1, 3, true, NULL), 9, 2e-3);
}

/* Two groups: the last of one of rate 1 and one of rate 3 is at 1 + 1/3 - 1/4. */
static void
test_groups(void **state)
{
    const char *text[] = { "{law: exponential, mean: 1}",
                           "{law: exponential, mean: 0.3333333333333333}" };
    tg_delay   *law[2] = { NULL };
    size_t      count[] = { 1, 1 };
    tg_cluster *c = NULL;
    double      mean;

    (void)state;
    for (int i = 0; i < 2; i++) assert_ok(tg_delay_parse(text[i], &law[i]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
    assert_ok(tg_rounds_law(c, &(tg_rounds){ 2, false }, &mean, NULL));
    assert_near(mean, 1 + 1. / 3 - 1. / 4, 1e-8);
    assert_ok(tg_rounds_law(c, &(tg_rounds){ 1, false }, &mean, NULL));
    assert_near(mean, 1. / 4, 1e-7);
    assert_fails(tg_rounds_law(c, &(tg_rounds){ 3, false }, &mean, NULL), TG_EDOMAIN,
                 "as many workers");
    assert_fails(tg_rounds_law(c, &(tg_rounds){ 0, false }, &mean, NULL), TG_EDOMAIN, "0");
    assert_fails(tg_rounds_law(c, &(tg_rounds){ 1000, true }, &mean, NULL), TG_EDOMAIN,
                 "512");
    tg_cluster_free(c);
}

/* ---- networks ------------------------------------------------------------------------ */

static tg_link
link_of(const tg_link_kind *kind, double param, tg_delay *transfer)
{
    tg_link l = { .transfer = transfer };

    l.kind.kind = &kind->is;
    l.kind.param[0] = param;
    return l;
}

/* lambda of P workers that compute 1 behind one link, and the mean of their round trip. */
static double
rate_of(const tg_link_kind *kind, double param, const char *transfer, size_t P,
        tg_network *n)
{
    tg_delay     *size = NULL;
    tg_cluster   *c = cluster_of("{law: gamma, shape: 4, mean: 1}", P), *out = NULL;
    const tg_link none = { 0 };

    assert_ok(tg_delay_parse(transfer, &size));
    const tg_link up = link_of(kind, param, size);
    assert_ok(tg_network_cluster(c, &up, &none, &out, n));
    assert_near(tg_cluster_rate(out), n->rate, 1e-8 * n->rate); /* Little */
    assert_near(n->rate * (1 + n->up), (double)P, 1e-7 * (double)P);
    const double rate = n->rate;
    tg_cluster_free(out);
    tg_cluster_free(c);
    tg_delay_free(size);
    return rate;
}

/* Theory 7, whatever the shape of what is computed; several servers and sharing by the sums
 * there. */
static void
test_uplink(void **state)
{
    static const struct {
        size_t P;
        double u, lambda;
    } want[] = { { 4, .1, 3.5333678220 },
                 { 10, .1, 7.8541765689 },
                 { 20, .1, 9.9813095015 },
                 { 50, .1, 10 },
                 { 10, .5, 1.9999236197 } };
    char       text[64];
    tg_network n;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        snprintf(text, sizeof text, "{law: exponential, mean: %g}", want[i].u);
        assert_near(rate_of(&tg_link_fifo, 1, text, want[i].P, &n), want[i].lambda, 2e-9);
        assert_near(n.busy, want[i].lambda * want[i].u, 1e-8);
        assert_near(n.doubt, 0.03 * n.busy * n.busy,
                    1e-12); /* none of the rate, which is exact */
        assert_near(rate_of(&tg_link_shared, 1, text, want[i].P, &n), want[i].lambda, 2e-9);
    }
    for (int c = 2; c < 5; c++) {
        double A = 1, sum = 1, flow = 0;
        for (int j = 1; j <= 12; j++) {
            A *= (12 - j + 1) * .3 / fmin(j, c);
            sum += A;
            flow += A * fmin(j, c) / .3;
        }
        assert_near(rate_of(&tg_link_fifo, c, "{law: exponential, mean: .3}", 12, &n),
                    flow / sum, 1e-8);
        assert_near(rate_of(&tg_link_shared, c, "{law: exponential, mean: .3}", 12, &n),
                    flow / sum, 1e-8);
    }
}

/* One worker never waits; one whose transfers take nearly all its time keeps the link busy; a full
 * link passes 1/u whatever the law of transfers is; without waiting times add up. */
static void
test_ends(void **state)
{
    tg_network n;

    (void)state;
    assert_near(rate_of(&tg_link_fifo, 1, "{law: constant, value: 2}", 1, &n), 1. / 3,
                1e-9);
    assert_near(rate_of(&tg_link_fifo, 1, "{law: constant, value: 99}", 1, &n), .01, 1e-9);
    assert_near(n.busy, .99, 1e-9);
    assert_near(rate_of(&tg_link_fifo, 1, "{law: constant, value: .1}", 60, &n), 10, 1e-6);
    assert_near(rate_of(&tg_link_fifo, 1, "{law: gamma, shape: .5, mean: .1}", 200, &n), 10,
                0.1);
    assert_near(rate_of(&tg_link_none, 0, "{law: constant, value: .5}", 30, &n), 20, 1e-9);
    assert_near(n.busy, 0, 0);
    tg_cluster *c = cluster_of("{law: exponential, mean: 1}", 5000), *out = NULL;
    tg_delay   *size = NULL;
    assert_ok(tg_delay_parse("{law: exponential, mean: 1}", &size));
    const tg_link up = link_of(&tg_link_fifo, 1, size), none = { 0 };
    assert_fails(tg_network_cluster(c, &up, &none, &out, &n), TG_EDOMAIN, "4096");
    tg_delay_free(size);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_exponential_rounds), cmocka_unit_test(test_other_rounds),
    cmocka_unit_test(test_groups), cmocka_unit_test(test_uplink),
    cmocka_unit_test(test_ends))
