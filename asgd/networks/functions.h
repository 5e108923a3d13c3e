/* functions: exponential and logarithm by the same few operations on every machine, so that a loss
 * curve is the same bytes everywhere; relative error below 1e-15. Private. */
#ifndef TG_ASGD_NETWORKS_FUNCTIONS_H
#define TG_ASGD_NETWORKS_FUNCTIONS_H

#include <math.h>
#include <stdint.h>

/* e^x = 2^k e^r, r = x - k log 2, |r| <= log(2)/2; the sum of r^i/i! up to 13. Outside [-700, 700]
 * as at its end; NaN stays NaN. */
static inline double
tg_net_exp(double x)
{
    static const double part[] = { 1,
                                   1,
                                   1. / 2,
                                   1. / 6,
                                   1. / 24,
                                   1. / 120,
                                   1. / 720,
                                   1. / 5040,
                                   1. / 40320,
                                   1. / 362880,
                                   1. / 3628800,
                                   1. / 39916800,
                                   1. / 479001600,
                                   1. / 6227020800 };

    if (x > 700) x = 700;
    if (x < -700) x = -700;
    if (!(x == x)) return x;
    const double k = (double)(long)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    const double r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
    const union {
        uint64_t bits;
        double   power;
    } two = { (uint64_t)(1023 + (long)k) << 52 };
    double sum = part[13];

    for (int i = 13; i-- > 0;) sum = sum * r + part[i];
    return sum * two.power;
}

/* log x = k log 2 + 2 artanh s, s = (m - 1)/(m + 1), m in [sqrt 1/2, sqrt 2]; x > 0. */
static inline double
tg_net_log(double x)
{
    int    k;
    double m = frexp(x, &k);

    if (m < 0.70710678118654752) {
        m *= 2;
        k--;
    }
    const double s = (m - 1) / (m + 1), square = s * s;
    double       sum = 0;
    for (int i = 23; i > 0; i -= 2) sum = sum * square + 1.0 / i;
    return k * 0x1.62e42fee00000p-1 + (2 * s * sum + k * 0x1.a39ef35793c76p-33);
}

#endif
