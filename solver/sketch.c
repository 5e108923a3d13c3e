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
tg_sketch_add(tg_sketch *s, double x)
{
    s->least = s->n && s->least < x ? s->least : x;
    s->most = s->n && s->most > x ? s->most : x;
    s->n++;
    s->count[bucket_of(x)]++;
}

void
tg_sketch_merge(tg_sketch *s, const tg_sketch *t)
{
    if (t->n == 0) return;
    s->least = s->n && s->least < t->least ? s->least : t->least;
    s->most = s->n && s->most > t->most ? s->most : t->most;
    s->n += t->n;
    for (size_t b = 0; b < TG_SKETCH_BUCKETS; b++) s->count[b] += t->count[b];
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
tg_sketch_quantile(const tg_sketch *s, double p)
{
    const double rank = p * ((double)s->n - 1);
    double       before = 0;

    if (s->n == 0) return NAN;
    for (uint64_t b = 0; b < TG_SKETCH_BUCKETS; before += s->count[b++]) {
        if (!s->count[b] || rank > before + s->count[b] - 0.5) continue;
        if (b == 0 || b == TG_SKETCH_BUCKETS - 1) return NAN;
        const double x = value_in(b, fmax(0, (rank - before + 0.5) / s->count[b]));
        return fmin(fmax(x, s->least), s->most);
    }
    return s->count[TG_SKETCH_BUCKETS - 1] ? NAN : s->most;
}
