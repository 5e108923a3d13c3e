/* calibrate_curve: the loss curve of a run */
#include "study/calibrate.h"

#include "core/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const times[] = { "time",      "t",         "seconds",   "elapsed",
                                     "elapsed_s", "wall_time", "timestamp", NULL };
static const char *const losses[] = { "loss", "train_loss", "training_loss", "objective",
                                      NULL };

/* The column that `columns` names for this role, into name (size); false: it names none. */
static bool
named(const char *columns, const char *role, char *name, size_t size)
{
    const size_t n = strlen(role);

    for (const char *c = columns; c && *c; c += strcspn(c, ","), c += *c == ',')
        if (!strncmp(c, role, n) && c[n] == '=') {
            snprintf(name, size, "%.*s", (int)strcspn(c + n + 1, ","), c + n + 1);
            return true;
        }
    return false;
}

static tg_status
find_column(const tg_table *t, const char *path, const char *columns, const char *role,
            const char *const *known, size_t *out)
{
    char name[80];

    if (named(columns, role, name, sizeof name)) return tg_table_find(t, name, out);
    for (; *known; known++)
        for (size_t c = 0; c < tg_table_columns(t); c++)
            if (!strcasecmp(tg_table_column(t, c)->name, *known)) {
                *out = c;
                return TG_OK;
            }
    return tg_fail(TG_EINPUT,
                   "%s: no column is a %s by its name; say which: --curve %s=NAME", path,
                   role, role);
}

static tg_status
take_point(const tg_table *t, const char *path, size_t row, double time, double loss,
           tg_curve *c)
{
    const size_t line = tg_table_line(t, row);

    if (!isfinite(time) || !isfinite(loss))
        return tg_fail(TG_EINPUT, "%s:%zu: expected a finite time and loss, got %g and %g",
                       path, line, time, loss);
    if (c->n > 0 && !(time > c->time[c->n - 1]))
        return tg_fail(TG_EINPUT, "%s:%zu: times must rise, got %.17g after %.17g%s", path,
                       line, time, c->time[c->n - 1],
                       time == c->time[0] ? "; one run is expected, not several" : "");
    c->time[c->n] = time;
    c->loss[c->n++] = loss;
    return TG_OK;
}

/* A mean over replicas scatters less than a run does. */
static tg_status
check_single(const tg_table *t, const char *path)
{
    size_t at;

    for (at = 0; at < tg_table_columns(t); at++)
        if (!strcmp(tg_table_column(t, at)->name, "loss_error")) break;
    if (at == tg_table_columns(t) || tg_table_rows(t) < 2 ||
        isnan(tg_table_number(t, 1, at)))
        return TG_OK;
    return tg_fail(TG_EINPUT,
                   "%s is the mean of several runs; the curve of one is expected, "
                   "--set replicas=1",
                   path);
}

/* Whether it is a table of ours whose losses are above F*. */
static bool
is_excess(const tg_table *t)
{
    static const char *const known[] = { "objective.quadratic.", "objective.tridiagonal.",
                                         "objective.softmax." };
    const char              *key, *value;

    for (size_t i = 0; i < tg_table_notes(t); i++) {
        tg_table_get_note(t, i, &key, &value);
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (!strncmp(key, known[k], strlen(known[k]))) return true;
    }
    return false;
}

static tg_status
read_points(const tg_table *t, const char *path, const char *columns, tg_curve *c)
{
    size_t time, loss;

    TG_TRY(find_column(t, path, columns, "time", times, &time));
    TG_TRY(find_column(t, path, columns, "loss", losses, &loss));
    TG_TRY(check_single(t, path));
    for (size_t i = 0; i < tg_table_rows(t); i++)
        TG_TRY(take_point(t, path, i, tg_table_number(t, i, time),
                          tg_table_number(t, i, loss), c));
    if (c->n < TG_FITTED_LEAST)
        return tg_fail(TG_EINPUT, "%s: expected a curve of %d points or more, got %zu",
                       path, TG_FITTED_LEAST, c->n);
    c->excess = is_excess(t);
    return TG_OK;
}

tg_status
tg_curve_read(const char *path, const char *columns, tg_curve *out)
{
    tg_table *t = NULL;
    tg_curve  c = { 0 };

    TG_TRY(tg_table_read(path, &t));
    c.time = malloc((2 * tg_table_rows(t) + 2) * sizeof *c.time);
    c.loss = c.time ? c.time + tg_table_rows(t) + 1 : NULL;
    const tg_status status =
        c.time ? read_points(t, path, columns, &c) : tg_fail(TG_ENOMEM, "out of memory");
    tg_table_free(t);
    if (status == TG_OK)
        *out = c;
    else
        tg_curve_free(&c);
    return status;
}

void
tg_curve_free(tg_curve *c)
{
    free(c->time);
    *c = (tg_curve){ 0 };
}
