/* Coordinates of a model (core/vectors.h). */
#include "core/vectors_kernel.h"

#include "core/simd.h"

void
TG_KERNEL(tg_vectors_step)(size_t n, double rate, const double *x, const double *d,
                           double *out)
{
    size_t j = 0;

    for (; j + LANES <= n; j += LANES) store(out + j, load(x + j) - rate * load(d + j));
    for (; j < n; j++) out[j] = x[j] - rate * d[j];
}

void
TG_KERNEL(tg_vectors_pull)(size_t n, const double *h, const double *x, const double *b,
                           const double *sigma, double *g)
{
    size_t j = 0;

    for (; j + LANES <= n; j += LANES) {
        const vd away = b ? load(x + j) - load(b + j) : load(x + j);
        store(g + j, load(h + j) * away + load(sigma + j) * load(g + j));
    }
    for (; j < n; j++) g[j] = h[j] * (b ? x[j] - b[j] : x[j]) + sigma[j] * g[j];
}

void
TG_KERNEL(tg_vectors_chain)(size_t n, double all, const double *x, double *g)
{
    size_t j = 1;

    for (; j + LANES < n; j += LANES)
        store(g + j, all + (2 * load(x + j) - load(x + j - 1) - load(x + j + 1)) * 0.25);
    for (; j + 1 < n; j++) g[j] = all + (2 * x[j] - x[j - 1] - x[j + 1]) * 0.25;
}
