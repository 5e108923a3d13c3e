/* sdde_step: what a method sees of a block of paths. Private to solver/. */
#ifndef TG_SOLVER_SDDE_STEP_H
#define TG_SOLVER_SDDE_STEP_H

#include "solver/sdde.h"

struct tg_sdde_step {
    const tg_sdde *eq;
    size_t         count; /* paths in the block */
    double         t, dt;
    const double  *x;    /* (n, count) at t */
    const double  *past; /* (m, n, count) at t - tau */
    double        *next; /* (n, count) to be filled with x at t + dt */
    const double  *dW;   /* (w, count) */
    const double *area; /* (m, w, count) int (W(s - tau_j) - W(t - tau_j)) dW(s); or NULL */
    double       *f, *f2; /* (n, count) scratch */
    double       *g, *g2; /* (n, w, count) scratch; g: at last what multiplied dW */
    double       *past2; /* (m, n, count): lagged values at t + dt, by tg_sdde_fetch_next */
    double       *slope; /* (m, n, count) scratch */
    void         *block;
};

/* The lagged values at t + dt into past2; where a delay is shorter than the step `next`, as
 * far as it is known, takes part. */
TG_CHECKED tg_status tg_sdde_fetch_next(tg_sdde_step *s);

/* What drives the delay's lagged values over this step, (n, count): g of the step that
 * begins nearest to t - tau, which is this one for a delay below dt/2. For Milstein. */
const double *tg_sdde_past_noise(const tg_sdde_step *s, size_t delay);

/* f and g at the step's begin. */
TG_CHECKED tg_status tg_sdde_evaluate(tg_sdde_step *s);

/* next = x + f dt + g dW for either shape of noise. */
void tg_sdde_euler(tg_sdde_step *s);

/* The Euler-Maruyama step in next and the drift there in f2; then the step again, with the
 * mean of both drifts. */
TG_CHECKED tg_status tg_sdde_predict(tg_sdde_step *s);
void                 tg_sdde_correct(tg_sdde_step *s);

extern const tg_sdde_method tg_sdde_euler_maruyama, tg_sdde_milstein, tg_sdde_heun,
    tg_sdde_rk;

#endif
