/* Corpora: UCI's bag of words, bad input, and what is drawn from the model. */
#include "validation/unit/check.h"

#include "asgd/problems/corpus.h"
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
    assert_fails(tg_corpus_drawn(&(tg_drawn){ 1, 1, 1, 1, 0, 1 }, 1, &c), TG_EDOMAIN,
                 "alpha");
    for (int i = 0; i < 4; i++) { /* one of each is enough, none is not */
        const tg_drawn none = { i != 0, i != 1, i != 2, i != 3, .5, .5 };
        assert_fails(tg_corpus_drawn(&none, 1, &c), TG_EDOMAIN, "a corpus needs");
    }
    assert_null(c.first);
    assert_ok(tg_corpus_drawn(&(tg_drawn){ 1, 1, 1, 1, .5, .5 }, 1, &c));
    assert_int_equal(c.words * 10 + c.word[0], 10);
    tg_corpus_free(&c);
}

/* Words as often as phi says, E theta being the same for all topics: over documents, which are
 * independent. */
static void
test_drawn(void **state)
{
    enum { W = 4, K = 3, D = 4000 };
    tg_stats  share[W] = { { 0 } };
    tg_corpus c = { 0 };

    (void)state;
    assert_ok(tg_corpus_drawn(&(tg_drawn){ D, W, K, 10, .5, .5 }, 1, &c));
    for (size_t d = 0; d < D; d++) {
        double count[W] = { 0 };
        for (size_t i = c.first[d]; i < c.first[d + 1]; i++) count[c.word[i]]++;
        for (int w = 0; w < W; w++) tg_stats_add(&share[w], count[w] / 10);
    }
    for (int w = 0; w < W; w++) {
        const double p = (c.phi[w] + c.phi[W + w] + c.phi[2 * W + w]) / 3;
        assert_near(share[w].mean, p, 4 * tg_stats_error(&share[w]));
    }
    tg_corpus_free(&c);
}

/* ---- a folder of texts --------------------------------------------------------------- */

static char folder[] = "/tmp/tardigrad-test-XXXXXX";

static void
put(const char *name, const char *text)
{
    char  path[300];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!text) {
        assert_int_equal(remove(path), 0);
        return;
    }
    assert_non_null(f = fopen(path, "w"));
    fputs(text, f);
    fclose(f);
}

/* In the order of names, words as they come, capitals or not, no shorter than three letters. */
static void
test_texts(void **state)
{
    const uint32_t word[] = { 0, 1, 0, 2, 1, 3, 3 };
    const size_t   first[] = { 0, 4, 5, 7 };
    char           many[40000];
    size_t         n = 0;
    tg_corpus      c = { 0 };

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_fails(tg_corpus_texts(folder, 9, &c), TG_EIO, "holds no texts");
    put("b", "Bread, 12 a1b");
    put("a", "The bread\tof THE\r\n\nn\xc3\xa9");
    put(".hidden", "nothing of this");
    put("c", "xxx-xxx");
    assert_ok(tg_corpus_texts(folder, 9, &c));
    assert_int_equal(c.documents, 3);
    assert_int_equal(c.words, 4);
    assert_memory_equal(c.first, first, sizeof first);
    assert_memory_equal(c.word, word, sizeof word);
    tg_corpus_free(&c);
    assert_ok(tg_corpus_texts(folder, 1, &c));
    assert_int_equal(c.documents, 1);
    assert_int_equal(c.words, 3);
    tg_corpus_free(&c);
    /* more words than the table begins with, each twice */
    for (int i = 0; i < 6000; i++) {
        const int w = i % 3000;
        n += (size_t)snprintf(many + n, sizeof many - n, "%c%c%c ", 'a' + w % 20,
                              'a' + w / 20 % 20, 'a' + w / 400);
    }
    put("a", many);
    put("b", NULL);
    put("c", NULL);
    assert_ok(tg_corpus_texts(folder, 9, &c));
    assert_int_equal(c.words, 3000);
    for (uint32_t i = 0; i < 6000; i++) assert_int_equal(c.word[i], i % 3000);
    tg_corpus_free(&c);
    put("a", "no wd");
    assert_fails(tg_corpus_texts(folder, 9, &c), TG_EINPUT, "no tokens");
    put("a", "");
    assert_fails(tg_corpus_texts(folder, 9, &c), TG_EINPUT, "/a: is empty");
    put("a", NULL);
    put(".hidden", NULL);
    remove(folder);
    assert_fails(tg_corpus_texts(folder, 9, &c), TG_EIO, "cannot be opened");
    assert_null(c.first);
}

RUN(cmocka_unit_test(test_reading), cmocka_unit_test(test_bad_input),
    cmocka_unit_test(test_drawn), cmocka_unit_test(test_texts))
