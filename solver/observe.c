#include "solver/paths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
counts(const tg_observe *o)
{
    return o->quantile || o->loss_quantile;
}

/* Sketches kept at a row: those of the components, then that of the loss. */
static size_t
kinds(const tg_observe *o, size_t dim)
{
    return (o->quantile ? dim : 0) + (o->loss_quantile ? 1 : 0);
}

double
tg_observe_memory(const tg_observe *o, size_t threads, size_t rows, size_t dim,
                  size_t block)
{
    if (!o) return 0;
    const double each = (double)dim * (double)block * sizeof(double) +
                        (double)kinds(o, dim) * sizeof(tg_sketch);
    const double job =
        (double)o->pairs * sizeof(tg_comoment) + (o->loss ? sizeof(tg_stats) : 0);
    return (double)rows * ((double)threads * each + TG_PATHS_JOBS * job);
}

tg_status
tg_observe_check(const tg_observe *o, size_t dim, size_t paths)
{
    if (!o) return TG_OK;
    if ((o->loss || o->loss_quantile) && !o->h)
        return tg_fail(TG_EDOMAIN, "the loss needs eigenvalues h");
    if ((counts(o) && !o->share) || (o->pairs && (!o->pair || !o->covariance)))
        return tg_fail(TG_EDOMAIN,
                       "quantiles need shares, pairs a place for the covariance");
    for (size_t k = 0; k < o->shares; k++)
        if (!(o->share[k] >= 0 && o->share[k] <= 1))
            return tg_fail(TG_EDOMAIN, "a share must be in [0, 1], got %g", o->share[k]);
    for (size_t k = 0; k < o->pairs; k++)
        if (!(o->pair[k].i < dim && o->pair[k].j < dim))
            return tg_fail(TG_EDOMAIN, "pair %zu names component %zu of %zu", k,
                           o->pair[k].i < dim ? o->pair[k].j : o->pair[k].i, dim);
    if (counts(o) && (double)paths >= 0x1p32)
        return tg_fail(TG_EDOMAIN, "quantiles of %zu paths: at most 2^32 - 1", paths);
    return TG_OK;
}

tg_status
tg_observer_open(const tg_observe *o, size_t rows, size_t dim, size_t block, size_t jobs,
                 size_t threads, tg_observer *out)
{
    tg_observer w = { o, rows, dim, block, jobs, threads, NULL, NULL, NULL, NULL, NULL };

    if (o) {
        w.x = malloc(threads * rows * dim * block * sizeof *w.x);
        w.f = malloc(threads * block * sizeof *w.f);
        w.sketch = calloc(threads * rows * kinds(o, dim) + 1, sizeof *w.sketch);
        w.loss = calloc(jobs * rows, sizeof *w.loss);
        w.pair = calloc(jobs * o->pairs * rows + 1, sizeof *w.pair);
    }
    *out = w;
    if (!o || (w.x && w.f && w.sketch && w.loss && w.pair)) return TG_OK;
    tg_observer_close(out);
    return tg_fail(TG_ENOMEM, "out of memory: %.3g MiB were needed",
                   tg_observe_memory(o, threads, rows, dim, block) / (1 << 20));
}

void
tg_observer_close(tg_observer *w)
{
    free(w->x);
    free(w->f);
    free(w->sketch);
    free(w->loss);
    free(w->pair);
    *w = (tg_observer){ 0 };
}

double *
tg_observer_at(const tg_observer *w, size_t thread, size_t row, size_t i)
{
    return w->x ? w->x + ((thread * w->rows + row) * w->dim + i) * w->block : NULL;
}

static void
merge_comoment(tg_comoment *s, const tg_comoment *t)
{
    const double n = s->n + t->n, dx = t->x - s->x, dy = t->y - s->y;

    if (t->n == 0) return;
    s->c += t->c + dx * dy * s->n * t->n / n;
    s->x += dx * t->n / n;
    s->y += dy * t->n / n;
    s->n = n;
}

static tg_comoment
comoment_of(const double *x, const double *y, size_t n)
{
    tg_comoment s = { .n = (double)n };

    s.x = tg_stats_of(x, n).mean;
    s.y = tg_stats_of(y, n).mean;
    for (size_t k = 0; k < n; k++) s.c += (x[k] - s.x) * (y[k] - s.y);
    return s;
}

/* F of the thread's first n paths at a row. */
static const double *
losses(const tg_observer *w, size_t thread, size_t row, size_t n)
{
    double *f = w->f + thread * w->block;

    memset(f, 0, n * sizeof *f);
    for (size_t i = 0; i < w->dim; i++) {
        const double *x = tg_observer_at(w, thread, row, i);
        const double  half = w->o->h[i] / 2, shift = w->o->shift ? w->o->shift[i] : 0;
        for (size_t k = 0; k < n; k++) f[k] += half * (x[k] + shift) * (x[k] + shift);
    }
    return f;
}

static void
take_row(const tg_observer *w, size_t job, size_t thread, size_t row, size_t n)
{
    const tg_observe *o = w->o;
    tg_sketch        *to = w->sketch + (thread * w->rows + row) * kinds(o, w->dim);

    for (size_t i = 0; o->quantile && i < w->dim; i++, to++)
        for (size_t k = 0; k < n; k++)
            tg_sketch_add(to, tg_observer_at(w, thread, row, i)[k]);
    if (!o->loss && !o->loss_quantile) return;
    const double  *f = losses(w, thread, row, n);
    const tg_stats s = tg_stats_of(f, n);
    tg_stats_merge(&w->loss[job * w->rows + row], &s);
    for (size_t k = 0; o->loss_quantile && k < n; k++) tg_sketch_add(to, f[k]);
}

void
tg_observer_take(const tg_observer *w, size_t job, size_t thread, size_t n)
{
    if (!w->o) return;
    for (size_t row = 0; row < w->rows; row++) take_row(w, job, thread, row, n);
    for (size_t p = 0; p < w->o->pairs; p++) {
        const tg_pair *q = &w->o->pair[p];
        for (size_t row = q->lag; row < w->rows; row++) {
            const tg_comoment s =
                comoment_of(tg_observer_at(w, thread, row, q->i),
                            tg_observer_at(w, thread, row - q->lag, q->j), n);
            merge_comoment(&w->pair[(job * w->o->pairs + p) * w->rows + row], &s);
        }
    }
}

/* The sum of all threads' sketches is left with the first. */
static void
report_quantiles(const tg_observer *w)
{
    const tg_observe *o = w->o;
    const size_t      n = kinds(o, w->dim), cells = w->rows * n;

    for (size_t t = 1; t < w->threads; t++)
        for (size_t i = 0; i < cells; i++)
            tg_sketch_merge(&w->sketch[i], &w->sketch[t * cells + i]);
    for (size_t row = 0; row < w->rows; row++)
        for (size_t i = 0; i < n; i++) {
            const tg_sketch *s = &w->sketch[row * n + i];
            double          *out = o->quantile && i < w->dim
                                       ? o->quantile + (row * w->dim + i) * o->shares
                                       : o->loss_quantile + row * o->shares;
            for (size_t k = 0; k < o->shares; k++)
                out[k] = tg_sketch_quantile(s, o->share[k]);
        }
}

void
tg_observer_report(const tg_observer *w, const char *done)
{
    const tg_observe *o = w->o;

    if (!o) return;
    if (o->loss) memset(o->loss, 0, w->rows * sizeof *o->loss);
    for (size_t job = 0; o->loss && job < w->jobs; job++)
        for (size_t row = 0; done[job] && row < w->rows; row++)
            tg_stats_merge(&o->loss[row], &w->loss[job * w->rows + row]);
    for (size_t i = 0; i < o->pairs * w->rows; i++) {
        tg_comoment s = { 0 };
        for (size_t job = 0; job < w->jobs; job++)
            if (done[job]) merge_comoment(&s, &w->pair[job * o->pairs * w->rows + i]);
        o->covariance[i] = s.n > 1 ? s.c / (s.n - 1) : NAN;
    }
    if (counts(o)) report_quantiles(w);
}
