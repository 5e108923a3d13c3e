/* lattice_groups_wait: until each worker has delivered, and with that DuDe-ASGD begins. Private to solver/.
 *
 * A worker that has not is at another place of the same phase. The chances of all such configurations, from workers met
 * at any time, event by event as in solver/lattice_groups_transient.c; nothing moves x before.
 */
#ifndef TG_SOLVER_LATTICE_GROUPS_WAIT_H
#define TG_SOLVER_LATTICE_GROUPS_WAIT_H

#include "solver/lattice_groups_matrix.h"

typedef struct tg_group_wait_flow {
    size_t from, to;
    double rate;
} tg_group_wait_flow;

typedef struct tg_group_wait {
    size_t              states, flows, ends;
    double             *chance, *next; /* (states) */
    size_t             *configuration; /* (states) of phases, whoever has delivered */
    tg_group_wait_flow *flow;          /* (flows) between states, ... */
    tg_group_wait_flow
        *end; /* (ends) ... and to the configuration in which all have delivered */
} tg_group_wait;

/* Errors: TG_EDOMAIN more than 20000 states; TG_ENOMEM. */
TG_CHECKED tg_status tg_group_wait_open(const tg_lattice_groups *l,
                                        const tg_group_system *m, tg_group_wait *out);
void                 tg_group_wait_close(tg_group_wait *w);

/* The chance that some have yet to deliver, by configurations into there (configurations). */
double tg_group_wait_chances(const tg_group_wait *w, const tg_group_system *m,
                             double *there);
/* An event at this rate: the chance that it is the last one's delivery, by configurations into begun. */
void tg_group_wait_step(tg_group_wait *w, const tg_group_system *m, double rate,
                        double *begun);

#endif
