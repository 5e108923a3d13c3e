#include "core/lambert.h"

#include "core/complexes.h"

#include <math.h>
#include <stdbool.h>

static const double pi = 3.14159265358979323846;

/* e z + 1 with e to twice the working precision: what is left near z = -1/e is exact. */
static double complex
above_branch_point(double complex z)
{
    const double e = 2.71828182845904523536, e_low = 1.4456468917292502e-16;

    return complex_of(fma(e, creal(z), 1) + e_low * creal(z), e * cimag(z));
}

/* W = -1 + p - p^2/3 + 11 p^3/72 - ..., p^2 = 2 (e z + 1). */
static double complex
branch_point_series(double complex p)
{
    static const double c[] = { -1,           1,           -1.0 / 3,
                                11.0 / 72,    -43.0 / 540, 769.0 / 17280,
                                -221.0 / 8505 };
    double complex      sum = 0;

    for (int i = 6; i >= 0; i--) sum = multiply(sum, p) + c[i];
    return sum;
}

/* Which square root belongs to the branch: W_0 has Re p >= 0; W_{-1} takes the other root
 * above the cut and on it, W_1 below. */
static bool
near_branch_point(int b, double complex z, double complex *p)
{
    const double complex q = above_branch_point(z);

    if (b < -1 || b > 1 || abs_squared(q) > 1) return false;
    if ((b == 1 && cimag(z) >= 0) || (b == -1 && cimag(z) < 0)) return false;
    *p = csqrt(2 * q);
    if (b != 0) *p = -*p;
    return true;
}

static double complex
first_guess(int b, double complex z)
{
    if (b == 0 && cabs(z) < 3) { /* a guess that is right to second order at 0 */
        const double complex l = clog(1 + z), l2 = clog(1 + l);
        if (creal(z) > -0.3 || fabs(cimag(z)) > 0.3) return l * (1 - l2 / (2 + l));
    }
    const double complex l1 = clog(z) + complex_of(0, 2 * pi * b), l2 = clog(l1);
    return l1 - l2 + l2 / l1;
}

/* Halley on w e^w - z divided by e^w, which neither overflows nor loses small z. */
static double complex
halley(double complex w, double complex z)
{
    for (int i = 0; i < 30; i++) {
        const double complex f = w - multiply(z, exponential(-w)), w1 = w + 1;
        const double complex step = f / (w1 - (w + 2) * f / (2 * w1));
        w -= step;
        if (!(abs_squared(step) > 1e-30 * abs_squared(w))) break;
    }
    return w;
}

double complex
tg_lambert(int b, double complex z)
{
    double complex p;

    if (z == 0) return b ? complex_of(-INFINITY, 0) : z;
    if (!near_branch_point(b, z, &p)) return halley(first_guess(b, z), z);
    const double complex w = branch_point_series(p);
    if (abs_squared(p) < 1e-5) return w; /* (7) is exact to p^7/100 here */
    return halley(w, z);
}
