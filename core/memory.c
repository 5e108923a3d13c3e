#define _DEFAULT_SOURCE /* madvise */
#include "core/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

tg_status
tg_memory_check(double bytes, const char *advice)
{
    const double gib = 1024.0 * 1024 * 1024;

    if (bytes < TG_MEMORY_MOST) return TG_OK;
    return tg_fail(TG_EDOMAIN, "%.3g GiB would be needed, more than %g; %s", bytes / gib,
                   TG_MEMORY_MOST / gib, advice);
}

void *
tg_memory_wide(size_t bytes)
{
    const size_t page = (size_t)1 << 21, large = 2 * page;
    const size_t align = bytes < large ? 64 : page;
    void        *block = aligned_alloc(align, (bytes + align) / align * align);

#ifdef MADV_HUGEPAGE
    if (block && bytes >= large) (void)madvise(block, bytes, MADV_HUGEPAGE);
#endif
    return block;
}
