/* A step from x over h: with slopes F_j = J Y_j + G_j at the nodes,
 *
 *     Y_i = x + h sum_j A_ij (J Y_j + G_j)   =>   Y = P x + K G,
 *     P = M^-1 (1 (x) e),   K = h M^-1 (1 (x) A),   M = 1 - h J (x) A,   e = (1, ..., 1).
 *
 * Linear form: J = L and G = g, known; P and K are the same for every step and made once.
 * General form: G = f(Y) - J Y with the last Y, again until Y stands still, which is
 * Newton's method with a Jacobian kept as long as it serves: REFRESH sweeps or more call
 * for a new one.
 */
#include "solver/dde_mesh_machine.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

#define REFRESH    12
#define SWEEPS_MAX 40

/* M^-1, column by column. */
static tg_status
invert(tg_dde_mesh_machine *c)
{
    const lapack_int side = (lapack_int)(c->n * c->s);
    double          *m = c->inverse;

    for (size_t k = 0; k < c->n; k++)
        for (size_t l = 0; l < c->s; l++)
            for (size_t i = 0; i < c->n; i++)
                for (size_t j = 0; j < c->s; j++)
                    *m++ =
                        (i == k && j == l) - c->h * c->gauss.A[j][l] * c->J[i * c->n + k];
    m = c->inverse;
    if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, side, side, m, side, c->pivot) ||
        LAPACKE_dgetri(LAPACK_COL_MAJOR, side, m, side, c->pivot))
        return tg_fail(TG_EDOMAIN, "the step %g makes the collocation matrix singular",
                       c->h);
    return TG_OK;
}

tg_status
tg_dde_mesh_prepare(tg_dde_mesh_machine *c)
{
    const size_t s = c->s, side = c->n * s;

    TG_TRY(invert(c));
    memset(c->P, 0, side * c->n * sizeof *c->P);
    memset(c->K, 0, side * side * sizeof *c->K);
    for (size_t k = 0; k < c->n; k++)
        for (size_t l = 0; l < s; l++) {
            const double *m = c->inverse + (k * s + l) * side;
            for (size_t r = 0; r < side; r++) c->P[k * side + r] += m[r];
            for (size_t q = 0; q < s; q++)
                for (size_t r = 0; r < side; r++)
                    c->K[(k * s + q) * side + r] += c->h * c->gauss.A[l][q] * m[r];
        }
    return TG_OK;
}

/* Y and F from G. */
static void
collocate(tg_dde_mesh_machine *c)
{
    const size_t n = c->n, s = c->s, side = n * s;
    const double *restrict P = c->P, *restrict K = c->K, *restrict J = c->J;
    const double *restrict x = c->x, *restrict G = c->G;
    double *restrict Y = c->Y, *restrict F = c->F;

    for (size_t r = 0; r < side; r++) Y[r] = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t r = 0; r < side; r++) Y[r] += P[k * side + r] * x[k];
    for (size_t q = 0; q < side; q++)
        for (size_t r = 0; r < side; r++) Y[r] += K[q * side + r] * G[q];
    for (size_t r = 0; r < side; r++) F[r] = G[r];
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < n; q++)
            for (size_t j = 0; j < s; j++) F[i * s + j] += J[i * n + q] * Y[q * s + j];
}

/* J by differences at the first stage, all n + 1 points in one call. */
static tg_status
differentiate(tg_dde_mesh_machine *c, double t)
{
    const size_t n = c->n, points = n + 1, lagged = c->m * n;
    double      *x = c->probe, *out = x + n * points, *past = out + n * points;
    double       times[TG_DDE_MESH_DIM + 1] = { t }, largest = 0;

    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(c->x[i]));
    if (largest == 0) largest = 1;
    for (size_t k = 0; k < points; k++) {
        times[k] = t;
        for (size_t i = 0; i < n; i++) x[i * points + k] = c->x[i];
        for (size_t i = 0; i < lagged; i++) past[i * points + k] = c->past[i * c->s];
        if (k > 0) x[(k - 1) * points + k] += 1.5e-8 * (fabs(c->x[k - 1]) + largest);
    }
    TG_TRY(c->eq->slope(points, times, x, past, out, c->eq->context));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            c->J[i * n + k] = (out[i * points + k + 1] - out[i * points]) /
                              (x[k * points + k + 1] - x[k * points]);
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(c->J[i]))
            return tg_fail(TG_EDIVERGED, "the slope of x[%zu] is not finite at t = %g",
                           i / n, t);
    c->stale = 0;
    return tg_dde_mesh_prepare(c);
}

/* One sweep; *change is by how much of the largest stage value the stages moved, inf where
 * f is not finite. */
static tg_status
sweep(tg_dde_mesh_machine *c, const double *t, double *change)
{
    const size_t n = c->n, s = c->s;
    double       moved = 0, largest = 0;

    *change = INFINITY;
    TG_TRY(c->eq->slope(s, t, c->Y, c->past, c->G, c->eq->context));
    for (size_t i = 0; i < n * s; i++)
        if (!isfinite(c->G[i])) {
            c->lost = 1 + i / s;
            return TG_OK;
        }
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < n; q++)
            for (size_t j = 0; j < s; j++)
                c->G[i * s + j] -= c->J[i * n + q] * c->Y[q * s + j];
    memcpy(c->before, c->Y, n * s * sizeof *c->Y);
    collocate(c);
    for (size_t i = 0; i < n * s; i++) {
        moved = fmax(moved, fabs(c->Y[i] - c->before[i]));
        largest = fmax(largest, fabs(c->Y[i]));
    }
    if (isfinite(largest)) *change = moved > 0 ? moved / largest : 0;
    return TG_OK;
}

/* Sweeps until the stages stand still, to rounding; *settled if they do. */
static tg_status
settle(tg_dde_mesh_machine *c, const double *t, int *settled)
{
    double change = INFINITY, last;

    *settled = 0;
    c->lost = 0;
    for (int sweeps = 1; sweeps <= SWEEPS_MAX; sweeps++) {
        last = change;
        TG_TRY(sweep(c, t, &change));
        if (change <= 1e-15 || (change <= 1e-10 && change > last / 2)) {
            c->stale = sweeps >= REFRESH;
            *settled = 1;
            return TG_OK;
        }
        if (!(change < INFINITY) || (sweeps > 3 && change > last)) return TG_OK;
    }
    return TG_OK;
}

/* From stages on the last slope; where that fails, from x with a new Jacobian. */
static tg_status
solve_stages(tg_dde_mesh_machine *c, const double *t)
{
    const size_t n = c->n, s = c->s;
    int          settled;

    if (c->stale) TG_TRY(differentiate(c, t[0]));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < s; j++)
            c->Y[i * s + j] = c->x[i] + c->h * c->gauss.c[j] * c->F[i * s + s - 1];
    TG_TRY(settle(c, t, &settled));
    if (settled) return TG_OK;
    TG_TRY(differentiate(c, t[0]));
    for (size_t i = 0; i < n * s; i++) c->Y[i] = c->x[i / s];
    TG_TRY(settle(c, t, &settled));
    if (settled) return TG_OK;
    if (c->lost)
        return tg_fail(TG_EDIVERGED, "the slope of x[%zu] is not finite near t = %g",
                       c->lost - 1, t[0]);
    return tg_fail(TG_ENOCONV, "Newton's method fails at t = %g: take more steps than %g",
                   t[0], c->h);
}

tg_status
tg_dde_mesh_step(tg_dde_mesh_machine *c, size_t k)
{
    const size_t side = c->n * c->s;
    double       t[TG_GAUSS_MAX];

    for (size_t j = 0; j < c->s; j++) t[j] = c->h * ((double)k + c->gauss.c[j]);
    for (size_t j = 0; j < c->m; j++) {
        const size_t then = c->now + (c->now < c->back[j] ? c->length : 0) - c->back[j];
        memcpy(c->past + j * side, c->ring + then * side, side * sizeof *c->past);
    }
    if (c->eq->forcing) {
        TG_TRY(c->eq->forcing(c->s, t, c->past, c->G, c->eq->context));
        collocate(c);
    } else {
        TG_TRY(solve_stages(c, t));
    }
    memcpy(c->ring + c->now * side, c->Y, side * sizeof *c->Y);
    if (++c->now == c->length) c->now = 0;
    return TG_OK;
}
