/* metric_coherence: do the gradients of a run point the same way? Exact ones, at the times of the grid
 *
 *     cos_j = <g_k, g_(k-j)> / (|g_k| |g_(k-j)|),     mu_k = min over j = 0 .. WINDOW of <g_k, g_(k-j)> / |g_k|^2
 *
 * With mu > 0 over as far as moves are late SGD under staleness converges like 1/sqrt T. The gradients of the
 * last times are held in memory of a replica's own, between its begin and its end, and are no part of the
 * room; without that memory nothing is known. Source: Dai, Zhou, Dong, Zhang, Xing 2019, definition 1.
 */
#include "asgd/sim/metric.h"

#include "core/stats.h"

#include <math.h>
#include <stdlib.h>

enum { WINDOW = 8, LAGS = 4 };
static const size_t lag[LAGS] = { 1, 2, 4, 8 };

typedef struct point {
    tg_stats cosine[LAGS], mu;
} point;

enum { QUANTITIES = sizeof(point) / sizeof(tg_stats) };

typedef struct coherence {
    double *past; /* (WINDOW + 1, dim), and their squares; NULL between replicas */
    point   of[]; /* (points) */
} coherence;

static size_t
room(const tg_metric_plan *p)
{
    return sizeof(coherence) + p->points * sizeof(point);
}

static void
begin(const tg_metric_plan *p, void *room_)
{
    ((coherence *)room_)->past = malloc((WINDOW + 1) * (p->dim + 1) * sizeof(double));
}

static void
finish(const tg_metric_plan *p, void *room_, const tg_sim *s)
{
    coherence *r = room_;

    (void)p;
    (void)s;
    free(r->past);
    r->past = NULL;
}

static double
dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

static void
look(const tg_metric_plan *p, void *room_, tg_sim *s, size_t i)
{
    coherence   *r = room_;
    const size_t n = p->dim, slots = WINDOW + 1, most = i < WINDOW ? i : WINDOW;
    double      *g = r->past ? r->past + i % slots * n : NULL, least = 1;

    if (!g || !tg_sim_steepest(s, g)) return;
    double      *square = r->past + slots * n;
    const double own = square[i % slots] = dot(g, g, n);
    for (size_t j = 1; j <= most; j++) {
        const size_t before = (i - j) % slots;
        const double product = dot(g, r->past + before * n, n);
        least = fmin(least, product / own);
        for (int k = 0; k < LAGS; k++)
            if (lag[k] == j)
                tg_stats_add(&r->of[i].cosine[k], product / sqrt(own * square[before]));
    }
    tg_stats_add(&r->of[i].mu, least);
}

static void
merge(const tg_metric_plan *p, void *into, const void *one)
{
    tg_stats       *a = (tg_stats *)((coherence *)into)->of;
    const tg_stats *b = (const tg_stats *)((const coherence *)one)->of;

    for (size_t i = 0; i < p->points * QUANTITIES; i++) tg_stats_merge(&a[i], &b[i]);
}

static const tg_column column[] = {
    { "t", "time", "", false },
    { "cosine_1", "1", "with the gradient one point of the grid before, mean", false },
    { "cosine_1_error", "1", "its standard error", false },
    { "cosine_2", "1", "two points before", false },
    { "cosine_2_error", "1", "its standard error", false },
    { "cosine_4", "1", "four points before", false },
    { "cosine_4_error", "1", "its standard error", false },
    { "cosine_8", "1", "eight points before", false },
    { "cosine_8_error", "1", "its standard error", false },
    { "mu", "1", "least product with one of the last eight, over the square, mean", false },
    { "mu_error", "1", "its standard error", false },
};

static tg_cell
mean_of(const tg_stats *s)
{
    return TG_NUMBER(s->n > 0 ? s->mean : (double)NAN);
}

static tg_status
report(const tg_metric_plan *p, const void *room_, tg_table *out)
{
    const coherence *r = room_;

    for (size_t i = 0; i < p->points; i++) {
        const tg_stats *c = r->of[i].cosine, *mu = &r->of[i].mu;
        TG_TRY(
            tg_table_add(out, (tg_cell[]){ TG_NUMBER(p->t[i]), mean_of(&c[0]),
                                           TG_NUMBER(tg_stats_error(&c[0])), mean_of(&c[1]),
                                           TG_NUMBER(tg_stats_error(&c[1])), mean_of(&c[2]),
                                           TG_NUMBER(tg_stats_error(&c[2])), mean_of(&c[3]),
                                           TG_NUMBER(tg_stats_error(&c[3])), mean_of(mu),
                                           TG_NUMBER(tg_stats_error(mu)) }));
    }
    return TG_OK;
}

const tg_metric_kind tg_metric_coherence = {
    .is = { "coherence", "with coherence: true, whether exact gradients point the same way",
            "Dai, Zhou, Dong, Zhang, Xing 2019", NULL },
    .room = room,
    .begin = begin,
    .look = look,
    .finish = finish,
    .merge = merge,
    .column = column,
    .columns = sizeof column / sizeof *column,
    .report = report,
};
