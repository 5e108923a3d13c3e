#include "solver/stationary.h"

#include "solver/stationary_closed.h"
#include "solver/stationary_integral.h"

#include <math.h>
#include <string.h>

static tg_status
diverges(const tg_loop *l)
{
    return tg_fail(TG_EDOMAIN,
                   "the mean diverges at a = %g, b = %g, delay %s: no stationary law", l->a,
                   l->b, tg_delay_name(l->delay));
}

tg_status
tg_stationary_energy(const tg_loop *l, double *energy, double *gain)
{
    int    whole;
    size_t unstable;
    double first = 0, second = 0;

    TG_TRY(tg_mode_check(&(tg_mode){ .loop = *l }));
    if (tg_stationary_closed(l, &first)) {
        if (isnan(first)) return diverges(l);
        second = first;
    } else {
        TG_TRY(tg_stationary_unstable_roots(l, &unstable));
        if (unstable) return diverges(l);
        const int overlaps = energy || tg_loop_white(l, &whole) > 0;
        if (overlaps) TG_TRY(tg_stationary_overlap(l, 0, &first));
        if (gain) TG_TRY(tg_stationary_filtered(l, 0, first, &second));
    }
    if (energy) *energy = first;
    if (gain) *gain = second;
    return TG_OK;
}

/* J, V and the intensity q + c V that feeds the stationary noise. */
static tg_status
settle(const tg_mode *m, double *gain, double *variance, double *intensity)
{
    TG_TRY(tg_mode_check(m));
    TG_TRY(tg_stationary_energy(&m->loop, NULL, gain));
    if (!(m->jump * *gain < 1))
        return tg_fail(TG_EDOMAIN,
                       "the variance diverges: eta^2 h^2 lambda I = %g is not < 1",
                       m->jump * *gain);
    *variance = m->noise * *gain / (1 - m->jump * *gain);
    *intensity = m->noise + m->jump * *variance;
    return TG_OK;
}

tg_status
tg_stationary_variance(const tg_mode *m, double *variance)
{
    double gain, intensity, v = 0;

    TG_TRY(settle(m, &gain, &v, &intensity));
    *variance = v;
    return TG_OK;
}

/* Constant delay, b = 0, up to the delay: I cos(a u) - sin(a u)/(2a). Source: Kuchler,
 * Mensch 1992. */
static tg_status
overlap(const tg_loop *l, double gain, double lag, double *out)
{
    int          whole;
    double       first = 0;
    const double white = tg_loop_white(l, &whole);

    if (whole && white == 1 && l->b == 0 && lag <= tg_delay_mean(l->delay) &&
        !strcmp(tg_delay_name(l->delay), "constant")) {
        *out = gain * cos(l->a * lag) - sin(l->a * lag) / (2 * l->a);
        return TG_OK;
    }
    if (white > 0) TG_TRY(tg_stationary_overlap(l, lag, &first));
    return tg_stationary_filtered(l, lag, first, out);
}

tg_status
tg_stationary_covariance(const tg_mode *m, const double *lag, size_t n, double *out)
{
    double gain, intensity, variance;

    TG_TRY(settle(m, &gain, &variance, &intensity));
    for (size_t i = 0; i < n; i++)
        if (!(lag[i] >= 0 && isfinite(lag[i])))
            return tg_fail(TG_EDOMAIN, "lag %zu must be >= 0, got %g", i, lag[i]);
    for (size_t i = 0; i < n; i++) {
        double share = gain;
        if (lag[i] > 0) TG_TRY(overlap(&m->loop, gain, lag[i], &share));
        out[i] = intensity * share;
    }
    return TG_OK;
}

tg_status
tg_stationary_spectrum(const tg_mode *m, const double *w, size_t n, double *out)
{
    double gain, intensity, variance;

    TG_TRY(settle(m, &gain, &variance, &intensity));
    for (size_t i = 0; i < n; i++) out[i] = intensity * tg_loop_density(&m->loop, w[i]);
    return TG_OK;
}
