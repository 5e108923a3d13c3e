#include "asgd/traces/course.h"

#include "core/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times that differ by less are equal but for rounding, which has a course of its own. */
#define SAME 1e-9
enum { FEW_ROWS = 3, FEWEST_FOR_MEDIAN = 20, SHORTEST_STRETCH = 5 };

typedef struct sums {
    double squares, freedom;      /* of ln t less the worker's mean */
    double products, pairs, bias; /* of neighbours; bias: sum (n - 1)/n */
    double xx, xy;                /* x: time less the worker's mean of it */
    double crossed, lagged;       /* of neighbours: x y' + x' y, x x' */
    double span;
} sums;

/* Time of a row if all of its worker's were as long: the real one depends on the rows
 * before, which would look like a trend. Where times are not known, the share of the
 * worker's rows before it. */
static double
time_of(const tg_trace *t, const tg_trace_worker *w, size_t i)
{
    const size_t last = w->first + w->n - 1;
    const double part = (double)(i - w->first) / (double)w->n;

    if (!t->begin) return part;
    return t->begin[w->first] +
           part * (t->begin[last] + t->seconds[last] - t->begin[w->first]);
}

static void
add_worker(const tg_trace *t, const tg_trace_worker *w, sums *s)
{
    const double n = (double)w->n;
    double       mean = 0, time = 0, last = 0, before = 0;

    for (size_t i = w->first; i < w->first + w->n; i++) {
        mean += log(t->seconds[i]) / n;
        time += time_of(t, w, i) / n;
    }
    for (size_t i = w->first; i < w->first + w->n; i++) {
        const double y = log(t->seconds[i]) - mean, x = time_of(t, w, i) - time;
        s->squares += y * y;
        if (i > w->first) {
            s->products += last * y;
            s->crossed += last * x + before * y;
            s->lagged += before * x;
        }
        s->xx += x * x;
        s->xy += x * y;
        s->span = fmax(s->span, time_of(t, w, i));
        last = y;
        before = x;
    }
    s->freedom += n - 1;
    s->pairs += n - 1;
    s->bias += (n - 1) / n;
}

/* Of neighbours about the line of slope b. */
static double
correlation_about(const sums *s, double b)
{
    const double squares = s->squares - 2 * b * s->xy + b * b * s->xx,
                 products = s->products - b * s->crossed + b * b * s->lagged,
                 variance = squares / s->freedom;

    return variance > SAME * SAME ? products / (variance * s->pairs) + s->bias / s->pairs
                                  : 0;
}

/* The correlation is about the drift where there is one, which would look like it. */
static void
measure(const sums *s, tg_course *c)
{
    const double variance = s->freedom > 0 ? s->squares / s->freedom : 0;

    if (!(variance > SAME * SAME)) return;
    c->correlation = correlation_about(s, 0);
    c->correlation_error = 1 / sqrt(s->pairs);
    if (!(s->xx > 0)) return;
    const double slope = s->xy / s->xx, about = correlation_about(s, slope),
                 r = fmin(fmax(about, 0), .99),
                 left = fmax(s->squares - slope * s->xy, 0) / s->freedom;
    c->drift = expm1(slope * s->span);
    c->drift_error = (1 + c->drift) * s->span * sqrt(left / s->xx * (1 + r) / (1 - r));
    if (tg_course_drifts(c)) c->correlation = about;
}

/* ---- stretches of slow jobs ---------------------------------------------------------- */

static double
median_of(const tg_trace *t, const tg_trace_worker *w, double *scratch)
{
    memcpy(scratch, t->seconds + w->first, w->n * sizeof *scratch);
    qsort(scratch, w->n, sizeof *scratch, tg_trace_rising);
    return tg_quantile_sorted(scratch, w->n, .5);
}

/* Runs of slow jobs of one worker that are long enough. */
static void
add_stretches(const tg_trace *t, size_t worker, double median, tg_course *c)
{
    const tg_trace_worker *w = &t->worker[worker];
    size_t                 run = 0;

    for (size_t i = w->first; i <= w->first + w->n; i++) {
        if (i < w->first + w->n && t->seconds[i] > 2 * median) {
            run++;
            continue;
        }
        if (run >= c->length) {
            c->stretches++;
            c->share += (double)run / (double)t->rows;
            if (run > c->jobs) {
                c->jobs = run;
                c->worst = worker;
                c->begin = t->begin ? t->begin[i - run] : (double)(i - run - w->first);
            }
        }
        run = 0;
    }
}

/* So many in a row that independent jobs would have one such run in a hundred logs. */
static tg_status
find_stretches(const tg_trace *t, tg_course *c)
{
    double *median = malloc((t->workers + t->rows) * sizeof *median);
    double  slow = 0, rows = 0;

    if (!median) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < t->workers; k++) {
        const tg_trace_worker *w = &t->worker[k];
        if (w->n < FEWEST_FOR_MEDIAN) continue;
        median[k] = median_of(t, w, median + t->workers);
        rows += (double)w->n;
        for (size_t i = w->first; i < w->first + w->n; i++)
            slow += t->seconds[i] > 2 * median[k];
    }
    const double q = fmax(slow, 1) / fmax(rows, 2);
    c->length = (size_t)fmax(SHORTEST_STRETCH, ceil(log(fmax(rows, 2) / .01) / -log(q)));
    for (size_t k = 0; k < t->workers && slow > 0; k++)
        if (t->worker[k].n >= FEWEST_FOR_MEDIAN) add_stretches(t, k, median[k], c);
    free(median);
    return TG_OK;
}

tg_status
tg_course_of(const tg_trace *t, tg_course *out)
{
    tg_course c = { 0 };
    sums      s = { 0 };

    for (size_t k = 0; k < t->workers; k++)
        if (t->worker[k].n >= FEW_ROWS) add_worker(t, &t->worker[k], &s);
    measure(&s, &c);
    TG_TRY(find_stretches(t, &c));
    *out = c;
    return TG_OK;
}

bool
tg_course_correlated(const tg_course *c)
{
    return fabs(c->correlation) > fmax(4 * c->correlation_error, .1);
}

bool
tg_course_drifts(const tg_course *c)
{
    return fabs(c->drift) > fmax(4 * c->drift_error, .05);
}
