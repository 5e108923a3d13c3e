#include "asgd/theory/beyond.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>

static const double PI = 3.14159265358979323846;
static const double NEGLIGIBLE = -40; /* of the logarithm of a tail */

static double
density(double z)
{
    return exp(-z * z / 2) / sqrt(2 * PI);
}

static double
tail(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

/* ---- one coordinate ------------------------------------------------------------------ */

static void
of_one(double mu, double s, double delta, double *share, double *first, double *second,
       double *slope)
{
    const double a = (delta - mu) / s, b = (delta + mu) / s;

    *share = tail(a) + tail(b);
    *first = mu * *share + s * (density(a) - density(b));
    *second = (mu * mu + s * s) * *share +
              s * ((delta + mu) * density(a) + (delta - mu) * density(b));
    *slope = *share + delta / s * (density(a) + density(b));
}

/* ---- several ------------------------------------------------------------------------- */

/* Everything in units of delta. */
typedef struct form {
    size_t        n;
    const double *mu, *s2;
    double        unit;
} form;

/* The exponent of e^p M(p)/|p| for real p, and its derivatives. */
static double
exponent(const form *f, double p, double *d1, double *d2)
{
    double sum = p - log(fabs(p));

    *d1 = 1 - 1 / p;
    *d2 = 1 / (p * p);
    for (size_t j = 0; j < f->n; j++) {
        const double s2 = f->s2[j] / (f->unit * f->unit);
        const double m2 = f->mu[j] * f->mu[j] / (f->unit * f->unit);
        const double q = 1 / (1 + 2 * p * s2);
        sum += log(q) / 2 - p * m2 * q;
        *d1 -= s2 * q + m2 * q * q;
        *d2 += 2 * s2 * s2 * q * q + 4 * s2 * m2 * q * q * q;
    }
    return sum;
}

/* Where the exponent, convex on either side of 0, is least: bisected Newton. */
static double
saddle(const form *f, bool beyond, double widest)
{
    double low = beyond ? -1 / (2 * widest) : 0, high = beyond ? 0 : 1, d1, d2;

    for (int i = 0; i < 200 && !beyond; i++, high *= 2) {
        (void)exponent(f, high, &d1, &d2);
        if (d1 > 0) break;
        low = high;
    }
    double p = (low + high) / 2;
    for (int i = 0; i < 100; i++) {
        (void)exponent(f, p, &d1, &d2);
        *(d1 > 0 ? &high : &low) = p;
        const double next = p - d1 / d2;
        const double to = next > low && next < high ? next : (low + high) / 2;
        if (fabs(to - p) < 1e-9 * fabs(p)) return to;
        p = to;
    }
    return p;
}

/* ln M(p), and q_j into q (n). */
static double complex
transform(const form *f, double complex p)
{
    double complex sum = 0;

    for (size_t j = 0; j < f->n; j++) {
        const double         s2 = f->s2[j] / (f->unit * f->unit);
        const double         m2 = f->mu[j] * f->mu[j] / (f->unit * f->unit);
        const double complex one = 1 + 2 * p * s2;
        sum -= clog(one) / 2 + p * m2 / one;
    }
    return sum;
}

/* Add what the point p of the contour, of this weight, brings of each. */
static double
add_point(const form *f, double complex p, double complex weight, double *share,
          double *first, double *second, double *slope)
{
    const double complex at = cexp(transform(f, p) + p) / p * weight;

    *share += cimag(at);
    for (size_t j = 0; j < f->n; j++) {
        const double         s2 = f->s2[j] / (f->unit * f->unit), m = f->mu[j] / f->unit;
        const double complex q = 1 / (1 + 2 * p * s2);
        first[j] += cimag(at * m * q);
        second[j] += cimag(at * (s2 * q + m * m * q * q));
        slope[j] += cimag(at * (q - 2 * p * m * m * q * q));
    }
    return cabs(at);
}

static void
invert(const form *f, double p0, double width, double *share, double *first, double *second,
       double *slope)
{
    static const double STEP = 0.08, BENT = 0.4;
    double              largest = 0;

    for (int i = 0; i < 150; i++) {
        const double         u = i * STEP;
        const double complex p =
            p0 + width * (I * sinh(u) * cos(BENT) + (1 - cosh(u)) * sin(BENT));
        const double complex along =
            width * (I * cosh(u) * cos(BENT) - sinh(u) * sin(BENT));
        const double size =
            add_point(f, p, along * STEP / PI * (i ? 1 : 0.5), share, first, second, slope);
        largest = fmax(largest, size);
        if (size < 1e-14 * largest) return;
    }
}

static void
of_several(const form *f, double *share, double *first, double *second, double *slope)
{
    double mean = 0, widest = 0, d1, d2;

    for (size_t j = 0; j < f->n; j++) {
        const double s2 = f->s2[j] / (f->unit * f->unit);
        mean += s2 + f->mu[j] * f->mu[j] / (f->unit * f->unit);
        widest = fmax(widest, s2);
    }
    const bool   beyond = mean < 1; /* the smaller of the two */
    const double p0 = saddle(f, beyond, widest);
    if (exponent(f, p0, &d1, &d2) > NEGLIGIBLE)
        invert(f, p0, 1 / sqrt(d2), share, first, second, slope);
    const double sign = -1, whole = beyond ? 0 : 1;
    *share = whole + sign * *share;
    for (size_t j = 0; j < f->n; j++) {
        first[j] = whole * f->mu[j] + sign * first[j] * f->unit;
        second[j] =
            whole * (f->s2[j] + f->mu[j] * f->mu[j]) + sign * second[j] * f->unit * f->unit;
        slope[j] = whole + sign * slope[j];
    }
}

void
tg_beyond(size_t n, const double *mu, const double *s2, double delta, double *share,
          double *first, double *second, double *slope)
{
    double all = 0, norm = 0;

    for (size_t j = 0; j < n; j++) {
        all += s2[j];
        norm += mu[j] * mu[j];
        first[j] = second[j] = slope[j] = 0;
    }
    *share = 0;
    if (!(all > 1e-20 * norm) || delta == 0) {
        const double sent = norm > delta * delta || delta == 0;
        *share = sent;
        for (size_t j = 0; j < n; j++) {
            first[j] = sent * mu[j];
            second[j] = sent * (mu[j] * mu[j] + s2[j]);
            slope[j] = sent;
        }
        return;
    }
    if (n == 1) {
        of_one(mu[0], sqrt(s2[0]), delta, share, first, second, slope);
        return;
    }
    const form f = { n, mu, s2, delta };
    of_several(&f, share, first, second, slope);
}
