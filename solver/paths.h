/* paths: the frame that all ensembles share
 *
 * Paths run in blocks, blocks in TG_PATHS_JOBS jobs (a fixed number, so that sums are
 * grouped alike for any number of threads). Each block is recorded by itself, and merged
 * into its job's statistics when it is whole; those of the jobs are merged in order at the
 * end. Results are handed out only then, so that a failure leaves them as they were, and
 * after a stop request, which ends a block at its next check, all are of the same whole
 * paths. Private to solver/.
 */
#ifndef TG_SOLVER_PATHS_H
#define TG_SOLVER_PATHS_H

#include "solver/ensemble.h"
#include "solver/observer.h"

#define TG_PATHS_JOBS  64
#define TG_PATHS_CHECK 64     /* steps between two checks of a block */
#define TG_PATHS_MOST  0x1p53 /* paths, and steps: exact in a double */

typedef struct tg_paths_block tg_paths_block;

typedef struct tg_paths {
    size_t            dim, rows, paths, keep;
    size_t            block;      /* paths at a time */
    size_t            scratch;    /* doubles a thread works in, a multiple of 8 */
    size_t            threads;    /* 0: tg_parallel_threads() */
    int               rows_first; /* results are (rows, dim), else (dim, rows) */
    const char       *component;  /* what messages call one: "mode" */
    const tg_observe *observe;
    tg_status (*run)(const tg_paths_block *b, void *context); /* one block, all its rows */
    void *context;
} tg_paths;

struct tg_paths_block {
    const tg_paths *plan;
    tg_observer    *observer;
    tg_stats       *stats;                 /* of the block, each cell recorded once */
    double         *kept, *scratch;        /* of all; of the thread */
    size_t          job, thread, first, n; /* n paths from number `first` on */
};

/* The frame of an ensemble of modes, `block` paths at a time; without scratch and run. */
tg_paths tg_paths_of_modes(const tg_ensemble *e, size_t block);

/* Whether there are so many `what` ("paths"). Errors: TG_EDOMAIN none, or TG_PATHS_MOST and
 * more. */
TG_CHECKED tg_status tg_paths_count(size_t n, const char *what);

/* Bytes tg_paths_run allocates, and the caller's room for stored paths; in numbers that do
 * not overflow: `scratch` doubles for a thread. */
double tg_paths_memory(const tg_paths *p, double scratch);

/* Run all blocks; stats and kept (keep, and the shape of stats) as in solver/ensemble.h.
 * Paths that were to be stored but were not finished when a stop was requested are NaN.
 * Errors: those of `run`; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_paths_run(const tg_paths *p, tg_stats *stats, double *kept);

/* Whether component i of the block's paths, x (block), is finite at t: below 1e150, so that
 * its square is too, and nobody wants to stop. Errors: TG_EDIVERGED with component, path
 * and time; TG_ESTOP. */
TG_CHECKED tg_status tg_paths_check(const tg_paths_block *b, size_t i, const double *x,
                                    double t);

/* The same, and into the results of a row. */
TG_CHECKED tg_status tg_paths_record(const tg_paths_block *b, size_t row, size_t i,
                                     const double *x, double t);

#endif
