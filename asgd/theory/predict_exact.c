/* predict_exact: one mode where the process closes, each way a call into solver/ */
#include "asgd/theory/finite_rate.h"
#include "asgd/theory/predict_finite.h"

#include "roots/zroots.h"
#include "solver/cycle.h"
#include "solver/exponential.h"
#include "solver/lattice.h"

#include <math.h>
#include <stdlib.h>

static double
step_of(const tg_finite *f, size_t j)
{
    return f->c->step * f->m->h[j]; /* e */
}

tg_status
tg_finite_lay_course(const tg_finite *f, double k, double abscissa, tg_mode_course *out)
{
    const double horizon = f->plan->horizon;
    const double settled = abscissa < 0 ? 40 / -abscissa : horizon;
    const double span = fmin(horizon, fmax(settled, f->mean));
    const double dt = fmin(fmax(0.02 / k, 1. / 40) * f->mean, span / 8);
    const size_t n = (size_t)fmin(ceil(span / dt) + 1, 20000);

    return tg_mode_course_create(span / (double)(n - 1), n, out);
}

static tg_status
exponential(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    const double   h = f->m->h[j], eta = f->c->step;
    double         mark[64] = { 0 }, second, square, mean;
    tg_exponential e = { .rule = tg_finite_rule(f, eta, h),
                         .groups = f->groups,
                         .workers = f->workers,
                         .rate = f->rate,
                         .mark = mark,
                         .sigma = sqrt(f->m->sigma2[j]) };

    for (size_t g = 0; f->minimum && g < f->groups; g++)
        mark[g] = -h * f->minimum[j * f->groups + g];
    TG_TRY(tg_exponential_stationary(&e, &out->bias, &second, &square, &mean));
    if (!isfinite(out->bias)) out->bias = 0;
    out->settles = isfinite(second);
    out->variance = second - out->bias * out->bias;
    out->rate = -mean;
    if (!f->plan->points) return TG_OK;
    TG_TRY(tg_finite_lay_course(f, eta * h * f->total, square, &out->course));
    tg_mode_course *c = &out->course;
    return tg_exponential_transient(&e, f->m->start[j], c->dt * (double)(c->n - 1), c->n,
                                    c->mean, c->second);
}

/* The mean's root, near that of first order. Where it is not found from there the course tells the rate. */
static tg_status
lattice_root(const tg_finite *f, size_t j, const tg_lattice *l, tg_finite_mode *out)
{
    double complex field, root;

    TG_TRY(
        tg_finite_rate_roots(f->c, step_of(f, j) * f->c->lambda, f->total, &field, &root));
    if (isnan(creal(root))) root = field;
    if (isnan(creal(root))) return TG_OK;
    const tg_status status = tg_lattice_root(l, root, &root);
    if (status == TG_ENOCONV || status == TG_EDOMAIN) return TG_OK;
    TG_TRY(status);
    out->root = root;
    out->rate = -creal(root);
    return TG_OK;
}

/* To what the integrator of the moment equations is asked for: 1e-5. */
static tg_status
lattice(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    const tg_lattice l = { .law = f->law,
                           .workers = f->c->cluster->workers,
                           .eta = f->c->step,
                           .h = f->m->h[j],
                           .sigma = sqrt(f->m->sigma2[j]) };
    double           square = NAN;
    const tg_status  status = tg_lattice_variance(&l, &out->variance, &square);

    if (status == TG_ENOMEM || status == TG_ENOCONV) return status;
    out->settles = status == TG_OK && square < 0;
    if (!out->settles) out->variance = INFINITY;
    TG_TRY(lattice_root(f, j, &l, out));
    if (!f->plan->points) return TG_OK;
    TG_TRY(tg_finite_lay_course(f, l.eta * l.h * f->total, square, &out->course));
    tg_mode_course *c = &out->course;
    TG_TRY(tg_lattice_transient(&l, f->m->start[j], c->dt * (double)(c->n - 1), c->n,
                                c->mean, c->second));
    for (size_t i = 0; i < c->n; i++)
        c->off[i] =
            1e-5 * fabs(c->second[i]) + 3e-8 * l.h * f->m->start[j] * f->m->start[j];
    return TG_OK;
}

/* By updates the largest zero decides, P of them in the time of a job. */
static tg_status
cycle_rate(const tg_finite *f, double e, double *rate)
{
    const size_t   n = (size_t)f->total, slots = f->c->plain ? 1 : n;
    double        *share = calloc(n - 1 + slots, sizeof *share), radius = NAN;
    const tg_clock clock = { .step = e, .staleness = share, .count = n - 1 + slots };

    if (!share) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < slots; i++) share[n - 1 + i] = 1 / (double)slots;
    const tg_status status = tg_zroots_radius(&clock, &radius);
    free(share);
    if (status == TG_OK) *rate = -log(radius) * f->total / f->mean;
    return status == TG_ENOCONV ? TG_OK : status;
}

static tg_status
cycle(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    const double   h = f->m->h[j], e = step_of(f, j);
    const tg_cycle c = { .workers = (size_t)f->total,
                         .e = e,
                         .v = f->m->sigma2[j] / (h * h),
                         .start = f->m->start[j],
                         .time = f->mean,
                         .dude = !f->c->plain,
                         .together = f->c->cluster->together };

    out->settles = e < tg_cycle_limit(c.workers, c.dude);
    if (out->settles && c.v > 0) {
        const tg_status status = tg_cycle_variance(&c, &out->variance);
        if (status != TG_OK && status != TG_ENOCONV) return status;
        if (status == TG_ENOCONV) out->settles = false;
    } else if (out->settles)
        out->variance = 0;
    TG_TRY(cycle_rate(f, e, &out->rate));
    if (!f->plan->points) return TG_OK;
    /* turns in 32 parts, within which a moment is a polynomial, or whole, at whose ends it jumps */
    const double settled = out->rate > 0 ? 40 / out->rate : INFINITY;
    const double span = fmin(f->plan->horizon, fmax(settled, f->mean));
    const double parts = c.together ? 1 : 32, most = 20000 - 1;
    const double every = fmax(ceil(span / f->mean * parts / most), 1); /* of them a step */
    const double dt = f->mean / parts * every;
    TG_TRY(tg_mode_course_create(dt, (size_t)ceil(span / dt) + 4, &out->course));
    out->course.jumps = c.together;
    out->course.whole = true;
    tg_mode_course *k = &out->course;
    TG_TRY(tg_cycle_transient(&c, k->dt, k->n, k->mean, k->second));
    for (size_t i = 0; i < k->n; i++) k->off[i] = 1e-4 * k->second[i];
    return TG_OK;
}

tg_status
tg_finite_exact(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    *out = (tg_finite_mode){ .variance = INFINITY, .root = NAN, .rate = NAN };
    TG_TRY(f->way == TG_WAY_CYCLE     ? cycle(f, j, out)
           : f->way == TG_WAY_LATTICE ? lattice(f, j, out)
           : f->way == TG_WAY_GROUPS  ? tg_groups_mode(f, j, out)
                                      : exponential(f, j, out));
    if (isnan(out->rate))
        out->rate = tg_mode_course_rate(&out->course, out->bias, f->plan->horizon);
    if (isnan(creal(out->root))) out->root = -out->rate;
    out->unstable = out->settles ? 0 : 1;
    tg_finite_end_course(f, j, out);
    return TG_OK;
}
