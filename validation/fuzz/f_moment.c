/* moment: a time as somebody wrote it */
#include "validation/fuzz/fuzz.h"

#include "asgd/traces/moment.h"

#include <math.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t unit[] = { 1, 1000, 1000000000, INT64_C(86400000000000) };
    char                *text = fuzz_text(data, size);

    for (int i = 0; i < 8; i++) {
        tg_moment            m = { 0 }, zero = { 0 };
        const tg_moment_form form = tg_moment_read(text, i & 1, unit[i / 2], &m);
        if (form == TG_MOMENT_NONE || form == TG_MOMENT_RANGE) continue;
        FUZZ_ASSERT(fabs(m.rest) <= 1 && m.ns <= INT64_MAX / 2 && m.ns >= -(INT64_MAX / 2));
        FUZZ_ASSERT(tg_moment_between(zero, m) == tg_moment_seconds(m));
    }
    free(text);
    return 0;
}
