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

/* A stretch of the circle: small enough to stay in the near caches, long enough for a
 * costly law to be interpolated along it. */
enum { STRETCH = 1024 };

typedef struct stretch {
    double complex z[3], before[3], older[3]; /* of the last points */
    double complex s[3][STRETCH], w[3][STRETCH];
    tg_transforms  t[STRETCH];
} stretch;

/* The method's frequencies z_i / dt at n points from `first` on, and their weights. The
 * quadratic through three points foresees the next so well that one step of Newton's
 * iteration corrects it.
 */
static void
list_frequencies(const tg_ring *ring, double dt, size_t first, size_t n, stretch *a)
{
    for (size_t k = 0; k < n; k++) {
        const double complex zeta = tg_ring_point(ring, first + k);
        for (size_t i = 0; i < 3; i++) {
            const double complex next =
                first + k < 3 ? a->z[i] : 3 * (a->z[i] - a->before[i]) + a->older[i];
            a->older[i] = a->before[i];
            a->before[i] = a->z[i];
            a->z[i] = follow(zeta, next);
            a->s[i][k] = a->z[i] / dt;
            a->w[i][k] = weight(zeta, a->z[i]) / dt;
        }
    }
}

/* Add what the i-th frequency brings to the kinds that are wanted, from `first` on. */
static void
add_transforms(const tg_loop *l, const stretch *a, size_t i, size_t first, size_t n,
               double complex *const X[KINDS])
{
    for (size_t k = 0; k < n; k++) {
        const double complex s = a->s[i][k], phi = a->t[k].phi;
        const double complex g = divide(a->w[i][k], s + l->b + l->a * a->t[k].kappa);
        const double complex sum = divide(g, s);
        X[R_][first + k] += g;
        X[SUM][first + k] += sum;
        if (X[HELD]) X[HELD][first + k] += multiply(sum, phi);
        if (X[FILTERED])
            X[FILTERED][first + k] += multiply(g, l->filter->gain(l, s, phi, 0, NULL));
    }
}

static tg_status
fill_circle(const tg_loop *l, double dt, const tg_ring *ring,
            double complex *const X[KINDS])
{
    stretch *a = malloc(sizeof *a);

    if (!a) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(a->z, (double complex[]){ 1 - ring->rho, 3 + 7.14 * I, 3 - 7.14 * I },
           sizeof a->z);
    for (size_t first = 0; first < ring->points; first += STRETCH) {
        const size_t rest = ring->points - first, n = rest < STRETCH ? rest : STRETCH;
        list_frequencies(ring, dt, first, n, a);
        for (size_t i = 0; i < 3; i++) {
            tg_curve_transforms(l, a->s[i], n, a->t);
            add_transforms(l, a, i, first, n, X);
        }
    }
    free(a);
    return TG_OK;
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

    for (int kind = 0; kind < KINDS; kind++)
        if (target[kind]) X[kind] = ring->room + (size_t)kind * ring->points;
    memset(ring->room, 0, KINDS * ring->points * sizeof *ring->room);
    const tg_status status = fill_circle(l, dt, ring, X);
    for (int kind = 0; status == TG_OK && kind < KINDS; kind++)
        if (target[kind]) place(ring, X[kind], kind == R_, target[kind]);
    if (status != TG_OK) return status;
    if (isfinite(out->r[ring->n - 1])) return TG_OK;
    return tg_fail(TG_EDIVERGED, "the mean leaves the finite range before t = %g",
                   dt * (double)(ring->n - 1));
}
