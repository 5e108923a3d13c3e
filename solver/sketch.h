/* sketch: quantiles of a stream of values in one pass and bounded memory
 *
 * Values are counted in buckets of relative width 2^-6 or less between 2^-64 and 2^64, of
 * either sign: the leading bits of the number are the number of its bucket. Counts are whole
 * numbers, so the result depends neither on the order of the values nor on how they were
 * grouped. A quantile is found to within the bucket that holds it, i.e. 1.6 % of itself at
 * worst, and inside it by linear interpolation: where the density is smooth the error is
 * far below the statistical one. Magnitudes below 2^-64 share one bucket with 0.
 */
#ifndef TG_SOLVER_SKETCH_H
#define TG_SOLVER_SKETCH_H

#include <stdint.h>

enum { TG_SKETCH_SIDE = (128 << 6) + 1, TG_SKETCH_BUCKETS = 2 * TG_SKETCH_SIDE };

/* Count x, which must not be NaN, in count (TG_SKETCH_BUCKETS). */
void tg_sketch_add(uint32_t *count, double x);

/* The value below which a share p of those counted lies (type 7 of Hyndman, Fan 1996 up to
 * the width of a bucket); NaN if none were. */
double tg_sketch_quantile(const uint32_t *count, double p);

#endif
