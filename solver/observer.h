/* observer: tg_observe at work. Private to solver/.
 *
 * Each thread has room for the rows of one block of paths; when the block is through, it is
 * evaluated. All functions take an observer of nothing (made from NULL) in their stride.
 */
#ifndef TG_SOLVER_OBSERVER_H
#define TG_SOLVER_OBSERVER_H

#include "solver/observe.h"
#include "solver/sketch.h"

typedef struct tg_comoment {
    double n, x, y, c; /* count, means, sum of products of deviations */
} tg_comoment;

typedef struct tg_observer {
    const tg_observe *o;
    size_t            rows, dim, block, jobs, threads;
    double           *x;      /* (threads, rows, dim, block) */
    double           *f;      /* (threads, block) */
    tg_sketch        *sketch; /* (threads, rows, kinds): of the components, of the loss */
    tg_stats         *loss;   /* (jobs, rows) */
    tg_comoment      *pair;   /* (jobs, pairs, rows) */
} tg_observer;

/* Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_observer_open(const tg_observe *o, size_t rows, size_t dim,
                                      size_t block, size_t jobs, size_t threads,
                                      tg_observer *out);
void                 tg_observer_close(tg_observer *w);

/* Where component i of the thread's block goes at a row, (block); NULL: nobody looks. */
double *tg_observer_at(const tg_observer *w, size_t thread, size_t row, size_t i);

/* The first n paths of the thread's block are through. */
void tg_observer_take(const tg_observer *w, size_t job, size_t thread, size_t n);

/* Merge the jobs that are done (jobs) into the results asked for. */
void tg_observer_report(const tg_observer *w, const char *done);

#endif
