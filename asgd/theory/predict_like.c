/* predict_like: limits of level sde from workers like these that are solved exactly
 *
 * Workers of one law of few phases have their limit on the lattice (solver/lattice.h). Where a limit lies depends
 * on a law through its first moments, for the most part; so for others level sde's is multiplied by
 *
 *     exact / sde   of workers of a phase-type law with their mean and CV:
 *
 * two exponential stages of unlike means (CV^2 from 1/2 to 1), Erlang stages (less), two exponential phases (more).
 * Where the lattice of all workers is too large, of fewer, and as much nearer to 1 as they are fewer. Derived here,
 * theory 4.
 */
#include "asgd/theory/predict_like.h"

#include "asgd/theory/predict_parts.h"
#include "asgd/theory/predict_twin.h"

#include "core/parallel.h"
#include "solver/lattice.h"

#include <math.h>

/* Whether workers differ in speed by half or more. */
bool
tg_predict_are_unlike(const tg_cluster *c)
{
    double least = INFINITY, most = 0;

    for (size_t g = 0; g < c->groups; g++) {
        if (!c->count[g]) continue;
        least = fmin(least, tg_delay_mean(c->law[g]));
        most = fmax(most, tg_delay_mean(c->law[g]));
    }
    return most > 1.5 * least;
}

/* Two exponential stages of these means, as a law and on the lattice. */
static tg_status
make_stages(const double mean[2], tg_delay **out, tg_phase *phase)
{
    tg_delay *stage[2] = { NULL, NULL };
    tg_status status = tg_delay_create("exponential", &mean[0], &stage[0]);

    if (status == TG_OK) status = tg_delay_create("exponential", &mean[1], &stage[1]);
    if (status == TG_OK) status = tg_delay_sum((const tg_delay *const *)stage, 2, out);
    tg_delay_free(stage[0]);
    tg_delay_free(stage[1]);
    *phase = (tg_phase){ .n = 2, .exact = 1, .start = { 1 }, .leave = { 0, 1 / mean[1] } };
    phase->move[0][1] = 1 / mean[0];
    return status;
}

/* So many stages of Erlang's, or two of unlike means; of more irregular times the phases of `fit`. */
static tg_status
make_law(double mean, double cv2, unsigned stages, const tg_phase *fit, tg_delay **out,
         tg_phase *phase)
{
    const double spread = sqrt(fmax(2 * cv2 - 1, 0));
    const double means[] = { mean * (1 + spread) / 2, mean * (1 - spread) / 2 };

    if (cv2 > 0.5 && cv2 < 1 - 1e-9) return make_stages(means, out, phase);
    if (cv2 > 1 + 1e-9)
        TG_TRY(tg_delay_hyperexponential(
            fit->start, (double[]){ 1 / fit->leave[0], 1 / fit->leave[1] }, 2, out));
    else if (cv2 > 0.5)
        TG_TRY(tg_delay_create("exponential", &mean, out));
    else
        TG_TRY(tg_delay_create("erlang", (double[]){ stages, mean }, out));
    return tg_phase_from_delay(*out, phase);
}

/* Workers on the lattice. */
typedef struct like {
    const char *rule;
    double      number, largest; /* of lattices [unknowns] */
    double      h;               /* the largest eigenvalue */
    tg_delay   *law;             /* owned */
    tg_lattice  lattice;
} like;

static tg_status
make_rule(const like *k, double eta, tg_linear_rule *out)
{
    return tg_linear_make(k->rule, eta, k->h, (double)k->lattice.workers, k->number, out);
}

static bool
is_affordable(like *k)
{
    tg_linear_rule rule;

    k->lattice.rule = &rule;
    return make_rule(k, 1 / k->h, &rule) == TG_OK &&
           tg_lattice_size(&k->lattice) <= k->largest;
}

static bool
settles(like *k, double eta)
{
    tg_linear_rule rule;
    double         variance;

    if (make_rule(k, eta, &rule) != TG_OK) return false;
    k->lattice.rule = &rule;
    return tg_lattice_variance(&k->lattice, &variance, NULL) == TG_OK;
}

/* The learning rate at which the mean square is lost, by bisection to 2e-4; NaN: none is found within a factor of 100 of
 * the guess. */
static double
find_limit(like *k, double guess)
{
    double low = 0, high = 0;

    for (double at = guess; at < 100 * guess && high == 0 && !tg_stop_requested();
         at *= 1.4)
        *(settles(k, at) ? &low : &high) = at;
    for (double at = guess / 1.4; at > guess / 100 && low == 0 && !tg_stop_requested();
         at /= 1.4)
        *(settles(k, at) ? &low : &high) = at;
    while (low > 0 && high - low > 2e-4 * high && !tg_stop_requested()) {
        const double middle = (low + high) / 2;
        *(settles(k, middle) ? &low : &high) = middle;
    }
    return low > 0 && high > 0 ? (low + high) / 2 : NAN;
}

/* As many stages as the CV has, or else as many as there is room for; then as many workers. *alike: it is the first. */
static bool
choose(like *k, double mean, double cv2, const tg_phase *fit, bool *alike)
{
    const double wanted = cv2 > 0 ? fmin(round(1 / cv2), TG_PHASE_MAX) : TG_PHASE_MAX;

    for (unsigned stages = (unsigned)fmax(wanted, 2); k->lattice.workers >= 2;) {
        tg_delay_free(k->law);
        k->law = NULL;
        if (make_law(mean, cv2, stages, fit, &k->law, &k->lattice.law) != TG_OK)
            return false;
        if (is_affordable(k)) return true;
        *alike = false;
        if (stages > 2)
            stages--;
        else
            k->lattice.workers -= (k->lattice.workers + 7) / 8;
    }
    return false;
}

/* Learning rates at which the workers on the lattice lose stability: exactly, and at level sde. */
typedef struct limits {
    double exact, sde;
} limits;

static tg_status
find_limits(like *k, limits *out)
{
    double                start = 1, zero = 0;
    const tg_modes        m = { .count = 1,
                                .h = &k->h,
                                .start = &start,
                                .sigma2 = &zero,
                                .shift = &zero,
                                .spread = &zero,
                                .least = k->h };
    const double          some = 0.1 / k->h / (double)k->lattice.workers;
    const tg_predict_plan plan = { .horizon = 1, .quick = true };
    tg_cluster           *c = NULL;
    tg_prediction        *p = NULL;

    TG_TRY(tg_cluster_create(1, &k->lattice.workers, &k->law, false, &c));
    const tg_status status =
        tg_predict_undoubted(&m, c, k->rule, k->number, some, &plan, &p);
    tg_cluster_free(c);
    if (status != TG_OK) return status;
    out->sde = p->step_limit;
    tg_prediction_free(p);
    out->exact = find_limit(k, fmin(out->sde, 10 * some));
    return TG_OK;
}

/* To a limit in units of the gain, and a relative error. */
static void
bring(tg_prediction *p, double limit, double unit, double error)
{
    p->step_limit = limit / unit;
    p->workers_limit = (double)p->workers * limit / p->gain;
    p->threshold_square = limit;
    p->threshold_error = error * limit;
    p->outcome = p->gain < limit ? TG_CONVERGES : TG_DIVERGES;
    if (fabs(p->gain - limit) <= p->threshold_error ||
        (p->gain < limit) != (p->stable && p->stable_square))
        p->outcome = TG_UNDECIDED; /* or floor and rate belong to the other side */
}

/* What few moments leave open, from what the two ways of using workers like these differ by. */
static void
bring_like(const like *k, const limits *found, double unit, bool alike, tg_prediction *p)
{
    const double sde = p->threshold_square,
                 part = (double)k->lattice.workers / (double)p->workers;
    const double change = (found->exact / found->sde - 1) * part;
    const double exact = found->exact * unit,
                 apart = alike ? fabs(sde * (1 + change) / exact - 1) : 0;

    if (alike && p->delay_cv > 1)
        bring(p, exact, unit, 0.1 + (isfinite(sde) ? fmin(apart, 0.4) / 2 : 0.2));
    else if (isfinite(sde) && alike)
        bring(p, sde * (1 + change), unit, 0.005 + 0.05 * fabs(change) + apart);
    else if (isfinite(sde))
        bring(p, sde * (1 + change), unit, 0.01 + 0.3 * fabs(change));
}

tg_status
tg_predict_like(const tg_cluster *c, const char *rule, double number, double step,
                double largest, tg_prediction *p)
{
    const double cv2 = p->delay_cv * p->delay_cv, P = (double)p->workers,
                 unit = p->gain / step;
    like           k = { rule, number, largest, 0, NULL, { .workers = p->workers } };
    tg_phase       fit = { .n = 0 };
    tg_linear_rule r;
    limits         found = { NAN, NAN };
    bool           alike = true;
    tg_status      status = TG_OK;

    for (size_t j = 0; j < p->modes; j++) k.h = fmax(k.h, p->mode[j].h);
    TG_TRY(make_rule(&k, step, &r));
    if (r.weights.power > 0 || r.limit > 0 || (p->workers > 1 && !isfinite(cv2)) ||
        tg_predict_are_unlike(c))
        return TG_OK;
    const bool known = c->groups == 1 && tg_phase_from_delay(c->law[0], &fit) == TG_OK;
    if (p->workers == 1) /* whatever the law is */
        fit = (tg_phase){ .n = 1, .exact = 1, .start = { 1 }, .leave = { 1 } };
    if (p->workers == 1 || (known && fit.exact)) {
        k.lattice.law = fit;
        found.exact =
            is_affordable(&k) ? find_limit(&k, fmin(p->threshold_square, P) / unit) : NAN;
        TG_TRY(tg_stop_check());
        if (isfinite(found.exact)) {
            bring(p, found.exact * unit, unit, 1e-3);
            return TG_OK;
        }
    }
    if ((cv2 <= 1 + 1e-9 || fit.n == 2) && choose(&k, p->delay_mean, cv2, &fit, &alike))
        status = find_limits(&k, &found);
    tg_delay_free(k.law);
    TG_TRY(tg_stop_check());
    if (status == TG_OK && isfinite(found.exact)) bring_like(&k, &found, unit, alike, p);
    return status;
}
