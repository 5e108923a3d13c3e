#include "core/rng.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <Random123/philox.h>
#include <string.h>

void
tg_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    philox4x32_ctr_t c;
    philox4x32_key_t k;

    memcpy(c.v, counter, sizeof c.v);
    memcpy(k.v, key, sizeof k.v);
    c = philox4x32(c, k);
    memcpy(out, c.v, sizeof c.v);
}

tg_rng
tg_rng_stream(uint64_t seed, tg_purpose purpose, uint64_t index)
{
    return (tg_rng){ .seed = seed, .purpose = (uint16_t)purpose, .index = index };
}

uint64_t
tg_rng_mix(uint64_t seed, uint64_t index)
{
    tg_rng g = tg_rng_stream(seed, TG_PURPOSE_REPLICA, index);

    return tg_rng_bits(&g);
}

void
tg_rng_refill(tg_rng *g)
{
    const uint32_t key[2] = { (uint32_t)g->seed, (uint32_t)(g->seed >> 32) };
    const uint32_t counter[4] = { (uint32_t)g->block,
                                  (uint32_t)(g->block >> 32 & 0xffff) | (uint32_t)g->purpose
                                                                            << 16,
                                  (uint32_t)g->index, (uint32_t)(g->index >> 32) };
    uint32_t       out[4];

    tg_philox(counter, key, out);
    g->word[1] = out[0] | (uint64_t)out[1] << 32;
    g->word[0] = out[2] | (uint64_t)out[3] << 32;
    g->ready = NULL;
    g->left = (uint8_t)(2 - g->taken);
    g->taken = 0;
    g->block++;
}

uint64_t
tg_rng_below(tg_rng *g, uint64_t n)
{
    __extension__ typedef unsigned __int128 wide;

    wide m = (wide)tg_rng_bits(g) * n;
    if ((uint64_t)m < n) {
        const uint64_t floor = -n % n;
        while ((uint64_t)m < floor) m = (wide)tg_rng_bits(g) * n;
    }
    return (uint64_t)(m >> 64);
}

double
tg_rng_normal(tg_rng *g)
{
    if (g->has_spare) {
        g->has_spare = 0;
        return g->spare;
    }
    const double r = sqrt(-2 * log(tg_rng_uniform(g)));
    const double angle = 6.283185307179586476925 * tg_rng_uniform(g);
    g->spare = r * sin(angle);
    g->has_spare = 1;
    return r * cos(angle);
}

double
tg_rng_exponential(tg_rng *g)
{
    return -log(tg_rng_uniform(g));
}

/* gsl_rng is a vtable and a state pointer, so a stream serves as the state of a GSL
 * generator that lives on the stack and draws from the stream itself. */
static unsigned long
gsl_get(void *state)
{
    return (unsigned long)(tg_rng_bits(state) >> 32);
}

static double
gsl_get_double(void *state)
{
    return tg_rng_uniform(state);
}

static const gsl_rng_type stream_type = { .name = "tg_rng",
                                          .max = 0xffffffffUL,
                                          .min = 0,
                                          .size = sizeof(tg_rng),
                                          .get = gsl_get,
                                          .get_double = gsl_get_double };

double
tg_rng_gamma(tg_rng *g, double shape)
{
    const gsl_rng adapter = { &stream_type, g };

    return gsl_ran_gamma(&adapter, shape, 1);
}
