#include "asgd/traces/within.h"

#include "core/stats.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdlib.h>

#define EULER  .57721566490153286
#define TWO_PI 6.2831853071795865

static double
gamma_term(const double *t, size_t n, double k)
{
    double sum = 0, logs = 0;

    for (size_t j = 0; j < n; j++) sum += t[j], logs += log(t[j]);
    return lgamma((double)n * k) - (double)n * lgamma(k) + (k - 1) * logs -
           (double)n * k * log(sum);
}

static double
weibull_term(const double *t, size_t n, double k)
{
    double sum = 0, logs = 0;

    for (size_t j = 0; j < n; j++) sum += pow(t[j] / t[0], k), logs += log(t[j]);
    return ((double)n - 1) * log(k) + lgamma((double)n) + (k - 1) * logs -
           (double)n * (log(sum) + k * log(t[0]));
}

static double
lognormal_term(const double *t, size_t n, double v)
{
    double mean = 0, square = 0;

    for (size_t j = 0; j < n; j++) mean += log(t[j]) / (double)n;
    for (size_t j = 0; j < n; j++) square += (log(t[j]) - mean) * (log(t[j]) - mean);
    return -((double)n - 1) / 2 * log(TWO_PI * v) - log((double)n) / 2 - square / (2 * v) -
           (double)n * mean;
}

static const struct {
    double (*term)(const double *t, size_t n, double shape);
    double low, high;
} laws[] = { { gamma_term, .06, 1e6 },
             { weibull_term, .12, 90 },
             { lognormal_term, 1e-12, 20 } };

static double
likelihood(const tg_within_rows *r, tg_within_law law, double shape)
{
    double sum = 0;

    for (size_t i = 0; i < r->workers; i++)
        sum += laws[law].term(r->t + r->first[i], r->n[i], shape);
    return sum;
}

/* Golden section in the logarithm of the shape. */
tg_within
tg_within_fit(const tg_within_rows *r, tg_within_law law)
{
    const double ratio = .61803398874989485;
    double       low = log(laws[law].low), high = log(laws[law].high);
    double       a = high - ratio * (high - low), b = low + ratio * (high - low);
    double       fa = likelihood(r, law, exp(a)), fb = likelihood(r, law, exp(b));

    while (high - low > 1e-4) {
        if (fa < fb) {
            low = a, a = b, fa = fb;
            b = low + ratio * (high - low);
            fb = likelihood(r, law, exp(b));
        } else {
            high = b, b = a, fb = fa;
            a = high - ratio * (high - low);
            fa = likelihood(r, law, exp(a));
        }
    }
    return (tg_within){ law, exp((low + high) / 2), fmax(fa, fb) };
}

tg_within
tg_within_best(const tg_within_rows *r)
{
    tg_within best = tg_within_fit(r, TG_WITHIN_GAMMA);

    for (int law = TG_WITHIN_WEIBULL; law <= TG_WITHIN_LOGNORMAL; law++) {
        const tg_within w = tg_within_fit(r, (tg_within_law)law);
        if (w.log_likelihood > best.log_likelihood) best = w;
    }
    return best;
}

/* Of the distance of two logarithms. */
static double
apart(const tg_within *w, double x)
{
    const double z = tanh(x / 2);

    switch (w->law) {
    case TG_WITHIN_GAMMA:
        return gsl_cdf_beta_P(z * z, .5, w->shape);
    case TG_WITHIN_WEIBULL:
        return tanh(w->shape * x / 2);
    case TG_WITHIN_LOGNORMAL:
        break;
    }
    return erf(x / (2 * sqrt(w->shape)));
}

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double
tg_within_p(const tg_within_rows *r, const tg_within *w, double *room)
{
    const double n = (double)r->workers;
    double       most = 0;

    for (size_t i = 0; i < r->workers; i++)
        room[i] = fabs(log(r->t[r->first[i]] / r->t[r->first[i] + 1]));
    qsort(room, r->workers, sizeof *room, rising);
    for (size_t i = 0; i < r->workers; i++) {
        const double f = apart(w, room[i]);
        most = fmax(most, fmax(f - (double)i / n, (double)(i + 1) / n - f));
    }
    return tg_kolmogorov_p(most, n);
}

double
tg_within_log_mean(const tg_within *w)
{
    switch (w->law) {
    case TG_WITHIN_GAMMA:
        return log(w->shape) - gsl_sf_psi(w->shape);
    case TG_WITHIN_WEIBULL:
        return lgamma(1 + 1 / w->shape) + EULER / w->shape;
    case TG_WITHIN_LOGNORMAL:
        break;
    }
    return w->shape / 2;
}

double
tg_within_log_power(const tg_within *w, double theta)
{
    const double k = w->shape;

    switch (w->law) {
    case TG_WITHIN_GAMMA:
        return theta < k ? lgamma(k - theta) - lgamma(k) + theta * gsl_sf_psi(k) : INFINITY;
    case TG_WITHIN_WEIBULL:
        return theta < k ? lgamma(1 - theta / k) - theta * EULER / k : INFINITY;
    case TG_WITHIN_LOGNORMAL:
        break;
    }
    return theta * theta * w->shape / 2;
}

double
tg_within_cv(const tg_within *w)
{
    const double k = w->shape;

    switch (w->law) {
    case TG_WITHIN_GAMMA:
        return 1 / sqrt(k);
    case TG_WITHIN_WEIBULL:
        return sqrt(expm1(lgamma(1 + 2 / k) - 2 * lgamma(1 + 1 / k)));
    case TG_WITHIN_LOGNORMAL:
        break;
    }
    return sqrt(expm1(w->shape));
}
