/* bench: what every benchmark includes
 *
 * A case is timed nine times after a warm-up; minimum and median are reported beside a
 * baseline that ran in the same process and a residual against a known answer. The bound is
 * on the minimum; a case over its bound or with a bad residual makes the program fail.
 */
#ifndef TG_VALIDATION_BENCH_H
#define TG_VALIDATION_BENCH_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/status.h"

enum { REPEATS = 9 };

/* A bench of one thread may count that thread's time alone. */
#ifndef BENCH_CLOCK
#define BENCH_CLOCK CLOCK_MONOTONIC
#endif

/* End the program where a call that cannot fail did. */
static inline void
must(tg_status status)
{
    if (status == TG_OK) return;
    fprintf(stderr, "%s\n", tg_message());
    exit(1);
}

typedef struct timing {
    double min, median; /* [s] of one call */
} timing;

static inline double
seconds_now(void)
{
    struct timespec t;

    clock_gettime(BENCH_CLOCK, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int
rising_times(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Time `calls` calls of work(context) at a time, so often. */
static inline timing
measure_calls(void (*work)(void *), void *context, int calls, int repeats)
{
    double t[REPEATS];

    if (repeats > 1) work(context);
    for (int i = 0; i < repeats; i++) {
        const double begin = seconds_now();
        for (int k = 0; k < calls; k++) work(context);
        t[i] = (seconds_now() - begin) / calls;
    }
    qsort(t, (size_t)repeats, sizeof *t, rising_times);
    return (timing){ t[0], t[repeats / 2] };
}

static inline timing
measure(void (*work)(void *), void *context, int calls)
{
    return measure_calls(work, context, calls, REPEATS);
}

/* What takes seconds, less often (1 .. REPEATS; once: without a warm-up). */
static inline timing
measure_few(void (*work)(void *), void *context, int repeats)
{
    return measure_calls(work, context, 1, repeats);
}

static inline void
report_header(void)
{
    printf("%-44s %11s %11s %11s %-12s %9s %10s %10s %11s\n", "case", "min", "median",
           "bound", "unit", "baseline", "residual", "allowed", "there");
    printf("# there: the minimum scaled to the design document's machine by a plain loop "
           "of 8.8 ns; "
           "bounds are on the minimum here\n");
}

/* Speed of this machine over that of the design document's: a plain loop took 8.8 ns there.
 * Once it is known, lines carry the minimum as it would be there, for information. */
static double machine_ratio = NAN;

/* One line; `scale` turns seconds into the unit; `baseline` is its time over ours, NAN:
 * none. Returns 1 if the case fails. */
static inline int
report(const char *name, timing t, double scale, const char *unit, double bound,
       double baseline, double residual, double allowed)
{
    const int slow = !(t.min * scale <= bound), wrong = !(residual <= allowed);

    printf("%-44s %11.4g %11.4g %11.4g %-12s", name, t.min * scale, t.median * scale, bound,
           unit);
    if (isnan(baseline))
        printf(" %9s", "-");
    else
        printf(" %8.1fx", baseline);
    printf(" %10.2g %10.2g", residual, allowed);
    if (isfinite(machine_ratio) && strcmp(unit, "ratio") != 0)
        printf(" %11.4g", t.min * scale * machine_ratio);
    else
        printf(" %11s", "-");
    printf("%s%s\n", slow ? "  TOO SLOW" : "", wrong ? "  WRONG" : "");
    return slow || wrong;
}

#endif
