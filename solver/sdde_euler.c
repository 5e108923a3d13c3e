/* Euler-Maruyama: x' = x + f dt + g dW. Source: Maruyama 1955; with delays Buckwar 2000. */
#include "solver/sdde_kernel.h"
#include "solver/sdde_step.h"

#include "core/dispatch.h"

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
    const size_t all = s->eq->dim * s->count;

    if (s->eq->diagonal) {
        TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_sdde_increment, all, s->dt, s->x, s->f,
                    s->g, s->dW, s->next);
        return;
    }
    for (size_t k = 0; k < all; k++) s->next[k] = s->x[k] + s->f[k] * s->dt;
    add_channels(s, s->next);
}

tg_status
tg_sdde_evaluate(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;

    TG_TRY(eq->drift(s->count, s->t, s->x, s->past, s->f, eq->context));
    if (!eq->noises) return TG_OK;
    return eq->diffusion(s->count, s->t, s->x, s->past, s->g, eq->context);
}

static tg_status
step(tg_sdde_step *s)
{
    TG_TRY(tg_sdde_evaluate(s));
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
