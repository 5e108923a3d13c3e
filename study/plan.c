#include "study/plan.h"

#include "asgd/theory/gain_course.h"
#include "core/parallel.h"
#include "study/cost.h"

#include <pthread.h>
#include <stdlib.h>

/* A scene that blocks are computed in; those of one place of the sweep share it. */
typedef struct stage {
    tg_scene      scene;
    size_t        users;
    struct stage *next;
} stage;

typedef struct simulations {
    const tg_study       *study;
    const tg_kind *const *metrics; /* of the study's own number of workers */
    size_t                batches;
    stage                *open; /* those in use, and at most one that is not */
    pthread_mutex_t       turn;
} simulations;

/* ---- scenes in use --------------------------------------------------------------------- */

static void
drop_unused(simulations *w)
{
    for (stage **at = &w->open; *at;) {
        stage *one = *at;
        if (one->users > 0) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        tg_scene_close(&one->scene);
        free(one);
    }
}

static tg_status
open_stage(simulations *w, size_t place, stage **out)
{
    stage *one = calloc(1, sizeof *one);

    if (!one) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status =
        tg_scene_open(w->study, w->study->sweep_workers[place], &one->scene);
    if (status != TG_OK) {
        free(one);
        return status;
    }
    one->scene.place = place;
    if (place == w->study->own) one->scene.metrics = w->metrics;
    one->next = w->open;
    w->open = one;
    *out = one;
    return TG_OK;
}

/* Others wait while one is opened: a data set is read once. */
static tg_status
enter(simulations *w, size_t place, stage **out)
{
    tg_status status = TG_OK;
    stage    *one = NULL;

    pthread_mutex_lock(&w->turn);
    for (one = w->open; one && one->scene.place != place;) one = one->next;
    if (!one) {
        drop_unused(w);
        status = open_stage(w, place, &one);
    }
    if (status == TG_OK) one->users++;
    pthread_mutex_unlock(&w->turn);
    *out = one;
    return status;
}

static void
leave(simulations *w, stage *one)
{
    pthread_mutex_lock(&w->turn);
    one->users--;
    pthread_mutex_unlock(&w->turn);
}

/* ---- simulations ----------------------------------------------------------------------- */

static tg_status
simulate_block(size_t number, void *context, void **data, size_t *size)
{
    simulations *w = context;
    const size_t rule = number / w->batches % w->study->algorithms,
                 place = number / w->batches / w->study->algorithms;
    stage *one = NULL;

    TG_TRY(tg_stop_check());
    TG_TRY(enter(w, place, &one));
    const tg_status status =
        tg_scene_block(&one->scene, rule, number % w->batches, data, size);
    leave(w, one);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

static void
close_simulations(void *context)
{
    simulations *w = context;

    drop_unused(w);
    pthread_mutex_destroy(&w->turn);
    free(w);
}

/* Seconds of a block at each stage. */
static tg_status
price(void *context, double *cost)
{
    const simulations *w = context;
    const tg_study    *study = w->study;
    tg_scene           s;

    TG_TRY(tg_scene_open(study, 0, &s));
    const tg_status status =
        tg_cost_of_replicas(&s, study->sweep_workers, study->sweeps, cost);
    for (size_t i = 0; i < study->sweeps * study->algorithms; i++)
        cost[i] *= (double)study->replicas / (double)w->batches;
    tg_scene_close(&s);
    return status;
}

tg_status
tg_plan_simulations(const tg_study *study, const tg_kind *const *metrics, tg_plan *out)
{
    simulations *w = calloc(1, sizeof *w);

    *out = (tg_plan){ .price = price, .close = close_simulations };
    if (!w) return tg_fail(TG_ENOMEM, "out of memory");
    w->study = study;
    w->metrics = metrics;
    w->batches = tg_replicas_batches(study->replicas);
    pthread_mutex_init(&w->turn, NULL);
    out->work = (tg_work){ .stages = study->sweeps * study->algorithms,
                           .each = w->batches,
                           .block = simulate_block,
                           .context = w };
    return TG_OK;
}

tg_status
tg_plan_price(tg_plan *p)
{
    if (!p->price || p->cost) return TG_OK;
    p->cost = calloc(p->work.stages + 1, sizeof *p->cost);
    if (!p->cost) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(p->price(p->work.context, p->cost));
    p->work.cost = p->cost;
    return TG_OK;
}

void
tg_plan_close(tg_plan *p)
{
    if (p->work.context) p->close(p->work.context);
    free(p->cost);
    *p = (tg_plan){ 0 };
}

/* ---- charts ---------------------------------------------------------------------------- */

typedef struct chart {
    tg_chart_region region;
    size_t         *blocks; /* (algorithms) */
} chart;

static tg_status
chart_block(size_t number, void *context, void **data, size_t *size)
{
    const chart    *c = context;
    tg_chart_region r = c->region;

    TG_TRY(tg_stop_check());
    for (; number >= c->blocks[r.algorithm]; r.algorithm++)
        number -= c->blocks[r.algorithm];
    const size_t    n = tg_chart_region_cells(&r, number);
    tg_region_cell *cell = calloc(n, sizeof *cell);
    tg_gain_course *course = NULL;
    if (!cell) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_gain_course_create(r.study->horizon, &course);
    if (status == TG_OK) status = tg_chart_region_block(&r, number, course, cell);
    tg_gain_course_free(course);
    if (status != TG_OK) {
        free(cell);
        return tg_scene_is_of_one_row(status) ? TG_OK : status;
    }
    *data = cell;
    *size = n * sizeof *cell;
    return TG_OK;
}

static void
close_chart(void *context)
{
    chart *c = context;

    free(c->blocks);
    free(c);
}

tg_status
tg_plan_chart(const tg_ask *ask, const tg_study *study, tg_plan *out)
{
    chart *c = calloc(1, sizeof *c);

    *out = (tg_plan){ .close = close_chart };
    if (!c) return tg_fail(TG_ENOMEM, "out of memory");
    out->work = (tg_work){ .each = 1, .block = chart_block, .context = c };
    c->region.study = study;
    c->blocks = calloc(study->algorithms + 1, sizeof *c->blocks);
    if (!c->blocks) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(
        tg_chart_region_axes(tg_ask_value(ask, "x"), tg_ask_value(ask, "y"), &c->region));
    for (tg_chart_region r = c->region; r.algorithm < study->algorithms; r.algorithm++) {
        c->blocks[r.algorithm] = tg_chart_region_blocks(&r);
        out->work.stages += c->blocks[r.algorithm];
    }
    return TG_OK;
}
