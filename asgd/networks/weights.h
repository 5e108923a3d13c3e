/* weights: what layers with weights share. Private. */
#ifndef TG_ASGD_NETWORKS_WEIGHTS_H
#define TG_ASGD_NETWORKS_WEIGHTS_H

#include "asgd/networks/layer.h"

#include <math.h>
#include <string.h>

/* Normal of variance 2/inputs, for relu after it; biases are 0. Source: He, Zhang, Ren, Sun 2015. */
static inline void
tg_weights_start(tg_rng *g, size_t inputs, size_t n, double *w)
{
    const double scale = sqrt(2 / (double)inputs);

    for (size_t i = 0; i < n; i++) w[i] = scale * tg_rng_normal(g);
}

/* Every row of out (rows, n) is the bias. */
static inline void
TG_AS(tg_weights_bias)(size_t rows, size_t n, const real *bias, real *out)
{
    for (size_t i = 0; i < rows; i++) memcpy(out + i * n, bias, n * sizeof *out);
}

/* dbias += the sum of the rows, in their order. */
static inline void
TG_AS(tg_weights_sum)(size_t rows, size_t n, const real *dout, real *dbias)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) dbias[j] += dout[i * n + j];
}

#endif
