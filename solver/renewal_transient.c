/* renewal_transient: a mode in time, of either rule */
#include "solver/renewal_parts.h"

#include <math.h>
#include <string.h>

tg_status
tg_renewal_transient(const tg_renewal *w, const tg_renewal *coarse,
                     const tg_renewal_mode *m, const tg_renewal_variance *v, double *mean,
                     double *second, double *error)
{
    const size_t    n = w->grid->n;
    tg_renewal_work k;

    if (!(m->e > 0) || !isfinite(m->e + m->start) || !(m->noise >= 0) ||
        !isfinite(m->noise))
        return tg_fail(TG_EDOMAIN, "e, start and noise must be finite, got %g, %g, %g",
                       m->e, m->start, m->noise);
    TG_TRY(tg_renewal_work_create(w, 3, 1, &k));
    double *y = tg_renewal_real(&k, 0), *Z = y + k.row, *off = Z + k.row;
    memset(Z, 0, n * sizeof *Z);
    memset(off, 0, n * sizeof *off);
    tg_status status = m->rule == TG_RENEWAL_DUDE
                           ? tg_renewal_follow_dude(w, coarse, m, v, y, Z, off)
                           : tg_renewal_follow_asgd(w, coarse, m, v, y, Z, off);
    for (size_t i = 0; i < n && status == TG_OK; i++)
        if (!isfinite(y[i] * y[i] + Z[i]))
            status = tg_fail(TG_EDIVERGED, "the moments overflow at e = %g", m->e);
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        mean[i] = y[i];
        second[i] = y[i] * y[i] + fmax(Z[i], 0);
        error[i] = off[i];
    }
    if (status == TG_OK) second[0] = m->start * m->start;
    tg_renewal_work_free(&k);
    return status;
}
