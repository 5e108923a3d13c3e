/* sdde_block: a block of paths under way. Private to solver/. */
#ifndef TG_SOLVER_SDDE_BLOCK_H
#define TG_SOLVER_SDDE_BLOCK_H

#include "solver/chain.h"
#include "solver/lags.h"
#include "solver/sdde_step.h"

#define TG_SDDE_BLOCK 256 /* paths in flight */

/* Sizes that follow from a run, the same for all its blocks. */
typedef struct tg_sdde_plan {
    const tg_sdde_run *run;
    size_t             rows, slots, sub, sub_slots; /* rings, in steps and in sub-steps */
    int                areas; /* keep noise and increments for Milstein */
    tg_lags            lags;  /* of a distributed delay, but for what chain or sum hold */
    tg_chain           chain; /* of one of phase type */
    tg_flat            flat;  /* of a uniform one */
} tg_sdde_plan;

typedef struct tg_sdde_block {
    const tg_sdde_plan *plan;
    size_t              first, now; /* number of the first path, of the step */
    double             *memory;
    double             *ring, *noise, *increment; /* x, g by steps; dW by sub-steps */
    double             *z, *sum;                  /* (4, w, BLOCK) increments, (w, BLOCK) */
    double             *lagged;                   /* (m, n, BLOCK) */
    double *held, *moved; /* (phases, n, BLOCK) the chain's state, now and after a step; or
                             (n, BLOCK) the running sum */
    double *phi;          /* (2, n) of the history: at one time; summed */
    double  lag[TG_SDDE_BLOCK]; /* tau_1 of each path, where it is random */
    tg_rng  draw[TG_SDDE_BLOCK];
    tg_sdde_step step;
} tg_sdde_block;

/* Of a run that is right but for the memory it may need. */
tg_sdde_plan tg_sdde_plan_make(const tg_sdde_run *run);

/* The weights of a distributed delay, which sizes do not need and some laws take long for.
 */
void tg_sdde_plan_weigh(tg_sdde_plan *p);

/* Doubles a block needs; lay it out in that memory; put it at t = 0. */
double tg_sdde_block_size(const tg_sdde_plan *p);
void   tg_sdde_block_place(tg_sdde_block *b, const tg_sdde_plan *p, double *memory);
TG_CHECKED tg_status tg_sdde_block_start(tg_sdde_block *b, size_t first);

const double *tg_sdde_block_x(const tg_sdde_block *b); /* (n, BLOCK) now */

/* One step of the run's method. A step that fails leaves the block as it was but for its
 * noise. */
TG_CHECKED tg_status tg_sdde_block_advance(tg_sdde_block *b);

/* ---- the past (solver/sdde_past.c) ------------------------------------------------------ */

/* Row of x (n, BLOCK) at a step, `shifted` by the number of slots so that it is never negative. */
double *tg_sdde_block_row(const tg_sdde_block *b, size_t shifted);

/* The longest delay that is looked at of a law. */
double tg_sdde_past_longest(const tg_sdde *eq);

/* What the law remembers: at t = 0; one step on, before `now` is. Errors: those of the history. */
TG_CHECKED tg_status tg_sdde_past_begin(tg_sdde_block *b);
TG_CHECKED tg_status tg_sdde_past_move(tg_sdde_block *b);

/* Lagged values (m, n, BLOCK) at step `at`, which is now or the next one, into out. Errors: the same. */
TG_CHECKED tg_status tg_sdde_past_fetch(const tg_sdde_block *b, size_t at, double *out);

/* The one row that holds them now, if it is one: nothing to fetch; or NULL. */
const double *tg_sdde_past_row(const tg_sdde_block *b);

#endif
