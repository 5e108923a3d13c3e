#include "solver/stationary_closed.h"

#include <math.h>
#include <string.h>

#define SHAPE_MAX 16 /* beyond, quadrature is as quick and keeps more digits */

/* T = tau. With l = sqrt |a^2 - b^2|: I = (l + a sin l tau) / (2 l (b + a cos l tau)) for
 * a > |b|, the same with sinh, cosh for |a| < b, (1 + a tau)/(4 a) for a = b.
 * Source: Kuchler, Mensch 1992. Stable iff l tau < arccos(-b/a) resp. b > |a|. */
static double
constant(double a, double b, double tau)
{
    if (fabs(a) > fabs(b)) {
        const double l = sqrt((a - b) * (a + b));
        if (a < 0 || !(l * tau < acos(-b / a))) return NAN;
        return (1 + a * sin(l * tau) / l) / (2 * (b + a * cos(l * tau)));
    }
    if (!(b > 0) || a + b <= 0) return NAN;
    const double l = sqrt((b - a) * (b + a));
    const double x = l * tau, sinhc = x < 1e-4 ? tau * (1 + x * x / 6) : sinh(x) / l;
    if (x < 300) return (1 + a * sinhc) / (2 * (b + a * cosh(x)));
    return 1 / (2 * l); /* cosh would overflow; the delayed term is spent */
}

/* (1/2 pi i) int B(s) B(-s) / (A(s) A(-s)) ds along the axis, deg A = n, deg B < n,
 *     A = a[0] s^n + ... + a[n],   B = b[1] s^(n-1) + ... + b[n];
 * NaN unless A is Hurwitz. Source: Astrom 1970, ch. 5. Destroys a and b. */
static double
rational(int n, double *a, double *b)
{
    double sum = 0;

    for (int k = n; k >= 1; k--) {
        const double alpha = a[0] / a[1], beta = b[1] / a[1];
        if (!(alpha > 0)) return NAN;
        sum += beta * beta / (2 * alpha);
        for (int i = 1; i < k; i++) b[i] = b[i + 1] - (i % 2 ? 0 : beta * a[i + 1]);
        for (int i = 0; i < k; i++)
            a[i] = a[i + 1] - (i % 2 && i + 2 <= k ? alpha * a[i + 2] : 0);
    }
    return sum;
}

/* T ~ gamma of whole shape n and mean m: with s theta = z, theta = m/n,
 * r(s) = theta (1 + z)^n / ((z + b theta)(1 + z)^n + a theta). */
static double
gamma_law(double a, double b, int n, double mean)
{
    const double theta = mean / n;
    double       A[SHAPE_MAX + 2], B[SHAPE_MAX + 2], binomial = 1;

    A[0] = 0;
    for (int i = 0; i <= n; i++) {
        A[i] += binomial;
        A[i + 1] = b * theta * binomial;
        B[i + 1] = binomial;
        binomial *= (double)(n - i) / (i + 1);
    }
    A[n + 1] += a * theta;
    return theta * rational(n + 1, A, B);
}

static int
whole_shape(const tg_delay *d)
{
    const char  *name = tg_delay_name(d);
    const double cv = tg_delay_cv(d), n = 1 / (cv * cv), whole = round(n);

    if (strcmp(name, "gamma") && strcmp(name, "erlang") && strcmp(name, "exponential"))
        return 0;
    return whole >= 1 && whole <= SHAPE_MAX && fabs(n - whole) < 1e-13 * n ? (int)whole : 0;
}

int
tg_stationary_closed(const tg_loop *l, double *energy)
{
    const double mean = tg_delay_mean(l->delay);
    int          n;

    if (l->filter && strcmp(l->filter->name, "asgd")) return 0;
    if (l->a == 0)
        *energy = l->b > 0 ? 1 / (2 * l->b) : NAN;
    else if (!strcmp(tg_delay_name(l->delay), "constant"))
        *energy = constant(l->a, l->b, mean);
    else if ((n = whole_shape(l->delay)))
        *energy = gamma_law(l->a, l->b, n, mean);
    else
        return 0;
    return 1;
}
