/* setting_predict: predictions of a setting, and what they do not know of it */
#include "asgd/theory/setting.h"

#include "asgd/theory/predict_decree.h"
#include "asgd/theory/predict_parts.h"
#include "asgd/theory/predict_trigger.h"

#include <math.h>
#include <string.h>

/* Near the limit of stability a change of the round trips moves the rate by so much more. */
static double
near_limit(const tg_prediction *p)
{
    return 1 / fmax(1 - p->gain / p->threshold_square, 0.05);
}

/* Each mode may be where it is so much earlier or later, but not before it begins. */
static void
doubt_first(double first, const tg_modes *m, tg_prediction *p)
{
    for (size_t i = 0; i < p->points; i++) {
        double early = 0, late = 0;
        for (size_t j = 0; j < p->modes; j++) {
            const double fast = fmin(2 * fmax(p->mode[j].rate, 0), 40 / first);
            const double left =
                m->h[j] / 2 * m->start[j] * m->start[j] * exp(-fast * p->t[i]);
            early += left * -expm1(-fast * first);
            late += left * expm1(fast * fmin(first, p->t[i]));
        }
        p->low[i] = fmax(p->low[i] - early, 0);
        p->high[i] = fmin(p->high[i] + late, fmax(p->loss[0], p->high[i]));
    }
}

void
tg_setting_tell(const tg_setting *s, const tg_modes *modes, tg_prediction *p)
{
    const double doubt = s->doubt * near_limit(p);

    p->workers = (size_t)s->workers;
    p->rate_error += doubt * fabs(p->rate);
    p->floor_error += s->doubt * p->floor;
    p->settle_error += doubt * p->settle;
    p->threshold_error += s->doubt * p->threshold_square;
    for (size_t i = 0; i < p->points && s->doubt > 0; i++) {
        const double end = fmin(p->floor + p->bias_loss, p->loss[i]);
        const double late = fmin(doubt * (1 + 2 * fmax(p->rate, 0) * p->t[i]), 3);
        const double off = (p->loss[i] - end) * expm1(late) + end * s->doubt;
        p->low[i] = fmax(p->low[i] - off, 0);
        p->high[i] += off;
    }
    if (s->first > 0) doubt_first(s->first, modes, p);
    p->settle_error += s->first;
    if (!s->rounds) return;
    p->lambda = s->updates;
    p->staleness = 0;
    p->workers_limit = INFINITY;
}

/* Everybody is given as many jobs, so x settles at F's own minimum; who is given one is a matter of chance,
 * and his minimum noise of the gradient. */
static tg_status
take_minima(const tg_setting *s, const tg_modes *modes, tg_modes *m)
{
    const size_t n = (size_t)s->workers;

    for (size_t j = 0; j < m->count && modes->minimum; j++) {
        const double *own = modes->minimum + j * n;
        double        mean = 0, spread = 0;
        for (size_t i = 0; i < n; i++) mean += own[i] / s->workers;
        for (size_t i = 0; i < n; i++) spread += (own[i] - mean) * (own[i] - mean);
        if (s->shuffled && spread > 1e-24)
            return tg_fail(TG_EDOMAIN,
                           "theory does not know permutations of workers with minima "
                           "of their own; they are simulated");
        m->sigma2[j] += m->h[j] * m->h[j] * spread / s->workers;
    }
    return TG_OK;
}

tg_status
tg_setting_modes(const tg_setting *s, const tg_modes *modes, tg_modes *out)
{
    const bool   fair = s->fair || s->assigned;
    const size_t n = modes->count, own = modes->minimum && !fair ? (size_t)s->workers : 0;
    tg_modes     m = { 0 };

    if (s->rounds && !s->fair && modes->minimum)
        return tg_fail(TG_EDOMAIN,
                       "theory does not know rounds of some of the workers with "
                       "minima of their own; they are simulated");
    TG_TRY(tg_modes_alloc(n, own, &m));
    m.least = modes->least;
    m.start_loss = modes->start_loss;
    m.start_largest = modes->start_largest;
    m.start_covered = modes->start_covered;
    m.shift_loss = fair ? 0 : modes->shift_loss;
    m.left_noise = s->noise * modes->left_noise;
    m.left_spread = fair ? 0 : modes->left_spread;
    if (s->assigned) m.left_noise += modes->left_spread;
    for (size_t j = 0; j < n; j++) {
        m.h[j] = modes->h[j];
        m.start[j] = modes->start[j];
        m.sigma2[j] = s->noise * modes->sigma2[j];
        m.shift[j] = fair ? 0 : modes->shift[j];
        m.spread[j] = fair ? 0 : modes->spread[j];
    }
    if (own) memcpy(m.minimum, modes->minimum, n * own * sizeof *m.minimum);
    const tg_status status = s->assigned ? take_minima(s, modes, &m) : TG_OK;
    if (status == TG_OK)
        *out = m;
    else
        tg_modes_free(&m);
    return status;
}

double
tg_setting_clock(const tg_setting *s, double t)
{
    const tg_assigned *q = &s->queues;

    if (!s->assigned) return t;
    const double at = fmin(t / q->every, TG_ASSIGNED_TIMES - 1 - 1e-9);
    const size_t i = (size_t)fmax(at, 0);
    return t + q->ahead[i] + (at - (double)i) * (q->ahead[i + 1] - q->ahead[i]);
}

/* f, on a grid over [0, horizon], at the settings' times on a grid of n. */
static void
retime(const tg_setting *s, double *f, size_t from, double longer, double horizon, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double t = tg_setting_clock(s, horizon * (double)i / (double)(n - 1));
        const double at = fmin(t / longer, 1) * (double)(from - 1);
        const size_t k = (size_t)fmin(at, (double)from - 2);
        f[i] = f[k] + (at - (double)k) * (f[k + 1] - f[k]);
    }
}

/* Of the time by which queues are ahead. */
static const double UNSURE = 0.2;

/* Modes that move much during a job go their way while queues are not yet what they come to: of their
 * envelope, with loop gain k, so much. */
static double
unsure_of(double k)
{
    return 0.5 * k * k / (1 + k * k);
}

static void
doubt_modes(const tg_setting *s, const tg_modes *m, tg_prediction *p)
{
    for (size_t i = 0; i < p->points; i++) {
        const double t = tg_setting_clock(s, p->t[i]);
        double       off = 0;
        for (size_t j = 0; j < m->count; j++)
            off += unsure_of(p->mode[j].gain) * m->h[j] / 2 * m->start[j] * m->start[j] *
                   exp(-2 * fmax(p->mode[j].rate, 0) * t);
        p->low[i] = fmax(p->low[i] - off, 0);
        p->high[i] += off;
    }
}

/* From the time of workers at rest to that of those who begin with a job each. */
static void
set_clock(const tg_setting *s, double longer, const tg_predict_plan *plan, tg_prediction *p)
{
    double *const of[] = { p->loss, p->low, p->high };
    const double  late = UNSURE * s->queues.ahead[TG_ASSIGNED_TIMES - 1];

    for (size_t i = 0; i < 3 && plan->points; i++)
        retime(s, of[i], p->points, longer, plan->horizon, plan->points);
    for (size_t i = 0; i < plan->points; i++)
        p->t[i] = plan->horizon * (double)i / (double)(plan->points - 1);
    p->points = plan->points;
    for (size_t i = 0; i < p->points; i++) {
        const double off = p->loss[i] * -expm1(-2 * fmax(p->rate, 0) * fabs(late));
        p->low[i] = fmax(p->low[i] - off, 0);
        p->high[i] += off;
    }
    if (!isfinite(p->settle)) return;
    double t = p->settle;
    for (int i = 0; i < 60; i++) t = fmax(p->settle - (tg_setting_clock(s, t) - t), 0);
    p->settle = t <= plan->horizon ? t : INFINITY;
    if (!isfinite(p->settle)) p->settle_error = NAN;
}

static tg_status
predict_by_kind(const tg_setting *s, const tg_modes *modes, double step,
                const tg_predict_plan *plan, tg_prediction **out)
{
    const tg_trigger trigger = { s->computing, s->uplink, s->delta };
    const tg_decree  decree = { (size_t)s->workers, s->late, s->most, s->momentum };

    const tg_decree_rounds rounds = { s->cluster->law[0], s->begin, s->begin_spread };

    if (s->late) return tg_predict_decree(modes, &decree, &rounds, step, plan, out);
    if (s->delta > 0) return tg_predict_trigger(modes, &trigger, step, plan, out);
    return tg_predict_rule(modes, s->cluster, s->rule, s->number, step, plan, out);
}

tg_status
tg_setting_predict_modes(const tg_setting *s, const tg_modes *modes, double step,
                         const tg_predict_plan *plan, tg_prediction **out)
{
    enum { FINER = 4 };
    tg_predict_plan longer = *plan;
    tg_prediction  *p = NULL;

    if (s->assigned) {
        longer.horizon += s->queues.ahead[TG_ASSIGNED_TIMES - 1];
        longer.points = plan->points ? FINER * (plan->points - 1) + 1 : 0;
        longer.single = false;
    }
    TG_TRY(predict_by_kind(s, modes, step, &longer, &p));
    if (s->assigned) {
        set_clock(s, longer.horizon, plan, p);
        doubt_modes(s, modes, p);
    }
    tg_setting_tell(s, modes, p);
    if (s->assigned && p->points && isfinite(p->settle))
        p->settle_error = fmax(p->settle_error, tg_predict_settle_error(p, plan->target));
    *out = p;
    return TG_OK;
}

tg_status
tg_setting_predict(const tg_setting *s, const tg_modes *modes, double step,
                   const tg_predict_plan *plan, tg_prediction **out)
{
    tg_modes m;

    TG_TRY(tg_setting_modes(s, modes, &m));
    const tg_status status = tg_setting_predict_modes(s, &m, step, plan, out);
    tg_modes_free(&m);
    return status;
}
