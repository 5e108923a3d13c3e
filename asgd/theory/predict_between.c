/* predict_between: of many modes, what is found at few gains, and between these
 *
 * Without minima of the workers' own a mode's E x^2 depends on its loop gain, its start and its noise alone. The points of
 * gain_points.h are solved, once from 1 without noise and once from 0 with it; between them what gain_shape.h leaves of
 * both are cubics, and what these differ by from parabolas is stated besides (derived here, theory 3.8).
 */
#include "asgd/theory/gain_points.h"
#include "asgd/theory/gain_shape.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

enum { LONGEST = 1500, SHORTEST = 8 /* points of a course */, LEVELS = 64 };
static const double LITTLE = 1e-18, /* noise that settles nothing */
    RESIDUE = 5e-4,                 /* of cubics in time, and where both are off alike */
    WORTHWHILE = 0.7;               /* solutions a mode */

typedef struct between {
    tg_finite      *f;
    const double   *gain;
    tg_finite_mode *out; /* (modes) */
    tg_gain_points  at;
    size_t          points;
    tg_modes        modes; /* (2 points): from 1; then with noise */
    tg_finite_mode *mode;  /* (2 points) */
    tg_gain_seen  **seen;  /* (LEVELS, points) at times 2^level apart, or NULL */
} between;

/* ---- what is solved ------------------------------------------------------------------ */

/* A rate over the horizon is over that which was asked for. */
static void
rate_within(tg_finite_mode *mode, double horizon)
{
    if (!mode->effective || mode->course.n == 0) return;
    const double before = mode->rate;
    mode->rate = tg_mode_course_rate(&mode->course, mode->bias, horizon);
    mode->rate_error *= before != 0 ? fabs(mode->rate / before) : 1;
}

static tg_status
solve_points(between *b, double threshold)
{
    const tg_modes *m = b->f->m;
    const size_t    n = b->points;
    double         *gain = malloc(2 * n * sizeof *gain);
    tg_finite       f = *b->f;
    tg_predict_plan plan = *f.plan;
    tg_status       status =
        gain ? tg_modes_alloc(2 * n, 0, &b->modes) : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; i < 2 * n && status == TG_OK; i++) {
        const double h = m->h[0] * b->at.k[i % n] / b->gain[0];
        gain[i] = b->at.k[i % n];
        b->modes.h[i] = h;
        b->modes.start[i] = i < n;
        b->modes.sigma2[i] = h * h * (i < n ? LITTLE : 1);
    }
    plan.horizon *= 1.13; /* a course's last point may be an eighth past its end */
    f.plan = &plan;
    f.m = &b->modes;
    f.minimum = f.within = NULL;
    if (status == TG_OK) status = tg_finite_modes(&f, threshold, gain, b->mode);
    for (size_t i = 0; i < 2 * n && status == TG_OK; i++)
        rate_within(&b->mode[i], b->f->plan->horizon);
    free(gain);
    return status;
}

/* Whether there is something to go by on both sides of the limit. */
static bool
is_known(const between *b)
{
    for (size_t i = 0; i < 2 * b->points; i++) {
        const bool settles = b->at.k[i % b->points] < b->f->limit;
        if (settles != b->mode[i].settles) return false;
        if (settles && !isfinite(b->mode[i].variance)) return false;
        if (b->f->plan->points && b->mode[i].course.n == 0) return false;
    }
    return true;
}

/* ---- between ------------------------------------------------------------------------- */

static tg_gain_scale
scale_of(const between *b)
{
    return (tg_gain_scale){ b->f->limit, b->f->mean };
}

/* The least time between points of courses, which that of each is a power of two of. */
static double
shortest(const between *b)
{
    return b->f->mean / 12;
}

/* What is faint says what it said before, and a spread that is rounding what that of the next gain says: both are all
 * but even in the gain, and slower modes between are far from faint. */
static void
mend(tg_gain_seen *s, const tg_gain_seen *before, const tg_gain_seen *next)
{
    if (s->faint && before) {
        s->at.mean = before->at.mean;
        s->at.start = before->at.start;
    } else if (!s->spread && next)
        s->at.start = next->at.start;
}

/* All that a point says at a level. */
static tg_status
look(const between *b, size_t level, size_t i)
{
    const double      dt = ldexp(shortest(b), (int)level);
    const tg_gain_run run = b->at.run[i];
    const bool        last = i + 1 == run.first + run.count;
    tg_gain_seen    **out = &b->seen[level * b->points + i];
    const size_t      n =
        (size_t)fmin(fmax(ceil(b->f->plan->horizon / dt) + 2, SHORTEST), LONGEST + 2);

    if (*out) return TG_OK;
    if (!last) TG_TRY(look(b, level, i + 1));
    if (!(*out = malloc(n * sizeof **out))) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t at = 0; at < n; at++) {
        tg_gain_seen *s = *out + at;
        *s = tg_gain_seen_at(scale_of(b), b->at.k[i], &b->mode[i], &b->mode[b->points + i],
                             dt * (double)at);
        mend(s, at > 0 ? s - 1 : NULL, last ? NULL : out[1] + at);
    }
    return TG_OK;
}

static tg_gain_moments
sum_of(tg_gain_seen *const *from, size_t at, const double *weight, size_t count)
{
    tg_gain_moments sum = { 0 };

    for (size_t i = 0; i < count; i++) {
        const tg_gain_moments *m = &from[i][at].at;
        sum.mean += weight[i] * m->mean;
        sum.start += weight[i] * m->start;
        sum.noise += weight[i] * m->noise;
    }
    return sum;
}

/* Of a unit of noise (sigma/h)^2. */
static double
variance_at(const between *b, const tg_gain_spot *s, const double *weight)
{
    double sum = 0;

    for (size_t i = 0; i < s->count; i++)
        sum +=
            weight[i] * b->at.k[s->first + i] / b->mode[b->points + s->first + i].variance;
    return s->k / sum;
}

/* As long as the longest of the points' courses. */
static double
span_of(const between *b, const tg_gain_spot *s)
{
    double span = 0;

    for (size_t i = s->first; i < s->first + s->count; i++) {
        const tg_mode_course *c = &b->mode[i].course,
                             *noisy = &b->mode[b->points + i].course;
        span = fmax(span,
                    fmax(c->dt * (double)(c->n - 1), noisy->dt * (double)(noisy->n - 1)));
    }
    return fmin(span, b->f->plan->horizon);
}

/* Steps fine enough for cubics. */
static size_t
level_of(const between *b, const tg_gain_spot *s)
{
    const double wanted = 0.05 / s->k * b->f->mean, span = span_of(b, s);
    size_t       level = 0;

    for (double dt = shortest(b);
         (2 * dt < wanted && 16 * dt < span) || span > LONGEST * dt; dt *= 2)
        level++;
    return level;
}

/* Cubics in time pass over the ends of the first jobs, where the mean begins to fall. */
static double
first_jobs(const between *b, double k, double dt, double t)
{
    return t < 3 * b->f->mean + 2 * dt ? 0.03 * fmin(k * dt / b->f->mean, 0.05) : 0;
}

static tg_status
follow(const between *b, const tg_gain_spot *s, size_t j, double variance,
       tg_finite_mode *out)
{
    const tg_modes      *m = b->f->m;
    const double         x0 = m->start[j], v = m->sigma2[j] / (m->h[j] * m->h[j]);
    const size_t         level = level_of(b, s);
    const double         dt = ldexp(shortest(b), (int)level);
    tg_gain_seen *const *from = b->seen + level * b->points + s->first;
    const tg_gain_scale  scale = scale_of(b);
    tg_mode_course      *c = &out->course;

    TG_TRY(tg_mode_course_create(
        dt, (size_t)fmax(ceil(span_of(b, s) / dt * (1 - 1e-12)) + 1, SHORTEST), c));
    c->whole = b->mode[s->first].course.whole;
    for (size_t i = 0; i < c->n; i++) {
        const double          t = c->dt * (double)i;
        const tg_gain_moments sum = tg_gain_moments_of(scale, s->k, t, variance,
                                                       sum_of(from, i, s->cubic, s->count));
        const tg_gain_moments less = tg_gain_moments_of(
            scale, s->k, t, variance, sum_of(from, i, s->parabola, s->count));
        double start = fabs(sum.start - less.start), noise = fabs(sum.noise - less.noise);
        for (size_t n = 0; n < s->count; n++) {
            start += s->line[n] * from[n][i].off_start;
            noise += s->line[n] * from[n][i].off_noise;
        }
        c->mean[i] = x0 * sum.mean;
        c->second[i] = x0 * x0 * sum.start + v * sum.noise;
        c->off[i] = x0 * x0 * start + v * noise +
                    (RESIDUE + first_jobs(b, s->k, dt, t)) * c->second[i];
    }
    c->mean[0] = x0;
    c->second[0] = x0 * x0;
    c->end = out->settles ? out->variance : INFINITY;
    c->end_off = out->settles ? (out->error + 2e-3) * out->variance : INFINITY;
    if (c->dt * (double)(c->n - 1) < b->f->plan->horizon * (1 - 1e-9)) return TG_OK;
    c->end = c->second[c->n - 1];
    c->end_off = c->off[c->n - 1];
    return TG_OK;
}

/* Real and complex roots meet in no cubic, and a rate over the horizon is none of k: between those a line, of which the
 * neighbours' difference is stated. */
static void
find_root(const between *b, const tg_gain_spot *s, tg_finite_mode *out)
{
    const tg_finite_mode *first = &b->mode[s->first];
    double complex        root = 0, line = 0;
    double                rate = 0, along = 0, least = INFINITY, most = -INFINITY;
    bool                  even = !first->effective;

    for (size_t i = 0; i < s->count; i++) {
        const tg_finite_mode *at = first + i;
        root += s->cubic[i] * at->root;
        line += s->line[i] * at->root;
        rate += s->cubic[i] * at->rate;
        along += s->line[i] * at->rate;
        even =
            even && !at->effective && (cimag(at->root) == 0) == (cimag(first->root) == 0);
        if (s->line[i] == 0) continue;
        out->rate_error += s->line[i] * at->rate_error;
        out->effective = out->effective || at->effective;
        least = fmin(least, at->rate);
        most = fmax(most, at->rate);
    }
    out->root = even ? root : line;
    out->rate = even ? rate : along;
    out->rate_error += even ? fabs(rate - along) / 8 : most - least;
}

static tg_status
find_mode(size_t j, size_t thread, void *context)
{
    const between     *b = context;
    const tg_modes    *m = b->f->m;
    tg_finite_mode    *out = &b->out[j];
    const tg_gain_spot s = tg_gain_points_spot(&b->at, b->gain[j]);
    const double       v = m->sigma2[j] / (m->h[j] * m->h[j]);
    double             unit = INFINITY;

    (void)thread;
    *out = (tg_finite_mode){ .variance = INFINITY, .root = NAN, .rate = NAN };
    out->settles = s.k < b->f->limit;
    out->unstable = out->settles ? 0 : 1;
    find_root(b, &s, out);
    if (out->settles) {
        unit = variance_at(b, &s, s.cubic);
        out->variance = v * unit;
        for (size_t i = 0; i < s.count && v > 0; i++)
            out->error += fabs(s.line[i]) * b->mode[b->points + s.first + i].error;
        if (v > 0) out->error += fabs(variance_at(b, &s, s.parabola) / unit - 1);
    }
    return b->f->plan->points ? follow(b, &s, j, unit, out) : TG_OK;
}

/* Of all modes what their points say, once. */
static tg_status
look_at_all(const between *b)
{
    for (size_t j = 0; j < b->f->m->count && b->f->plan->points; j++) {
        const tg_gain_spot s = tg_gain_points_spot(&b->at, b->gain[j]);
        const size_t       level = level_of(b, &s);
        if (j % 64 == 0) TG_TRY(tg_stop_check());
        if (level >= LEVELS)
            return tg_fail(TG_EDOMAIN, "a horizon of %g mean jobs is too long",
                           b->f->plan->horizon / b->f->mean);
        for (size_t i = 0; i < s.count; i++) TG_TRY(look(b, level, s.first + i));
    }
    return TG_OK;
}

/* ---- all of it ----------------------------------------------------------------------- */

/* Workers of constant times move at times of their own, whatever the gain; marks add what no table has. */
static bool
applies(const tg_finite *f)
{
    enum { MANY = 24 };

    return f->m->count > MANY && f->way != TG_WAY_CYCLE && f->limit > 0 &&
           !(f->minimum && f->c->biased);
}

static tg_status
all_modes(between *b, double threshold)
{
    const size_t count = b->f->m->count;
    const double alike = b->f->plan->points ? 10 * b->f->mean / b->f->plan->horizon : 1;

    TG_TRY(tg_gain_points_lay(b->gain, count, b->f->limit, alike, &b->at));
    b->points = b->at.count;
    if (2 * (double)b->points > WORTHWHILE * (double)count)
        return tg_finite_modes(b->f, threshold, b->gain, b->out);
    b->mode = calloc(2 * b->points, sizeof *b->mode);
    b->seen = calloc(LEVELS * b->points, sizeof *b->seen);
    if (!b->mode || !b->seen) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(solve_points(b, threshold));
    if (!is_known(b)) return tg_finite_modes(b->f, threshold, b->gain, b->out);
    TG_TRY(look_at_all(b));
    return tg_parallel_run(count, 0, find_mode, b, NULL);
}

tg_status
tg_finite_between(tg_finite *f, double threshold, const double *gain, tg_finite_mode *out)
{
    between b = { .f = f, .gain = gain, .out = out };

    if (!applies(f)) return tg_finite_modes(f, threshold, gain, out);
    const tg_status status = all_modes(&b, threshold);
    for (size_t i = 0; b.mode && i < 2 * b.points; i++)
        tg_mode_course_free(&b.mode[i].course);
    for (size_t i = 0; b.seen && i < LEVELS * b.points; i++) free(b.seen[i]);
    tg_modes_free(&b.modes);
    free(b.seen);
    free(b.mode);
    tg_gain_points_free(&b.at);
    return status;
}
