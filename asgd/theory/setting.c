#include "asgd/theory/setting.h"

#include "solver/linear_rule.h"

#include <math.h>
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
tg_setting_rounds(tg_cluster *c, const tg_rounds *r, tg_setting *out)
{
    const size_t one = 1;
    const double K = (double)r->gradients, P = (double)c->workers;
    const double jobs = tg_rounds_jobs(c, r);
    tg_delay    *law = NULL;
    tg_cluster  *alone = NULL;
    double       mean = 0;

    tg_status status = tg_rounds_law(c, r, &mean, &law);
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
                         .rounds = true,
                         .fair = !r->again && K == P };
    return TG_OK;
}

/* Near the limit of stability a change of the round trips moves the rate by so much more. */
static double
near_limit(const tg_prediction *p)
{
    return 1 / fmax(1 - p->gain / p->threshold_square, 0.05);
}

void
tg_setting_tell(const tg_setting *s, tg_prediction *p)
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
    if (!s->rounds) return;
    p->lambda = s->updates;
    p->staleness = 0;
    p->workers_limit = INFINITY;
}

tg_status
tg_setting_modes(const tg_setting *s, const tg_modes *modes, tg_modes *out)
{
    const size_t n = modes->count,
                 own = modes->minimum && !s->fair ? (size_t)s->workers : 0;
    tg_modes m = { 0 };

    if (s->rounds && !s->fair && modes->minimum)
        return tg_fail(TG_EDOMAIN,
                       "theory does not know rounds of some of the workers with "
                       "minima of their own; they are simulated");
    TG_TRY(tg_modes_alloc(n, own, &m));
    m.least = modes->least;
    m.start_loss = modes->start_loss;
    m.start_covered = modes->start_covered;
    m.shift_loss = s->fair ? 0 : modes->shift_loss;
    m.left_noise = s->noise * modes->left_noise;
    m.left_spread = s->fair ? 0 : modes->left_spread;
    for (size_t j = 0; j < n; j++) {
        m.h[j] = modes->h[j];
        m.start[j] = modes->start[j];
        m.sigma2[j] = s->noise * modes->sigma2[j];
        m.shift[j] = s->fair ? 0 : modes->shift[j];
        m.spread[j] = s->fair ? 0 : modes->spread[j];
    }
    if (own) memcpy(m.minimum, modes->minimum, n * own * sizeof *m.minimum);
    *out = m;
    return TG_OK;
}

tg_status
tg_setting_predict(const tg_setting *s, const tg_modes *modes, double step,
                   const tg_predict_plan *plan, tg_prediction **out)
{
    tg_modes       m;
    tg_prediction *p = NULL;

    TG_TRY(tg_setting_modes(s, modes, &m));
    const tg_status status =
        tg_predict_rule(&m, s->cluster, s->rule, s->number, step, plan, &p);
    tg_modes_free(&m);
    if (status != TG_OK) return status;
    tg_setting_tell(s, p);
    *out = p;
    return TG_OK;
}

void
tg_setting_free(tg_setting *s)
{
    tg_cluster_free(s->cluster);
    *s = (tg_setting){ 0 };
}
