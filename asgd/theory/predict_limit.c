/* predict_limit: the loop gain at which the mean square is lost (theory 3.6, 3.7) */
#include "asgd/theory/predict_finite.h"

#include "solver/exponential.h"

#include <math.h>

static tg_status
settles_at(const tg_finite *f, double gain, bool *yes)
{
    const double   eta = gain / f->total; /* h = 1 */
    double         square;
    tg_exponential e = { .rule = f->c->plain ? tg_linear_asgd(eta, 1)
                                             : tg_linear_dude(eta, 1, f->total),
                         .groups = f->groups,
                         .workers = f->workers,
                         .rate = f->rate };

    TG_TRY(tg_exponential_stationary(&e, NULL, NULL, &square, NULL));
    *yes = square < 0;
    return TG_OK;
}

static tg_status
exponential_limit(const tg_finite *f, double *gain)
{
    double low = 0.1, high = 4 + 2 * sqrt(2 * f->total);
    bool   yes;

    for (int i = 0; i < 44; i++) {
        const double middle = (low + high) / 2;
        TG_TRY(settles_at(f, middle, &yes));
        *(yes ? &low : &high) = middle;
    }
    *gain = (low + high) / 2;
    return TG_OK;
}

/* DuDe-ASGD: between the mean field's and the single worker's, like 1/n; that is a guess,
 * and stated as one (theory 3.7). */
static void
dude_limit(tg_finite *f, double threshold)
{
    f->limit = threshold + (2 - threshold) / f->total;
    f->limit_error = fabs(2 - threshold) / f->total + 0.1 * threshold / f->total;
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
    f->limit = 2;
    if (f->way == TG_WAY_SINGLE) return TG_OK;
    if (f->way == TG_WAY_EXPONENTIAL) return exponential_limit(f, &f->limit);
    if (f->c->plain)
        TG_TRY(
            tg_renewal_limit(f->group, f->groups, threshold, &f->limit, &f->limit_error));
    else
        dude_limit(f, threshold);
    if (periodic(f)) f->limit_error += 1.2 * f->limit / sqrt(f->total);
    return TG_OK;
}
