/* records: finished blocks of a long computation, kept in a file as they come
 *
 * A record is the number of a block and its bytes, with a checksum. A run that was killed leaves a
 * file that ends anywhere; what is whole in it is found again, and the rest is cut off. The first record
 * says what the blocks are of, so that those of another study are refused.
 */
#ifndef TG_CORE_RECORDS_H
#define TG_CORE_RECORDS_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_records tg_records;

/* What the blocks are of. Texts are borrowed. */
typedef struct tg_records_of {
    const char *identity; /* a text of lines; those of another one are refused */
    const char *note;     /* kept beside it, and not compared */
    size_t      blocks;   /* they are numbered from 0 to blocks - 1; at most 2^32 */
} tg_records_of;

/* Records at `path`, to be added to. With `go_on` those that are there are kept, if there are any;
 * else they are removed. Owner of *out: the caller, tg_records_close(). Errors: TG_EINPUT those that
 * are there are of something else, with the first line in which they differ, or no records; TG_EIO,
 * TG_ENOMEM; TG_EDOMAIN too many blocks. */
TG_CHECKED tg_status tg_records_open(const char *path, const tg_records_of *of, bool go_on,
                                     tg_records **out);

/* Records at `path`, whatever they are of, to be read. Errors: TG_EINPUT no records; TG_EIO,
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_records_read(const char *path, tg_records **out);

/* What they are of; its texts live as long as they do. */
tg_records_of tg_records_are_of(const tg_records *r);

/* Errors: TG_EINPUT they are of something else than `identity`, with the first line that differs;
 * `here` names it. */
TG_CHECKED tg_status tg_records_check(const tg_records *r, const char *identity,
                                      const char *here);

/* How many there are; the share of all blocks that there are not, 1 where there are no records
 * (NULL). */
size_t tg_records_count(tg_records *r);
double tg_records_missing(tg_records *r);

/* Bytes of the file after the last that is whole: it was cut, or is damaged. */
size_t tg_records_broken(const tg_records *r);

/* Whether block `number` is there, and its size [bytes]; any thread may ask. */
bool tg_records_has(tg_records *r, size_t number, size_t *size);

/* Its bytes into data, if it is there and of this size; any thread may ask. */
bool tg_records_find(tg_records *r, size_t number, void *data, size_t size);

/* Keep another one, which is not there yet; any thread may. Errors: TG_EWRITE, TG_EDOMAIN. */
TG_CHECKED tg_status tg_records_add(tg_records *r, size_t number, const void *data,
                                    size_t size);

/* Close the file, and remove it unless it is to be kept. NULL is allowed. */
void tg_records_close(tg_records *r, bool keep);

#endif
