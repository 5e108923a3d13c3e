/* log: a log of worker times through its reader, its groups, and all that is fitted to
 * them */
#ifndef TG_VALIDATION_FUZZ_LOG_H
#define TG_VALIDATION_FUZZ_LOG_H

#include "validation/fuzz/fuzz.h"

#include "asgd/traces/availability.h"
#include "asgd/traces/fitted.h"

#include <math.h>

static inline void
fuzz_trace(tg_trace *t)
{
    tg_fitted       f = { 0 };
    tg_availability a;

    FUZZ_ASSERT(t->workers > 0 && t->groups > 0 && t->groups <= t->workers);
    for (size_t i = 0; i < t->rows; i++)
        FUZZ_ASSERT(t->seconds[i] > 0 && isfinite(t->seconds[i]) &&
                    t->cycle[i] >= t->seconds[i]);
    if (t->begin) {
        FUZZ_ASSERT(tg_availability_of(t, &a) == TG_OK);
        FUZZ_ASSERT(a.on > 0 && a.share > 0 && a.share <= 1);
    }
    if (tg_fitted_of(t, 1, &f) == TG_OK)
        for (size_t g = 0; g < f.groups; g++)
            for (size_t i = 1; i < f.group[g].job.count; i++)
                FUZZ_ASSERT(!(f.group[g].job.fit[i].aic < f.group[g].job.fit[i - 1].aic));
    tg_fitted_free(&f);
}

static inline int
fuzz_log(const uint8_t *data, size_t size)
{
    tg_log   log = { 0 };
    tg_trace t = { 0 };
    size_t   lost = 0;

    if (tg_log_read(fuzz_file(data, size), NULL, &log) != TG_OK) {
        FUZZ_ASSERT(!log.job && *tg_message());
        return 0;
    }
    for (int r = 0; r < TG_LOG_REASON_COUNT; r++) lost += log.lost[r];
    FUZZ_ASSERT(log.jobs > 0 && log.jobs + lost == log.rows && *log.took);
    for (size_t i = 0; i < log.jobs; i++) FUZZ_ASSERT(log.job[i].worker < log.workers);
    if (tg_trace_of(&log, &t) == TG_OK) fuzz_trace(&t);
    tg_trace_free(&t);
    return 0;
}

#endif
