/* renewal_own: the corrected characteristic function as power series in z, for roots/
 *
 *     phi_g = sum p_i z^i,     G_g = 1 + int du_g r e^{-st} = sum own_i z^i,    own_i = delta_i0 + du_i r_i
 *
 * r is the mean field's response where that settles, which makes G_g analytic right of where r and du
 * together die; else each group's own, as in renewal_response. Derived here, theory 3.6.
 */
#include "solver/renewal_parts.h"

#include <math.h>
#include <string.h>

double
tg_renewal_group_rate(const tg_renewal *w, size_t g)
{
    return w->rate[g];
}

const double *
tg_renewal_weights(const tg_renewal *w, size_t g, size_t *count)
{
    size_t n = w->grid->n;

    while (n > 1 && w->law[g].p[n - 1] == 0) n--;
    *count = n;
    return w->law[g].p;
}

/* What is above rounding of du r. */
static size_t
known(const tg_renewal_law *l, const double *r, size_t n)
{
    while (n > 1 && !(fabs(r[n - 1]) > 1e-10)) n--;
    return n < l->known ? n : l->known;
}

tg_status
tg_renewal_own_past(const tg_renewal *w, double e, double *own, size_t *count, bool *field)
{
    const size_t    n = w->grid->n;
    tg_renewal_work k;

    if (!(e > 0) || !isfinite(e)) return tg_fail(TG_EDOMAIN, "e must be > 0, got %g", e);
    TG_TRY(tg_renewal_work_create(w, 2 * w->groups, 2 + w->groups, &k));
    *field = tg_renewal_respond(w, e, &k, 0);
    tg_renewal_field(w, e, tg_renewal_complex(&k, 0));
    for (size_t g = 0; g < w->groups; g++) {
        const tg_renewal_law *l = &w->law[g];
        double               *r = tg_renewal_real(&k, g), *row = own + g * n;
        if (*field) tg_zgrid_function(w->grid, &k.room, tg_renewal_complex(&k, 0), 1, r);
        count[g] = w->slow ? 1 : known(l, r, n);
        for (size_t i = 0; i < count[g]; i++) row[i] = l->du[i] * r[i];
        row[0] = w->slow ? (1 + l->cv2) / 2 : 1 + row[0];
    }
    tg_renewal_work_free(&k);
    return TG_OK;
}
