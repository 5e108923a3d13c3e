#include "asgd/predict.h"

#include "asgd/predict_parts.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *
tg_level_name(tg_level level)
{
    static const char *const name[] = { "sde", "jump", "finite-P" };

    return name[level];
}

void
tg_prediction_free(tg_prediction *p)
{
    if (!p) return;
    free(p->t);
    free(p->mode);
    free(p);
}

static tg_status
allocate(size_t modes, size_t points, tg_prediction **out)
{
    tg_prediction *p = calloc(1, sizeof *p);

    if (p) {
        p->mode = calloc(modes, sizeof *p->mode);
        p->t = calloc(4 * points + 1, sizeof *p->t);
    }
    if (!p || !p->mode || !p->t) {
        tg_prediction_free(p);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    p->modes = modes;
    p->points = points;
    p->loss = p->t + points;
    p->low = p->loss + points;
    p->high = p->low + points;
    *out = p;
    return TG_OK;
}

/* ---- the loop ------------------------------------------------------------------------ */

static tg_status
fill_cluster(const tg_case *c, const tg_cluster *cluster, tg_prediction *p)
{
    p->level = TG_LEVEL_SDE;
    p->workers = cluster->workers;
    p->lambda = c->lambda;
    p->delay_mean = tg_delay_mean(c->delay);
    p->delay_cv = tg_delay_cv(c->delay);
    p->staleness = (double)cluster->workers - 1;
    TG_TRY(tg_case_threshold(c, &p->threshold));
    return TG_OK;
}

/* Gain k = a E T of the largest eigenvalue, and what would put it at the threshold. With
 * groups in fixed proportions lambda E T = P, so the gain is proportional to step and
 * workers. */
static void
fill_limits(const tg_case *c, const tg_modes *m, tg_prediction *p)
{
    double h = 0;

    for (size_t j = 0; j < m->count; j++) h = fmax(h, m->h[j]);
    p->gain = c->step * c->lambda * h * p->delay_mean;
    p->step_limit = c->step * p->threshold / p->gain;
    p->workers_limit = (double)p->workers * p->threshold / p->gain;
}

static tg_status
fill_modes(const tg_case *c, const tg_modes *m, double horizon, tg_prediction *p)
{
    p->stable = p->stable_square = true;
    p->rate = INFINITY;
    for (size_t j = 0; j < m->count; j++) {
        tg_mode_prediction *mode = &p->mode[j];
        TG_TRY(tg_case_mode(c, m, j, 1, mode));
        TG_TRY(tg_case_effective_rate(c, 1, horizon, mode));
        p->unstable += mode->unstable;
        if (mode->unstable) p->stable = false;
        if (!mode->settles) p->stable_square = false;
        if (mode->rate < p->rate) {
            p->rate = mode->rate;
            p->effective = mode->effective;
        }
        if (c->biased) p->bias_loss = m->shift_loss;
    }
    return TG_OK;
}

/* ---- floor --------------------------------------------------------------------------- */

/* The floor with a delay shorter by 1/P and with the jumps tell how much the level may err.
 */
static tg_status
fill_floor(const tg_case *c, const tg_modes *m, double horizon, tg_prediction *p)
{
    const double       scale = 1 - 1 / (double)(p->workers + 1);
    double             jump = 0, shorter = 0, rate = INFINITY;
    tg_mode_prediction other;

    p->floor = p->floor_error = INFINITY;
    p->rate_error = NAN;
    if (!p->stable) return TG_OK;
    p->floor = 0;
    for (size_t j = 0; j < m->count; j++) {
        const double half = m->h[j] / 2, v = p->mode[j].variance;
        p->floor += half * v;
        jump += v > 0 ? half * v / fmax(1 - p->mode[j].mean_square, 0) : 0;
        TG_TRY(tg_case_mode(c, m, j, scale, &other));
        TG_TRY(tg_case_effective_rate(c, scale, horizon, &other));
        shorter += half * other.variance;
        rate = fmin(rate, other.rate);
    }
    p->rate_error = fabs(rate - p->rate);
    p->floor_error = p->floor > 0 ? (jump - p->floor) + fabs(shorter - p->floor) : 0;
    return TG_OK;
}

/* At level finite-P variance and verdict are those of the worker process, without error. */
static tg_status
fill_exact_floor(const tg_case *c, const tg_phase *law, const tg_modes *m, tg_prediction *p)
{
    p->level = TG_LEVEL_FINITE_P;
    p->floor = p->floor_error = 0;
    p->stable_square = true;
    for (size_t j = 0; j < m->count; j++) {
        TG_TRY(tg_case_exact_variance(c, law, m, j, &p->mode[j]));
        p->floor += m->h[j] / 2 * p->mode[j].variance;
        if (!p->mode[j].settles) p->stable_square = false;
    }
    return TG_OK;
}

/* ---- trajectory ---------------------------------------------------------------------- */

/* |t(high) - t(low)| / 2 for the times at which the band settles, or the gap to the later
 * one where only one side does. */
static double
settle_error(const tg_prediction *p, double target)
{
    const double low = tg_settling_time(p->t, p->low, p->points, target, NULL);
    const double high = tg_settling_time(p->t, p->high, p->points, target, NULL);

    return fmax(isfinite(low) ? fabs(p->settle - low) : 0,
                isfinite(high) ? fabs(high - p->settle) : p->t[p->points - 1] - p->settle);
}

/* What the modes leave out of the initial loss: at best it decays like the slowest of them,
 * at worst like the least eigenvalue allows. The first is the prediction; *error receives
 * the geometric mean of the two. */
static double
unresolved(const tg_case *c, const tg_modes *m, const tg_prediction *p, double t,
           double *error)
{
    const double rest = m->start_loss - m->start_covered, late = fmax(t - c->wait, 0);
    const double least = c->step * c->lambda * m->least;

    *error = 0;
    if (!(rest > 1e-12 * m->start_loss)) return 0;
    *error = rest * exp(-(p->rate + fmin(least, p->rate)) * late);
    return rest * exp(-2 * p->rate * late);
}

/* What the modes leave out of the cost of the bias comes in as the slowest of them decays;
 * *error receives how much of it is still to come. */
static double
unresolved_bias(const tg_case *c, const tg_modes *m, const tg_prediction *p, double t,
                double *error)
{
    double rest = c->biased ? m->shift_loss : 0;

    for (size_t j = 0; j < m->count; j++)
        rest -= m->h[j] / 2 * p->mode[j].bias * p->mode[j].bias;
    const double come = 1 - exp(-p->rate * fmax(t - c->wait, 0));
    *error = p->stable ? fabs(rest) * (1 - come * come) : 0;
    return p->stable ? rest * come * come : 0;
}

static tg_status
fill_expected_loss(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
                   tg_prediction *p)
{
    const double scale = 1 - 1 / (double)(p->workers + 1);

    TG_TRY(tg_case_loss(c, m, p->mode, 1, plan, p->loss));
    TG_TRY(tg_case_loss(c, m, p->mode, scale, plan, p->high));
    const double jump =
        p->floor > 0 && isfinite(p->floor_error) ? p->floor_error / p->floor : 0;
    for (size_t i = 0; i < p->points; i++) {
        const double noise = isfinite(p->floor) ? fmin(p->floor, p->loss[i]) : 0;
        double       rest_error, bias_error;
        const double rest = unresolved(c, m, p, p->t[i], &rest_error);
        const double bias = unresolved_bias(c, m, p, p->t[i], &bias_error);
        const double error =
            fabs(p->high[i] - p->loss[i]) + jump * noise + rest_error + bias_error;
        p->loss[i] += rest + bias;
        p->low[i] = fmax(p->loss[i] - error, 0);
        p->high[i] = p->loss[i] + error;
    }
    return TG_OK;
}

/* To what the integrator of the moment equations is asked for. */
static tg_status
fill_exact_loss(const tg_case *c, const tg_phase *law, const tg_modes *m,
                const tg_predict_plan *plan, tg_prediction *p)
{
    const double accuracy = 1e-5;

    TG_TRY(tg_case_exact_loss(c, law, m, plan, p->loss));
    for (size_t i = 0; i < p->points; i++) {
        p->low[i] = p->loss[i] * (1 - accuracy);
        p->high[i] = p->loss[i] * (1 + accuracy);
    }
    return TG_OK;
}

static void
fill_settling(const tg_predict_plan *plan, tg_prediction *p)
{
    if (!(plan->target > 0) || !p->stable || !p->stable_square) return;
    p->settle = tg_settling_time(p->t, p->loss, p->points, plan->target, NULL);
    if (isfinite(p->settle)) p->settle_error = settle_error(p, plan->target);
}

static void
fill_grid(const tg_predict_plan *plan, tg_prediction *p)
{
    p->settle = INFINITY;
    p->settle_error = NAN;
    for (size_t i = 0; i < p->points; i++)
        p->t[i] = plan->horizon * (double)i / (double)(p->points - 1);
}

static tg_status
fill_all(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan, tg_prediction *p)
{
    tg_phase   law;
    const bool exact = tg_case_is_exact(c, m, &law);

    fill_grid(plan, p);
    TG_TRY(fill_modes(c, m, plan->horizon, p));
    TG_TRY(fill_floor(c, m, plan->horizon, p));
    if (exact) TG_TRY(fill_exact_floor(c, &law, m, p));
    if (p->points == 0) return TG_OK;
    TG_TRY(exact ? fill_exact_loss(c, &law, m, plan, p)
                 : fill_expected_loss(c, m, plan, p));
    fill_settling(plan, p);
    return TG_OK;
}

/* Real workers differ from the mean field by O(1/P); the variance is lost below k*. */
static void
fill_outcome(tg_prediction *p)
{
    const bool exact = p->level == TG_LEVEL_FINITE_P;

    p->threshold_error =
        exact || isinf(p->threshold) ? 0 : p->threshold / (double)p->workers;
    p->outcome = p->stable && p->stable_square ? TG_CONVERGES : TG_DIVERGES;
    if (!exact && (fabs(p->gain - p->threshold) <= p->threshold_error ||
                   (p->stable && !p->stable_square)))
        p->outcome = TG_UNDECIDED;
}

tg_status
tg_predict(const tg_modes *modes, const tg_cluster *cluster, const tg_algorithm *algorithm,
           double step, const tg_predict_plan *plan, tg_prediction **out)
{
    tg_case        c;
    tg_prediction *p = NULL;

    TG_TRY(tg_case_open(cluster, algorithm, step, &c));
    tg_status status = allocate(modes->count, plan->points, &p);
    if (status == TG_OK) status = fill_cluster(&c, cluster, p);
    if (status == TG_OK) {
        fill_limits(&c, modes, p);
        p->resolved = fmin(modes->start_covered / modes->start_loss, 1);
        status = fill_all(&c, modes, plan, p);
        fill_outcome(p);
    }
    tg_case_close(&c);
    if (status == TG_OK)
        *out = p;
    else
        tg_prediction_free(p);
    return status;
}
