/* predict_shelf: all modes, each by a call into solver/ or predict_modes.c, on grids that they share */
#include "asgd/theory/predict_finite.h"

#include "asgd/theory/predict_unlike.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

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
    tg_finite         *f;
    double             threshold;               /* the mean field's */
    const double      *gain;                    /* (modes) */
    tg_finite_mode    *mode;                    /* (modes) */
    const tg_renewal **fine, **rough, **coarse; /* (modes) */
    shelf              shelf;
} work;

/* About how fast the mean of a mode settles, for the choice of its grid: like a for small
 * gains, slower towards the limit, growing beyond. */
static double
settling_rate(const work *w, double gain)
{
    const double limit = fmin(fmin(w->threshold, w->f->limit), 1e3);
    const double most = gain < w->f->limit ? w->f->limit : limit;
    const double edge = (1 - gain / fmin(most, 1e3)) / 2;

    if (gain < most) return -fmin(gain, fmax(edge, 0.01)) / w->f->mean;
    return fmin(fmax(-edge, 0.05), 1) / w->f->mean;
}

static tg_finite_grid
grid_of(const work *w, size_t j)
{
    const double   k = w->gain[j];
    tg_finite_grid g = tg_finite_grid_of(w->f, k, settling_rate(w, k));

    g.dt = rounded(g.dt);
    return g;
}

/* The grid that tells the other's error, with steps 1.3^3 times as long. Where the variance is
 * exact, or found elsewhere, none does. */
static shelf_entry *
rough_entry(work *w, size_t j, double span)
{
    const tg_finite_grid g = grid_of(w, j);

    return g.slow || w->f->phases || w->f->way == TG_WAY_SINGLE || w->f->plan->quick
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
    return tg_renewal_create(w->f->group, w->f->groups, e->dt,
                             (size_t)fmax(e->span / e->dt, 64) + 2, e->slow, &e->laws);
}

static tg_status
one_mode(size_t j, size_t thread, void *context)
{
    work *w = context;

    (void)thread;
    if (has_closed_form(w->f)) return tg_finite_exact(w->f, j, &w->mode[j]);
    return tg_finite_renewal(w->f, j, w->gain[j], w->fine[j], w->rough[j], w->coarse[j],
                             &w->mode[j]);
}

/* The grid on which slow modes' variances are found, if there are any. */
static const shelf_entry *
slow_entry(work *w)
{
    bool any = false;

    for (size_t j = 0; j < w->f->m->count; j++) any = any || w->gain[j] < TG_FINITE_SLOW;
    return any && w->f->way == TG_WAY_RENEWAL
               ? entry_of(&w->shelf, w->f->mean / 10, 500 * w->f->mean)
               : NULL;
}

static tg_status
lay_shelf(work *w)
{
    const size_t count = w->f->m->count;

    if (has_closed_form(w->f)) return TG_OK;
    for (size_t j = 0; j < count; j++) {
        const tg_finite_grid g = grid_of(w, j);
        entry_of(&w->shelf, g.dt, g.span)->slow = g.slow;
        (void)rough_entry(w, j, g.span);
        if (g.coarse_dt > 0) (void)exact_entry(&w->shelf, g.coarse_dt, g.coarse_span);
    }
    const shelf_entry *slow = slow_entry(w);
    TG_TRY(tg_parallel_run(w->shelf.count, 0, make_laws, w, NULL));
    if (slow) TG_TRY(tg_finite_slow(w->f, slow->laws, w->f->slow));
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

static tg_status
solve(work *w)
{
    TG_TRY(lay_shelf(w));
    TG_TRY(tg_parallel_run(w->f->m->count, 0, one_mode, w, NULL));
    return tg_unlike_applies(w->f) ? tg_unlike_modes(w->f, w->mode) : TG_OK;
}

tg_status
tg_finite_modes(tg_finite *f, double threshold, const double *gain, tg_finite_mode *out)
{
    const size_t count = f->m->count;
    work         w = { .f = f, .threshold = threshold, .gain = gain, .mode = out };

    w.fine = calloc(3 * count, sizeof *w.fine);
    w.shelf.entry = calloc(3 * count + 1, sizeof *w.shelf.entry);
    w.rough = w.fine + count;
    w.coarse = w.rough + count;
    const tg_status status =
        w.fine && w.shelf.entry ? solve(&w) : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; w.shelf.entry && i < w.shelf.count; i++)
        tg_renewal_free(w.shelf.entry[i].laws);
    free(w.shelf.entry);
    free(w.fine);
    return status;
}
