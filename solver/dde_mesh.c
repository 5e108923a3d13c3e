/* A step from x over h: with F_j = L Y_j + G_j the slopes at the nodes,
 *     Y_i = x + h sum_j A_ij (L Y_j + G_j)   =>   Y = (1 - h A (x) L)^-1 (x + h A G) .
 * The matrix is the same for every step; it is inverted once.
 */
#include "solver/dde_mesh.h"

#include "solver/gauss.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE (TG_GAUSS_MAX * TG_DDE_MESH_DIM)

typedef struct machine {
    const tg_dde_mesh *eq;
    tg_gauss           gauss;
    size_t             n, s, m; /* components, stages, steps to a delay */
    double             h;
    double            *inverse; /* (s n, s n) unknown (i, stage j) at i s + j */
    double            *past;    /* (m, n, s) stage values of the last delay */
    double             x[TG_DDE_MESH_DIM], Y[SIDE], G[SIDE], F[SIDE];
} machine;

static tg_status
invert(machine *c)
{
    const lapack_int side = (lapack_int)(c->n * c->s);
    lapack_int       pivot[SIDE];
    double          *m = c->inverse;

    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->s; j++)
            for (size_t k = 0; k < c->n; k++)
                for (size_t l = 0; l < c->s; l++)
                    m[(i * c->s + j) * c->n * c->s + k * c->s + l] =
                        (i == k && j == l) -
                        c->h * c->gauss.A[j][l] * c->eq->L[i * c->n + k];
    if (LAPACKE_dgetrf(LAPACK_ROW_MAJOR, side, side, m, side, pivot) ||
        LAPACKE_dgetri(LAPACK_ROW_MAJOR, side, m, side, pivot))
        return tg_fail(TG_EDOMAIN, "the step %g makes the collocation matrix singular",
                       c->h);
    return TG_OK;
}

static tg_status
fill_history(machine *c)
{
    double x[TG_DDE_MESH_DIM];

    for (size_t k = 0; k < c->m; k++)
        for (size_t j = 0; j < c->s; j++) {
            const double t = c->h * ((double)k + c->gauss.c[j]) - c->eq->tau;
            TG_TRY(c->eq->history(t, x, c->eq->context));
            for (size_t i = 0; i < c->n; i++) c->past[(k * c->n + i) * c->s + j] = x[i];
        }
    return c->eq->history(0, c->x, c->eq->context);
}

/* Stages and slopes of step k. */
static tg_status
solve_step(machine *c, size_t k)
{
    const size_t side = c->n * c->s;
    double      *past = c->past + k % c->m * side, t[TG_GAUSS_MAX], right[SIDE];

    for (size_t j = 0; j < c->s; j++) t[j] = c->h * ((double)k + c->gauss.c[j]);
    TG_TRY(c->eq->forcing(c->s, t, past, c->G, c->eq->context));
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->s; j++) {
            double sum = 0;
            for (size_t l = 0; l < c->s; l++) sum += c->gauss.A[j][l] * c->G[i * c->s + l];
            right[i * c->s + j] = c->x[i] + c->h * sum;
        }
    for (size_t r = 0; r < side; r++) {
        double sum = 0;
        for (size_t q = 0; q < side; q++) sum += c->inverse[r * side + q] * right[q];
        c->Y[r] = sum;
    }
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->s; j++) {
            double f = c->G[i * c->s + j];
            for (size_t q = 0; q < c->n; q++)
                f += c->eq->L[i * c->n + q] * c->Y[q * c->s + j];
            c->F[i * c->s + j] = f;
        }
    memcpy(past, c->Y, side * sizeof *past);
    return TG_OK;
}

static void
read_out(const machine *c, const double *B, double *x)
{
    for (size_t i = 0; i < c->n; i++) {
        double sum = 0;
        for (size_t j = 0; j < c->s; j++) sum += B[j] * c->F[i * c->s + j];
        x[i] = c->x[i] + c->h * sum;
    }
}

static tg_status
run(machine *c, double horizon, size_t rows, double *out)
{
    const double interval = rows > 1 ? horizon / (double)(rows - 1) : horizon;
    double       B[TG_GAUSS_MAX];

    TG_TRY(invert(c));
    TG_TRY(fill_history(c));
    for (size_t k = 0, row = 0; row < rows; k++) {
        const double t = c->h * (double)k;
        TG_TRY(solve_step(c, k));
        for (; row < rows && (double)row * interval <= t + c->h * (1 + 1e-12); row++) {
            tg_gauss_dense(&c->gauss, ((double)row * interval - t) / c->h, B);
            read_out(c, B, out + row * c->n);
        }
        read_out(c, c->gauss.b, c->x);
        for (size_t i = 0; i < c->n; i++)
            if (!isfinite(c->x[i]))
                return tg_fail(TG_EDIVERGED, "x[%zu] left the finite range at t = %g", i,
                               t);
    }
    return TG_OK;
}

tg_status
tg_dde_mesh_solve(const tg_dde_mesh *eq, double horizon, size_t rows, size_t steps,
                  int stages, double *x)
{
    tg_status status;

    if (eq->dim < 1 || eq->dim > TG_DDE_MESH_DIM)
        return tg_fail(TG_EDOMAIN, "components must be 1 .. %d, got %zu", TG_DDE_MESH_DIM,
                       eq->dim);
    if (!eq->L || !eq->forcing || !eq->history)
        return tg_fail(TG_EDOMAIN, "the equation has no %s, it is NULL",
                       !eq->L         ? "matrix L"
                       : !eq->forcing ? "forcing"
                                      : "history");
    if (!(eq->tau > 0 && isfinite(eq->tau)))
        return tg_fail(TG_EDOMAIN, "the delay must be > 0, got %g", eq->tau);
    if (!(horizon > 0 && isfinite(horizon)) || rows == 0 || steps == 0)
        return tg_fail(TG_EDOMAIN, "horizon %g, %zu rows and %zu steps make no mesh",
                       horizon, rows, steps);
    if (!(stages >= 2 && stages <= TG_GAUSS_MAX))
        return tg_fail(TG_EDOMAIN, "stages must be 2 .. %d, got %d", TG_GAUSS_MAX, stages);
    const size_t side = eq->dim * (size_t)stages;
    machine      c = { .eq = eq,
                       .gauss = tg_gauss_make(stages),
                       .n = eq->dim,
                       .s = (size_t)stages,
                       .m = steps,
                       .h = eq->tau / (double)steps };
    c.inverse = malloc(side * side * sizeof *c.inverse);
    c.past = malloc(steps * side * sizeof *c.past);
    double *scratch = malloc(rows * eq->dim * sizeof *scratch);
    status = c.inverse && c.past && scratch ? run(&c, horizon, rows, scratch)
                                            : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) memcpy(x, scratch, rows * eq->dim * sizeof *x);
    free(c.inverse);
    free(c.past);
    free(scratch);
    return status;
}
