#include "study/replay.h"

#include "asgd/workers/behaviour.h"
#include "study/tree.h"

#include <math.h>
#include <stdlib.h>

/* The columns that matter. */
enum { WORKER, NUMBER, BEGAN, FINISHED, COLUMNS };

typedef struct recording {
    tg_table *t;
    size_t    at[COLUMNS];
} recording;

static double
value(const recording *l, size_t row, int column)
{
    return tg_table_number(l->t, row, l->at[column]);
}

/* Whether a row is a job that was begun; its worker and number are whole then, or it is wrong. */
static tg_status
look_at(const recording *l, size_t row, size_t workers, bool *begun)
{
    const double w = value(l, row, WORKER), n = value(l, row, NUMBER),
                 time = value(l, row, FINISHED) - value(l, row, BEGAN);

    *begun = !isnan(value(l, row, BEGAN));
    if (!*begun) return TG_OK;
    if (!(w >= 0 && w < (double)workers && w == floor(w)))
        return tg_fail(TG_EINPUT, "replay: line %zu: there are %zu workers, got worker %g",
                       tg_table_line(l->t, row), workers, w);
    if (!(n >= 0 && n == floor(n) && n < 0x1p32) || !(time >= 0))
        return tg_fail(TG_EINPUT,
                       "replay: line %zu: expected number, began and finished of a job",
                       tg_table_line(l->t, row));
    return TG_OK;
}

static tg_status
count_jobs(const recording *l, size_t workers, size_t *count)
{
    for (size_t i = 0; i < tg_table_rows(l->t); i++) {
        bool begun;
        TG_TRY(look_at(l, i, workers, &begun));
        if (begun) count[(size_t)value(l, i, WORKER)]++;
    }
    return TG_OK;
}

/* time[first[w] + n] of job n of worker w; of one that makes `steps` gradients, of numbers n steps. */
static tg_status
place_jobs(const recording *l, size_t steps, const size_t *count, size_t *first,
           double *time, size_t workers)
{
    size_t total = 0;

    for (size_t w = 0; w < workers; total += count[w++]) first[w] = total;
    for (size_t i = 0; i < total; i++) time[i] = NAN;
    for (size_t i = 0; i < tg_table_rows(l->t); i++) {
        if (isnan(value(l, i, BEGAN))) continue;
        const size_t w = (size_t)value(l, i, WORKER), number = (size_t)value(l, i, NUMBER),
                     n = number / steps;
        if (number % steps > 0 || n >= count[w] || !isnan(time[first[w] + n]))
            return tg_fail(
                TG_EINPUT,
                "replay: line %zu: the jobs of worker %zu, of %zu gradients each, must be "
                "numbered from 0 on, each once, got %zu",
                tg_table_line(l->t, i), w, steps, number);
        time[first[w] + n] = value(l, i, FINISHED) - value(l, i, BEGAN);
    }
    return TG_OK;
}

static tg_status
apply(const recording *l, size_t steps, tg_cluster *c)
{
    size_t   *count = calloc(2 * c->workers, sizeof *count);
    double   *time = malloc((tg_table_rows(l->t) + 1) * sizeof *time);
    tg_status status = count && time ? count_jobs(l, c->workers, count)
                                     : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK)
        status = place_jobs(l, steps, count, count + c->workers, time, c->workers);
    if (status == TG_OK) status = tg_cluster_replay(c, count, time, true);
    free(count);
    free(time);
    return status;
}

/* Gradients of a job by the first algorithm, which is the one whose jobs are recorded. */
static size_t
steps_of(const tg_choice *behaviour)
{
    const tg_behaviour_kind *kind = (const tg_behaviour_kind *)behaviour->kind;

    return kind->steps ? kind->steps(behaviour->param) : 1;
}

tg_status
tg_study_replay(const tg_study *study, tg_cluster *c)
{
    static const char *const name[] = { "worker", "number", "began", "finished" };
    char                    *path = NULL;
    recording                l = { 0 };
    tg_status                status = tg_tree_file(study->root, "replay", &path);

    if (status == TG_OK) status = tg_table_read(path, &l.t);
    for (int i = 0; i < COLUMNS && status == TG_OK; i++)
        status = tg_table_find(l.t, name[i], &l.at[i]);
    if (status == TG_OK) status = apply(&l, steps_of(&study->algorithm[0].behaviour), c);
    tg_table_free(l.t);
    free(path);
    return status;
}
