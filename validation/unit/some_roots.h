/* some_roots: whether a root is among those that were found */
#ifndef TG_VALIDATION_SOME_ROOTS_H
#define TG_VALIDATION_SOME_ROOTS_H

#include "roots/find.h"

#include "validation/unit/one_law.h"

#include <string.h>

static inline void
contains(const tg_roots *r, double complex s, double bound)
{
    double nearest = INFINITY;

    for (size_t i = 0; i < r->count; i++) nearest = fmin(nearest, cabs(r->root[i].s - s));
    if (!(nearest <= bound))
        fail_msg("no root at %.17g %+.17gi, nearest %.2g", creal(s), cimag(s), nearest);
}

static inline void
says(tg_status status, tg_status want, const char *fragment)
{
    if (status != want || !strstr(tg_message(), fragment))
        fail_msg("status %s, \"%s\" does not say \"%s\"", tg_status_text(status),
                 tg_message(), fragment);
}

#endif
