#include "asgd/theory/predict_finite.h"

#include <math.h>
#include <stdlib.h>

/* With groups in fixed proportions the gain is proportional to step and workers; the limit
 * comes to the mean field's like 1/P, or grows like its root where there is none. */
static void
fill_limits(const tg_finite *f, tg_prediction *p)
{
    const double e = p->gain / f->total, k = p->threshold;

    p->threshold_square = f->limit;
    p->threshold_error = f->limit_error;
    p->step_limit = f->c->step * f->limit / p->gain;
    if (isfinite(k) && f->limit + k > 0) {
        const double more = (f->limit - k) * f->total;
        p->workers_limit = (k + sqrt(fmax(k * k + 4 * e * more, 0))) / (2 * e);
    } else {
        p->workers_limit = f->limit / e * (f->limit / e) / f->total;
    }
}

/* At most how much further single runs settle than their mean square, over which random delays
 * multiply x (theory 3.9): three tenths; where enough workers make a field of a finite threshold,
 * of 1/P. One worker and constant times have no such gap. */
static double
single_runs(const tg_finite *f, double threshold)
{
    if (f->way == TG_WAY_SINGLE) return 0;
    const double few =
        fmax(2 / (double)f->c->cluster->workers, fabs(1 - f->limit / threshold));
    return 0.3 * fmin(2 * tg_delay_cv(f->c->delay), 1) * fmin(few / 0.3, 1) * f->limit;
}

static void
fill_outcome(const tg_finite_run *w)
{
    tg_prediction *p = w->p;
    const double   margin = p->gain - p->threshold_square;
    bool           all = true;

    for (size_t j = 0; j < w->f->m->count; j++) all = all && w->mode[j].settles;
    p->stable_square = all;
    p->stable = all || (w->f->way != TG_WAY_SINGLE && p->gain < p->threshold);
    p->outcome = all ? TG_CONVERGES : TG_DIVERGES;
    if (margin >= -p->threshold_error - 1e-9 * p->threshold_square &&
        margin <= p->threshold_error + 1e-9 * p->threshold_square +
                      single_runs(w->f, p->threshold))
        p->outcome = TG_UNDECIDED;
    if (all && p->gain * p->start_curvature > p->threshold_square - p->threshold_error)
        p->outcome = TG_UNDECIDED; /* it may not come to where the modes are */
}

/* Workers of constant times that begin together deliver together for good: within a bunch of n
 * the model moves by up to e (n - 1) / 2 of its way unseen, which the floor of workers spread
 * out does not know. */
static void
add_bunching(const tg_finite *f, tg_prediction *p)
{
    double bunch = 1;

    for (size_t g = 0; g < f->groups && f->way != TG_WAY_CYCLE; g++)
        if (f->c->cluster->together && tg_delay_cv(f->group[g].law) < 0.05)
            bunch = fmax(bunch, f->workers[g]);
    if (bunch == 1) return;
    const double share = p->gain / f->total * (bunch - 1) / 2;
    p->floor_error += share * (p->floor + p->bias_loss);
    for (size_t j = 0; j < p->modes; j++)
        p->mode[j].bias_error += share * fabs(p->mode[j].bias);
}

/* Rates, floor and bias of all modes together. */
static void
fill_sums(const tg_finite_run *w)
{
    const tg_modes *m = w->f->m;
    tg_prediction  *p = w->p;
    double          shift = 0, bias = 0;

    p->rate = INFINITY;
    p->floor = p->floor_error = 0;
    for (size_t j = 0; j < m->count; j++) {
        const tg_finite_mode *mode = &w->mode[j];
        tg_mode_prediction   *at = &p->mode[j];
        at->settles = mode->settles;
        at->variance = mode->variance;
        at->bias = mode->bias;
        at->bias_error = mode->bias_error;
        at->re = creal(mode->root);
        at->im = fabs(cimag(mode->root));
        at->exponential = !mode->effective;
        at->rate = mode->rate;
        at->effective = mode->effective;
        at->unstable = mode->unstable;
        p->unstable += at->unstable;
        if (at->rate < p->rate) {
            p->rate = at->rate;
            p->rate_error = isnan(mode->rate) ? NAN : mode->rate_error;
            p->effective = at->effective;
        }
        p->floor += m->h[j] / 2 * mode->variance;
        if (mode->variance > 0)
            p->floor_error += m->h[j] / 2 * mode->variance * mode->error;
        p->floor_error += m->h[j] * fabs(mode->bias) * mode->bias_error;
        shift += m->h[j] / 2 * m->shift[j] * m->shift[j];
        bias += m->h[j] / 2 * mode->bias * mode->bias;
    }
    const double left = tg_predict_left_floor(w->f->c, m);
    p->floor += left;
    p->floor_error = isfinite(p->floor) ? p->floor_error + left / 10 : INFINITY;
    p->bias_loss = w->f->c->biased ? fmax(m->shift_loss - shift, 0) + bias : 0;
    add_bunching(w->f, p);
}

static tg_status
find_modes(const tg_finite_run *w)
{
    const size_t count = w->f->m->count;
    double      *gain = malloc(count * sizeof *gain);

    if (!gain) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; j < count; j++) gain[j] = w->p->mode[j].gain;
    const tg_status status = tg_finite_between(w->f, w->p->threshold, gain, w->mode);
    free(gain);
    return status;
}

static tg_status
fill(const tg_finite_run *w)
{
    const tg_modes *m = w->f->m;
    const bool      quadratic =
        m->start_covered >= m->start_loss * (1 - 1e-9) && !(m->start_largest > 0);

    TG_TRY(tg_finite_limit(w->f, w->p->threshold));
    fill_limits(w->f, w->p);
    TG_TRY(find_modes(w));
    w->p->level =
        w->f->way == TG_WAY_RENEWAL || !quadratic ? TG_LEVEL_RENEWAL : TG_LEVEL_EXACT;
    fill_outcome(w);
    TG_TRY(tg_predict_certify(w));
    fill_sums(w);
    return w->p->points ? tg_predict_losses(w) : TG_OK;
}

tg_status
tg_predict_finite(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
                  tg_prediction *p)
{
    tg_finite     f;
    tg_finite_run w = { .f = &f, .p = p };

    TG_TRY(tg_finite_open(c, m, plan, &f));
    w.mode = calloc(m->count, sizeof *w.mode);
    const tg_status status = w.mode ? fill(&w) : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; w.mode && j < m->count; j++) {
        if (status == TG_OK && plan->courses)
            plan->courses[j] = w.mode[j].course;
        else
            tg_mode_course_free(&w.mode[j].course);
    }
    free(w.mode);
    tg_finite_close(&f);
    return status;
}
