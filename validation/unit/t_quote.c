/* Whatever bytes are quoted, who reads them back finds one value and nothing else happens:
 * gnuplot, a shell, and the rules of HTML are asked. */
#include "validation/unit/check.h"

#include "core/file.h"
#include "core/process.h"
#include "core/quote.h"

#include <unistd.h>

/* what is quoted, and what gnuplot then holds: control characters as spaces, bytes that are
 * no UTF-8 as question marks; NULL: the same */
static const struct {
    const char *text, *gnuplot;
} attacks[] = {
    { "asgd", NULL },
    { "", NULL },
    { "';system('touch PWNED');x='", NULL },
    { "\";system(\"touch PWNED\");x=\"", NULL },
    { "`touch PWNED`", NULL },
    { "$(touch PWNED)", NULL },
    { "@PWNED $HOME ${IFS} $0 $1", NULL },
    { "<touch PWNED", NULL },
    { "|touch PWNED", NULL },
    { "-e system('touch PWNED')", NULL },
    { "\n!touch PWNED\n", " !touch PWNED " },
    { "a\\\nsystem('touch PWNED')", "a\\ system('touch PWNED')" },
    { "\\", NULL },
    { "\\\\'\"\\n\\101", NULL },
    { "# no comment", NULL },
    { "{/Symbol a}_b^c %d %s %n", NULL },
    { "<script>alert(1)</script>&amp;", NULL },
    { "\x01\x1b[2J\x7f\t", "  [2J  " },
    { "Gr\xc3\xb6\xc3\x9f"
      "e \xe2\x88\x9a \xf0\x9f\x90\xbb",
      NULL },
    { "\xff\xfe\xc0\xaf\x80", "?????" },             /* never UTF-8, overlong, alone */
    { "\xed\xa0\x80|\xf4\x90\x80\x80", "???|????" }, /* surrogate; past U+10FFFF */
    { "\xe2\x88", "??" },                            /* cut short */
};
enum { ATTACKS = sizeof attacks / sizeof *attacks, LONG = 10000 };

static char folder[64];

static int
make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/t_quote.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
    (void)state;
    return tg_process_run("/", (const char *[]){ "rm", "-r", "--", folder, NULL }) == TG_OK
               ? 0
               : -1;
}

static FILE *
open_in(const char *name, const char *mode)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, mode);
    assert_non_null(f);
    return f;
}

/* The bytes of a file in the folder; caller frees. */
static char *
bytes_of(const char *name)
{
    char path[128], *text = NULL;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(tg_file_read(path, &text));
    return text;
}

static void
nothing_ran(void)
{
    char path[128];

    snprintf(path, sizeof path, "%s/PWNED", folder);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* n characters of every printable kind */
static char *
long_text(void)
{
    char *text = malloc(LONG + 1);

    assert_non_null(text);
    for (int i = 0; i < LONG; i++) text[i] = (char)(' ' + i * 7 % 95);
    text[LONG] = '\0';
    return text;
}

static void
gnuplot_holds(const char *text, const char *expected)
{
    FILE *f = open_in("script", "w");

    fputs("x = ", f);
    tg_quote_gnuplot(f, text);
    fputs("\nset print 'out'\nprint x\nprint 'end'\n", f);
    fclose(f);
    assert_ok(tg_process_run(folder, (const char *[]){ "gnuplot", "-d", "script", NULL }));
    char  *got = bytes_of("out");
    size_t n = strlen(expected);
    if (strlen(got) != n + 5 || memcmp(got, expected, n) || strcmp(got + n, "\nend\n"))
        fail_msg("expected \"%s\", gnuplot holds \"%s\"", expected, got);
    free(got);
    nothing_ran();
}

static void
test_gnuplot(void **state)
{
    char *text = long_text();

    (void)state;
    for (size_t i = 0; i < ATTACKS; i++)
        gnuplot_holds(attacks[i].text,
                      attacks[i].gnuplot ? attacks[i].gnuplot : attacks[i].text);
    gnuplot_holds(text, text);
    free(text);
}

/* Negative control: in plain single quotes the attack works, so the test above can see one.
 */
static void
test_gnuplot_unquoted(void **state)
{
    FILE *f = open_in("script", "w");
    char  path[128];

    (void)state;
    fprintf(f, "x = '%s'\n", attacks[2].text);
    fclose(f);
    assert_ok(tg_process_run(folder, (const char *[]){ "gnuplot", "-d", "script", NULL }));
    snprintf(path, sizeof path, "%s/PWNED", folder);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(remove(path), 0);
}

static char *
quoted(void (*quote)(FILE *f, const char *text), const char *text)
{
    char  *out = NULL;
    size_t size;
    FILE  *f = open_memstream(&out, &size);

    assert_non_null(f);
    quote(f, text);
    assert_int_equal(fclose(f), 0);
    return out;
}

/* Undo &#N; in place; whatever else is special to HTML must not be there. */
static void
decode(char *text)
{
    char *to = text;

    for (char *s = text; *s;) {
        assert_null(strchr("<>\"'", *s));
        if (*s != '&') {
            *to++ = *s++;
            continue;
        }
        assert_int_equal(s[1], '#');
        *to++ = (char)strtol(s + 2, &s, 10);
        assert_int_equal(*s++, ';');
    }
    *to = '\0';
}

static void
html_holds(const char *text, const char *expected)
{
    char *out = quoted(tg_quote_html, text);

    decode(out);
    assert_string_equal(out, expected);
    free(out);
}

static void
test_html(void **state)
{
    char *text = long_text();

    (void)state;
    for (size_t i = 0; i < ATTACKS; i++)
        if (!attacks[i].gnuplot) html_holds(attacks[i].text, attacks[i].text);
    html_holds("\n\t<\x01>", "\n\t< >");
    html_holds("\xff<", "\xef\xbf\xbd<");
    html_holds("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    html_holds(text, text);
    free(text);
}

/* As gnuplot holds it, but for what stands for a byte that is no UTF-8: U+FFFD. */
static void
text_holds(const char *out, const char *expected)
{
    for (; *expected; expected++) {
        const char  *want = *expected == '?' ? "\xef\xbf\xbd" : expected;
        const size_t n = *expected == '?' ? 3 : 1;
        assert_memory_equal(out, want, n);
        out += n;
    }
    assert_int_equal(*out, 0);
}

/* One line of valid UTF-8, which is what it was if that was one. */
static void
test_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        char *out = quoted(tg_quote_text, attacks[i].text);
        if (attacks[i].gnuplot)
            text_holds(out, attacks[i].gnuplot);
        else
            assert_string_equal(out, attacks[i].text);
        for (const char *s = out; *s; s++)
            assert_true((unsigned char)*s >= ' ' && *s != 0x7f);
        char *again = quoted(tg_quote_text, out);
        assert_string_equal(out, again);
        assert_null(strstr(out, "\xff"));
        free(out);
        free(again);
    }
}

static void
shell_holds(const char *text)
{
    FILE *f = open_in("script", "w");

    fputs("printf '%s' ", f);
    tg_quote_word(f, text);
    fputs(" > out\n", f);
    fclose(f);
    assert_ok(tg_process_run(folder, (const char *[]){ "sh", "script", NULL }));
    char *got = bytes_of("out");
    assert_string_equal(got, text);
    free(got);
    nothing_ran();
}

static void
test_shell(void **state)
{
    char *text = long_text(), *bare = quoted(tg_quote_word, "--set=workers.count_1/2:x");

    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) shell_holds(attacks[i].text);
    shell_holds(text);
    assert_string_equal(bare, "--set=workers.count_1/2:x");
    free(text);
    free(bare);
}

/* What TeX reads is characters and commands that print one: nothing else has a meaning. */
static void
test_tex(void **state)
{
    static const char *const commands[] = { "textbackslash{}",   "textasciitilde{}",
                                            "textasciicircum{}", "textless{}",
                                            "textgreater{}",     "textbar{}" };

    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        char  *text = NULL;
        size_t size;
        FILE  *f = open_memstream(&text, &size);
        tg_quote_tex(f, attacks[i].text);
        assert_int_equal(fclose(f), 0);
        for (const char *s = text; *s; s++) {
            assert_null(strchr("#$%&_{}~^\"<>|", *s));
            assert_true((unsigned char)*s >= ' ');
            if (*s != '\\') continue;
            s++;
            if (*s && strchr("#$%&_{}", *s)) continue;
            size_t k = 0, n = 0;
            for (; k < sizeof commands / sizeof *commands && !n; k++)
                if (!strncmp(s, commands[k], strlen(commands[k]))) n = strlen(commands[k]);
            assert_true(n > 0);
            s += n - 1;
        }
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tex),
        cmocka_unit_test(test_gnuplot),
        cmocka_unit_test(test_gnuplot_unquoted),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_shell),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
