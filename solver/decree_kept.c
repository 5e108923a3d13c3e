#include "solver/decree_kept.h"

#include "core/complexes.h"
#include "core/parallel.h"
#include "solver/planner.h"

#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEWEST = 1024, MOST = 1 << 24 };
static const double pi = 3.14159265358979323846, SURE = 1e-10, NOTHING = 1e-12;

void
tg_decree_circle_free(tg_decree_circle *c)
{
    fftw_free(c->p);
    c->p = NULL;
    c->points = 0;
}

/* p at `points` places, from its coefficients in the room of the result. */
static tg_status
lay(tg_decree_circle *c, size_t points)
{
    fftw_complex *p = fftw_malloc((points / 2 + 1) * sizeof *p);

    if (!p) return tg_fail(TG_ENOMEM, "out of memory");
    tg_planner_lock();
    fftw_plan plan = fftw_plan_dft_r2c_1d((int)points, (double *)p, p, FFTW_ESTIMATE);
    tg_planner_unlock();
    if (!plan) {
        fftw_free(p);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    memset(p, 0, (points / 2 + 1) * sizeof *p);
    memcpy(p, c->d->late, (c->d->most + 1) * sizeof *c->d->late);
    fftw_execute(plan);
    tg_planner_lock();
    fftw_destroy_plan(plan);
    tg_planner_unlock();
    tg_decree_circle_free(c);
    c->p = (double complex *)p;
    c->points = points;
    return TG_OK;
}

/* F at z. */
static double complex
filter(tg_decree_momentum m, double complex z)
{
    const double complex sum = 1 / (1 - m.beta / z);

    return m.ahead ? 1 + m.beta * sum : sum;
}

/* The integrand at point k, of which both ends of the half circle count half. */
static double
kept_at(const tg_decree_circle *c, double gain, size_t k)
{
    const double         P = (double)c->d->workers, e = gain / P;
    const double         w = 2 * pi * (double)k / (double)c->points;
    const double complex z = complex_of(cos(w), sin(w)), p = c->p[k];
    const double complex f = filter(c->d->momentum, z), away = z - 1;
    const double complex other = e / P * f * (1 - away / (away + gain * f * p));
    const double complex own = e * f - other;
    double               late = 0;

    if (k > 0) {
        late = (1 - creal(p) * creal(p) - cimag(p) * cimag(p)) / (4 * pow(sin(w / 2), 2));
    } else { /* the variance of r */
        double mean = 0, square = 0;
        for (size_t r = 0; r <= c->d->most; r++) {
            mean += c->d->late[r] * (double)r;
            square += c->d->late[r] * (double)r * (double)r;
        }
        late = square - mean * mean;
    }
    return (k == 0 || k == c->points / 2 ? 0.5 : 1) * P * fmax(late, 0) *
           (pow(cabs(own), 2) + (P - 1) * pow(cabs(other), 2));
}

/* By all points, and by every second of them. */
static tg_status
mean_of(const tg_decree_circle *c, double gain, double *mean, double *coarse)
{
    enum { LISTEN = 1 << 18 };
    double sum[2] = { 0, 0 };

    for (size_t k = 0; k <= c->points / 2; k++) {
        sum[k % 2] += kept_at(c, gain, k);
        if (k % LISTEN == 0) TG_TRY(tg_stop_check());
    }
    *coarse = sum[0] * 4 / (double)c->points;
    *mean = (sum[0] + sum[1]) * 2 / (double)c->points;
    return TG_OK;
}

tg_status
tg_decree_kept_on(tg_decree_circle *c, double gain, double *kept)
{
    size_t points = c->points;

    if (points == 0) {
        points = FEWEST;
        while (points < 4 * (c->d->most + 1)) points *= 2;
        TG_TRY(lay(c, points));
    }
    for (;; points *= 2) {
        double coarse;
        if (points > MOST)
            return tg_fail(TG_ENOCONV, "a root is too close to the unit circle");
        if (points > c->points) TG_TRY(lay(c, points));
        TG_TRY(mean_of(c, gain, kept, &coarse));
        if (fabs(*kept - coarse) <= SURE * *kept + NOTHING) return TG_OK;
    }
}
