#include "core/table.h"

#include "core/file.h"
#include "core/node.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct note {
    char *key, *value;
} note;

struct tg_table {
    tg_column *column;
    size_t     columns;
    tg_cell   *cell; /* (rows, columns) */
    size_t    *line; /* (rows) */
    size_t     at_line;
    size_t     rows, room;
    note      *notes;
    size_t     note_count;
};

/* ---- making -------------------------------------------------------------------------- */

static tg_status
no_memory(void)
{
    return tg_fail(TG_ENOMEM, "out of memory");
}

static void
tame(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) *text = ' ';
        if (*text == '"') *text = '\'';
    }
}

tg_status
tg_table_create(const tg_column *columns, size_t count, tg_table **out)
{
    tg_table *t = calloc(1, sizeof *t);

    if (!t || !(t->column = calloc(count, sizeof *t->column))) goto fail;
    for (t->columns = 0; t->columns < count; t->columns++) {
        const tg_column *from = &columns[t->columns];
        char            *name = strdup(from->name);
        char            *unit = strdup(from->unit ? from->unit : "");
        char            *doc = strdup(from->doc ? from->doc : "");
        if (name) tame(name);
        t->column[t->columns] = (tg_column){ name, unit, doc, from->text };
        if (!name || !unit || !doc) {
            t->columns++;
            goto fail;
        }
    }
    *out = t;
    return TG_OK;
fail:
    tg_table_free(t);
    return no_memory();
}

void
tg_table_free(tg_table *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->rows * t->columns; i++) free((char *)t->cell[i].text);
    for (size_t i = 0; i < t->columns; i++) {
        free((char *)t->column[i].name);
        free((char *)t->column[i].unit);
        free((char *)t->column[i].doc);
    }
    for (size_t i = 0; i < t->note_count; i++) {
        free(t->notes[i].key);
        free(t->notes[i].value);
    }
    free(t->notes);
    free(t->column);
    free(t->cell);
    free(t->line);
    free(t);
}

tg_status
tg_table_add(tg_table *t, const tg_cell *row)
{
    if (t->rows == t->room) {
        const size_t room = t->room ? 2 * t->room : 64;
        tg_cell     *grown = realloc(t->cell, room * t->columns * sizeof *grown);
        size_t      *lines = realloc(t->line, room * sizeof *lines);
        if (grown) t->cell = grown;
        if (lines) t->line = lines;
        if (!grown || !lines) return no_memory();
        t->room = room;
    }
    tg_cell *to = t->cell + t->rows * t->columns;
    for (size_t i = 0; i < t->columns; i++) {
        char *text = t->column[i].text ? strdup(row[i].text ? row[i].text : "") : NULL;
        if (t->column[i].text && !text) {
            while (i > 0) free((char *)to[--i].text);
            return no_memory();
        }
        if (text) tame(text);
        to[i] = (tg_cell){ .number = text ? (double)NAN : row[i].number, .text = text };
    }
    t->line[t->rows++] = t->at_line;
    if (t->at_line) t->at_line++;
    return TG_OK;
}

void
tg_table_at_line(tg_table *t, size_t line)
{
    t->at_line = line;
}

tg_status
tg_table_note(tg_table *t, const char *key, const char *format, ...)
{
    va_list args, again;
    note   *grown = realloc(t->notes, (t->note_count + 1) * sizeof *grown);

    if (!grown) return no_memory();
    t->notes = grown;
    va_start(args, format);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *name = strdup(key), *value = n >= 0 ? malloc((size_t)n + 1) : NULL;
    if (value) vsnprintf(value, (size_t)n + 1, format, again);
    va_end(again);
    if (!name || !value) {
        free(name);
        free(value);
        return no_memory();
    }
    tame(value);
    grown[t->note_count++] = (note){ name, value };
    return TG_OK;
}

/* ---- reading what is in it ----------------------------------------------------------- */

size_t
tg_table_rows(const tg_table *t)
{
    return t->rows;
}

size_t
tg_table_columns(const tg_table *t)
{
    return t->columns;
}

const tg_column *
tg_table_column(const tg_table *t, size_t column)
{
    return &t->column[column];
}

tg_cell
tg_table_cell(const tg_table *t, size_t row, size_t column)
{
    return t->cell[row * t->columns + column];
}

size_t
tg_table_line(const tg_table *t, size_t row)
{
    return t->line[row];
}

size_t
tg_table_notes(const tg_table *t)
{
    return t->note_count;
}

void
tg_table_get_note(const tg_table *t, size_t i, const char **key, const char **value)
{
    *key = t->notes[i].key;
    *value = t->notes[i].value;
}

const char *
tg_table_find_note(const tg_table *t, const char *key)
{
    for (size_t i = 0; i < t->note_count; i++)
        if (!strcmp(t->notes[i].key, key)) return t->notes[i].value;
    return NULL;
}

static tg_status
unknown_column(const tg_table *t, const char *name)
{
    enum { MOST = 64 };
    const char *known[MOST];
    char        list[512] = "";
    size_t      used = 0, n = 0;

    for (; n < t->columns && n < MOST; n++) {
        known[n] = t->column[n].name;
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", n ? ", " : "",
                                     known[n]);
    }
    const char *near = tg_nearest(name, known, n);
    if (near)
        return tg_fail(TG_EINPUT, "no column \"%s\"; did you mean \"%s\"?", name, near);
    return tg_fail(TG_EINPUT, "no column \"%s\"; there are: %s", name, list);
}

tg_status
tg_table_find(const tg_table *t, const char *name, size_t *column)
{
    for (size_t i = 0; i < t->columns; i++)
        if (!strcmp(t->column[i].name, name)) {
            *column = i;
            return TG_OK;
        }
    return unknown_column(t, name);
}

/* ---- writing ------------------------------------------------------------------------- */

/* What a reader would take for something else: several cells, a comment, an empty line, or
 * less than there is. */
static bool
needs_quotes(const tg_table *t, size_t column, const char *text)
{
    const size_t n = strlen(text);

    if (n == 0) return t->columns == 1;
    return strchr(text, ',') || strchr(" \t", *text) || strchr(" \t", text[n - 1]) ||
           (column == 0 && *text == '#');
}

static void
write_text(FILE *f, const tg_table *t, size_t column, const char *text)
{
    fprintf(f, needs_quotes(t, column, text) ? "\"%s\"" : "%s", text);
}

tg_status
tg_table_write(const tg_table *t, const char *path)
{
    tg_file file;

    TG_TRY(tg_file_begin(&file, path));
    for (size_t i = 0; i < t->note_count; i++)
        fprintf(file.stream, "# %s: %s\n", t->notes[i].key, t->notes[i].value);
    for (size_t i = 0; i < t->columns; i++)
        fprintf(file.stream, "# column %s [%s]: %s\n", t->column[i].name,
                *t->column[i].unit ? t->column[i].unit : "-", t->column[i].doc);
    for (size_t i = 0; i < t->columns; i++) {
        if (i) fputc(',', file.stream);
        write_text(file.stream, t, i, t->column[i].name);
    }
    for (size_t i = 0; i < t->rows * t->columns; i++) {
        const tg_cell *cell = &t->cell[i];
        fputc(i % t->columns ? ',' : '\n', file.stream);
        if (cell->text)
            write_text(file.stream, t, i % t->columns, cell->text);
        else
            fprintf(file.stream, "%.17g", isnan(cell->number) ? (double)NAN : cell->number);
    }
    fputc('\n', file.stream);
    return tg_file_end(&file, TG_OK);
}
