#include "solver/sketch.h"

#include <math.h>
#include <string.h>

#define SHIFT 46 /* leaves sign, exponent and six leading bits of the mantissa */

static const uint64_t LOWEST = (uint64_t)(1023 - 64) << 6; /* of 2^-64 */

/* Buckets of values < 0 run down from TG_SKETCH_SIDE - 1, the others up from there. */
static uint64_t
bucket_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    const uint64_t size = (bits & ~(UINT64_C(1) << 63)) >> SHIFT;
    const uint64_t k = size < LOWEST ? 0 : size - LOWEST + 1;
    const uint64_t side = k < TG_SKETCH_SIDE ? k : TG_SKETCH_SIDE - 1;
    return bits >> 63 ? TG_SKETCH_SIDE - 1 - side : TG_SKETCH_SIDE + side;
}

void
tg_sketch_add(uint32_t *count, double x)
{
    count[bucket_of(x)]++;
}

/* Lower end of bucket k of the magnitudes. */
static double
magnitude(uint64_t k)
{
    const uint64_t bits = (k - 1 + LOWEST) << SHIFT;
    double         x;

    memcpy(&x, &bits, sizeof x);
    return k == 0 ? 0 : x;
}

/* At `share` of the way through bucket b. */
static double
value_in(uint64_t b, double share)
{
    if (b >= TG_SKETCH_SIDE) {
        const double low = magnitude(b - TG_SKETCH_SIDE);
        return low + share * (magnitude(b - TG_SKETCH_SIDE + 1) - low);
    }
    const double high = -magnitude(TG_SKETCH_SIDE - 1 - b);
    const double low = -magnitude(TG_SKETCH_SIDE - b);
    return low + share * (high - low);
}

double
tg_sketch_quantile(const uint32_t *count, double p)
{
    double n = 0, before = 0;

    for (uint64_t b = 0; b < TG_SKETCH_BUCKETS; b++) n += count[b];
    const double rank = p * (n - 1);
    for (uint64_t b = 0; b < TG_SKETCH_BUCKETS; b++) {
        if (count[b] && rank <= before + count[b] - 0.5)
            return value_in(b, fmax(0, (rank - before + 0.5) / count[b]));
        before += count[b];
    }
    for (uint64_t b = TG_SKETCH_BUCKETS; b-- > 0;)
        if (count[b]) return value_in(b, 1);
    return NAN;
}
