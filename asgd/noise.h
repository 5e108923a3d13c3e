/* noise: what a stochastic gradient draws from: normals made in bulk, and bits for samples
 */
#ifndef TG_ASGD_NOISE_H
#define TG_ASGD_NOISE_H

#include "core/normals.h"
#include "core/rng.h"

enum { TG_NOISE_BULK = 256 };

typedef struct tg_noise {
    tg_rng bits;    /* for minibatches */
    tg_rng normals; /* a stream of its own, drawn in bulk */
    size_t left;    /* normals not yet used, at the end of `normal` */
    double normal[TG_NOISE_BULK];
} tg_noise;

/* The noise of replica `index` under this seed. */
static inline void
tg_noise_begin(tg_noise *n, uint64_t seed, uint64_t index)
{
    n->bits = tg_rng_stream(seed, TG_PURPOSE_DATA, index);
    n->normals = tg_rng_stream(seed, TG_PURPOSE_NOISE, index);
    n->left = 0;
}

/* A standard normal. */
static inline double
tg_noise_normal(tg_noise *n)
{
    if (n->left == 0) {
        tg_rng_normals(&n->normals, n->normal, TG_NOISE_BULK);
        n->left = TG_NOISE_BULK;
    }
    return n->normal[TG_NOISE_BULK - n->left--];
}

#endif
