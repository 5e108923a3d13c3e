#include "asgd/theory/round_clock.h"

#include "core/complexes.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double REGULAR = 1e-9; /* CV below which rounds are all as long */

tg_round_clock
tg_round_clock_of(const tg_delay *round)
{
    static const double MOST = 10;
    tg_round_clock      c = { .round = round,
                              .mean = tg_delay_mean(round),
                              .cv = tg_delay_cv(round) };

    if (c.cv > REGULAR)
        c.skewed =
            fmin(fabs(tg_delay_third(round) / pow(c.cv * c.mean, 3) / (2 * c.cv) - 1),
                 MOST) *
            pow(fmax(c.cv, 1), 4);
    else
        c.cv = 0;
    c.first = c.mean;
    c.first_spread = c.cv * c.mean;
    return c;
}

/* P(all are done by t_i): what is left of a job has the density P(T > t)/E T. */
static void
multiply_left(const tg_cluster *c, size_t g, double dt, size_t n, double *done)
{
    const double mean = tg_delay_mean(c->law[g]);
    double       left = 0, before = 1;

    for (size_t i = 0; i < n; i++) {
        const double late = 1 - tg_delay_cdf(c->law[g], dt * (double)i);
        if (i > 0) left += dt * (before + late) / 2 / mean;
        before = late;
        done[i] *= pow(fmin(left, 1), (double)c->count[g]);
    }
}

tg_status
tg_round_first(const tg_cluster *c, double *mean, double *spread)
{
    enum { POINTS = 4001 };
    static const double RARE = 1e-7;
    double              end = 0, square = 0, *done = malloc(POINTS * sizeof *done);

    if (!done) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g])
            end = fmax(end, tg_delay_quantile(c->law[g], 1 - RARE / (double)c->workers));
    for (size_t i = 0; i < POINTS; i++) done[i] = 1;
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g]) multiply_left(c, g, end / (POINTS - 1), POINTS, done);
    *mean = 0;
    for (size_t i = 0; i < POINTS; i++) {
        const double t = end * (double)i / (POINTS - 1), late = 1 - done[i];
        const double part = (i == 0 || i == POINTS - 1 ? 0.5 : 1) * end / (POINTS - 1);
        *mean += part * late;
        square += 2 * part * t * late;
    }
    *spread = sqrt(fmax(square - *mean * *mean, 0));
    free(done);
    return TG_OK;
}

/* Mean and variance of the sum of k rounds. */
static double
sum_of(const tg_round_clock *c, double k, double *variance)
{
    *variance =
        c->first_spread * c->first_spread + (k - 1) * c->cv * c->cv * c->mean * c->mean;
    return c->first + (k - 1) * c->mean;
}

static bool
is_equal(const tg_round_clock *c)
{
    return c->cv == 0 && c->first_spread == 0;
}

/* About how many are over by t, and the standard deviation of that. */
static double
about(const tg_round_clock *c, double t, double *spread)
{
    const double rounds = fmax(1 + (t - c->first) / c->mean, 0);
    double       variance;

    sum_of(c, fmax(rounds, 1), &variance);
    *spread = sqrt(variance) / c->mean;
    return rounds;
}

double
tg_round_clock_most(const tg_round_clock *c, double t)
{
    double       spread;
    const double rounds = about(c, t, &spread);

    return floor(rounds + 1e-9) + ceil(8 * spread + 30 * c->cv * c->cv);
}

/* Rounds that are all as long but for a first that is shorter: it is over by u of their length with the chance u^a, as of a
 * workers alike. */
static double
over_but_first(const tg_round_clock *c, double k, double t)
{
    const double u = fmin(fmax((t - (k - 1) * c->mean) / c->mean, 0), 1);

    return pow(u > 1 - 1e-9 ? 1 : u, c->first / fmax(c->mean - c->first, 1e-9 * c->mean));
}

/* P(N(t) >= k), that k rounds are over by t. Of a large shape a the cube root is normal to 1/a (Wilson, Hilferty 1931). */
static double
over(const tg_round_clock *c, double k, double t)
{
    static const double LARGE = 3000;
    double              variance;
    const double        mean = sum_of(c, k, &variance), shape = mean * mean / variance;

    if (!(k > 0)) return 1;
    if (c->cv == 0) return over_but_first(c, k, t);
    if (shape < LARGE) return gsl_cdf_gamma_P(t, shape, variance / mean);
    return gsl_cdf_ugaussian_P((cbrt(t / mean) - 1 + 1 / (9 * shape)) * 3 * sqrt(shape));
}

static double
over_as_normal(const tg_round_clock *c, double k, double t)
{
    double       variance;
    const double mean = sum_of(c, k, &variance);

    if (k > 0 && c->cv == 0) return over_but_first(c, k, t);
    return k > 0 ? gsl_cdf_ugaussian_P((t - mean) / sqrt(variance)) : 1;
}

static double
between(const double *f, size_t n, double k)
{
    const double at = fmin(fmax(k, 0), (double)(n - 1));
    const size_t i = (size_t)at;

    return i + 1 < n ? f[i] + (at - (double)i) * (f[i + 1] - f[i]) : f[i];
}

/* k rounds are over if each takes no more than t/k, and only if each takes no more than t, and none less than R can. What is
 * then known of more than one is only that the value cannot be: that much it may be off. */
static double
bounded(const tg_round_clock *c, double value, double k, double t, double *off)
{
    double low, high;

    *off = 0;
    if (c->first != c->mean) return value;
    tg_delay_support(c->round, &low, &high);
    const double most = t < k * low * (1 - 1e-6) ? 0 : pow(tg_delay_cdf(c->round, t), k);
    const double is = fmin(fmax(value, pow(tg_delay_cdf(c->round, t / k), k)), most);

    *off = k > 1 && most > 0 ? fabs(is - value) : 0;
    return is;
}

/* Counts in bins of a sixteenth of their spread, or each by itself. */
double
tg_round_clock_at(const tg_round_clock *c, const double *f, size_t n, double t,
                  double *error)
{
    double       spread;
    const double middle = about(c, t, &spread), width = floor(fmax(spread / 16, 1));
    const double low = fmax(floor(middle - 9 * spread - 2 * c->cv * c->cv), 0);
    const double high = tg_round_clock_most(c, t) + 1;
    double       sum = 0, plain = 0, moved = 0, off = 0, last = 0;

    *error = 0;
    if (is_equal(c)) return f[(size_t)fmin(floor(middle + 1e-9), (double)(n - 1))];
    double before = 1, before_plain = 1; /* all below low is taken to be there */
    for (double k = low; k <= high; k += width) {
        const double value = between(f, n, k + (width - 1) / 2);
        const double up = k + width;
        moved += off * fabs(value - last); /* off is of P(N >= k) */
        last = value;
        const double after_plain =
            up > high ? 0 : bounded(c, over_as_normal(c, up, t), up, t, &off);
        const double after = up > high ? 0 : bounded(c, over(c, up, t), up, t, &off);
        sum += value * (before - after);
        plain += value * (before_plain - after_plain);
        before = after;
        before_plain = after_plain;
    }
    const bool other = c->first != c->mean;
    *error = fmax(c->skewed, other) * fabs(sum - plain) + moved;
    return sum;
}

double complex
tg_round_clock_rate(const tg_delay *round, double complex z)
{
    const double   mean = tg_delay_mean(round);
    double complex s = clog(z) / mean, slope;
    double         size = INFINITY;

    if (creal(s) <
        0.999 * tg_delay_abscissa(
                    round)) /* to the left of the root, from where it is approached */
        s = complex_of(0.999 * tg_delay_abscissa(round), cimag(s));
    for (int i = 0; i < 50; i++) {
        const double complex off = tg_delay_laplace(round, s, &slope) * z - 1;
        const double complex step = off / (slope * z);
        if (!(cabs(step) < INFINITY)) break;
        if (cabs(step) < 1e-6 * cabs(s) && cabs(step) >= size)
            return s; /* no closer than rounding */
        size = cabs(step);
        s -= step;
        if (size < 1e-13 * (cabs(s) + 1e-300)) return s;
    }
    return complex_of(NAN, NAN);
}
