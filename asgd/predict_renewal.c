/* predict_renewal: the noise of heterogeneous data under ASGD
 *
 * Worker i pulls towards its own minimum b_i at each of its deliveries, a renewal process. Marks
 * b_i - mean that sum to zero leave noise whose spectrum, relative to a Poisson process of the
 * same rate, is (Cox, Lewis 1966, for independent processes; its use here is derived here)
 *
 *     N(w) = sum_g share_g Re (1 + phi_g(iw)) / (1 - phi_g(iw)),   N(0) = sum_g share_g CV_g^2
 *
 * so regular workers average the differences out and irregular ones do not.
 */
#include "asgd/predict_parts.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

typedef struct integrand {
    const tg_case *c;
    const tg_loop *loop;
} integrand;

/* Below |w| m = 1e-3 the quotient cancels; there it is CV^2 to about 1e-6. */
static double
renewal_spectrum(const tg_delay *law, double w)
{
    const double cv = tg_delay_cv(law);

    if (fabs(w) * tg_delay_mean(law) < 1e-3) return cv * cv;
    const double complex phi = tg_delay_laplace(law, w * I, NULL);
    return fmax(creal((1 + phi) / (1 - phi)), 0);
}

static double
density(double w, void *context)
{
    const integrand  *q = context;
    const tg_cluster *cluster = q->c->cluster;
    double            noise = 0;

    for (size_t g = 0; g < cluster->groups; g++) {
        const double rate = (double)cluster->count[g] / tg_delay_mean(cluster->law[g]);
        if (rate > 0) noise += rate / q->c->lambda * renewal_spectrum(cluster->law[g], w);
    }
    const double f = cabs(tg_loop_value(q->loop, w * I, NULL));
    return noise / (f * f * 3.14159265358979323846);
}

tg_status
tg_case_renewal(const tg_case *c, const tg_loop *l, double *gain)
{
    enum { INTERVALS = 2000 };
    integrand                  q = { c, l };
    gsl_function               f = { density, &q };
    gsl_error_handler_t       *old = gsl_set_error_handler_off();
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(INTERVALS);
    double                     error, near = 0, far = 0;
    const double               split = fmax(4 * l->a, 1 / tg_delay_mean(c->delay));

    if (!w) {
        gsl_set_error_handler(old);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    int failed = gsl_integration_qag(&f, 0, split, 0, 1e-5, INTERVALS, GSL_INTEG_GAUSS21, w,
                                     &near, &error);
    if (!failed)
        failed = gsl_integration_qagiu(&f, split, 1e-5 * near, 1e-4, INTERVALS, w, &far, &error);
    gsl_set_error_handler(old);
    gsl_integration_workspace_free(w);
    if (failed && !(near > 0))
        return tg_fail(TG_ENOCONV, "noise of heterogeneous data: %s", gsl_strerror(failed));
    *gain = near + far;
    return TG_OK;
}
