#include "asgd/theory/trigger_parts.h"

#include "asgd/theory/predict_finite.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>

enum { BASE_POINTS = 1025, MANY = 12 /* modes: some ten seconds */ };

/* Everything that is known of one. */
typedef struct known {
    tg_trigger_path sent, narrow,
        plain; /* with the trigger; the same without width; without it */
    double         *off, *off_plain; /* (steps + 1) of grids */
    double         *loss, *error;    /* (steps + 1) the result */
    tg_prediction  *base;            /* plain ASGD, at BASE_POINTS */
    tg_trigger_rest rest;
} known;

/* What the closed moments miss of plain ASGD's course at the time s; of that, what noise brings at rest. */
static double
missed(const known *k, double s, double *at_rest)
{
    const tg_trigger_path *p = &k->plain;
    const double           end = p->c.loss[p->steps], last = p->t[p->steps];
    const double seen = tg_predict_between(k->base->t, k->base->loss, k->base->points, s);
    const double grown = -expm1(-2 * fmax(k->base->rate, 0) * s);

    *at_rest = 0;
    if (exp(-2 * k->base->rate * last) < 0.02 && isfinite(k->base->floor) && end > 0)
        *at_rest = (k->base->loss[k->base->points - 1] - end) * grown;
    return seen - tg_trigger_at(p, p->c.loss, s);
}

/* Of what noise brings at rest that grows as the gain does, and with what is there. */
static double
less_at_rest(const known *k)
{
    double steep = 0, h = 0;

    for (size_t j = 0; j < k->base->modes; j++)
        if (k->base->mode[j].h > h) h = k->base->mode[j].h, steep = k->rest.h[j] / h;
    return k->base->floor > 0 ? fmin(steep, 1) * k->rest.floor / k->base->floor : 0;
}

/* The error is that of the grids; what plain ASGD's prediction states; of what the moments miss of it, .4; and where
 * not everything is sent, what the width of x changes, by as much of the spread of gradients as is x's own, and the
 * jumps, of which a Gaussian knows nothing, as long as it is not at rest. The numbers are fitted to simulations
 * (theory 8). */
static void
assemble(const tg_trigger_job *b, known *k)
{
    static const double  ALL = 0.99, MOST = 0.97;
    const double         less = less_at_rest(k), jump = tg_trigger_jump(b);
    const tg_prediction *p = k->base;
    double               own = 0;

    for (size_t i = 0; i <= k->sent.steps; i++) {
        const tg_trigger_course *c = &k->sent.c;
        const double s = fmin(k->sent.clock[i], b->plan->horizon), loss = c->loss[i];
        double       at_rest;
        const double all = missed(k, s, &at_rest), more = all - at_rest + less * at_rest;
        const double high = tg_predict_between(p->t, p->high, p->points, s);
        const double seen = tg_predict_between(p->t, p->loss, p->points, s);
        const double coarse = loss - 4 * k->off[i];
        const double width = k->narrow.block ? fabs(k->narrow.c.loss[i] - coarse) : 0;
        if (c->share[i] < ALL) own = fmax(own, c->width[i]);
        k->loss[i] = fmax(loss + more, 0.5 * loss);
        const bool   part = c->share[i] < MOST;
        const double rest = part ? fmin(k->rest.floor / k->loss[i], 1) : 0;
        k->error[i] =
            fabs(k->off[i]) + 0.4 * (high - seen) * fmin(loss / fmax(seen, 1e-300), 3) +
            0.4 * fabs(more) + 1e-3 * loss + rest * k->rest.floor_error +
            (1 - rest) * (0.8 * own * width + (part ? 0.3 * own * jump : 0) * k->loss[i]);
        if (part && i > 0)
            k->error[i] += 0.5 * (1 - c->share[i]) * pow(b->network.busy, 4) * k->loss[i] +
                           0.2 * b->network.up * fabs(loss - c->loss[i - 1]) /
                               (k->sent.t[i] - k->sent.t[i - 1]);
        if (p->outcome == TG_DIVERGES && i > 0)
            k->error[i] = INFINITY; /* of that moments know little */
    }
}

/* ---- the prediction ------------------------------------------------------------------ */

static bool
is_regular(const tg_cluster *c)
{
    static const double LEAST = 0.15; /* CV */
    bool                regular = false;

    for (size_t g = 0; g < c->groups; g++)
        regular = regular || (c->count[g] && tg_delay_cv(c->law[g]) < LEAST);
    return regular;
}

static tg_status
check(const tg_trigger_job *b)
{
    const tg_modes *m = b->modes;
    double          noise = m->left_noise + m->left_spread, away = 0;

    for (size_t j = 0; j < m->count; j++) away += fabs(m->shift[j]) + m->spread[j];
    if (m->minimum && away > 0)
        return tg_fail(TG_EDOMAIN,
                       "theory does not know send_norm for workers with minima of their "
                       "own; they are simulated");
    if (noise > 0 || m->start_covered < m->start_loss * (1 - 1e-9))
        return tg_fail(TG_EDOMAIN, "send_norm goes by all coordinates, of which theory has "
                                   "a part; it is simulated");
    if (m->count > MANY)
        return tg_fail(TG_EDOMAIN,
                       "theory of send_norm takes too long for more than %d modes, here "
                       "%zu; they are simulated",
                       MANY, m->count);
    if (b->trigger->workers->together && is_regular(b->trigger->workers))
        return tg_fail(TG_EDOMAIN,
                       "workers that begin together and take turns deliver all at once, of "
                       "which theory of send_norm knows nothing; they are simulated");
    if (b->plan->level != TG_LEVEL_BEST)
        return tg_fail(TG_EDOMAIN, "send_norm is predicted at level best only");
    return TG_OK;
}

static tg_status
open_known(const tg_trigger_job *b, size_t steps, known *k)
{
    const size_t n = b->modes->count;
    double      *block = calloc(4 * (steps + 1) + 11 * n, sizeof *block);

    if (!block) return tg_fail(TG_ENOMEM, "out of memory");
    k->off = block;
    k->off_plain = k->off + steps + 1;
    k->loss = k->off_plain + steps + 1;
    k->error = k->loss + steps + 1;
    k->rest.v = k->error + steps + 1;
    k->rest.h = k->rest.v + n;
    k->rest.noise = k->rest.h + n;
    k->rest.re = k->rest.noise + n;
    k->rest.im = k->rest.re + n;
    k->rest.work = k->rest.im + n;
    return TG_OK;
}

static void
close_known(known *k)
{
    free(k->sent.block);
    free(k->narrow.block);
    free(k->plain.block);
    free(k->off);
    tg_prediction_free(k->base);
}

static tg_status
find_courses(tg_trigger_job *b, known *k)
{
    tg_trigger_laws l;
    size_t          steps = 0;

    tg_status status = tg_trigger_open_laws(b, &l);
    if (status == TG_OK) status = tg_trigger_choose_steps(b, &l, &steps);
    if (status == TG_OK) status = open_known(b, steps, k);
    if (status == TG_OK)
        status =
            tg_trigger_follow_finely(b, &l, steps, b->trigger->delta, &k->sent, k->off);
    if (status == TG_OK && !b->plan->quick)
        status = tg_trigger_follow_once(b, &l, steps, b->trigger->delta, true, &k->narrow);
    if (status == TG_OK)
        status = tg_trigger_follow_finely(b, &l, steps, 0, &k->plain, k->off_plain);
    tg_trigger_close_laws(&l);
    return status;
}

/* Where nothing is sent near the minimum, x stops where it is. */
static void
fill_rest(const known *k, tg_prediction *p)
{
    const tg_trigger_rest *r = &k->rest;

    if (p->level == TG_LEVEL_EXACT)
        p->level = TG_LEVEL_RENEWAL; /* as the moments are not */
    p->rate = r->rate;
    p->rate_error = r->rate_error;
    p->floor = r->floor;
    p->floor_error = r->floor_error;
    p->sent_rest = r->share;
    if (r->stops) { /* known once it has */
        const bool stands = k->sent.c.share[k->sent.steps] < 1e-3;
        p->floor = stands ? k->loss[k->sent.steps] : NAN;
        p->floor_error = stands ? k->error[k->sent.steps] : NAN;
    }
    for (size_t j = 0; j < p->modes; j++) {
        p->mode[j].variance = r->v[j];
        p->mode[j].re = r->re[j];
        p->mode[j].im = r->im[j];
        p->mode[j].rate = -r->re[j];
        if (r->stops) p->mode[j].variance = NAN;
    }
}

static void
fill_settling(const known *k, double target, tg_prediction *p)
{
    const tg_trigger_path *c = &k->sent;
    double                *edge = k->off_plain; /* not needed any more */

    p->settle = INFINITY;
    p->settle_error = NAN;
    if (!(target > 0)) return;
    p->settle = tg_settling_time(c->t, k->loss, c->steps + 1, target, NULL);
    if (!isfinite(p->settle)) return;
    p->settle_error = 0;
    for (int side = -1; side < 2; side += 2) {
        for (size_t i = 0; i <= c->steps; i++)
            edge[i] = fmax(k->loss[i] + side * k->error[i], 0);
        const double t = tg_settling_time(c->t, edge, c->steps + 1, target, NULL);
        p->settle_error = fmax(p->settle_error, isfinite(t) ? fabs(t - p->settle)
                                                            : c->t[c->steps] - p->settle);
    }
}

/* What is sent on the average up to the horizon, and how stale it is when it comes. */
static void
fill_sent(const known *k, tg_prediction *p)
{
    const tg_trigger_path *c = &k->sent;
    const double           lambda = p->lambda;
    double                 jobs = 0, share = 0, sent = 0, stale = 0;

    for (size_t i = 0; i <= c->steps; i++) {
        const double part = i == 0 || i == c->steps ? 0.5 : 1;
        jobs += part * c->c.rate[i];
        share += part * c->c.rate[i] * c->c.share[i];
        sent += part * c->c.flow[i];
        stale += part * c->c.flow[i] * c->c.flow[i];
    }
    p->sent_mean = share / jobs;
    p->lambda = sent / (double)c->steps;
    p->staleness = sent > 0 ? p->staleness * stale / sent / lambda : 0;
}

/* What is sent by each time, in place of a pace that is not needed any more. */
static void
count_uploads(const known *k)
{
    const tg_trigger_path *c = &k->sent;
    double                 sum = 0;

    for (size_t i = 0; i <= c->steps; i++) {
        if (i > 0) sum += (c->t[i] - c->t[i - 1]) * (c->c.flow[i] + c->c.flow[i - 1]) / 2;
        c->c.pace[i] = sum;
    }
}

static tg_status
fill_course(const known *k, const tg_predict_plan *plan, tg_prediction *p)
{
    const tg_trigger_path *c = &k->sent;

    p->sent = calloc(2 * plan->points, sizeof *p->sent);
    if (!p->sent) return tg_fail(TG_ENOMEM, "out of memory");
    p->uploads = p->sent + plan->points;
    p->points = plan->points;
    count_uploads(k);
    for (size_t i = 0; i < p->points; i++) {
        const double t = plan->horizon * (double)i / (double)(p->points - 1);
        const double error = tg_trigger_at(c, k->error, t);
        p->t[i] = t;
        p->loss[i] = tg_trigger_at(c, k->loss, t);
        p->low[i] = fmax(p->loss[i] - error, 0);
        p->high[i] = p->loss[i] + error;
        p->sent[i] = tg_trigger_at(c, c->c.share, t);
        p->uploads[i] = tg_trigger_at(c, c->c.pace, t);
    }
    fill_settling(k, plan->target, p);
    fill_sent(k, p);
    return TG_OK;
}

static tg_status
predict(tg_trigger_job *b, known *k)
{
    enum { LEAST = 2 };
    tg_predict_plan plan = *b->plan;
    tg_cluster     *c = NULL;
    double          jobs;

    if (plan.points >= LEAST)
        plan.points = plan.points > BASE_POINTS ? plan.points : BASE_POINTS;
    TG_TRY(tg_trigger_round_trips(b, 1, &c, &jobs));
    tg_status  status = tg_predict_rule(b->modes, c, "asgd", 0, b->step, &plan, &k->base);
    const bool plain =
        status == TG_OK && (b->trigger->delta == 0 || !k->base->stable_square);
    if (plain) {
        tg_prediction_free(k->base);
        k->base = NULL;
        status = tg_predict_rule(b->modes, c, "asgd", 0, b->step, b->plan, &k->base);
    }
    tg_cluster_free(c);
    if (plain || status != TG_OK) return status;
    TG_TRY(b->plan->points >= LEAST ? find_courses(b, k) : open_known(b, 1, k));
    TG_TRY(tg_trigger_find_rest(b, &k->rest));
    if (b->plan->points >= LEAST) assemble(b, k);
    fill_rest(k, k->base);
    return b->plan->points >= LEAST ? fill_course(k, b->plan, k->base) : TG_OK;
}

tg_status
tg_predict_trigger(const tg_modes *modes, const tg_trigger *trigger, double step,
                   const tg_predict_plan *plan, tg_prediction **out)
{
    tg_trigger_job b = { .modes = modes, .trigger = trigger, .plan = plan, .step = step };
    known          k = { 0 };

    TG_TRY(check(&b));
    const tg_status status = predict(&b, &k);
    if (status == TG_OK) {
        *out = k.base;
        k.base = NULL;
    }
    close_known(&k);
    return status;
}
