/* cluster: who the workers are
 *
 * Worker i renews with law T_i of mean m_i, so it delivers at rate 1/m_i and
 *
 *     lambda = sum_i 1/m_i,    arrivals have the law of T_i with weight (1/m_i)/lambda
 *
 * A job of worker i is an amount of work, a draw of T_i. Speeds that are fixed are put into the
 * laws, so that theory knows them; where speeds change (asgd/workers/pace.h) a worker of mean speed
 * v_i delivers at rate v_i/m_i, and its delays have no law that is known here.
 */
#ifndef TG_ASGD_CLUSTER_H
#define TG_ASGD_CLUSTER_H

#include "asgd/workers/pace.h"
#include "core/delay.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Workers first .. of one pace, which has copies of its lists. */
typedef struct tg_paced {
    tg_pace pace;
    size_t  first;
} tg_paced;

/* Jobs as they were recorded: worker w's are time[first[w]] .. time[first[w + 1] - 1]. */
typedef struct tg_recording {
    size_t *first; /* (workers + 1) */
    double *time;  /* [time] */
    bool again; /* after its last one a worker begins at its first again; else it stops */
} tg_recording;

typedef struct tg_cluster {
    size_t           workers, groups;
    size_t          *count; /* (groups) workers of each group */
    tg_delay       **law;   /* (groups) their law; owned */
    const tg_delay **of;    /* (workers) law of each worker */
    bool together; /* all begin a job at t = 0; else each is somewhere within one */

    tg_paced    *pace;    /* (paces) */
    uint32_t    *pace_of; /* (workers) 1 + which of them, 0: none; NULL: no speed changes */
    size_t       paces;
    tg_recording recording; /* of NULL: nothing is replayed */
} tg_cluster;

/* A cluster of groups of workers; laws (groups) are kept by reference. Groups of 0 workers
 * are allowed as long as one worker remains. Owner: the caller, tg_cluster_free().
 * Errors: TG_EDOMAIN no workers at all; TG_ENOMEM. */
TG_CHECKED tg_status tg_cluster_create(size_t groups, const size_t *count,
                                       tg_delay *const *law, bool together,
                                       tg_cluster **out);
void                 tg_cluster_free(tg_cluster *c);

/* The speed of workers first .. first + count - 1 is so from now on; lists are copied. A fixed
 * speed scales their laws, one that changes replaces an earlier one. Errors: TG_EDOMAIN no such
 * workers, parameters or list out of range; TG_ENOMEM. The cluster is then as before. */
TG_CHECKED tg_status tg_cluster_set_pace(tg_cluster *c, size_t first, size_t count,
                                         const tg_pace *pace);

/* The jobs of workers first .. first + count - 1 take longer by a factor of each worker's own,
 * drawn from `factor`, of mean 1, by the stream of (seed, worker): another law for each factor.
 * Errors: TG_EDOMAIN no such workers, mean not 1, a factor that is not > 0; TG_ENOMEM. */
TG_CHECKED tg_status tg_cluster_spread(tg_cluster *c, size_t first, size_t count,
                                       const tg_delay *factor, uint64_t seed);

/* Job n of a worker takes the n-th of the times recorded of it: count (workers), those of worker
 * 0, then of worker 1, ... in time [time]. What comes after the last: from the first `again`, or
 * the worker stops. A worker of count 0 has its law; of the others it becomes the law of what was
 * recorded. The first job begins at t = 0. What was recorded is what a job took, whatever its worker's
 * speed: speeds then only say who is there. Only the last of a worker may be inf: it never came back.
 * The differences finished - began of a run's jobs,
 * replayed, give its times to the bit. Errors: TG_EDOMAIN a time < 0 or not finite, none > 0 of a
 * worker; TG_ENOMEM. */
TG_CHECKED tg_status tg_cluster_replay(tg_cluster *c, const size_t *count,
                                       const double *time, bool again);

/* lambda [1/time]; NaN: it depends on jobs that are lost (tg_pace_kind.mean) */
double tg_cluster_rate(const tg_cluster *c);

/* The same where every worker is as fast as it can be (tg_pace_kind.largest): what a run is planned
 * by, however long workers are away. */
double tg_cluster_pulse(const tg_cluster *c);

/* Mean jobs before t = 0 from which a staggered worker is followed, unseen: twenty, and CV^2 times (at most
 * a hundred) as many where long jobs, which hold a large part of the time, are rare. */
double tg_cluster_past(const tg_delay *law);

/* The longest mean time of a job of a worker at its mean speed [time]; a worker whose mean speed is 0
 * or unknown counts as one of speed 1. */
double tg_cluster_longest(const tg_cluster *c);

/* How often the worker's speed changes [1/time]; 0: never, or as often as a list says. */
double tg_cluster_changes(const tg_cluster *c, size_t worker);

/* The share of all arrivals that each worker delivers; weight (workers). */
void tg_cluster_weights(const tg_cluster *c, double *weight);

/* Whether the workers renew for ever by their laws, which is what theory knows: no speed changes and
 * nobody stops after what was recorded. */
bool tg_cluster_renews(const tg_cluster *c);

/* The law of the delay of an arriving gradient. Owner of *out: the caller.
 * Errors: TG_EDOMAIN the workers do not renew by their laws; TG_ENOMEM. */
TG_CHECKED tg_status tg_cluster_delay(const tg_cluster *c, tg_delay **out);

#endif
