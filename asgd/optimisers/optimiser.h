/* optimiser: how the model moves along a direction that a rule has chosen
 *
 *     x_{k+1} = x_k - step(k) scale d_k        (sgd; the others keep moments of d)
 *
 * An optimiser is a described value with room of its own; the plan adds what comes before it:
 * a schedule of the learning rate, a bound on the norm of d, weight decay.
 */
#ifndef TG_ASGD_OPTIMISERS_OPTIMISER_H
#define TG_ASGD_OPTIMISERS_OPTIMISER_H

#include "core/kind.h"

#include <stdint.h>

/* One step: direction d, x and out (dim); out may be x. */
typedef struct tg_move {
    const double *d, *x;
    double       *out;
    double        rate;   /* step(k) scale [x^2/loss] */
    double        decay;  /* weight decay [loss/x^2] */
    uint64_t      number; /* of this step, from 1 */
} tg_move;

typedef struct tg_optimiser_kind {
    tg_kind is;
    size_t (*room)(size_t dim); /* doubles, zero at the start; NULL: none */
    void (*step)(const double *param, double *room, size_t dim, const tg_move *m);
} tg_optimiser_kind;

extern const tg_kind *const    tg_optimisers[]; /* heads of tg_optimiser_kind */
extern const tg_optimiser_kind tg_optimiser_sgd, tg_optimiser_heavy_ball,
    tg_optimiser_nesterov, tg_optimiser_adagrad, tg_optimiser_rmsprop, tg_optimiser_adam,
    tg_optimiser_adamw;

/* Schedules of the learning rate: a factor of step number k, from 0. */
typedef struct tg_schedule_kind {
    tg_kind is;
    double (*factor)(const double *param, uint64_t k);
} tg_schedule_kind;

extern const tg_kind *const   tg_schedules[]; /* heads of tg_schedule_kind */
extern const tg_schedule_kind tg_schedule_constant, tg_schedule_inverse_sqrt,
    tg_schedule_cosine, tg_schedule_step;

#endif
