/* schedule_step: the best learning rate of so many workers, and what comes of it */
#include "asgd/theory/schedule_team.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>

/* ---- the best step ------------------------------------------------------------------- */

enum { SCAN = 28, STARTS = 3, ROUNDS = 60, SCAN_SLOW = 12 };

/* A point from a table takes some microseconds, one without a prediction: fewer are looked at. */
static size_t
scan_of(const tg_team *c)
{
    return c->table ? SCAN : SCAN_SLOW;
}

/* By which factor the loss is to be below the target, so that a step is not best that stands at the
 * edge of a cliff, where one more swing of the mean crosses the target. */
static const double MARGIN = 1.05;

/* Nor one so near the limit that the tables have no row for it. */
static const double EDGE = 0.985;

static double
safe_target(const tg_team *c)
{
    return c->task->target / MARGIN;
}

typedef struct descent {
    const tg_team *c;
    tg_status      status;
} descent;

static double
merit_of(double log_step, void *context)
{
    descent      *d = context;
    tg_team_point p = { 0 };

    if (d->status == TG_OK)
        d->status = tg_team_at(d->c, exp(log_step), safe_target(d->c), &p);
    return d->status == TG_OK ? fmin(tg_team_merit(d->c, safe_target(d->c), &p), 1e290) : 0;
}

/* The least of f between low and high, at *x with f below both ends, by Brent's method. */
static tg_status
descend(descent *d, double low, double high, double *x, double *least)
{
    const double         sure = d->c->table ? 1e-6 : 5e-3;
    gsl_function         f = { merit_of, d };
    gsl_min_fminimizer  *m = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int                  failed = !m;

    if (m)
        failed = gsl_min_fminimizer_set_with_values(
            m, &f, *x, *least, low, merit_of(low, d), high, merit_of(high, d));
    for (int i = 0; i < ROUNDS && !failed && d->status == TG_OK && high - low > sure; i++) {
        failed = gsl_min_fminimizer_iterate(m);
        low = gsl_min_fminimizer_x_lower(m);
        high = gsl_min_fminimizer_x_upper(m);
        if (gsl_min_fminimizer_f_minimum(m) < *least) {
            *least = gsl_min_fminimizer_f_minimum(m);
            *x = gsl_min_fminimizer_x_minimum(m);
        }
    }
    gsl_set_error_handler(handler);
    gsl_min_fminimizer_free(m);
    return d->status;
}

/* Learning rates to begin with, evenly in ln eta up to a third of the limit, then evenly. */
static double
scanned(const tg_team *c, size_t i)
{
    const double low = fmax(c->task->low, 1e-4 * c->step_limit),
                 high = fmin(c->task->high, EDGE * c->step_limit), knee = high / 3;
    const size_t n = scan_of(c), half = n / 2;

    if (low >= knee) return low + (high - low) * (double)i / (double)(n - 1);
    if (i < half) return low * pow(knee / low, (double)i / (double)half);
    return knee + (high - knee) * (double)(i - half) / (double)(n - 1 - half);
}

/* From each of the lowest points of a scan; none where the range lies beyond what is stable. */
static tg_status
best_step(const tg_team *c, double *step)
{
    double  x[SCAN], f[SCAN], least = INFINITY;
    descent d = { .c = c };
    bool    tried[SCAN] = { false };

    const size_t n = scan_of(c);

    if (!(c->task->low < EDGE * c->step_limit)) return TG_OK;
    for (size_t i = 0; i < n; i++) {
        x[i] = log(scanned(c, i));
        f[i] = merit_of(x[i], &d);
        TG_TRY(d.status);
    }
    for (int start = 0; start < (c->table ? STARTS : 1); start++) {
        size_t at = n;
        for (size_t i = 0; i < n; i++) {
            const bool low =
                (i == 0 || f[i] <= f[i - 1]) && (i + 1 == n || f[i] <= f[i + 1]);
            if (low && !tried[i] && (at == n || f[i] < f[at])) at = i;
        }
        if (at == n) return TG_OK;
        tried[at] = true;
        double       here = x[at], value = f[at];
        const size_t before = at > 0 ? at - 1 : 0, after = at + 1 < n ? at + 1 : at;
        if (before < at && after > at)
            TG_TRY(descend(&d, x[before], x[after], &here, &value));
        if (value < least) {
            least = value;
            *step = exp(here);
        }
    }
    return TG_OK;
}

/* ---- a row --------------------------------------------------------------------------- */

/* The step whose floor is the target: floors grow with steps. */
static tg_status
floor_step(const tg_team *c, double *step)
{
    double        low = 1e-6 * c->step_limit, high = 0.9998 * c->step_limit;
    tg_team_point p;

    *step = INFINITY;
    TG_TRY(tg_team_at(c, high, c->task->target, &p));
    if (!(p.floor > c->task->target)) return TG_OK;
    TG_TRY(tg_team_at(c, low, c->task->target, &p));
    *step = 0;
    if (p.floor > c->task->target) return TG_OK;
    while (high - low > 1e-4 * low) {
        const double middle = sqrt(low * high);
        TG_TRY(tg_team_at(c, middle, c->task->target, &p));
        *(p.floor > c->task->target ? &high : &low) = middle;
    }
    *step = low;
    return TG_OK;
}

static double
weight_of(const tg_team *c)
{
    const tg_schedule_task *t = c->task;

    switch (t->least) {
    case TG_LEAST_GRADIENTS:
        return c->s.gradients;
    case TG_LEAST_BYTES:
        return c->s.uploads * t->bytes;
    case TG_LEAST_PRICE:
        return (double)c->workers * t->price;
    default:
        return 1;
    }
}

static tg_binding
binding_of(const tg_team *c, const tg_schedule_row *r)
{
    if (!isfinite(r->time)) return TG_BINDS_NOTHING;
    if (r->step < 1.01 * c->task->low || r->step > 0.99 * c->task->high)
        return TG_BINDS_RANGE;
    if (c->s.busy > 0.9) return TG_BINDS_UPLINK;
    if (r->floor > 0.5 * c->task->target) return TG_BINDS_FLOOR;
    return r->step > 0.8 * r->step_limit ? TG_BINDS_STABILITY : TG_BINDS_SPEED;
}

static void
fill_costs(const tg_team *c, tg_schedule_row *r)
{
    r->gradients = c->s.gradients * r->time;
    r->bytes = c->s.uploads * r->time * c->task->bytes;
    r->cost = (double)c->workers * r->time * c->task->price;
    r->objective = weight_of(c) * r->time;
    r->binds = binding_of(c, r);
}

tg_status
tg_team_row(const tg_team *c, tg_schedule_row *r)
{
    tg_team_point p;

    *r = (tg_schedule_row){ .workers = c->workers,
                            .step_limit = c->step_limit,
                            .limit_error = c->limit_error,
                            .time = INFINITY,
                            .step = NAN };
    TG_TRY(tg_team_at(c, c->task->step, c->task->target, &p));
    r->own_time = p.time;
    TG_TRY(best_step(c, &r->step));
    TG_TRY(tg_team_at(c, r->step, c->task->target, &p));
    r->time = p.time;
    r->loss = p.loss;
    r->rate = p.rate;
    r->floor = p.floor;
    if (c->table) TG_TRY(floor_step(c, &r->step_floor));
    if (!c->table) r->step_floor = NAN;
    fill_costs(c, r);
    return TG_OK;
}
