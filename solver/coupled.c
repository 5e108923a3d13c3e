#include "solver/coupled.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

static tg_status
check(const tg_coupled *p)
{
    if (p->n == 0) return tg_fail(TG_EDOMAIN, "there must be at least one mode");
    if (!(p->gain > 0 && isfinite(p->gain)))
        return tg_fail(TG_EDOMAIN, "eta^2 lambda must be > 0, got %g", p->gain);
    if (!(p->batch >= 1))
        return tg_fail(TG_EDOMAIN, "batch must be >= 1, got %g", p->batch);
    if (!(p->label >= 0 && isfinite(p->label)))
        return tg_fail(TG_EDOMAIN, "variance of the label noise must be >= 0, got %g",
                       p->label);
    for (size_t i = 0; i < p->n; i++)
        if (!(p->h[i] >= 0 && isfinite(p->h[i]) && p->energy[i] >= 0 &&
              isfinite(p->energy[i])))
            return tg_fail(TG_EDOMAIN, "mode %zu has eigenvalue %g and energy %g", i,
                           p->h[i], p->energy[i]);
    return TG_OK;
}

/* K = D + u h' with D diagonal, u_i = g^2 I_i h_i / B: similar to the symmetric matrix
 * D + w w', w_i = h_i sqrt(g^2 I_i / B), so the eigenvalues are real and >= 0. */
static tg_status
spectral_radius(const tg_coupled *p, double *radius)
{
    const size_t n = p->n;
    double      *k = malloc(n * n * sizeof *k), *w = malloc(2 * n * sizeof *w);
    lapack_int   info = -1;

    if (!k || !w) goto done;
    for (size_t i = 0; i < n; i++) w[i] = p->h[i] * sqrt(p->gain * p->energy[i] / p->batch);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            k[i * n + j] = w[i] * w[j] + (i == j ? w[i] * w[i] * (p->batch + 1) : 0);
    info =
        LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'N', 'U', (lapack_int)n, k, (lapack_int)n, w + n);
    if (info == 0) *radius = w[2 * n - 1];
done:
    free(k);
    free(w);
    if (info == 0) return TG_OK;
    return info < 0 ? tg_fail(TG_ENOMEM, "out of memory for %zu coupled modes", n)
                    : tg_fail(TG_ENOCONV, "no eigenvalues for %zu coupled modes", n);
}

/* (1 - D) v = u (s^2 + h'v): one unknown, x = h'v. */
static void
solve(const tg_coupled *p, double *v, double *floor)
{
    double direct = 0, loss = 0; /* h'(1 - D)^-1 u */

    for (int pass = 0; pass < 2; pass++) {
        const double drive = pass ? p->label / (1 - direct) : 0; /* s^2 + h'v */
        for (size_t i = 0; i < p->n; i++) {
            const double u = p->gain * p->energy[i] * p->h[i] / p->batch;
            const double share = u / (1 - u * p->h[i] * (p->batch + 1));
            if (!pass) direct += p->h[i] * share;
            if (pass && v) v[i] = share * drive;
            if (pass) loss += p->h[i] * share * drive / 2;
        }
    }
    if (floor) *floor = loss;
}

tg_status
tg_coupled_floor(const tg_coupled *p, double *radius, double *v, double *floor)
{
    TG_TRY(check(p));
    TG_TRY(spectral_radius(p, radius));
    if (*radius < 1) {
        solve(p, v, floor);
        return TG_OK;
    }
    for (size_t i = 0; v && i < p->n; i++) v[i] = INFINITY;
    if (floor) *floor = INFINITY;
    return TG_OK;
}
