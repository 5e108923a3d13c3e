#include "asgd/problems/minimise.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

typedef struct adapter {
    tg_smooth f;
    void     *context;
    tg_status status;
} adapter;

static void
value_and_gradient(const gsl_vector *x, void *context, double *f, gsl_vector *g)
{
    adapter *a = context;

    *f = 0;
    if (a->status == TG_OK) a->status = a->f(x->data, f, g ? g->data : NULL, a->context);
}

static double
value(const gsl_vector *x, void *context)
{
    double f;

    value_and_gradient(x, context, &f, NULL);
    return f;
}

static void
gradient(const gsl_vector *x, void *context, gsl_vector *g)
{
    double f;

    value_and_gradient(x, context, &f, g);
}

tg_status
tg_minimise(tg_smooth f, void *context, const char *what, size_t dim, double enough,
            double *x, double *least)
{
    enum { MOST = 2000 };
    adapter                   a = { f, context, TG_OK };
    gsl_multimin_function_fdf both = { value, gradient, value_and_gradient, dim, &a };
    gsl_vector_view           at = gsl_vector_view_array(x, dim);
    gsl_error_handler_t *old = gsl_set_error_handler_off(); /* NULL instead of an abort */
    gsl_multimin_fdfminimizer *m =
        gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, dim);
    int going = 1;

    gsl_set_error_handler(old);
    if (!m) return tg_fail(TG_ENOMEM, "out of memory");
    gsl_multimin_fdfminimizer_set(m, &both, &at.vector, 0.1, 0.1);
    for (int i = 0; i < MOST && going && a.status == TG_OK; i++) {
        if (gsl_multimin_test_gradient(m->gradient, enough) == GSL_SUCCESS)
            going = 0;
        else if (gsl_multimin_fdfminimizer_iterate(m) != GSL_SUCCESS)
            break;
    }
    double square = 0;
    for (size_t j = 0; j < dim; j++) square += m->gradient->data[j] * m->gradient->data[j];
    memcpy(x, m->x->data, dim * sizeof *x);
    *least = m->f;
    gsl_multimin_fdfminimizer_free(m);
    if (a.status != TG_OK) return a.status;
    if (sqrt(square) < 10 * enough) return TG_OK;
    return tg_fail(TG_ENOCONV, "minimum of the %s not found: gradient %g > %g", what,
                   sqrt(square), enough);
}
