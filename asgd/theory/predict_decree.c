#include "asgd/theory/predict_decree.h"

#include "asgd/theory/predict_parts.h"
#include "asgd/theory/round_clock.h"
#include "core/parallel.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>

static const double MOST_ROUNDS = 1e7;
static const double ROUNDING = 1e-9; /* of what is exact */
static const double UNSURE =
    1e-5; /* of a limit so close to the mean's that it is extrapolated */

typedef struct job {
    const tg_modes        *m;
    const tg_decree       *d;
    const tg_delay        *round;
    const tg_predict_plan *plan;
    double                 step, P;
    tg_round_clock         clock;
    size_t                 rounds;      /* that the course needs; 0: there is none */
    double                *loss, *work; /* (rounds + 1) */
} job;

static tg_status
check(const job *b)
{
    const tg_modes *m = b->m;

    if (b->plan->level != TG_LEVEL_BEST)
        return tg_fail(TG_EDOMAIN, "staleness by decree is predicted at level best only");
    if (m->left_spread > 0)
        return tg_fail(TG_EDOMAIN,
                       "theory does not know staleness by decree for workers whose "
                       "data differ beyond the modes; they are simulated");
    if (!(b->step > 0) || !isfinite(b->step))
        return tg_fail(TG_EDOMAIN, "a step must be > 0, got %g", b->step);
    if (!isfinite(b->clock.cv))
        return tg_fail(TG_EDOMAIN,
                       "rounds without variance have no count that theory knows");
    if (b->plan->points > 0 &&
        tg_round_clock_most(&b->clock, b->plan->horizon) > MOST_ROUNDS)
        return tg_fail(TG_EDOMAIN, "the horizon is more than %g rounds; take a shorter one",
                       MOST_ROUNDS);
    return TG_OK;
}

/* ---- limits -------------------------------------------------------------------------- */

/* The number of workers at which the mean square is lost with this step: the limit of the gain moves little with it. */
static tg_status
find_workers(const job *b, double limit, double threshold, double *workers)
{
    enum { ROUNDS = 8 };
    const double each = b->step * tg_predict_steepest(b->m);
    tg_decree    d = *b->d;

    *workers = limit / each;
    for (size_t i = 0; i < ROUNDS && !b->plan->quick; i++) {
        const double P = fmax(round(*workers), 1);
        if (P > 1e15 || d.workers == (size_t)P) break;
        d.workers = (size_t)P;
        TG_TRY(tg_decree_limit(&d, threshold, &limit));
        *workers = limit / each;
    }
    return TG_OK;
}

/* Beyond the mean square's limit single runs may settle: if they grow, it diverges. */
static tg_status
find_outcome(const job *b, tg_prediction *p)
{
    enum { PATHS = 16, LAGS = 30 };
    static const double MOST_WORK = 2e7;
    const size_t        rounds = LAGS * (b->d->most + 32);
    double              growth, error;

    p->outcome =
        p->gain < p->threshold_square - p->threshold_error ? TG_CONVERGES : TG_UNDECIDED;
    if (p->gain <= p->threshold_square + p->threshold_error ||
        PATHS * (double)rounds * b->P * b->P > MOST_WORK)
        return TG_OK;
    TG_TRY(tg_decree_exponent(b->d, p->gain, PATHS, rounds, &growth, &error));
    if (growth > 4 * error) p->outcome = TG_DIVERGES;
    return TG_OK;
}

static tg_status
find_limits(const job *b, tg_prediction *p)
{
    const double h = tg_predict_steepest(b->m), *known = b->plan->known;

    if (known[0] > 0 && known[1] > 0) {
        p->threshold = known[0];
        p->threshold_square = known[1];
        p->workers_limit = known[1] / (b->step * h);
        return TG_OK;
    }
    TG_TRY(tg_decree_threshold(b->d, &p->threshold));
    TG_TRY(tg_decree_limit(b->d, p->threshold, &p->threshold_square));
    return find_workers(b, p->threshold_square, p->threshold, &p->workers_limit);
}

static tg_status
fill_limits(const job *b, tg_prediction *p)
{
    const double h = tg_predict_steepest(b->m);

    p->gain = b->step * h * b->P;
    TG_TRY(find_limits(b, p));
    p->threshold_error = UNSURE * p->threshold_square;
    p->threshold_single = p->single_error = NAN;
    p->step_limit = p->threshold_square / (h * b->P);
    const tg_status status = tg_decree_count(b->d, p->gain, &p->right, &p->clearance);
    if (status != TG_OK && status != TG_ENOCONV) return status;
    p->certificate = status == TG_OK ? TG_COUNTED : TG_UNCOUNTED;
    p->stable = status == TG_OK && p->right == 0;
    p->stable_square = p->stable && p->gain < p->threshold_square;
    return find_outcome(b, p);
}

/* ---- modes --------------------------------------------------------------------------- */

static double
spread_of(const job *b, size_t j)
{
    const double *own = b->m->minimum ? b->m->minimum + j * b->d->workers : NULL;
    double        mean = 0, square = 0;

    if (!own) return b->m->spread[j];
    for (size_t i = 0; i < b->d->workers; i++) mean += own[i] / b->P;
    for (size_t i = 0; i < b->d->workers; i++)
        square += (own[i] - mean) * (own[i] - mean) / b->P;
    return square;
}

static tg_status
add_course(job *b, const tg_decree_mode *m, const tg_decree_drive *drive, double h)
{
    TG_TRY(tg_decree_course(m, drive, b->rounds, NULL, b->work));
    for (size_t t = 0; t <= b->rounds; t++) b->loss[t] += h / 2 * b->work[t];
    return TG_OK;
}

/* What is known of a mode; where its mean does not settle, how fast it grows is left open. Rounds of which long ones are
 * not rare enough leave nothing that falls exponentially: then as fast as rounds of their mean. */
static void
fill_mode(const job *b, const tg_decree_mode *m, const tg_decree_drive *drive,
          tg_mode_prediction *out)
{
    const double complex z = tg_decree_root(m);
    double complex       s = isnan(creal(z)) ? z : tg_round_clock_rate(b->round, z);

    out->exponential = isnan(creal(s)) && !isnan(creal(z)) ? 0 : 1;
    if (!out->exponential) s = clog(z) / b->clock.mean;
    out->re = isnan(creal(s)) ? (double)NAN : creal(s);
    out->im = fabs(cimag(s));
    out->rate = isnan(out->re) && m->settled ? (double)INFINITY : -out->re;
    out->mean_square = tg_decree_kept(m);
    out->settles = out->mean_square < 1;
    out->variance = out->settles ? tg_decree_rest(m, drive) : (double)INFINITY;
}

static tg_status
add_mode(job *b, size_t j, tg_prediction *p)
{
    enum { SETTLING = 1 << 22 };
    const double          h = b->m->h[j], K = b->step * h * b->P;
    const tg_decree_drive drive = { .start = b->m->start[j],
                                    .noise = b->m->sigma2[j] / (h * h),
                                    .spread = spread_of(b, j) };
    tg_decree_mode        m;

    p->mode[j] = (tg_mode_prediction){ .h = h, .a = K / b->clock.mean, .gain = K };
    const bool lost = K >= p->threshold;
    TG_TRY(
        tg_decree_open(b->d, K, lost ? b->rounds + 64 * (b->d->most + 8) : SETTLING, &m));
    fill_mode(b, &m, &drive, &p->mode[j]);
    const tg_status status = b->rounds ? add_course(b, &m, &drive, h) : TG_OK;
    tg_decree_close(&m);
    return status;
}

/* The slowest mode's rate; infinite where nothing is left after a few rounds, not known where growth has not come to one. */
static void
fill_end(const job *b, tg_prediction *p)
{
    const tg_case left = { .step = b->step, .weigh = 1, .lambda = p->lambda };

    p->rate = INFINITY;
    p->floor = 0;
    for (size_t j = 0; j < p->modes; j++) {
        if (!(p->mode[j].rate >= p->rate) && !isnan(p->rate)) {
            p->rate = p->mode[j].rate;
            p->effective = !p->mode[j].exponential;
        }
        p->floor +=
            p->mode[j].settles ? p->mode[j].h / 2 * p->mode[j].variance : (double)INFINITY;
    }
    p->rate_error = isfinite(p->rate) ? (p->effective ? 1 : ROUNDING) * fabs(p->rate) : 0;
    p->floor += p->stable ? tg_predict_left_floor(&left, b->m) : 0;
    p->floor_error = ROUNDING * p->floor;
}

/* ---- in time ------------------------------------------------------------------------- */

static double
loss_at(const job *b, const tg_prediction *p, double t, double *error)
{
    const tg_case left = { .step = b->step, .weigh = 1, .lambda = p->lambda };
    double        rest_error = 0;
    const double  loss = tg_round_clock_at(&b->clock, b->loss, b->rounds + 1, t, error);
    const bool    whole =
        b->m->start_covered >= b->m->start_loss * (1 - 1e-9) && b->m->left_noise == 0;
    const double rest = whole ? 0 : tg_predict_rest(&left, b->m, p, t, &rest_error);

    *error += ROUNDING * loss + rest_error;
    return loss + rest;
}

static tg_status
fill_course(const job *b, tg_prediction *p)
{
    for (size_t i = 0; i < p->points; i++) {
        double error;
        TG_TRY(tg_stop_check());
        p->t[i] = b->plan->horizon * (double)i / (double)(p->points - 1);
        p->loss[i] = loss_at(b, p, p->t[i], &error);
        p->low[i] = fmax(p->loss[i] - error, 0);
        p->high[i] = p->loss[i] + error;
    }
    return TG_OK;
}

/* The first round from which on the loss is below the target. */
static double
settling_round(const job *b, double target)
{
    size_t last = b->rounds + 1;

    while (last > 0 && b->loss[last - 1] <= target) last--;
    return last <= b->rounds ? (double)last : (double)INFINITY;
}

enum { FINE = 2049 };

/* The loss, its upper and its lower edge at fine times. */
typedef struct fine {
    double t[FINE], loss[FINE], high[FINE], low[FINE];
} fine;

static tg_status
look_finely(const job *b, const tg_prediction *p, fine *f)
{
    for (size_t i = 0; i < FINE; i++) {
        double error;
        TG_TRY(tg_stop_check());
        f->t[i] = b->plan->horizon * (double)i / (FINE - 1);
        f->loss[i] = loss_at(b, p, f->t[i], &error);
        f->high[i] = f->loss[i] + error;
        f->low[i] = fmax(f->loss[i] - error, 0);
    }
    return TG_OK;
}

static void
settle_finely(const job *b, const fine *f, tg_prediction *p)
{
    const double target = b->plan->target, horizon = b->plan->horizon;
    const double grid = horizon / (FINE - 1) / (b->clock.cv < 0.1 ? 1 : 8); /* stairs */

    p->settle = tg_settling_time(f->t, f->loss, FINE, target, NULL);
    if (!isfinite(p->settle)) return;
    const double early = tg_settling_time(f->t, f->low, FINE, target, NULL);
    const double late = tg_settling_time(f->t, f->high, FINE, target, NULL);
    p->settle_error = fmax(p->settle - early, fmin(late, horizon) - p->settle) + grid;
}

static tg_status
fill_settling(const job *b, tg_prediction *p)
{
    const double target = b->plan->target;
    const bool   counted = b->clock.cv == 0 && b->clock.first_spread == 0;

    p->settle = INFINITY;
    p->settle_error = NAN;
    if (!(target > 0)) return TG_OK;
    if (counted && p->resolved == 1) {
        p->settle = settling_round(b, target) * b->clock.mean;
        if (p->settle > b->plan->horizon) p->settle = INFINITY;
        if (isfinite(p->settle)) p->settle_error = ROUNDING * p->settle;
        return TG_OK;
    }
    fine *f = malloc(sizeof *f);
    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = look_finely(b, p, f);
    if (status == TG_OK) settle_finely(b, f, p);
    free(f);
    return status;
}

/* ---- the prediction ------------------------------------------------------------------ */

static tg_status
open_course(job *b)
{
    if (b->plan->points < 2) return TG_OK;
    b->rounds = (size_t)tg_round_clock_most(&b->clock, b->plan->horizon) + 1;
    b->loss = calloc(2 * (b->rounds + 1), sizeof *b->loss);
    b->work = b->loss + b->rounds + 1;
    return b->loss ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

static tg_status
predict(job *b, tg_prediction *p)
{
    double lag = 0;

    for (size_t r = 0; r <= b->d->most; r++) lag += b->d->late[r] * (double)r;
    p->level = TG_LEVEL_EXACT;
    p->workers = b->d->workers;
    p->lambda = b->P / b->clock.mean;
    p->delay_mean = p->longest = b->clock.mean;
    p->delay_cv = b->clock.cv;
    p->staleness = lag * b->P;
    p->start_curvature =
        b->m->start_largest > 0 ? b->m->start_largest / tg_predict_steepest(b->m) : 1;
    p->resolved =
        b->m->start_loss > 0 ? fmin(b->m->start_covered / b->m->start_loss, 1) : 1;
    TG_TRY(fill_limits(b, p));
    for (size_t j = 0; j < b->m->count; j++) {
        TG_TRY(add_mode(b, j, p));
        TG_TRY(tg_stop_check());
    }
    fill_end(b, p);
    if (!b->rounds) return TG_OK;
    TG_TRY(fill_course(b, p));
    return fill_settling(b, p);
}

tg_status
tg_predict_decree(const tg_modes *modes, const tg_decree *decree,
                  const tg_decree_rounds *rounds, double step, const tg_predict_plan *plan,
                  tg_prediction **out)
{
    job            b = { .m = modes,
                         .d = decree,
                         .round = rounds->length,
                         .plan = plan,
                         .step = step,
                         .P = (double)decree->workers,
                         .clock = tg_round_clock_of(rounds->length) };
    tg_prediction *p = NULL;

    if (!isnan(rounds->first)) {
        b.clock.first = rounds->first;
        b.clock.first_spread = rounds->first_spread;
    }
    TG_TRY(check(&b));
    tg_status status = tg_prediction_create(modes->count, plan->points, &p);
    if (status == TG_OK) status = open_course(&b);
    if (status == TG_OK) status = predict(&b, p);
    free(b.loss);
    if (status == TG_OK)
        *out = p;
    else
        tg_prediction_free(p);
    return status;
}
