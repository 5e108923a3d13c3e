/* csv: rows of cells: comma, semicolon, tab, bar or blank between them, decimal point or
 * comma, header or none. It takes whatever no other reader recognises. */
#include "asgd/traces/lines.h"

#include <stdio.h>
#include <string.h>

static bool
recognise(const tg_text *text)
{
    (void)text;
    return true;
}

static size_t
count(const char *at, const char *end, char c)
{
    size_t n = 0;
    bool   quoted = false;

    for (; at < end; at++) {
        quoted ^= *at == '"';
        n += *at == c && !quoted;
    }
    return n;
}

/* The end of the line, or of what is looked at of one that is too long. */
static const char *
line_end(const char *at)
{
    const size_t n = strnlen(at, TG_LONGEST_LINE);
    const char  *end = memchr(at, '\n', n);

    return end ? end : at + n;
}

/* How often a delimiter stands in each of the first lines that are rows; 0: in some another
 * number of times. */
static size_t
steady(const char *at, char c)
{
    size_t first = 0;

    for (int lines = 0; *at && lines < 12;) {
        const char  *end = line_end(at);
        const size_t n = count(at, end, c);
        if (*at != '#' && end > at && *at != '\r') {
            if (lines++ > 0 && n != first) return 0;
            first = n;
        }
        if (*end != '\n') break;
        at = end + 1;
    }
    return first;
}

/* The first of them that is steady, else that stands in the first row at all. Before the
 * comma come those that leave it to the decimals. */
static char
find_delimiter(const char *at)
{
    static const char those[] = "\t;|, ";

    for (const char *c = those; *c; c++)
        if (steady(at, *c)) return *c;
    while (*at == '#' || *at == '\n' || *at == '\r') {
        at = line_end(at);
        at += *at == '\n';
    }
    for (const char *c = those; *c; c++)
        if (count(at, line_end(at), *c)) return *c;
    return ',';
}

static tg_status
read_csv(tg_intake *in, tg_text *text)
{
    const char delimiter = find_delimiter(text->at);
    bool       header = true;
    char       units[64], roles[200];

    in->comma = delimiter != ',';
    TG_TRY(tg_rows_read(in, text, delimiter, NULL, &header));
    tg_intake_tell_units(in, units, sizeof units);
    memcpy(roles, in->log.took, sizeof roles);
    snprintf(in->log.took, sizeof in->log.took, "CSV, %s, %s%s%s%s",
             delimiter == ','    ? "commas"
             : delimiter == ';'  ? "semicolons"
             : delimiter == '\t' ? "tabs"
             : delimiter == '|'  ? "bars"
                                 : "blanks",
             header ? "" : "no header: columns ", roles, units,
             in->log.cluster ? ", jobs of a cluster" : "");
    return TG_OK;
}

const tg_log_kind tg_log_csv = {
    .is = { "csv", "cells between commas, semicolons, tabs, bars or blanks", "", NULL },
    .recognise = recognise,
    .read = read_csv
};
