/* sketch: quantiles of a stream of values in one pass and bounded memory
 *
 * Values are counted in buckets of relative width 2^-6 or less between 2^-64 and 2^64, of
 * 2^-3 or less beyond, of either sign: the leading bits of the number are the number of its
 * bucket. Counts are whole numbers, so the result depends neither on the order of the values
 * nor on how they were grouped. A quantile is found to within the bucket that holds it, i.e.
 * 1.6 % of itself at worst (12 % beyond 2^64 or below 2^-64), and inside it by linear
 * interpolation: where the density is smooth the error is far below that. The least and the
 * most of all values are kept as they are, and no quantile lies outside.
 */
#ifndef TG_SOLVER_SKETCH_H
#define TG_SOLVER_SKETCH_H

#include <stdint.h>

enum {
    TG_SKETCH_LOW = (1023 - 64) << 3,
    TG_SKETCH_MIDDLE = 128 << 6,
    TG_SKETCH_TOP = (1023 + 64) << 3,
    TG_SKETCH_SIDE = TG_SKETCH_LOW + TG_SKETCH_MIDDLE + (2047 << 3) - TG_SKETCH_TOP + 1,
    TG_SKETCH_BUCKETS = 2 * TG_SKETCH_SIDE
};

typedef struct tg_sketch {
    uint64_t n;
    double   least, most;
    uint32_t count[TG_SKETCH_BUCKETS];
} tg_sketch; /* empty: all zero */

/* Count x, which must not be NaN. */
void tg_sketch_add(tg_sketch *s, double x);

/* Add what another has counted. */
void tg_sketch_merge(tg_sketch *s, const tg_sketch *other);

/* The value below which a share p of those counted lies (type 7 of Hyndman, Fan 1996 up to
 * the width of a bucket); NaN if none were. */
double tg_sketch_quantile(const tg_sketch *s, double p);

#endif
