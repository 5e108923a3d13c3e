/* log: what happened, job by job, as some program wrote it down
 *
 * A job of a worker took some seconds; where starts are known, so are the gaps between
 * jobs. A log is read by the first reader of the registry that recognises it; what was
 * taken for what is told in one line, and rows that cannot be used are left out and counted
 * by reason.
 */
#ifndef TG_ASGD_LOG_H
#define TG_ASGD_LOG_H

#include "core/kind.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TG_LOG_REASONS(X)                                                                  \
    X(TG_LOG_CELLS, "more or fewer cells than the header")                                 \
    X(TG_LOG_EMPTY, "an empty cell")                                                       \
    X(TG_LOG_OPEN, "no end")                                                               \
    X(TG_LOG_NUMBER, "not a time")                                                         \
    X(TG_LOG_FORM, "times in another form than above")                                     \
    X(TG_LOG_RANGE, "a time out of range")                                                 \
    X(TG_LOG_ZERO, "a time of 0")                                                          \
    X(TG_LOG_BACK, "an end before its start, or a time below 0")                           \
    X(TG_LOG_PART, "a part of another job")                                                \
    X(TG_LOG_ALONE, "a start or an end without the other")                                 \
    X(TG_LOG_BROKEN, "not JSON")

typedef enum tg_log_reason {
#define X(code, words) code,
    TG_LOG_REASONS(X)
#undef X
        TG_LOG_REASON_COUNT
} tg_log_reason;

const char *tg_log_reason_words(tg_log_reason reason);

typedef struct tg_log_job {
    double   begin;   /* [s] since the first start of the log; NaN: not known */
    double   seconds; /* > 0 */
    uint32_t worker;  /* place of its name */
} tg_log_job;

typedef struct tg_log {
    const tg_kind *reader;
    char         **name; /* (workers) in order of appearance */
    size_t         workers;
    tg_log_job    *job; /* (jobs) in the order of the file */
    size_t         jobs;
    bool           timed;    /* starts are known */
    int64_t        since;    /* [ns] of the first start on the clock of the log */
    bool           nameless; /* it names no worker: there is one, "all" */
    bool           cluster;  /* rows are jobs of a cluster, not steps of workers */
    size_t         rows;     /* used or not */
    size_t         lost[TG_LOG_REASON_COUNT], first[TG_LOG_REASON_COUNT]; /* rows; line */
    char           took[400]; /* what was taken for what, in one line */
} tg_log;

/* What a reader cannot find out. NULL: it looks itself. */
typedef struct tg_log_wish {
    const char
        *columns;      /* "worker=rank,start=t0,end=t1": roles worker, seconds, start, end;
                            a column by name or, counted from 1, by place */
    const char *unit;  /* of numbers that do not say it, "ms" */
    const char *event; /* take the events whose name holds this */
    bool one_each; /* it is one of several: with columns of times only it is one worker's */
    double most_lost; /* share of rows that may be left out; 0: a half */
} tg_log_wish;

/* Read the log at `path`, "-" for standard input. Owner of *out: the caller, tg_log_free().
 * Errors: TG_EIO unreadable; TG_EINPUT not a log that is known, no column for what is
 * needed, no usable row, or too many unusable ones; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_log_read(const char *path, const tg_log_wish *wish, tg_log *out);
void                 tg_log_free(tg_log *log);

/* Several logs (n) as one; `source` are their names. Workers of the same name are the same,
 * but where they are at work at the same date; a log that names none is of one worker. Starts
 * count from the first of all. Owner of *out: the caller, tg_log_free(). Errors: TG_EINPUT
 * logs of several kinds; TG_ENOMEM. */
TG_CHECKED tg_status tg_log_join(const tg_log *log, const char *const *source, size_t n,
                                 tg_log *out);

/* The readers, in the order in which they are asked; NULL-terminated. */
extern const tg_kind *const tg_log_readers[];

#endif
