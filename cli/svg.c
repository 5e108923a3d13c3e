#include "cli/svg.h"

#include "core/file.h"
#include "core/quote.h"

#include <stdlib.h>
#include <string.h>

/* How gnuplot 5.4 opens an SVG, and a point with a hypertext. */
static const char value_open[] = "<g onmousemove=\"gnuplot_svg.showHypertext(evt,'",
                  value_close[] = "')\" onmouseout=\"gnuplot_svg.hideHypertext()\">"
                                  "<title> </title>";

/* Text between two places of a buffer, quoted; the buffer is whole again after it. */
static void
put_part(FILE *f, char *from, char *to)
{
    const char kept = *to;

    *to = '\0';
    tg_quote_html(f, from);
    *to = kept;
}

static void
put_element(FILE *f, const char *name, const char *text)
{
    fprintf(f, "<%s>", name);
    tg_quote_html(f, text);
    fprintf(f, "</%s>\n", name);
}

/* The first element of that name up to its end, or NULL. */
static char *
after_element(char *text, const char *close)
{
    char *at = strstr(text, close);

    return at ? at + strlen(close) : NULL;
}

static void
put_values(FILE *f, char *text)
{
    for (char *open; (open = strstr(text, value_open));) {
        char *value = open + strlen(value_open), *close = strstr(value, value_close);
        if (!close) break;
        fwrite(text, 1, (size_t)(open - text), f);
        fputs("<g class=\"value\"><title>", f);
        put_part(f, value, close);
        fputs("</title>", f);
        text = close + strlen(value_close);
    }
    fputs(text, f);
}

tg_status
svg_describe(const char *path, const char *title, const char *description)
{
    tg_file f;
    char   *text = NULL;

    TG_TRY(tg_file_read(path, &text));
    char *open = strstr(text, "<svg"), *rest = open ? after_element(open, "</desc>") : NULL;
    char *attributes = open ? open + strlen("<svg") : NULL;
    char *end = open ? strchr(open, '>') : NULL;
    if (!rest || end > rest) {
        free(text);
        return tg_fail(TG_EIO, "%s: expected an SVG of gnuplot's", path);
    }
    tg_status status = tg_file_begin(&f, path);
    if (status == TG_OK) {
        fwrite(text, 1, (size_t)(attributes - text), f.stream);
        fputs(" role=\"img\" aria-label=\"", f.stream);
        tg_quote_html(f.stream, title);
        fputc('"', f.stream);
        fwrite(attributes, 1, (size_t)(end + 1 - attributes), f.stream);
        fputc('\n', f.stream);
        put_element(f.stream, "title", title);
        put_element(f.stream, "desc", description);
        put_values(f.stream, rest);
        status = tg_file_end(&f, TG_OK);
    }
    free(text);
    return status;
}
