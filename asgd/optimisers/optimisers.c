#include "asgd/optimisers/optimiser.h"

const tg_kind *const tg_optimisers[] = {
    &tg_optimiser_sgd.is,      &tg_optimiser_heavy_ball.is,
    &tg_optimiser_nesterov.is, &tg_optimiser_adagrad.is,
    &tg_optimiser_rmsprop.is,  &tg_optimiser_adam.is,
    &tg_optimiser_adamw.is,    NULL
};

const tg_kind *const tg_schedules[] = { &tg_schedule_constant.is,
                                        &tg_schedule_inverse_sqrt.is,
                                        &tg_schedule_cosine.is, &tg_schedule_step.is,
                                        NULL };
