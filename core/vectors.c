#include "core/vectors.h"

#include "core/dispatch.h"
#include "core/vectors_kernel.h"

/* So few coordinates are done before a kernel is chosen. */
enum { FEW = 4 };

void
tg_vectors_step(size_t n, double rate, const double *x, const double *d, double *out)
{
    if (n <= FEW)
        for (size_t j = 0; j < n; j++) out[j] = x[j] - rate * d[j];
    else
        TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_vectors_step, n, rate, x, d, out);
}

void
tg_vectors_pull(size_t n, const double *h, const double *x, const double *b,
                const double *sigma, double *g)
{
    if (n <= FEW)
        for (size_t j = 0; j < n; j++)
            g[j] = h[j] * (b ? x[j] - b[j] : x[j]) + sigma[j] * g[j];
    else
        TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_vectors_pull, n, h, x, b, sigma, g);
}

void
tg_vectors_chain(size_t n, double all, const double *x, double *g)
{
    TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_vectors_chain, n, all, x, g);
}
