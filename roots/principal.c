#include "roots/principal.h"

#include "core/dispatch.h"
#include "core/lambert.h"
#include "roots/principal_kernel.h"

#include <math.h>
#include <string.h>

/* Beside the branch point, and where the start was too far away, one by one. */
static int
one_by_one(double k, double miss)
{
    const double e = 2.71828182845904523536;

    return !(miss < 0) || !(k < 50) || fabs(e * k - 1) < 1e-3;
}

void
tg_principal_roots(tg_isa isa, const double *k, size_t n, double *re, double *im)
{
    double block[4][PRINCIPAL_BLOCK];

    isa = tg_isa_resolve(isa);
    for (size_t first = 0; first < n; first += PRINCIPAL_BLOCK) {
        const size_t some = n - first < PRINCIPAL_BLOCK ? n - first : PRINCIPAL_BLOCK;
        for (size_t i = some; i < PRINCIPAL_BLOCK; i++) block[0][i] = 1;
        memcpy(block[0], k + first, some * sizeof *k);
        TG_DISPATCH(isa, tg_principal_block, block[0], block[1], block[2], block[3]);
        for (size_t i = 0; i < some; i++)
            if (one_by_one(block[0][i], block[3][i])) {
                const double complex w = tg_lambert(0, -block[0][i]);
                block[1][i] = creal(w);
                block[2][i] = fabs(cimag(w));
            }
        memcpy(re + first, block[1], some * sizeof *re);
        memcpy(im + first, block[2], some * sizeof *im);
    }
}
