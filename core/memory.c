#include "core/memory.h"

tg_status
tg_memory_check(double bytes, const char *advice)
{
    const double gib = 1024.0 * 1024 * 1024;

    if (bytes < TG_MEMORY_MOST) return TG_OK;
    return tg_fail(TG_EDOMAIN, "%.3g GiB would be needed, more than %g; %s", bytes / gib,
                   TG_MEMORY_MOST / gib, advice);
}
