#include "asgd/problems/spectra_read.h"

#include "asgd/traces/json_part.h"
#include "core/parallel.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_COLUMNS = 16 };

void
tg_lists_free(tg_lists *l)
{
    free(l->number);
    free(l->step);
    free(l->first);
    *l = (tg_lists){ 0 };
}

static tg_status
add_number(tg_lists *l, double x)
{
    if (!isfinite(x))
        return tg_fail(TG_EINPUT, "number %zu is not finite, got %g", l->numbers + 1, x);
    if (l->numbers == l->room) {
        const size_t room = l->room ? 2 * l->room : 256;
        double      *number = realloc(l->number, room * sizeof *number);
        if (!number) return tg_fail(TG_ENOMEM, "out of memory");
        l->number = number;
        l->room = room;
    }
    l->number[l->numbers++] = x;
    return TG_OK;
}

/* End the list that the last numbers make; one without numbers is none. */
static tg_status
end_list(tg_lists *l, double step)
{
    if (l->list_room < l->lists + 2) {
        const size_t room = 2 * l->lists + 16;
        double      *steps = realloc(l->step, room * sizeof *steps);
        if (steps) l->step = steps;
        size_t *first = steps ? realloc(l->first, room * sizeof *first) : NULL;
        if (!first) return tg_fail(TG_ENOMEM, "out of memory");
        l->first = first;
        l->list_room = room;
        l->first[0] = 0;
    }
    if (l->numbers == l->first[l->lists]) return TG_OK;
    l->step[l->lists++] = step;
    l->first[l->lists] = l->numbers;
    return TG_OK;
}

/* ---- brackets ------------------------------------------------------------------------ */

/* The word at `at` is array, tensor or what follows dtype and device. */
static const char *
skip_word(const char *at)
{
    const char *end = at;

    while (isalnum((unsigned char)*end) || strchr("_.=':", *end)) {
        if (!*end) break;
        end++;
    }
    return end;
}

/* A bracket ends the list before it; how many are open is counted. */
static tg_status
take_bracket(char bracket, tg_lists *l, size_t *open)
{
    if (bracket == ']' && *open == 0)
        return tg_fail(TG_EINPUT,
                       "a \"]\" without its \"[\" after %zu numbers: the file "
                       "lacks its beginning",
                       l->numbers);
    *open = bracket == '[' ? *open + 1 : *open - 1;
    return end_list(l, NAN);
}

/* Numbers in brackets, the innermost of which make lists. */
static tg_status
read_brackets(const char *at, tg_lists *l)
{
    size_t open = 0;

    while (*at) {
        char *end;
        if (*at == '[' || *at == ']') {
            TG_TRY(take_bracket(*at++, l, &open));
        } else if (!strncmp(at, "...", 3)) {
            return tg_fail(TG_EINPUT, "numbers are left out at \"...\"; print them all: "
                                      "numpy.set_printoptions(threshold=sys.maxsize)");
        } else if (isspace((unsigned char)*at) || strchr(",;()", *at)) {
            at++;
        } else if (isalpha((unsigned char)*at) && strncasecmp(at, "nan", 3) &&
                   strncasecmp(at, "inf", 3)) {
            at = skip_word(at);
        } else {
            const double x = strtod(at, &end);
            if (end > at && end[strspn(end, "+-.0123456789e")] == 'j')
                return tg_fail(TG_EINPUT,
                               "complex numbers, \"%.20s\"; a Hessian's are real: "
                               "numpy.linalg.eigvalsh, or the real parts",
                               at);
            if (end == at || isalpha((unsigned char)*end))
                return tg_fail(TG_EINPUT, "expected a number, got \"%.20s\"", at);
            TG_TRY(add_number(l, x));
            at = end;
        }
    }
    if (open > 0)
        return tg_fail(TG_EINPUT,
                       "a list is not closed after %zu numbers: the file is cut "
                       "short",
                       l->numbers);
    return end_list(l, NAN);
}

/* ---- tables -------------------------------------------------------------------------- */

typedef struct columns {
    size_t value, weight, step, n; /* SIZE_MAX: none */
} columns;

static size_t
cut(char *line, char *cell[MOST_COLUMNS])
{
    size_t n = 0;
    char  *state = NULL;

    for (char *c = strtok_r(line, " \t,;\r", &state); c;
         c = strtok_r(NULL, " \t,;\r", &state))
        if (n < MOST_COLUMNS) cell[n++] = c;
    return n;
}

static bool
is_word(const char *cell, const char *words)
{
    char wanted[40];

    snprintf(wanted, sizeof wanted, " %.36s ", cell);
    for (char *c = wanted; *c; c++) *c = (char)tolower((unsigned char)*c);
    return strstr(words, wanted) != NULL;
}

static tg_status
fail_columns(char *const *cell, size_t n)
{
    char   list[200] = "";
    size_t used = 0;

    for (size_t i = 0; i < n && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.40s", i ? ", " : "",
                                 cell[i]);
    return tg_fail(TG_EINPUT, "expected a column eigenvalue, or node and weight, got %s",
                   list);
}

static tg_status
find_columns(char *const *cell, size_t n, columns *c)
{
    *c = (columns){ SIZE_MAX, SIZE_MAX, SIZE_MAX, n };
    for (size_t i = 0; i < n; i++) {
        if (is_word(
                cell[i],
                " eigenvalue eigenvalues eig eigs lambda value node nodes h "
                "top_eigenvalue max_eigenvalue largest_eigenvalue lambda_max sharpness "))
            c->value = i;
        if (is_word(cell[i], " weight weights density ")) c->weight = i;
        if (is_word(cell[i], " step epoch iteration iter checkpoint t ")) c->step = i;
    }
    if (c->value != SIZE_MAX) return TG_OK;
    return fail_columns(cell, n);
}

/* A row's value joins its step's list; its weight waits in `weights`. */
static tg_status
take_cells(char *const *cell, const columns *c, tg_lists *l, tg_lists *weights,
           double *step)
{
    double x[3] = { 0, 1, *step };

    for (int k = 0; k < 3; k++) {
        const size_t at = k == 0 ? c->value : k == 1 ? c->weight : c->step;
        char        *end;
        if (at == SIZE_MAX) continue;
        x[k] = strtod(cell[at], &end);
        if (end == cell[at] || *end)
            return tg_fail(TG_EINPUT, "expected a number, got \"%.20s\"", cell[at]);
    }
    if (l->numbers > 0 && x[2] != *step) {
        TG_TRY(end_list(l, *step));
        TG_TRY(end_list(weights, *step));
    }
    *step = x[2];
    TG_TRY(add_number(l, x[0]));
    return add_number(weights, x[1]);
}

static tg_status
read_rows(char *text, tg_lists *l, tg_lists *weights, columns *c)
{
    char  *cell[MOST_COLUMNS], *state = NULL, *end;
    double step = 0;
    size_t number = 0;

    c->n = 0;
    for (char *line = strtok_r(text, "\n", &state); line;
         line = strtok_r(NULL, "\n", &state)) {
        const size_t n = *line == '#' ? 0 : cut(line, cell);
        if (n == 0) continue;
        if (number++ % 4096 == 0) TG_TRY(tg_stop_check());
        if (c->n == 0) {
            strtod(cell[0], &end);
            if (end == cell[0]) {
                TG_TRY(find_columns(cell, n, c));
                continue;
            }
            *c = (columns){ 0, n == 2 ? 1 : SIZE_MAX, SIZE_MAX, n };
            if (n > 2)
                return tg_fail(TG_EINPUT,
                               "expected 1 number a line, or a node and a weight, "
                               "got %zu; with a header more are possible",
                               n);
        }
        if (n != c->n)
            return tg_fail(TG_EINPUT, "row %zu: expected %zu values, got %zu", number, c->n,
                           n);
        TG_TRY(take_cells(cell, c, l, weights, &step));
    }
    TG_TRY(end_list(l, step));
    return end_list(weights, step);
}

/* Lists of values and of weights, in turns. */
static tg_status
weave(const tg_lists *values, const tg_lists *weights, tg_lists *l)
{
    for (size_t i = 0; i < values->lists; i++)
        for (int k = 0; k < 2; k++) {
            const tg_lists *of = k ? weights : values;
            for (size_t j = of->first[i]; j < of->first[i + 1]; j++)
                TG_TRY(add_number(l, of->number[j]));
            TG_TRY(end_list(l, values->step[i]));
        }
    l->paired = 1;
    return TG_OK;
}

static tg_status
read_table(const char *text, tg_lists *l)
{
    tg_lists values = { 0 }, weights = { 0 };
    columns  c = { 0 };
    char    *copy = strdup(text);

    tg_status status =
        copy ? read_rows(copy, &values, &weights, &c) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK && values.lists > 0 && c.weight != SIZE_MAX) {
        status = weave(&values, &weights, l);
    } else if (status == TG_OK) {
        *l = values;
        values = (tg_lists){ 0 };
    }
    if (status == TG_OK)
        snprintf(l->took, sizeof l->took, "a table%s%s",
                 c.weight != SIZE_MAX ? " of nodes and weights" : "",
                 c.step != SIZE_MAX ? ", by step" : "");
    tg_lists_free(&values);
    tg_lists_free(&weights);
    free(copy);
    return status;
}

/* ---- JSON objects -------------------------------------------------------------------- */

static const json_t *
member(const json_t *o, const char *const *name)
{
    for (; *name; name++) {
        const json_t *found = json_object_get(o, *name);
        if (found) return found;
    }
    return NULL;
}

/* All numbers in a list of lists. */
static tg_status
add_json(tg_lists *l, const json_t *list)
{
    size_t  i;
    json_t *x;

    if (json_is_number(list)) return add_number(l, json_number_value(list));
    if (!json_is_array(list))
        return tg_fail(TG_EINPUT, "expected a list of numbers in the JSON object");
    json_array_foreach(list, i, x) TG_TRY(add_json(l, x));
    return TG_OK;
}

static tg_status
add_weights(tg_lists *l, const json_t *list, double step)
{
    if (!list) return TG_OK;
    l->paired = 1;
    TG_TRY(add_json(l, list));
    return end_list(l, step);
}

/* A spectrum, or one for each key that is a number. */
static tg_status
add_object(tg_lists *l, const json_t *o)
{
    static const char *const        values[] = { "eigenvalues", "nodes", "density_eigen",
                                                 "eigen",       "eigs",  "values",
                                                 NULL },
                             *const weights[] = { "weights", "density_weight", "weight",
                                                  NULL },
                             *const steps[] = { "step", "iteration", "epoch", "checkpoint",
                                                NULL };
    const json_t                   *list = member(o, values), *step = member(o, steps);
    const char                     *key;
    json_t                         *value;

    if (list) {
        const double at = json_is_number(step) ? json_number_value(step) : (double)NAN;
        TG_TRY(add_json(l, list));
        TG_TRY(end_list(l, at));
        return add_weights(l, member(o, weights), at);
    }
    json_object_foreach((json_t *)o, key, value)
    {
        char        *end;
        const double at = strtod(key, &end);
        if (end == key || *end || !json_is_array(value))
            return tg_fail(TG_EINPUT,
                           "expected the keys eigenvalues, or nodes and weights, "
                           "got \"%.40s\"",
                           key);
        TG_TRY(add_json(l, value));
        TG_TRY(end_list(l, at));
    }
    return TG_OK;
}

static tg_status
read_objects(const char *text, tg_lists *l)
{
    tg_json_parts parts = { text + strspn(text, " \t\r\n["), 1 };
    json_t       *o;
    tg_status     status = TG_OK;

    while (status == TG_OK && tg_json_next(&parts, &o)) {
        status = o ? add_object(l, o)
                   : tg_fail(TG_EINPUT, "line %zu: not JSON, or cut short", parts.line);
        json_decref(o);
    }
    snprintf(l->took, sizeof l->took, "JSON");
    return status;
}

tg_status
tg_lists_read(const tg_text *text, tg_lists *out)
{
    const char *at = text->at + strspn(text->at, " \t\r\n[");
    tg_lists    l = { .took = "lists of numbers" };
    tg_status   status;

    if (*at == '{')
        status = read_objects(text->at, &l);
    else if (strpbrk(text->at, "[("))
        status = read_brackets(text->at, &l);
    else
        status = read_table(text->at, &l);
    if (status == TG_OK && l.lists == 0)
        status = tg_fail(TG_EINPUT, "no numbers in it, expected eigenvalues");
    if (status == TG_OK)
        *out = l;
    else
        tg_lists_free(&l);
    return status == TG_EINPUT ? tg_fail_within(status, "%s", text->source) : status;
}
