/* table_read: CSV with provenance lines, in two passes: the first finds which columns hold
 * words, the second fills the table. */
#include "core/file.h"
#include "core/table.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 256 };

typedef struct reader {
    const char *path;
    char       *rest; /* what is still unread; lines are cut in place */
    size_t      line;
} reader;

/* The next line that is neither empty nor, unless asked for, a comment; NULL at the end. */
static char *
next_line(reader *r, int comments)
{
    while (r->rest && *r->rest) {
        char *line = r->rest, *end = line + strcspn(line, "\n");
        r->rest = *end ? end + 1 : end;
        *end = '\0';
        if (end > line && end[-1] == '\r') end[-1] = '\0';
        r->line++;
        if (*line && (comments || *line != '#')) return line;
    }
    return NULL;
}

static char *
trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t", text[n - 1])) text[--n] = '\0';
    return text;
}

/* Cut a line at its commas; a cell in double quotes may hold some. More than MOST_COLUMNS
 * cells count as one more. */
static size_t
split(char *line, char *cell[MOST_COLUMNS])
{
    size_t n = 0;

    for (;;) {
        if (n == MOST_COLUMNS) return MOST_COLUMNS + 1;
        line += strspn(line, " \t");
        char *end;
        if (*line == '"') {
            cell[n++] = ++line;
            end = line + strcspn(line, "\"");
            if (*end) *end++ = '\0';
            end += strcspn(end, ",");
        } else {
            end = line + strcspn(line, ",");
            const int last = !*end;
            *end = '\0';
            cell[n++] = trim(line);
            if (last) break;
            line = end + 1;
            continue;
        }
        if (!*end) break;
        line = end + 1;
    }
    return n;
}

/* Nothing before or after it, not even space. */
static int
is_number(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return *text && !*end && !isspace((unsigned char)*text);
}

static tg_status
read_row(reader *r, char *line, size_t columns, char *cell[MOST_COLUMNS])
{
    const size_t n = split(line, cell);

    if (n == columns) return TG_OK;
    return tg_fail(TG_EINPUT, "%s:%zu: expected %zu values, got %zu", r->path, r->line,
                   columns, n);
}

/* First pass: the header's names, and which columns hold a cell that is not a number. */
static tg_status
survey(reader *r, tg_column *column, size_t *columns)
{
    char  *cell[MOST_COLUMNS];
    char  *line = next_line(r, 0);
    double value;

    if (!line) return tg_fail(TG_EINPUT, "%s: empty, expected a table", r->path);
    *columns = split(line, cell);
    if (*columns > MOST_COLUMNS)
        return tg_fail(TG_EINPUT, "%s:%zu: more than %d columns", r->path, r->line,
                       MOST_COLUMNS);
    for (size_t i = 0; i < *columns; i++) column[i] = (tg_column){ .name = cell[i] };
    while ((line = next_line(r, 0))) {
        TG_TRY(read_row(r, line, *columns, cell));
        for (size_t i = 0; i < *columns; i++)
            if (!is_number(cell[i], &value)) column[i].text = true;
    }
    return TG_OK;
}

/* "# column NAME [UNIT]: DOC" restores what the header line does not hold. */
static int
take_column_line(char *text, tg_column *column, size_t columns)
{
    char *open, *close;

    if (strncmp(text, "column ", 7) || !(open = strstr(text, " [")) ||
        !(close = strstr(open, "]:")))
        return 0;
    *open = *close = '\0';
    for (size_t i = 0; i < columns; i++)
        if (!strcmp(column[i].name, text + 7)) {
            column[i].unit = strcmp(open + 2, "-") ? open + 2 : "";
            column[i].doc = trim(close + 2);
        }
    return 1;
}

static tg_status
take_note(tg_table *t, char *text)
{
    char *colon = strstr(text, ": ");

    if (!colon) return TG_OK;
    *colon = '\0';
    return tg_table_note(t, text, "%s", colon + 2);
}

/* Second pass. Comment lines above the header are columns' units and provenance notes. */
static tg_status
fill(reader *r, tg_column *column, size_t columns, tg_table **out)
{
    char     *cell[MOST_COLUMNS], *note[MOST_COLUMNS], *line;
    tg_cell   row[MOST_COLUMNS];
    size_t    notes = 0;
    tg_table *t;

    while ((line = next_line(r, 1)) && *line == '#') {
        char *text = trim(line + 1);
        if (!take_column_line(text, column, columns) && notes < MOST_COLUMNS)
            note[notes++] = text;
    }
    TG_TRY(tg_table_create(column, columns, &t));
    tg_status status = TG_OK;
    for (size_t i = 0; i < notes && status == TG_OK; i++) status = take_note(t, note[i]);
    while (status == TG_OK && (line = next_line(r, 0))) {
        status = read_row(r, line, columns, cell);
        for (size_t i = 0; i < columns; i++) {
            row[i] = (tg_cell){ .text = cell[i] };
            if (!column[i].text) is_number(cell[i], &row[i].number);
        }
        tg_table_at_line(t, r->line);
        if (status == TG_OK) status = tg_table_add(t, row);
    }
    if (status == TG_OK)
        *out = t;
    else
        tg_table_free(t);
    return status;
}

tg_status
tg_table_read(const char *path, tg_table **out)
{
    char     *text = NULL;
    tg_column column[MOST_COLUMNS];
    size_t    columns = 0;

    TG_TRY(tg_file_read(path, &text));
    char     *again = strdup(text);
    tg_status status = again ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = survey(&(reader){ path, text, 0 }, column, &columns);
    if (status == TG_OK) status = fill(&(reader){ path, again, 0 }, column, columns, out);
    free(text);
    free(again);
    return status;
}

double
tg_table_number(const tg_table *t, size_t row, size_t column)
{
    const tg_cell cell = tg_table_cell(t, row, column);
    double        value;

    if (!cell.text) return cell.number;
    return is_number(cell.text, &value) ? value : (double)NAN;
}

/* Does a cell read so, as a word or as a number? */
static bool
reads(tg_cell cell, const char *word)
{
    double value;

    if (cell.text) return !strcmp(cell.text, word);
    return is_number(word, &value) && value == cell.number;
}

static tg_status
take_time(const tg_table *t, const char *path, const char *column, size_t row, size_t c,
          double *value)
{
    *value = tg_table_number(t, row, c);
    if (*value >= 0 && isfinite(*value)) return TG_OK;
    const char *word = tg_table_cell(t, row, c).text;
    char        number[32];
    snprintf(number, sizeof number, "%g", *value);
    return tg_fail(TG_EINPUT, "%s:%zu: %s: expected a finite number >= 0, got \"%s\"", path,
                   tg_table_line(t, row), column, word ? word : number);
}

static tg_status
take_times(const tg_table *t, const char *path, const char *column, const char *group,
           double *value, size_t *n)
{
    size_t c = 0, g = 0;

    if (tg_table_find(t, column, &c) != TG_OK ||
        (group && tg_table_find(t, "group", &g) != TG_OK))
        return tg_fail_within(TG_EINPUT, "%s", path);
    if (tg_table_rows(t) == 0)
        return tg_fail(TG_EINPUT, "%s: no rows below the header", path);
    *n = 0;
    for (size_t i = 0; i < tg_table_rows(t); i++)
        if (!group || reads(tg_table_cell(t, i, g), group))
            TG_TRY(take_time(t, path, column, i, c, &value[(*n)++]));
    if (*n > 0) return TG_OK;
    return tg_fail(TG_EINPUT, "%s: no row of group \"%s\"", path, group);
}

tg_status
tg_table_read_times(const char *path, const char *column, const char *group,
                    double **values, size_t *n)
{
    tg_table *t = NULL;
    size_t    taken = 0;

    TG_TRY(tg_table_read(path, &t));
    double   *value = malloc((tg_table_rows(t) + 1) * sizeof *value);
    tg_status status = value ? take_times(t, path, column, group, value, &taken)
                             : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        *values = value;
        *n = taken;
    } else {
        free(value);
    }
    tg_table_free(t);
    return status;
}
