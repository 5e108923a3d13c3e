/* phase: laws of phase type
 *
 *     T = time to absorption of a Markov chain: start in phase p with probability start[p],
 *     go from p to q at rate move[p][q], end from p at rate leave[p]      (Neuts 1981)
 *
 * Exponential, Erlang and hyperexponential laws are of phase type; any other law is matched
 * by one in its moments. Rates in 1/time.
 */
#ifndef TG_SOLVER_PHASE_H
#define TG_SOLVER_PHASE_H

#include "core/delay.h"

#include <complex.h>

#define TG_PHASE_MAX 16

typedef struct tg_phase {
    int    n;     /* phases, 1 .. TG_PHASE_MAX */
    int    exact; /* whether this is the law itself, not a fit to its moments */
    double start[TG_PHASE_MAX], leave[TG_PHASE_MAX];
    double move[TG_PHASE_MAX][TG_PHASE_MAX]; /* diagonal 0 */
} tg_phase;

/* The law as a phase-type law: itself where it is one of at most TG_PHASE_MAX phases; else
 * for CV < 1 the mixture of two Erlang laws with its mean and variance (Tijms 1994), for CV
 * > 1 the hyperexponential law of two phases with its first three moments where there is
 * one (Whitt 1982), with balanced means where there is none. Errors: TG_EDOMAIN mean or
 * variance not finite, mean 0, or more phases needed. */
TG_CHECKED tg_status tg_phase_from_delay(const tg_delay *d, tg_phase *out);

double tg_phase_mean(const tg_phase *p);

/* The share of its time that a worker spends in each phase, into share (n). */
void tg_phase_shares(const tg_phase *p, double *share);

/* E exp(-s T), s >= 0 [1/time]. */
double tg_phase_laplace(const tg_phase *p, double s);

/* The density of its renewals is 1/m + sum_k c_k e^{t_k t}, k < *terms < n, into t and c (n) [1/time].
 * Phases of one rate that do not follow each other make two t_k one, and a c_k infinite. Errors:
 * TG_ENOCONV. */
TG_CHECKED tg_status tg_phase_renewal(const tg_phase *p, double complex *t,
                                      double complex *c, size_t *terms);

#endif
