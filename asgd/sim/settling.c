#include "asgd/sim/settling.h"

#include "core/rng.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>

enum { RESAMPLES = 64, BLOCK = 64 };

tg_status
tg_settling_grid(double horizon, double first, double per_unit, double **t, size_t *n)
{
    size_t count = 2;

    for (double at = first; at < horizon; at += fmax(first, at / per_unit)) count++;
    double *grid = malloc(count * sizeof *grid);
    if (!grid) return tg_fail(TG_ENOMEM, "out of memory");
    grid[0] = 0;
    for (size_t k = 1; k < count; k++)
        grid[k] = grid[k - 1] + fmax(first, grid[k - 1] / per_unit);
    grid[count - 1] = horizon;
    *t = grid;
    *n = count;
    return TG_OK;
}

/* sum_b weight_b sum_b(t) at `count` grid times from `begin` on. */
static void
weigh(const tg_settling *s, const double *weight, size_t begin, size_t count, double *out)
{
    for (size_t k = 0; k < count; k++) out[k] = 0;
    for (size_t b = 0; b < s->batches; b++) {
        const double *sum = s->sum[b] + begin, w = weight[b];
        if (w == 0) continue;
        for (size_t k = 0; k < count; k++) out[k] += w * sum[k];
    }
}

/* Where a mean crosses for good: between t[last], the last grid time above the level, and
 * the next. */
typedef struct crossing {
    double time, cell; /* inf: it does not; the width of its cell */
    size_t last;       /* SIZE_MAX: it is never above the level */
} crossing;

static double
between(const tg_settling *s, size_t last, double above, double below, double level)
{
    const double share = (above - level) / (above - below);

    if (last + 1 == s->n) return INFINITY;
    return isfinite(above) ? s->t[last] + share * (s->t[last + 1] - s->t[last])
                           : s->t[last + 1];
}

/* The crossing of the weighted mean, looked for from the end, a block at a time. */
static crossing
cross(const tg_settling *s, const double *weight, double level)
{
    double block[BLOCK], total = 0, after = 0;

    for (size_t b = 0; b < s->batches; b++) total += weight[b] * (double)s->replicas[b];
    for (size_t end = s->n, begin; end > 0; end = begin) {
        begin = end > BLOCK ? end - BLOCK : 0;
        weigh(s, weight, begin, end - begin, block);
        for (size_t k = end; k-- > begin;) {
            const double mean = block[k - begin] / total;
            if (!(mean <= level))
                return (crossing){ between(s, k, mean, after, level),
                                   k + 1 < s->n ? s->t[k + 1] - s->t[k] : 0, k };
            after = mean;
        }
    }
    return (crossing){ 0, 0, SIZE_MAX };
}

/* (sum S)^2 / sum S^2 over batches where the mean crosses: as many as carry it. */
static double
carriers(const tg_settling *s, const crossing *c)
{
    double sum = 0, square = 0;

    if (c->last == SIZE_MAX) return (double)s->batches;
    for (size_t b = 0; b < s->batches; b++) {
        const double x = s->sum[b][c->last];
        sum += x;
        square += x * x;
    }
    return sum * sum / square;
}

/* As many batches as there are, with replacement. */
static void
resample(const tg_settling *s, tg_rng *g, double *weight)
{
    for (size_t b = 0; b < s->batches; b++) weight[b] = 0;
    for (size_t b = 0; b < s->batches; b++) weight[tg_rng_below(g, s->batches)]++;
}

static double
bootstrap(const tg_settling *s, double level, uint64_t seed, double *weight)
{
    tg_rng   g = tg_rng_stream(seed, TG_PURPOSE_RESAMPLE, 0);
    tg_stats time = { 0 };

    for (int i = 0; i < RESAMPLES; i++) {
        resample(s, &g, weight);
        const double at = cross(s, weight, level).time;
        if (isfinite(at)) tg_stats_add(&time, at);
    }
    if (time.n == 0) return NAN;
    if (time.n < RESAMPLES) return INFINITY;
    const double b = (double)s->batches;
    return sqrt(tg_stats_variance(&time) * b / (b - 1));
}

/* Standard error of the mean where it crosses, over batches of unequal size. */
static double
error_of_mean(const tg_settling *s, size_t at)
{
    const double b = (double)s->batches;
    double       sum = 0, total = 0, square = 0;

    for (size_t k = 0; k < s->batches; k++) {
        sum += s->sum[k][at];
        total += (double)s->replicas[k];
    }
    for (size_t k = 0; k < s->batches; k++) {
        const double rest = s->sum[k][at] - sum / total * (double)s->replicas[k];
        square += rest * rest;
    }
    return sqrt(square * b / (b - 1)) / total;
}

/* Half of how far the crossing moves as the level moves by two standard errors of the mean,
 * up or down. */
static double
by_level(const tg_settling *s, const double *weight, double level, const crossing *c)
{
    if (c->last == SIZE_MAX) return 0;
    const double two = 2 * error_of_mean(s, c->last);
    if (!isfinite(two)) return 0;
    return fmax(cross(s, weight, level - two).time - c->time,
                c->time - cross(s, weight, level + two).time) /
           2;
}

tg_status
tg_settling_find(const tg_settling *s, double level, uint64_t seed, double *time,
                 double *error)
{
    const double n = (double)s->batches, few = fmin(8, n / 2);
    double      *weight = calloc(s->batches, sizeof *weight);

    if (!weight) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t b = 0; b < s->batches; b++) weight[b] = 1;
    const crossing c = cross(s, weight, level);
    *time = c.time;
    *error = NAN;
    if (isfinite(c.time) && n > 1) *error = by_level(s, weight, level, &c);
    if (n > 1) *error = fmax(*error, bootstrap(s, level, seed, weight));
    if (isinf(c.time) && isfinite(*error)) *error = INFINITY;
    if (isfinite(c.time)) {
        *error = hypot(*error, c.cell / sqrt(12));
        if (n > 1 && !(carriers(s, &c) >= few)) *error = INFINITY;
    }
    free(weight);
    return TG_OK;
}
