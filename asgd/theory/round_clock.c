#include "asgd/theory/round_clock.h"

#include "core/complexes.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double REGULAR = 1e-9; /* CV below which rounds are all as long */

tg_round_clock
tg_round_clock_of(const tg_delay *round)
{
    tg_round_clock c = { .mean = tg_delay_mean(round), .cv = tg_delay_cv(round) };

    if (c.cv > REGULAR)
        c.skewed = fabs(tg_delay_third(round) / pow(c.cv * c.mean, 3) / (2 * c.cv) - 1);
    else
        c.cv = 0;
    return c;
}

double
tg_round_clock_most(const tg_round_clock *c, double t)
{
    const double rounds = t / c->mean;

    return floor(rounds + 1e-9) + ceil(c->cv * (8 * sqrt(rounds) + 30 * c->cv));
}

/* P(N(t) >= k), that k rounds are over by t. Of a large shape a the cube root is normal to 1/a (Wilson, Hilferty 1931). */
static double
over(const tg_round_clock *c, double k, double t)
{
    static const double LARGE = 3000;
    const double        v = c->cv * c->cv, shape = k / v;

    if (!(k > 0)) return 1;
    if (shape < LARGE) return gsl_cdf_gamma_P(t, shape, c->mean * v);
    return gsl_cdf_ugaussian_P((cbrt(t / (k * c->mean)) - 1 + 1 / (9 * shape)) * 3 *
                               sqrt(shape));
}

static double
over_as_normal(const tg_round_clock *c, double k, double t)
{
    return k > 0 ? gsl_cdf_ugaussian_P((t - k * c->mean) / (c->cv * c->mean * sqrt(k))) : 1;
}

static double
between(const double *f, size_t n, double k)
{
    const double at = fmin(fmax(k, 0), (double)(n - 1));
    const size_t i = (size_t)at;

    return i + 1 < n ? f[i] + (at - (double)i) * (f[i + 1] - f[i]) : f[i];
}

/* Counts in bins of a sixteenth of their spread, or each by itself. */
double
tg_round_clock_at(const tg_round_clock *c, const double *f, size_t n, double t,
                  double *error)
{
    const double middle = t / c->mean, spread = c->cv * sqrt(middle);
    const double width = floor(fmax(spread / 16, 1));
    const double low = fmax(floor(middle - 9 * spread - 2 * c->cv * c->cv), 0);
    const double high = tg_round_clock_most(c, t) + 1;
    double       sum = 0, plain = 0;

    *error = 0;
    if (c->cv == 0) return f[(size_t)fmin(floor(middle + 1e-9), (double)(n - 1))];
    double before = 1, before_plain = 1; /* all below low is taken to be there */
    for (double k = low; k <= high; k += width) {
        const double value = between(f, n, k + (width - 1) / 2);
        const double after = k + width > high ? 0 : over(c, k + width, t);
        const double after_plain = k + width > high ? 0 : over_as_normal(c, k + width, t);
        sum += value * (before - after);
        plain += value * (before_plain - after_plain);
        before = after;
        before_plain = after_plain;
    }
    *error = c->skewed * fabs(sum - plain);
    return sum;
}

double complex
tg_round_clock_rate(const tg_delay *round, double complex z)
{
    const double   mean = tg_delay_mean(round);
    double complex s = clog(z) / mean, slope;

    for (int i = 0; i < 50; i++) {
        const double complex off = tg_delay_laplace(round, s, &slope) * z - 1;
        const double complex step = off / (slope * z);
        s -= step;
        if (cabs(step) < 1e-13 * (cabs(s) + 1e-300)) return s;
    }
    return complex_of(NAN, NAN);
}
