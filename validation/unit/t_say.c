/* Text in lines as wide as the page: words and their order stay, no line is wider than the page unless
 * one word is, and a number keeps its sign. */
#include "study/say.h"

#include "validation/unit/check.h"

#include <stdlib.h>

/* What is said, on a page of so many columns. The caller frees it. */
static char *
said(const char *text, int columns, int indent)
{
    char  *out = NULL;
    size_t size;
    FILE  *f = open_memstream(&out, &size);

    assert_non_null(f);
    tg_say_wrapped(&(tg_page){ f, columns }, text, indent);
    assert_int_equal(fclose(f), 0);
    return out;
}

static void
check_said(const char *text, int columns, int indent, const char *expected)
{
    char *out = said(text, columns, indent);

    assert_string_equal(out, expected);
    free(out);
}

static void
test_lines(void **state)
{
    (void)state;
    check_said("", 20, 2, "\n");
    check_said("one two three", 20, 2, "one two three\n");
    check_said("one two three four five", 9, 2, "one two\n  three\n  four\n  five\n");
    check_said("incomprehensibilities too", 9, 2, "incomprehensibilities\n  too\n");
    check_said("a first line\nand one more\n", 9, 2, "a first\n  line\nand one\n  more\n");
    check_said("\n  head    what is said of it", 22, 10,
               "\n  head    what is said\n          of it\n");
}

static void
test_signs(void **state)
{
    (void)state;
    check_said("a share of 5 %", 13, 0, "a share of\n5 %\n");
    check_said("where P = 16 it", 9, 0, "where\nP = 16 it\n");
    check_said("is 2.3 +- 0.1 off", 8, 0, "is\n2.3 +- 0.1\noff\n");
    check_said("a + b", 4, 0, "a +\nb\n");
}

/* Two bytes, one column. */
static void
test_characters(void **state)
{
    (void)state;
    check_said("\xc2\xb5s \xc2\xb5s \xc2\xb5s", 8, 0, "\xc2\xb5s \xc2\xb5s \xc2\xb5s\n");
    check_said("\xc2\xb5s \xc2\xb5s \xc2\xb5s", 7, 0, "\xc2\xb5s \xc2\xb5s\n\xc2\xb5s\n");
}

static void
test_any_text(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed < 400; seed++) {
        char         text[200];
        size_t       n = 0;
        unsigned     x = seed;
        const size_t columns = 12 + seed % 40;
        while (n < sizeof text - 1) {
            x = x * 1103515245u + 12345u;
            text[n] = (x >> 16) % 5 && n > 0 && n < sizeof text - 2 ? (char)('a' + x % 7)
                      : n > 0 && text[n - 1] != ' '                 ? ' '
                                                                    : 'b';
            n++;
        }
        text[n] = '\0';
        char  *out = said(text, (int)columns, 3);
        size_t j = 0;
        for (char *line = out; *line;) {
            const size_t wide = strcspn(line, "\n");
            const size_t words = wide - strspn(line, " ");
            assert_true(wide <= columns || !memchr(line + wide - words, ' ', words));
            for (size_t i = 0; i < wide; i++)
                if (line[i] != ' ') {
                    while (text[j] == ' ') j++;
                    assert_int_equal(line[i], text[j++]);
                }
            line += wide + 1;
        }
        assert_int_equal(j + strspn(text + j, " "), n);
        free(out);
    }
}

RUN(cmocka_unit_test(test_lines), cmocka_unit_test(test_signs),
    cmocka_unit_test(test_characters), cmocka_unit_test(test_any_text))
