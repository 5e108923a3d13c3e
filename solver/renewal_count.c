/* renewal_count: the verdict in mean of few workers, by the argument principle
 *
 * On the grid Re s > 0 is |z| < 1, ch is a function of z analytic there but for the double zero
 * of z = -1, s = inf, where ch ~ s; and ch(0) > 0. With arg ch followed along s = iw from w =
 * 0, where it is 0, to w = inf, where it is pi/2 if no root is passed on the right,
 *
 *     roots with Re s > 0 = 1/2 - (1/pi) arg ch(i inf)
 *
 * Derived here, theory 3.6.
 */
#include "solver/renewal_parts.h"

#include <math.h>
#include <stdlib.h>

/* phi_g and G_g on |z| = 1: spectra of p and of du r. */
static double complex
asgd(const tg_renewal *w, double e, double complex s, size_t k, const double complex *gain,
     size_t stride)
{
    double complex f = s;

    for (size_t g = 0; g < w->groups; g++) {
        const double complex phi = w->law[g].spectrum[k];
        f += e * w->rate[g] * phi / (1 + e * phi * (1 + gain[g * stride + k]));
    }
    return f;
}

/* The total change of arg along the points, which must be close enough to each other. */
static tg_status
turn(const double complex *f, size_t n, double *angle)
{
    const double pi = 3.14159265358979323846;

    *angle = carg(f[0]);
    for (size_t k = 1; k < n; k++) {
        const double step = carg(f[k] / f[k - 1]);
        if (!(fabs(step) < 0.8 * pi))
            return tg_fail(TG_ENOCONV,
                           "a root on the imaginary axis, or a phase that turns "
                           "faster than the grid sees");
        *angle += step;
    }
    return TG_OK;
}

tg_status
tg_renewal_unstable(const tg_renewal *w, tg_renewal_rule rule, double e, size_t *count)
{
    const tg_zgrid *grid = w->grid;
    const double    pi = 3.14159265358979323846;
    tg_renewal_work k;
    double          angle = 0;

    if (rule != TG_RENEWAL_ASGD)
        return tg_fail(TG_EDOMAIN, "roots are counted for asynchronous SGD");
    TG_TRY(tg_renewal_work_create(w, w->groups, 2 + w->groups, &k));
    (void)tg_renewal_respond(w, e, &k, 0);
    double complex *f = tg_renewal_complex(&k, 0), *gain = tg_renewal_complex(&k, 2);
    for (size_t g = 0; g < w->groups; g++) {
        double *r = tg_renewal_real(&k, g);
        for (size_t i = 0; i < grid->n; i++) r[i] *= w->law[g].du[i];
        tg_zgrid_spectrum(grid, &k.room, r, gain + g * k.crow);
    }
    const size_t last = grid->nz - 1; /* z = -1 is s = inf */
    for (size_t i = 0; i < last; i++) {
        const double         half = pi * (double)i / (double)grid->padded;
        const double complex s = I * 2 / grid->dt * tan(half);
        f[i] = asgd(w, e, s, i, gain, k.crow);
    }
    const tg_status status = turn(f, last, &angle);
    tg_renewal_work_free(&k);
    TG_TRY(status);
    const double roots = 0.5 - angle / pi;
    if (!(fabs(roots - round(roots)) < 0.1) || roots < -0.1)
        return tg_fail(TG_ENOCONV, "the phase ends at %g pi: the grid is too short",
                       angle / pi);
    *count = (size_t)round(roots);
    return TG_OK;
}
