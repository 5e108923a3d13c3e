#include "solver/renewal_law.h"

#include "core/complexes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* int_low^high F by the parabola through three points, split until that agrees with the line
 * through the ends. The middle point is at the golden section: jumps that are spread evenly
 * over the halves of a cell would look like a line from its centre. */
static double
integrate(const tg_delay *law, double low, double high, double at_low, double at_high,
          double tolerance)
{
    const double golden = 0.38196601125010515, width = high - low;
    const double middle = low + golden * width, at = tg_delay_cdf(law, middle);
    const double line = width * (at_low + at_high) / 2;
    const double parabola = width * (at_low * (3 * golden - 1) / (6 * golden) +
                                     at / (6 * golden * (1 - golden)) +
                                     at_high * (2 - 3 * golden) / (6 * (1 - golden)));

    if (fabs(line - parabola) <= tolerance || width * (at_high - at_low) <= tolerance)
        return parabola;
    return integrate(law, low, middle, at_low, at, tolerance) +
           integrate(law, middle, high, at, at_high, tolerance);
}

/* The mass of the tail is put at the grid's end. */
static void
weigh(const tg_zgrid *g, const tg_delay *law, double *p)
{
    double before = 0, low = tg_delay_cdf(law, 0);

    for (size_t i = 0; i < g->n; i++) {
        const double t = g->dt * (double)i, high = tg_delay_cdf(law, t + g->dt);
        const double mean =
            low == high ? low
                        : integrate(law, t, t + g->dt, low, high, 1e-6 * g->dt) / g->dt;
        p[i] = fmax(mean - before, 0);
        before = fmax(mean, before);
        low = high;
    }
    if (1 - before > 1e-12) p[g->n - 1] += 1 - before; /* less is rounding */
    for (size_t i = 0; i < g->n; i++)
        if (p[i] < 1e-14) p[i] = 0;
}

/* phi at the grid's s from a law on a finer grid of its own, where the steps are too long to
 * see its variance. */
static tg_status
refine(const tg_zgrid *g, const tg_delay *law, double mean, double complex *phi)
{
    enum { FINE = 24, REACH = 40 };
    size_t       n = FINE * REACH;
    const double dt = mean / FINE;
    tg_zgrid     fine = { .dt = dt, .n = n };
    double      *p = malloc(n * sizeof *p);

    if (!p) return tg_fail(TG_ENOMEM, "out of memory");
    weigh(&fine, law, p);
    while (n > 1 && p[n - 1] == 0) n--;
    for (size_t k = 0; k < g->nz; k++) {
        const double complex half = g->s[k] * dt / 2, z = (1 - half) / (1 + half);
        double complex       sum = 0;
        for (size_t i = n; i-- > 0;) sum = multiply(sum, z) + p[i];
        phi[k] = sum;
    }
    free(p);
    return TG_OK;
}

/* U^ = 1/(1 - phi). On the grid the mean is that of the weights. */
static void
renew(const tg_zgrid *g, tg_zroom *room, tg_renewal_law *l, double complex *work)
{
    double mean = 0;

    for (size_t i = 0; i < g->n; i++) mean += l->p[i] * g->dt * (double)i;
    for (size_t k = 0; k < g->nz; k++) work[k] = inverse(1 - l->phi[k]);
    tg_zgrid_sequence(g, room, work, l->u);
    memcpy(l->more, l->u, g->n * sizeof *l->u);
    l->more[0] -= 1;
    for (size_t i = 0; i < g->n; i++) l->du[i] = l->more[i] - g->dt / mean;
    l->du[0] += g->dt / mean / 2;
    l->flat = g->dt / mean;
    l->known = g->n;
    while (l->known > 1 && fabs(l->du[l->known - 1]) < 1e-8 * l->flat) l->known--;
}

tg_status
tg_renewal_law_create(const tg_zgrid *g, tg_zroom *room, const tg_delay *law, bool slow,
                      tg_renewal_law *out)
{
    const double   mean = tg_delay_mean(law);
    const size_t   row = (g->n + 7) / 8 * 8, crow = (g->nz + 7) / 8 * 8;
    tg_renewal_law l = { .mean = mean,
                         .cv2 = fmin(tg_delay_variance(law) / (mean * mean), 1e6) };

    if (!(mean > 0) || !isfinite(mean))
        return tg_fail(TG_EDOMAIN, "workers need a mean time > 0 and finite, got %g", mean);
    l.p = tg_zgrid_reals(g, 4);
    l.phi = tg_zgrid_complexes(g, 2);
    if (!l.p || !l.phi) {
        tg_renewal_law_free(&l);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    l.u = l.p + row;
    l.more = l.u + row;
    l.du = l.more + row;
    l.spectrum = l.phi + crow;
    weigh(g, law, l.p);
    tg_zgrid_generate(g, room, l.p, l.phi);
    const tg_status status = slow ? refine(g, law, mean, l.phi) : TG_OK;
    if (status != TG_OK) {
        tg_renewal_law_free(&l);
        return status;
    }
    tg_zgrid_spectrum(g, room, l.p, l.spectrum);
    renew(g, room, &l, room->two);
    *out = l;
    return TG_OK;
}

void
tg_renewal_law_free(tg_renewal_law *l)
{
    tg_zgrid_release(l->p);
    tg_zgrid_release(l->phi);
    *l = (tg_renewal_law){ 0 };
}

void
tg_renewal_law_ahead(const tg_zgrid *g, tg_zroom *r, const tg_renewal_law *l,
                     const double *f, double *out)
{
    tg_zgrid_spectrum(g, r, f, r->two);
    tg_zgrid_ahead(g, r, l->spectrum, r->two, out);
}
