/* lattice_groups: groups of workers of phase-type laws under a linear rule, exactly (level exact)
 *
 * What solver/lattice.h is of one law, of several. A place is a phase of a group's law; N_r workers are at place r,
 * and the moments close on all N with as many workers in each group as it has: of the server's s and w_i of the
 * rule (solver/linear_rule.h), summed over i at place r, and over pairs,
 *
 *     E[s s'; N],  E[s sum_r w_i'; N],  E[sum_r w_i w_i'; N],  E[sum_r sum_t w_i w_k', i != k; N]
 *
 * each obeys a linear equation (derived here, theory 3.3). With a constant 1 as last entry of s the means are among
 * them, and a group's mark, the mean of its gradients at x = 0, is an entry of its A and D. Of these only what can
 * be other than 0 is kept, and of symmetric ones one half.
 */
#ifndef TG_SOLVER_LATTICE_GROUPS_H
#define TG_SOLVER_LATTICE_GROUPS_H

#include "solver/linear_rule.h"
#include "solver/phase.h"

enum { TG_LATTICE_PLACES = 16 };

typedef struct tg_lattice_group {
    tg_phase law;
    size_t   workers;
    double   mark; /* [loss/x] */
} tg_lattice_group;

typedef struct tg_lattice_groups {
    const tg_linear_rule
        *rule; /* borrowed; q < TG_LINEAR_SERVER, no cycle, no steps by staleness */
    const tg_lattice_group *group; /* (groups) borrowed */
    size_t                  groups;
    double                  sigma; /* of one gradient [loss/x] */
    bool waits; /* in time: x moves from when each worker has delivered */
} tg_lattice_groups;

/* Unknowns of the system, its cost; inf where there are too many to be counted or the rule or the places are not
 * those of this engine. */
double tg_lattice_groups_size(const tg_lattice_groups *l);

/* The largest rate at which a configuration of phases may end: its events are a transient's cost [1/time]. */
double tg_lattice_groups_rate(const tg_lattice_groups *l);

typedef struct tg_lattice_rest {
    double mean, second; /* E x, E x^2; inf: a mean square that does not settle */
    double square_abscissa,
        mean_abscissa; /* slowest rates without marks and noise [1/time]; NaN: not known, of a
                                              mean square that does not settle or of many means */
} tg_lattice_rest;

/* Whether the mean square settles, and 1/V, V what E x^2 then is of noise alone with sigma = 1: it goes through 0 where
 * that is lost, and is < 0 beyond. Errors: as below. */
TG_CHECKED tg_status tg_lattice_groups_settles(const tg_lattice_groups *l, bool *yes,
                                               double *stiffness);

/* At rest. Errors: TG_EDOMAIN an argument out of range, more than 5000 unknowns; TG_ENOCONV; TG_ENOMEM. */
TG_CHECKED tg_status tg_lattice_groups_rest(const tg_lattice_groups *l,
                                            tg_lattice_rest         *out);

/* E x and E x^2 at times 0, horizon/(n-1), ..., horizon into mean (n) and second (n), to 1e-6 of the largest. At
 * t = 0 the workers have long been busy and hold x0; under DuDe-ASGD their slots hold gradients there, or do so when the last has delivered. Errors: as
 * above; TG_EDOMAIN n < 2 or horizon not > 0; TG_ENOCONV the integrator gave up; TG_ESTOP. */
TG_CHECKED tg_status tg_lattice_groups_transient(const tg_lattice_groups *l, double x0,
                                                 double horizon, size_t n, double *mean,
                                                 double *second);

#endif
