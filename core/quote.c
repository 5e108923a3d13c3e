#include "core/quote.h"

#include <stddef.h>
#include <string.h>

static const char letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static int
is_among(unsigned char c, const char *more)
{
    return c && (strchr(letters, c) || strchr(more, c));
}

/* Bytes of the UTF-8 character that begins here; 0 if none does. Surrogates, overlong forms
 * and what lies past U+10FFFF are none (Unicode 15, table 3-7). */
static size_t
utf8_length(const unsigned char *s)
{
    const size_t n = s[0] < 0x80   ? 1
                     : s[0] < 0xc2 ? 0
                     : s[0] < 0xe0 ? 2
                     : s[0] < 0xf0 ? 3
                     : s[0] < 0xf5 ? 4
                                   : 0;

    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

static int
is_control(unsigned char c)
{
    return c < ' ' || c == 0x7f;
}

/* gnuplot reads as many octal digits as there are: a digit after an escape is one too. */
void
tg_quote_gnuplot(FILE *f, const char *text)
{
    int escaped = 0;

    fputc('"', f);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        const size_t        n = utf8_length(s);
        const unsigned char c = n == 0 ? '?' : is_control(*s) ? ' ' : *s;
        const int plain = is_among(c, " ._/-") && !(escaped && strchr("0123456789", c));
        if (plain)
            fputc(c, f);
        else
            fprintf(f, "\\%03o", c);
        for (size_t i = 1; i < n; i++) fprintf(f, "\\%03o", s[i]);
        escaped = !plain;
        s += n ? n : 1;
    }
    fputc('"', f);
}

void
tg_quote_html(FILE *f, const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        const size_t n = utf8_length(s);
        if (n == 0)
            fputs("\xef\xbf\xbd", f); /* U+FFFD, the replacement character */
        else if (n == 1 && strchr("&<>\"'", *s))
            fprintf(f, "&#%d;", *s);
        else if (n == 1 && is_control(*s) && !strchr("\n\t", *s))
            fputc(' ', f);
        else
            fwrite(s, 1, n, f);
        s += n ? n : 1;
    }
}

/* What TeX gives a meaning to, by a command that prints it. */
static const char *
tex_command(unsigned char c)
{
    switch (c) {
    case '\\':
        return "\\textbackslash{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '<':
        return "\\textless{}";
    case '>':
        return "\\textgreater{}";
    case '|':
        return "\\textbar{}";
    case '"':
        return "''";
    default:
        return NULL;
    }
}

void
tg_quote_tex(FILE *f, const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        const size_t n = utf8_length(s);
        const char  *command = tex_command(*s);
        if (n == 0)
            fputc('?', f);
        else if (n == 1 && is_control(*s))
            fputc(' ', f);
        else if (command)
            fputs(command, f);
        else if (n == 1 && strchr("#$%&_{}", *s))
            fprintf(f, "\\%c", *s);
        else
            fwrite(s, 1, n, f);
        s += n ? n : 1;
    }
}

void
tg_quote_text(FILE *f, const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        const size_t n = utf8_length(s);
        if (n == 0)
            fputs("\xef\xbf\xbd", f);
        else if (n == 1 && is_control(*s))
            fputc(' ', f);
        else
            fwrite(s, 1, n, f);
        s += n ? n : 1;
    }
}

void
tg_quote_word(FILE *f, const char *word)
{
    const char *s = word;

    while (is_among((unsigned char)*s, "._/-+=:,@%")) s++;
    if (*word && !*s) {
        fputs(word, f);
        return;
    }
    fputc('\'', f);
    for (s = word; *s; s++)
        if (*s == '\'')
            fputs("'\\''", f);
        else
            fputc(*s, f);
    fputc('\'', f);
}
