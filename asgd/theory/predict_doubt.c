/* predict_doubt: what the course of a mode at level renewal may be off by */
#include "asgd/theory/predict_finite.h"

#include <math.h>
#include <stdlib.h>

/* Near the limit the spread over runs dies more slowly than the first order says: what is stated of it is
 * a fit (theory 3.8), none below .8 of the limit. */
static double
near_limit(const tg_finite *f, size_t j)
{
    const double k = tg_finite_step(f, j) * f->total, left = f->limit - k;
    const double near = fmin(fmax(k / f->limit - 0.8, 0) / 0.1, 1);

    return left > 0 ? fmin(2 * near * k / (f->total * left), 1) : near;
}

/* Laws without variance have no such order: u comes to 1/m so slowly that int du does not exist, and
 * what is left of a job under way has no mean. */
static double
no_variance(const tg_finite *f)
{
    for (size_t g = 0; g < f->groups; g++)
        if (!isfinite(tg_delay_variance(f->group[g].law))) return 1;
    return 0;
}

/* E (1 - CV)_+^2 over what is delivered. */
static double
regularity(const tg_finite *f)
{
    double sum = 0;

    for (size_t g = 0; g < f->groups; g++) {
        const double regular = fmax(1 - tg_delay_cv(f->group[g].law), 0);
        sum += f->workers[g] * f->rate[g] / f->c->lambda * regular * regular;
    }
    return sum;
}

/* What the error of the rate moves at each time: the largest |mean - bias| over half a turn of the slowest
 * root, and at least a mean job, before it, but no more than the start has kept at that rate, which it
 * is where no root says so. first (n) lists where that maximum may stand. */
static void
lay_envelope(const tg_finite *f, size_t j, const tg_finite_mode *mode, double rate,
             size_t *first, double *envelope)
{
    const double turn = fabs(cimag(mode->root)), PI = 3.14159265358979323846;
    const double window = fmax(turn > 0 ? PI / turn : 0, f->mean);
    const double start = fabs(f->m->start[j] - mode->bias);
    size_t       begin = 0, end = 0;

    const tg_mode_course *c = &mode->course;
    for (size_t i = 0; i < c->n; i++) {
        const double y = fabs(c->mean[i] - mode->bias);
        while (end > begin && fabs(c->mean[first[end - 1]] - mode->bias) <= y) end--;
        first[end++] = i;
        while (c->dt * (double)(i - first[begin]) > window) begin++;
        const double seen = fabs(c->mean[first[begin]] - mode->bias);
        const double kept = rate >= 0 ? start * exp(-rate * c->dt * (double)i) : INFINITY;
        envelope[i] = mode->effective && isfinite(kept) ? kept : fmin(seen, kept);
    }
}

/* Where the rate is one over the horizon, that over all that is known, as what is left late is kept for longer. */
static double
rate_of(const tg_finite_mode *mode)
{
    const tg_mode_course *c = &mode->course;

    return mode->effective ? tg_mode_course_rate(c, mode->bias, c->dt * (double)c->n)
                           : mode->rate;
}

static tg_status
add_drift(const tg_finite *f, size_t j, const tg_finite_mode *mode, double rate,
          double *off)
{
    const tg_mode_course *c = &mode->course;
    const double          drift = isnan(rate)       ? 0
                                  : mode->effective ? TG_FINITE_EFFECTIVE * fabs(rate)
                                                    : mode->rate_error;
    double               *envelope = malloc(c->n * sizeof *envelope);
    size_t               *first = malloc(c->n * sizeof *first);
    const bool            done = envelope && first;

    if (done) lay_envelope(f, j, mode, rate, first, envelope);
    for (size_t i = 0; done && i < c->n; i++) {
        const double t = c->dt * (double)i, y = c->mean[i] - mode->bias;
        off[i] += 2 * fmax(fabs(y), 0.1 * envelope[i]) * envelope[i] * drift * t;
    }
    free(envelope);
    free(first);
    return done ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

tg_status
tg_finite_drift(const tg_finite *f, size_t j, const tg_finite_mode *mode, double *off)
{
    return add_drift(f, j, mode, rate_of(mode), off);
}

/* What the next order does to the way of the mean, on the scale of its envelope; regular
 * workers that begin together stay bunched for long, which a mode knows that moves much in a job;
 * marks and noise carry their own error; rounding. Errors: TG_ENOMEM. */
tg_status
tg_finite_doubt(const tg_finite *f, size_t j, tg_finite_mode *mode)
{
    tg_mode_course *c = &mode->course;
    const double    x0 = f->m->start[j] - mode->bias;
    const double    rate = rate_of(mode);
    const double    size =
        f->c->plain ? 2e-3 : 6e-3; /* when DuDe-ASGD begins is known so well */
    const double near = near_limit(f, j) + no_variance(f);
    const double moved = fmin(4 * tg_finite_step(f, j) * f->total, 1); /* measured */
    const double bunched = f->c->cluster->together ? moved * regularity(f) / 2 : 0;

    TG_TRY(add_drift(f, j, mode, rate, c->off));
    for (size_t i = 0; i < c->n; i++) {
        const double t = c->dt * (double)i;
        const double noise =
            fmin(fmax(c->second[i] - c->mean[i] * c->mean[i], 0), mode->variance);
        const double grown = isfinite(mode->variance)
                                 ? mode->variance * fmin(rate > 0 ? 2 * rate * t : 1, 1)
                                 : 0;
        c->off[i] += noise * mode->error + fmax(grown, noise) * mode->missed +
                     (size + bunched + near) * c->second[i] + 1e-12 * x0 * x0 +
                     2 * fabs(mode->bias) * mode->bias_error;
    }
    return TG_OK;
}
