/* dde_machine: a delay equation in the middle of a step. Private to solver/. */
#ifndef TG_SOLVER_DDE_MACHINE_H
#define TG_SOLVER_DDE_MACHINE_H

#include "solver/dde_solution.h"

typedef struct tg_dde_kink {
    double t;
    int    level; /* x has jumps from derivative level + 1 on */
} tg_dde_kink;

typedef struct tg_dde_machine {
    const tg_dde    *eq;
    tg_dde_solution *s;
    tg_gauss         gauss;
    double           rho, end_weight[TG_GAUSS_MAX]; /* l_j(1) */
    double           inner, inner_rho;              /* the second look, inside the step */
    double           inner_weight[TG_GAUSS_MAX], inner_dense[TG_GAUSS_MAX];
    double           relative, absolute, t0, t1;
    double           t, h, last_h; /* now, the step tried, the step before (0: none) */
    double          *x, *next, *f_end, *end_slope, *tau, *past, *stage, *F, *new_F, *last_F;
    double          *lagged; /* (s, m, n), kept over sweeps where it cannot change */
    size_t          *hint;
    size_t lost; /* 1 + the component whose slope was not finite at lost_at; 0: none */
    double lost_at;
    tg_dde_kink *kinks; /* ascending, no two the same */
    size_t       kink_count, kink_room;
    size_t      *kink_ahead; /* (m) the first kink that t - tau_j has not passed */
    int          refused; /* how often a step that passed kinks was, since one was taken */
} tg_dde_machine;

/* What the error estimates need, from the method. */
void tg_dde_make_estimates(tg_dde_machine *m);

/* The delays at (t, x) into m->tau. Errors: TG_EDOMAIN one is negative. */
TG_CHECKED tg_status tg_dde_delays_at(tg_dde_machine *m, double t, const double *x);

/* dx = f(t, x, ...); the lagged values go into past (m, n) unless they are `known` there.
 */
TG_CHECKED tg_status tg_dde_slope(tg_dde_machine *m, double t, const double *x,
                                  double *past, int known, double *dx);

/* Set lost if the slope dx at t is not finite: no failure yet, a smaller step may do. */
void tg_dde_note(tg_dde_machine *m, double t, const double *dx);

/* TG_EDIVERGED, with component and time. */
tg_status tg_dde_lost(const tg_dde_machine *m);

/* out = x + h sum_j a_j F_j */
void tg_dde_combine(const tg_dde_machine *m, const double *a, double *out);

/* One step of m->h, not yet taken; *error in tolerances, inf where the sweeps did not
 * converge. */
TG_CHECKED tg_status tg_dde_attempt(tg_dde_machine *m, double *error);

/* The error of the step tried, which passes kinks, looked at between all nodes. */
TG_CHECKED tg_status tg_dde_attempt_between(tg_dde_machine *m, double *error);

#endif
