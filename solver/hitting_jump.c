/* The jump form: X is constant between arrivals, so a level is reached at an arrival. */
#include "solver/hitting_kind.h"

#include "solver/jump_path.h"

#include "core/parallel.h"

#include <stdlib.h>

#define BLOCK 32 /* paths of a job; they run one after another */

typedef struct state {
    const tg_hitting *p;
    size_t            threads;
    tg_jump_path     *path; /* (threads) */
} state;

static size_t
dim(const tg_hitting *p)
{
    return p->jump->modes;
}

static tg_status
check(const tg_hitting *p)
{
    return tg_jump_path_check(p->jump, p->horizon);
}

static double
memory(const tg_hitting *p, size_t threads)
{
    return (double)threads * tg_jump_path_memory(p->jump, p->horizon);
}

static void
release(void *context)
{
    state *s = context;

    for (size_t i = 0; s->path && i < s->threads; i++) tg_jump_path_close(&s->path[i]);
    free(s->path);
    free(s);
}

static tg_status
prepare(const tg_hitting *p, size_t threads, void **out)
{
    state    *s = calloc(1, sizeof *s);
    tg_status status = TG_OK;

    *out = NULL;
    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    *s = (state){ p, threads, calloc(threads, sizeof *s->path) };
    if (!s->path) status = tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; status == TG_OK && i < threads; i++)
        status = tg_jump_path_open(&s->path[i], p->jump);
    if (status == TG_OK)
        *out = s;
    else
        release(s);
    return status;
}

static tg_status
run(void *context, size_t thread, size_t first, tg_watch *w)
{
    const state  *s = context;
    tg_jump_path *path = &s->path[thread];

    for (size_t k = 0; k < w->n; k++) {
        if (tg_stop_requested()) return tg_stop_check();
        TG_TRY(tg_jump_path_start(path, s->p->seed, first + k));
        if (k == 0) tg_watch_start(w, s->p->seed, first, tg_jump_path_x(path), 1);
        while (!tg_watch_over(w, k) && tg_jump_path_next(path) <= s->p->horizon) {
            TG_TRY(tg_jump_path_arrive(path));
            tg_watch_jump(w, k, path->t, tg_jump_path_x(path));
        }
    }
    return TG_OK;
}

const tg_hitting_kind tg_hitting_jump = {
    BLOCK, dim, check, memory, prepare, release, run
};
