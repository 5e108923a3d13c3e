/* complexes: the few complex functions that hot loops need without C99's special cases
 *
 * cexp() and complex division in the C library also treat infinities, at several times the
 * cost; these are for finite arguments.
 */
#ifndef TG_CORE_COMPLEXES_H
#define TG_CORE_COMPLEXES_H

#include <complex.h>
#include <math.h>

static inline double complex
complex_of(double re, double im)
{
    double complex z;

    ((double *)&z)[0] = re;
    ((double *)&z)[1] = im;
    return z;
}

static inline double
abs_squared(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

static inline double complex
multiply(double complex a, double complex b)
{
    return complex_of(creal(a) * creal(b) - cimag(a) * cimag(b),
                      creal(a) * cimag(b) + cimag(a) * creal(b));
}

/* 1/z; |z|^2 must neither overflow nor underflow. */
static inline double complex
inverse(double complex z)
{
    const double q = 1 / abs_squared(z);

    return complex_of(creal(z) * q, -cimag(z) * q);
}

static inline double complex
divide(double complex a, double complex b)
{
    return multiply(a, inverse(b));
}

static inline double complex
exponential(double complex z)
{
    const double r = exp(creal(z));

    return complex_of(r * cos(cimag(z)), r * sin(cimag(z)));
}

/* z^n by squaring, n >= 0. */
static inline double complex
whole_power(double complex z, unsigned n)
{
    double complex power = 1;

    for (; n; n >>= 1, z = multiply(z, z))
        if (n & 1) power = multiply(power, z);
    return power;
}

#endif
