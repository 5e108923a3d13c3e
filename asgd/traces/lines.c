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

tg_status
tg_rows_read(tg_intake *in, tg_text *text, char delimiter,
             tg_status (*look)(tg_intake *in, char **cell, size_t line, bool *take),
             bool *header)
{
    char  *cell[TG_MOST_COLUMNS], *rest = text->at, *at;
    size_t line = 0, columns = 0;

    while (rest && *rest) {
        TG_TRY(check_length(in, rest, line));
        if (line % 4096 == 0) TG_TRY(tg_stop_check());
        if (!(at = tg_line_next(&rest, &line))) break;
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
