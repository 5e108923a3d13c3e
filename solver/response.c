/* With R(z) = p(z)/q(z) the stability function of Radau IIA, p = 1 + 2z/5 + z^2/20 and
 * q = 1 - 3z/5 + 3z^2/20 - z^3/60, the values x_1, x_2, ... of a response with transform G
 * are
 *
 *     sum_n x_{n+1} zeta^n = sum_{i=1..3} w_i G(z_i / dt) / dt,   zeta R(z_i) = 1,
 *     w_i = 1 / (zeta^2 R'(z_i)) = q / (zeta (zeta p' - q')) at z_i
 *
 * (residues of the resolvent of the stage matrix, which by Sherman and Morrison's formula
 * is R/(1 - zeta R); derived here). The z_i move slowly along the circle: Newton follows
 * them.
 */
#include "solver/response.h"

#include "solver/curve.h"

#include "core/complexes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { R_, SUM, HELD, FILTERED, KINDS };

/* zeta p(z) - q(z), times 60: z^3 + (3 zeta - 9) z^2 + (24 zeta + 36) z + 60 (zeta - 1). */
static double complex
follow(double complex zeta, double complex z)
{
    const double complex c2 = 3 * zeta - 9, c1 = 24 * zeta + 36, c0 = 60 * (zeta - 1);

    /* quadratic: after a step of 1e-8 the error is below rounding */
    for (int i = 0; i < 40; i++) {
        const double complex value = multiply(multiply(z + c2, z) + c1, z) + c0;
        const double complex step = divide(value, multiply(3 * z + 2 * c2, z) + c1);
        z -= step;
        if (abs_squared(step) < 1e-17 * (1 + abs_squared(z))) break;
    }
    return z;
}

static double complex
weight(double complex zeta, double complex z)
{
    const double complex q = 1 + multiply(z, -0.6 + multiply(z, 0.15 - z / 60));
    const double complex slope =
        multiply(zeta, 0.4 + 0.1 * z) + 0.6 - multiply(z, 0.3 - z / 20);

    return divide(q, multiply(zeta, slope));
}

/* The method's frequencies z_i / dt at every point, and their weights, (3, points) each. The
 * quadratic through three points foresees the next so well that one step of Newton's iteration
 * corrects it. */
static void
list_frequencies(const tg_ring *ring, double dt, double complex *s, double complex *w)
{
    double complex z[3] = { 1 - ring->rho, 3 + 7.14 * I, 3 - 7.14 * I }, before[3],
                   older[3];

    memcpy(before, z, sizeof z);
    memcpy(older, z, sizeof z);
    for (size_t k = 0; k < ring->points; k++) {
        const double complex zeta = tg_ring_point(ring, k);
        for (size_t i = 0; i < 3; i++) {
            const double complex next = k < 3 ? z[i] : 3 * (z[i] - before[i]) + older[i];
            older[i] = before[i];
            before[i] = z[i];
            z[i] = follow(zeta, next);
            s[i * ring->points + k] = z[i] / dt;
            w[i * ring->points + k] = weight(zeta, z[i]) / dt;
        }
    }
}

/* Add what one frequency brings to the kinds that are wanted, (points) each. */
static void
add_transforms(const tg_loop *l, const double complex *s, const double complex *w,
               const tg_transforms *t, size_t points, double complex *const X[KINDS])
{
    for (size_t k = 0; k < points; k++) {
        const double complex g = divide(w[k], s[k] + l->b + l->a * t[k].kappa);
        const double complex sum = divide(g, s[k]);
        X[R_][k] += g;
        X[SUM][k] += sum;
        if (X[HELD]) X[HELD][k] += multiply(sum, t[k].phi);
        if (X[FILTERED])
            X[FILTERED][k] += multiply(g, l->filter->gain(l, s[k], t[k].phi, 0, NULL));
    }
}

static tg_status
fill_circle(const tg_loop *l, double dt, const tg_ring *ring,
            double complex *const X[KINDS])
{
    const size_t    n = ring->points;
    double complex *s = malloc(6 * n * sizeof *s), *w = s + 3 * n;
    tg_transforms  *t = malloc(n * sizeof *t);
    const tg_status status = s && t ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) list_frequencies(ring, dt, s, w);
    for (size_t i = 0; i < 3 && status == TG_OK; i++) {
        tg_curve_transforms(l, s + i * n, n, t);
        add_transforms(l, s + i * n, w + i * n, t, n, X);
    }
    free(s);
    free(t);
    return status;
}

/* The ring gives x_1, x_2, ...; the grid begins with x_0. */
static void
place(tg_ring *ring, const double complex *X, double first, double *x)
{
    tg_ring_back(ring, X, x);
    memmove(x + 1, x, (ring->n - 1) * sizeof *x);
    x[0] = first;
}

tg_status
tg_response_fill(const tg_loop *l, double dt, tg_ring *ring, const tg_response *out)
{
    double *const   target[KINDS] = { out->r, out->sum, out->held, out->filtered };
    double complex *X[KINDS] = { NULL };
    size_t          wanted = 0;

    for (int kind = 0; kind < KINDS; kind++) wanted += target[kind] != NULL;
    double complex *all = calloc(wanted * ring->points, sizeof *all);
    if (!all) return tg_fail(TG_ENOMEM, "out of memory");
    for (int kind = 0; kind < KINDS; kind++)
        if (target[kind]) X[kind] = all + --wanted * ring->points;
    const tg_status status = fill_circle(l, dt, ring, X);
    for (int kind = 0; status == TG_OK && kind < KINDS; kind++)
        if (target[kind]) place(ring, X[kind], kind == R_, target[kind]);
    free(all);
    if (status != TG_OK) return status;
    if (isfinite(out->r[ring->n - 1])) return TG_OK;
    return tg_fail(TG_EDIVERGED, "the mean leaves the finite range before t = %g",
                   dt * (double)(ring->n - 1));
}
