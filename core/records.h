/* records: finished blocks of a long computation, kept in a file as they come
 *
 * A record is a key and bytes, with a checksum. A run that was killed leaves a file that ends
 * anywhere; what is whole in it is found again, and the rest is written over. The first record says
 * what the blocks are of, so that those of another study are refused.
 */
#ifndef TG_CORE_RECORDS_H
#define TG_CORE_RECORDS_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_records tg_records;

/* Records at `path` of what `identity` says, a text of lines. With `go_on` those that are there are
 * kept, if there are any; else they are removed. Owner of *out: the caller, tg_records_close().
 * Errors: TG_EINPUT those that are there are of something else, with the first line in which they
 * differ, or no records; TG_EIO, TG_ENOMEM. */
TG_CHECKED tg_status tg_records_open(const char *path, const char *identity, bool go_on,
                                     tg_records **out);

/* How many there are. */
size_t tg_records_count(tg_records *r);

/* The bytes of the record `key` into data, if there is one of this size and it is whole; any
 * thread may ask. */
bool tg_records_find(tg_records *r, const char *key, void *data, size_t size);

/* Keep another one; any thread may. Errors: TG_EWRITE. */
TG_CHECKED tg_status tg_records_add(tg_records *r, const char *key, const void *data,
                                    size_t size);

/* Close the file, and remove it unless it is to be kept. NULL is allowed. */
void tg_records_close(tg_records *r, bool keep);

#endif
