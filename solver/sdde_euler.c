/* Euler-Maruyama: x' = x + f dt + g dW. Source: Maruyama 1955; with delays Buckwar 2000. */
#include "solver/sdde_step.h"

#include <string.h>

/* sum + g dW for either shape of noise. */
static void
add_noise(const tg_sdde_step *s, const double *g, double *sum)
{
    const size_t n = s->eq->dim, c = s->count;

    for (size_t i = 0; i < n && s->eq->diagonal; i++)
        for (size_t k = 0; k < c; k++) sum[i * c + k] += g[i * c + k] * s->dW[i * c + k];
    for (size_t i = 0; i < n && !s->eq->diagonal; i++)
        for (size_t j = 0; j < s->eq->noises; j++)
            for (size_t k = 0; k < c; k++)
                sum[i * c + k] += g[(i * s->eq->noises + j) * c + k] * s->dW[j * c + k];
}

void
tg_sdde_euler(tg_sdde_step *s)
{
    for (size_t k = 0; k < s->eq->dim * s->count; k++)
        s->next[k] = s->x[k] + s->f[k] * s->dt;
    if (s->eq->noises) add_noise(s, s->g, s->next);
}

static tg_status
step(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;

    TG_TRY(eq->drift(s->count, s->t, s->x, s->past, s->f, eq->context));
    if (eq->noises) TG_TRY(eq->diffusion(s->count, s->t, s->x, s->past, s->g, eq->context));
    tg_sdde_euler(s);
    return TG_OK;
}

const tg_sdde_method tg_sdde_euler_maruyama = {
    .name = "euler",
    .doc = "Euler-Maruyama; the plainest",
    .strong = 0.5,
    .weak = 1,
    .strong_additive = 1,
    .weak_additive = 1,
    .step = step,
};
