/* equations: parts of stochastic delay equations that several tests integrate */
#ifndef TG_VALIDATION_EQUATIONS_H
#define TG_VALIDATION_EQUATIONS_H

#include "solver/sdde.h"

/* Histories of one component. */
static inline tg_status
one(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    return TG_OK;
}

static inline tg_status
zero(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 0;
    return TG_OK;
}

/* f = -x(t - tau), of one component */
static inline tg_status
feedback(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

/* g = 1 */
static inline tg_status
unit_noise(size_t count, double t, const double *x, const double *past, double *out,
           void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = 1;
    return TG_OK;
}

/* dX = -X(t - tau) dt + dW, X = 0 before */
static inline tg_sdde
feedback_equation(const double *tau)
{
    return (tg_sdde){ .dim = 1,
                      .delays = 1,
                      .noises = 1,
                      .diagonal = 1,
                      .tau = tau,
                      .drift = feedback,
                      .diffusion = unit_noise,
                      .history = zero };
}

#endif
