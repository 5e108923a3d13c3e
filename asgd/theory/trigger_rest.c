/* trigger_rest: the round trips of what is sent, and what x comes to where little is */
#include "asgd/theory/trigger_parts.h"

#include "asgd/theory/beyond.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 40 };
static const double LEAST_SENT = 1e-3; /* of which a link is asked */
static const double NEVER = 1e-7;      /* of the pull of x that is left at the minimum */

bool
tg_trigger_is_linked(const tg_trigger *t)
{
    return t->uplink && tg_link_takes_time(t->uplink);
}

double
tg_trigger_steepest(const tg_modes *m)
{
    double h = 0;

    for (size_t j = 0; j < m->count; j++) h = fmax(h, m->h[j]);
    return h;
}

/* ---- round trips --------------------------------------------------------------------- */

double
tg_trigger_jump(const tg_trigger_job *b)
{
    double noise = 0;

    for (size_t j = 0; j < b->modes->count; j++) noise = fmax(noise, b->modes->sigma2[j]);
    return fmin(tg_trigger_steepest(b->modes) * b->step * b->trigger->delta /
                    sqrt(noise + 1e-300),
                1);
}

tg_status
tg_trigger_round_trips(tg_trigger_job *b, double share, tg_cluster **out, double *jobs)
{
    const tg_cluster *c = b->trigger->workers;
    tg_network        n = { 0 };

    if (!tg_trigger_is_linked(b->trigger)) {
        *jobs = tg_cluster_rate(c);
        return tg_cluster_create(c->groups, c->count, c->law, c->together, out);
    }
    TG_TRY(tg_network_thinned(c, b->trigger->uplink, fmax(share, LEAST_SENT), out, &n));
    *jobs = n.rate / fmax(share, LEAST_SENT);
    if (share == 1) b->network = n;
    return TG_OK;
}

/* ---- at rest ------------------------------------------------------------------------- */
/* Curvatures, noise and share sent of a Gaussian of variances v about 0. */
static void
linearise(const tg_trigger_job *b, const double *v, tg_trigger_rest *r)
{
    const size_t n = b->modes->count;
    double      *mu = r->work, *s2 = mu + n, *first = s2 + n, *second = first + n,
           *slope = second + n;

    for (size_t j = 0; j < n; j++) {
        mu[j] = 0;
        s2[j] = b->modes->sigma2[j] + b->modes->h[j] * b->modes->h[j] * v[j];
    }
    tg_beyond(n, mu, s2, b->trigger->delta, &r->share, first, second, slope);
    for (size_t j = 0; j < n; j++) {
        r->h[j] = b->modes->h[j] * slope[j];
        r->noise[j] = fmax(second[j] - r->h[j] * r->h[j] * v[j], 0);
    }
}

/* Plain ASGD of so many workers with those. */
static tg_status
predict_linear(const tg_trigger_job *b, const tg_trigger_rest *r, const tg_cluster *c,
               tg_prediction **out)
{
    enum { POINTS = 65 };
    const size_t    n = b->modes->count;
    tg_predict_plan plan = { .target = NAN,
                             .horizon = b->plan->horizon,
                             .points = r->timed ? POINTS : 0,
                             .quick = b->plan->quick };
    tg_modes        m;

    TG_TRY(tg_modes_alloc(n, 0, &m));
    m.least = INFINITY;
    for (size_t j = 0; j < n; j++) {
        m.h[j] = r->h[j];
        m.sigma2[j] = r->noise[j];
        m.start[j] = b->modes->start[j];
        m.start_loss += r->h[j] / 2 * m.start[j] * m.start[j];
        m.least = fmin(m.least, r->h[j]);
    }
    m.start_covered = m.start_loss;
    const tg_status status = tg_predict_rule(&m, c, "asgd", 0, b->step, &plan, out);
    tg_modes_free(&m);
    return status;
}

static void
take(const tg_prediction *p, double weight, tg_trigger_rest *r, double *v)
{
    r->rate += weight * p->rate;
    r->rate_error += weight * p->rate_error;
    for (size_t j = 0; j < p->modes; j++) {
        const double one = p->mode[j].variance;
        v[j] += weight * one;
        r->floor_error +=
            weight * r->h[j] / 2 * one * p->floor_error / fmax(p->floor, 1e-300);
        r->re[j] += weight * p->mode[j].re;
        r->im[j] += weight * p->mode[j].im;
    }
}

/* Variances v (modes) with the curvatures and noise there are. Jobs that are not sent are short of the way, so that of
 * those that are more are under way than there are workers: between two whole numbers of them. */
static tg_status
solve_linear(tg_trigger_job *b, tg_trigger_rest *r, double *v)
{
    const size_t n = b->modes->count;
    tg_cluster  *c = NULL;
    tg_delay    *law = NULL;
    double       jobs = 0;

    memset(v, 0, n * sizeof *v);
    memset(r->re, 0, 2 * n * sizeof *r->re);
    r->rate = r->rate_error = r->floor_error = 0;
    TG_TRY(tg_trigger_round_trips(b, r->share, &c, &jobs));
    tg_status status = tg_trigger_is_linked(b->trigger) ? tg_cluster_delay(c, &law) : TG_OK;
    const double   under = law ? fmax(jobs * tg_delay_mean(law), 1) : 1;
    tg_prediction *p = NULL;
    if (status == TG_OK && !law) {
        status = predict_linear(b, r, c, &p);
        if (status == TG_OK) take(p, 1, r, v);
        tg_prediction_free(p);
    }
    for (int up = 0; up < 2 && status == TG_OK && law; up++) {
        const size_t count = (size_t)floor(under) + (size_t)up;
        tg_cluster  *alike = NULL;
        p = NULL;
        status = tg_cluster_create(1, &count, &law, c->together, &alike);
        if (status == TG_OK) status = predict_linear(b, r, alike, &p);
        if (status == TG_OK)
            take(p, up ? under - floor(under) : 1 - under + floor(under), r, v);
        tg_prediction_free(p);
        tg_cluster_free(alike);
    }
    tg_delay_free(law);
    tg_cluster_free(c);
    return status;
}

/* The fixed point, from no variance on; half steps where whole ones swing. */
tg_status
tg_trigger_find_rest(tg_trigger_job *b, tg_trigger_rest *r)
{
    const size_t n = b->modes->count;
    double      *next = r->work + 5 * n, keep = 0, last = INFINITY, own = 0, all = 0;

    memset(r->v, 0, n * sizeof *r->v);
    linearise(b, r->v, r);
    for (size_t j = 0; j < n; j++) r->stops = r->stops || r->h[j] < NEVER * b->modes->h[j];
    for (int i = 0; i < ROUNDS && !r->stops; i++) {
        double moved = 0;
        linearise(b, r->v, r);
        TG_TRY(solve_linear(b, r, next));
        for (size_t j = 0; j < n; j++) {
            if (!isfinite(next[j])) return tg_fail(TG_ENOCONV, "no variance at rest");
            const double to = keep * r->v[j] + (1 - keep) * next[j];
            moved = fmax(moved, fabs(to - r->v[j]) / fmax(to, 1e-300));
            r->v[j] = to;
        }
        if (moved < 1e-4) break;
        if (moved > 0.7 * last) keep = 0.5;
        last = moved;
    }
    linearise(b, r->v, r);
    r->timed = !isfinite(r->rate) && b->plan->horizon > 0;
    if (r->timed) TG_TRY(solve_linear(b, r, next));
    r->floor = 0;
    for (size_t j = 0; j < n; j++) {
        r->floor += b->modes->h[j] / 2 * r->v[j];
        own += b->modes->h[j] * b->modes->h[j] * r->v[j];
        all += b->modes->sigma2[j] + b->modes->h[j] * b->modes->h[j] * r->v[j];
    }
    const double part = all > 0 ? 0.3 * sqrt(own / all) * tg_trigger_jump(b) : 0;
    r->floor_error += part * r->floor;
    r->rate_error += part * fabs(r->rate);
    return TG_OK;
}
