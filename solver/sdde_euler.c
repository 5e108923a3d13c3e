/* Euler-Maruyama: x' = x + f dt + g dW. Source: Maruyama 1955; with delays Buckwar 2000. */
#include "solver/sdde_step.h"

#include <string.h>

/* sum + g dW, g a matrix of channels for each component */
static void
add_channels(const tg_sdde_step *s, double *sum)
{
    const size_t n = s->eq->dim, w = s->eq->noises, c = s->count;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < w; j++)
            for (size_t k = 0; k < c; k++)
                sum[i * c + k] += s->g[(i * w + j) * c + k] * s->dW[j * c + k];
}

void
tg_sdde_euler(tg_sdde_step *s)
{
    const double *restrict x = s->x, *restrict f = s->f, *restrict g = s->g,
                           *restrict dW = s->dW;
    double *restrict next = s->next;
    const size_t all = s->eq->dim * s->count;
    const double dt = s->dt;

    if (s->eq->diagonal) {
        for (size_t k = 0; k < all; k++) next[k] = x[k] + f[k] * dt + g[k] * dW[k];
        return;
    }
    for (size_t k = 0; k < all; k++) next[k] = x[k] + f[k] * dt;
    add_channels(s, next);
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
