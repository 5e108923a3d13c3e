/* workers_crew: the workers of one path and who delivers next. Private to solver/. */
#ifndef TG_SOLVER_WORKERS_CREW_H
#define TG_SOLVER_WORKERS_CREW_H

#include "solver/workers.h"

/* Phases of a law in equilibrium: P(T > t) between the times it is known at is linear. */
typedef struct tg_phase_table {
    size_t  n;
    double *t, *beyond, *below; /* (n) t; P(T > t); E min(T, t) */
} tg_phase_table;

typedef struct tg_crew_group {
    const tg_delay       *law;
    const tg_phase_table *phase;
    size_t                left; /* jobs drawn but not begun */
    double                job[32];
    tg_rng                stream;
} tg_crew_group;

typedef struct tg_crew {
    const tg_workers *plan;
    size_t            workers;
    tg_crew_group    *group; /* (groups) */
    size_t           *of;    /* (workers) group of each */
    double           *due;   /* (workers) next delivery */
    size_t           *heap;  /* (workers) a heap by due, then number */
} tg_crew;

/* Check the plan and make its phase tables (groups); tg_crew_forget() them. */
TG_CHECKED tg_status tg_crew_learn(const tg_workers *w, tg_phase_table **table);
void                 tg_crew_forget(const tg_workers *w, tg_phase_table *table);

TG_CHECKED tg_status tg_crew_open(const tg_workers *w, const tg_phase_table *table,
                                  tg_crew *out);
void                 tg_crew_close(tg_crew *c);

/* Begin a path; the worker who delivers next, c->due[it]; begin its next job. */
void tg_crew_begin(tg_crew *c, uint64_t path);
static inline size_t
tg_crew_next(const tg_crew *c)
{
    return c->heap[0];
}
void tg_crew_renew(tg_crew *c);

size_t tg_crew_workers(const tg_workers *w);
double tg_crew_rate(const tg_workers *w); /* deliveries [1/time] */

#endif
