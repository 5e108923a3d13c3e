/* spectrum: eigenvalues of a Hessian by a law
 *
 * Eigenvalues are the quantiles of the law at (i - 1/2)/n, largest first, so that a
 * spectrum is reproducible without a seed.
 */
#ifndef TG_CORE_SPECTRUM_H
#define TG_CORE_SPECTRUM_H

#include "core/status.h"

#include <stddef.h>

typedef struct tg_spectrum {
    size_t count;
    double largest, smallest; /* [loss/x^2] */
    double decay;             /* power: h_i = largest i^-decay, i = 1..n */
    double ratio;             /* marchenko_pastur: features over samples, in (0, 1] */
} tg_spectrum;

typedef struct tg_spectrum_kind {
    const char *name, *doc;
    double (*eigenvalue)(const tg_spectrum *s, size_t i); /* i = 0 .. count-1, falling */
} tg_spectrum_kind;

extern const tg_spectrum_kind *const tg_spectrum_kinds[]; /* NULL-terminated */

/* Fill h (s->count) from the law of that name.
 * Errors: TG_EINPUT unknown name; TG_EDOMAIN smallest > largest or a number out of range.
 */
TG_CHECKED tg_status tg_spectrum_fill(const char *name, const tg_spectrum *s, double *h);

#endif
