/* predict_noise: how much variance noise of a given spectrum brings,
 *
 *     J = (1/pi) int_0^inf N(w) dw / |f(iw)|^2
 *
 * For the gradients' own noise N is the filter's. Heterogeneous data bring more under ASGD:
 * worker i pulls towards its own minimum b_i at each of its deliveries, a renewal process.
 * Marks b_i - mean that sum to zero leave noise whose spectrum, relative to a Poisson
 * process of the same rate, is (Cox, Lewis 1966, for independent processes; its use here is
 * derived here)
 *
 *     N(w) = sum_g share_g Re (1 + phi_g(iw)) / (1 - phi_g(iw)),   N(0) = sum_g share_g CV_g^2
 *
 * so regular workers average the differences out and irregular ones do not. Workers of
 * constant time tau are periodic: their spectrum is lines at w_j = 2 pi j / tau, which
 * bring
 *
 *     share_g (2 / tau) sum_{j >= 1} 1 / |f(i w_j)|^2
 */
#include "asgd/theory/predict_parts.h"

#include "solver/stationary.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

static const double PI = 3.14159265358979323846;

typedef struct integrand {
    const tg_case *c;
    const tg_loop *loop;
    double (*noise)(const struct integrand *q, double w);
} integrand;

static double
square_at(const tg_loop *l, double w)
{
    const double f = cabs(tg_loop_value(l, w * I, NULL));

    return f * f;
}

/* Over w m, so that no unit of time is dear to the rule for the rest of the axis. */
static double
density(double x, void *context)
{
    const integrand *q = context;
    const double     m = tg_delay_mean(q->c->delay), w = x / m;

    return q->noise(q, w) / (square_at(q->loop, w) * PI * m);
}

/* To about 1e-5; for spectra that are not smooth at 0 and for heavy tails, where the
 * solver's own quadrature, which aims at 1e-10, gives up. */
static tg_status
integrate(const integrand *q, double *gain)
{
    enum { INTERVALS = 2000 };
    gsl_function               f = { density, (void *)q };
    gsl_error_handler_t       *old = gsl_set_error_handler_off();
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(INTERVALS);
    double                     error = 0, near = 0, far = 0;
    const double               split = fmax(4 * q->loop->a * tg_delay_mean(q->c->delay), 1);
    int                        failed = w ? GSL_SUCCESS : GSL_ENOMEM;

    if (!failed)
        failed = gsl_integration_qag(&f, 0, split, 0, 1e-5, INTERVALS, GSL_INTEG_GAUSS21, w,
                                     &near, &error);
    if (failed == GSL_EROUND && error < 1e-3 * near) failed = GSL_SUCCESS;
    if (!failed) {
        failed =
            gsl_integration_qagiu(&f, split, 1e-5 * near, 1e-4, INTERVALS, w, &far, &error);
        if (failed && error < 1e-3 * (near + far)) failed = GSL_SUCCESS;
    }
    gsl_integration_workspace_free(w);
    gsl_set_error_handler(old);
    if (failed == GSL_ENOMEM) return tg_fail(TG_ENOMEM, "out of memory");
    if (failed || !isfinite(near + far))
        return tg_fail(TG_ENOCONV, "integral over noise frequencies: %s",
                       gsl_strerror(failed));
    *gain = near + far;
    return TG_OK;
}

static double
filter_noise(const integrand *q, double w)
{
    return tg_loop_noise(q->loop, w);
}

tg_status
tg_case_noise(const tg_case *c, const tg_loop *l, double *gain)
{
    double          energy;
    const tg_status status = tg_stationary_energy(l, &energy, gain);

    return status == TG_ENOCONV ? integrate(&(integrand){ c, l, filter_noise }, gain)
                                : status;
}

/* ---- heterogeneous data -------------------------------------------------------------- */

static double
share(const tg_case *c, size_t g)
{
    return (double)c->cluster->count[g] / tg_delay_mean(c->cluster->law[g]) / c->lambda;
}

/* Below |w| m = 1e-3 the quotient cancels; there it is CV^2 to about 1e-6. */
static double
renewal_spectrum(const tg_delay *law, double w)
{
    const double cv = tg_delay_cv(law);

    if (cv == 0) return 0; /* lines */
    if (fabs(w) * tg_delay_mean(law) < 1e-3) return cv * cv;
    const double complex phi = tg_delay_laplace(law, w * I, NULL);
    return fmax(creal((1 + phi) / (1 - phi)), 0);
}

static double
renewal_noise(const integrand *q, double w)
{
    double noise = 0;

    for (size_t g = 0; g < q->c->cluster->groups; g++)
        noise += share(q->c, g) * renewal_spectrum(q->c->cluster->law[g], w);
    return noise;
}

/* Terms beyond the last fall like 1/w^2. */
static double
lines(const tg_case *c, const tg_loop *l)
{
    enum { LINES = 200 };
    double sum = 0;

    for (size_t g = 0; g < c->cluster->groups; g++) {
        const double tau = tg_delay_mean(c->cluster->law[g]), base = 2 * PI / tau;
        double       part = 1 / (base * base * (LINES + 0.5));
        if (tg_delay_cv(c->cluster->law[g]) > 0) continue;
        for (int j = 1; j <= LINES; j++) part += 1 / square_at(l, base * j);
        sum += share(c, g) * 2 / tau * part;
    }
    return sum;
}

tg_status
tg_case_renewal(const tg_case *c, const tg_loop *l, double *gain)
{
    bool periodic = true;

    for (size_t g = 0; g < c->cluster->groups; g++)
        periodic = periodic && tg_delay_cv(c->cluster->law[g]) == 0;
    *gain = 0;
    if (!periodic) TG_TRY(integrate(&(integrand){ c, l, renewal_noise }, gain));
    *gain += lines(c, l);
    return TG_OK;
}
