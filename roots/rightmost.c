/* The rightmost root: Newton's iteration from the root of the loop with a constant delay of
 * the same mean; the argument principle says whether anything lies right of where it led.
 * If so, or if it led nowhere, a line is moved until a few roots lie right of it, and they
 * are found by boxes.
 */
#include "core/complexes.h"
#include "core/lambert.h"
#include "roots/bounds.h"
#include "roots/find.h"
#include "roots/lambert.h"
#include "roots/rational.h"

#include <math.h>

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

static int
by_newton(const tg_loop *l, double edge, double complex *s)
{
    size_t beyond = 1;

    *s = guess(l);
    if (tg_root_polish(l, s) != TG_OK || !(creal(*s) > edge)) return 0;
    if (fabs(cimag(*s)) < 1e-9 * cabs(*s)) *s = creal(*s);
    const double line = creal(*s) + 1e-7 * (cabs(*s) + unit_of(l) * 1e-3);
    *s = complex_of(creal(*s), fabs(cimag(*s)));
    return tg_count_right_of(l, line, &beyond, NULL) == TG_OK && beyond == 0;
}

/* Near a branch point every bound is bad: go as far right as roots can still be counted.
 * `high` has none right of it. */
static void
leave_edge(const tg_loop *l, double *high, double *line, size_t *count)
{
    for (int i = 0; i < 12; i++) {
        const double middle = (*line + *high) / 2;
        size_t       n = 0;
        if (tg_count_right_of(l, middle, &n, NULL) != TG_OK) return;
        if (n == 0) {
            *high = middle;
        } else {
            *line = middle;
            *count = n;
        }
    }
}

/* A root between two lines that the count has put close together, by Newton's iteration up
 * along the right one. */
static int
between_lines(const tg_loop *l, double line, double high, tg_rightmost *out)
{
    const double top = 4 * unit_of(l);

    for (double w = top * 1e-4; w < top; w *= 1.15) {
        double complex s = complex_of(high, w);
        if (tg_root_polish(l, &s) != TG_OK || !(creal(s) > line) || !(creal(s) <= high))
            continue;
        out->s = complex_of(creal(s), fabs(cimag(s)));
        out->residual = cabs(tg_loop_value(l, s, NULL));
        return 1;
    }
    return 0;
}

/* A line with 1 to 8 roots right of it, if the plane right of the edge has any. */
static tg_status
few_roots_line(const tg_loop *l, double edge, double *line, double *right, size_t *count)
{
    double low = NAN, high = NAN, x = 1e-9 * unit_of(l), step = unit_of(l) / 2;

    for (int i = 0; i < 60; i++) {
        tg_status status = tg_count_right_of(l, x, count, NULL);
        if (status == TG_EDOMAIN) return status;
        if (status == TG_OK && *count >= 1 && *count <= 8) break;
        if (status != TG_OK || *count > 8)
            low = x;
        else
            high = x;
        if (isfinite(low) && isfinite(high)) {
            x = (low + high) / 2;
        } else if (isfinite(low)) {
            x += step;
            step *= 2;
        } else {
            if (isfinite(edge) && x - edge < 1e-6 * unit_of(l)) break;
            x = fmax(x - step, isfinite(edge) ? edge + 0.1 * (x - edge) : -INFINITY);
            step *= 1.5;
        }
    }
    *line = x;
    *right = high;
    return TG_OK;
}

static tg_status
by_boxes(const tg_loop *l, double edge, tg_rightmost *out)
{
    double   line, high;
    size_t   count = 0;
    tg_roots r = { 0 };

    TG_TRY(few_roots_line(l, edge, &line, &high, &count));
    out->exponential = count > 0;
    out->s = edge;
    out->residual = 0;
    if (count == 0) return TG_OK;
    tg_status status = tg_roots_right_of(l, line, &r);
    if (status == TG_ENOCONV && isfinite(edge) && isfinite(high)) {
        leave_edge(l, &high, &line, &count);
        if (between_lines(l, line, high, out)) return TG_OK;
        status = tg_roots_right_of(l, line, &r);
    }
    if (status != TG_OK) return status;
    out->s = r.count ? r.root[0].s : edge;
    out->residual = r.count ? r.root[0].residual : 0;
    tg_roots_free(&r);
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
    return status;
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
    if (by_newton(loop, edge, &r.s)) {
        r.exponential = 1;
        r.residual = cabs(tg_loop_value(loop, r.s, NULL));
    } else {
        TG_TRY(by_boxes(loop, edge, &r));
    }
    TG_TRY(count_unstable(loop, edge, &r));
    *out = r;
    return TG_OK;
}
