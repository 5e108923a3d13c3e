/* memory: what a computation will allocate is known and refused before it begins */
#ifndef TG_CORE_MEMORY_H
#define TG_CORE_MEMORY_H

#include "core/status.h"

#include <stddef.h>

#define TG_MEMORY_MOST (16.0 * 1024 * 1024 * 1024) /* bytes of one computation */

/* Errors: TG_EDOMAIN `bytes` is NaN or not below TG_MEMORY_MOST; the message gives the
 * number and `advice`, how to need less. */
TG_CHECKED tg_status tg_memory_check(double bytes, const char *advice);

/* As aligned_alloc(64, bytes), on large pages where it is large and the system has them: what is
 * read here and there then finds its page. free() it. NULL: out of memory. */
void *tg_memory_wide(size_t bytes);

#endif
