/* Boundary curves of roots/chart.h: H(u) = (Re, Im)(i w + b + a G(i w)) = 0 for u = (x, y,
 * w), scaled by the axes' ranges and by the first w. The curve's direction is the cross
 * product of the two rows of H'(u); Newton's corrector adds the plane normal to it as third
 * equation.
 */
#include "core/complexes.h"
#include "roots/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct tracer {
    const tg_chart_plan *plan;
    double               scale[3]; /* of x, y (logarithms on logarithmic axes), w */
    tg_status            status;   /* of the callback */
} tracer;

typedef struct vec {
    double v[3];
} vec;

static double
from_axis(const tg_chart_axis *a, double value)
{
    return a->logarithmic ? log(value / a->low) / log(a->high / a->low)
                          : (value - a->low) / (a->high - a->low);
}

static double
to_axis(const tg_chart_axis *a, double u)
{
    return a->logarithmic ? a->low * pow(a->high / a->low, u)
                          : a->low + u * (a->high - a->low);
}

static double complex
defect(tracer *t, vec u)
{
    const tg_chart_plan *p = t->plan;
    const double         w = u.v[2] * t->scale[2];
    tg_loop              l;

    t->status = p->loop(to_axis(&p->x, u.v[0]), to_axis(&p->y, u.v[1]), p->context, &l);
    return t->status == TG_OK ? tg_loop_value(&l, complex_of(0, w), NULL) / t->scale[2]
                              : NAN;
}

static vec
cross(vec a, vec b)
{
    return (vec){ { a.v[1] * b.v[2] - a.v[2] * b.v[1], a.v[2] * b.v[0] - a.v[0] * b.v[2],
                    a.v[0] * b.v[1] - a.v[1] * b.v[0] } };
}

static double
dot(vec a, vec b)
{
    return a.v[0] * b.v[0] + a.v[1] * b.v[1] + a.v[2] * b.v[2];
}

static vec
along(vec u, double step, vec d)
{
    return (
        vec){ { u.v[0] + step * d.v[0], u.v[1] + step * d.v[1], u.v[2] + step * d.v[2] } };
}

/* Rows of H' by central differences; the unit tangent. */
static vec
tangent(tracer *t, vec u, vec *re, vec *im)
{
    const double h = 1e-6;

    for (int k = 0; k < 3; k++) {
        vec e = { { 0 } };
        e.v[k] = 1;
        const double complex d =
            (defect(t, along(u, h, e)) - defect(t, along(u, -h, e))) / (2 * h);
        re->v[k] = creal(d);
        im->v[k] = cimag(d);
    }
    const vec d = cross(*re, *im);
    return along((vec){ { 0 } }, 1 / sqrt(dot(d, d)), d);
}

/* Newton in the plane through u normal to the tangent: the step is a combination of the two
 * gradients, found by Cramer's rule with the three rows (re, im, tangent). */
static int
correct(tracer *t, vec *u, vec *direction)
{
    for (int i = 0; i < 12; i++) {
        vec                  re, im;
        const vec            d = tangent(t, *u, &re, &im);
        const double complex f = defect(t, *u);
        const double         det = dot(d, cross(re, im));
        if (!isfinite(det) || !(det > 0)) return 0;
        const vec a = cross(im, d), b = cross(d, re);
        vec       step = along((vec){ { 0 } }, -creal(f) / det, a);
        step = along(step, -cimag(f) / det, b);
        *u = along(*u, 1, step);
        *direction = d;
        if (dot(step, step) < 1e-22) return 1;
        if (!(dot(step, step) < 1)) return 0;
    }
    return 0;
}

static int
inside(vec u)
{
    return u.v[0] >= 0 && u.v[0] <= 1 && u.v[1] >= 0 && u.v[1] <= 1 && u.v[2] > 0;
}

typedef struct path {
    vec   *u;
    size_t count, room;
} path;

static tg_status
push(path *p, vec u)
{
    if (p->count == p->room) {
        const size_t room = p->room ? 2 * p->room : 256;
        vec         *grown = realloc(p->u, room * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        p->u = grown;
        p->room = room;
    }
    p->u[p->count++] = u;
    return TG_OK;
}

/* From u one way. A step is halved where the corrector strays or the curve turns by more
 * than 20 degrees. *closed: the curve came back to where it began. */
static tg_status
follow(tracer *t, vec u, vec direction, double longest, size_t most, path *out, int *closed)
{
    const vec start = u;
    double    step = longest;

    while (out->count < most && inside(u) && step > 1e-6 * longest) {
        vec next = along(u, step, direction), turned;
        if (!correct(t, &next, &turned) || fabs(dot(turned, direction)) < 0.94) {
            if (t->status != TG_OK) return t->status;
            step /= 2;
            continue;
        }
        if (dot(turned, direction) < 0) turned = along((vec){ { 0 } }, -1, turned);
        u = next;
        direction = turned;
        if (!inside(u)) break;
        TG_TRY(push(out, u));
        const vec gap = along(start, -1, u);
        *closed = out->count > 4 && dot(gap, gap) < step * step;
        if (*closed) break;
        step = fmin(longest, 1.5 * step);
    }
    return TG_OK;
}

/* Unstable roots a little to the left and to the right of the middle of the curve. */
static tg_status
count_sides(tracer *t, const path *p, size_t unstable[2])
{
    const size_t k = p->count / 2;
    const vec    u = p->u[k], d = along(p->u[k ? k - 1 : 1], -1, p->u[k ? k : 0]);
    const double length = hypot(d.v[0], d.v[1]) + 1e-300, forth = k ? -1 : 1;

    for (int side = 0; side < 2; side++) {
        const double shift = (side ? -1e-3 : 1e-3) * forth / length;
        const vec    at = { { u.v[0] - shift * d.v[1], u.v[1] + shift * d.v[0], 1 } };
        tg_loop      l;
        TG_TRY(t->plan->loop(to_axis(&t->plan->x, at.v[0]), to_axis(&t->plan->y, at.v[1]),
                             t->plan->context, &l));
        TG_TRY(tg_count_right_of(&l, 0, &unstable[side], NULL));
    }
    return TG_OK;
}

static tg_status
hand_over(tracer *t, const path *back, const path *ahead, vec middle, tg_chart_curve *out)
{
    const tg_chart_plan *p = t->plan;
    const size_t         n = back->count + ahead->count + 1;
    path                 all = { 0 };
    tg_status            status = TG_OK;

    for (size_t i = back->count; i-- > 0 && status == TG_OK;)
        status = push(&all, back->u[i]);
    if (status == TG_OK) status = push(&all, middle);
    for (size_t i = 0; i < ahead->count && status == TG_OK; i++)
        status = push(&all, ahead->u[i]);
    tg_chart_curve c = { .point = malloc(n * sizeof *c.point), .count = n };
    if (status == TG_OK && !c.point) status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK && n > 1) status = count_sides(t, &all, c.unstable);
    for (size_t i = 0; status == TG_OK && i < n; i++)
        c.point[i] =
            (tg_chart_point){ to_axis(&p->x, all.u[i].v[0]), to_axis(&p->y, all.u[i].v[1]),
                              all.u[i].v[2] * t->scale[2] };
    free(all.u);
    if (status == TG_OK)
        *out = c;
    else
        free(c.point);
    return status;
}

tg_status
tg_chart_trace(const tg_chart_plan *plan, tg_chart_point start, double step, size_t most,
               tg_chart_curve *out)
{
    tracer t = { .plan = plan, .scale = { 1, 1, start.w } };
    vec    u = { { from_axis(&plan->x, start.x), from_axis(&plan->y, start.y), 1 } }, d;
    path   ahead = { 0 }, back = { 0 };
    int    closed = 0;

    if (!(start.w > 0) || !(step > 0))
        return tg_fail(TG_EDOMAIN, "trace: frequency and step must be > 0");
    if (!correct(&t, &u, &d) || !inside(u))
        return t.status != TG_OK ? t.status
                                 : tg_fail(TG_ENOCONV, "no boundary near x = %g, y = %g",
                                           start.x, start.y);
    tg_status status = follow(&t, u, d, step, most, &ahead, &closed);
    if (status == TG_OK && !closed)
        status = follow(&t, u, along((vec){ { 0 } }, -1, d), step, most - ahead.count,
                        &back, &closed);
    if (status == TG_OK) status = hand_over(&t, &back, &ahead, u, out);
    free(ahead.u);
    free(back.u);
    return status;
}

void
tg_chart_curve_free(tg_chart_curve *c)
{
    free(c->point);
    *c = (tg_chart_curve){ 0 };
}
