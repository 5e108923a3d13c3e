#include "asgd/theory/setting.h"

#include "asgd/theory/predict_decree.h"
#include "asgd/theory/predict_parts.h"
#include "asgd/theory/predict_trigger.h"
#include "asgd/theory/round_clock.h"
#include "solver/linear_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_setting_plain(tg_cluster *c, const char *rule, double number, tg_setting *out)
{
    const double rate = tg_cluster_rate(c);

    if (!tg_linear_find(rule)) {
        tg_cluster_free(c);
        return tg_fail(TG_EINPUT, "theory knows no rule \"%s\"", rule);
    }
    *out = (tg_setting){ .cluster = c,
                         .rule = rule,
                         .number = number,
                         .noise = 1,
                         .workers = (double)c->workers,
                         .updates = rate,
                         .gradients = rate,
                         .uploads = rate };
    return TG_OK;
}

tg_status
tg_setting_network(tg_cluster *c, const tg_link *up, const tg_link *down, const char *rule,
                   double number, tg_setting *out)
{
    tg_network      n = { 0 };
    tg_cluster     *round_trips = NULL;
    const tg_status status = tg_network_cluster(c, up, down, &round_trips, &n);

    tg_cluster_free(c);
    TG_TRY(status);
    TG_TRY(tg_setting_plain(round_trips, rule, number, out));
    out->busy = n.busy;
    out->doubt = n.doubt;
    return TG_OK;
}

tg_status
tg_setting_trigger(tg_cluster *c, const tg_link *up, double delta, tg_setting *out)
{
    const tg_link none = { 0 };
    tg_cluster   *copy = NULL;

    tg_status status = tg_cluster_create(c->groups, c->count, c->law, c->together, &copy);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    status = tg_link_takes_time(up) ? tg_setting_network(copy, up, &none, "asgd", 0, out)
                                    : tg_setting_plain(copy, "asgd", 0, out);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    out->delta = delta;
    out->computing = c;
    out->uplink = up;
    return TG_OK;
}

/* Whether workers somewhere within a job are like new ones. */
static bool
forget(const tg_cluster *c)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] && strcmp(tg_delay_name(c->law[g]), "exponential")) return false;
    return true;
}

/* By how much the first of the rounds of K, of this mean, may be another: workers are within jobs, of which
 * there is E T^2 / (2 E T) left, of the K-th of P so much of that as of exponential ones; CV times that where long ones are rare. */
static double
another_first(const tg_cluster *c, double mean, double K)
{
    const double P = (double)c->workers;
    double       left = 0, order = 0;

    if (c->together || forget(c)) return 0;
    for (size_t g = 0; g < c->groups; g++) {
        const double cv = fmin(tg_delay_cv(c->law[g]), 100);
        const double of = tg_delay_mean(c->law[g]) * (1 + cv * cv) / 2 * fmax(cv, 1);
        if (c->count[g]) left = fmax(left, of);
    }
    for (double i = 0; i < fmin(K, P); i++) order += 1 / (P - i);
    return fmax(mean, left * order);
}

tg_status
tg_setting_rounds(tg_cluster *c, const tg_rounds *r, tg_setting *out)
{
    const size_t one = 1;
    const double K = (double)r->gradients, P = (double)c->workers;
    const double jobs = tg_rounds_jobs(c, r);
    tg_delay    *law = NULL;
    tg_cluster  *alone = NULL;
    double       mean = 0;

    tg_status    status = tg_rounds_law(c, r, &mean, &law);
    const double first = another_first(c, mean, K);
    if (status == TG_OK) status = tg_cluster_create(1, &one, &law, true, &alone);
    tg_delay_free(law);
    tg_cluster_free(c);
    TG_TRY(status);
    *out = (tg_setting){ .cluster = alone,
                         .rule = "asgd",
                         .noise = 1 / K,
                         .workers = P,
                         .updates = K / mean,
                         .gradients = jobs / mean,
                         .uploads = K / mean,
                         .first = first,
                         .rounds = true,
                         .fair = !r->again && K == P };
    return TG_OK;
}

/* Workers within their jobs make the first round another. */
static tg_status
find_first(const tg_cluster *c, double *mean, double *spread)
{
    *mean = *spread = NAN; /* as the others */
    return c->together ? TG_OK : tg_round_first(c, mean, spread);
}

tg_status
tg_setting_decreed(tg_cluster *c, const double *weight, size_t most,
                   tg_decree_momentum momentum, tg_setting *out)
{
    const tg_rounds all = { .gradients = c->workers };
    double          first, spread;
    tg_setting      s;

    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] && !isfinite(tg_delay_cv(c->law[g]))) {
            tg_cluster_free(c);
            return tg_fail(TG_EDOMAIN,
                           "rounds without variance have no count that theory knows");
        }
    tg_status status = find_first(c, &first, &spread);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    TG_TRY(tg_setting_rounds(c, &all, &s));
    s.noise = 1;
    s.rounds = s.fair = false;
    s.first = 0;
    s.begin = first;
    s.begin_spread = spread;
    s.most = most;
    s.momentum = momentum;
    s.late = malloc((most + 1) * sizeof *s.late);
    status = s.late ? tg_decree_lags(weight, most, 0, s.late)
                    : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        *out = s;
    else
        tg_setting_free(&s);
    return status;
}

tg_status
tg_setting_alone(tg_cluster *c, tg_setting *out)
{
    const size_t one = 1;
    const double P = (double)c->workers;
    tg_cluster  *alone = NULL;

    tg_status status =
        c->groups == 1 && tg_cluster_renews(c)
            ? tg_cluster_create(1, &one, c->law, c->together, &alone)
            : tg_fail(TG_EDOMAIN,
                      "theory does not know workers of several laws in turn; they "
                      "are simulated");
    tg_cluster_free(c);
    TG_TRY(status);
    TG_TRY(tg_setting_plain(alone, "asgd", 0, out));
    out->workers = P;
    out->rounds = true;
    return TG_OK;
}

tg_status
tg_setting_assigned(tg_cluster *c, bool shuffled, tg_setting *out)
{
    tg_assigned queues = { 0 };
    tg_cluster *jobs = NULL;

    if (c->workers == 1) return tg_setting_plain(c, "asgd", 0, out);
    const tg_status status = tg_assigned_cluster(c, shuffled, &jobs, &queues);
    tg_cluster_free(c);
    TG_TRY(status);
    TG_TRY(tg_setting_plain(jobs, "asgd", 0, out));
    out->doubt = queues.doubt;
    out->assigned = true;
    out->shuffled = shuffled;
    out->queues = queues;
    return TG_OK;
}

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

void
tg_setting_free(tg_setting *s)
{
    tg_cluster_free(s->cluster);
    tg_cluster_free(s->computing);
    free(s->late);
    *s = (tg_setting){ 0 };
}
