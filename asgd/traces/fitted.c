#include "asgd/traces/fitted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
free_part(tg_fitted_part *p)
{
    free(p->seconds);
    tg_delay_free(p->law);
}

void
tg_fitted_free(tg_fitted *f)
{
    for (size_t g = 0; f->group && g < f->groups; g++) {
        free_part(&f->group[g].job);
        free_part(&f->group[g].gap);
    }
    free(f->group);
    *f = (tg_fitted){ 0 };
}

/* Laws of what is > 0, and the best of them; of fewer than TG_FIT_NEEDS times none is
 * taken. */
static tg_status
fit_part(const tg_trace *t, size_t g, tg_trace_part which, uint64_t seed, tg_fitted_part *p)
{
    size_t workers;

    TG_TRY(tg_trace_group(t, g, which, &p->seconds, &p->n, &workers));
    while (p->zeros < p->n && !(p->seconds[p->zeros] > 0)) p->zeros++;
    const size_t n = p->n - p->zeros;
    for (size_t i = 0; i < p->n; i++) p->mean += p->seconds[i] / (double)p->n;
    if (n < 2) return TG_OK;
    TG_TRY(tg_fit_all(p->seconds + p->zeros, n, p->fit, &p->count));
    TG_TRY(tg_fit_bootstrap(n, seed, p->fit, p->count));
    p->best = n < TG_FIT_NEEDS && strcmp(p->fit[0].law, "constant")
                  ? p->count
                  : tg_fit_best(p->fit, p->count);
    if (p->best == p->count) return TG_OK;
    TG_TRY(tg_fit_law(&p->fit[p->best], &p->law));
    p->mean = tg_delay_mean(p->law) * (double)n / (double)p->n;
    return TG_OK;
}

/* The round trip by the law of the model, or, of one row each, as constant. */
static tg_status
model_part(const tg_effects *e, tg_fitted_part *p)
{
    const double shape[] = { e->shape, e->mean }, cv[] = { e->mean, e->shape };

    p->mean = e->mean;
    if (e->kind == TG_EFFECTS_UNKNOWN)
        return tg_delay_create("constant", &e->mean, &p->law);
    return tg_delay_create(e->law, !strcmp(e->law, "lognormal") ? cv : shape, &p->law);
}

/* From when to when every worker is in the log. */
static void
common_window(const tg_trace *t, double *from, double *to)
{
    *from = 0;
    *to = INFINITY;
    for (size_t w = 0; w < t->workers; w++) {
        const tg_trace_worker *at = &t->worker[w];
        const size_t           last = at->first + at->n - 1;
        *from = fmax(*from, t->begin[at->first]);
        *to = fmin(*to, t->begin[last] + t->seconds[last]);
    }
}

/* Jobs that end while every worker is in the log, over that time; NaN: these are too
 * few. */
static double
counted_rate(const tg_trace *t)
{
    double from, to;
    size_t ends = 0;

    if (!t->begin) return (double)NAN;
    common_window(t, &from, &to);
    for (size_t i = 0; i < t->rows; i++) {
        const double end = t->begin[i] + t->seconds[i];
        ends += end > from && end <= to;
    }
    return ends >= 100 && 5 * ends >= t->rows ? (double)ends / (to - from) : (double)NAN;
}

/* A factor of mean 1 and variation c raises the mean rate by 1 + c^2 if it is lognormal. */
static void
set_rate(tg_fitted_group *g)
{
    const tg_effects *e = &g->effects;
    const double      k = (double)g->workers, trip = g->job.mean + g->gap.mean;

    g->scale = 1;
    g->rate = k / trip;
    if (e->kind == TG_EFFECTS_NONE) return;
    g->scale = k * (1 + e->spread * e->spread) / e->rate / trip;
    g->rate = e->rate;
}

static tg_status
fit_group(tg_trace *t, size_t which, double correlation, uint64_t seed, tg_fitted_group *g)
{
    TG_TRY(tg_effects_of(t, which, correlation, &g->effects));
    tg_effects_apply(&g->effects, which, t);
    g->workers = g->effects.workers;
    for (size_t w = 0; w < t->workers; w++)
        if (t->worker[w].group == which) g->rows += t->worker[w].n;
    if (g->effects.kind == TG_EFFECTS_MODEL || g->effects.kind == TG_EFFECTS_UNKNOWN) {
        TG_TRY(model_part(&g->effects, &g->job));
    } else {
        TG_TRY(fit_part(t, which, TG_TRACE_JOB, seed + 2 * which, &g->job));
        if (t->gaps)
            TG_TRY(fit_part(t, which, TG_TRACE_GAP, seed + 2 * which + 1, &g->gap));
    }
    set_rate(g);
    return TG_OK;
}

tg_status
tg_fitted_of(tg_trace *t, uint64_t seed, tg_fitted *out)
{
    tg_fitted f = { .group = calloc(t->groups, sizeof *f.group), .groups = t->groups };
    double    variance = 0;

    tg_status status =
        f.group ? tg_course_of(t, &f.course) : tg_fail(TG_ENOMEM, "out of memory");
    const double r = tg_course_correlated(&f.course) ? f.course.correlation : 0;
    for (size_t g = 0; g < t->groups && status == TG_OK; g++) {
        tg_fitted_group *at = &f.group[g];
        status = fit_group(t, g, r, seed, at);
        f.rate += at->effects.rate;
        f.study += at->rate;
        variance += at->effects.error * at->effects.error;
        f.low += at->effects.rate - at->effects.low;
        f.high += at->effects.high - at->effects.rate;
    }
    f.counted = counted_rate(t);
    f.error = sqrt(variance);
    f.low = f.groups == 1 ? f.rate - f.low : f.rate - 2 * f.error;
    f.high = f.groups == 1 ? f.rate + f.high : f.rate + 2 * f.error;
    if (status == TG_OK)
        *out = f;
    else
        tg_fitted_free(&f);
    return status;
}
