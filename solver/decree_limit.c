/* decree_limit: where staleness by decree ceases to settle: in mean, in mean square, in a single run
 *
 * On the circle z = e^{i w} the mean's equation g(z) = (z - 1)/F(z) + K p(1/z) has its poles within, one fewer than its
 * zeros, so 1 less the turns of g about 0 is how many zeros are not within. */
#include "solver/decree_kept.h"

#include "core/complexes.h"
#include "core/parallel.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* p(1/z) at z, and its derivative by z. */
static double complex
law_at(const tg_decree *d, double complex z, double complex *slope)
{
    const double complex back = 1 / z;
    double complex       sum = 0, by = 0;

    for (size_t r = d->most + 1; r-- > 0;) {
        by = by * back + sum;
        sum = sum * back + d->late[r];
    }
    *slope = -by * back * back;
    return sum;
}

/* (z - 1)/F(z) and its derivative. */
static double complex
step_at(const tg_decree *d, double complex z, double complex *slope)
{
    const double beta = d->momentum.beta;

    if (!d->momentum.ahead) {
        *slope = 1 - beta / (z * z);
        return (z - 1) * (1 - beta / z);
    }
    const double complex under = (1 + beta) * z - beta, over = (z - 1) * (z - beta);
    *slope = (2 * z - 1 - beta) / under - (1 + beta) * over / (under * under);
    return over / under;
}

/* ---- the count ----------------------------------------------------------------------- */

/* No less than |dg/dw| anywhere on the circle. */
static double
fastest(const tg_decree *d, double gain)
{
    const double beta = d->momentum.beta;
    double       mean = 0;

    for (size_t r = 0; r <= d->most; r++) mean += d->late[r] * (double)r;
    const double step =
        d->momentum.ahead ? (3 + beta) + 2 * (1 + beta) * (1 + beta) : 1 + 3 * beta;
    return step + gain * mean;
}

tg_status
tg_decree_count(const tg_decree *d, double gain, size_t *outside, double *clearance)
{
    enum { MOST = 20000000 };
    const double   fast = fastest(d, gain);
    double         w = 0, turned = 0, least = INFINITY;
    double complex slope, before = gain;

    if (!(gain > 0) || !isfinite(gain))
        return tg_fail(TG_EDOMAIN, "a loop gain must be > 0, got %g", gain);
    for (size_t i = 0; w < pi; i++) {
        const double size = cabs(before);
        w = fmin(w + 0.9 * size / fast, pi);
        const double complex z = cexp(complex_of(0, w));
        const double complex step = step_at(d, z, &slope);
        const double complex law = gain * law_at(d, z, &slope), g = step + law;
        least = fmin(least, cabs(g) / (cabs(step) + cabs(law)));
        turned += carg(g / before);
        before = g;
        if (i % 256 == 0) TG_TRY(tg_stop_check());
        if (i == MOST || !(least > 1e-13))
            return tg_fail(TG_ENOCONV, "a root lies on the unit circle to rounding");
    }
    *outside = (size_t)fmax(1 - round(turned / pi), 0);
    *clearance = least;
    return TG_OK;
}

/* ---- the mean's threshold ------------------------------------------------------------ */

/* -(z - 1)/(F p): the gain of which z = e^{iw} is a root, where it is real. */
static double complex
gain_at(const tg_decree *d, double w)
{
    double complex       slope;
    const double complex z = cexp(complex_of(0, w));

    return -step_at(d, z, &slope) / law_at(d, z, &slope);
}

/* Where the imaginary part is 0 between two places where it has different signs. */
static double
between(const tg_decree *d, double low, double high)
{
    const bool rises = cimag(gain_at(d, low)) < 0;

    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if ((cimag(gain_at(d, middle)) < 0) == rises)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* A pole of 1/p makes a sign change, too, at which nothing is a root; at w = pi the gain is real. */
tg_status
tg_decree_threshold(const tg_decree *d, double *gain)
{
    enum { EACH = 64 };
    const size_t   points = EACH * (d->most + 8);
    double complex before = gain_at(d, pi / (double)points);
    double         least = creal(gain_at(d, pi));

    if (!(least > 0)) least = INFINITY;
    for (size_t i = 2; i < points; i++) {
        const double         w = pi * (double)i / (double)points;
        const double complex now = gain_at(d, w);
        if ((cimag(before) < 0) != (cimag(now) < 0)) {
            const double complex at = gain_at(d, between(d, w - pi / (double)points, w));
            if (fabs(cimag(at)) < 1e-6 * cabs(at) && creal(at) > 0)
                least = fmin(least, creal(at));
        }
        before = now;
        if (i % 256 == 0) TG_TRY(tg_stop_check());
    }
    *gain = least;
    return TG_OK;
}

/* The larger root of y(k) = a y(k - 1) + b y(k - 2) as the last four values have it. */
static double complex
last_ratio(const double *y, size_t k)
{
    const double under = y[k - 2] * y[k - 2] - y[k - 1] * y[k - 3];
    const double a = (y[k - 1] * y[k - 2] - y[k] * y[k - 3]) / under;
    const double b = (y[k] * y[k - 2] - y[k - 1] * y[k - 1]) / under;
    const double inner = a * a / 4 + b;

    return inner < 0 ? complex_of(a / 2, sqrt(-inner)) : a / 2 + copysign(sqrt(inner), a);
}

double complex
tg_decree_root(const tg_decree_mode *m)
{
    double complex step, law, z, by = 1;

    if (m->n < 5) return complex_of(NAN, NAN);
    if (m->settled && m->fall < 1) return 1 - m->fall;
    z = last_ratio(m->y, m->n - 1);
    for (int i = 0; i < 30; i++) {
        const double complex g =
            step_at(&m->d, z, &step) + m->gain * law_at(&m->d, z, &law);
        z -= by = g / (step + m->gain * law);
    }
    if (!(cabs(by) < 1e-9 * cabs(z)) || m->settled != (cabs(z) < 1))
        return complex_of(NAN, NAN);
    return complex_of(creal(z), fabs(cimag(z)));
}

/* ---- the mean square's --------------------------------------------------------------- */

static bool
scatters(const tg_decree *d)
{
    for (size_t r = 0; r <= d->most; r++)
        if (d->late[r] == 1) return false;
    return true;
}

/* The gain between one at which less than all is kept and one at which more is. 1/kept is nearly straight where it is 1: the
 * secant, its old end weighed less where it stays (Illinois). */
static tg_status
find_between(tg_decree_circle *c, double low, double high, double *gain)
{
    enum { MOST = 100 };
    double kept = 0, under, over;
    int    side = 0;

    if (low > 0) TG_TRY(tg_decree_kept_on(c, low, &kept));
    under = (low > 0 ? fmin(1 / kept, 1e3) : 1e3) - 1;
    TG_TRY(tg_decree_kept_on(c, high, &kept));
    over = 1 / kept - 1;
    for (int i = 0; i < MOST && high - low > 1e-12 * high; i++) {
        double at = low + (high - low) * under / (under - over);
        at = fmin(fmax(at, low + 2e-13 * high), high - 2e-13 * high);
        TG_TRY(tg_decree_kept_on(c, at, &kept));
        const double now = fmin(1 / kept, 1e3) - 1;
        if (now > 0) {
            low = at;
            under = now;
            if (side > 0) over /= 2;
            side = 1;
        } else {
            high = at;
            over = now;
            if (side < 0) under /= 2;
            side = -1;
        }
    }
    *gain = high;
    return TG_OK;
}

/* Close to the mean's threshold all takes for ever, but x kept is smooth, x what is left to it: by a parabola through
 * three x that can be followed, to where it is x. */
static tg_status
reach(tg_decree_circle *c, double threshold, double close, double *gain)
{
    double v[3], low = 0, high = close;

    for (size_t i = 0; i < 3; i++) {
        const double x = close * (double)(i + 2) / 2;
        TG_TRY(tg_decree_kept_on(c, threshold * (1 - x), &v[i]));
        v[i] *= x;
    }
    for (size_t i = 0; i < 60; i++) {
        const double x = (low + high) / 2, s = 2 * x / close - 2; /* 0, 1, 2 */
        const double at =
            v[0] + s * (v[1] - v[0]) + s * (s - 1) / 2 * (v[2] - 2 * v[1] + v[0]);
        if (x < at)
            low = x;
        else
            high = x;
    }
    *gain = threshold * (1 - high);
    return TG_OK;
}

/* What is kept is looked for at rising gains. */
static tg_status
find(tg_decree_circle *c, double threshold, double *gain)
{
    enum { LOOKS = 24 };
    const double close = 0.02;
    double       kept = 0, low = 0;

    for (size_t i = 1; i <= LOOKS; i++) {
        const double at = threshold * (1 - close) * (double)i / LOOKS;
        TG_TRY(tg_decree_kept_on(c, at, &kept));
        if (!(kept < 1)) return find_between(c, low, at, gain);
        low = at;
    }
    return reach(c, threshold, close, gain);
}

tg_status
tg_decree_limit(const tg_decree *d, double threshold, double *gain)
{
    tg_decree_circle c = { .d = d };

    *gain = threshold;
    if (!scatters(d)) return TG_OK;
    const tg_status status = find(&c, threshold, gain);
    tg_decree_circle_free(&c);
    return status;
}
