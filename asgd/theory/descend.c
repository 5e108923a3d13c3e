#include "asgd/theory/descend.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>

typedef struct descent {
    tg_descend_of f;
    void         *context;
    tg_status     status;
} descent;

static double
value_of(double x, void *context)
{
    descent *d = context;
    double   value = 0;

    if (d->status == TG_OK) d->status = d->f(x, d->context, &value);
    return d->status == TG_OK ? fmin(value, 1e290) : 0;
}

tg_status
tg_descend(tg_descend_of f, void *context, tg_descend_at low, tg_descend_at high,
           double sure, int rounds, tg_descend_at *at)
{
    descent              d = { .f = f, .context = context };
    gsl_function         function = { value_of, &d };
    gsl_min_fminimizer  *m = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int                  failed = !m;

    if (m)
        failed = gsl_min_fminimizer_set_with_values(m, &function, at->x, at->value, low.x,
                                                    low.value, high.x, high.value);
    for (int i = 0; i < rounds && !failed && d.status == TG_OK && high.x - low.x > sure;
         i++) {
        failed = gsl_min_fminimizer_iterate(m);
        low.x = gsl_min_fminimizer_x_lower(m);
        high.x = gsl_min_fminimizer_x_upper(m);
        if (gsl_min_fminimizer_f_minimum(m) < at->value)
            *at = (tg_descend_at){ gsl_min_fminimizer_x_minimum(m),
                                   gsl_min_fminimizer_f_minimum(m) };
    }
    gsl_set_error_handler(handler);
    gsl_min_fminimizer_free(m);
    return d.status;
}
