#include "study/say.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum { ROOM = 2000 };

/* "=" and "+-" stand between what belongs together, "%" belongs to what is before it. */
static bool
holds_on(const char *word)
{
    return *word == '%' || !strncmp(word, "= ", 2) || !strncmp(word, "+- ", 3);
}

static bool
holds_next(const char *text, size_t n)
{
    return (n >= 2 && !strncmp(text + n - 2, " =", 2)) ||
           (n >= 3 && !strncmp(text + n - 3, " +-", 3));
}

/* Up to the next blank at which a line may end: in "2.3 +- 0.1 of P = 16" there are two. */
static size_t
word_length(const char *text)
{
    size_t n = strcspn(text, " \n");

    while (n > 0 && text[n] == ' ' && (holds_on(text + n + 1) || holds_next(text, n)))
        n += 1 + strcspn(text + n + 1, " \n");
    return n;
}

/* Characters, of UTF-8, in n bytes. */
static size_t
columns_of(const char *text, size_t n)
{
    size_t columns = 0;

    for (size_t i = 0; i < n; i++) columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* One line; its end or the text's is returned. */
static const char *
say_line(const tg_page *page, const char *text, int indent)
{
    size_t column = 0;

    while (*text && *text != '\n') {
        const size_t blanks = strspn(text, " "), n = word_length(text + blanks),
                     wide = columns_of(text + blanks, n);
        if (n == 0) return text + blanks;
        if (column > 0 && column + blanks + wide > (size_t)page->columns) {
            fprintf(page->stream, "\n%*s", indent, "");
            column = (size_t)indent;
        } else {
            fwrite(text, 1, blanks, page->stream);
            column += blanks;
        }
        fwrite(text + blanks, 1, n, page->stream);
        column += wide;
        text += blanks + n;
    }
    return text;
}

void
tg_say_wrapped(const tg_page *page, const char *text, int indent)
{
    do {
        text = say_line(page, text, indent);
        fputc('\n', page->stream);
    } while (*text == '\n' && *++text);
}

void
tg_say_paragraph(const tg_page *page, const char *format, ...)
{
    char    text[ROOM];
    va_list rest;

    va_start(rest, format);
    vsnprintf(text, sizeof text, format, rest);
    va_end(rest);
    tg_say_wrapped(page, text, 0);
    fputc('\n', page->stream);
}
