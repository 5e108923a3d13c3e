#include "roots/system.h"

#include "core/complexes.h"
#include "core/dispatch.h"
#include "core/parallel.h"
#include "roots/bounds.h"
#include "roots/system_impl.h"

#include "roots/system_kernel.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 8, MOST_FACTORS = 300000, MOST_ROOTS = 100000 };

static const double pi = 3.14159265358979323846;

static double
frobenius(const double *a, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n * n; i++) sum += a[i] * a[i];
    return sqrt(sum);
}

/* The largest singular value, but for rounding; infinite where it is not found. */
static double
largest_singular(const double *a, size_t n)
{
    double    *copy = malloc((n * n + 2 * n) * sizeof *copy), most = INFINITY;
    lapack_int order = (lapack_int)n;

    if (!copy) return INFINITY;
    memcpy(copy, a, n * n * sizeof *copy);
    if (!LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'N', 'N', order, order, copy, order, copy + n * n,
                        NULL, 1, NULL, 1, copy + n * n + n))
        most = copy[n * n] * (1 + 1e-9);
    free(copy);
    return most;
}

/* |A|_2 <= sqrt(|A|_1 |A|_inf), and <= |A|_F; of many unknowns it pays to know it. */
static double
norm_bound(const double *a, size_t n)
{
    double rows = 0, columns = 0;

    for (size_t i = 0; i < n; i++) {
        double row = 0, column = 0;
        for (size_t j = 0; j < n; j++) {
            row += fabs(a[i * n + j]);
            column += fabs(a[j * n + i]);
        }
        rows = fmax(rows, row);
        columns = fmax(columns, column);
    }
    const double bound = fmin(frobenius(a, n), sqrt(rows * columns));
    return n > FEW ? fmin(bound, largest_singular(a, n)) : bound;
}

double
tg_system_edge(const tg_system *s)
{
    double edge = -INFINITY;

    for (size_t l = 0; l < s->terms; l++) {
        const tg_loop loop = { .delay = s->term[l].delay };
        edge = fmax(edge, tg_loop_edge(&loop));
    }
    return edge;
}

/* R and the bounds of |M'| and |M''|, by phi and phi' at the line and a little left of it.
 */
static void
bound(tg_system_work *w)
{
    const tg_system *s = w->system;
    const double     edge = tg_system_edge(s);

    w->radius = w->instant_norm = norm_bound(s->instant, s->n);
    w->slope = 1;
    w->bend = w->wide_bend = 0;
    for (size_t l = 0; l < s->terms; l++) {
        double complex slope, before = -INFINITY;
        const double   m = tg_delay_mean(s->term[l].delay), d = 0.05 / (m + 1e-300);
        const double   phi = creal(tg_delay_laplace(s->term[l].delay, w->line, &slope));
        w->norm[l] = norm_bound(s->term[l].matrix, s->n);
        w->radius += w->norm[l] * phi;
        w->slope += w->norm[l] * fabs(creal(slope));
        if (m == 0) continue;
        if (w->line - d > edge) tg_delay_laplace(s->term[l].delay, w->line - d, &before);
        const double bend = (creal(slope) - creal(before)) / d;
        w->bend += w->norm[l] * bend;
        w->wide_bend += frobenius(s->term[l].matrix, s->n) * bend;
    }
}

double
tg_system_radius(const tg_system_work *w, double x)
{
    double sum = w->instant_norm;

    for (size_t l = 0; l < w->system->terms; l++)
        sum += w->norm[l] * creal(tg_delay_laplace(w->system->term[l].delay, x, NULL));
    return sum;
}

/* Roots within R have heights about pi over the longest delay apart. */
static tg_status
check_line(const tg_system_work *w)
{
    double longest = 0;

    for (size_t l = 0; l < w->system->terms; l++)
        if (w->norm[l] > 0)
            longest = fmax(longest, tg_delay_mean(w->system->term[l].delay));
    const double many = w->radius * longest / pi;
    if (many < MOST_ROOTS) return TG_OK;
    return tg_fail(
        TG_EDOMAIN,
        "the line %g is too far left: up to %.2g roots may lie right of it, and %d "
        "can be counted; choose a line further to the right",
        w->line, many, MOST_ROOTS);
}

tg_status
tg_system_begin(const tg_system *s, double line, tg_system_work *w)
{
    const size_t n = s->n;

    if (n == 0) return tg_fail(TG_EDOMAIN, "a system needs at least one unknown");
    if (!isfinite(line)) return tg_fail(TG_EDOMAIN, "a line must be finite, got %g", line);
    if (!isfinite(frobenius(s->instant, n)))
        return tg_fail(TG_EDOMAIN, "matrix A is not finite");
    for (size_t l = 0; l < s->terms; l++)
        if (!isfinite(frobenius(s->term[l].matrix, n)))
            return tg_fail(TG_EDOMAIN, "matrix B_%zu is not finite", l + 1);
    if (!(line > tg_system_edge(s)) && !(line == 0 && tg_system_edge(s) == 0))
        return tg_fail(TG_EDOMAIN,
                       "the line %g is not right of %g, where the transforms end", line,
                       tg_system_edge(s));
    *w = (tg_system_work){ .system = s, .line = line };
    w->re = malloc(3 * n * n * sizeof *w->re);
    w->im = malloc(3 * n * n * sizeof *w->im);
    w->norm = malloc((s->terms + 1) * sizeof *w->norm);
    if (!w->re || !w->im || !w->norm) {
        tg_system_end(w);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    bound(w);
    const tg_status status = check_line(w);
    if (status != TG_OK) tg_system_end(w);
    return status;
}

void
tg_system_end(tg_system_work *w)
{
    free(w->re);
    free(w->im);
    free(w->norm);
}

/* [M | M' | I], row-major. */
static void
assemble(tg_system_work *w, double complex at)
{
    const tg_system *s = w->system;
    const size_t     n = s->n;

    memset(w->re, 0, 3 * n * n * sizeof *w->re);
    memset(w->im, 0, 3 * n * n * sizeof *w->im);
    for (size_t i = 0; i < n; i++) {
        double *re = w->re + i * 3 * n;
        for (size_t j = 0; j < n; j++) re[j] = -s->instant[i * n + j];
        re[i] += creal(at);
        w->im[i * 3 * n + i] = cimag(at);
        re[n + i] = re[2 * n + i] = 1;
    }
    for (size_t l = 0; l < s->terms; l++) {
        double complex       slope;
        const double complex phi = tg_delay_laplace(s->term[l].delay, at, &slope);
        for (size_t i = 0; i < n; i++) {
            const double *b = s->term[l].matrix + i * n;
            double       *re = w->re + i * 3 * n, *im = w->im + i * 3 * n;
            for (size_t j = 0; j < n; j++) {
                re[j] -= b[j] * creal(phi);
                im[j] -= b[j] * cimag(phi);
                re[n + j] -= b[j] * creal(slope);
                im[n + j] -= b[j] * cimag(slope);
            }
        }
    }
}

int
tg_system_factor(tg_system_work *w, double complex at, tg_system_point *out)
{
    const size_t     n = w->system->n;
    tg_system_pivots p;

    *out = (tg_system_point){ .phase = 1 };
    assemble(w, at);
    w->evaluations++;
    TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_system_eliminate, n, 3 * n, w->re, w->im,
                &p);
    if (!p.whole) return 0;
    out->phase = complex_of(p.re, p.im);
    out->log_size = p.log_size;
    for (size_t i = 0; i < n; i++) {
        const double *re = w->re + i * 3 * n, *im = w->im + i * 3 * n;
        for (size_t j = n; j < 2 * n; j++) {
            out->pull += re[j] * re[j] + im[j] * im[j];
            out->inverse += re[n + j] * re[n + j] + im[n + j] * im[n + j];
        }
        out->trace += complex_of(re[n + i], im[n + i]);
    }
    out->pull = sqrt(out->pull);
    out->inverse = sqrt(out->inverse);
    return isfinite(out->inverse) && isfinite(out->log_size);
}

/* I + X with |X| <= q: the phase of its determinant stays within n asin q. */
static double
safe_share(size_t n)
{
    return 0.9 * (n > 1 ? sin(pi / (double)n) : 1);
}

/* Longest h after which the phase of det M is known, given what it is expected to change by. X =
 * M^-1 (M(s + h) - M(s)) has Frobenius norm f <= |M^-1 M'| h + |M^-1| D2 h^2/2, and log det(I + X)
 * = tr X + what is at most -log(1 - f) - f, since |tr X^k| <= f^k; tr X is h tr M^-1 M' and what is
 * at most |M^-1| |M''| h^2/2. With f <= .9 the former is below 1.41, and 1.4 is left to the latter.
 * Without D2, h |M^-1| D <= q keeps the phase itself within n asin q. */
static double
safe_step(const tg_system_work *w, const tg_system_point *p, double *expected)
{
    const double f = 0.9, first = safe_share(w->system->n) / (p->inverse * w->slope);
    double       h = 0;

    *expected = 0;
    if (isfinite(w->bend)) {
        const double c = p->inverse * w->bend;
        h = fmin(2 * f / (p->pull + sqrt(p->pull * p->pull + 2 * c * f)),
                 sqrt(2.8 / (p->inverse * w->wide_bend + 1e-300)));
    }
    if (h > first) *expected = -h * creal(p->trace); /* down the line */
    return fmax(first, h);
}

/* Down the line from height to the real axis, where det M is real. */
static tg_status
walk_down(tg_system_work *w, double height, double *change)
{
    tg_system_point p, next;

    *change = 0;
    if (!tg_system_factor(w, complex_of(w->line, height), &p)) return TG_ENOCONV;
    for (double y = height; y > 0;) {
        double       expected;
        const double h = safe_step(w, &p, &expected);
        if (!(h > 1e-13 * (height + fabs(w->line))) || w->evaluations > MOST_FACTORS)
            return TG_ENOCONV;
        if (w->evaluations % 256 == 0) TG_TRY(tg_stop_check());
        if (h > y) expected *= y / h;
        y = fmax(0, y - h);
        if (!tg_system_factor(w, complex_of(w->line, y), &next)) return TG_ENOCONV;
        const double seen = carg(next.phase * conj(p.phase));
        *change += expected + remainder(seen - expected, 2 * pi);
        p = next;
    }
    return TG_OK;
}

/* det M = s^n det(I - E/s), |E/s| <= q on the arc, closes the contour without steps. */
tg_status
tg_system_walk(tg_system_work *w, size_t *count)
{
    const double n = (double)w->system->n,
                 reach = w->radius / safe_share(w->system->n) + 1e-300;
    tg_system_point p;
    double          down;

    if (reach <= fabs(w->line)) {
        *count = w->line < 0 ? w->system->n : 0;
        return TG_OK;
    }
    const double         height = sqrt(reach * reach - w->line * w->line);
    const double complex corner = complex_of(w->line, height);
    if (!tg_system_factor(w, corner, &p)) return TG_ENOCONV;
    const double arc =
        n * carg(corner) + carg(p.phase * cexp(complex_of(0, -n * carg(corner))));
    TG_TRY(walk_down(w, height, &down));
    const double turns = (arc + down) / pi;
    if (!(fabs(turns - round(turns)) < 1e-3) || turns < -0.5) return TG_ENOCONV;
    *count = (size_t)lround(turns);
    return TG_OK;
}

double
tg_system_logdet(const tg_system *s, double complex at, double complex *phase,
                 double complex *slope)
{
    tg_system_work  w;
    tg_system_point p;
    const double    edge = tg_system_edge(s);

    if (tg_system_begin(s, isfinite(edge) ? edge + 1 : 0, &w) != TG_OK) return NAN;
    const int good = tg_system_factor(&w, at, &p);
    tg_system_end(&w);
    if (!good) return -INFINITY;
    *phase = p.phase;
    *slope = p.trace;
    return p.log_size;
}

tg_status
tg_system_count(const tg_system *s, double line, size_t *count)
{
    tg_system_work w;

    TG_TRY(tg_system_begin(s, line, &w));
    const tg_status status = tg_system_walk(&w, count);
    const size_t    steps = w.evaluations;
    tg_system_end(&w);
    if (status == TG_ENOCONV)
        return tg_fail(
            status,
            "a root lies on the line %g, or there are too many to count (%zu steps)", line,
            steps);
    return status;
}
