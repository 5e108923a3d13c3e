#include "core/column.h"

#include "core/node.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 64 };

typedef struct reader {
    const char *path, *column;
    FILE       *file;
    char       *line;
    size_t      room;
    long        at; /* line number, from 1 */
    double     *times;
    size_t      n, space;
} reader;

/* The next line that is neither a comment nor empty, without its end; NULL at the end. */
static char *
next_line(reader *r)
{
    while (getline(&r->line, &r->room, r->file) > 0) {
        r->at++;
        r->line[strcspn(r->line, "\r\n")] = 0;
        if (r->line[0] && r->line[0] != '#') return r->line;
    }
    return NULL;
}

/* Split at commas, in place, without the blanks around entries. */
static size_t
split(char *line, const char *word[COLUMNS])
{
    size_t n = 0;

    while (line && n < COLUMNS) {
        char *comma = strchr(line, ',');
        if (comma) *comma = 0;
        line += strspn(line, " \t\"");
        for (size_t end = strlen(line); end && strchr(" \t\"", line[end - 1]);)
            line[--end] = 0;
        word[n++] = line;
        line = comma ? comma + 1 : NULL;
    }
    return n;
}

static tg_status
find_column(reader *r, size_t *out)
{
    const char *word[COLUMNS];
    char       *line = next_line(r);

    if (!line) return tg_fail(TG_EINPUT, "%s: empty, expected a header line", r->path);
    const size_t n = split(line, word);
    for (*out = 0; *out < n; ++*out)
        if (!strcmp(word[*out], r->column)) return TG_OK;
    const char *near = tg_nearest(r->column, word, n);
    return tg_fail(TG_EINPUT, "%s:%ld: no column \"%s\"%s%s%s", r->path, r->at, r->column,
                   near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static tg_status
append(reader *r, double t)
{
    if (r->n == r->space) {
        const size_t space = r->space ? 2 * r->space : 256;
        double      *grown = realloc(r->times, space * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        r->times = grown;
        r->space = space;
    }
    r->times[r->n++] = t;
    return TG_OK;
}

static tg_status
read_rows(reader *r, size_t column)
{
    for (char *line; (line = next_line(r));) {
        const char  *word[COLUMNS];
        char        *end;
        const size_t n = split(line, word);
        if (column >= n)
            return tg_fail(TG_EINPUT, "%s:%ld: %zu columns, \"%s\" is number %zu", r->path,
                           r->at, n, r->column, column + 1);
        const double t = strtod(word[column], &end);
        if (!*word[column] || *end || strpbrk(word[column], "xXpP") ||
            !(t >= 0 && isfinite(t)))
            return tg_fail(TG_EINPUT,
                           "%s:%ld: %s: expected a finite number >= 0, got \"%s\"", r->path,
                           r->at, r->column, word[column]);
        TG_TRY(append(r, t));
    }
    if (ferror(r->file))
        return tg_fail(TG_EIO, "%s: cannot be read: %s", r->path, strerror(errno));
    if (r->n == 0) return tg_fail(TG_EINPUT, "%s: no rows below the header", r->path);
    return TG_OK;
}

static char *
resolve(const char *beside, const char *path)
{
    const char  *slash = beside ? strrchr(beside, '/') : NULL;
    const size_t folder = slash && path[0] != '/' ? (size_t)(slash - beside) + 1 : 0;
    char        *full = malloc(folder + strlen(path) + 1);

    if (!full) return NULL;
    if (folder) memcpy(full, beside, folder);
    strcpy(full + folder, path);
    return full;
}

static tg_status
read_file(reader *r)
{
    size_t column = 0;

    if (!(r->file = fopen(r->path, "r")))
        return tg_fail(TG_EIO, "%s: cannot be opened: %s", r->path, strerror(errno));
    tg_status status = find_column(r, &column);
    if (status == TG_OK) status = read_rows(r, column);
    fclose(r->file);
    return status;
}

tg_status
tg_column_read(const char *beside, const char *path, const char *column, double **times,
              size_t *n)
{
    char  *full = resolve(beside, path);
    reader r = { .path = full, .column = column };

    if (!full) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = read_file(&r);
    if (status == TG_OK) {
        *times = r.times;
        *n = r.n;
    } else {
        free(r.times);
    }
    free(r.line);
    free(full);
    return status;
}
