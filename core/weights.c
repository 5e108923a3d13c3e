#include "core/weights.h"

#include <math.h>

const double tg_weights_many = 100;

double
tg_weights_edge(const tg_weights *w)
{
    return fmax(w->fresh, w->reference - w->shift);
}

double
tg_weights_at(const tg_weights *w, double staleness)
{
    const double q = w->reference / (staleness + w->shift);

    if (w->power == 0 || staleness <= w->fresh || q >= 1) return 1;
    return w->power == 1 ? q : pow(q, w->power);
}

static double
powered(double c, int n)
{
    return n == 2 ? c * c : c;
}

static double
mean_by_number(const tg_weights *w, double sure, double mu, int n)
{
    double sum = 0, p = exp(-mu);

    for (double j = 0; j < mu + 12 * sqrt(mu) + 40; p *= mu / ++j)
        sum += p * powered(tg_weights_at(w, sure + j), n);
    return sum;
}

/* sure + mu + sqrt(mu) z + (z^2 - 1)/6 (Cornish, Fisher 1937). */
static double
bent(double sure, double mu, double z)
{
    return sure + mu + sqrt(mu) * z + (z * z - 1) / 6;
}

/* The z at which `bent` is `edge`, within -END and END. */
static double
find_edge(double edge, double sure, double mu, double end)
{
    const double rest = mu - (sure + mu - 1. / 6 - edge) / 1.5;

    return rest < 0 ? -end : fmin(fmax(3 * (sqrt(rest) - sqrt(mu)), -end), end);
}

/* Left of the edge c is 1; right of it the rule of Takahasi and Mori (1974), whose nodes crowd at
 * both ends: so the mean has no edges of its own. */
static double
mean_by_normal(const tg_weights *w, double sure, double mu, int n)
{
    static const double end = 8.5, step = 0.05, quarter = 1.5707963267948966;
    const double        z0 = find_edge(tg_weights_edge(w), sure, mu, end);
    const double        half = (end - z0) / 2;
    double              sum = 0;

    for (int i = -64; i <= 64; i++) {
        const double u = i * step, x = tanh(quarter * sinh(u)),
                     ch = cosh(quarter * sinh(u));
        const double z = z0 + half * (1 + x);
        sum += quarter * cosh(u) / (ch * ch) * exp(-z * z / 2) *
               powered(tg_weights_at(w, bent(sure, mu, z)), n);
    }
    return erfc(-z0 / sqrt(2)) / 2 + step * half * sum / sqrt(4 * quarter);
}

double
tg_weights_mean(const tg_weights *w, double mu, double fano, int n)
{
    const double sure = (1 - fano) * mu, rest = fano * mu;

    return rest <= tg_weights_many ? mean_by_number(w, sure, rest, n)
                                   : mean_by_normal(w, sure, rest, n);
}
