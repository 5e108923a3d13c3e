/* renewal_single: one worker, exactly, whatever its law
 *
 * At each renewal x <- (1 - e) x - eta xi, since what the worker read is x. With N(t) the
 * deliveries that count,
 *
 *     E theta^N = L^-1 { (1/s) [1 - (1 - theta) p / (1 - theta phi)] },   E x = x_0 E (1-e)^N,
 *     E x^2 = V + (x_0^2 - V) E (1-e)^{2N},   V = e^2 (sigma/h)^2 / (1 - (1-e)^2)
 *
 * p the transform of the first that counts: phi where the job begins at t = 0, (1 - phi)/(s m)
 * where it is under way; and one job more under DuDe-ASGD, whose first only fills its slot.
 * Derived here, theory 3.3.
 */
#include "solver/renewal_parts.h"

#include <math.h>

/* Mean of a job: the grid's, so that none is under way for ever, unless the law goes on past its end. */
static double
mean_job(const tg_renewal *w)
{
    const tg_renewal_law *l = &w->law[0];

    return l->p[w->grid->n - 1] > 0 ? 1 / w->lambda : w->grid->dt / l->flat;
}

static void
expected_power(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k,
               double theta, double *out)
{
    double complex *f = tg_renewal_complex(k, 0);
    const double    job = mean_job(w);

    for (size_t i = 0; i < w->grid->nz; i++) {
        const double complex s = w->grid->s[i], phi = w->law[0].phi[i];
        double complex       first = m->together ? phi : (1 - phi) / (s * job);
        if (m->rule == TG_RENEWAL_DUDE) first *= phi;
        f[i] = (1 - (1 - theta) * first / (1 - theta * phi)) / s;
    }
    tg_zgrid_function(w->grid, &k->room, f, 1, out);
}

tg_status
tg_renewal_single(const tg_renewal *w, const tg_renewal_mode *m, double *mean,
                  double *second)
{
    const double    theta = 1 - m->e;
    tg_renewal_work k;

    if (w->groups != 1 || w->total != 1)
        return tg_fail(TG_EDOMAIN, "expected one worker, got %g", w->total);
    if (!(m->e > 0) || !(m->e < 2))
        return tg_fail(TG_EDIVERGED, "one worker settles for e < 2, got %g", m->e);
    TG_TRY(tg_renewal_work_create(w, 1, 1, &k));
    const double V = m->e / (2 - m->e) * m->noise;
    expected_power(w, m, &k, theta, mean);
    expected_power(w, m, &k, theta * theta, second);
    tg_renewal_work_free(&k);
    for (size_t i = 0; i < w->grid->n; i++) {
        mean[i] *= m->start;
        second[i] = V + (m->start * m->start - V) * second[i];
    }
    mean[0] = m->start; /* the lattice law has jobs that end at once */
    second[0] = m->start * m->start;
    return TG_OK;
}
