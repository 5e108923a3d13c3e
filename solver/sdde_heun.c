/* Stochastic Heun: x' = x + (f + f^) dt/2 + (g + g^) dW/2. Source: Ruemelin 1982. */
#include "solver/sdde_step.h"

static tg_status
step(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;
    const size_t   wide = eq->dim * s->count * (eq->diagonal ? 1 : eq->noises);

    TG_TRY(tg_sdde_predict(s));
    if (eq->noises) {
        TG_TRY(
            eq->diffusion(s->count, s->t + s->dt, s->next, s->past2, s->g2, eq->context));
        for (size_t k = 0; k < wide; k++) s->g[k] = (s->g[k] + s->g2[k]) / 2;
    }
    tg_sdde_correct(s);
    return TG_OK;
}

const tg_sdde_method tg_sdde_heun = {
    .name = "heun",
    .doc = "stochastic Heun: the Stratonovich solution",
    .strong = 0.5,
    .weak = 1,
    .strong_additive = 1,
    .weak_additive = 2,
    .stratonovich = 1,
    .step = step,
};
