/* delayed: delay equations with known solutions, and the solution at a point */
#ifndef TG_VALIDATION_DELAYED_H
#define TG_VALIDATION_DELAYED_H

#include "solver/dde.h"

#include "validation/unit/check.h"

/* phi = *value, or 1 */
static inline tg_status
constant(double t, double *x, void *value)
{
    (void)t;
    x[0] = value ? *(const double *)value : 1;
    return TG_OK;
}

/* x' = -x(t - tau) */
static inline tg_status
negative_feedback(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = -past[0];
    return TG_OK;
}

/* Mackey, Glass 1977 */
static inline tg_status
mackey_glass(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)context;
    dx[0] = .2 * past[0] / (1 + pow(past[0], 10)) - .1 * x[0];
    return TG_OK;
}

static inline double
solution_at(const tg_dde_solution *s, double t)
{
    double x = NAN;

    assert_ok(tg_dde_at(s, t, &x));
    return x;
}

#endif
