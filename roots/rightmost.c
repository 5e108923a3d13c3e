/* The rightmost root: Newton's iteration from the root of the loop with a constant delay of
 * the same mean, or from where |f| is least along the imaginary axis; the argument principle
 * says whether anything lies right of where it led. If so, or if it led nowhere, a line is moved until a few roots lie right of it, and they
 * are found by boxes.
 */
#include "core/complexes.h"
#include "core/lambert.h"
#include "roots/bounds.h"
#include "roots/find.h"
#include "roots/lambert.h"
#include "roots/rational.h"
#include "roots/threshold.h"

#include <math.h>

enum { PATIENCE = 2000 }; /* steps of a count that only tells where to look */

/* s + b + a e^{-s m} = 0: s = W_0(-a m e^{b m})/m - b. */
static double complex
guess(const tg_loop *l)
{
    const double m = tg_delay_mean(l->delay);

    if (!(m > 0)) return -l->a - l->b;
    return tg_lambert(0, -l->a * m * exp(l->b * m)) / m - l->b;
}

static double
unit_of(const tg_loop *l)
{
    const double m = tg_delay_mean(l->delay);

    return fabs(l->a) + fabs(l->b) + (m > 0 ? 1 / m : 0);
}

/* Does nothing lie right of *s, but for the rounding of a double root? */
static int
is_rightmost(const tg_loop *l, double complex *s)
{
    size_t beyond = 1;

    if (fabs(cimag(*s)) < 1e-9 * cabs(*s)) *s = creal(*s);
    *s = complex_of(creal(*s), fabs(cimag(*s)));
    const double line = creal(*s) + 1e-7 * (cabs(*s) + unit_of(l) * 1e-3);
    return tg_count_right_of(l, line, &beyond, NULL) == TG_OK && beyond == 0;
}

static int
by_newton(const tg_loop *l, double edge, double complex *s)
{
    *s = guess(l);
    return tg_root_polish(l, s) == TG_OK && creal(*s) > edge && is_rightmost(l, s);
}

static double
size_at(const tg_loop *l, double w)
{
    return cabs(tg_loop_value(l, complex_of(0, w), NULL));
}

/* No root right of where phi ends on the axis, as for most heavy tails? */
static int
is_empty(const tg_loop *l, double edge)
{
    size_t count = 1;

    if (!(edge >= 0)) return 0;
    return tg_count_right_of(l, edge + 1e-9 * unit_of(l), &count, NULL) == TG_OK &&
           count == 0;
}

/* From every w where |f(iw)| is least among its neighbours; no root has a larger |s| than the
 * end. */
static int
by_scan(const tg_loop *l, double edge, double complex *s)
{
    const double end = 1.1 * (size_at(l, 0) + 2 * fabs(l->b)), ratio = 1.05;
    double       before = INFINITY, now = size_at(l, 1e-4 * end);

    *s = -INFINITY;
    if (is_empty(l, edge)) return 0;
    for (double w = 1e-4 * end; w < end; w *= ratio) {
        const double   next = size_at(l, w * ratio);
        double complex at = complex_of(0, w);
        if (now < before && now <= next && tg_root_polish(l, &at) == TG_OK &&
            creal(at) > edge && creal(at) > creal(*s))
            *s = at;
        before = now;
        now = next;
    }
    return creal(*s) > -INFINITY && is_rightmost(l, s);
}

/* A root between two lines that the count has put close together, by Newton's iteration up
 * along the right one. */
static int
between_lines(const tg_loop *l, double line, double high, tg_rightmost *out)
{
    const double top = 4 * unit_of(l);

    for (double w = top * 1e-9; w < top; w *= 1.2) {
        double complex s = complex_of(high, w);
        if (tg_root_polish(l, &s) != TG_OK || !(creal(s) > line) || !(creal(s) <= high))
            continue;
        out->s = complex_of(creal(s), fabs(cimag(s)));
        out->residual = cabs(tg_loop_value(l, s, NULL));
        return 1;
    }
    return 0;
}

/* What counting found: `few` roots, 1 to 8, right of `line`, if any line has so few; no root
 * right of `high`; `line` itself may be where there are many, or more than can be counted. */
typedef struct bracket {
    double line, high;
    size_t few;
} bracket;

/* Where the transform overflows, or counting takes many steps, is too far left. */
static void
few_roots_line(const tg_loop *l, double edge, bracket *b)
{
    const double unit = unit_of(l);
    double       x = 1e-9 * unit, step = unit / 2;

    *b = (bracket){ NAN, NAN, 0 };
    for (int i = 0; i < 60; i++) {
        size_t          count = 0;
        const tg_status status = tg_count_within(l, x, PATIENCE, &count, NULL);
        const int       known = status == TG_OK && count <= 8;
        if (known && count == 0)
            b->high = x;
        else
            b->line = x;
        if (known && count) {
            b->few = count;
            return;
        }
        if (isfinite(b->line) && isfinite(b->high)) {
            if (b->high - b->line < 1e-5 * fabs(b->high)) return;
            x = (b->line + b->high) / 2;
        } else if (isfinite(b->line)) {
            x += step;
            step *= 2;
        } else {
            if (isfinite(edge) && x - edge < 1e-6 * unit) return;
            x = fmax(x - step, isfinite(edge) ? edge + 0.1 * (x - edge) : -INFINITY);
            step *= 1.5;
        }
    }
}

/* Near a branch point every bound is bad: go as far right as roots can still be counted. */
static void
leave_edge(const tg_loop *l, bracket *b)
{
    for (int i = 0; i < 12; i++) {
        const double middle = (b->line + b->high) / 2;
        size_t       n = 0;
        if (tg_count_within(l, middle, PATIENCE, &n, NULL) != TG_OK) return;
        if (n == 0) {
            b->high = middle;
        } else {
            b->line = middle;
            b->few = n;
        }
    }
}

static tg_status
unresolved(const bracket *b)
{
    return tg_fail(
        TG_ENOCONV,
        "the rightmost root has a real part between %g and %g, where there are too "
        "many roots, or too close, to tell which it is",
        b->line, b->high);
}

static tg_status
by_boxes(const tg_loop *l, double edge, tg_rightmost *out)
{
    bracket  b;
    tg_roots r = { 0 };

    few_roots_line(l, edge, &b);
    out->s = edge;
    out->residual = 0;
    out->exponential = isfinite(b.line);
    if (!out->exponential)
        return isfinite(edge) ? TG_OK
                              : tg_fail(TG_ENOCONV,
                                        "no root right of %g, nor an end of "
                                        "the transform",
                                        b.high);
    tg_status status = b.few ? tg_roots_within(l, b.line, 5 * PATIENCE, &r) : TG_ENOCONV;
    if (status == TG_ENOCONV && isfinite(b.high)) {
        if (b.few) leave_edge(l, &b);
        if (between_lines(l, b.line, b.high, out)) return TG_OK;
        if (b.few) status = tg_roots_within(l, b.line, 5 * PATIENCE, &r);
    }
    if (status == TG_ENOCONV) return unresolved(&b);
    if (status != TG_OK) return status;
    out->s = r.count ? r.root[0].s : edge;
    out->residual = r.count ? r.root[0].residual : 0;
    tg_roots_free(&r);
    return TG_OK;
}

/* The sign of Re s is rounding: the loop settles below its threshold. */
static tg_status
judge_on_line(const tg_loop *l, tg_rightmost *r)
{
    tg_threshold t;

    TG_TRY(tg_loop_threshold(l, &t));
    r->on_line = 1;
    if (l->a < t.a * (1 - 1e-12)) {
        r->s = complex_of(fmin(creal(r->s), -0.0), cimag(r->s));
        return TG_OK;
    }
    r->unstable = cimag(r->s) != 0 ? 2 : 1;
    return TG_OK;
}

/* A root on the axis counts as unstable: it does not converge. */
static tg_status
count_unstable(const tg_loop *l, double edge, tg_rightmost *r)
{
    const double tiny = 1e-13 * unit_of(l);
    tg_status    status = TG_ENOCONV;

    if (!r->exponential || creal(r->s) < -tiny) return TG_OK;
    if (l->b == 0 && tg_lambert_applies(l)) {
        r->unstable = tg_lambert_unstable(l);
        return TG_OK;
    }
    if (creal(r->s) <= tiny && l->a > 0 && l->b >= 0 && cimag(r->s) != 0)
        return judge_on_line(l, r);
    for (int i = 0; i < 4 && status == TG_ENOCONV; i++) {
        const double line = i ? -tiny * pow(100, i) : 0;
        if (line < edge) break;
        status = tg_count_right_of(l, line, &r->unstable, NULL);
        if (status == TG_OK && r->unstable == 0) status = TG_ENOCONV;
    }
    if (status == TG_ENOCONV && creal(r->s) <= tiny) { /* on the axis, where phi ends too */
        r->unstable = cimag(r->s) != 0 ? 2 : 1;
        return TG_OK;
    }
    if (status != TG_ENOCONV) return status;
    return tg_fail(status, "a root was found at %g + %gi, but none counted right of 0",
                   creal(r->s), cimag(r->s));
}

static tg_status
by_polynomial(const tg_loop *l, tg_rightmost *out)
{
    tg_roots r;

    TG_TRY(tg_roots_right_of(l, -1e6 * unit_of(l), &r));
    for (size_t i = 0; i < r.count; i++)
        if (creal(r.root[i].s) >= -1e-13 * unit_of(l))
            out->unstable += r.root[i].multiplicity;
    out->exponential = 1;
    out->s = r.root[0].s;
    out->residual = r.root[0].residual;
    tg_roots_free(&r);
    return TG_OK;
}

tg_status
tg_loop_rightmost(const tg_loop *loop, tg_rightmost *out)
{
    tg_rightmost r = { 0 };

    TG_TRY(tg_loop_check(loop));
    const double edge = tg_loop_edge(loop);
    double       coefficient[RATIONAL_DEGREE + 1];
    if (tg_rational_polynomial(loop, coefficient) > 0) {
        TG_TRY(by_polynomial(loop, &r));
        *out = r;
        return TG_OK;
    }
    if (by_newton(loop, edge, &r.s) || by_scan(loop, edge, &r.s)) {
        r.exponential = 1;
        r.residual = cabs(tg_loop_value(loop, r.s, NULL));
    } else {
        TG_TRY(by_boxes(loop, edge, &r));
    }
    TG_TRY(count_unstable(loop, edge, &r));
    *out = r;
    return TG_OK;
}
