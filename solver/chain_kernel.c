/* One step of a chain for many paths side by side, phase after phase. */
#include "solver/chain_kernel.h"

#include "core/simd.h"

void
TG_KERNEL(tg_chain_move)(const tg_chain *c, size_t n, const double *z, const double *x,
                         const double *x_next, double *next, double *mean)
{
    size_t k = 0;

    for (; k + LANES <= n; k += LANES) {
        const vd was = load(x + k), is = load(x_next + k);
        vd       sum = is * 0;
        for (size_t i = 0; i < c->phases; i++) {
            vd to = was * c->old[i] + is * c->new[i];
            for (size_t j = c->first[i]; j <= c->last[i]; j++)
                to += load(z + j * n + k) * c->keep[i][j];
            store(next + i * n + k, to);
            if (c->start[i] > 0) sum += to * c->start[i];
        }
        store(mean + k, sum);
    }
    for (; k < n; k++) {
        double sum = x_next[k] * 0;
        for (size_t i = 0; i < c->phases; i++) {
            double to = x[k] * c->old[i] + x_next[k] * c->new[i];
            for (size_t j = c->first[i]; j <= c->last[i]; j++)
                to += z[j * n + k] * c->keep[i][j];
            next[i * n + k] = to;
            if (c->start[i] > 0) sum += to * c->start[i];
        }
        mean[k] = sum;
    }
}
