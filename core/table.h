/* table: named, unit-bearing columns, written as CSV and read back by the same code
 *
 *     # command: tardigrad predict quickstart.yaml        provenance, "# key: value"
 *     # column t [time]: end of the interval              one line a column
 *     t,loss                                              header
 *     0,0.9                                               numbers as %.17g, text as given
 */
#ifndef TG_CORE_TABLE_H
#define TG_CORE_TABLE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_column {
    const char *name, *unit, *doc; /* unit "" if there is none */
    bool        text;              /* cells are words, not numbers */
} tg_column;

typedef struct tg_cell {
    double      number;
    const char *text;
} tg_cell;

#define TG_NUMBER(x)                                                                       \
    (tg_cell)                                                                              \
    {                                                                                      \
        .number = (x)                                                                      \
    }
#define TG_TEXT(x)                                                                         \
    (tg_cell)                                                                              \
    {                                                                                      \
        .text = (x)                                                                        \
    }

typedef struct tg_table tg_table;

/* An empty table; columns (count) and their words are copied. Owner: the caller,
 * tg_table_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_table_create(const tg_column *columns, size_t count,
                                     tg_table **out);
void                 tg_table_free(tg_table *t);

/* Line of the file that the next rows come from; each row added moves on by one. */
void tg_table_at_line(tg_table *t, size_t line);

/* Append a row of as many cells as there are columns; text is copied, and must hold neither
 * control characters nor quotes (they become spaces and apostrophes). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_table_add(tg_table *t, const tg_cell *row);

/* Add a provenance line "# key: value". Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_table_note(tg_table *t, const char *key, const char *format, ...)
    TG_FORMAT(3, 4);

size_t           tg_table_rows(const tg_table *t);
size_t           tg_table_columns(const tg_table *t);
const tg_column *tg_table_column(const tg_table *t, size_t column);
const char      *tg_table_find_note(const tg_table *t, const char *key); /* NULL if none */
size_t           tg_table_notes(const tg_table *t);
void tg_table_get_note(const tg_table *t, size_t i, const char **key, const char **value);

/* Index of a column by name. Errors: TG_EINPUT, naming the nearest or all columns there
 * are. */
TG_CHECKED tg_status tg_table_find(const tg_table *t, const char *name, size_t *column);

/* A cell; the number is NaN in a text column, the text NULL in a number column. */
tg_cell tg_table_cell(const tg_table *t, size_t row, size_t column);

/* Line of the file that a row was read from; 0 if the table was not read from a file. */
size_t tg_table_line(const tg_table *t, size_t row);

/* Write the file whole or not at all: a temporary beside it is renamed into place.
 * Errors: TG_EIO folder unwritable; TG_EWRITE disk full. */
TG_CHECKED tg_status tg_table_write(const tg_table *t, const char *path);

/* Read a CSV with a header line. A column is text if any of its cells is not a number.
 * Errors: TG_EIO unreadable; TG_EINPUT no header, or a line with too few or too many cells,
 * with its number. */
TG_CHECKED tg_status tg_table_read(const char *path, tg_table **out);

/* A cell as a number, also in a text column; NaN if its word is not one. */
double tg_table_number(const tg_table *t, size_t row, size_t column);

/* One column of a CSV file, whose entries must all be finite numbers >= 0: observed times;
 * of the rows whose column "group" reads `group`, unless that is NULL. The caller frees
 * *values (*n >= 1). Errors: those of tg_table_read; TG_EINPUT no such column, no rows, or
 * an entry that is not such a number, with its line; TG_ENOMEM. */
TG_CHECKED tg_status tg_table_read_times(const char *path, const char *column,
                                         const char *group, double **values, size_t *n);

#endif
