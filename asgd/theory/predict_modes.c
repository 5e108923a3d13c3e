/* predict_modes: one mode at level renewal, and of one worker; each a call into solver/ */
#include "asgd/theory/finite_rate.h"
#include "asgd/theory/predict_finite.h"

#include "solver/lattice.h"

#include <math.h>
#include <string.h>

double
tg_finite_step(const tg_finite *f, size_t j)
{
    return f->c->step * f->m->h[j]; /* e */
}

/* Times of a mean job in a step: fine enough for the response, which moves like a = k/m. */
static double
between(double low, double x, double high)
{
    return fmin(fmax(x, low), high);
}

tg_finite_grid
tg_finite_grid_of(const tg_finite *f, double k, double re)
{
    const double   horizon = f->plan->points ? f->plan->horizon : INFINITY;
    const double   settled = re < 0 ? 20 / -re : re > 0 ? 3 / re : 600 * f->mean;
    const double   quick = f->plan->quick ? 2 : 1;
    tg_finite_grid g = { 0 };

    if (f->way == TG_WAY_SINGLE) { /* exact, so the law is to be seen */
        g.span = fmin(fmax(30 / k * f->mean, 40 * f->mean), fmax(2 * horizon, 8 * f->mean));
        g.dt = fmax(f->mean / (100 / quick), g.span / (60000 / quick));
        return g;
    }
    if (k < TG_FINITE_SLOW) {
        g.slow = true;
        g.dt = 0.02 / k * f->mean;
        g.span = fmax(settled, 20 * f->mean / k);
        return g;
    }
    g.span = between(16 * f->mean, settled / quick, (quick > 1 ? 300 : 1000) * f->mean);
    if (re > 0) g.span = fmin(g.span, settled);
    g.dt = fmax(between(1. / 40, 0.0125 / k, 1. / 8) * quick * f->mean, g.span / 20000);
    g.coarse_dt = between(1. / 12, 0.04 / k, 1. / 4) * sqrt(quick) * f->mean;
    if (f->c->plain && f->c->cluster->together && tg_delay_cv(f->c->delay) > 1)
        g.coarse_dt /= 2;
    g.coarse_span =
        fmin(fmin(g.span, (re < 0 ? 14 / -re : 0) + 10 * f->mean), 400 * g.coarse_dt);
    if (f->plan->points)
        g.coarse_span = fmin(g.coarse_span, fmax(horizon + 8 * g.coarse_dt, 4 * f->mean));
    return g;
}

/* ---- renewal ------------------------------------------------------------------------- */

/* V/e is smooth in the gain, and the grids of slow modes see no law: from the two gains that
 * were asked of a finer one. */
static tg_status
slow_variance(const tg_finite *f, double k, tg_renewal_variance *v)
{
    const double *at = f->slow, more = (k - TG_FINITE_SLOW) / TG_FINITE_SLOW;
    const double  e = k / f->total;

    *v = (tg_renewal_variance){ .value = e * (at[0] + more * (at[1] - at[0])),
                                .field = e * at[2],
                                .gain = 0,
                                .error = at[3] };
    return TG_OK;
}

tg_status
tg_finite_slow(const tg_finite *f, const tg_renewal *laws, double out[4])
{
    const tg_renewal_rule rule = f->c->plain ? TG_RENEWAL_ASGD : TG_RENEWAL_DUDE;
    tg_renewal_variance   v[2];

    for (int i = 0; i < 2; i++) {
        const double e = (i + 1) * TG_FINITE_SLOW / f->total;
        TG_TRY(tg_renewal_stationary(laws, rule, e, &v[i]));
        out[i] = v[i].value / e;
    }
    out[2] = v[0].field * f->total / TG_FINITE_SLOW;
    out[3] = v[0].error + 1e-3;
    return TG_OK;
}

/* Per unit of noise v; the marks of workers that pull elsewhere; both about the mean. */
static tg_status
settle(const tg_finite *f, size_t j, const tg_renewal *w, const tg_renewal_variance *v,
       tg_finite_mode *out)
{
    const double  e = tg_finite_step(f, j), h = f->m->h[j];
    const double *minimum = f->minimum ? f->minimum + j * f->groups : NULL;
    double        square[64], marks = 0, off = 0, field = 0, noise = 0;
    const size_t  groups = f->groups < 64 ? f->groups : 64;

    if (f->m->sigma2[j] > 0) noise = f->m->sigma2[j] / (h * h) * v->value;
    if (minimum && f->c->biased) {
        TG_TRY(tg_renewal_bias(w, e, minimum, &out->bias));
        out->bias_error = 0.3 * fabs(out->bias - f->m->shift[j]) + 1e-3 * fabs(out->bias);
        for (size_t g = 0; g < groups; g++) {
            const double mark = minimum[g] - out->bias;
            square[g] = mark * mark + f->within[j * f->groups + g];
            field += square[g];
        }
        if (field > 0) TG_TRY(tg_renewal_marks(w, e, v, square, &marks, &off));
    }
    out->variance = noise + marks;
    out->error =
        noise + marks > 0
            ? (noise * (v->error + v->grid) + marks * (2 * v->error + off + 0.02)) /
                  (noise + marks)
            : 0;
    return TG_OK;
}

/* Share of the square of what the first order moves a root, which the second may: of regular laws
 * exact rates on the lattice, P = 2 to 4, differ by a thirtieth at most. */
static double
next_order(const tg_finite *f)
{
    return f->c->plain && f->groups == 1 && tg_delay_cv(f->c->delay) < 1 ? 0.2 : 1;
}

static void
set_root(const tg_finite *f, double complex field, double complex root, tg_finite_mode *out)
{
    const double moved = cabs(root - field);

    out->effective = false;
    out->root = root;
    out->rate = -creal(root);
    out->rate_error = next_order(f) * moved * moved / fmax(cabs(root), 1e-300) +
                      (f->c->plain ? 1e-3 : 3e-3) * fabs(out->rate);
    if (f->c->plain && tg_delay_cv(f->c->delay) > 1)
        out->rate_error += 0.2 * fabs(out->rate) / (f->total * f->total);
    if (moved == 0) out->rate_error += 2 / f->total * fabs(out->rate);
}

/* The renewal grid knows of what settles only: that of a mean that grows is followed from the mean field's, or is
 * taken to be it. */
static tg_status
find_growth(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    double complex field, root;

    TG_TRY(tg_finite_rate_roots(f->c, tg_finite_step(f, j) * f->c->lambda, f->total, &field,
                                &root));
    const bool known = !isnan(creal(root));
    if (!known && isnan(creal(field))) return TG_OK;
    set_root(f, field, known ? root : field, out);
    if (!known) out->rate_error = 2 / f->total * cabs(field);
    return TG_OK;
}

/* A law with a heavy tail has no root that is a rate, if the mean settles. */
static tg_status
find_rate(const tg_renewal *w, const tg_finite *f, size_t j, tg_finite_mode *out)
{
    const tg_renewal_rule rule = f->c->plain ? TG_RENEWAL_ASGD : TG_RENEWAL_DUDE;
    double complex        field, root;
    tg_status             status = TG_ENOCONV;

    out->rate = NAN;
    out->effective = true;
    if (tg_delay_abscissa(f->c->delay) < 0)
        status = tg_renewal_root(w, rule, tg_finite_step(f, j), &field, &root);
    if (status == TG_ENOCONV || (status == TG_OK && !(creal(root) < 0)))
        return find_growth(f, j, out);
    TG_TRY(status);
    set_root(f, field, root, out);
    return TG_OK;
}

/* Exact but for the grid, whose error is of second order in its step and at most this, and rounding; of a law that goes
 * on past its end the weights' mean is not known to more. */
static tg_status
follow_single(const tg_renewal *w, const tg_delay *law, const tg_renewal_mode *m,
              tg_mode_course *c)
{
    const double step = c->dt * tg_renewal_rate(w); /* of a job */

    const double late = tg_delay_cdf(law, c->dt * (double)(c->n - 1));
    const double rounding = (1 - late > 1e-12 ? 1e-6 : 1e-9) * m->start * m->start;

    TG_TRY(tg_renewal_single(w, m, c->mean, c->second));
    for (size_t i = 0; i < c->n; i++)
        c->off[i] = fmin(0.2 * step * step, 0.01) * c->second[i] + rounding;
    return TG_OK;
}

static tg_status
follow(const tg_finite *f, size_t j, const tg_renewal *fine, const tg_renewal *coarse,
       const tg_renewal_variance *v, tg_finite_mode *out)
{
    const double    h = f->m->h[j];
    tg_renewal_mode m = {
        .rule = f->c->plain ? TG_RENEWAL_ASGD : TG_RENEWAL_DUDE,
        .e = tg_finite_step(f, j),
        .noise = f->m->sigma2[j] / (h * h),
        .start = f->m->start[j],
        .minimum = f->minimum && f->c->biased ? f->minimum + j * f->groups : NULL,
        .within = f->within && f->c->biased ? f->within + j * f->groups : NULL,
        .together = f->c->cluster->together
    };

    TG_TRY(tg_mode_course_create(tg_renewal_step(fine), tg_renewal_points(fine),
                                 &out->course));
    tg_mode_course *c = &out->course;
    if (f->way == TG_WAY_SINGLE)
        TG_TRY(follow_single(fine, f->group[0].law, &m, c));
    else
        TG_TRY(tg_renewal_transient(fine, coarse, &m, v, c->mean, c->second, c->off));
    return TG_OK;
}

/* What comes around on the grid (THEORY 3.6) is seen where the spread, once the start is forgotten,
 * rises again beyond what it settles at, the stationary value: that is taken from there on, and the
 * difference is stated. */
static void
mend_end(const tg_finite *f, size_t j, const tg_finite_mode *mode, tg_mode_course *c)
{
    const double x0 = f->m->start[j] - mode->bias,
                 end = mode->variance + mode->bias * mode->bias;
    const double late = log(x0 * x0 / (0.01 * end)) / (2 * mode->rate);

    if (!mode->settles || !(end > 0) || !isfinite(end) || !(mode->rate > 0)) return;
    const size_t first = (size_t)fmin(fmax(late / c->dt, 0), (double)c->n);
    const double last = c->second[c->n - 1];
    double       lowest = INFINITY;
    for (size_t i = first; i < c->n; i++) lowest = fmin(lowest, c->second[i]);
    if (!(last > 1.5 * end + c->off[c->n - 1] && last > 2 * lowest)) return;
    for (size_t i = first; i < c->n; i++) {
        c->off[i] = fmax(c->off[i], fabs(c->second[i] - end));
        c->second[i] = end;
    }
}

void
tg_finite_end_course(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    tg_mode_course *c = &out->course;

    if (c->n == 0) return;
    mend_end(f, j, out, c);
    const bool whole = c->dt * (double)(c->n - 1) >= f->plan->horizon * (1 - 1e-9);
    c->end = out->settles ? out->variance + out->bias * out->bias : INFINITY;
    c->end_off = out->settles ? out->error * out->variance + 2e-3 * c->end +
                                    2 * fabs(out->bias) * out->bias_error
                              : INFINITY;
    if (c->end == 0)
        c->end_off = c->second[c->n - 1]; /* without noise more is left than 0 */
    if (!whole) return;
    c->end = c->second[c->n - 1];
    c->end_off = c->off[c->n - 1];
}

/* In place of the first order, where all configurations are at hand; the relative difference
 * and what was stated of it into *missed. */
static tg_status
exact_variance(const tg_finite *f, double e, tg_renewal_variance *v, double *missed)
{
    const double         first = v->value, stated = v->error;
    const tg_linear_rule rule = tg_finite_rule(f, e, 1);
    const tg_lattice     l = {
            .law = f->law, .workers = f->c->cluster->workers, .sigma = 1, .rule = &rule
    };
    const tg_status status = tg_lattice_variance(&l, &v->value, NULL);

    if (status == TG_EDOMAIN) v->value = INFINITY;
    if (status == TG_OK) {
        v->error = v->grid = 0;
        *missed = fmin(fabs(first / v->value - 1), 1) + stated;
    }
    return status == TG_EDOMAIN ? TG_OK : status;
}

tg_status
tg_finite_renewal(const tg_finite *f, size_t j, double k, const tg_renewal *fine,
                  const tg_renewal *rough, const tg_renewal *coarse, tg_finite_mode *out)
{
    const tg_renewal_rule rule = f->c->plain ? TG_RENEWAL_ASGD : TG_RENEWAL_DUDE;
    const double          e = tg_finite_step(f, j);
    tg_renewal_variance   v = { .value = INFINITY, .gain = 1 };

    *out = (tg_finite_mode){ .variance = INFINITY, .root = NAN, .rate = NAN };
    out->settles = f->way == TG_WAY_SINGLE ? e < 2 : k < f->limit;
    if (f->way == TG_WAY_SINGLE) {
        if (!out->settles) return TG_OK;
        v = (tg_renewal_variance){ .value = e / (2 - e) };
        out->variance = v.value * f->m->sigma2[j] / (f->m->h[j] * f->m->h[j]);
    } else {
        const tg_status status = k < TG_FINITE_SLOW ? slow_variance(f, k, &v)
                                 : rough ? tg_renewal_checked(fine, rough, rule, e, &v)
                                         : tg_renewal_stationary(fine, rule, e, &v);
        if (status == TG_OK && f->phases) TG_TRY(exact_variance(f, e, &v, &out->missed));
        if (status == TG_OK && f->matched)
            TG_TRY(tg_match_variance(f, k, &v, &out->missed));
        if (status == TG_EDIVERGED) out->settles = false;
        if (status != TG_OK) return status == TG_EDIVERGED ? TG_OK : status;
        if (out->settles) TG_TRY(settle(f, j, fine, &v, out));
        TG_TRY(find_rate(fine, f, j, out));
    }
    out->unstable = out->settles ? 0 : 1;
    if (f->plan->points) {
        const tg_status status = follow(f, j, fine, coarse, &v, out);
        if (status == TG_EDIVERGED) tg_mode_course_free(&out->course);
        if (status != TG_OK) return status == TG_EDIVERGED ? TG_OK : status;
    }
    if (f->way == TG_WAY_SINGLE) out->rate = tg_single_rate(f->group[0].law, e);
    if (isnan(out->rate)) {
        out->rate = tg_mode_course_rate(&out->course, out->bias, f->plan->horizon);
        out->rate_error = TG_FINITE_EFFECTIVE * fabs(out->rate);
        out->effective = true;
    }
    if (isnan(cimag(out->root)) || isnan(creal(out->root))) out->root = -out->rate;
    if (f->way != TG_WAY_SINGLE && out->course.n > 0) TG_TRY(tg_finite_doubt(f, j, out));
    tg_finite_end_course(f, j, out);
    return TG_OK;
}
