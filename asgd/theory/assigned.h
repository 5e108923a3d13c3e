/* assigned: the server chooses whose job is next, and jobs wait in their worker's queue
 *
 * n jobs go round n workers, each of which does one after the other; a job reads x when it is given out, to
 * any worker (uniform) or to the next of a permutation (shuffled). A job is what under ASGD is a worker: it
 * delivers and reads at once, with the law of its time in a queue as that of a round trip. With P large the
 * workers' queues are independent, and so is a job's next queue of its last: the jobs renew (theory 4).
 *
 * One queue among many, f_j(a, t) the density of j jobs the first of which is under way for a time a:
 *
 *     f_j' + d f_j/da = -(r(a) + q) f_j + q f_{j-1},     f_j(0) = int r f_{j+1} da + [j = 1] q p_0
 *
 * r the hazard of a job's time, q = sum over workers of int r f_j da / n what each is given; shuffled: only who
 * had none of the n of this permutation, q/(1 - u) at the share u of it. Who is given a job finds j with the
 * age a. Of exponential workers under uniform assignment f is the geometric law of mean 1. That the n jobs are a closed
 * network is put in by what its product form (Gordon, Newell 1967) has beside that law. Derived here. */
#ifndef TG_ASGD_ASSIGNED_H
#define TG_ASGD_ASSIGNED_H

#include "asgd/sim/cluster.h"
#include "core/status.h"

enum { TG_ASSIGNED_TIMES = 64 };

typedef struct tg_assigned {
    double rate;  /* lambda: deliveries [1/time] */
    double doubt; /* what independent queues may miss, relative */
    /* All queues begin with one job, so that first there are more deliveries: as many by i every as at rest
     * by i every + ahead[i] [time]. */
    double every, ahead[TG_ASSIGNED_TIMES];
} tg_assigned;

/* The jobs as a cluster of n workers that renew, into *out (owner: the caller). Errors: TG_EDOMAIN workers
 * that do not renew, a law without variance, more than 4096 workers, or slow workers with which jobs pile up;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_assigned_cluster(const tg_cluster *c, bool shuffled,
                                         tg_cluster **out, tg_assigned *network);

#endif
