/* Runge-Kutta for additive noise, by Ito: x' = x + (f + f^) dt/2 + g dW. Source: Kloeden,
 * Platen 1992, 15.1.3, without delays. */
#include "solver/sdde_step.h"

static tg_status
step(tg_sdde_step *s)
{
    TG_TRY(tg_sdde_predict(s));
    tg_sdde_correct(s);
    return TG_OK;
}

const tg_sdde_method tg_sdde_rk = {
    .name = "rk",
    .doc = "Runge-Kutta for additive noise, weak order 2",
    .strong = 0.5,
    .weak = 1,
    .strong_additive = 1,
    .weak_additive = 2,
    .step = step,
};
