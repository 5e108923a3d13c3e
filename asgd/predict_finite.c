#include "asgd/predict_finite.h"

#include "core/parallel.h"
#include "core/stats.h"
#include "solver/exponential.h"
#include "solver/lattice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double WORTHWHILE = 800; /* unknowns of a lattice */

/* ---- the cluster --------------------------------------------------------------------- */

static bool
all_exponential(const tg_finite *f)
{
    enum { MANY = 6 }; /* groups whose moments are solved in no time */

    for (size_t g = 0; g < f->groups; g++)
        if (strcmp(tg_delay_name(f->group[g].law), "exponential")) return false;
    for (size_t i = 0; f->within && i < f->m->count * f->groups; i++)
        if (f->within[i] > 0 && f->c->biased) return false;
    return f->groups <= MANY;
}

static bool
on_lattice(tg_finite *f)
{
    if (!f->c->plain || f->groups != 1 || f->c->cluster->together || f->minimum)
        return false;
    if (tg_phase_from_delay(f->group[0].law, &f->law) != TG_OK || !f->law.exact)
        return false;
    const tg_lattice l = {
        .law = f->law, .workers = f->c->cluster->workers, .eta = f->c->step, .h = 1
    };
    return tg_lattice_size(&l) <= WORTHWHILE;
}

static tg_way
choose_way(tg_finite *f)
{
    if (f->total == 1) return TG_WAY_SINGLE;
    if (all_exponential(f)) return TG_WAY_EXPONENTIAL;
    return on_lattice(f) ? TG_WAY_LATTICE : TG_WAY_RENEWAL;
}

/* The groups that have workers. */
static void
take_groups(tg_finite *f)
{
    const tg_cluster *c = f->c->cluster;

    for (size_t g = 0; g < c->groups; g++) {
        if (c->count[g] == 0) continue;
        f->workers[f->groups] = (double)c->count[g];
        f->rate[f->groups] = 1 / tg_delay_mean(c->law[g]);
        f->group[f->groups++] =
            (tg_renewal_group){ .law = c->law[g], .workers = (double)c->count[g] };
    }
    f->total = (double)c->workers;
    f->mean = f->total / f->c->lambda;
}

/* Mean and variance of the workers' own minima within each group. */
static void
take_minima(tg_finite *f)
{
    const tg_cluster *c = f->c->cluster;

    for (size_t j = 0; j < f->m->count; j++) {
        const double *own = f->m->minimum + j * c->workers;
        double *mean = f->minimum + j * f->groups, *within = f->within + j * f->groups;
        for (size_t g = 0, k = 0, w = 0; g < c->groups; w += c->count[g++]) {
            if (c->count[g] == 0) continue;
            for (size_t i = w; i < w + c->count[g]; i++)
                mean[k] += own[i] / (double)c->count[g];
            for (size_t i = w; i < w + c->count[g]; i++)
                within[k] += (own[i] - mean[k]) * (own[i] - mean[k]) / (double)c->count[g];
            k++;
        }
    }
}

tg_status
tg_finite_open(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
               tg_finite *out)
{
    const size_t groups = c->cluster->groups;
    tg_finite    f = { .c = c, .m = m, .plan = plan };

    f.group = calloc(groups, sizeof *f.group);
    f.workers = calloc(2 * groups, sizeof *f.workers);
    f.minimum = m->minimum ? calloc(2 * groups * m->count, sizeof *f.minimum) : NULL;
    if (!f.group || !f.workers || (m->minimum && !f.minimum)) {
        tg_finite_close(&f);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    f.rate = f.workers + groups;
    take_groups(&f);
    if (f.minimum) {
        f.within = f.minimum + f.groups * m->count;
        take_minima(&f);
    }
    f.way = choose_way(&f);
    *out = f;
    return TG_OK;
}

void
tg_finite_close(tg_finite *f)
{
    free(f->group);
    free(f->workers);
    free(f->minimum);
}

/* ---- where the mean square is lost ---------------------------------------------------- */

static tg_status
settles_at(const tg_finite *f, double gain, bool *yes)
{
    const double   eta = gain / f->total; /* h = 1 */
    double         square;
    tg_exponential e = { .rule = f->c->plain ? tg_linear_asgd(eta, 1)
                                             : tg_linear_dude(eta, 1, f->total),
                         .groups = f->groups,
                         .workers = f->workers,
                         .rate = f->rate };

    TG_TRY(tg_exponential_stationary(&e, NULL, NULL, &square, NULL));
    *yes = square < 0;
    return TG_OK;
}

static tg_status
exponential_limit(const tg_finite *f, double *gain)
{
    double low = 0.1, high = 4 + 2 * sqrt(2 * f->total);
    bool   yes;

    for (int i = 0; i < 44; i++) {
        const double middle = (low + high) / 2;
        TG_TRY(settles_at(f, middle, &yes));
        *(yes ? &low : &high) = middle;
    }
    *gain = (low + high) / 2;
    return TG_OK;
}

/* DuDe-ASGD: between the mean field's and the single worker's, like 1/n; that is a guess,
 * and stated as one (theory 3.7). */
static void
dude_limit(tg_finite *f, double threshold)
{
    f->limit = threshold + (2 - threshold) / f->total;
    f->limit_error = fabs(2 - threshold) / f->total + 0.1 * threshold / f->total;
}

/* Workers of constant times never mix: how bunched they happen to be decides for good. */
static bool
periodic(const tg_finite *f)
{
    for (size_t g = 0; g < f->groups; g++)
        if (tg_delay_cv(f->group[g].law) > 0.05) return false;
    return true;
}

tg_status
tg_finite_limit(tg_finite *f, double threshold)
{
    f->limit_error = 0;
    f->limit = 2;
    if (f->way == TG_WAY_SINGLE) return TG_OK;
    if (f->way == TG_WAY_EXPONENTIAL) return exponential_limit(f, &f->limit);
    if (f->c->plain)
        TG_TRY(
            tg_renewal_limit(f->group, f->groups, threshold, &f->limit, &f->limit_error));
    else
        dude_limit(f, threshold);
    if (periodic(f)) f->limit_error += 1.2 * f->limit / sqrt(f->total);
    return TG_OK;
}

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
    tg_finite         *f;
    tg_prediction     *p;
    tg_finite_mode    *mode;           /* (modes) */
    const tg_renewal **fine, **coarse; /* (modes) */
    shelf              shelf;
} work;

/* About how fast the mean of a mode settles, for the choice of its grid: like a for small
 * gains, slower towards the limit, growing beyond. */
static double
settling_rate(const work *w, double gain)
{
    const double limit = fmin(fmin(w->p->threshold, w->f->limit), 1e3);
    const double most = gain < w->f->limit ? w->f->limit : limit;
    const double edge = (1 - gain / fmin(most, 1e3)) / 2;

    if (gain < most) return -fmin(gain, fmax(edge, 0.01)) / w->f->mean;
    return fmin(fmax(-edge, 0.05), 1) / w->f->mean;
}

static tg_finite_grid
grid_of(const work *w, size_t j)
{
    const double   k = w->p->mode[j].gain;
    tg_finite_grid g = tg_finite_grid_of(w->f, k, settling_rate(w, k));

    g.dt = rounded(g.dt);
    return g;
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
    if (w->f->way == TG_WAY_EXPONENTIAL || w->f->way == TG_WAY_LATTICE)
        return tg_finite_exact(w->f, j, &w->mode[j]);
    return tg_finite_renewal(w->f, j, w->p->mode[j].gain, w->fine[j], w->coarse[j],
                             &w->mode[j]);
}

/* The grid on which slow modes' variances are found, if there are any. */
static const shelf_entry *
slow_entry(work *w)
{
    bool any = false;

    for (size_t j = 0; j < w->f->m->count; j++)
        any = any || w->p->mode[j].gain < TG_FINITE_SLOW;
    return any && w->f->way == TG_WAY_RENEWAL
               ? entry_of(&w->shelf, w->f->mean / 10, 500 * w->f->mean)
               : NULL;
}

static tg_status
lay_shelf(work *w)
{
    const size_t count = w->f->m->count;

    if (w->f->way == TG_WAY_EXPONENTIAL || w->f->way == TG_WAY_LATTICE) return TG_OK;
    for (size_t j = 0; j < count; j++) {
        const tg_finite_grid g = grid_of(w, j);
        entry_of(&w->shelf, g.dt, g.span)->slow = g.slow;
        if (g.coarse_dt > 0) (void)exact_entry(&w->shelf, g.coarse_dt, g.coarse_span);
    }
    const shelf_entry *slow = slow_entry(w);
    TG_TRY(tg_parallel_run(w->shelf.count, 0, make_laws, w, NULL));
    if (slow) TG_TRY(tg_finite_slow(w->f, slow->laws, w->f->slow));
    for (size_t j = 0; j < count; j++) {
        const tg_finite_grid g = grid_of(w, j);
        w->fine[j] = entry_of(&w->shelf, g.dt, 0)->laws;
        w->coarse[j] = g.coarse_dt > 0
                           ? exact_entry(&w->shelf, g.coarse_dt, g.coarse_span)->laws
                           : NULL;
    }
    return TG_OK;
}

/* ---- the loss in time ---------------------------------------------------------------- */

/* The excess loss of a run that has begun, t after that, and its error. */
static double
loss_after(const work *w, double t, double *error)
{
    const tg_modes *m = w->f->m;
    double          sum = 0, off = 0, rest_error = 0;

    for (size_t j = 0; j < m->count; j++) {
        double one;
        sum += m->h[j] / 2 * tg_course_second(&w->mode[j].course, t, &one);
        off += m->h[j] / 2 * one;
    }
    if (isfinite(sum)) sum += tg_predict_rest(w->f->c, m, w->p, t, &rest_error);
    *error = off + rest_error;
    return sum;
}

/* Times from 0 to the horizon: a 64th of a mean job apart, later in proportion to t. */
static size_t
lay_times(const tg_finite *f, double *t)
{
    size_t n = 0;

    for (double now = 0; now < f->plan->horizon; now += fmax(f->mean / 64, 0.002 * now)) {
        if (t) t[n] = now;
        n++;
    }
    if (t) t[n] = f->plan->horizon;
    return n + 1;
}

enum { BEGINNINGS = 64 };

typedef struct losses {
    double *t, *loss, *low, *high; /* (n) of a run that has begun; then of all runs */
    size_t  n;
    double  begin[BEGINNINGS];
} losses;

static double
between(const losses *l, const double *of, double t)
{
    size_t low = 0, high = l->n - 1;

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        *(l->t[middle] <= t ? &low : &high) = middle;
    }
    const double u = (t - l->t[low]) / (l->t[high] - l->t[low]);
    return u <= 0 ? of[low] : of[low] + u * (of[high] - of[low]);
}

/* The mean over the times at which DuDe-ASGD begins. */
static double
begun(const losses *l, const double *of, double t)
{
    double sum = 0;

    for (int i = 0; i < BEGINNINGS; i++)
        sum += l->begin[i] < t ? between(l, of, t - l->begin[i]) : l->loss[0];
    return sum / BEGINNINGS;
}

static tg_status
run_losses(const work *w, losses *l)
{
    for (size_t i = 0; i < l->n; i++) {
        double error;
        if (i % 256 == 0) TG_TRY(tg_stop_check());
        l->loss[i] = loss_after(w, l->t[i], &error);
        l->low[i] = fmax(l->loss[i] - error, 0);
        l->high[i] = l->loss[i] + error;
    }
    return TG_OK;
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
fill_losses(const work *w, losses *l, double *all)
{
    tg_prediction *p = w->p;
    const bool     waits = !w->f->c->plain && w->f->way != TG_WAY_SINGLE;
    double        *loss = all, *low = all + l->n, *high = low + l->n;

    TG_TRY(run_losses(w, l));
    if (waits)
        TG_TRY(
            tg_predict_begin(w->f->c->cluster, w->f->plan->horizon, l->begin, BEGINNINGS));
    for (size_t i = 0; i < l->n; i++) {
        loss[i] = waits ? begun(l, l->loss, l->t[i]) : l->loss[i];
        low[i] = waits ? begun(l, l->low, l->t[i]) : l->low[i];
        high[i] = waits ? begun(l, l->high, l->t[i]) : l->high[i];
    }
    for (size_t i = 0; i < p->points; i++) {
        p->loss[i] = between(l, loss, p->t[i]);
        p->low[i] = between(l, low, p->t[i]);
        p->high[i] = between(l, high, p->t[i]);
    }
    fill_settling(l, loss, low, high, w->f->plan->target, p);
    return TG_OK;
}

static tg_status
fill_course(const work *w)
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

/* About how much further single runs settle than their mean square: random delays multiply x
 * at random. Bounds what is known of the top Lyapunov exponent (theory 3.9); one worker and
 * constant times have no such gap. */
static double
single_runs(const tg_finite *f)
{
    return f->way == TG_WAY_SINGLE ? 0 : 0.3 * fmin(tg_delay_cv(f->c->delay), 1) * f->limit;
}

static void
fill_outcome(const work *w)
{
    tg_prediction *p = w->p;
    const double   margin = p->gain - p->threshold_square;
    bool           all = true;

    for (size_t j = 0; j < w->f->m->count; j++) all = all && w->mode[j].settles;
    p->stable_square = all;
    p->stable = all || (w->f->way != TG_WAY_SINGLE && p->gain < p->threshold);
    p->outcome = all ? TG_CONVERGES : TG_DIVERGES;
    if (margin >= -p->threshold_error - 1e-9 * p->threshold_square &&
        margin <= p->threshold_error + 1e-9 * p->threshold_square + single_runs(w->f))
        p->outcome = TG_UNDECIDED;
}

/* Rates, floor and bias of all modes together. */
static void
fill_sums(const work *w)
{
    const tg_modes *m = w->f->m;
    tg_prediction  *p = w->p;
    double          shift = 0, bias = 0;

    p->rate = INFINITY;
    p->floor = p->floor_error = 0;
    for (size_t j = 0; j < m->count; j++) {
        const tg_finite_mode *mode = &w->mode[j];
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
        if (!mode->settles) at->unstable = 1;
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
    if (!isfinite(p->floor)) p->floor_error = INFINITY;
    p->bias_loss = w->f->c->biased ? fmax(m->shift_loss - shift, 0) + bias : 0;
}

static tg_status
fill(work *w)
{
    const size_t count = w->f->m->count;
    const bool   quadratic = w->f->m->start_covered >= w->f->m->start_loss * (1 - 1e-9);

    TG_TRY(tg_finite_limit(w->f, w->p->threshold));
    fill_limits(w->f, w->p);
    TG_TRY(lay_shelf(w));
    TG_TRY(tg_parallel_run(count, 0, one_mode, w, NULL));
    w->p->level =
        w->f->way == TG_WAY_RENEWAL || !quadratic ? TG_LEVEL_RENEWAL : TG_LEVEL_EXACT;
    fill_outcome(w);
    fill_sums(w);
    return w->p->points ? fill_course(w) : TG_OK;
}

tg_status
tg_predict_finite(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
                  tg_prediction *p)
{
    tg_finite f;
    work      w = { .f = &f, .p = p };

    TG_TRY(tg_finite_open(c, m, plan, &f));
    w.mode = calloc(m->count, sizeof *w.mode);
    w.fine = calloc(2 * m->count, sizeof *w.fine);
    w.shelf.entry = calloc(2 * m->count + 1, sizeof *w.shelf.entry);
    w.coarse = w.fine + m->count;
    const tg_status status =
        w.mode && w.fine && w.shelf.entry ? fill(&w) : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; w.mode && j < m->count; j++) tg_course_free(&w.mode[j].course);
    for (size_t i = 0; w.shelf.entry && i < w.shelf.count; i++)
        tg_renewal_free(w.shelf.entry[i].laws);
    free(w.shelf.entry);
    free(w.fine);
    free(w.mode);
    tg_finite_close(&f);
    return status;
}
