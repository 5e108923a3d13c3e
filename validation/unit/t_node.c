#include "validation/unit/check.h"

#include "core/node.h"

static tg_node *
parse(const char *text)
{
    tg_node *n = NULL;

    assert_ok(tg_node_parse(text, "here", &n));
    return n;
}

static void
test_tree_knows_its_places(void **state)
{
    tg_node       *n = parse("a: 1\nb:\n  - {c: x}\n  - 2\n");
    const tg_node *b = tg_node_find(n, "b");

    (void)state;
    assert_int_equal(b->type, TG_NODE_LIST);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->item[1].line, 4);
    assert_int_equal(b->item[1].column, 5);
    assert_string_equal(tg_node_find(&b->item[0], "c")->text, "x");
    assert_null(tg_node_find(n, "z"));
    tg_node_free(n);
}

static void
test_numbers_are_strict(void **state)
{
    static const char *const bad[] = { "2x", "nan", "inf", "-inf", "0x10", "1e999",
                                       "''", "[1]", "one", "1 2",  "--1" };
    double                   value = 42;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_node *n = parse(bad[i]);
        assert_fails(tg_node_number(n, &value), TG_EINPUT, "here:1:1: value: expected");
        assert_true(value == 42);
        tg_node_free(n);
    }
    tg_node *n = parse("-1.5e-3");
    assert_ok(tg_node_number(n, &value));
    assert_true(value == -1.5e-3);
    tg_node_free(n);
}

/* inf only where it is asked for, and only so. */
static void
test_numbers_or_inf(void **state)
{
    static const char *const good[] = { "inf", ".inf" }, *const bad[] = { "-inf", "nan",
                                                                          "infinity",
                                                                          "1e999" };
    tg_node *n = NULL;
    double   value = 0;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_ok(tg_node_parse(good[i], "here", &n));
        assert_fails(tg_node_number(n, &value), TG_EINPUT, "finite");
        assert_ok(tg_node_number_or_inf(n, &value));
        assert_true(isinf(value) && value > 0);
        tg_node_free(n);
    }
    for (int i = 0; i < 4; i++) {
        assert_ok(tg_node_parse(bad[i], "here", &n));
        assert_fails(tg_node_number_or_inf(n, &value), TG_EINPUT, "finite");
        tg_node_free(n);
    }
}

static void
test_whole_numbers(void **state)
{
    size_t   whole = 7;
    tg_node *n = parse("[12, 1e3, 1.5, -1]");

    (void)state;
    assert_ok(tg_node_whole(&n->item[0], &whole));
    assert_int_equal(whole, 12);
    assert_ok(tg_node_whole(&n->item[1], &whole));
    assert_int_equal(whole, 1000);
    assert_fails(tg_node_whole(&n->item[2], &whole), TG_EINPUT,
                 "here:1:11: value: expected a whole");
    assert_fails(tg_node_whole(&n->item[3], &whole), TG_EINPUT, "got \"-1\"");
    assert_int_equal(whole, 1000);
    tg_node_free(n);
}

static void
test_bad_documents(void **state)
{
    tg_node *n = NULL;

    (void)state;
    assert_fails(tg_node_parse("", "here", &n), TG_EINPUT, "here: empty");
    assert_fails(tg_node_parse("{a: 1", "here", &n), TG_EINPUT, "not valid YAML");
    assert_fails(tg_node_parse("{a: 1, a: 2}", "here", &n), TG_EINPUT,
                 "here:1:8: key \"a\" given twice");
    assert_fails(tg_node_parse("a: &x [*x]", "here", &n), TG_EINPUT, "anchors");
    assert_fails(tg_node_parse("? [a]\n: 1", "here", &n), TG_EINPUT,
                 "a key must be a word");
    assert_fails(tg_node_read("/nonexistent/file", &n), TG_EIO, "/nonexistent/file");
    assert_fails(tg_node_read("/tmp", &n), TG_EIO, "/tmp");
    assert_null(n);
}

/* 50,000 lists or maps in each other are refused at the 65th; 64 are read. A document after
 * the first, and what is no part of it, are refused too. */
static void
test_depth(void **state)
{
    enum { DEEP = 50000 };
    static char text[4 * DEEP + 1];
    tg_node    *n = NULL;

    (void)state;
    memset(text, '[', DEEP);
    assert_fails(tg_node_parse(text, "here", &n), TG_EINPUT,
                 "here:1:65: nested more than 64 deep");
    for (int i = 0; i < DEEP; i++) memcpy(text + 4 * i, "{a: ", 4);
    assert_fails(tg_node_parse(text, "here", &n), TG_EINPUT, "nested more than 64 deep");
    assert_null(n);
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    text[128] = '\0';
    assert_ok(tg_node_parse(text, "here", &n));
    tg_node_free(n);
    n = NULL;
    assert_fails(tg_node_parse("[1, 2] ]", "here", &n), TG_EINPUT, "not valid YAML");
    assert_fails(tg_node_parse("a: 1\n---\nb: 2", "here", &n), TG_EINPUT,
                 "more than one YAML document");
    assert_null(n);
}

static void
test_print_reads_back(void **state)
{
    static const char *const text[] = { "{a: 1, b: [x, {c: 'it''s, so'}], d: ''}", "[]",
                                        "{}", "'two words'" };

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        tg_node *n = parse(text[i]);
        char    *once = tg_node_print(n);
        tg_node *again = parse(once);
        char    *twice = tg_node_print(again);
        assert_string_equal(once, text[i]);
        assert_string_equal(twice, text[i]);
        free(once);
        free(twice);
        tg_node_free(n);
        tg_node_free(again);
    }
}

static void
check_set(const char *before, const char *path, const char *value, const char *after)
{
    tg_node *n = parse(before);

    assert_ok(tg_node_set(n, path, value));
    char *text = tg_node_print(n);
    assert_string_equal(text, after);
    free(text);
    tg_node_free(n);
}

static void
test_set(void **state)
{
    (void)state;
    check_set("{a: 1}", "a", "2", "{a: 2}");
    check_set("{a: 1}", "b.c", "[x, y]", "{a: 1, b: {c: [x, y]}}");
    check_set("{w: [{n: 1}, {n: 2}]}", "w[1].n", "5", "{w: [{n: 1}, {n: 5}]}");
    check_set("{w: [1]}", "w[1]", "5", "{w: [1, 5]}");
    check_set("{w: {n: 1}}", "w[0].n", "5", "{w: {n: 5}}");
    tg_node *n = parse("{a: 1, w: [1]}");
    assert_fails(tg_node_set(n, "w[3]", "1"), TG_EINPUT, "--set w[3]: no such place");
    assert_fails(tg_node_set(n, "a.b", "1"), TG_EINPUT, "no such place");
    assert_fails(tg_node_set(n, "w[", "1"), TG_EINPUT, "no such place");
    assert_fails(tg_node_set(n, "a", "[1"), TG_EINPUT, "--set a");
    char *text = tg_node_print(n);
    assert_string_equal(text, "{a: 1, w: [1]}");
    assert_ok(tg_node_set(n, "a", "2x"));
    double value;
    assert_fails(tg_node_number(tg_node_find(n, "a"), &value), TG_EINPUT, "--set a:1:1");
    free(text);
    tg_node_free(n);
}

static void
test_nearest(void **state)
{
    static const char *const words[] = { "gamma", "uniform", "lognormal", "exponential" };

    (void)state;
    assert_string_equal(tg_nearest("gama", words, 4), "gamma");
    assert_string_equal(tg_nearest("lognromal", words, 4), "lognormal");
    assert_string_equal(tg_nearest("exponental", words, 4), "exponential");
    assert_null(tg_nearest("cauchy", words, 4));
}

/* Two letters that changed places are one slip, not two. */
static void
test_slips(void **state)
{
    (void)state;
    assert_string_equal(tg_nearest("abcd", (const char *const[]){ "abdx", "abdc" }, 2),
                        "abdc");
    assert_string_equal(tg_nearest("bacd", (const char *const[]){ "xbcd", "abcd" }, 2),
                        "abcd");
    assert_string_equal(tg_nearest("abcd", (const char *const[]){ "abce", "abdc" }, 2),
                        "abce");
}

RUN(cmocka_unit_test(test_slips), cmocka_unit_test(test_tree_knows_its_places),
    cmocka_unit_test(test_numbers_are_strict), cmocka_unit_test(test_numbers_or_inf),
    cmocka_unit_test(test_whole_numbers), cmocka_unit_test(test_bad_documents),
    cmocka_unit_test(test_depth), cmocka_unit_test(test_print_reads_back),
    cmocka_unit_test(test_set), cmocka_unit_test(test_nearest))
