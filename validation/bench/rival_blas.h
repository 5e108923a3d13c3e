/* rival_blas: the products of a layer by BLAS, of the sizes that it needs, without the work of laying an
 * image out as a matrix */
#ifndef TG_VALIDATION_RIVAL_BLAS_H
#define TG_VALIDATION_RIVAL_BLAS_H

#include "validation/bench/bench.h"
#include "validation/bench/rival.h"
#include "validation/bench/sgemm.h"

#include <stdbool.h>

#define RIVAL_NAME                                                                         \
    "products of these sizes by BLAS (OpenBLAS where it is installed, else the reference)"

typedef struct rival {
    size_t m, n, k;
    float *room[3];
} rival;

static inline float *
rival_numbers(size_t n)
{
    float *x = malloc(n * sizeof *x);

    for (size_t i = 0; i < n; i++) x[i] = (float)(i % 17) / 17 - 0.5f;
    return x;
}

static inline void
rival_make(rival *r, const rival_shape *s)
{
    r->m = (size_t)(s->batch * s->out_side * s->out_side);
    r->n = (size_t)s->out;
    r->k = (size_t)(s->size * s->size * s->in);
    r->room[0] = rival_numbers(r->m * r->k);
    r->room[1] = rival_numbers(r->k * r->n);
    r->room[2] = rival_numbers(r->m * r->n);
}

/* Forward, to the weights, and to the inputs if they want it. */
static inline void
rival_run(rival *r, bool inputs)
{
    gemm('N', 'N', r->m, r->n, r->k, r->room[0], r->room[1], r->room[2]);
    gemm('T', 'N', r->k, r->n, r->m, r->room[0], r->room[2], r->room[1]);
    if (inputs) gemm('N', 'T', r->m, r->k, r->n, r->room[2], r->room[1], r->room[0]);
}

static inline void
rival_free(rival *r)
{
    for (int i = 0; i < 3; i++) free(r->room[i]);
}

#endif
