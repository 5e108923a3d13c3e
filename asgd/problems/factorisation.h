/* factorisation: ratings by factors of users and items
 *
 *     f_i(x) = mean over worker i's ratings of e^2 / 2 + l2 (|u|^2 + |v|^2) / 2,
 *     e = r - m - u . v,   u and v the factors of the rating's user and item
 *
 * x is (users + items, rank), row-major, users first; m is the mean of the ratings to train, or 0.
 * Entries of x0 are N(0, start^2), the same in all replicas. The loss is F itself, the score the share
 * of the squares of r - m of unseen ratings that u . v explains, 1 - sum e^2 / sum (r - m)^2.
 * Source: Koren, Bell, Volinsky 2009, eq. 2.
 */
#ifndef TG_ASGD_PROBLEMS_FACTORISATION_H
#define TG_ASGD_PROBLEMS_FACTORISATION_H

#include "asgd/problems/problem.h"
#include "asgd/problems/ratings.h"
#include "core/kind.h"

typedef struct tg_factorisation {
    size_t rank;
    double l2; /* >= 0 [loss/x^2] */
    size_t
        batch; /* ratings of a gradient, drawn with replacement; 0: all of the worker's */
    double    start;   /* > 0 [x] */
    bool      centred; /* m is the mean */
    size_t    workers;
    tg_choice split; /* of tg_splits; the classes are groups of users, in their order */
    uint64_t  seed;  /* of x0 and the split */
} tg_factorisation;

/* A problem on these ratings, which are taken. Errors: TG_EDOMAIN, also as tg_dataset_split;
 * TG_ENOMEM. On failure the ratings still belong to the caller. */
TG_CHECKED tg_status tg_problem_factorisation(tg_ratings             *ratings,
                                              const tg_factorisation *plan,
                                              tg_problem            **out);

#endif
