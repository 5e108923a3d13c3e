/* linear_rule: what a server and its workers do at a delivery, as matrices
 *
 *     s <- A s + B w_j + C W + b xi,     w_j <- D s + E w_j + c xi
 *
 * The server holds s (q numbers, x first), worker i holds w_i (p numbers), W = sum_i w_i, xi is
 * a gradient's noise; the new s stands on the right of the second. Theory's own table of
 * rules: the simulator has another.
 */
#ifndef TG_SOLVER_LINEAR_RULE_H
#define TG_SOLVER_LINEAR_RULE_H

#include <stddef.h>

enum { TG_LINEAR_SERVER = 3, TG_LINEAR_WORKER = 2 };

/* A rule, all matrices row by row: A (q, q), B and C (q, p), b (q), D (p, q), E (p, p), c
 * (p). A group's mark, the mean of its gradients at x = 0, adds to xi. */
typedef struct tg_linear_rule {
    size_t q, p;
    double A[9], B[6], C[6], b[3], D[6], E[4], c[2];
} tg_linear_rule;

/* x <- x - eta g. */
tg_linear_rule tg_linear_asgd(double eta, double h);
/* The newest gradients of n workers in slots, x <- x - (eta/n) sum of slots. */
tg_linear_rule tg_linear_dude(double eta, double h, double n);
/* v <- beta v + g, x <- x - eta v. */
tg_linear_rule tg_linear_heavy_ball(double eta, double h, double beta);

#endif
