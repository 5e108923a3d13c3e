/* linear_rule: what a server and its workers do at a delivery, as matrices
 *
 *     s <- A s + c(J) (B w_j + b xi) + C W,     w_j <- D s + E w_j + c xi
 *
 * The server holds s (q numbers, x first), worker i holds w_i (p numbers), W = sum_i w_i, xi is
 * a gradient's noise; the new s stands on the right of the second. With a cycle of K > 1, s <- L s
 * follows the first line at each K-th delivery. J is the staleness of what is delivered, in
 * updates, and c(J) its weight (core/delay.h) up to a limit, 0 beyond: then nothing moves, and it was no
 * update.
 *
 * Theory's own table of rules: the simulator has another, and the filters of core/loop.h say of
 * the same rules what many workers make of them.
 */
#ifndef TG_SOLVER_LINEAR_RULE_H
#define TG_SOLVER_LINEAR_RULE_H

#include "core/delay.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { TG_LINEAR_SERVER = 3, TG_LINEAR_WORKER = 2 };

/* A rule, all matrices row by row: A, L (q, q), B and C (q, p), b (q), D (p, q), E (p, p), c
 * (p). A group's mark, the mean of its gradients at x = 0, adds to xi. */
typedef struct tg_linear_rule {
    size_t     q, p;
    double     A[9], B[6], C[6], b[3], D[6], E[4], c[2];
    double     cycle, L[9]; /* K; 0 or 1: no L */
    tg_weights weights;     /* c(J) */
    double     limit;       /* the largest J that counts; 0: any */
} tg_linear_rule;

/* x <- x - eta g. */
tg_linear_rule tg_linear_asgd(double eta, double h);
/* The newest gradients of n workers in slots, x <- x - (eta/n) sum of slots. */
tg_linear_rule tg_linear_dude(double eta, double h, double n);
/* v <- beta v + g, x <- x - eta v. */
tg_linear_rule tg_linear_heavy_ball(double eta, double h, double beta);
/* v <- beta v + g, x <- x - eta (g + beta v). */
tg_linear_rule tg_linear_nesterov(double eta, double h, double beta);
/* x <- x - (eta/K) sum of K gradients, at each K-th. */
tg_linear_rule tg_linear_fedbuff(double eta, double h, double buffer);
/* The same, and all workers begin anew there: rounds of the first K deliveries. */
tg_linear_rule tg_linear_rounds(double eta, double h, double batch);
/* x <- x - eta min(1, n/J) g. */
tg_linear_rule tg_linear_adaptive(double eta, double h, double n);
/* x <- x - eta (1 + J)^-a g. */
tg_linear_rule tg_linear_polynomial(double eta, double h, double a);
/* x <- x - eta g up to J = n, then x <- x - min(eta, 1/(4 L J)) g. */
tg_linear_rule tg_linear_koloskova(double eta, double h, double n, double smoothness);
/* x <- x - eta g if J <= limit. */
tg_linear_rule tg_linear_drop(double eta, double h, double limit);

/* The rule of a K-th delivery, L applied, as one without a cycle. */
tg_linear_rule tg_linear_flushed(const tg_linear_rule *r);

/* Rules by name. */
typedef struct tg_linear_kind {
    const char *name, *doc;
    const char *number;       /* what its own number is; NULL: it has none */
    double      least, below; /* the number's domain, [least, below) */
    const char *filter;       /* of core/loop.h; NULL: none */
    bool stepped; /* its weights depend on the step, and its number is of the unit of h */
    tg_linear_rule (*make)(double eta, double h, double workers, double number);
} tg_linear_kind;

extern const tg_linear_kind *const tg_linear_kinds[];                /* NULL-terminated */
const tg_linear_kind              *tg_linear_find(const char *name); /* NULL: unknown */

/* The rule of that name. A number that a rule does not have is not looked at.
 * Errors: TG_EINPUT no such name; TG_EDOMAIN eta, h or workers not > 0, a number out of range. */
TG_CHECKED tg_status tg_linear_make(const char *name, double eta, double h, double workers,
                                    double number, tg_linear_rule *out);

#endif
