/* cluster: who the workers are
 *
 * Worker i renews with law T_i of mean m_i, so it delivers at rate 1/m_i and
 *
 *     lambda = sum_i 1/m_i,    arrivals have the law of T_i with weight (1/m_i)/lambda
 */
#ifndef TG_ASGD_CLUSTER_H
#define TG_ASGD_CLUSTER_H

#include "core/delay.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_cluster {
    size_t           workers, groups;
    size_t          *count; /* (groups) workers of each group */
    tg_delay       **law;   /* (groups) their law; owned */
    const tg_delay **of;    /* (workers) law of each worker */
    bool together; /* all begin a job at t = 0; else each is somewhere within one */
} tg_cluster;

/* A cluster of groups of workers; laws (groups) are kept by reference. Groups of 0 workers
 * are allowed as long as one worker remains. Owner: the caller, tg_cluster_free().
 * Errors: TG_EDOMAIN no workers at all; TG_ENOMEM. */
TG_CHECKED tg_status tg_cluster_create(size_t groups, const size_t *count,
                                       tg_delay *const *law, bool together,
                                       tg_cluster **out);
void                 tg_cluster_free(tg_cluster *c);

double tg_cluster_rate(const tg_cluster *c); /* lambda [1/time] */

/* The share of all arrivals that each worker delivers; weight (workers). */
void tg_cluster_weights(const tg_cluster *c, double *weight);

/* The law of the delay of an arriving gradient. Owner of *out: the caller.
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_cluster_delay(const tg_cluster *c, tg_delay **out);

#endif
