/* predict_exact: level finite-P, the worker process itself
 *
 * Exact where the cluster is one group of staggered workers with a phase-type law under
 * plain ASGD, all workers share one minimum, and the occupancy lattice (solver/lattice.h)
 * is small enough to be worth it.
 */
#include "asgd/predict_parts.h"

#include "solver/lattice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double WORTHWHILE = 800; /* unknowns */

static tg_lattice
lattice_of(const tg_case *c, const tg_phase *law, const tg_modes *m, size_t j)
{
    return (tg_lattice){ .law = *law,
                         .workers = c->cluster->workers,
                         .eta = c->step,
                         .h = m->h[j],
                         .sigma = sqrt(m->sigma2[j]) };
}

bool
tg_case_is_exact(const tg_case *c, const tg_modes *m, tg_phase *law)
{
    if (!c->plain || c->cluster->groups != 1 || c->cluster->together) return false;
    for (size_t j = 0; j < m->count; j++)
        if (m->spread[j] > 0 || m->shift[j] != 0) return false;
    if (m->start_covered < m->start_loss) return false; /* not a quadratic */
    if (tg_phase_from_delay(c->delay, law) != TG_OK || !law->exact) return false;
    const tg_lattice l = lattice_of(c, law, m, 0);
    return tg_lattice_size(&l) <= WORTHWHILE;
}

/* The rate is twice the mean's where the variance is not what decays last, so it is read
 * from the second moments only for the verdict. */
tg_status
tg_case_exact_variance(const tg_case *c, const tg_phase *law, const tg_modes *m, size_t j,
                       tg_mode_prediction *mode)
{
    const tg_lattice l = lattice_of(c, law, m, j);
    double           abscissa = NAN;
    const tg_status  status = tg_lattice_variance(&l, &mode->variance, &abscissa);

    if (status == TG_ENOMEM || status == TG_ENOCONV) return status;
    mode->settles = status == TG_OK && abscissa < 0;
    if (!mode->settles) mode->variance = INFINITY;
    return TG_OK;
}

tg_status
tg_case_exact_loss(const tg_case *c, const tg_phase *law, const tg_modes *m,
                   const tg_predict_plan *plan, double *loss)
{
    const size_t n = plan->points;
    double      *second = malloc(n * sizeof *second);
    tg_status    status = TG_OK;

    if (!second) return tg_fail(TG_ENOMEM, "out of memory");
    memset(loss, 0, n * sizeof *loss);
    for (size_t j = 0; j < m->count && status == TG_OK; j++) {
        const tg_lattice l = lattice_of(c, law, m, j);
        status = tg_lattice_transient(&l, m->start[j], plan->horizon, n, NULL, second);
        for (size_t i = 0; i < n && status == TG_OK; i++)
            loss[i] += m->h[j] / 2 * second[i];
    }
    free(second);
    return status;
}
