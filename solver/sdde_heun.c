/* Two methods with one plan, x^ the Euler-Maruyama step and hats its coefficients:
 *
 *     heun   x' = x + (f + f^) dt/2 + (g + g^) dW/2       Stratonovich (Ruemelin 1982)
 *     rk     x' = x + (f + f^) dt/2 + g dW                Ito, additive noise: weak order 2
 *
 * (Kloeden, Platen 1992, 15.1.3, for rk without delays; lagged values are taken on the grid
 * at both ends, the trapezoidal rule, so the order survives them; derived here.)
 */
#include "solver/sdde_step.h"

#include <string.h>

static tg_status
predict(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;

    TG_TRY(tg_sdde_evaluate(s));
    tg_sdde_euler(s);
    TG_TRY(tg_sdde_fetch_next(s));
    return eq->drift(s->count, s->t + s->dt, s->next, s->past2, s->f2, eq->context);
}

static void
correct(tg_sdde_step *s)
{
    for (size_t k = 0; k < s->eq->dim * s->count; k++) s->f[k] = (s->f[k] + s->f2[k]) / 2;
    tg_sdde_euler(s);
}

static tg_status
step_heun(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;
    const size_t   wide = eq->dim * s->count * (eq->diagonal ? 1 : eq->noises);

    TG_TRY(predict(s));
    if (eq->noises) {
        TG_TRY(
            eq->diffusion(s->count, s->t + s->dt, s->next, s->past2, s->g2, eq->context));
        for (size_t k = 0; k < wide; k++) s->g[k] = (s->g[k] + s->g2[k]) / 2;
    }
    correct(s);
    return TG_OK;
}

static tg_status
step_rk(tg_sdde_step *s)
{
    TG_TRY(predict(s));
    correct(s);
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
    .step = step_heun,
};

const tg_sdde_method tg_sdde_rk = {
    .name = "rk",
    .doc = "Runge-Kutta for additive noise, weak order 2",
    .strong = 0.5,
    .weak = 1,
    .strong_additive = 1,
    .weak_additive = 2,
    .step = step_rk,
};
