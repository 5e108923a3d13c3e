/* exponential: exponential workers under any linear server rule, exactly (level exact)
 *
 * The server holds a vector s (q numbers, x first), worker i a vector w_i (p numbers). At a
 * delivery of worker j of group g, with W = sum_i w_i and xi a gradient's noise,
 *
 *     s <- A_g s + B w_j + C W + b xi,     w_j <- D_g s + E w_j + c xi
 *
 * (the new s on the right of the second). Workers of a group are exchangeable and deliver
 * in Poisson streams, so the second moments E ss', E s w_i', E w_i w_i', E w_i w_k' of all
 * groups and pairs of groups close, whatever the number of workers (derived here, theory
 * 3.3): one linear system of q^2 + G (qp + p^2) + G^2 p^2 equations. Rules with a cycle have
 * one map for each delivery of it (solver/exponential_cycle.c); steps that depend on staleness
 * need moments by age (exponential_aged.c), a limit to it all that is known of the workers' ages
 * (exponential_drop.c): these two are for one group.
 */
#ifndef TG_SOLVER_EXPONENTIAL_H
#define TG_SOLVER_EXPONENTIAL_H

#include "core/status.h"
#include "solver/linear_rule.h"

typedef struct tg_exponential {
    tg_linear_rule rule;
    size_t         groups;
    const double  *workers; /* (groups) n_g >= 1; borrowed */
    const double  *rate;    /* (groups) deliveries of one worker [1/time]; borrowed */
    const double  *mark;    /* (groups) mean gradient at x = 0 [loss/x]; NULL: none */
    double         sigma;   /* of one gradient [loss/x] */
} tg_exponential;

/* Stationary mean and E x^2 (either may be NULL); and, unless NULL, the slowest rate of the
 * second moments and of the mean, both without marks and noise [1/time]: < 0 where they
 * settle. A mean square that does not settle is inf, and no failure. With steps that depend on
 * staleness rates near that of one worker's deliveries are good to 1e-2. Errors: TG_EDOMAIN an
 * argument out of range, more groups, workers or ages than the rule is known of; TG_ENOCONV
 * eigenvalues; TG_ENOMEM. */
TG_CHECKED tg_status tg_exponential_stationary(const tg_exponential *e, double *mean,
                                               double *second, double *square_abscissa,
                                               double *mean_abscissa);

/* E x and E x^2 at times 0, horizon/(n-1), ..., horizon into mean (n) and second (n). At t
 * = 0 all workers hold x0; under DuDe-ASGD their slots hold gradients there. Errors: as
 * above; TG_EDOMAIN n < 2 or horizon not > 0. */
TG_CHECKED tg_status tg_exponential_transient(const tg_exponential *e, double x0,
                                              double horizon, size_t n, double *mean,
                                              double *second);

#endif
