#include "solver/noise.h"

#include "solver/curve.h"
#include "solver/response.h"
#include "solver/stationary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind { WHITE, SHAPED, HELD, SCALED };

/* Which of the header's cases a filter is, asked of its spectrum at a few frequencies. */
static enum kind
kind_of(const tg_loop *l, double *level)
{
    const double mean = tg_delay_mean(l->delay), unit = mean > 0 ? 1 / mean : 1;
    int          white = 1, shaped = 1;

    *level = 1;
    if (!l->filter) return WHITE;
    *level = tg_loop_noise(l, unit);
    for (double w = unit / 7; w < 20 * unit; w *= 3.1) {
        const double         N = tg_loop_noise(l, w);
        const double complex phi = tg_delay_laplace(l->delay, I * w, NULL);
        const double         F = cabs(l->filter->gain(l, I * w, phi, 0, NULL));
        white = white && fabs(N - *level) <= 1e-9 * *level;
        shaped = shaped && fabs(N - F * F) <= 1e-9 * N;
    }
    return white                              ? WHITE
           : shaped                           ? SHAPED
           : !strcmp(l->filter->name, "dude") ? HELD
                                              : SCALED;
}

/* Cubic interpolation between the grid points around a constant delay of lag >= 1 steps. */
static double complex
cubic(double lag, double complex zeta)
{
    const double         t = lag - floor(lag);
    const double complex p[4] = { -t * (t - 1) * (t - 2) / 6,
                                  (t + 1) * (t - 1) * (t - 2) / 2,
                                  -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6 };

    return cpow(zeta, floor(lag) - 1) *
           (p[0] + zeta * (p[1] + zeta * (p[2] + zeta * p[3])));
}

tg_status
tg_noise_weights(const tg_loop *l, double dt, const tg_ring *ring, double complex *out)
{
    const tg_loop law = { .delay = l->delay };
    const double  lag = tg_delay_mean(l->delay) / dt;
    const size_t  n = ring->points;

    if (!strcmp(tg_delay_name(l->delay), "constant") && lag >= 1) {
        for (size_t k = 0; k < n; k++) out[k] = cubic(lag, tg_ring_point(ring, k));
        return TG_OK;
    }
    double complex *s = malloc(2 * n * sizeof *s);
    tg_transforms  *t = malloc(2 * n * sizeof *t);
    const tg_status status = s && t ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < n && status == TG_OK; k++) {
        const double complex zeta = tg_ring_point(ring, k);
        s[k] = 2 * (1 - zeta) / (1 + zeta) / dt;         /* s - s^3 dt^2/12 + .. */
        s[n + k] = (1.5 - zeta * (2 - 0.5 * zeta)) / dt; /* s - s^3 dt^2/3 + .. */
    }
    if (status == TG_OK) tg_curve_transforms(&law, s, n, t);
    if (status == TG_OK) tg_curve_transforms(&law, s + n, n, t + n);
    for (size_t k = 0; k < n && status == TG_OK; k++)
        out[k] = (4 * t[k].phi - t[n + k].phi) / 3;
    free(s);
    free(t);
    return status;
}

/* e from R, h = E_T R(t-T) and E_T R(t-T)^2, the last by the law's weights. */
static tg_status
held_worth(const tg_loop *l, double dt, tg_ring *ring, const double *sum, double *held,
           double *e)
{
    const double    mean = tg_delay_mean(l->delay);
    double complex *X = ring->room, *weight = X + ring->points;

    TG_TRY(tg_noise_weights(l, dt, ring, weight));
    for (size_t i = 0; i < ring->n; i++) e[i] = sum[i] * sum[i];
    tg_ring_forward(ring, e, X);
    for (size_t k = 0; k < ring->points; k++) X[k] *= weight[k];
    tg_ring_back(ring, X, e);
    for (size_t i = 0; i < ring->n; i++)
        e[i] = (sum[i] * (sum[i] - 2 * held[i]) + e[i]) / (mean * mean);
    return TG_OK;
}

/* v_n = int_0^{n dt} e, by the cubic through four neighbours. */
static void
accumulate(const double *e, size_t n, double dt, double *v)
{
    v[0] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double part = (e[i] + e[i + 1]) / 2;
        if (n >= 4 && i == 0)
            part = (9 * e[0] + 19 * e[1] - 5 * e[2] + e[3]) / 24;
        else if (n >= 4 && i + 2 == n)
            part = (9 * e[i + 1] + 19 * e[i] - 5 * e[i - 1] + e[i - 2]) / 24;
        else if (n >= 4)
            part = (13 * (e[i] + e[i + 1]) - e[i - 1] - e[i + 2]) / 24;
        v[i + 1] = v[i] + dt * part;
    }
}

tg_status
tg_noise_fill(const tg_loop *l, double dt, tg_ring *ring, double *r, double *sum,
              tg_worth *noise)
{
    double          level = 1, energy, gain;
    const enum kind kind = noise ? kind_of(l, &level) : WHITE;
    double         *other = noise ? noise->variance : NULL; /* not needed until the end */

    TG_TRY(tg_response_fill(l, dt, ring,
                            &(tg_response){ r, sum, kind == HELD ? other : NULL,
                                            kind == SHAPED ? other : NULL }));
    if (!noise) return TG_OK;
    if (kind == SCALED) {
        const tg_status status = tg_stationary_energy(l, &energy, &gain);
        if (status == TG_OK) level = gain / energy;
        if (status != TG_OK && status != TG_EDOMAIN) return status; /* unstable: as it is */
    }
    if (kind == SHAPED)
        other[0] = 2 * other[1] - other[2]; /* F(inf) > 0 only where it is 1 */
    for (size_t i = 0; i < ring->n; i++)
        noise->worth[i] = kind == SHAPED ? other[i] * other[i] : level * r[i] * r[i];
    if (kind == HELD) TG_TRY(held_worth(l, dt, ring, sum, other, noise->worth));
    accumulate(noise->worth, ring->n, dt, noise->variance);
    return TG_OK;
}
