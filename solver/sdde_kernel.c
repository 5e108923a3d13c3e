/* The step of Euler and Maruyama for a block of paths with diagonal noise. */
#include "solver/sdde_kernel.h"

#include "core/simd.h"

void
TG_KERNEL(tg_sdde_increment)(size_t n, double dt, const double *x, const double *f,
                             const double *g, const double *dW, double *next)
{
    size_t k = 0;

    for (; k + LANES <= n; k += LANES)
        store(next + k, load(x + k) + load(f + k) * dt + load(g + k) * load(dW + k));
    for (; k < n; k++) next[k] = x[k] + f[k] * dt + g[k] * dW[k];
}
