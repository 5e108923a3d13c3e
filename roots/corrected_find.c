/* The boxes of roots/corrected: a strip from the line to where nothing lies right of it, from just
 * below the real axis upwards, until as many roots are found as are counted. */
#include "roots/corrected_impl.h"

#include "core/complexes.h"
#include "core/parallel.h"
#include "roots/set.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

typedef struct search {
    const tg_corrected *c;
    tg_corrected_walk   walk;
    tg_root_set         set;
    double              unit; /* [1/time] */
} search;

static double complex
disc_of(const tg_corrected *c, double complex s)
{
    const double complex u = s * c->dt / 2;

    return divide(1 - u, 1 + u);
}

/* A straight line in s. */
static double complex
on_segment(const tg_corrected_path *p, double place)
{
    const double complex u = (p->from + p->way * place) * p->dt / 2;

    return divide(1 - u, 1 + u);
}

/* The change of arg H along a straight line, in pieces over which |dz/ds| = dt/|1 + s dt/2|^2 is at most
 * four times what it is where they begin. */
static tg_status
follow_side(search *q, double complex from, double complex to, double steepest,
            double *change)
{
    const double         half = q->c->dt / 2, length = cabs(to - from);
    const double complex way = (to - from) / length;

    for (double at = 0; at < length;) {
        const double            far = cabs(1 + half * (from + way * at)) / 2;
        const double            piece = fmin(length - at, far / half);
        const tg_corrected_path p = { .at = on_segment,
                                      .from = from + way * at,
                                      .way = way,
                                      .dt = q->c->dt,
                                      .steepest = steepest * q->c->dt / (far * far) };
        double                  part;
        TG_TRY(tg_corrected_follow(&q->walk, &p, piece, &part));
        *change += part;
        at += piece;
    }
    return TG_OK;
}

static tg_status
count_box(search *q, tg_region r, size_t *count)
{
    const double complex corner[] = { complex_of(r.left, r.bottom),
                                      complex_of(r.right, r.bottom),
                                      complex_of(r.right, r.top),
                                      complex_of(r.left, r.top) };
    const double         steepest = tg_corrected_steepest(q->c, r.left);
    double               change = 0;

    for (int i = 0; i < 4; i++)
        TG_TRY(follow_side(q, corner[i], corner[(i + 1) % 4], steepest, &change));
    const double turns = change / (2 * pi);
    if (!(fabs(turns - round(turns)) < 1e-3) || turns < -0.5) return TG_ENOCONV;
    *count = (size_t)lround(turns);
    return TG_OK;
}

/* Newton's iteration in z, from s. */
static int
polish(const search *q, double complex *s)
{
    double complex z = disc_of(q->c, *s), slope;
    double         before = INFINITY, clearance;

    for (int i = 0; i < 30; i++) {
        const double complex f = tg_corrected_disc(q->c, z, &slope, &clearance);
        const double complex step = f / slope;
        const double         size = cabs(step);
        if (!isfinite(size) || (i > 6 && !(size < before))) break;
        z -= step;
        before = size;
    }
    *s = 2 / q->c->dt * divide(1 - z, 1 + z);
    return before < 1e-9 * (1 + cabs(z));
}

static int
holds(const tg_region *r, double complex s, double slack)
{
    return creal(s) >= r->left - slack && creal(s) <= r->right + slack &&
           cimag(s) >= r->bottom - slack && cimag(s) <= r->top + slack;
}

static tg_status
take(search *q, double complex s, size_t multiplicity)
{
    if (fabs(cimag(s)) < 1e-9 * (cabs(s) + q->unit)) s = creal(s);
    if (cimag(s) < 0) return TG_OK; /* its conjugate is above */
    return tg_root_set_add(&q->set, (tg_root){ s, (unsigned)multiplicity,
                                               cabs(tg_corrected_value(q->c, s)), 0 });
}

static tg_status search_box(search *q, tg_region r, size_t count, int depth);

/* Cut across the longer side, near the middle, where no root is in the way. */
static tg_status
halve(search *q, tg_region r, size_t count, int depth)
{
    static const double place[] = { 0.4871, 0.5437, 0.4413, 0.6091 };

    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        tg_region one = r, two = r;
        size_t    first, second;
        if (r.right - r.left > r.top - r.bottom)
            one.right = two.left = r.left + place[i] * (r.right - r.left);
        else
            one.top = two.bottom = r.bottom + place[i] * (r.top - r.bottom);
        if (count_box(q, one, &first) != TG_OK || count_box(q, two, &second) != TG_OK)
            continue;
        if (first + second != count) continue;
        TG_TRY(search_box(q, one, first, depth + 1));
        return search_box(q, two, second, depth + 1);
    }
    TG_TRY(tg_stop_check());
    return TG_ENOCONV;
}

static tg_status
search_box(search *q, tg_region r, size_t count, int depth)
{
    const double   size = fmax(r.right - r.left, r.top - r.bottom);
    double complex s = complex_of((r.left + r.right) / 2, (r.bottom + r.top) / 2);

    if (count == 0) return TG_OK;
    TG_TRY(tg_stop_check());
    const double complex middle = s;
    if (count == 1 && polish(q, &s) && holds(&r, s, 1e-9 * q->unit)) return take(q, s, 1);
    if (size < 1e-5 * q->unit) return take(q, holds(&r, s, size) ? s : middle, count);
    if (depth > 60) return TG_ENOCONV;
    return halve(q, r, count, depth);
}

/* No root is right of *right. */
static tg_status
bound(const tg_corrected *c, double line, double unit, double *right, size_t *evaluations)
{
    size_t beyond = 1;

    for (*right = fmax(line, 0) + 0.02 * unit; *right * c->dt < 1e6; *right *= 3)
        if (tg_corrected_count(c, *right, &beyond, NULL, evaluations) == TG_OK &&
            beyond == 0)
            return TG_OK;
    TG_TRY(tg_stop_check());
    return tg_fail(TG_ENOCONV, "roots of the corrected equation grow faster than its grid");
}

static tg_status
climb(search *q, double line, double right, size_t winding)
{
    double low = -0.0137 * q->unit, high = 3.17 * q->unit;

    for (int i = 0; tg_root_set_total(&q->set, 1) < winding && low * q->c->dt < 1e6; i++) {
        const tg_region box = { line, right, low, high };
        size_t          count;
        if (i > 60) break;
        TG_TRY(tg_stop_check());
        if (count_box(q, box, &count) != TG_OK) {
            high += 0.0731 * q->unit;
            continue;
        }
        TG_TRY(search_box(q, box, count, 0));
        low = high;
        high += 1.5 * (high + q->unit);
    }
    return TG_OK;
}

/* The line is moved off a root that lies on it. */
static tg_status
count_near(const tg_corrected *c, double *line, double unit, size_t *winding,
           double *clearance, size_t *evaluations)
{
    const double at = *line;
    tg_status    status = TG_ENOCONV;

    for (int i = 0; i < 4 && status == TG_ENOCONV; i++) {
        *line = at - (i ? 1e-9 * pow(30, i) * unit : 0);
        status = tg_corrected_count(c, *line, winding, clearance, evaluations);
    }
    return status;
}

static tg_status
finish(search *q, double line, double moved, size_t winding, size_t evaluations,
       tg_roots *out)
{
    tg_roots r = { .certificate = { .contour = { line, HUGE_VAL, -HUGE_VAL, HUGE_VAL },
                                    .winding = winding,
                                    .moved = moved,
                                    .evaluations = evaluations + q->walk.evaluations,
                                    .method = "grid" } };

    r.certificate.found = tg_root_set_total(&q->set, 1);
    if (r.certificate.found != winding)
        return tg_fail(
            TG_ENOCONV,
            "right of %g the argument principle counts %zu roots of the corrected "
            "equation, %zu found",
            line, winding, r.certificate.found);
    TG_TRY(tg_root_set_finish(&q->set, 1, &r));
    for (size_t i = 0; i < r.count; i++) {
        const double residual = r.root[i].residual, size = cabs(r.root[i].s);
        r.certificate.residual = fmax(r.certificate.residual, residual);
        r.certificate.backward =
            fmax(r.certificate.backward, residual / (2 * size + residual));
    }
    *out = r;
    return TG_OK;
}

/* What a mean job takes: -phi'(0), of all groups. */
static double
job(const tg_corrected *c)
{
    double time = 0;

    for (size_t i = 0; i < c->group->laws; i++) time += c->group->law[i] * (double)i;
    return fmax(time, 1) * c->dt;
}

tg_status
tg_corrected_right_of(const tg_corrected *c, double line, tg_roots *out)
{
    search q = { .c = c, .walk = tg_corrected_begin(c, 20) };
    size_t winding = 0, evaluations = 0;
    double right, at = line, clearance;

    if (!c->groups) return tg_fail(TG_EDOMAIN, "a corrected equation needs a group");
    q.unit = 1 / job(c);
    TG_TRY(count_near(c, &at, q.unit, &winding, &clearance, &evaluations));
    TG_TRY(bound(c, at, q.unit, &right, &evaluations));
    tg_status status = climb(&q, at, right, winding);
    if (status == TG_ENOCONV)
        tg_fail(status, "roots of the corrected equation lie too close");
    if (status == TG_OK) status = finish(&q, at, line - at, winding, evaluations, out);
    free(q.set.root);
    return status;
}
