/* study_curve: what is predicted between the numbers of workers that are simulated
 *
 * Time to target, largest learning rates and roots at up to CURVE_MOST numbers of workers, evenly
 * spaced in their square roots, so that neither end is coarse; with the powers of two and those that
 * the advice names. On a data set, where a prediction is dear, those that were tried only.
 */
#include "cli/output.h"
#include "cli/study_run.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_MOST = 64, CURVE_LEAST = 12, CURVE_ALL = 128, NAMED = 80 };

typedef struct curve {
    const study_run *run;
    size_t           rule, n;
    size_t          *workers;    /* (n) rising */
    tg_prediction  **prediction; /* (n) NULL: there is none */
    bool            *borrowed;   /* (n) it is one of the run's outcomes */
} curve;

size_t
study_curve_points(const study_run *r)
{
    const size_t each = CURVE_ALL / (r->rules ? r->rules : 1);

    if (r->n < 2 || r->study->objective != TG_QUADRATIC) return 0;
    return each > CURVE_MOST ? CURVE_MOST : each < CURVE_LEAST ? CURVE_LEAST : each;
}

static int
rising(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

static void
add(curve *c, double workers)
{
    const study_run *r = c->run;

    if (workers >= (double)r->workers[0] && workers <= (double)r->workers[r->n - 1])
        c->workers[c->n++] = (size_t)workers;
}

static void
place_workers(curve *c, size_t points)
{
    const study_run *r = c->run;
    const advice    *v = &r->advice[c->rule];
    const double     low = sqrt((double)r->workers[0]),
                 high = sqrt((double)r->workers[r->n - 1]);
    size_t kept = 0;

    for (size_t i = 0; i < r->n; i++) add(c, (double)r->workers[i]);
    if (points > 0) {
        for (size_t i = 0; i < points; i++)
            add(c, round(pow(low + (high - low) * (double)i / (double)(points - 1), 2)));
        for (int k = 0; k < 63; k++) add(c, ldexp(1, k));
        add(c, v->best);
        add(c, v->best_high);
        add(c, v->cliff);
        add(c, ceil(v->limit) - 1);
    }
    qsort(c->workers, c->n, sizeof *c->workers, rising);
    for (size_t i = 0; i < c->n; i++)
        if (i == 0 || c->workers[i] != c->workers[kept - 1])
            c->workers[kept++] = c->workers[i];
    c->n = kept;
}

/* The run's own prediction with so many workers, or NULL. */
static tg_prediction *
tried(const study_run *r, size_t rule, size_t workers)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->workers[i] == workers) return outcome_at(r, i, rule)->prediction;
    return NULL;
}

static tg_status
predict_one(size_t index, size_t thread, void *context)
{
    curve   *c = context;
    tg_scene s;

    (void)thread;
    c->prediction[index] = tried(c->run, c->rule, c->workers[index]);
    c->borrowed[index] = c->prediction[index] != NULL;
    if (c->borrowed[index]) return TG_OK;
    TG_TRY(tg_stop_check());
    TG_TRY(tg_scene_open(c->run->study, c->workers[index], &s));
    s.level = c->run->level;
    const tg_status status = tg_scene_predict(&s, c->rule, &c->prediction[index]);
    tg_scene_close(&s);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

static void
curve_free(curve *c)
{
    for (size_t i = 0; c->prediction && i < c->n; i++)
        if (!c->borrowed[i]) tg_prediction_free(c->prediction[i]);
    free(c->workers);
    free(c->prediction);
    free(c->borrowed);
}

static tg_status
curve_make(const study_run *r, size_t rule, curve *c)
{
    const size_t points = study_curve_points(r), room = r->n + points + NAMED;

    *c = (curve){ .run = r, .rule = rule };
    c->workers = malloc(room * sizeof *c->workers);
    c->prediction = calloc(room, sizeof(tg_prediction *));
    c->borrowed = calloc(room, sizeof *c->borrowed);
    if (!c->workers || !c->prediction || !c->borrowed)
        return tg_fail(TG_ENOMEM, "out of memory");
    place_workers(c, points);
    return tg_parallel_run(c->n, 0, predict_one, c, NULL);
}

static const tg_mode_prediction *
mode_at(const tg_prediction *p, bool fastest)
{
    const tg_mode_prediction *m = p->mode;

    for (size_t j = 0; j < p->modes; j++)
        if (fastest ? p->mode[j].h > m->h : p->mode[j].h < m->h) m = &p->mode[j];
    return m;
}

/* ---- tables -------------------------------------------------------------------------- */

static const tg_column curve_columns[] = {
    { "workers", "", "number of workers P", false },
    { "settle", "time", "predicted time to target; inf: not within the horizon", false },
    { "settle_error", "time", "expected model error", false },
    { "step", "x^2/loss", "learning rate at which the mean of many workers is lost",
      false },
    { "step_square", "x^2/loss", "at which the mean square is", false },
};

static const tg_column root_columns[] = {
    { "mode", "", "1: largest eigenvalue, 0: smallest", false },
    { "workers", "", "number of workers P", false },
    { "h", "loss/x^2", "eigenvalue", false },
    { "re", "1/time", "rightmost root, real part", false },
    { "im", "1/time", "imaginary part", false },
};

static tg_status
add_curve(tg_table *t, const tg_prediction *p)
{
    const double h = p->modes ? mode_at(p, true)->h : (double)NAN;

    return tg_table_add(t, (tg_cell[]){ TG_NUMBER((double)p->workers), TG_NUMBER(p->settle),
                                        TG_NUMBER(p->settle_error),
                                        TG_NUMBER(p->threshold / (h * (double)p->workers)),
                                        TG_NUMBER(p->step_limit) });
}

static tg_status
add_roots(tg_table *t, const tg_prediction *p)
{
    for (int k = 1; k >= 0 && p->modes; k--) {
        const tg_mode_prediction *m = mode_at(p, k);
        TG_TRY(tg_table_add(t, (tg_cell[]){ TG_NUMBER(k), TG_NUMBER((double)p->workers),
                                            TG_NUMBER(m->h), TG_NUMBER(m->re),
                                            TG_NUMBER(m->im) }));
    }
    return TG_OK;
}

/* Whether theory has any root of the rule, for the figure of them. */
static bool
has_roots(const curve *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; c->prediction[i] && j < c->prediction[i]->modes; j++)
            if (isfinite(c->prediction[i]->mode[j].re)) return true;
    return false;
}

static tg_status
write(const curve *c, const char *kind, const char *label, const tg_column *columns,
      size_t count, tg_status (*add_row)(tg_table *t, const tg_prediction *p))
{
    const study_run *r = c->run;
    tg_table        *t;

    TG_TRY(table_begin(r->arguments, r->study, columns, count, &t));
    tg_status status = TG_OK;
    for (size_t i = 0; i < c->n && status == TG_OK; i++)
        if (c->prediction[i]) status = add_row(t, c->prediction[i]);
    if (status == TG_OK) return study_run_write(r, kind, label, t);
    tg_table_free(t);
    return status;
}

tg_status
study_run_curve(const study_run *r, size_t rule)
{
    const char *label = r->study->algorithm[rule].label;
    curve       c;

    tg_status status = curve_make(r, rule, &c);
    if (status == TG_OK) status = write(&c, "curve", label, curve_columns, 5, add_curve);
    if (status == TG_OK && has_roots(&c))
        status = write(&c, "roots", label, root_columns, 5, add_roots);
    curve_free(&c);
    return status;
}
