/* Corpora: UCI's bag of words, bad input, and what is drawn from the model. */
#include "validation/unit/check.h"

#include "asgd/tasks/corpus.h"
#include "core/stats.h"

static tg_status
read_text(const char *text, size_t limit, tg_corpus *out)
{
    return tg_corpus_read(write_temporary("docword.txt", text, strlen(text)), limit, out);
}

/* Document 2 is empty, as is the last. */
static void
test_reading(void **state)
{
    static const char text[] = "4\n5\n3\n1 5 2\n1 2 1\r\n3 1 3\n\n";
    const uint32_t    word[] = { 4, 4, 1, 0, 0, 0 };
    const size_t      first[] = { 0, 3, 3, 6, 6 };
    tg_corpus         c = { 0 };

    (void)state;
    assert_ok(read_text(text, 100, &c));
    assert_int_equal(c.documents, 4);
    assert_int_equal(c.words, 5);
    assert_memory_equal(c.first, first, sizeof first);
    assert_memory_equal(c.word, word, sizeof word);
    tg_corpus_free(&c);
    assert_ok(read_text(text, 2, &c));
    assert_int_equal(c.documents, 2);
    assert_memory_equal(c.first, first, 3 * sizeof *first);
    tg_corpus_free(&c);
}

static void
test_bad_input(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = { { "", "is empty" },
                { "4\n5\n", ":3: ends too early" },
                { "4 5\n3\n", ":1: expected nothing behind" },
                { "0\n5\n3\n", ":1: expected 1 whole number from 1, got \"0\"" },
                { "1\n5\n2\n1 1 1\n", ":5: ends too early" },
                { "1\n5\n1\n1 1 1\n1 2 1\n", ":5: more than 1 entries" },
                { "1\n5\n1\n1 1\n", ":4: expected 3 whole numbers" },
                { "1\n5\n1\n1 1 1.5\n", ":4: expected 3" },
                { "1\n5\n1\n1 -1 1\n", ":4: expected 3" },
                { "1\n5\n1\n1 6 1\n", ":4: expected a document in 1..1, a word in 1..5" },
                { "1\n5\n1\n2 1 1\n", "got 2, 1, 1" },
                { "1\n5\n1\n1 1 70000\n", "a count in 1..65535" },
                { "2\n5\n2\n2 1 1\n1 1 1\n", ":5: document 1 after document 2" },
                { "99999999999\n5\n1\n1 1 1\n", ":1: expected" } };
    tg_corpus c = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(read_text(bad[i].text, 10, &c), TG_EINPUT, bad[i].words);
    assert_fails(read_text("2\n5\n1\n2 1 1\n", 1, &c), TG_EINPUT, "no tokens");
    assert_fails(tg_corpus_read("/nonexistent", 10, &c), TG_EIO, "/nonexistent");
    assert_fails(tg_corpus_drawn(&(tg_drawn){ 1, 1, 1, 1, 0, 1 }, 1, NULL, &c), TG_EDOMAIN,
                 "alpha");
    assert_null(c.first);
}

/* Words as often as phi says, E theta being the same for all topics: over documents, which are
 * independent. */
static void
test_drawn(void **state)
{
    enum { W = 4, K = 3, D = 4000 };
    double    phi[K * W];
    tg_stats  share[W] = { { 0 } };
    tg_corpus c = { 0 };

    (void)state;
    assert_ok(tg_corpus_drawn(&(tg_drawn){ D, W, K, 10, .5, .5 }, 1, phi, &c));
    for (size_t d = 0; d < D; d++) {
        double count[W] = { 0 };
        for (size_t i = c.first[d]; i < c.first[d + 1]; i++) count[c.word[i]]++;
        for (int w = 0; w < W; w++) tg_stats_add(&share[w], count[w] / 10);
    }
    for (int w = 0; w < W; w++) {
        const double p = (phi[w] + phi[W + w] + phi[2 * W + w]) / 3;
        assert_near(share[w].mean, p, 4 * tg_stats_error(&share[w]));
    }
    tg_corpus_free(&c);
}

RUN(cmocka_unit_test(test_reading), cmocka_unit_test(test_bad_input),
    cmocka_unit_test(test_drawn))
