#include "study/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *
tg_json_number(double x)
{
    if (isnan(x)) return json_null();
    return isfinite(x) ? json_real(x) : json_string(x > 0 ? "Infinity" : "-Infinity");
}

/* The array or object, unless something did not go into it: then nothing. */
static json_t *
whole(json_t *j, int failed)
{
    if (!failed) return j;
    json_decref(j);
    return NULL;
}

static json_t *
row_of(const tg_table *t, size_t r)
{
    json_t *row = json_object();
    int     failed = 0;

    for (size_t c = 0; c < tg_table_columns(t); c++) {
        const tg_cell cell = tg_table_cell(t, r, c);
        failed |= json_object_set_new(row, tg_table_column(t, c)->name,
                                      cell.text ? json_string(cell.text)
                                                : tg_json_number(cell.number));
    }
    return whole(row, failed);
}

json_t *
tg_json_rows(const tg_table *t)
{
    json_t *rows = json_array();
    int     failed = 0;

    for (size_t r = 0; r < tg_table_rows(t); r++)
        failed |= json_array_append_new(rows, row_of(t, r));
    return whole(rows, failed);
}

json_t *
tg_json_notes(const tg_table *t)
{
    json_t *notes = json_object();
    int     failed = 0;

    for (size_t i = 0; i < tg_table_notes(t); i++) {
        const char *key, *value;
        char       *end;
        tg_table_get_note(t, i, &key, &value);
        const double number = strtod(value, &end);
        const bool   is_number =
            (*value && !*end && isfinite(number)) || !strcmp(value, "inf");
        failed |= json_object_set_new(
            notes, key, is_number ? tg_json_number(number) : json_string(value));
    }
    return whole(notes, failed);
}

tg_status
tg_json_dump(json_t *document, char **out)
{
    char *text =
        document ? json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;
    size_t n = text ? strlen(text) : 0;
    char  *line = text ? realloc(text, n + 2) : NULL;

    json_decref(document);
    if (!line) {
        free(text);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    line[n] = '\n';
    line[n + 1] = '\0';
    *out = line;
    return TG_OK;
}
