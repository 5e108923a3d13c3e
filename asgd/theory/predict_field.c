/* predict_field: levels sde and jump, the papers' theories for very many workers
 *
 *     v_j = q_j J_j  (sde),     v_j = q_j J_j / (1 - c_j J_j)  (jump)
 *
 * Real workers differ by O(1/P): a worker reads right after its own update. What a delay
 * shorter by 1/P changes and what the jumps change is stated as error.
 */
#include "asgd/theory/predict_parts.h"

#include "core/stats.h"

#include <math.h>
#include <string.h>

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

/* Half as much where the first order is in the delays already. */
static double
other_scale(const tg_case *c, const tg_prediction *p)
{
    return 1 - (c->own < 1 ? 0.5 : 1) / (double)(p->workers + 1);
}

/* The floor with a delay shorter by 1/P and with the jumps tell how much the level may err; of tables nobody
 * asks it. */
static tg_status
fill_floor(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
           tg_prediction *p)
{
    const double       scale = other_scale(c, p);
    double             jump = 0, shorter = 0, rate = INFINITY;
    tg_mode_prediction other;

    p->floor = p->floor_error = INFINITY;
    p->rate_error = NAN;
    if (!p->stable) return TG_OK;
    p->floor = 0;
    for (size_t j = 0; j < m->count; j++) {
        const double half = m->h[j] / 2, v = p->mode[j].variance;
        p->floor += half * v;
        const double less = c->jumps * p->mode[j].mean_square;
        jump +=
            v > 0 ? half * v * fmax(1 - less, 0) / fmax(1 - p->mode[j].mean_square, 0) : 0;
        other = p->mode[j];
        if (!plan->quick) {
            TG_TRY(tg_case_mode(c, m, j, scale, &other));
            TG_TRY(tg_case_effective_rate(c, scale, plan->horizon, &other));
        }
        shorter += half * other.variance;
        rate = fmin(rate, other.rate);
    }
    p->rate_error = fabs(rate - p->rate) + c->kept_doubt * fabs(p->rate);
    p->floor_error = p->floor > 0 ? (jump - p->floor) + fabs(shorter - p->floor) : 0;
    p->floor_error += c->kept_doubt * p->floor;
    p->floor += tg_predict_left_floor(c, m);
    return TG_OK;
}

/* ---- trajectory ---------------------------------------------------------------------- */

/* |t(high) - t(low)| / 2 for the times at which the band settles, or the gap to the later
 * one where only one side does. */
double
tg_predict_settle_error(const tg_prediction *p, double target)
{
    const double low = tg_settling_time(p->t, p->low, p->points, target, NULL);
    const double high = tg_settling_time(p->t, p->high, p->points, target, NULL);

    return fmax(isfinite(low) ? fabs(p->settle - low) : 0,
                isfinite(high) ? fabs(high - p->settle) : p->t[p->points - 1] - p->settle);
}

/* First deliveries of irregular workers are known to a fifth; regular ones that begin together deliver all at once for
 * good, which the wait makes smooth, to half a job. The loss without that, into p->low. */
static tg_status
fill_otherwise(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
               tg_prediction *p)
{
    tg_case         less = *c;
    tg_predict_plan bare = *plan;

    bare.courses = NULL;
    for (size_t i = 0; i < TG_CASE_TIMES; i++) less.ahead[i] *= 0.8;
    const bool bunched = c->cluster->together && tg_delay_cv(c->delay) < 0.05;
    if (bunched) less.wait = 0;
    if (!plan->quick && (isfinite(c->late) || bunched))
        return tg_case_loss(&less, m, p->mode, 1, &bare, p->low);
    memcpy(p->low, p->loss, p->points * sizeof *p->low);
    return TG_OK;
}

static tg_status
fill_expected_loss(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
                   tg_prediction *p)
{
    const double scale = other_scale(c, p);

    TG_TRY(tg_case_loss(c, m, p->mode, 1, plan, p->loss));
    if (plan->quick)
        memcpy(p->high, p->loss, p->points * sizeof *p->high);
    else
        TG_TRY(tg_case_loss(c, m, p->mode, scale, plan, p->high));
    TG_TRY(fill_otherwise(c, m, plan, p));
    const double jump =
        p->floor > 0 && isfinite(p->floor_error) ? p->floor_error / p->floor : 0;
    for (size_t i = 0; i < p->points; i++) {
        const double noise = isfinite(p->floor) ? fmin(p->floor, p->loss[i]) : 0;
        double       rest_error;
        const double rest =
            tg_predict_rest(c, m, p, fmax(p->t[i] - c->wait, 0), &rest_error);
        double       error = fabs(p->high[i] - p->loss[i]) + jump * noise + rest_error;
        const double slower = -expm1(-c->kept_doubt * 2 * fmax(p->rate, 0) * p->t[i]);
        error += slower * fmax(p->loss[i] - noise, 0) + fabs(p->low[i] - p->loss[i]);
        p->loss[i] += rest;
        p->low[i] = fmax(p->loss[i] - error, 0);
        p->high[i] = p->loss[i] + error;
    }
    return TG_OK;
}

static void
fill_settling(const tg_predict_plan *plan, tg_prediction *p)
{
    if (!(plan->target > 0) || !p->stable || !p->stable_square) return;
    p->settle = tg_settling_time(p->t, p->loss, p->points, plan->target, NULL);
    if (isfinite(p->settle)) p->settle_error = tg_predict_settle_error(p, plan->target);
}

/* Where steps are weighed, stale gradients, of which the mean is lost, hardly count, but fresh ones
 * move x as far as ever: the gain at which c J = 1, by bisection to 1e-2. */
static tg_status
square_threshold(const tg_case *c, const tg_prediction *p, double *k)
{
    const double mean = tg_delay_mean(c->delay), each = c->lambda * mean; /* of k to e */
    double       low = 0, high = fmin(p->threshold / c->own, 4 * each);

    for (double middle = high / 2; high - low > 1e-2 * high; middle = (low + high) / 2) {
        const tg_loop   l = tg_case_loop(c, c->own * middle / mean);
        const double    e = middle / each;
        double          noise = INFINITY;
        const tg_status status = tg_case_noise(c, &l, &noise);
        if (status != TG_OK && status != TG_EDOMAIN) return status;
        *(e * e * c->lambda * c->own * noise < 1 ? &low : &high) = middle;
    }
    *k = high;
    return TG_OK;
}

/* The mean square is lost below k*, where the mean is. */
static tg_status
fill_outcome(const tg_case *c, tg_prediction *p)
{
    p->threshold_square = p->threshold / c->own;
    if (c->kept && !c->kind->stepped) TG_TRY(square_threshold(c, p, &p->threshold_square));
    p->threshold_error =
        isinf(p->threshold_square) ? 0 : p->threshold_square / (double)p->workers;
    p->outcome = p->stable && p->stable_square ? TG_CONVERGES : TG_DIVERGES;
    if (fabs(p->gain - p->threshold_square) <= p->threshold_error ||
        (p->stable && !p->stable_square))
        p->outcome = TG_UNDECIDED;
    p->step_limit = c->step * p->threshold_square / p->gain;
    p->workers_limit = (double)p->workers * p->threshold_square / p->gain;
    return TG_OK;
}

/* At level jump the jumps' noise is part of the floor, and no longer of its error. */
static void
add_jumps(const tg_case *c, const tg_modes *m, tg_prediction *p)
{
    double all = tg_predict_left_floor(c, m);

    for (size_t j = 0; j < m->count; j++) {
        tg_mode_prediction *mode = &p->mode[j];
        mode->variance /= fmax(1 - mode->mean_square, 0);
        all += m->h[j] / 2 * mode->variance;
    }
    p->floor_error = isfinite(all) ? fmax(p->floor_error - (all - p->floor), 0) : INFINITY;
    p->floor = all;
}

tg_status
tg_predict_field(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
                 tg_prediction *p)
{
    const double horizon =
        plan->courses ? 0 : plan->horizon; /* else courses have the rates */

    p->level = plan->level;
    TG_TRY(fill_modes(c, m, horizon, p));
    TG_TRY(fill_floor(c, m, plan, p));
    TG_TRY(fill_outcome(c, p));
    if (p->points) {
        TG_TRY(fill_expected_loss(c, m, plan, p));
        fill_settling(plan, p);
    }
    if (p->level == TG_LEVEL_JUMP) add_jumps(c, m, p);
    return TG_OK;
}
