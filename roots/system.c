#include "roots/system.h"

#include "core/complexes.h"
#include "roots/bounds.h"
#include "roots/system_impl.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 24, MOST_FACTORS = 300000, MOST_ROOTS = 100000 };

static const double pi = 3.14159265358979323846;

static double
frobenius(const double *a, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n * n; i++) sum += a[i] * a[i];
    return sqrt(sum);
}

/* |A|_2 <= sqrt(|A|_1 |A|_inf), and <= |A|_F. */
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
    return fmin(frobenius(a, n), sqrt(rows * columns));
}

static double
edge_of(const tg_system *s)
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
    const double     edge = edge_of(s);

    w->radius = norm_bound(s->instant, s->n);
    w->slope = 1;
    w->bend = 0;
    for (size_t l = 0; l < s->terms; l++) {
        double complex slope, before = -INFINITY;
        const double   m = tg_delay_mean(s->term[l].delay), d = 0.05 / (m + 1e-300);
        const double   phi = creal(tg_delay_laplace(s->term[l].delay, w->line, &slope));
        w->norm[l] = norm_bound(s->term[l].matrix, s->n);
        w->radius += w->norm[l] * phi;
        w->slope += w->norm[l] * fabs(creal(slope));
        if (m == 0) continue;
        if (w->line - d > edge) tg_delay_laplace(s->term[l].delay, w->line - d, &before);
        w->bend += w->norm[l] * (creal(slope) - creal(before)) / d;
    }
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
    if (!(line > edge_of(s)) && !(line == 0 && edge_of(s) == 0))
        return tg_fail(TG_EDOMAIN,
                       "the line %g is not right of %g, where the transforms end", line,
                       edge_of(s));
    *w = (tg_system_work){ .system = s, .line = line };
    w->m = malloc(n * n * sizeof *w->m);
    w->right = malloc(2 * n * n * sizeof *w->right);
    w->norm = malloc((s->terms + 1) * sizeof *w->norm);
    if (!w->m || !w->right || !w->norm) {
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
    free(w->m);
    free(w->right);
    free(w->norm);
}

/* M into w->m; [M' | I] into w->right, both row-major. */
static void
assemble(tg_system_work *w, double complex at)
{
    const tg_system *s = w->system;
    const size_t     n = s->n;

    memset(w->right, 0, 2 * n * n * sizeof *w->right);
    for (size_t i = 0; i < n * n; i++) w->m[i] = -s->instant[i];
    for (size_t i = 0; i < n; i++) {
        w->m[i * n + i] += at;
        w->right[i * 2 * n + i] = 1;
        w->right[i * 2 * n + n + i] = 1;
    }
    for (size_t l = 0; l < s->terms; l++) {
        double complex       slope;
        const double complex phi = tg_delay_laplace(s->term[l].delay, at, &slope);
        const double        *b = s->term[l].matrix;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                w->m[i * n + j] -= b[i * n + j] * phi;
                w->right[i * 2 * n + j] -= b[i * n + j] * slope;
            }
    }
}

static void
swap_rows(double complex *a, size_t width, size_t i, size_t j)
{
    for (size_t k = 0; k < width; k++) {
        const double complex t = a[i * width + k];
        a[i * width + k] = a[j * width + k];
        a[j * width + k] = t;
    }
}

/* Gauss-Jordan on [M | right]: the pivots are det M's factors. */
static int
eliminate(tg_system_work *w, tg_system_point *out)
{
    const size_t n = w->system->n;

    for (size_t k = 0; k < n; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < n; i++)
            if (abs_squared(w->m[i * n + k]) > abs_squared(w->m[p * n + k])) p = i;
        const double complex pivot = w->m[p * n + k];
        const double         size = cabs(pivot);
        if (!(size > 0)) return 0;
        if (p != k) {
            swap_rows(w->m, n, p, k);
            swap_rows(w->right, 2 * n, p, k);
            out->phase = -out->phase;
        }
        out->phase = multiply(out->phase, pivot / size);
        out->log_size += log(size);
        const double complex q = inverse(pivot);
        for (size_t j = k; j < n; j++) w->m[k * n + j] = multiply(w->m[k * n + j], q);
        for (size_t j = 0; j < 2 * n; j++)
            w->right[k * 2 * n + j] = multiply(w->right[k * 2 * n + j], q);
        for (size_t i = 0; i < n; i++) {
            const double complex factor = w->m[i * n + k];
            if (i == k || factor == 0) continue;
            for (size_t j = k + 1; j < n; j++)
                w->m[i * n + j] -= multiply(factor, w->m[k * n + j]);
            for (size_t j = 0; j < 2 * n; j++)
                w->right[i * 2 * n + j] -= multiply(factor, w->right[k * 2 * n + j]);
        }
    }
    return 1;
}

/* The same by LAPACK, for many unknowns. */
static int
eliminate_large(tg_system_work *w, tg_system_point *out)
{
    const lapack_int n = (lapack_int)w->system->n;
    lapack_int      *pivot = malloc((size_t)n * sizeof *pivot);
    int good = pivot && LAPACKE_zgesv(LAPACK_ROW_MAJOR, n, 2 * n, w->m, n, pivot, w->right,
                                      2 * n) == 0;

    for (lapack_int i = 0; good && i < n; i++) {
        const double complex d = w->m[i * n + i];
        out->phase *= d / cabs(d) * (pivot[i] != i + 1 ? -1 : 1);
        out->log_size += log(cabs(d));
    }
    free(pivot);
    return good;
}

int
tg_system_factor(tg_system_work *w, double complex at, tg_system_point *out)
{
    const size_t n = w->system->n;

    *out = (tg_system_point){ .phase = 1 };
    assemble(w, at);
    w->evaluations++;
    if (!(n <= SMALL ? eliminate(w, out) : eliminate_large(w, out))) return 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            out->pull += abs_squared(w->right[i * 2 * n + j]);
            out->inverse += abs_squared(w->right[i * 2 * n + n + j]);
        }
    for (size_t i = 0; i < n; i++) out->trace += w->right[i * 2 * n + i];
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

/* Longest h with |M^-1| (|M'| h + D2 h^2/2) <= q, |M^-1 M'| being known at hand. */
static double
safe_step(const tg_system_work *w, const tg_system_point *p)
{
    const double q = safe_share(w->system->n), first = q / (p->inverse * w->slope);

    if (!isfinite(w->bend)) return first;
    const double c = p->inverse * w->bend;
    return fmax(first, 2 * q / (p->pull + sqrt(p->pull * p->pull + 2 * c * q)));
}

/* Down the line from height to the real axis, where det M is real. */
static tg_status
walk_down(tg_system_work *w, double height, double *change)
{
    tg_system_point p, next;

    *change = 0;
    if (!tg_system_factor(w, complex_of(w->line, height), &p)) return TG_ENOCONV;
    for (double y = height; y > 0;) {
        const double h = safe_step(w, &p);
        if (!(h > 1e-13 * (height + fabs(w->line))) || w->evaluations > MOST_FACTORS)
            return TG_ENOCONV;
        y = fmax(0, y - h);
        if (!tg_system_factor(w, complex_of(w->line, y), &next)) return TG_ENOCONV;
        *change += carg(next.phase * conj(p.phase));
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
    const double    edge = edge_of(s);

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
