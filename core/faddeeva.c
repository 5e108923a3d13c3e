/* w(z) = (2 i z/pi) int_0^inf e^{-t^2}/(z^2 - t^2) dt, Im z > 0, by the trapezoidal or the
 * midpoint rule of step h, whichever keeps its nodes away from z, plus the residue at t = z
 * when z is nearer to the axis than the rule's own width pi/h.
 */
#include "core/faddeeva.h"

#include "core/complexes.h"

#include <math.h>
#include <stdbool.h>

enum { NODES = 12 };

static const double pi = 3.14159265358979323846;
static const double h = 0.51166335397324424; /* sqrt(pi/12) */

/* e^{-t^2} at the nodes t = (k + offset) h of either rule, h^2 = pi/12. */
static const double gauss[2][NODES] = {
    { /* offset 0 */
      1.0, 0.7696654124932398, 0.350919807178411, 0.09478022484215486, 0.01516461986454657,
      0.0014373060804075317, 8.06995175703046e-05, 2.684086793096743e-06,
      5.2884221169441576e-08, 6.17247886522431e-10, 4.267731135455224e-12,
      1.7479879405655014e-14 },
    { /* offset 1/2 */
      0.9366460212365959, 0.5548549101598534, 0.1947095780852903, 0.04047614460380574,
      0.004984423132468586, 0.00036360898638930446, 1.571296901780048e-05,
      4.022405421564814e-07, 6.0998249159121596e-09, 5.479650239757527e-11,
      2.916031755179499e-13, 9.192541525134372e-16 }
};

/* 2 e^{-z^2}/(1 + sign e^{-2 pi i z/h}) */
static double complex
residue(double complex z, double sign)
{
    const double         growth = 2 * pi / h * cimag(z);
    const double complex square = multiply(z, z);

    if (growth > 600) return 0;
    return 2 * exponential(-square) /
           (1 + sign * exponential(complex_of(growth, -2 * pi / h * creal(z))));
}

static double complex
sum_nodes(double complex z, double offset)
{
    const double complex square = multiply(z, z);
    double complex       sum = offset == 0 ? inverse(2 * square) : 0;

    for (int k = offset == 0; k < NODES; k++) {
        const double t = (k + offset) * h;
        sum += gauss[offset > 0][k] * inverse(square - t * t);
    }
    return multiply(complex_of(0, 2 * h / pi), multiply(z, sum));
}

/* Re z >= 0, Im z >= 0. */
static double complex
first_quadrant(double complex z)
{
    const double x = creal(z), y = cimag(z), phase = x / h - floor(x / h);

    if (hypot(x, y) > 1e8) return divide(complex_of(0, 1 / sqrt(pi)), z);
    if (y >= fmax(x, pi / h)) return sum_nodes(z, 0.5);
    if (y < x && phase >= 0.25 && phase <= 0.75) return residue(z, -1) + sum_nodes(z, 0);
    return residue(z, 1) + sum_nodes(z, 0.5);
}

/* w(-conj z) = conj w(z); w(-z) = 2 e^{-z^2} - w(z). */
double complex
tg_faddeeva(double complex z)
{
    const bool below = cimag(z) < 0;

    if (below) z = -z;
    const bool           left = creal(z) < 0;
    const double complex w = first_quadrant(complex_of(fabs(creal(z)), cimag(z)));
    const double complex value = left ? conj(w) : w;
    return below ? 2 * exponential(-multiply(z, z)) - value : value;
}

double complex
tg_erfc_scaled(double complex z)
{
    return tg_faddeeva(complex_of(-cimag(z), creal(z)));
}
