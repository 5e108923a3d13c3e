#include "solver/sketch.h"

#include <math.h>
#include <string.h>

/* Leading bits of a magnitude: exponent and six bits of the mantissa between 2^-64 and 2^64,
 * exponent and three beyond. */
enum { FINE = 52 - 6, COARSE = 52 - 3 };

/* The first numbers of a bucket: of the fine ones, and of the coarse ones above them. */
static const uint64_t MIDDLE = TG_SKETCH_LOW, HIGH = TG_SKETCH_LOW + TG_SKETCH_MIDDLE;

static uint64_t
bucket_of_magnitude(uint64_t bits)
{
    const uint64_t coarse = bits >> COARSE, fine = bits >> FINE;

    if (coarse < MIDDLE) return coarse;
    return fine - 8 * MIDDLE < TG_SKETCH_MIDDLE ? fine - 7 * MIDDLE
                                                : coarse - TG_SKETCH_TOP + HIGH;
}

/* Buckets of values < 0 run down from TG_SKETCH_SIDE - 1, the others up from there. */
static uint64_t
bucket_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    const uint64_t side = bucket_of_magnitude(bits & ~(UINT64_C(1) << 63));
    return bits >> 63 ? TG_SKETCH_SIDE - 1 - side : TG_SKETCH_SIDE + side;
}

/* No bucket before it, or after the other, has counted anything: zeros of either sign are one least. */
static uint64_t
first_of(const tg_sketch *s)
{
    return bucket_of(s->least == 0 ? -0. : s->least);
}

static uint64_t
last_of(const tg_sketch *s)
{
    return bucket_of(s->most == 0 ? 0. : s->most);
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
    for (uint64_t b = first_of(t), last = last_of(t); b <= last; b++)
        s->count[b] += t->count[b];
}

/* Lower end of bucket k of the magnitudes. */
static double
magnitude(uint64_t k)
{
    const uint64_t bits = k < MIDDLE ? k << COARSE
                          : k < HIGH ? (k + 7 * MIDDLE) << FINE
                                     : (k - HIGH + TG_SKETCH_TOP) << COARSE;
    double         x;

    memcpy(&x, &bits, sizeof x);
    return x;
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
    for (uint64_t b = first_of(s); b < TG_SKETCH_BUCKETS; before += s->count[b++]) {
        if (!s->count[b] || rank > before + s->count[b] - 0.5) continue;
        if (b == 0) return s->least; /* infinite, as the last */
        if (b == TG_SKETCH_BUCKETS - 1) break;
        const double x = value_in(b, fmax(0, (rank - before + 0.5) / s->count[b]));
        return fmin(fmax(x, s->least), s->most);
    }
    return s->most;
}
