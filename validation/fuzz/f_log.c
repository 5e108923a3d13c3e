/* log: a log of worker times, its groups, and the laws fitted to them */
#include "validation/fuzz/fuzz.h"

#include "asgd/traces/fit.h"
#include "asgd/traces/trace.h"

#include <math.h>

static void
fit(const tg_trace *t, size_t group)
{
    tg_fit  fit[TG_FIT_LAWS];
    double *seconds = NULL;
    size_t  n = 0, workers = 0, count = 0;

    if (tg_trace_group(t, group, TG_TRACE_JOB, &seconds, &n, &workers) != TG_OK) return;
    for (size_t i = 0; i < n; i++) FUZZ_ASSERT(seconds[i] > 0 && isfinite(seconds[i]));
    if (tg_fit_all(seconds, n, fit, &count) == TG_OK)
        for (size_t i = 1; i < count; i++) FUZZ_ASSERT(!(fit[i].aic < fit[i - 1].aic));
    free(seconds);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_trace t = { 0 };

    if (tg_trace_read(fuzz_file(data, size), &t) != TG_OK) {
        FUZZ_ASSERT(!t.worker && *tg_message());
        return 0;
    }
    FUZZ_ASSERT(t.workers > 0 && t.groups > 0 && t.groups <= t.workers);
    for (size_t g = 0; g < t.groups; g++) fit(&t, g);
    tg_trace_free(&t);
    return 0;
}
