#include "roots/lambert.h"

#include "core/complexes.h"

#include <math.h>
#include <string.h>

enum { MOST_BRANCHES = 1000000 };

static const double pi = 3.14159265358979323846;

int
tg_lambert_applies(const tg_loop *l)
{
    const double tau = tg_delay_mean(l->delay), z = -l->a * tau * exp(l->b * tau);

    if (strcmp(tg_delay_name(l->delay), "constant") || !(tau > 0)) return 0;
    if (l->filter && l->filter != tg_filters[0]) return 0;
    return fabs(l->b * tau) < 300 && fabs(z) > 1e-290 && isfinite(z) &&
           fabs(z + exp(-1)) > 1e-4;
}

/* Branches 0, 1, 2, ...; on z in (-1/e, 0) branch -1 is real too and is not a conjugate. */
tg_status
tg_lambert_search(const tg_loop *l, double line, tg_root_set *out)
{
    const double tau = tg_delay_mean(l->delay), z = -l->a * tau * exp(l->b * tau);
    const int    two_real = z < 0 && z > -exp(-1);

    for (int j = 0; j < MOST_BRANCHES; j++) {
        double complex s = tg_lambert(j, z) / tau - l->b;
        if (j == 0 && z > -exp(-1)) s = creal(s);
        if (creal(s) < line && !(j == 0 && two_real)) return TG_OK;
        if (creal(s) >= line && tg_root_polish(l, &s) == TG_OK)
            TG_TRY(tg_root_set_add(out, (tg_root){ s, 1, 0, 0 }));
        if (j > 0 || !two_real) continue;
        s = creal(tg_lambert(-1, z)) / tau - l->b;
        if (creal(s) < line) return TG_OK;
        if (tg_root_polish(l, &s) == TG_OK)
            TG_TRY(tg_root_set_add(out, (tg_root){ s, 1, 0, 0 }));
    }
    return TG_ENOCONV;
}

size_t
tg_lambert_unstable(const tg_loop *l)
{
    const double k = l->a * tg_delay_mean(l->delay);

    if (k >= 0)
        return k == 0 ? 1 : k < pi / 2 ? 0 : 2 * (size_t)((k - pi / 2) / (2 * pi)) + 2;
    return -k < 3 * pi / 2 ? 1 : 2 * (size_t)((-k - 3 * pi / 2) / (2 * pi)) + 3;
}
