/* batch: some of the replicas of a run, and what they have added up to. Private to
 * asgd/sim/replicas.c.
 *
 * A batch is the block of work that one thread computes and that a file of records keeps: all it
 * holds is in one piece, so that what is read back is what was computed, to the bit.
 */
#ifndef TG_ASGD_SIM_BATCH_H
#define TG_ASGD_SIM_BATCH_H

#include "asgd/sim/replica.h"
#include "asgd/sim/replicas.h"

typedef struct tg_batch {
    void       *block; /* (bytes) all of what follows lies in it */
    size_t      bytes;
    uint64_t   *count;     /* (1) replicas that are finished */
    tg_replica *replica;   /* (room) */
    tg_stats   *loss;      /* (points) */
    double     *sum;       /* (cells) of the losses on the run's own grid */
    uint64_t   *staleness; /* (TG_STALENESS_BINS) */
    void      **metric;    /* a room for each of the list, NULL after them; NULL: none */
} tg_batch;

/* Room for so many replicas. metrics NULL: none are measured. Release with tg_batch_clear() also
 * after failure. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_batch_create(const tg_replica_grids *grids,
                                     const tg_metric_plan *metrics, size_t room,
                                     tg_batch *out);
void                 tg_batch_clear(tg_batch *b);

/* Bytes that a batch takes. */
double tg_batch_bytes(const tg_replica_grids *grids, const tg_metric_plan *metrics,
                      size_t room);

/* One more replica of this index, added to the batch; loss and own: (points) and (cells) of
 * scratch. Errors: those of tg_replica_run(). */
TG_CHECKED tg_status tg_batch_run(tg_batch *b, const tg_setup *setup, size_t index,
                                  const tg_replica_grids *grids,
                                  const tg_metric_plan *metrics, double *loss, double *own);

#endif
