/* problem: what the workers differentiate
 *
 *     F(x) = (1/n) sum_i f_i(x),     worker i returns grad f_i(x) + noise
 *
 * A problem is an immutable object that any number of threads may share. x has unit [x], F
 * has unit [loss].
 */
#ifndef TG_ASGD_PROBLEM_H
#define TG_ASGD_PROBLEM_H

#include "core/rng.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_problem tg_problem;

/* What theory needs to know of a problem: the modes of F around its minimum. All arrays but
 * `minimum` are (count) long. */
typedef struct tg_modes {
    size_t  count;
    double *h;       /* eigenvalues of the Hessian [loss/x^2], > 0 */
    double *start;   /* starting point minus minimum [x] */
    double *sigma2;  /* variance of one stochastic gradient at the minimum [loss^2/x^2] */
    double *shift;   /* where gradients weighted by arrival settle, minus minimum [x] */
    double *spread;  /* variance of the workers' own minima, weighted by arrival [x^2] */
    double *minimum; /* (count, workers) each worker's own minimum [x]; NULL: all F's */
    double  least;   /* no eigenvalue of F, of these or others, is smaller */
    double  start_loss, start_covered; /* F(x0) - F*, and how much of it these modes hold */
    double  shift_loss;                /* F at the shifted fixed point minus F* */
    double  start_largest; /* largest eigenvalue where runs begin; 0: the same as h's */
    double  left_noise,
        left_spread; /* of sigma2 and of h^2 spread, what the modes leave out */
} tg_modes;

void tg_modes_free(tg_modes *m); /* frees the arrays, not *m */
/* Allocate zeroed arrays for `count` modes, minima for so many workers (0: none). Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_modes_alloc(size_t count, size_t workers, tg_modes *out);

typedef struct tg_problem_kind {
    const char *name, *doc;
    bool        cheap_loss; /* the loss costs about as much as one gradient */
    void (*start)(const void *self, double *x);
    /* Ready a simulation's scratch, of which calls then rely on what calls before have left there: what
     * workers keep for themselves. NULL: scratch tells nothing. */
    void (*begin)(const void *self, double *scratch);
    /* Worker's stochastic gradient at x into g (dim), drawn from `draws`; scratch is (scratch)
     * doubles. */
    void (*gradient)(const void *self, size_t worker, const double *x, tg_rng *draws,
                     double *scratch, double *g);
    double (*loss)(const void *self, const double *x,
                   double *scratch); /* F(x) - F*, or F */
    bool
        dear_slope; /* the exact gradient is dear beside the loss: for who asks for it alone */
    /* The exact gradient of F at x into g (dim). NULL: there is none. */
    void (*slope)(const void *self, const double *x, double *scratch, double *g);
    /* out = H v, H the Hessian of F at x; all (dim). Over threads. NULL: there is none. */
    tg_status (*product)(const void *self, const double *x, const double *v, double *out);
    /* The share of what it has not been shown that the model x does right. NULL: there is
     * none. */
    double (*score)(const void *self, const double *x, double *scratch);
    /* Where a model whose loss is not finite fails first, in a few words into text (size); "" if it
     * does not. NULL: it cannot tell. */
    void (*sick)(const void *self, const double *x, double *scratch, char *text,
                 size_t size);
    /* NULL: theory has nothing to go by. */
    tg_status (*modes)(const void *self, const double *weight, tg_modes *out);
    /* About what a gradient takes one thread, or the loss with the score [s]. NULL: about what its
     * coordinates do. */
    double (*seconds)(const void *self, bool loss);
    void (*free)(void *self);
} tg_problem_kind;

struct tg_problem {
    const tg_problem_kind *kind;
    void                  *self; /* owned */
    size_t                 dim, workers, scratch;
};

/* A quadratic in the basis of its eigenvectors, f_i(x) = sum_j h_j (x_j - b_ij)^2 / 2, with
 * independent Gaussian gradient noise of standard deviation sigma_j.
 *   h, start, sigma  (dim); copied
 *   minima           (workers, dim) b_ij; copied; NULL: all zero
 * Owner of *out: the caller, tg_problem_free().
 * Errors: TG_EDOMAIN dim or workers 0, h <= 0, sigma < 0 or anything not finite; TG_ENOMEM.
 */
TG_CHECKED tg_status tg_problem_quadratic(size_t dim, const double *h, const double *start,
                                          const double *sigma, size_t workers,
                                          const double *minima, tg_problem **out);

/* The same objective, its gradients from `batch` samples drawn afresh, features N(0, h_j) and
 * label noise of standard deviation `label`: the noise depends on x. Errors: as before, and
 * TG_EDOMAIN batch 0 or label < 0. */
TG_CHECKED tg_status tg_problem_least_squares(size_t dim, const double *h,
                                              const double *start, size_t batch,
                                              double label, size_t workers,
                                              const double *minima, tg_problem **out);

/* Nesterov's worst case, f(x) = x'Ax/2 - b'x with A = tridiag(-1, 2, -1)/4 and b = (-1/4, 0, ..,
 * 0), from (sqrt dim, 0, .., 0); F* = -dim/(8 (dim + 1)). The same for all workers; sigma N(0, 1)
 * is added to every coordinate of a gradient, the same to all if `shared`.
 * Owner of *out: the caller. Errors: TG_EDOMAIN dim or workers 0, sigma < 0; TG_ENOMEM.
 * Source: Nesterov 2018, 2.1.2, in the form of Tyurin, Richtarik 2023. */
TG_CHECKED tg_status tg_problem_tridiagonal(size_t dim, double sigma, bool shared,
                                            size_t workers, tg_problem **out);

void tg_problem_free(tg_problem *p);

/* The modes of F, given the share of all arrivals that each worker delivers (weight,
 * (workers), sum 1). Free with tg_modes_free. Errors: TG_EDOMAIN the problem has none;
 * TG_ENOCONV, TG_ENOMEM. */
TG_CHECKED tg_status tg_problem_modes(const tg_problem *p, const double *weight,
                                      tg_modes *out);

#endif
