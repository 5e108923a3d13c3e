#include "solver/dde_mesh_machine.h"

#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MULTIPLE_MAX 1e5 /* of the measure, the longest delay at most */
#define LENGTH_MAX   1e8 /* of the mesh over the longest delay [steps] */

/* Euclid's algorithm; a remainder below `noise` is none. */
static double
common(double a, double b, double noise)
{
    while (b > noise) {
        double rest = fmod(a, b);
        if (b - rest < noise) rest = 0;
        a = b;
        b = rest;
    }
    return a;
}

static tg_status
no_measure(const double *tau, size_t j, double longest)
{
    return tg_fail(
        TG_EDOMAIN,
        "no mesh divides the delays up to number %zu, %.10g: they have no common "
        "measure above %g (solver/dde.h takes any delays)",
        j, tau[j], longest / MULTIPLE_MAX);
}

tg_status
tg_dde_mesh_measure(size_t delays, const double *tau, double *measure)
{
    double longest = 0, g = 0;

    if (delays == 0) return tg_fail(TG_EDOMAIN, "no delays have no common measure");
    for (size_t j = 0; j < delays; j++) {
        if (!(tau[j] > 0 && isfinite(tau[j])))
            return tg_fail(TG_EDOMAIN, "delay %zu must be > 0, got %g", j, tau[j]);
        longest = fmax(longest, tau[j]);
    }
    for (size_t j = 0; j < delays; j++) {
        g = common(tau[j], g, longest / MULTIPLE_MAX / 10);
        if (!(longest / g <= MULTIPLE_MAX)) return no_measure(tau, j, longest);
    }
    g = longest / round(longest / g); /* without the noise of the remainders */
    for (size_t j = 0; j < delays; j++)
        if (!(fabs(round(tau[j] / g) * g - tau[j]) <= 1e-12 * tau[j]))
            return no_measure(tau, j, longest);
    *measure = g;
    return TG_OK;
}

static tg_status
fill_history(tg_dde_mesh_machine *c)
{
    for (size_t k = 0; k < c->length; k++)
        for (size_t j = 0; j < c->s; j++) {
            const double back = (double)(c->length - k) - c->gauss.c[j];
            TG_TRY(c->eq->history(-c->h * back, c->x, c->eq->context));
            for (size_t i = 0; i < c->n; i++) c->ring[(k * c->n + i) * c->s + j] = c->x[i];
        }
    return c->eq->history(0, c->x, c->eq->context);
}

static void
read_out(const tg_dde_mesh_machine *c, const double *B, double *x)
{
    for (size_t i = 0; i < c->n; i++) {
        double sum = 0;
        for (size_t j = 0; j < c->s; j++) sum += B[j] * c->F[i * c->s + j];
        x[i] = c->x[i] + c->h * sum;
    }
}

static tg_status
run(tg_dde_mesh_machine *c, double horizon, size_t rows)
{
    const double interval = rows > 1 ? horizon / (double)(rows - 1) : horizon;
    double       B[TG_GAUSS_MAX];

    if (c->eq->L) memcpy(c->J, c->eq->L, c->n * c->n * sizeof *c->J);
    c->stale = !c->eq->forcing;
    TG_TRY(tg_dde_mesh_prepare(c));
    TG_TRY(fill_history(c));
    for (size_t k = 0, row = 0; row < rows; k++) {
        const double t = c->h * (double)k;
        TG_TRY(tg_stop_check());
        TG_TRY(tg_dde_mesh_step(c, k));
        for (; row < rows && (double)row * interval <= t + c->h * (1 + 1e-12); row++) {
            tg_gauss_dense(&c->gauss, ((double)row * interval - t) / c->h, B);
            read_out(c, B, c->out + row * c->n);
        }
        read_out(c, c->gauss.b, c->x);
        for (size_t i = 0; i < c->n; i++)
            if (!isfinite(c->x[i]))
                return tg_fail(TG_EDIVERGED, "x[%zu] left the finite range at t = %g", i,
                               t + c->h);
    }
    return TG_OK;
}

static tg_status
check(const tg_dde_mesh *eq, double horizon, size_t rows, size_t steps, int stages)
{
    if (eq->dim < 1 || eq->dim > TG_DDE_MESH_DIM)
        return tg_fail(TG_EDOMAIN, "components must be 1 .. %d, got %zu", TG_DDE_MESH_DIM,
                       eq->dim);
    if (eq->delays < 1 || !eq->tau)
        return tg_fail(TG_EDOMAIN, "the equation has no delays for a mesh to divide");
    if (!eq->forcing == !eq->slope)
        return tg_fail(TG_EDOMAIN, "the equation has %s: give forcing, or slope",
                       eq->slope ? "two right sides" : "no right side");
    if (eq->slope && eq->L)
        return tg_fail(TG_EDOMAIN, "the matrix L goes with forcing, not with slope");
    if (!eq->history)
        return tg_fail(TG_EDOMAIN, "the equation has no history, history is NULL");
    if (!(horizon > 0 && isfinite(horizon)) || rows == 0 || steps == 0)
        return tg_fail(TG_EDOMAIN, "horizon %g, %zu rows and %zu steps make no mesh",
                       horizon, rows, steps);
    if (!(stages >= 2 && stages <= TG_GAUSS_MAX))
        return tg_fail(TG_EDOMAIN, "stages must be 2 .. %d, got %d", TG_GAUSS_MAX, stages);
    return TG_OK;
}

/* h, the measure or a part of it, and each delay in steps. */
static tg_status
choose_mesh(tg_dde_mesh_machine *c, size_t steps)
{
    const double *tau = c->eq->tau;
    double        measure, shortest = INFINITY, longest = 0;

    TG_TRY(tg_dde_mesh_measure(c->m, tau, &measure));
    for (size_t j = 0; j < c->m; j++) {
        shortest = fmin(shortest, tau[j]);
        longest = fmax(longest, tau[j]);
    }
    c->h = measure / fmax(1, ceil((double)steps * (measure / shortest) * (1 - 1e-12)));
    if (!(longest / c->h <= LENGTH_MAX))
        return tg_fail(TG_EDOMAIN, "%g steps to the longest delay are more than %g",
                       longest / c->h, LENGTH_MAX);
    c->back = malloc(c->m * sizeof *c->back);
    if (!c->back) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; j < c->m; j++) {
        c->back[j] = (size_t)lround(tau[j] / c->h);
        c->length = c->back[j] > c->length ? c->back[j] : c->length;
    }
    return TG_OK;
}

/* One block for all the vectors of a run, and `rows` of x to hand out. Sizes are doubles so
 * that none overflows before they are checked. */
static tg_status
lay_out(tg_dde_mesh_machine *c, size_t rows, double **block)
{
    const double n = (double)c->n, side = n * (double)c->s, m = (double)c->m;
    const struct {
        double **vector;
        double   size;
    } parts[] = {
        { &c->J, n * n },
        { &c->P, side * n },
        { &c->K, side * side },
        { &c->inverse, side * side },
        { &c->ring, (double)c->length * side },
        { &c->x, n },
        { &c->past, m * side },
        { &c->Y, side },
        { &c->G, side },
        { &c->F, side },
        { &c->before, side },
        { &c->probe, (m + 2) * n * (n + 1) },
        { &c->out, (double)rows * n },
    };
    const size_t count = sizeof parts / sizeof *parts;
    double       total = 0;

    for (size_t k = 0; k < count; k++) total += parts[k].size;
    TG_TRY(tg_memory_check(total * sizeof **block, "take fewer steps, stages or rows"));
    *block = calloc((size_t)total, sizeof **block);
    if (!*block) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0, at = 0; k < count; at += (size_t)parts[k++].size)
        *parts[k].vector = *block + at;
    return TG_OK;
}

tg_status
tg_dde_mesh_solve(const tg_dde_mesh *eq, double horizon, size_t rows, size_t steps,
                  int stages, double *x)
{
    TG_TRY(check(eq, horizon, rows, steps, stages));
    tg_dde_mesh_machine c = { .eq = eq,
                              .gauss = tg_gauss_make(stages),
                              .n = eq->dim,
                              .s = (size_t)stages,
                              .m = eq->delays };

    TG_TRY(choose_mesh(&c, steps));
    double   *block = NULL;
    tg_status status = lay_out(&c, rows, &block);
    if (status == TG_OK) status = run(&c, horizon, rows);
    if (status == TG_OK) memcpy(x, c.out, rows * eq->dim * sizeof *x);
    free(c.back);
    free(block);
    return status;
}
