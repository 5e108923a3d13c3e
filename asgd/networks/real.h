/* real: the kind of number that a *_real.c file is compiled for
 *
 *     single   float: training
 *     double   double: checks, and what is measured at a checkpoint
 *     dual     x + h R{x}, R{x} a derivative along a direction: products with the Hessian
 *
 * Every *_real.c is compiled once for each, with TG_REAL set to its name and TG_AS(name) giving
 * each copy its own symbol. A dual number is a complex one whose imaginary part is h R{x} with
 * h = TG_DUAL = 2^-400, so that h^2 is below all rounding: products and quotients then follow the
 * rules of Pearlmutter's R-operator, and value and derivative are as exact as doubles are. What is
 * not a product or a quotient is given by its value and slope, tg_lift(). Nothing is compared
 * but the values, so that a kink has the derivative of the side on which the value lies.
 * Source: Pearlmutter 1994; Squire, Trapp 1998. Private.
 */
#ifndef TG_ASGD_NETWORKS_REAL_H
#define TG_ASGD_NETWORKS_REAL_H

#include "core/complexes.h"

#ifndef TG_REAL
#define TG_REAL single
#endif

#define TG_AS2(name, real) name##_##real
#define TG_AS1(name, real) TG_AS2(name, real)
#define TG_AS(name)        TG_AS1(name, TG_REAL)

#define TG_DUAL 0x1p-400

#define TG_NUMBER_single 1
#define TG_NUMBER_double 2
#define TG_NUMBER_dual   3

#if TG_AS(TG_NUMBER) == TG_NUMBER_single
typedef float real, plain; /* plain: a number without a derivative */
#elif TG_AS(TG_NUMBER) == TG_NUMBER_double
typedef double real, plain;
#else
typedef double complex real;
typedef double         plain;
#endif

static inline plain
tg_value(real x)
{
    return (plain)x;
}

/* f(x), of which the value and the slope at the value of x are given. */
static inline real
tg_lift(real x, double value, double slope)
{
#if TG_AS(TG_NUMBER) == TG_NUMBER_dual
    return complex_of(value, slope * cimag(x));
#else
    (void)x;
    (void)slope;
    return (real)value;
#endif
}

#endif
