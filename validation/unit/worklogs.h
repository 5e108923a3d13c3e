/* worklogs: logs of workers made by laws, for tests of what is found in them */
#ifndef TG_VALIDATION_WORKLOGS_H
#define TG_VALIDATION_WORKLOGS_H

#include "validation/unit/check.h"

#include "asgd/traces/trace.h"
#include "core/delay.h"

/* A trace of jobs and, unless NULL, gaps by these laws, `rows` of each worker. *slow
 * multiplies the time of each job, by worker and row. */
static inline tg_trace
worklog_of(const char *job, const char *gap, size_t workers, size_t rows, uint64_t seed,
           double (*slow)(size_t worker, size_t row))
{
    tg_rng    g = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);
    tg_delay *jobs = NULL, *gaps = NULL;
    tg_log    log = { .name = calloc(workers, sizeof(char *)),
                      .workers = workers,
                      .job = calloc(workers * rows, sizeof(tg_log_job)),
                      .jobs = workers * rows,
                      .timed = true };
    tg_trace  t = { 0 };

    assert_ok(tg_delay_parse(job, &jobs));
    if (gap) assert_ok(tg_delay_parse(gap, &gaps));
    for (size_t w = 0; w < workers; w++) {
        double now = tg_rng_uniform(&g);
        char   name[32];
        snprintf(name, sizeof name, "w%zu", w);
        log.name[w] = strdup(name);
        for (size_t i = 0; i < rows; i++) {
            const double took = tg_delay_sample(jobs, &g) * (slow ? slow(w, i) : 1);
            log.job[w * rows + i] = (tg_log_job){ now, took, (uint32_t)w };
            now += took;
            if (gaps) now += tg_delay_sample(gaps, &g);
        }
    }
    tg_delay_free(jobs);
    tg_delay_free(gaps);
    assert_ok(tg_trace_of(&log, &t));
    return t;
}

#endif
