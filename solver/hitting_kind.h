/* hitting_kind: a form of the equation, run past a watch. Private to solver/. */
#ifndef TG_SOLVER_HITTING_KIND_H
#define TG_SOLVER_HITTING_KIND_H

#include "solver/hitting.h"
#include "solver/watch.h"

typedef struct tg_hitting_kind {
    size_t block; /* paths at a time: divides a lot, <= TG_WATCH_PATHS */
    size_t (*dim)(const tg_hitting *p);
    tg_status (*check)(const tg_hitting *p); /* of what is its own */
    double (*memory)(const tg_hitting *p, size_t threads);
    /* All that threads need into *out, NULL on failure; back again, NULL allowed. */
    tg_status (*prepare)(const tg_hitting *p, size_t threads, void **out);
    void (*release)(void *state);
    /* Paths first, first + 1, ... as many as the watch has, until it is finished or the
     * horizon is reached. */
    tg_status (*run)(void *state, size_t thread, size_t first, tg_watch *w);
} tg_hitting_kind;

extern const tg_hitting_kind tg_hitting_linear, tg_hitting_exact, tg_hitting_sdde,
    tg_hitting_jump;

#endif
