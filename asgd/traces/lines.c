#include "asgd/traces/lines.h"

#include "core/parallel.h"

#include <stdio.h>
#include <string.h>

char *
tg_line_next(char **rest, size_t *line)
{
    char *begin = *rest, *end = begin ? strchr(begin, '\n') : NULL;

    if (!begin || !*begin) return NULL;
    (*line)++;
    *rest = end ? end + 1 : NULL;
    if (!end) end = begin + strlen(begin);
    *end = '\0';
    if (end > begin && end[-1] == '\r') end[-1] = '\0';
    return begin;
}

static char *
trim(char *begin, char *end)
{
    while (begin < end && strchr(" \t", *begin)) begin++;
    while (end > begin && strchr(" \t", end[-1])) end--;
    *end = '\0';
    return begin;
}

/* The text of a cell in quotes; its end is the place behind the closing one. */
static char *
unquote(char *cell, char **end)
{
    char *to = cell, *from = cell + 1;

    for (; *from && (*from != '"' || from[1] == '"'); from++) {
        from += *from == '"';
        *to++ = *from;
    }
    *end = from + (*from == '"');
    *to = '\0';
    return cell;
}

size_t
tg_line_cut(char *line, char delimiter, char *cell[TG_MOST_COLUMNS])
{
    const char stops[2] = { delimiter, '\0' };
    size_t     n = 0;

    for (;;) {
        if (n == TG_MOST_COLUMNS) return TG_MOST_COLUMNS + 1;
        while (*line == ' ') line++;
        char *end = line;
        if (*line == '"') {
            cell[n++] = unquote(line, &end);
            end += strcspn(end, stops);
            if (!*end) return n;
        } else {
            end = line + strcspn(line, stops);
            const bool last = !*end;
            cell[n++] = trim(line, end);
            if (last) return n;
        }
        line = end + 1;
    }
}

tg_status
tg_rows_take(tg_intake *in, char *const *cell, size_t line)
{
    const char *part[TG_ROLES];

    for (int role = 0; role < TG_ROLES; role++)
        part[role] = in->roles.at[role] == SIZE_MAX ? NULL : cell[in->roles.at[role]];
    return tg_intake_row(in, part, line);
}

/* Names are no times, and one of them is known or asked for. */
static bool
is_header(const tg_intake *in, char *const *cell, size_t n)
{
    tg_moment m;
    bool      known = false, time = false;

    for (size_t i = 0; i < n; i++) {
        known |= tg_roles_known(cell[i]);
        time |= tg_moment_read(cell[i], in->comma, 1, &m) != TG_MOMENT_NONE;
    }
    return known || !time;
}

/* The roles from the first line, which may be a row already. */
static tg_status
begin(tg_intake *in, char *const *cell, size_t n, bool *header)
{
    char        place[TG_MOST_COLUMNS][4];
    const char *name[TG_MOST_COLUMNS];

    *header = is_header(in, cell, n);
    for (size_t i = 0; i < n; i++) {
        snprintf(place[i], sizeof place[i], "%u", (unsigned)(i + 1) % 1000);
        name[i] = *header ? cell[i] : place[i];
    }
    TG_TRY(tg_roles_find(in->text, in->wish, name, n, *header, &in->roles));
    in->log.cluster = in->roles.cluster;
    tg_roles_tell(&in->roles, name, in->log.took, 200);
    return TG_OK;
}

/* `at` lies in the text. */
static tg_status
check_length(const tg_intake *in, const char *at, size_t line)
{
    const size_t left = in->text->size - (size_t)(at - in->text->at);

    if (left <= TG_LONGEST_LINE || memchr(at, '\n', TG_LONGEST_LINE)) return TG_OK;
    return tg_fail(TG_EINPUT, "%s:%zu: a line of more than 1 MiB; expected a row of a log",
                   in->text->source, line + 1);
}

/* Behind the quotes that close the cell at `at`; NULL: it does not close in a line's length. */
static const char *
closing_quotes(const char *at)
{
    for (const char *c = at + 1; *c && (size_t)(c - at) < TG_LONGEST_LINE; c++) {
        if (*c != '"') continue;
        if (c[1] != '"') return c + 1;
        c++;
    }
    return NULL;
}

/* How many lines of text a row has: a cell in quotes may hold their ends. 0: its quotes are not those
 * of a cell. */
static size_t
lines_of_row(const char *at, char delimiter)
{
    const char stops[] = { delimiter, '\n', '\0' };
    size_t     lines = 1;

    if (!memchr(at, '"', strcspn(at, "\n"))) return 1;
    for (;; at++) {
        at += strspn(at, " ");
        if (*at == '"') {
            const char *end = closing_quotes(at);
            if (!end) return 0;
            for (; at < end; at++) lines += *at == '\n';
            at += strspn(at, " \r");
            if (*at && *at != '\n' && *at != delimiter) return 0;
        }
        at += strcspn(at, stops);
        if (!*at || *at != delimiter) return lines;
    }
}

/* The row at *rest, ended and without CR; *line counts the lines up to its end. Once quotes do not
 * close, *quotes, they are taken for what they are. */
static char *
next_row(char **rest, char delimiter, bool *quotes, size_t *line)
{
    const size_t lines = *quotes ? lines_of_row(*rest, delimiter) : 1;
    char        *begin = *rest, *last = begin;

    *quotes &= lines > 0;
    for (size_t i = 1; i < lines; i++) last = strchr(last, '\n') + 1;
    *rest = last;
    if (lines > 1) *line += lines - 1;
    return tg_line_next(rest, line) ? begin : NULL;
}

tg_status
tg_rows_read(tg_intake *in, tg_text *text, char delimiter,
             tg_status (*look)(tg_intake *in, char **cell, size_t line, bool *take),
             bool *header)
{
    char  *cell[TG_MOST_COLUMNS], *rest = text->at, *at;
    size_t line, columns = 0, rows = 0;
    bool   quotes = true;

    for (size_t next = 0; rest && *rest;) {
        TG_TRY(check_length(in, rest, next));
        if (rows++ % 4096 == 0) TG_TRY(tg_stop_check());
        line = next + 1;
        if (!(at = next_row(&rest, delimiter, &quotes, &next))) break;
        if (*at == '#' || !at[strspn(at, " \t")]) continue;
        const size_t n = tg_line_cut(at, delimiter, cell);
        if (columns == 0) {
            if (n > TG_MOST_COLUMNS)
                return tg_fail(TG_EINPUT, "%s:%zu: more than %d columns", text->source,
                               line, TG_MOST_COLUMNS);
            TG_TRY(begin(in, cell, columns = n, header));
            if (*header) continue;
        }
        if (n != columns) {
            tg_intake_lose(in, TG_LOG_CELLS, line);
            continue;
        }
        bool take = true;
        if (look) TG_TRY(look(in, cell, line, &take));
        if (take) TG_TRY(tg_rows_take(in, cell, line));
    }
    return TG_OK;
}
