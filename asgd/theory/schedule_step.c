/* schedule_step: the best learning rate of so many workers, and what comes of it */
#include "asgd/theory/descend.h"
#include "asgd/theory/schedule_team.h"

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

static tg_status
merit_of(double log_step, void *context, double *merit)
{
    const tg_team *c = context;
    tg_team_point  p = { 0 };

    TG_TRY(tg_team_at(c, exp(log_step), safe_target(c), &p));
    *merit = fmin(tg_team_merit(c, safe_target(c), &p), 1e290);
    return TG_OK;
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
    const double  sure = c->table ? 1e-6 : 5e-3;
    tg_descend_at scan[SCAN];
    double        least = INFINITY;
    bool          tried[SCAN] = { false };

    const size_t n = scan_of(c);

    if (!(c->task->low < EDGE * c->step_limit)) return TG_OK;
    for (size_t i = 0; i < n; i++) {
        scan[i].x = log(scanned(c, i));
        TG_TRY(merit_of(scan[i].x, (void *)c, &scan[i].value));
    }
    for (int start = 0; start < (c->table ? STARTS : 1); start++) {
        size_t at = n;
        for (size_t i = 0; i < n; i++) {
            const double value = scan[i].value;
            const bool   low = (i == 0 || value <= scan[i - 1].value) &&
                             (i + 1 == n || value <= scan[i + 1].value);
            if (low && !tried[i] && (at == n || value < scan[at].value)) at = i;
        }
        if (at == n) return TG_OK;
        tried[at] = true;
        tg_descend_at here = scan[at];
        if (at > 0 && at + 1 < n)
            TG_TRY(tg_descend(merit_of, (void *)c, scan[at - 1], scan[at + 1], sure, ROUNDS,
                              &here));
        if (here.value < least) {
            least = here.value;
            *step = exp(here.x);
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
    TG_TRY(tg_team_at(c, c->task->step, safe_target(c), &p));
    r->own_safe = p.time;
    TG_TRY(best_step(c, &r->step));
    TG_TRY(tg_team_at(c, r->step, c->task->target, &p));
    r->time = p.time;
    r->loss = p.loss;
    r->rate = p.rate;
    r->rate_error = p.rate_error;
    r->floor = p.floor;
    if (c->table) TG_TRY(floor_step(c, &r->step_floor));
    if (!c->table) r->step_floor = NAN;
    fill_costs(c, r);
    return TG_OK;
}
