#include "asgd/theory/predict_finite.h"

#include "asgd/theory/predict_unlike.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

/* ---- modes --------------------------------------------------------------------------- */

typedef struct shelf_entry {
    double      dt, span;
    bool        coarse, slow;
    tg_renewal *laws;
} shelf_entry;

/* The groups' laws on the grids the modes ask for, each made once. */
typedef struct shelf {
    shelf_entry *entry; /* (room) */
    size_t       count;
} shelf;

/* Modes with steps within a third share a grid: steps are rounded to powers of 1.3, and spans
 * to the longest asked for. */
static double
rounded(double dt)
{
    return exp(floor(log(dt) / log(1.3)) * log(1.3));
}

static shelf_entry *
entry_of(shelf *s, double dt, double span)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->entry[i].dt == dt && !s->entry[i].coarse) {
            s->entry[i].span = fmax(s->entry[i].span, span);
            return &s->entry[i];
        }
    s->entry[s->count] = (shelf_entry){ .dt = dt, .span = span };
    return &s->entry[s->count++];
}

/* The same for coarse grids, whose work grows like the cube of their points. */
static shelf_entry *
exact_entry(shelf *s, double dt, double span)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->entry[i].coarse && s->entry[i].dt == dt && s->entry[i].span == span)
            return &s->entry[i];
    s->entry[s->count] = (shelf_entry){ .dt = dt, .span = span, .coarse = true };
    return &s->entry[s->count++];
}

typedef struct work {
    tg_finite_run      run;
    const tg_renewal **fine, **rough, **coarse; /* (modes) */
    shelf              shelf;
} work;

/* About how fast the mean of a mode settles, for the choice of its grid: like a for small
 * gains, slower towards the limit, growing beyond. */
static double
settling_rate(const work *w, double gain)
{
    const double limit = fmin(fmin(w->run.p->threshold, w->run.f->limit), 1e3);
    const double most = gain < w->run.f->limit ? w->run.f->limit : limit;
    const double edge = (1 - gain / fmin(most, 1e3)) / 2;

    if (gain < most) return -fmin(gain, fmax(edge, 0.01)) / w->run.f->mean;
    return fmin(fmax(-edge, 0.05), 1) / w->run.f->mean;
}

static tg_finite_grid
grid_of(const work *w, size_t j)
{
    const double   k = w->run.p->mode[j].gain;
    tg_finite_grid g = tg_finite_grid_of(w->run.f, k, settling_rate(w, k));

    g.dt = rounded(g.dt);
    return g;
}

/* The grid that tells the other's error, with steps 1.3^3 times as long. Where the variance is
 * exact, or found elsewhere, none does. */
static shelf_entry *
rough_entry(work *w, size_t j, double span)
{
    const tg_finite_grid g = grid_of(w, j);

    return g.slow || w->run.f->phases || w->run.f->way == TG_WAY_SINGLE ||
                   w->run.f->plan->quick
               ? NULL
               : entry_of(&w->shelf, rounded(2.4 * g.dt), span);
}

/* No grids are needed. */
static bool
has_closed_form(const tg_finite *f)
{
    return f->way != TG_WAY_SINGLE && f->way != TG_WAY_RENEWAL;
}

static tg_status
make_laws(size_t i, size_t thread, void *context)
{
    work        *w = context;
    shelf_entry *e = &w->shelf.entry[i];

    (void)thread;
    return tg_renewal_create(w->run.f->group, w->run.f->groups, e->dt,
                             (size_t)fmax(e->span / e->dt, 64) + 2, e->slow, &e->laws);
}

static tg_status
one_mode(size_t j, size_t thread, void *context)
{
    work *w = context;

    (void)thread;
    if (has_closed_form(w->run.f)) return tg_finite_exact(w->run.f, j, &w->run.mode[j]);
    return tg_finite_renewal(w->run.f, j, w->run.p->mode[j].gain, w->fine[j], w->rough[j],
                             w->coarse[j], &w->run.mode[j]);
}

/* The grid on which slow modes' variances are found, if there are any. */
static const shelf_entry *
slow_entry(work *w)
{
    bool any = false;

    for (size_t j = 0; j < w->run.f->m->count; j++)
        any = any || w->run.p->mode[j].gain < TG_FINITE_SLOW;
    return any && w->run.f->way == TG_WAY_RENEWAL
               ? entry_of(&w->shelf, w->run.f->mean / 10, 500 * w->run.f->mean)
               : NULL;
}

static tg_status
lay_shelf(work *w)
{
    const size_t count = w->run.f->m->count;

    if (has_closed_form(w->run.f)) return TG_OK;
    for (size_t j = 0; j < count; j++) {
        const tg_finite_grid g = grid_of(w, j);
        entry_of(&w->shelf, g.dt, g.span)->slow = g.slow;
        (void)rough_entry(w, j, g.span);
        if (g.coarse_dt > 0) (void)exact_entry(&w->shelf, g.coarse_dt, g.coarse_span);
    }
    const shelf_entry *slow = slow_entry(w);
    TG_TRY(tg_parallel_run(w->shelf.count, 0, make_laws, w, NULL));
    if (slow) TG_TRY(tg_finite_slow(w->run.f, slow->laws, w->run.f->slow));
    for (size_t j = 0; j < count; j++) {
        const tg_finite_grid g = grid_of(w, j);
        const shelf_entry   *rough = rough_entry(w, j, 0);
        w->fine[j] = entry_of(&w->shelf, g.dt, 0)->laws;
        w->rough[j] = rough ? rough->laws : NULL;
        w->coarse[j] = g.coarse_dt > 0
                           ? exact_entry(&w->shelf, g.coarse_dt, g.coarse_span)->laws
                           : NULL;
    }
    return TG_OK;
}

/* ---- all of it ----------------------------------------------------------------------- */

/* With groups in fixed proportions the gain is proportional to step and workers; the limit
 * comes to the mean field's like 1/P, or grows like its root where there is none. */
static void
fill_limits(const tg_finite *f, tg_prediction *p)
{
    const double e = p->gain / f->total, k = p->threshold;

    p->threshold_square = f->limit;
    p->threshold_error = f->limit_error;
    p->step_limit = f->c->step * f->limit / p->gain;
    if (isfinite(k) && f->limit + k > 0) {
        const double more = (f->limit - k) * f->total;
        p->workers_limit = (k + sqrt(fmax(k * k + 4 * e * more, 0))) / (2 * e);
    } else {
        p->workers_limit = f->limit / e * (f->limit / e) / f->total;
    }
}

/* At most how much further single runs settle than their mean square, over which random delays
 * multiply x (theory 3.9): three tenths; where enough workers make a field of a finite threshold,
 * of 1/P. One worker and constant times have no such gap. */
static double
single_runs(const tg_finite *f, double threshold)
{
    if (f->way == TG_WAY_SINGLE) return 0;
    const double few =
        fmax(2 / (double)f->c->cluster->workers, fabs(1 - f->limit / threshold));
    return 0.3 * fmin(2 * tg_delay_cv(f->c->delay), 1) * fmin(few / 0.3, 1) * f->limit;
}

static void
fill_outcome(const work *w)
{
    tg_prediction *p = w->run.p;
    const double   margin = p->gain - p->threshold_square;
    bool           all = true;

    for (size_t j = 0; j < w->run.f->m->count; j++) all = all && w->run.mode[j].settles;
    p->stable_square = all;
    p->stable = all || (w->run.f->way != TG_WAY_SINGLE && p->gain < p->threshold);
    p->outcome = all ? TG_CONVERGES : TG_DIVERGES;
    if (margin >= -p->threshold_error - 1e-9 * p->threshold_square &&
        margin <= p->threshold_error + 1e-9 * p->threshold_square +
                      single_runs(w->run.f, p->threshold))
        p->outcome = TG_UNDECIDED;
    if (all && p->gain * p->start_curvature > p->threshold_square - p->threshold_error)
        p->outcome = TG_UNDECIDED; /* it may not come to where the modes are */
}

/* Workers of constant times that begin together deliver together for good: within a bunch of n
 * the model moves by up to e (n - 1) / 2 of its way unseen, which the floor of workers spread
 * out does not know. */
static void
add_bunching(const tg_finite *f, tg_prediction *p)
{
    double bunch = 1;

    for (size_t g = 0; g < f->groups && f->way != TG_WAY_CYCLE; g++)
        if (f->c->cluster->together && tg_delay_cv(f->group[g].law) < 0.05)
            bunch = fmax(bunch, f->workers[g]);
    if (bunch == 1) return;
    const double share = p->gain / f->total * (bunch - 1) / 2;
    p->floor_error += share * (p->floor + p->bias_loss);
    for (size_t j = 0; j < p->modes; j++)
        p->mode[j].bias_error += share * fabs(p->mode[j].bias);
}

/* Rates, floor and bias of all modes together. */
static void
fill_sums(const work *w)
{
    const tg_modes *m = w->run.f->m;
    tg_prediction  *p = w->run.p;
    double          shift = 0, bias = 0;

    p->rate = INFINITY;
    p->floor = p->floor_error = 0;
    for (size_t j = 0; j < m->count; j++) {
        const tg_finite_mode *mode = &w->run.mode[j];
        tg_mode_prediction   *at = &p->mode[j];
        at->settles = mode->settles;
        at->variance = mode->variance;
        at->bias = mode->bias;
        at->bias_error = mode->bias_error;
        at->re = creal(mode->root);
        at->im = fabs(cimag(mode->root));
        at->exponential = !mode->effective;
        at->rate = mode->rate;
        at->effective = mode->effective;
        at->unstable = mode->unstable;
        p->unstable += at->unstable;
        if (at->rate < p->rate) {
            p->rate = at->rate;
            p->rate_error = isnan(mode->rate) ? NAN : mode->rate_error;
            p->effective = at->effective;
        }
        p->floor += m->h[j] / 2 * mode->variance;
        if (mode->variance > 0)
            p->floor_error += m->h[j] / 2 * mode->variance * mode->error;
        p->floor_error += m->h[j] * fabs(mode->bias) * mode->bias_error;
        shift += m->h[j] / 2 * m->shift[j] * m->shift[j];
        bias += m->h[j] / 2 * mode->bias * mode->bias;
    }
    const double left = tg_predict_left_floor(w->run.f->c, m);
    p->floor += left;
    p->floor_error = isfinite(p->floor) ? p->floor_error + left / 10 : INFINITY;
    p->bias_loss = w->run.f->c->biased ? fmax(m->shift_loss - shift, 0) + bias : 0;
    add_bunching(w->run.f, p);
}

static tg_status
fill(work *w)
{
    const size_t count = w->run.f->m->count;
    const bool   quadratic =
        w->run.f->m->start_covered >= w->run.f->m->start_loss * (1 - 1e-9) &&
        !(w->run.f->m->start_largest > 0);

    TG_TRY(tg_finite_limit(w->run.f, w->run.p->threshold));
    fill_limits(w->run.f, w->run.p);
    TG_TRY(lay_shelf(w));
    TG_TRY(tg_parallel_run(count, 0, one_mode, w, NULL));
    if (tg_unlike_applies(w->run.f)) TG_TRY(tg_unlike_modes(&w->run));
    w->run.p->level =
        w->run.f->way == TG_WAY_RENEWAL || !quadratic ? TG_LEVEL_RENEWAL : TG_LEVEL_EXACT;
    fill_outcome(w);
    TG_TRY(tg_predict_certify(&w->run));
    fill_sums(w);
    return w->run.p->points ? tg_predict_losses(&w->run) : TG_OK;
}

tg_status
tg_predict_finite(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
                  tg_prediction *p)
{
    tg_finite f;
    work      w = { .run = { .f = &f, .p = p } };

    TG_TRY(tg_finite_open(c, m, plan, &f));
    w.run.mode = calloc(m->count, sizeof *w.run.mode);
    w.fine = calloc(3 * m->count, sizeof *w.fine);
    w.shelf.entry = calloc(3 * m->count + 1, sizeof *w.shelf.entry);
    w.rough = w.fine + m->count;
    w.coarse = w.rough + m->count;
    const tg_status status = w.run.mode && w.fine && w.shelf.entry
                                 ? fill(&w)
                                 : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; w.run.mode && j < m->count; j++) {
        if (status == TG_OK && plan->courses)
            plan->courses[j] = w.run.mode[j].course;
        else
            tg_mode_course_free(&w.run.mode[j].course);
    }
    for (size_t i = 0; w.shelf.entry && i < w.shelf.count; i++)
        tg_renewal_free(w.shelf.entry[i].laws);
    free(w.shelf.entry);
    free(w.fine);
    free(w.run.mode);
    tg_finite_close(&f);
    return status;
}
