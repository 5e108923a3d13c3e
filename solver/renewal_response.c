/* renewal_response: how x answers a kick, with the workers' own past in it
 *
 *     ch = s + e sum_g lambda_g phi_g / (1 + e phi_g G_g),    r_g^ = 1/(ch (1 + e phi_g G_g)),
 *     G_g = 1 + int du_g r e^{-st}
 *
 * To first order r is the mean field's. Few workers settle where the mean field does not; there
 * r is r_g itself, continued in e. Derived here, theory 3.6.
 */
#include "solver/renewal_parts.h"

#include <math.h>

/* G_g of the rows, then r_g into them. */
static void
answer(const tg_renewal *w, double e, tg_renewal_work *k, size_t first)
{
    double complex *speed = tg_renewal_complex(k, 0);

    for (size_t g = 0; g < w->groups; g++)
        tg_renewal_own(w, g, &k->room, tg_renewal_real(k, first + g),
                       tg_renewal_complex(k, 2 + g));
    tg_renewal_speed(w, e, tg_renewal_complex(k, 2), k->crow, speed);
    for (size_t g = 0; g < w->groups; g++) {
        double complex *own = tg_renewal_complex(k, 2 + g);
        tg_renewal_answer(w, e, g, speed, own, own);
        tg_zgrid_function(w->grid, &k->room, own, 1, tg_renewal_real(k, first + g));
    }
}

static void
from_field(const tg_renewal *w, double e, tg_renewal_work *k, size_t first)
{
    tg_renewal_field(w, e, tg_renewal_complex(k, 0));
    for (size_t g = 0; g < w->groups; g++)
        tg_zgrid_function(w->grid, &k->room, tg_renewal_complex(k, 0), 1,
                          tg_renewal_real(k, first + g));
}

/* Whether r is small in the last eighth of the grid. What grows faster than the grid's damping comes out
 * of the transform as if it ran backwards, small, but then it does not begin at 1. */
static bool
settles(const tg_renewal *w, const double *r)
{
    double late = 0;

    if (!(fabs(r[1] - 1) < 0.3)) return false;
    for (size_t i = w->grid->n - w->grid->n / 8; i < w->grid->n; i++) {
        if (!isfinite(r[i])) return false;
        late = fmax(late, fabs(r[i]));
    }
    return late < 0.05;
}

bool
tg_renewal_respond(const tg_renewal *w, double e, tg_renewal_work *k, size_t first)
{
    double from = e;

    from_field(w, e, k, first);
    const bool settled = settles(w, tg_renewal_real(k, first));
    for (int i = 0; i < 40 && !settles(w, tg_renewal_real(k, first)); i++) {
        from /= 1.1;
        from_field(w, from, k, first);
    }
    for (; from < e; from *= 1.04) answer(w, from, k, first);
    answer(w, e, k, first);
    return settled;
}

double
tg_renewal_whole(const tg_renewal *w, tg_renewal_work *k, size_t first, size_t count,
                 double e, const double *weight)
{
    double sum = 0;

    for (size_t g = 0; g < count; g++) {
        const double *r = tg_renewal_real(k, first + g);
        for (size_t i = w->grid->n - w->grid->n / 8; i < w->grid->n; i++)
            if (!(fabs(r[i]) < 1e-5)) return 1;
        sum += e * weight[g] * tg_zgrid_integral(w->grid, r);
    }
    return fabs(sum - 1) < 0.05 ? sum : 1;
}
