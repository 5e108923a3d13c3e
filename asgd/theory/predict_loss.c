/* predict_loss: the loss of all modes in time, and when it stays below the target
 *
 * On times of its own, so that the reported grid changes nothing. DuDe-ASGD begins when every
 * worker has delivered once; its loss is the mean over the times at which it does.
 */
#include "asgd/theory/predict_finite.h"

#include "core/parallel.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>

/* The excess loss of a run that has begun, t after that, and its error. */
static double
loss_after(const tg_finite_run *w, double t, double *error)
{
    const tg_modes *m = w->f->m;
    double          sum = 0, off = 0, rest_error = 0;

    for (size_t j = 0; j < m->count; j++) {
        double one;
        sum += m->h[j] / 2 * tg_mode_course_second(&w->mode[j].course, t, &one);
        off += m->h[j] / 2 * one;
    }
    if (isfinite(sum)) sum += tg_predict_rest(w->f->c, m, w->p, t, &rest_error);
    *error = off + rest_error;
    return sum;
}

static bool
jumps(const tg_finite *f)
{
    return f->way == TG_WAY_CYCLE && f->c->cluster->together;
}

/* Just before all workers deliver at once, and then. */
static size_t
lay_turns(const tg_finite *f, double *t)
{
    const double last = floor(f->plan->horizon / f->mean), just = 1e-9;
    size_t       n = 1;

    if (t) t[0] = 0;
    for (double turn = 1; turn <= last; turn += fmax(floor(0.002 * turn), 1), n += 2) {
        if (t) t[n] = turn * f->mean * (1 - just);
        if (t) t[n + 1] = turn * f->mean;
    }
    if (t) t[n] = fmax(f->plan->horizon, t[n - 1] * (1 + 1e-12));
    return n + 1;
}

/* Times from 0 to the horizon: a 64th of a mean job apart, later in proportion to t. */
static size_t
lay_times(const tg_finite *f, double *t)
{
    size_t n = 0;

    if (jumps(f)) return lay_turns(f, t);
    for (double now = 0; now < f->plan->horizon; now += fmax(f->mean / 64, 0.002 * now)) {
        if (t) t[n] = now;
        n++;
    }
    if (t) t[n] = f->plan->horizon;
    return n + 1;
}

/* Times of beginning: even in probability, but for rare early and late ones, in even ratios. */
enum { EARLY = 36, EVEN = 32, RARE = 72, BEGINNINGS = EARLY + EVEN + RARE };

typedef struct losses {
    double *t, *loss, *low, *high; /* (n) of a run that has begun; then of all runs */
    size_t  n;
    double  waiting[BEGINNINGS + 1], begin[BEGINNINGS + 1]; /* probability, time */
} losses;

double
tg_predict_between(const double *t, const double *f, size_t n, double at)
{
    size_t low = 0, high = n - 1;

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        *(t[middle] <= at ? &low : &high) = middle;
    }
    const double u = fmin(fmax((at - t[low]) / (t[high] - t[low]), 0), 1);
    return f[low] + u * (f[high] - f[low]);
}

static void
lay_beginnings(losses *l)
{
    l->waiting[0] = 1;
    for (int i = 1; i < EARLY; i++) l->waiting[i] = 1 - 0.2 * exp2((i - EARLY) / 2.);
    for (int i = 0; i <= EVEN; i++) l->waiting[EARLY + i] = 0.8 - 0.6 * i / EVEN;
    for (int i = 1; i < RARE; i++) l->waiting[EARLY + EVEN + i] = 0.2 * exp2(-i / 4.);
    l->waiting[BEGINNINGS] = 0;
}

/* What the runs that begin within a part of the times have lost, into the sums; what is between two of the
 * times moves on with them. */
static void
add_begun(const losses *l, size_t part, double *loss, double *low, double *high)
{
    const double from = l->begin[part], end = l->begin[part + 1];
    const double all = l->waiting[part] - l->waiting[part + 1], start = l->loss[0];
    size_t       k = 0;

    for (size_t i = 0; i < l->n; i++) {
        const double t = l->t[i], at = t - from - (fmin(end, t) - from) / 2;
        if (!(from < t)) continue;
        const double share = end > t ? all * (t - from) / (end - from) : all;
        while (k + 2 < l->n && l->t[k + 1] <= at) k++;
        const double u = fmin(fmax((at - l->t[k]) / (l->t[k + 1] - l->t[k]), 0), 1);
        loss[i] += share * (l->loss[k] + u * (l->loss[k + 1] - l->loss[k]) - start);
        low[i] += share * (l->low[k] + u * (l->low[k + 1] - l->low[k]) - start);
        high[i] += share * (l->high[k] + u * (l->high[k + 1] - l->high[k]) - start);
    }
}

/* The means over the times at which DuDe-ASGD begins. */
static tg_status
wait_to_begin(const tg_cluster *c, double horizon, losses *l, double *loss, double *low,
              double *high)
{
    lay_beginnings(l);
    TG_TRY(tg_predict_begin(c, 2 * horizon, l->waiting, l->begin, BEGINNINGS + 1));
    for (size_t i = 0; i < l->n; i++) loss[i] = low[i] = high[i] = 0;
    for (size_t part = 0; part < BEGINNINGS; part++) add_begun(l, part, loss, low, high);
    for (size_t i = 0; i < l->n; i++) {
        loss[i] += l->loss[0];
        low[i] += l->loss[0];
        high[i] += l->loss[0];
    }
    return TG_OK;
}

typedef struct sums {
    const tg_finite_run *w;
    losses              *l;
    size_t               times; /* a job */
} sums;

static tg_status
sum_losses(size_t job, size_t thread, void *context)
{
    const sums *s = context;
    losses     *l = s->l;

    (void)thread;
    for (size_t i = job * s->times; i < l->n && i < (job + 1) * s->times; i++) {
        double error;
        l->loss[i] = loss_after(s->w, l->t[i], &error);
        l->low[i] = fmax(l->loss[i] - error, 0);
        l->high[i] = l->loss[i] + error;
    }
    return TG_OK;
}

/* About a millisecond a job. */
static tg_status
run_losses(const tg_finite_run *w, losses *l)
{
    const size_t times = 1 + 10000 / (w->f->m->count + 1);

    return tg_parallel_run((l->n + times - 1) / times, 0, sum_losses,
                           &(sums){ w, l, times }, NULL);
}

/* |t(high) - t(low)| / 2 for the times at which the band settles, or the gap to the later one
 * where only one side does. */
static void
fill_settling(const losses *l, const double *loss, const double *low, const double *high,
              double target, tg_prediction *p)
{
    if (!(target > 0) || p->outcome == TG_DIVERGES) return;
    p->settle = tg_settling_time(l->t, loss, l->n, target, NULL);
    if (!isfinite(p->settle)) return;
    const double early = tg_settling_time(l->t, low, l->n, target, NULL);
    const double late = tg_settling_time(l->t, high, l->n, target, NULL);
    p->settle_error =
        fmax(isfinite(early) ? fabs(p->settle - early) : 0,
             isfinite(late) ? fabs(late - p->settle) : l->t[l->n - 1] - p->settle);
}

static tg_status
fill_losses(const tg_finite_run *w, losses *l, double *all)
{
    tg_prediction *p = w->p;
    const bool     waits =
        !w->f->c->plain && w->f->way != TG_WAY_SINGLE && !w->mode[0].course.whole;
    double *loss = l->loss, *low = l->low, *high = l->high;

    TG_TRY(run_losses(w, l));
    if (waits) {
        loss = all;
        low = all + l->n;
        high = low + l->n;
        TG_TRY(wait_to_begin(w->f->c->cluster, w->f->plan->horizon, l, loss, low, high));
    }
    for (size_t i = 0; i < p->points; i++) {
        p->loss[i] = tg_predict_between(l->t, loss, l->n, p->t[i]);
        p->low[i] = tg_predict_between(l->t, low, l->n, p->t[i]);
        p->high[i] = tg_predict_between(l->t, high, l->n, p->t[i]);
    }
    fill_settling(l, loss, low, high, w->f->plan->target, p);
    return TG_OK;
}

tg_status
tg_predict_losses(const tg_finite_run *w)
{
    losses       l = { .n = lay_times(w->f, NULL) };
    const size_t n = l.n;
    double      *block = malloc(7 * n * sizeof *block);

    if (!block) return tg_fail(TG_ENOMEM, "out of memory");
    l.t = block;
    l.loss = block + n;
    l.low = block + 2 * n;
    l.high = block + 3 * n;
    (void)lay_times(w->f, l.t);
    const tg_status status = fill_losses(w, &l, block + 4 * n);
    free(block);
    return status;
}
