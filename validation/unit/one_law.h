/* one_law: a law from its text, and comparisons that say which law was meant */
#ifndef TG_VALIDATION_ONE_LAW_H
#define TG_VALIDATION_ONE_LAW_H

#include "core/delay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static inline tg_delay *
make(const char *text)
{
    tg_delay *d = NULL;

    if (tg_delay_parse(text, &d) != TG_OK) fail_msg("%s: %s", text, tg_message());
    return d;
}

static inline void
near_complex(const char *what, double complex got, double complex want, double bound)
{
    if (!(cabs(got - want) <= bound))
        fail_msg("%s: got %.17g %+.17gi, want %.17g %+.17gi, off by %.2g > %.2g", what,
                 creal(got), cimag(got), creal(want), cimag(want), cabs(got - want), bound);
}

static inline void
near(const char *what, double got, double want, double bound)
{
    if (!(fabs(got - want) <= bound))
        fail_msg("%s: got %.17g, want %.17g, off by %.2g > %.2g", what, got, want,
                 fabs(got - want), bound);
}

#endif
