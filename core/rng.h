/* rng: reproducible random streams
 *
 * A stream is a value made from (seed, purpose, index), one per path, worker or job.
 * Streams are the counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011)
 * with
 *
 *     key = seed (64 bits),   counter = block (48 bits) | purpose (16) | index (64)
 *
 * so two streams never overlap and none depends on threads, order of work or other streams.
 */
#ifndef TG_CORE_RNG_H
#define TG_CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

#define TG_PURPOSE_LIST(X)                                                                 \
    X(TG_PURPOSE_TEST, "tests")                                                            \
    X(TG_PURPOSE_PATH, "Brownian paths")                                                   \
    X(TG_PURPOSE_ARRIVAL, "arrival times of the jump form")                                \
    X(TG_PURPOSE_DELAY, "delays")                                                          \
    X(TG_PURPOSE_NOISE, "gradient noise")                                                  \
    X(TG_PURPOSE_DATA, "splits and minibatches")                                           \
    X(TG_PURPOSE_BRIDGE, "level crossings between grid points")                            \
    X(TG_PURPOSE_START, "initial conditions")                                              \
    X(TG_PURPOSE_RESAMPLE, "resampled replicas")                                           \
    X(TG_PURPOSE_WORKER, "jobs of the worker form")                                        \
    X(TG_PURPOSE_SHAKE, "gradient noise of the worker form")                               \
    X(TG_PURPOSE_REPLICA, "seeds of replicas")                                             \
    X(TG_PURPOSE_RULE, "choices of a server rule")                                         \
    X(TG_PURPOSE_PACE, "stretches of a worker's speed")                                    \
    X(TG_PURPOSE_SPREAD, "fixed factors of workers")                                       \
    X(TG_PURPOSE_UPLINK, "transfers to the server")                                        \
    X(TG_PURPOSE_DOWNLINK, "transfers to a worker")

typedef enum tg_purpose {
#define X(code, doc) code,
    TG_PURPOSE_LIST(X)
#undef X
} tg_purpose;

typedef struct tg_rng {
    uint64_t      seed, index, block; /* block: the next one to be generated */
    uint64_t      word[2];            /* the current block, consumed from the end */
    uint16_t      purpose;
    uint8_t       left;      /* words not yet consumed */
    uint8_t       has_spare; /* a normal is made in pairs; the other one waits here */
    double        spare;
    uint8_t       taken; /* words of the next block that are used up before it is made */
    const double *ready; /* the first word's normals, which have not been drawn: [0] and
                            [TG_STREAMS_AHEAD] (core/streams.h); or NULL */
} tg_rng;

/* One Philox4x32-10 block: the four output words of `counter` under `key`. */
void tg_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The stream (seed, purpose, index) at its beginning. */
tg_rng tg_rng_stream(uint64_t seed, tg_purpose purpose, uint64_t index);

/* The seed of replica `index` under this one, for tg_rng_of(). */
uint64_t tg_rng_mix(uint64_t seed, uint64_t index);

/* The stream of job `job` of worker `worker` in the replica of this seed, tg_rng_mix(). */
static inline tg_rng
tg_rng_of(uint64_t seed, tg_purpose purpose, uint32_t worker, uint32_t job)
{
    return (tg_rng){ .seed = seed,
                     .purpose = (uint16_t)purpose,
                     .index = worker | (uint64_t)job << 32 };
}

/* Make the next block; what is left of the current one is lost. */
void tg_rng_refill(tg_rng *g);

/* 64 uniform bits. */
static inline uint64_t
tg_rng_bits(tg_rng *g)
{
    if (!g->left) tg_rng_refill(g);
    return g->word[--g->left];
}

/* Uniform on the open interval (0, 1), 2^52 equally spaced values. */
static inline double
tg_rng_uniform(tg_rng *g)
{
    return ((double)(tg_rng_bits(g) >> 12) + 0.5) * 0x1p-52;
}

/* Uniform integer in {0, ..., n-1}, n >= 1, without bias. Source: Lemire 2019. */
uint64_t tg_rng_below(tg_rng *g, uint64_t n);

/* Standard normal. Source: Box, Muller 1958. */
double tg_rng_normal(tg_rng *g);

/* Exponential with mean 1. */
double tg_rng_exponential(tg_rng *g);

/* Gamma with the given shape and mean `shape`, by GSL on this stream. Source: Marsaglia,
 * Tsang 2000 (gsl_ran_gamma). shape > 0. */
double tg_rng_gamma(tg_rng *g, double shape);

#endif
