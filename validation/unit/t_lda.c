/* Topics: the exact posterior of a corpus of five tokens, invariants of counts under any lag, planted
 * topics found again. */
#include "validation/unit/rules.h"

#include "asgd/problems/lda.h"
#include "core/stats.h"

#include <stdbool.h>

static const double at_once[] = { 1 }, three_late[] = { 0, 0, 0, 1 },
                    to_five[] = { 1, 1, 1, 1, 1, 1 };

/* ---- five tokens --------------------------------------------------------------------- */

enum { TOKENS = 5, STATES = 32, WORDS = 3 };
static const double alpha = .5, beta = .3;
static size_t       firsts[] = { 0, 3, 5 };
static uint32_t     words[] = { 0, 0, 1, 1, 2 };

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

/* ---- a simulation that is looked at -------------------------------------------------- */

/* The problem with its calls listened to: what scratch is, and every model that a worker draws with. */
static const tg_problem_kind *real;
static double                *scratch;
static void (*listener)(const double *x);

static void
begin_listened(const void *self, double *room)
{
    scratch = room;
    real->begin(self, room);
}

static void
gradient_listened(const void *self, size_t worker, const double *x, tg_rng *draws,
                  double *room, double *g)
{
    if (listener) listener(x);
    real->gradient(self, worker, x, draws, room, g);
}

typedef struct chain {
    tg_problem     *p;
    tg_problem_kind kind;
    tg_cluster     *cluster;
    tg_lag          lag;
    tg_sim         *s;
} chain;

/* The corpus is taken. */
static void
chain_begin(chain *c, tg_corpus *corpus, tg_lda plan, const double *weight, size_t most)
{
    plan.seed = 3;
    assert_ok(tg_problem_lda(corpus, &plan, &c->p));
    assert_null(corpus->first);
    real = c->p->kind;
    c->kind = *real;
    c->kind.begin = begin_listened;
    c->kind.gradient = gradient_listened;
    c->p->kind = &c->kind;
    c->lag = (tg_lag){ .weight = weight, .most = most };
    c->cluster = cluster_of_times((const double[]){ 1, 1, 1, 1 }, plan.workers);
    tg_setup u = tg_setup_of(c->p, c->cluster, tg_rule(&tg_rule_stale_table), 1, 3);
    u.lag = &c->lag;
    c->s = simulation(&u, 0);
}

static void
chain_end(chain *c)
{
    tg_sim_free(c->s);
    tg_cluster_free(c->cluster);
    c->p->kind = real;
    tg_problem_free(c->p);
}

static void
go(chain *c, uint64_t rounds)
{
    const uint64_t until = tg_sim_updates(c->s) + rounds;

    while (tg_sim_updates(c->s) < until) advance(c->s);
}

static const uint32_t *
assigned(const chain *c)
{
    return tg_lda_assigned(c->p, scratch);
}

/* A copy of the five tokens, to be taken. */
static tg_corpus
five_tokens(void)
{
    tg_corpus c = { .documents = 2,
                    .words = WORDS,
                    .first = malloc(sizeof firsts),
                    .word = malloc(sizeof words) };

    memcpy(c.first, firsts, sizeof firsts);
    memcpy(c.word, words, sizeof words);
    return c;
}

/* The largest distance, in standard errors by means of batches, between how often the chain is in a
 * state and the posterior by enumeration. */
static double
farthest(const double *weight, size_t most)
{
    enum { BATCHES = 200, ROUNDS = 500 };
    double    exact[STATES], total = 0, worst = 0;
    tg_stats  often[STATES] = { { 0 } };
    tg_corpus five = five_tokens();
    chain     c;

    chain_begin(&c, &five,
                (tg_lda){ .topics = 2, .workers = 1, .alpha = alpha, .beta = beta }, weight,
                most);
    for (uint32_t s = 0; s < STATES; s++) {
        uint32_t z[TOKENS];
        for (uint32_t i = 0; i < TOKENS; i++) z[i] = s >> i & 1;
        total += exact[s] = exp(by_urns(z));
    }
    for (int b = 0; b < BATCHES; b++) {
        double count[STATES] = { 0 };
        for (int r = 0; r < ROUNDS; r++) {
            uint32_t s = 0;
            go(&c, 1);
            for (uint32_t i = 0; i < TOKENS; i++) s |= assigned(&c)[i] << i;
            count[s]++;
        }
        for (int s = 0; s < STATES; s++) tg_stats_add(&often[s], count[s] / ROUNDS);
    }
    for (int s = 0; s < STATES; s++)
        worst =
            fmax(worst, fabs(often[s].mean - exact[s] / total) / tg_stats_error(&often[s]));
    chain_end(&c);
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
    tg_corpus five = five_tokens();
    chain     c;

    (void)state;
    chain_begin(&c, &five,
                (tg_lda){ .topics = 2, .workers = 2, .alpha = alpha, .beta = beta },
                to_five, 5);
    for (int r = 0; r < 50; r++) {
        go(&c, 1);
        assert_near(-2 * tg_sim_loss(c.s), by_urns(assigned(&c)), 1e-12);
    }
    chain_end(&c);
}

/* ---- counts -------------------------------------------------------------------------- */

enum { K = 4, W = 40, P = 3, TOKENS_DRAWN = 300 * 50, COUNTS = (W + 1) * K };
static double of_word[W], truth[COUNTS];
static size_t negative, away;

static tg_corpus
drawn(void)
{
    tg_corpus c = { 0 };

    assert_ok(tg_corpus_drawn(&(tg_drawn){ 300, W, K, 50, .2, .1 }, 1, &c));
    return c;
}

/* What any worker draws with adds up to the tokens, by topic and by word, whatever is on its way. */
static void
check_sums(const double *x)
{
    const double *all = x + W * K;
    double        total = 0;

    for (int k = 0; k < K; k++) {
        double sum = 0;
        for (int w = 0; w < W; w++) {
            sum += x[w * K + k];
            negative += x[w * K + k] < 0;
        }
        assert_near(sum, all[k], 0);
        total += all[k];
    }
    assert_near(total, TOKENS_DRAWN, 0);
    for (int w = 0; w < W; w++) {
        double sum = 0;
        for (int k = 0; k < K; k++) sum += x[w * K + k];
        assert_near(sum, of_word[w], 0);
    }
    away += memcmp(x, truth, sizeof truth) != 0;
}

/* The server has the counts of all topics as they are after every round, the workers late ones. */
static void
test_counts(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        tg_corpus corpus = drawn();
        uint32_t  word[TOKENS_DRAWN];
        chain     c;
        memcpy(word, corpus.word, sizeof word);
        memset(of_word, 0, sizeof of_word);
        for (int i = 0; i < TOKENS_DRAWN; i++) of_word[word[i]]++;
        negative = away = 0;
        chain_begin(
            &c, &corpus,
            (tg_lda){ .topics = K, .workers = P, .batch = 20, .alpha = .2, .beta = .1 },
            late ? to_five : at_once, late ? 5 : 0);
        for (int r = 0; r < 30; r++) {
            memset(truth, 0, sizeof truth);
            for (int i = 0; i < TOKENS_DRAWN; i++) {
                truth[word[i] * K + assigned(&c)[i]]++;
                truth[W * K + assigned(&c)[i]]++;
            }
            assert_memory_equal(tg_sim_model(c.s), truth, sizeof truth);
            listener = check_sums;
            go(&c, 1);
            listener = NULL;
        }
        assert_true(late || negative == 0);
        assert_true(late ? away > 60 : away == 0);
        chain_end(&c);
    }
}

/* ---- topics -------------------------------------------------------------------------- */

/* By one worker, by four, and by four whose differences are up to 5 rounds late; the likelihood comes to
 * that of one worker, and the staler are later. With a topic too few they are not found. */
static void
test_recovers(void **state)
{
    enum { ROUNDS = 150, WAYS = 4 };
    const struct {
        size_t        workers, most, topics;
        const double *weight;
    } how[WAYS] = { { 1, 0, K, at_once },
                    { 4, 0, K, at_once },
                    { 4, 5, K, to_five },
                    { 4, 0, K - 1, at_once } };
    double early[WAYS], end[WAYS], phi[K * W];

    (void)state;
    for (int i = 0; i < WAYS; i++) {
        tg_corpus corpus = drawn();
        chain     c;
        chain_begin(&c, &corpus,
                    (tg_lda){ .topics = how[i].topics,
                              .workers = how[i].workers,
                              .alpha = .2,
                              .beta = .1 },
                    how[i].weight, how[i].most);
        assert_true(tg_sim_score(c.s) < .6);
        const double begin = tg_sim_loss(c.s);
        go(&c, 10);
        early[i] = tg_sim_loss(c.s);
        go(&c, ROUNDS - 10);
        end[i] = tg_sim_loss(c.s);
        print_message(
            "%zu workers, lag to %zu, %zu topics: score %.3f, -log p(w, z) a document "
            "%.2f, %.2f, %.2f\n",
            how[i].workers, how[i].most, how[i].topics, tg_sim_score(c.s), begin, early[i],
            end[i]);
        assert_true(end[i] < begin - 20);
        assert_true(how[i].topics < K ? tg_sim_score(c.s) < .75 : tg_sim_score(c.s) > .92);
        assert_near(end[i], end[0], how[i].topics < K ? INFINITY : .02 * fabs(end[0]));
        tg_lda_topics(c.p, tg_sim_model(c.s), phi);
        for (size_t k = 0; k < how[i].topics; k++) {
            double sum = 0;
            for (int w = 0; w < W; w++) sum += phi[k * W + (size_t)w];
            assert_near(sum, 1, 1e-12);
        }
        chain_end(&c);
    }
    assert_true(early[2] > early[1] + 5 && early[2] > early[0] + 5);
}

static void
test_bad_input(void **state)
{
    static const struct {
        tg_lda      plan;
        const char *words;
    } bad[] = {
        { { .topics = 2, .workers = 2, .alpha = NAN, .beta = 1 }, "alpha and beta > 0" },
        { { .topics = 2, .workers = 2, .alpha = 1, .beta = 0 }, "alpha and beta > 0" },
        { { .topics = 0, .workers = 2, .alpha = 1, .beta = 1 }, "topics" },
        { { .topics = 6, .workers = 2, .alpha = 1, .beta = 1 },
          "6 topics are too many for 5" },
        { { .topics = 2, .workers = 3, .alpha = 1, .beta = 1 },
          "2 documents cannot be split" },
    };
    tg_corpus   five = five_tokens();
    tg_problem *p = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_fails(tg_problem_lda(&five, &bad[i].plan, &p), TG_EDOMAIN, bad[i].words);
        assert_null(p);
        assert_non_null(five.first);
    }
    tg_corpus_free(&five);
}

RUN(cmocka_unit_test(test_posterior), cmocka_unit_test(test_likelihood),
    cmocka_unit_test(test_counts), cmocka_unit_test(test_recovers),
    cmocka_unit_test(test_bad_input))
