/* replayed: what the order of a log's times does, which a law of single jobs does not know
 *
 * ASGD on one noisy mode, eta h P = 1/2, simulated twice: with every worker's cycles as
 * they came, and drawn independently from the same cycles. The loss that it settles to and
 * the staleness of the tail are what differs.
 */
#ifndef TG_ASGD_REPLAYED_H
#define TG_ASGD_REPLAYED_H

#include "asgd/traces/trace.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct tg_replayed {
    bool   done; /* the log is long enough, and not too large */
    double floor,
        error; /* of the replayed over that of independent draws; standard error */
    double stale,
        drawn; /* 99 % of the deliveries are no staler: replayed, drawn [updates] */
} tg_replayed;

/* Errors: those of tg_replicas_run(). */
TG_CHECKED tg_status tg_replayed_of(const tg_trace *t, uint64_t seed, tg_replayed *out);

#endif
