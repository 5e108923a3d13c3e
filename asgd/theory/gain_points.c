#include "asgd/theory/gain_points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CLOSE = 0.2; /* of points, and of gains in a run */

static double
place_of(const tg_gain_points *b, double k)
{
    return log(k + b->alike) + 2 * k / b->unit;
}

static int
compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the gains; how many differ, those first. */
static size_t
sort_gains(double *gain, size_t count)
{
    size_t n = 0;

    qsort(gain, count, sizeof *gain, compare);
    for (size_t j = 0; j < count; j++)
        if (n == 0 || gain[j] > gain[n - 1]) gain[n++] = gain[j];
    return n;
}

/* The gain of that place, by bisection. */
static double
gain_at(const tg_gain_points *b, double place, double low, double high)
{
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        *(place_of(b, middle) < place ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* The points of a run of gains k (n), rising. */
static void
lay_run(tg_gain_points *b, const double *k, size_t n)
{
    const double      PI = 3.14159265358979323846, last = k[n - 1];
    const double      low = place_of(b, k[0]), high = place_of(b, last);
    const size_t      wanted = TG_GAIN_CUBIC + (size_t)((high - low) / CLOSE);
    const tg_gain_run run = { b->count, n <= wanted ? n : wanted };

    for (size_t i = 0; i < run.count; i++) {
        const double along = (1 - cos(PI * (double)i / (double)(run.count - 1))) / 2;
        double       at = k[i];
        if (n > wanted && i == wanted - 1) at = last;
        if (n > wanted && i > 0 && i < wanted - 1)
            at = gain_at(b, low + along * (high - low), k[0], last);
        b->run[b->count] = run;
        b->k[b->count++] = at;
    }
}

/* Runs end where the next gain is further away, or past the limit. */
static void
lay_runs(tg_gain_points *b, const double *k, size_t n, double limit)
{
    size_t from = 0;

    for (size_t j = 0; j < n; j++) {
        if (j + 1 < n && place_of(b, k[j + 1]) - place_of(b, k[j]) < CLOSE &&
            (k[j] < limit) == (k[j + 1] < limit))
            continue;
        lay_run(b, k + from, j + 1 - from);
        from = j + 1;
    }
}

tg_status
tg_gain_points_lay(const double *gain, size_t count, double limit, double alike,
                   tg_gain_points *out)
{
    tg_gain_points b = { .unit = fmin(limit, 4) };
    b.alike = fmin(alike, 0.03 * b.unit);
    double *sorted = malloc(count * sizeof *sorted);

    b.k = malloc(count * sizeof *b.k);
    b.run = malloc(count * sizeof *b.run);
    if (!sorted || !b.k || !b.run) {
        free(sorted);
        tg_gain_points_free(&b);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    memcpy(sorted, gain, count * sizeof *sorted);
    lay_runs(&b, sorted, sort_gains(sorted, count), limit);
    free(sorted);
    *out = b;
    return TG_OK;
}

void
tg_gain_points_free(tg_gain_points *p)
{
    free(p->k);
    free(p->run);
    *p = (tg_gain_points){ 0 };
}

static void
weigh(const tg_gain_points *b, const tg_gain_spot *s, size_t from, size_t to, double *out)
{
    const double at = place_of(b, s->k);

    for (size_t i = 0; i < s->count; i++) out[i] = i >= from && i <= to;
    for (size_t i = from; i <= to; i++)
        for (size_t n = from; n <= to; n++) {
            const double x = place_of(b, b->k[s->first + i]),
                         other = place_of(b, b->k[s->first + n]);
            if (n != i) out[i] *= (at - other) / (x - other);
        }
}

tg_gain_spot
tg_gain_points_spot(const tg_gain_points *b, double k)
{
    size_t i = 0, end = b->count;

    while (end - i > 1) { /* point[i] <= k */
        const size_t middle = (i + end) / 2;
        *(b->k[middle] <= k ? &i : &end) = middle;
    }
    const tg_gain_run run = b->run[i];
    const size_t      n = run.count;
    const double     *point = b->k + run.first;
    i -= run.first;
    if (i > 0 && i == n - 1) i--;
    tg_gain_spot s = { .k = k, .count = n < TG_GAIN_CUBIC ? n : TG_GAIN_CUBIC };
    if (n == 1) {
        s.first = run.first;
        s.cubic[0] = s.parabola[0] = s.line[0] = 1;
        return s;
    }
    const size_t before = i > 0 ? i - 1 : 0;
    const size_t first = before + s.count > n ? n - s.count : before;
    s.first = run.first + first;
    const size_t far = s.count < TG_GAIN_CUBIC ? 0
                       : place_of(b, k) - place_of(b, point[first]) <
                               place_of(b, point[first + 3]) - place_of(b, k)
                           ? 0
                           : 1;
    weigh(b, &s, 0, s.count - 1, s.cubic);
    weigh(b, &s, far, s.count < TG_GAIN_CUBIC ? s.count - 1 : far + 2, s.parabola);
    weigh(b, &s, i - first, i - first + 1, s.line);
    return s;
}
