#include "roots/count.h"

#include "core/complexes.h"
#include "roots/lambert.h"
#include "roots/walk.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* Longest step on which f cannot reach 0: D h = |f| or |f'| h + D2 h^2/2 = |f|. */
static double
safe_step(double size, double slope, double most_slope, double bend)
{
    const double first = size / most_slope;

    if (!isfinite(bend)) return 0.9 * first;
    const double second = 2 * size / (slope + sqrt(slope * slope + 2 * bend * size));
    return 0.9 * fmax(first, second);
}

/* Within half its height of s, f' is bounded as at that height. */
static double
local_step(const tg_bounds *b, double complex s, double size)
{
    const double half = fabs(cimag(s)) / 2;

    if (!b->local) return 0;
    return fmin(half, 0.9 * size / tg_bounds_slope(b, creal(s) - half, half));
}

tg_status
tg_walk_segment(tg_bounds *b, double complex from, double complex to, double *phase)
{
    const size_t         k = tg_bounds_rung(b, fmin(creal(from), creal(to)));
    const double         length = cabs(to - from), most = b->slope[k], bend = b->bend[k];
    const double complex way = length > 0 ? (to - from) / length : 0;
    double complex       slope, f = tg_loop_value(b->loop, from, &slope);
    double complex       before = from;
    double               change = 0;
    int                  falling = 0;

    for (double at = 0; at < length;) {
        const double h = fmax(safe_step(cabs(f), cabs(slope), most, bend),
                              local_step(b, from + at * way, cabs(f)));
        if (!(h > 4e-15 * (cabs(from) + length)) || b->evaluations++ > b->most)
            return TG_ENOCONV;
        at = fmin(length, at + h);
        const double complex next = tg_loop_value(b->loop, from + at * way, &slope);
        change += carg(next * conj(f));
        if (falling && cabs(next) > cabs(f) && b->seeds < SEEDS)
            b->seed[b->seeds++] = before;
        falling = cabs(next) < cabs(f);
        before = from + at * way;
        f = next;
    }
    *phase = change;
    return TG_OK;
}

tg_status
tg_walk_circle(tg_bounds *b, double complex centre, double radius, size_t *count)
{
    const size_t   k = tg_bounds_rung(b, creal(centre) - radius);
    double complex slope, f = tg_loop_value(b->loop, centre + radius, &slope);
    double         change = 0;

    for (double angle = 0; angle < 2 * pi;) {
        const double h = safe_step(cabs(f), cabs(slope), b->slope[k], b->bend[k]) / radius;
        if (!(h > 1e-6) || b->evaluations++ > b->most) return TG_ENOCONV;
        angle = fmin(2 * pi, angle + fmin(h, 0.7));
        const double complex s = centre + radius * complex_of(cos(angle), sin(angle));
        const double complex next = tg_loop_value(b->loop, s, &slope);
        change += carg(next * conj(f));
        f = next;
    }
    *count = (size_t)lround(fmax(0, change / (2 * pi)));
    return TG_OK;
}

/* f is real on the real axis, so the upper half will do: N = (1/pi) change of arg f from R'
 * along the arc to `line` + iH and down. On the arc, and on the line above b->top, arg f =
 * arg s + arg(f/s), |f/s - 1| < 1. */
tg_status
tg_walk_half_plane(tg_bounds *b, size_t *count)
{
    const double radius = b->radius[0] * (1 + 1e-6) + 1e-300, line = b->left;

    if (radius <= fabs(line)) { /* the whole disc lies on one side */
        *count = line < 0 ? 1 : 0;
        return TG_OK;
    }
    const double complex corner =
        complex_of(line, fmin(sqrt(radius * radius - line * line), b->top));
    const double complex f = tg_loop_value(b->loop, corner, NULL);
    const double         arc = carg(corner) + carg(f / corner);
    double               down;
    TG_TRY(tg_walk_segment(b, corner, line, &down));
    const double turns = (arc + down) / pi;
    if (!(fabs(turns - round(turns)) < 1e-3) || turns < -0.5) return TG_ENOCONV;
    *count = (size_t)lround(turns);
    return TG_OK;
}

tg_status
tg_walk_rectangle(tg_bounds *b, tg_region r, size_t *count)
{
    const double complex corner[] = { complex_of(r.left, r.bottom),
                                      complex_of(r.right, r.bottom),
                                      complex_of(r.right, r.top),
                                      complex_of(r.left, r.top) };
    double               change = 0;

    for (int i = 0; i < 4; i++) {
        double phase;
        TG_TRY(tg_walk_segment(b, corner[i], corner[(i + 1) % 4], &phase));
        change += phase;
    }
    const double turns = change / (2 * pi);
    if (!(fabs(turns - round(turns)) < 1e-3) || turns < -0.5) return TG_ENOCONV;
    *count = (size_t)lround(turns);
    return TG_OK;
}

static tg_status
explain(tg_status status, const tg_bounds *b)
{
    if (status == TG_OK) return TG_OK;
    if (b->evaluations > b->most)
        return tg_fail(status, "too many zeros to count: gave up after %zu steps", b->most);
    return tg_fail(status, "a characteristic root lies on the contour through %g", b->left);
}

tg_status
tg_count_within(const tg_loop *loop, double line, size_t most, size_t *count,
                size_t *evaluations)
{
    tg_bounds b;

    TG_TRY(tg_loop_check(loop));
    if (isfinite(line) && tg_lambert_count(loop, line, count)) {
        if (evaluations) *evaluations = 1;
        return TG_OK;
    }
    TG_TRY(tg_bounds_make(loop, line, 1, &b));
    b.most = most;
    TG_TRY(explain(tg_walk_half_plane(&b, count), &b));
    if (evaluations) *evaluations = b.evaluations;
    return TG_OK;
}

tg_status
tg_count_right_of(const tg_loop *loop, double line, size_t *count, size_t *evaluations)
{
    return tg_count_within(loop, line, MOST_STEPS, count, evaluations);
}
