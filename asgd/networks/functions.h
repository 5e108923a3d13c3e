/* functions: exponential and logarithm by the same few operations on every machine, so that a loss
 * curve is the same bytes everywhere; relative error below 1e-15. Private. */
#ifndef TG_ASGD_NETWORKS_FUNCTIONS_H
#define TG_ASGD_NETWORKS_FUNCTIONS_H

#include <math.h>

/* e^x = 2^k e^r, r = x - k log 2, |r| <= log(2)/2; a Taylor sum of 14 terms. Outside [-700, 700]
 * as at its end; NaN stays NaN. */
static inline double
tg_net_exp(double x)
{
    if (x > 700) x = 700;
    if (x < -700) x = -700;
    const double k = floor(x * 1.4426950408889634 + 0.5);
    const double r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
    double       sum = 1;

    for (int i = 14; i > 0; i--) sum = 1 + r / i * sum;
    return k == k ? ldexp(sum, (int)k) : x;
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
