/* families: the estimators of asgd/traces/fit.h, one for each law. Private. */
#ifndef TG_ASGD_FAMILIES_H
#define TG_ASGD_FAMILIES_H

#include <stdbool.h>
#include <stddef.h>

/* What the estimators need to know of a sample. */
typedef struct tg_sample {
    const double *t; /* (n), rising, > 0 */
    size_t        n;
    double        mean, square, log_mean, log_variance; /* square: mean of t^2 */
} tg_sample;

tg_sample tg_sample_of(const double *t, size_t n);

typedef struct tg_family {
    const char *law;
    size_t      parameters;
    bool (*fit)(const tg_sample *s, double *p); /* false: this law cannot look like that */
} tg_family;

extern const tg_family tg_families[]; /* ends with law NULL */

#endif
