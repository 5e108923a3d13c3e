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

/* x' = -mean of x(t - tau_j) over *delays of them, a size_t */
static inline tg_status
mean_feedback(double t, const double *x, const double *past, double *dx, void *delays)
{
    const size_t m = *(const size_t *)delays;

    (void)t, (void)x;
    dx[0] = 0;
    for (size_t j = 0; j < m; j++) dx[0] -= past[j] / (double)m;
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

/* x = (cos t, -sin t), and its history */
static inline tg_status
rotation(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)past, (void)context;
    dx[0] = x[1];
    dx[1] = -x[0];
    return TG_OK;
}

static inline tg_status
clockwise(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    x[1] = -sin(t);
    return TG_OK;
}

/* x' = x^2, which leaves the finite range */
static inline tg_status
explode(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)past, (void)context;
    dx[0] = x[0] * x[0];
    return TG_OK;
}

static inline tg_status
ones(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = x[1] = 1;
    return TG_OK;
}

/* x_1' = -x_2 r(x) + r(past_2) - 1, x_2' = x_1 r(past_1), r = sum of squares, for the mesh:
 * (cos t, sin t) whatever the delays; and its history */
static inline tg_status
circle(size_t count, const double *t, const double *x, const double *past, double *out,
       void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) {
        const double u = x[k], v = x[count + k], *p = past + k, *q = p + 2 * count;
        out[k] = -v * (u * u + v * v) + q[0] * q[0] + q[count] * q[count] - 1;
        out[count + k] = u * (p[0] * p[0] + p[count] * p[count]);
    }
    return TG_OK;
}

static inline tg_status
on_circle(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    x[1] = sin(t);
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
