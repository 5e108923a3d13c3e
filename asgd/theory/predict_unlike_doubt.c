/* predict_unlike_doubt: what the modes of groups that differ in speed may be off by (predict_unlike.c) */
#include "asgd/theory/predict_unlike.h"

#include <math.h>
#include <string.h>

double
tg_unlike_share(const tg_finite *f, size_t j)
{
    return tg_finite_step(f, j) * f->total / f->limit;
}

/* What half the limit's error makes of V, which is nearly 1/(1 - (k/limit)^4) (predict_match.c). */
double
tg_unlike_near_limit(const tg_finite *f, size_t j)
{
    const double own = pow(tg_unlike_share(f, j), 4);
    const double late = own / pow(1 - fmin(f->limit_error / f->limit / 2, 0.5), 4);

    return fmin((1 - own) / (1 - fmin(late, 0.999)) - 1, 1);
}

/* What is left of the longest jobs under way has a mean of m (1 + CV^2) / 2: no mean settles sooner than
 * these end, which over a horizon need not be seen. */
void
tg_unlike_doubt_rate(const tg_finite *f, tg_finite_mode *mode)
{
    double slowest = INFINITY;

    for (size_t g = 0; g < f->groups; g++) {
        const double cv = tg_delay_cv(f->group[g].law);
        if (cv > 1) slowest = fmin(slowest, 2 * f->rate[g] / (1 + cv * cv));
    }
    if (!(mode->rate > slowest)) return;
    if (mode->effective)
        mode->rate_error = fmax(mode->rate_error, mode->rate - slowest);
    else
        mode->rate = mode->rate_error = slowest;
}

/* From what first order states, what the twin moved, what the limit's error makes of it and long jobs of few
 * workers; fitted (theory 3.8). */
void
tg_unlike_state_variance(const tg_finite *f, size_t j, double moved, tg_finite_mode *mode)
{
    const double near = tg_unlike_near_limit(f, j),
                 jobs = tg_unlike_excess(f) * tg_unlike_share(f, j) / f->total;

    mode->error = f->c->plain
                      ? 0.6 * (mode->error + near) + 0.8 * jobs + 0.002
                      : 0.5 * (mode->error + jobs) + 0.4 * near + 0.3 * moved + 0.003;
}

/* Whether courses are made as those were that the errors below are fitted to. */
static bool
is_usual(const tg_finite *f)
{
    for (size_t g = 0; g < f->groups; g++)
        if (!isfinite(tg_delay_variance(f->group[g].law))) return false;
    return !f->c->cluster->together;
}

/* What is stated in place of what first order states: of what spreads as much as of V; a share of all, more where
 * there are few or long jobs, fitted (theory 3.8); and what the error of the rate does. */
tg_status
tg_unlike_state_course(const tg_finite *f, size_t j, tg_finite_mode *mode)
{
    tg_mode_course *c = &mode->course;
    const double    jobs = tg_unlike_excess(f) / f->total,
                 speeds = tg_unlike_speeds(f) / f->total;
    const double crowd = fmin(60 / f->total, 1); /* as many were held against */
    const double share = f->c->plain ? 0.01 * crowd + 0.3 * jobs
                                     : 0.022 * crowd + 1.4 * jobs + 0.25 * speeds;
    const double drift = f->c->plain ? 0.4 : 1;
    const double bias = 2 * fabs(mode->bias) * mode->bias_error;

    if (c->n == 0 || !is_usual(f)) return TG_OK;
    memset(c->off, 0, c->n * sizeof *c->off);
    TG_TRY(tg_finite_drift(f, j, mode, c->off));
    for (size_t i = 0; i < c->n; i++) {
        const double spread = fmax(c->second[i] - c->mean[i] * c->mean[i], 0);
        c->off[i] = drift * c->off[i] + mode->error * spread + share * c->second[i] + bias;
    }
    c->end_off = mode->error * mode->variance + share * c->end + bias;
    return TG_OK;
}

/* Who delivers the first job at t, by more than the twin's are that long, holds the start until then:
 * it moves x by e of that, of which a relaxation is seen at a time; or it has kept a slot of P all the while. */
void
tg_unlike_doubt_course(const tg_finite *f, const tg_unlike_twin *w, size_t j,
                       tg_mode_course *c)
{
    const double start = f->m->start[j] * f->m->start[j], n = f->total;
    const double kick = 2 * tg_finite_step(f, j) / f->c->lambda, slot = 0.5 / (n * n);
    double       last = 0;

    for (size_t g = 0; g < f->groups; g++) {
        const tg_delay *law = f->group[g].law, *twin = tg_unlike_law(f, w, g);
        const double    rate = f->rate[g];
        double          under_way = 1, there = 1;
        if (isnan(f->apart) && !(tg_delay_cv(law) > 1)) continue;
        for (size_t i = 0; i < c->n; i++) {
            const double t = c->dt * (double)i, middle = t + c->dt / 2;
            const double more =
                f->c->plain ? kick * rate * (tg_delay_cdf(twin, t) - tg_delay_cdf(law, t))
                            : slot * (under_way - there);
            last = f->workers[g] * start * fmax(more, 0);
            c->off[i] += last;
            under_way -= (1 - tg_delay_cdf(law, middle)) * c->dt * rate;
            there -= (1 - tg_delay_cdf(twin, middle)) * c->dt * rate;
        }
        c->end_off += last;
    }
}
