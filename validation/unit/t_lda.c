/* Topics: the exact posterior of a corpus of five tokens, invariants of counts under any lag, planted
 * topics found again. */
#include "validation/unit/check.h"

#include "asgd/tasks/lda.h"
#include "core/stats.h"

#include <stdbool.h>

static const double at_once[] = { 1 }, three_late[] = { 0, 0, 0, 1 },
                    to_five[] = { 1, 1, 1, 1, 1, 1 };

/* ---- five tokens --------------------------------------------------------------------- */

enum { TOKENS = 5, STATES = 32, WORDS = 3 };
static const double alpha = .5, beta = .3;
static size_t       firsts[] = { 0, 3, 5 };
static uint32_t     words[] = { 0, 0, 1, 1, 2 };
static tg_corpus    five = { 2, WORDS, firsts, words };

/* log p(w, z) one token after the other: Polya's urns. */
static double
by_urns(const uint32_t *z)
{
    double n_dk[2][2] = { { 0 } }, n_wk[WORDS][2] = { { 0 } }, n_k[2] = { 0 }, sum = 0;

    for (size_t i = 0; i < TOKENS; i++) {
        const size_t d = i >= 3, w = words[i], k = z[i];
        sum += log((n_dk[d][k]++ + alpha) / ((double)(i - firsts[d]) + 2 * alpha));
        sum += log((n_wk[w][k]++ + beta) / (n_k[k]++ + WORDS * beta));
    }
    return sum;
}

static tg_lda *
lda_of(const tg_corpus *c, size_t topics, size_t workers, size_t batch, double a, double b,
       const double *weight, size_t most)
{
    tg_lda           *l = NULL;
    const tg_lda_plan plan = { .topics = topics,
                               .workers = workers,
                               .batch = batch,
                               .alpha = a,
                               .beta = b,
                               .lag = { .weight = weight, .most = most },
                               .seed = 3 };

    assert_ok(tg_lda_create(c, &plan, &l));
    return l;
}

/* The largest distance, in standard errors by means of batches, between how often the chain is in a
 * state and the posterior by enumeration. */
static double
farthest(const double *weight, size_t most)
{
    enum { BATCHES = 200, ROUNDS = 500 };
    double   exact[STATES], total = 0, worst = 0;
    tg_stats often[STATES] = { { 0 } };
    tg_lda  *l = lda_of(&five, 2, 1, 0, alpha, beta, weight, most);

    for (uint32_t s = 0; s < STATES; s++) {
        uint32_t z[TOKENS];
        for (uint32_t i = 0; i < TOKENS; i++) z[i] = s >> i & 1;
        total += exact[s] = exp(by_urns(z));
    }
    for (int b = 0; b < BATCHES; b++) {
        double count[STATES] = { 0 };
        for (int r = 0; r < ROUNDS; r++) {
            uint32_t s = 0;
            assert_ok(tg_lda_round(l));
            for (uint32_t i = 0; i < TOKENS; i++) s |= tg_lda_assigned(l)[i] << i;
            count[s]++;
        }
        for (int s = 0; s < STATES; s++) tg_stats_add(&often[s], count[s] / ROUNDS);
    }
    for (int s = 0; s < STATES; s++)
        worst =
            fmax(worst, fabs(often[s].mean - exact[s] / total) / tg_stats_error(&often[s]));
    tg_lda_free(l);
    return worst;
}

/* One worker without lag samples the posterior; with a lag it does not. */
static void
test_posterior(void **state)
{
    (void)state;
    const double fresh = farthest(at_once, 0), late = farthest(three_late, 3);
    print_message("standard errors from the posterior: %.2f, late %.1f\n", fresh, late);
    assert_true(fresh < 4);
    assert_true(late > 10);
}

static void
test_likelihood(void **state)
{
    tg_lda *l = lda_of(&five, 2, 2, 0, alpha, beta, to_five, 5);

    (void)state;
    for (int r = 0; r < 50; r++) {
        assert_ok(tg_lda_round(l));
        assert_near(2 * tg_lda_likelihood(l), by_urns(tg_lda_assigned(l)), 1e-12);
    }
    tg_lda_free(l);
}

/* ---- counts -------------------------------------------------------------------------- */

static tg_corpus
drawn(double *phi)
{
    tg_corpus c = { 0 };

    assert_ok(tg_corpus_drawn(&(tg_drawn){ 300, 40, 4, 50, .2, .1 }, 1, phi, &c));
    return c;
}

/* Each cache's counts add up to the tokens, by topic and by word, whatever is on its way; how many of them
 * are negative. */
static size_t
check_sums(const tg_corpus *c, const tg_lda *l, size_t worker, size_t K)
{
    const double *n = tg_lda_counts(l, worker), *all = n + c->words * K;
    const size_t  tokens = c->first[c->documents];
    double        total = 0;
    size_t        negative = 0;

    for (size_t k = 0; k < K; k++) {
        double sum = 0;
        for (size_t w = 0; w < c->words; w++) {
            sum += n[w * K + k];
            negative += n[w * K + k] < 0;
        }
        assert_near(sum, all[k], 0);
        total += all[k];
    }
    assert_near(total, (double)tokens, 0);
    for (size_t w = 0; w < c->words; w++) {
        double sum = 0, there = 0;
        for (size_t k = 0; k < K; k++) sum += n[w * K + k];
        for (size_t i = 0; i < tokens; i++) there += c->word[i] == w;
        assert_near(sum, there, 0);
    }
    return negative;
}

static void
test_counts(void **state)
{
    enum { K = 4, P = 3 };
    tg_corpus c = drawn(NULL);

    (void)state;
    for (int late = 0; late < 2; late++) {
        tg_lda *l = late ? lda_of(&c, K, P, 20, .2, .1, to_five, 5)
                         : lda_of(&c, K, P, 20, .2, .1, at_once, 0);
        size_t  negative = 0;
        for (int r = 0; r < 30; r++) {
            assert_ok(tg_lda_round(l));
            for (size_t w = 0; w < P; w++) negative += check_sums(&c, l, w, K);
        }
        assert_true(late || negative == 0);
        double truth[41 * K] = { 0 };
        for (size_t i = 0; i < c.first[c.documents]; i++) {
            truth[c.word[i] * K + tg_lda_assigned(l)[i]]++;
            truth[40 * K + tg_lda_assigned(l)[i]]++;
        }
        assert_true(late == (memcmp(tg_lda_counts(l, 0), truth, sizeof truth) != 0));
        tg_lda_settle(l);
        for (size_t w = 0; w < P; w++) {
            assert_int_equal(check_sums(&c, l, w, K), 0);
            for (int j = 0; j < 41 * K; j++)
                assert_near(tg_lda_counts(l, w)[j], truth[j], 0);
        }
        tg_lda_free(l);
    }
    tg_corpus_free(&c);
}

/* ---- topics -------------------------------------------------------------------------- */

/* The largest total variation distance of a planted topic to the nearest found one, no found one
 * being taken twice. */
static double
apart(const double *planted, const double *found, size_t K, size_t W)
{
    bool   taken[8] = { false };
    double worst = 0;

    for (size_t k = 0; k < K; k++) {
        double best = 2;
        size_t at = 0;
        for (size_t j = 0; j < K; j++) {
            double sum = 0;
            for (size_t w = 0; w < W; w++)
                sum += fabs(planted[k * W + w] - found[j * W + w]) / 2;
            if (!taken[j] && sum < best) {
                best = sum;
                at = j;
            }
        }
        taken[at] = true;
        worst = fmax(worst, best);
    }
    return worst;
}

/* By one worker, by four, and by four whose differences are up to 5 rounds late; the likelihood comes to
 * that of one worker, and the staler are later. */
static void
test_recovers(void **state)
{
    enum { K = 4, W = 40, ROUNDS = 150 };
    const struct {
        size_t        workers, most;
        const double *weight;
    } how[] = { { 1, 0, at_once }, { 4, 0, at_once }, { 4, 5, to_five } };
    double    planted[K * W], found[K * W], early[3], end[3];
    tg_corpus c = drawn(planted);

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_lda *l = lda_of(&c, K, how[i].workers, 0, .2, .1, how[i].weight, how[i].most);
        tg_lda_topics(l, found);
        assert_true(apart(planted, found, K, W) > .4);
        const double begin = tg_lda_likelihood(l);
        for (int r = 0; r < ROUNDS; r++) {
            assert_ok(tg_lda_round(l));
            if (r == 9) early[i] = tg_lda_likelihood(l);
        }
        tg_lda_topics(l, found);
        end[i] = tg_lda_likelihood(l);
        print_message("%zu workers, lag to %zu: %.3f from the planted topics, log p(w, z) "
                      "a document %.2f, %.2f, %.2f\n",
                      how[i].workers, how[i].most, apart(planted, found, K, W), begin,
                      early[i], end[i]);
        assert_true(apart(planted, found, K, W) < .1);
        assert_near(end[i], end[0], .02 * fabs(end[0]));
        assert_true(end[i] > begin + 20);
        tg_lda_free(l);
    }
    assert_true(early[2] < early[1] - 5 && early[2] < early[0] - 5);
    tg_corpus_free(&c);
}

static void
test_bad_input(void **state)
{
    tg_lda     *l = NULL;
    tg_lda_plan plan = {
        .topics = 2, .workers = 2, .alpha = 1, .beta = 1, .lag = { .weight = at_once }
    };

    (void)state;
    plan.alpha = NAN;
    assert_fails(tg_lda_create(&five, &plan, &l), TG_EDOMAIN, "alpha and beta > 0");
    plan.alpha = 1;
    plan.topics = 0;
    assert_fails(tg_lda_create(&five, &plan, &l), TG_EDOMAIN, "topics");
    plan.topics = 2;
    plan.workers = 3;
    assert_fails(tg_lda_create(&five, &plan, &l), TG_EDOMAIN,
                 "2 documents cannot be split");
    plan.workers = 2;
    plan.lag.weight = (double[]){ 0 };
    assert_fails(tg_lda_create(&five, &plan, &l), TG_EDOMAIN, "weights of the lags");
    assert_null(l);
}

RUN(cmocka_unit_test(test_posterior), cmocka_unit_test(test_likelihood),
    cmocka_unit_test(test_counts), cmocka_unit_test(test_recovers),
    cmocka_unit_test(test_bad_input))
