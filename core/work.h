/* work: what is many, as a list of numbered blocks of which any part may be computed anywhere
 *
 * A block is a function of its number alone, and its result is bytes. So a part of the list, by
 * another process or on another machine, gives the bytes that one process gives; what is finished is
 * kept as records, and where all of them are there the answer is made of them.
 */
#ifndef TG_CORE_WORK_H
#define TG_CORE_WORK_H

#include "core/progress.h"
#include "core/records.h"

typedef struct tg_work {
    size_t stages, each; /* stages of so many blocks: stage s begins at number s each; at
                                   most 2^32 blocks in all */
    const double *cost;  /* (stages) of a block [s of one thread]; NULL: all are alike */
    /* Compute block `number` into new memory; from any thread. A block that cannot be computed for a
     * reason of its own is of size 0: who needs it will hear that reason. */
    tg_status (*block)(size_t number, void *context, void **data, size_t *size);
    void *context;
} tg_work;

/* The part number `part`, from 0 on, of `parts`: the blocks whose number is that modulo parts. */
typedef struct tg_share {
    size_t part, parts;
} tg_share;

/* The blocks of a share, dearest first: of costs that differ by less than a part in 256, those of lower
 * numbers first. */
typedef struct tg_queue tg_queue;

/* Owner of *out: the caller, tg_queue_free(). w is borrowed. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_queue_create(const tg_work *w, tg_share share, tg_queue **out);
void                 tg_queue_free(tg_queue *q);
size_t               tg_queue_count(const tg_queue *q);
size_t               tg_queue_number(const tg_queue *q, size_t index); /* of the index-th */

/* How many blocks a share has, and the seconds that they take one thread. */
size_t tg_work_blocks(const tg_work *w, tg_share share);
double tg_work_seconds(const tg_work *w, tg_share share);

/* Compute the blocks of a share that are not there on `threads` threads (0: all) into the records.
 * After a stop request those that are finished are there. Errors: those of the blocks; TG_EWRITE,
 * TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_work_run(const tg_work *w, tg_share share, size_t threads,
                                 tg_progress *progress, tg_records *records);

/* Keep a block that a computation needs itself, begun at `since` (tg_work_clock() [s]): not if that
 * took less than 10 ms, and what cannot be kept is no reason to lose what was computed. Errors:
 * TG_ENOMEM. */
double               tg_work_clock(void);
TG_CHECKED tg_status tg_work_keep(tg_records *r, size_t number, const void *data,
                                  size_t size, double since);

#endif
