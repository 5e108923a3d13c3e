/* Milstein for diagonal noise, lagged noise included:
 *
 *     x' = x + f dt + g dW + g_x g (dW^2 - dt)/2 + sum_j g_j g(t - tau_j) A_j
 *     A_j = int_t^{t+dt} ( W(s - tau_j) - W(t - tau_j) ) dW(s)
 *
 * with g_j the derivative in the j-th lagged value. A_j is no function of increments of W;
 * it is summed over the run's sub-steps, with an error of sqrt(dt delta / 12), delta = dt /
 * sub: order 1 needs sub >~ 1/dt where the noise has a delay. Source: Milstein 1975; Hu,
 * Mohammed, Yan 2004.
 */
#include "solver/sdde_step.h"

static tg_status
add_own(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;

    if (!eq->slope) return TG_OK;
    TG_TRY(eq->slope(s->count, s->t, s->x, s->past, s->slope, eq->context));
    for (size_t k = 0; k < eq->dim * s->count; k++)
        s->next[k] += s->slope[k] * s->g[k] * (s->dW[k] * s->dW[k] - s->dt) / 2;
    return TG_OK;
}

static tg_status
add_lagged(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;
    const size_t   n = eq->dim * s->count;

    if (!eq->lagged_slope) return TG_OK;
    TG_TRY(eq->lagged_slope(s->count, s->t, s->x, s->past, s->slope, eq->context));
    for (size_t j = 0; j < eq->delays; j++) {
        const double *noise = tg_sdde_past_noise(s, j);
        for (size_t k = 0; k < n; k++)
            s->next[k] += s->slope[j * n + k] * noise[k] * s->area[j * n + k];
    }
    return TG_OK;
}

static tg_status
step(tg_sdde_step *s)
{
    TG_TRY(tg_sdde_evaluate(s));
    tg_sdde_euler(s);
    if (!s->eq->noises) return TG_OK;
    TG_TRY(add_own(s));
    return add_lagged(s);
}

const tg_sdde_method tg_sdde_milstein = {
    .name = "milstein",
    .doc = "Milstein, for diagonal noise that depends on X, and (with `sub` of about 1/dt) "
           "on its "
           "past",
    .strong = 1,
    .weak = 1,
    .strong_additive = 1,
    .weak_additive = 1,
    .diagonal_only = 1,
    .step = step,
};
