/* Guesses for the roots of a system by contour integrals. Around a strip of the half-plane,
 *
 *     A_k = (1/2 pi i) of the integral of (s - c)^k M^-1 = V diag((z - c)^k) W,
 *
 * over the zeros z within: with A_0 = U S V^* to its rank, the z - c are the eigenvalues of U^* A_1 V
 * S^-1. An ellipse and the trapezoidal rule, which converges geometrically. Source: Beyn 2012.
 */
#include "core/complexes.h"
#include "core/parallel.h"
#include "roots/system_impl.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

typedef struct strip {
    double complex centre;
    double         wide, high; /* half axes */
} strip;

/* Memory for A_0, A_1, U, V^*, the small matrix, its eigenvalues and S, and guesses. */
typedef struct gathering {
    tg_system_work *w;
    size_t          points, count, room;
    double complex *a[2], *u, *v, *small, *value;
    double         *size, *rest;
    double complex *guess;
} gathering;

static void
release(gathering *g)
{
    free(g->a[0]);
    free(g->size);
}

static tg_status
prepare(gathering *g)
{
    const size_t n = g->w->system->n;

    g->a[0] = malloc((5 * n * n + n) * sizeof *g->a[0]);
    g->size = malloc(2 * n * sizeof *g->size);
    if (!g->a[0] || !g->size) {
        release(g);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    g->a[1] = g->a[0] + n * n;
    g->u = g->a[1] + n * n;
    g->v = g->u + n * n;
    g->small = g->v + n * n;
    g->value = g->small + n * n;
    g->rest = g->size + n;
    return TG_OK;
}

/* A_0 and A_1, transposed as LAPACK has it, which changes no eigenvalue; *inside: the zeros within,
 * about, by tr M^-1 M'. */
static int
integrate(gathering *g, const strip *at, size_t points, double *inside)
{
    const size_t n = g->w->system->n;

    *inside = 0;

    for (size_t i = 0; i < 2 * n * n; i++) g->a[0][i] = 0;
    for (size_t k = 0; k < points; k++) {
        const double         angle = 2 * pi * ((double)k + 0.5) / (double)points;
        const double complex d = complex_of(at->wide * cos(angle), at->high * sin(angle));
        const double complex way = complex_of(at->high * cos(angle), at->wide * sin(angle));
        tg_system_point      p;
        if (!tg_system_factor(g->w, at->centre + d, &p)) return 0;
        *inside += creal(multiply(p.trace, way)) / (double)points;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                const size_t         from = i * 3 * n + 2 * n + j;
                const double complex term =
                    multiply(complex_of(g->w->re[from], g->w->im[from]), way) /
                    (double)points;
                g->a[0][i * n + j] += term;
                g->a[1][i * n + j] += multiply(term, d);
            }
    }
    return 1;
}

/* out (rank) the eigenvalues of U^* A_1 V S^-1. */
static tg_status
solve(gathering *g, size_t rank)
{
    const size_t n = g->w->system->n;

    for (size_t j = 0; j < rank; j++) {
        for (size_t i = 0; i < n; i++) { /* A_1 v_j / s_j into A_0, free by now */
            double complex sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += multiply(g->a[1][k * n + i], conj(g->v[k * n + j]));
            g->a[0][i] = sum / g->size[j];
        }
        for (size_t i = 0; i < rank; i++) {
            double complex sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += multiply(conj(g->u[i * n + k]), g->a[0][k]);
            g->small[j * rank + i] = sum;
        }
    }
    if (LAPACKE_zgeev(LAPACK_COL_MAJOR, 'N', 'N', (lapack_int)rank, g->small,
                      (lapack_int)rank, g->value, NULL, 1, NULL, 1))
        return tg_fail(TG_ENOCONV, "the eigenvalues of a strip did not converge");
    return TG_OK;
}

static tg_status
keep(gathering *g, double complex z)
{
    if (g->count == g->room) {
        const size_t    room = g->room ? 2 * g->room : 64;
        double complex *grown = realloc(g->guess, room * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        g->guess = grown;
        g->room = room;
    }
    g->guess[g->count++] = z;
    return TG_OK;
}

/* No root at a height above `low` has a larger real part. */
static double
right_end(const tg_system_work *w, double low)
{
    double left = w->line, right = fmax(w->radius, w->line);

    for (int i = 0; i < 30; i++) {
        const double x = (left + right) / 2;
        if (hypot(x, low) > tg_system_radius(w, x) && x > 0)
            right = x;
        else if (low > tg_system_radius(w, x))
            right = x;
        else
            left = x;
    }
    return right;
}

/* An ellipse around the strip low .. high of the half-plane. */
static strip
around(const tg_system_work *w, double low, double high)
{
    const double right = right_end(w, low), pad = 0.05 * (high - low);
    const double half = (right - w->line) / 2 + pad, edge = tg_system_edge(w->system);

    return (strip){ complex_of((right + w->line) / 2, (low + high) / 2),
                    fmin(1.5 * half, (right + w->line) / 2 - edge), 0.75 * (high - low) };
}

/* The guesses of low .. high; of more than there are unknowns a strip is halved. */
static tg_status
search_strip(gathering *g, double low, double high, int depth)
{
    const size_t n = g->w->system->n;
    const strip  at = around(g->w, low, high);
    double       inside;
    size_t       rank = 0;

    TG_TRY(tg_stop_check());
    if (!integrate(g, &at, g->points / 4, &inside) || !(fabs(inside) > 0.02)) return TG_OK;
    if (!integrate(g, &at, g->points, &inside) || !(inside > 0.2)) return TG_OK;
    if (inside > 0.7 * (double)n && depth > 0) {
        TG_TRY(search_strip(g, (low + high) / 2, high, depth - 1));
        return search_strip(g, low, (low + high) / 2, depth - 1);
    }
    if (LAPACKE_zgesvd(LAPACK_COL_MAJOR, 'A', 'A', (lapack_int)n, (lapack_int)n, g->a[0],
                       (lapack_int)n, g->size, g->u, (lapack_int)n, g->v, (lapack_int)n,
                       g->rest))
        return tg_fail(TG_ENOCONV, "the singular values of a strip did not converge");
    while (rank < n && g->size[rank] > 1e-8 * g->size[0]) rank++;
    TG_TRY(solve(g, rank));
    for (size_t i = 0; i < rank; i++) {
        const double complex z = at.centre + g->value[i];
        const double         slack = 0.05 * (high - low);
        if (cimag(z) > low - slack && cimag(z) < high + slack &&
            creal(z) > g->w->line - slack)
            TG_TRY(keep(g, z));
    }
    return TG_OK;
}

tg_status
tg_system_strips(tg_system_work *w, size_t points, double complex **out, size_t *count)
{
    gathering g = { .w = w, .points = points };
    double    longest = 0;

    for (size_t l = 0; l < w->system->terms; l++)
        longest = fmax(longest, tg_delay_mean(w->system->term[l].delay));
    TG_TRY(prepare(&g));
    tg_status    status = TG_OK;
    const size_t strips = 1 + (size_t)(w->radius * longest / 2);
    for (size_t i = strips; i-- > 0 && status == TG_OK;)
        status = search_strip(&g, w->radius * (double)i / (double)strips,
                              w->radius * (double)(i + 1) / (double)strips, 6);
    release(&g);
    if (status != TG_OK) {
        free(g.guess);
        return status;
    }
    *out = g.guess;
    *count = g.count;
    return TG_OK;
}
