/* predict_match: two to four workers of a law that is not of phase type
 *
 * There the second order in 1/P is as large as the first. But few things of a law matter: the exact
 * lattice of the phase-type law with its mean and variance loses its mean square at M, and
 *
 *     L = M (1 + c_P (phi(1/m) - phi_M(1/m))),   c_2, c_3, c_4 = 2.2, 3.4, 4.0
 *     V = V_M (1 - (k/M)^4)/(1 - (k/L)^4)
 *
 * are those of the law itself, within what is stated: fitted to limits by cloning and to simulated
 * variances (theory 3.6). Form and constants fitted here; v_cloning measures limits of other laws.
 */
#include "asgd/theory/predict_finite.h"

#include "solver/lattice.h"

#include <math.h>

static const double MOST = 2000;                   /* unknowns: ten milliseconds */
static const double MATTERS[] = { 2.2, 3.4, 4.0 }; /* c_P */
static const double POWER = 4;

bool
tg_match_applies(tg_finite *f)
{
    if (f->phases || f->groups != 1 || f->total < 2 || f->total > 4 || !f->c->plain ||
        !f->c->solved || !isfinite(tg_delay_variance(f->group[0].law)))
        return false;
    if (tg_phase_from_delay(f->group[0].law, &f->law) != TG_OK) return false;
    const tg_lattice l = { .law = f->law, .workers = f->c->cluster->workers };
    return tg_lattice_size(&l) <= MOST;
}

/* V h^2/sigma^2 of the matched law at gain k; inf where it does not settle. */
static tg_status
matched_variance(const tg_finite *f, double k, double *variance)
{
    const tg_lattice l = { .law = f->law,
                           .workers = f->c->cluster->workers,
                           .eta = k / f->total,
                           .h = 1,
                           .sigma = 1 };
    double           square = NAN;
    const tg_status  status = tg_lattice_variance(&l, variance, &square);

    if (status != TG_OK && status != TG_EDOMAIN) return status;
    if (status == TG_EDOMAIN || !(square < 0)) *variance = INFINITY;
    return TG_OK;
}

/* k/V falls like 1 - (k/M)^4, nearly: by lines in k^4 through the last two gains that settle, each time
 * nine tenths of the way to where the line ends. */
static tg_status
matched_limit(const tg_finite *f, double *limit)
{
    double low = 0.8, high = 1.1, at_low, at_high, v, end = INFINITY;

    TG_TRY(matched_variance(f, low, &v));
    at_low = low / v;
    TG_TRY(matched_variance(f, high, &v));
    at_high = high / v;
    for (int i = 0; i < 30; i++) {
        const double a = pow(low, POWER), b = pow(high, POWER);
        const double zero = pow(b + at_high * (b - a) / (at_low - at_high), 1 / POWER);
        const double aim = fmin(zero, end), next = high + 0.9 * (aim - high);
        if (!(aim > high * (1 + 1e-5))) break;
        TG_TRY(matched_variance(f, next, &v));
        if (isinf(v)) {
            end = next;
            continue;
        }
        low = high;
        at_low = at_high;
        high = next;
        at_high = next / v;
    }
    *limit = high;
    return TG_OK;
}

tg_status
tg_match_limit(tg_finite *f)
{
    const tg_delay *law = f->group[0].law;
    const double    m = tg_delay_mean(law), sd = sqrt(tg_delay_variance(law));
    const double    skew = fmin(tg_delay_third(law) / (sd * sd * sd), 8);
    const double    apart =
        creal(tg_delay_laplace(law, 1 / m, NULL)) - tg_phase_laplace(&f->law, 1 / m);
    const double moved = MATTERS[(int)f->total - 2] * apart;

    TG_TRY(matched_limit(f, &f->match.limit));
    f->match.moved = fabs(moved);
    f->match.skewed = fmax(skew - 2, 0);
    f->match.error = 0.0015 + 0.45 * fabs(moved) + 0.0035 * f->match.skewed;
    f->limit = f->match.limit * fmax(1 + moved, 0.1);
    f->limit_error = f->match.error * f->limit;
    return TG_OK;
}

/* Whatever is stated of less error; where the first order states next to none it does not know (CV near 1). */
tg_status
tg_match_variance(const tg_finite *f, double k, tg_renewal_variance *v, double *missed)
{
    const double at = k / f->limit, own = pow(at, POWER);
    const double there = pow(k / f->match.limit, POWER);
    const double stated = v->error + v->grid, first = v->value;
    double       variance;

    *missed = 0;
    if (!(own < 1) || !(there < 1)) return TG_OK;
    const double late = fmin(own / pow(1 - fmin(f->match.error, 0.5), POWER), 0.999);
    const double error = 0.002 + (0.4 * f->match.moved + 0.015 * f->match.skewed) * at +
                         fmax((1 - own) / (1 - late) - 1, 0);
    if (stated <= error && 5 * stated >= error) return TG_OK;
    TG_TRY(matched_variance(f, k, &variance));
    v->value = variance * (1 - there) / (1 - own);
    v->error = error;
    v->grid = 0;
    *missed = fmin(fabs(first / v->value - 1), 1) + fmin(stated, 1);
    if (isnan(*missed)) *missed = 2;
    return TG_OK;
}
