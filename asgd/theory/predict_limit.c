/* predict_limit: the loop gain at which the mean square is lost (theory 3.6, 3.7) */
#include "asgd/theory/predict_finite.h"
#include "asgd/theory/predict_unlike.h"

#include "solver/cycle.h"
#include "solver/exponential.h"
#include "solver/lattice.h"

#include <math.h>

typedef tg_status settles(const tg_finite *f, double gain, bool *yes);

/* The learning rate of a gain, at the largest eigenvalue. */
static double
step_of(const tg_finite *f, double gain)
{
    return gain / (f->total * f->c->weigh * f->steepest);
}

/* Whether `workers` exponential workers, or the cluster's own ones, settle. */
static tg_status
exponential_settles(const tg_finite *f, double gain, bool *yes)
{
    double         square;
    tg_exponential e = { .rule = tg_finite_rule(f, step_of(f, gain), f->steepest),
                         .groups = f->groups,
                         .workers = f->workers,
                         .rate = f->rate };

    TG_TRY(tg_exponential_stationary(&e, NULL, NULL, &square, NULL));
    *yes = square < 0;
    return TG_OK;
}

static tg_status
lattice_settles(const tg_finite *f, double gain, bool *yes)
{
    const tg_linear_rule rule = tg_finite_rule(f, step_of(f, gain), f->steepest);
    const tg_lattice     l = {
            .law = f->law, .workers = f->c->cluster->workers, .sigma = 1, .rule = &rule
    };
    double          variance, square = NAN;
    const tg_status status = tg_lattice_variance(&l, &variance, &square);

    if (status != TG_OK && status != TG_EDOMAIN) return status;
    *yes = status == TG_OK && square < 0;
    return TG_OK;
}

/* Bisection between gains of which the lower settles. */
static tg_status
bisect(const tg_finite *f, settles *at, double low, double high, double sure, double *gain)
{
    bool yes;

    while (high - low > sure * low) {
        const double middle = (low + high) / 2;
        TG_TRY(at(f, middle, &yes));
        *(yes ? &low : &high) = middle;
    }
    *gain = (low + high) / 2;
    return TG_OK;
}

/* A lower gain that settles and a higher one that does not, from a guess of both. */
static tg_status
bracket(const tg_finite *f, settles *at, double *low, double *high)
{
    bool yes = false;

    while (*low > 1e-20 && !yes) {
        TG_TRY(at(f, *low, &yes));
        if (!yes) *high = *low, *low /= 1.3;
    }
    for (yes = true; yes && *high < 1e20;) {
        TG_TRY(at(f, *high, &yes));
        if (yes) *low = *high, *high *= 1.3;
    }
    return TG_OK;
}

static tg_status
exponential_limit(const tg_finite *f, double *gain)
{
    const tg_linear_rule rule = tg_finite_rule(f, 1, 1);
    const bool           slow = rule.limit > 0 || rule.weights.power > 0;
    double               low = 0.1, high = 4 + 2 * sqrt(2 * f->total);

    TG_TRY(bracket(f, exponential_settles, &low, &high));
    return bisect(f, exponential_settles, low, high, slow ? 1e-6 : 1e-13, gain);
}

/* To 1e-6, from below: no gain above the first that is lost is asked. */
static tg_status
lattice_limit(const tg_finite *f, double *gain)
{
    double low = 0.5, high;
    bool   yes = true;

    for (high = low; yes && high < 1e4;) {
        low = high;
        high *= 1.2;
        TG_TRY(lattice_settles(f, high, &yes));
    }
    return bisect(f, lattice_settles, low, high, 1e-6, gain);
}

/* What as many exponential workers of one group have more than 2, under DuDe-ASGD. */
static tg_status
surplus(const tg_finite *f, double *more)
{
    const double    one = 1;
    const tg_finite alike = { .c = f->c,
                              .groups = 1,
                              .workers = (double *)&f->total,
                              .rate = (double *)&one,
                              .total = f->total,
                              .steepest = f->steepest };

    TG_TRY(exponential_limit(&alike, more));
    *more -= 2;
    return TG_OK;
}

/* DuDe-ASGD (theory 3.7): between the mean field's k* and the single worker's 2, fitted to what
 * is known exactly of constant times, Erlang, exponential and hyperexponential laws. */
static tg_status
dude_limit(tg_finite *f, double threshold)
{
    const double n = f->total,
                 cv = fmin(tg_delay_cv(f->c->slots ? f->c->slots : f->c->delay), 10);
    const double v = cv * cv, way = 2 - fmin(threshold, 50);
    double       more, part, off;

    TG_TRY(surplus(f, &more));
    if (v <= 1) {
        part = (0.88 + (2 - 0.2 * v) * v + (0.72 - (0.3 + 2.9 * v) * v) / n) / n;
        off = 0.12 * fabs(way) * part + 0.3 * v * v / sqrt(n);
    } else {
        part = 1 / (1 + 0.26 * pow(v, -0.6) * (n - 1.5));
        off = fabs(way) * (0.45 * part * (1 - part) + 0.03) + 0.3 / sqrt(n);
    }
    f->limit = 2 - way + fmin(v, 1) * more + way * part;
    f->limit_error = off + 0.1 * fmin(v, 1) * more;
    if (f->groups > 1 && !tg_unlike_applies(f)) f->limit_error += 0.1 * f->limit / sqrt(n);
    return TG_OK;
}

static tg_status
plain_limit(tg_finite *f, double threshold)
{
    return tg_renewal_limit(f->group, f->groups, threshold, &f->limit, &f->limit_error);
}

/* Workers of constant times never mix: how bunched they happen to be decides for good. */
static bool
periodic(const tg_finite *f)
{
    for (size_t g = 0; g < f->groups; g++)
        if (tg_delay_cv(f->group[g].law) > 0.05) return false;
    return true;
}

tg_status
tg_finite_limit(tg_finite *f, double threshold)
{
    f->limit_error = 0;
    f->limit = f->plan->known[1] > 0 ? f->plan->known[1] : 2;
    if (f->plan->known[1] > 0) return TG_OK;
    if (f->way == TG_WAY_SINGLE) return TG_OK;
    if (f->way == TG_WAY_EXPONENTIAL) return exponential_limit(f, &f->limit);
    if (f->way == TG_WAY_CYCLE) {
        f->limit = f->total * tg_cycle_limit((size_t)f->total, !f->c->plain);
        return TG_OK;
    }
    if (f->way == TG_WAY_GROUPS) return tg_groups_limit(f);
    if (f->phases) {
        TG_TRY(lattice_limit(f, &f->limit));
        f->limit_error = 1e-6 * f->limit;
        return TG_OK;
    }
    if (f->matched) return tg_match_limit(f);
    if (f->c->plain)
        TG_TRY(plain_limit(f, threshold));
    else
        TG_TRY(dude_limit(f, threshold));
    const double turns = periodic(f) ? 1.2 / sqrt(f->total) : 0;
    if (tg_unlike_applies(f)) TG_TRY(tg_unlike_limit(f, threshold));
    if (!tg_unlike_applies(f) || isnan(f->apart)) f->limit_error += turns * f->limit;
    return TG_OK;
}
