/* rounds: synchronous rules by order statistics
 *
 *     R = the time at which K gradients are there, of jobs that all began together
 *
 * K of P workers, each once (K = P: all of them), or whosever they are where workers go on
 * meanwhile. With N(t) = sum_i N_i(t) independent counts, P(R > t) = P(N(t) < K): N_i is 0 or 1, or the
 * count of a renewal process from t = 0. A round is a step with the mean of K gradients at x itself, so
 * it is one worker of law R whose gradients have a K-th of the variance (theory 4). Derived here. */
#ifndef TG_ASGD_ROUNDS_H
#define TG_ASGD_ROUNDS_H

#include "asgd/sim/cluster.h"
#include "core/status.h"

typedef struct tg_rounds {
    size_t gradients; /* K >= 1 */
    bool   again;     /* workers go on with another at the same x; else each delivers one */
} tg_rounds;

/* E R [time] and, unless NULL, the law of R, of 1024 even quantiles brought to that mean. Owner of
 * *law: the caller. Errors: TG_EDOMAIN K is 0, more than there are workers that deliver once, more than 512
 * with `again`, or the workers do not renew; TG_ENOMEM. */
TG_CHECKED tg_status tg_rounds_law(const tg_cluster *c, const tg_rounds *r, double *mean,
                                   tg_delay **law);

/* Gradients that workers begin in a round, done or aborted: P, or with `again` P + K - 1 at least. */
double tg_rounds_jobs(const tg_cluster *c, const tg_rounds *r);

#endif
