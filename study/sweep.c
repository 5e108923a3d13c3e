#include "study/sweep.h"

#include "core/parallel.h"
#include "study/cost.h"
#include "study/rows.h"
#include "study/sentences.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows that cannot be computed ---------------------------------------------------- */

/* The cell of a marked row under this column: who it is about, and why there is no more. */
static tg_cell
marked_cell(const tg_column *c, const char *label, const char *where, double workers,
            double step, const char *why)
{
    if (!strcmp(c->name, "algorithm")) return TG_TEXT(label);
    if (!strcmp(c->name, "where")) return TG_TEXT(where);
    if (!strcmp(c->name, "workers")) return TG_NUMBER(workers);
    if (!strcmp(c->name, "step")) return TG_NUMBER(step);
    if (!strcmp(c->name, "verdict")) return TG_TEXT("undecided");
    if (!strcmp(c->name, "claim")) return TG_TEXT("not computed");
    if (!strcmp(c->name, "level")) return TG_TEXT(why);
    return c->text ? TG_TEXT("") : TG_NUMBER(NAN);
}

static tg_status
mark(tg_sweep *w, const tg_sweep_plan *plan, size_t workers, size_t algorithm,
     tg_status failed)
{
    char     where[80], why[sizeof w->why + 16];
    tg_cell *cell = calloc(plan->count, sizeof *cell);

    if (!cell) return tg_fail(TG_ENOMEM, "out of memory");
    if (w->marked++ == 0) {
        w->status = failed;
        snprintf(w->why, sizeof w->why, "%s", tg_message());
    }
    snprintf(why, sizeof why, "not computed: %s", tg_message());
    const char *label = w->study->algorithm[algorithm].label;
    snprintf(where, sizeof where, "%s P=%zu", label, workers);
    for (size_t i = 0; i < plan->count; i++)
        cell[i] = marked_cell(&plan->columns[i], label, where, (double)workers,
                              w->study->algorithm[algorithm].step, why);
    tg_status status = tg_table_note(w->table, where, "%s", why);
    if (status == TG_OK) status = tg_table_add(w->table, cell);
    tg_tally_add(&w->tally, TG_OPEN);
    free(cell);
    return status;
}

/* ---- the sweep ----------------------------------------------------------------------- */

static tg_status
fill_scene(tg_sweep *w, const tg_sweep_plan *plan, const size_t *workers, size_t n,
           size_t i)
{
    tg_scene s;

    TG_TRY(tg_scene_open(w->study, workers[i], &s));
    s.level = w->level;
    s.single = w->single;
    s.records = w->ask->records;
    if (i == w->study->own) s.metrics = plan->metrics;
    s.place = i;
    tg_status status = TG_OK;
    if (i == 0 && plan->predicts) status = tg_cost_of_predictions(w->ask->listener, &s, n);
    if (i == 0 && plan->simulates && status == TG_OK)
        status = tg_cost_of_simulations(w->ask->listener, &s, workers, n);
    if (i == 0 && plan->simulates && plan->predicts && status == TG_OK)
        status = tg_cost_of_hits(w->ask->listener, &s, workers, n);
    for (size_t k = 0; k < w->study->algorithms && status == TG_OK; k++) {
        status = tg_stop_check();
        if (status == TG_OK) status = plan->row(w, &s, k);
        if (tg_scene_is_of_one_row(status))
            status = mark(w, plan, s.cluster->workers, k, status);
    }
    tg_scene_close(&s);
    return status;
}

/* All rows marked is a failure; some are worth a word. */
static tg_status
report_marked(const tg_sweep *w)
{
    if (w->marked == 0) return TG_OK;
    if (w->marked == tg_table_rows(w->table)) return tg_fail(w->status, "%s", w->why);
    tg_listener_tell(w->ask->listener, TG_TOPIC_MISSING,
                     "%zu of %zu rows could not be computed: %s", w->marked,
                     tg_table_rows(w->table), w->why);
    return TG_OK;
}

static tg_status
fill(tg_sweep *w, const tg_sweep_plan *plan)
{
    const size_t n = w->study->sweeps;

    tg_progress_stage(w->progress, plan->name,
                      n * w->study->algorithms * w->study->replicas);
    tg_status status = TG_OK;
    for (size_t i = 0; i < n && status == TG_OK; i++)
        status = fill_scene(w, plan, w->study->sweep_workers, n, i);
    return status;
}

tg_status
tg_sweep_level(const char *name, tg_level *out)
{
    *out = TG_LEVEL_BEST;
    return name ? tg_level_find(name, out) : TG_OK;
}

tg_status
tg_sweep_run(const tg_ask *ask, const tg_study *study, const tg_sweep_plan *plan,
             tg_answer *out)
{
    tg_sweep w = { .ask = ask, .study = study };
    FILE    *bar = plan->simulates && ask->listener ? ask->listener->bar : NULL;

    w.single = tg_ask_given(ask, "single-run");
    TG_TRY(tg_sweep_level(tg_ask_value(ask, "level"), &w.level));
    TG_TRY(tg_ask_table(ask, study, plan->columns, plan->count, &w.table));
    tg_status status = TG_OK;
    if (plan->course)
        status = tg_ask_table(ask, study, plan->course, plan->courses, &w.course);
    if (status == TG_OK) status = tg_progress_create(bar, &w.progress);
    if (status == TG_OK) status = fill(&w, plan);
    tg_progress_free(w.progress);
    const bool stopped = status == TG_ESTOP && tg_table_rows(w.table) > 0;
    if (status == TG_OK) status = report_marked(&w);
    if (status != TG_OK && !stopped) {
        tg_table_free(w.table);
        tg_table_free(w.course);
        return status;
    }
    if (ask->words.stream && !stopped) tg_say_curvature(&ask->words, study);
    tg_answer_add(out, plan->name, w.table);
    if (w.course) tg_answer_add(out, "course", w.course);
    out->tally = w.tally;
    if (stopped)
        tg_answer_end(out, TG_ESTOP, "stopped on request; the rows above were finished");
    return TG_OK;
}
