/* predict_groups: groups of phase-type workers, few enough that all their moments are solved (theory 3.3)
 *
 * The stationary E x^2 per unit of noise, V, is a rational function of the gain k, and k/V falls to 0 at the limit of
 * the mean square, nearly like 1 - (k/limit)^4 (predict_match.c): between a gain that settles and the first of a sequence
 * that does not, lines in k^4 are soon there.
 */
#include "asgd/theory/predict_finite.h"

#include "core/parallel.h"
#include "solver/lattice_groups.h"

#include <math.h>
#include <stdlib.h>

static const double MOST = 700; /* unknowns: ten milliseconds a solution */
static const double WORK =
    3e8; /* products in a prediction's courses: a third of a second; ... */
static const double DENSE = 12; /* ... of an unknown's row */
static const double EVENTS =
    2e4; /* that are followed one by one; more are integrated, ... */
static const double FEWER = 350; /* ... if there are no more unknowns than that */
static const double SETTLED = 40,
                    BEGUN = 25;    /* times of a decay: nothing is left, or few wait */
static const double LEAST = 1e-20; /* gain: a worker that is 1e20 times as slow */
static const double POWER = 4, SURE = 1e-7, SURE_TWIN = 1e-4;

/* The longest that a worker stays in a phase on average. */
static double
slowest(const tg_lattice_group *group, size_t groups)
{
    double most = 0;

    for (size_t g = 0; g < groups; g++)
        for (int p = 0; p < group[g].law.n; p++) {
            double out = group[g].law.leave[p];
            for (int q = 0; q < group[g].law.n; q++) out += group[g].law.move[p][q];
            most = fmax(most, 1 / out);
        }
    return most;
}

/* About how many events the course of mode j has. */
static double
events(const tg_finite *f, const tg_lattice_groups *l, double stay, size_t j)
{
    const double k = f->c->step * f->m->h[j] * f->total;

    return tg_lattice_groups_rate(l) *
           fmin(f->plan->horizon, SETTLED * (f->mean / fmin(k, 1) + stay));
}

bool
tg_groups_affordable(const tg_finite *f, const tg_lattice_group *group, size_t groups)
{
    const tg_linear_rule    rule = tg_finite_rule(f, f->c->step, 1);
    const tg_lattice_groups l = { &rule, group, groups, 0, false };
    const double            size = tg_lattice_groups_size(&l);
    const double            stay = slowest(group, groups);
    double                  work = 0;

    for (size_t j = 0; f->plan->points && j < f->m->count; j++) {
        const double n = events(f, &l, stay, j);
        const double wait = fmin(f->plan->horizon, BEGUN * stay); /* one by one */
        if (n > EVENTS && size > FEWER) return false;
        work += fmin(n, 2 * EVENTS) * size * DENSE;
        if (!f->c->plain) work += tg_lattice_groups_rate(&l) * wait * size * DENSE;
    }
    return size <= MOST && work <= WORK &&
           (double)f->m->count * size * size < 20 * MOST * MOST;
}

/* A worker's own minimum among those of its group is none of the group's mark. */
static bool
differ_within(const tg_finite *f)
{
    for (size_t i = 0; f->within && i < f->m->count * f->groups; i++)
        if (f->within[i] > 0 && f->c->biased) return true;
    return false;
}

tg_status
tg_groups_open(tg_finite *f)
{
    if (f->groups < 2 || f->groups > TG_LATTICE_PLACES || !f->c->solved || f->plan->quick ||
        f->c->cluster->together || f->plan->level == TG_LEVEL_RENEWAL || differ_within(f))
        return TG_OK;
    tg_lattice_group *group = calloc(f->groups, sizeof *group);
    if (!group) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < f->groups; g++) {
        group[g].workers = (size_t)f->workers[g];
        if (tg_phase_from_delay(f->group[g].law, &group[g].law) == TG_OK &&
            group[g].law.exact)
            continue;
        free(group);
        return TG_OK;
    }
    if (f->plan->twin || tg_groups_affordable(f, group, f->groups))
        f->lattice = group;
    else
        free(group);
    return TG_OK;
}

/* k/V, which is not above 0 where the mean square does not settle. */
static tg_status
stiffness(const tg_finite *f, double gain, double *out)
{
    const tg_linear_rule    rule = tg_finite_rule(f, gain / f->total, 1);
    const tg_lattice_groups l = { &rule, f->lattice, f->groups, 1, false };
    bool                    yes;

    TG_TRY(tg_stop_check());
    TG_TRY(tg_lattice_groups_settles(&l, &yes, out));
    *out *= gain;
    return TG_OK;
}

/* Regula falsi in k^4; an end that stays twice is halved. */
static tg_status
close_in(const tg_finite *f, double *low, double at_low, double *high, double at_high)
{
    const double sure = f->plan->twin ? SURE_TWIN : SURE;
    int          stayed = 0;

    for (int i = 0; i < 60 && *high - *low > sure * *low; i++) {
        const double a = pow(*low, POWER), b = pow(*high, POWER), room = sure / 4 * *low;
        const double zero = pow((a * at_high - b * at_low) / (at_high - at_low), 1 / POWER);
        /* beyond it a little, so that the other end comes, too */
        const double aim = zero + (stayed > 0 ? room : stayed < 0 ? -room : 0);
        const double at = fmin(fmax(aim, *low + room), *high - room);
        double       found;
        TG_TRY(stiffness(f, at, &found));
        if (found > 0) {
            *low = at;
            at_low = found;
            if (stayed > 0) at_high /= 2;
            stayed = 1;
        } else {
            *high = at;
            at_high = found;
            if (stayed < 0) at_low /= 2;
            stayed = -1;
        }
    }
    return TG_OK;
}

tg_status
tg_groups_limit(tg_finite *f)
{
    double low = 0.6, high, at_low, at_high;

    TG_TRY(stiffness(f, low, &at_low));
    while (!(at_low > 0) && low > LEAST) TG_TRY(stiffness(f, low /= 4, &at_low));
    for (high = 1.3 * low, at_high = at_low; at_high > 0 && high < 1 / LEAST; high *= 1.3) {
        TG_TRY(stiffness(f, high, &at_high));
        if (!(at_high > 0)) break;
        low = high;
        at_low = at_high;
    }
    if (!(at_low > 0) || at_high > 0)
        return tg_fail(TG_ENOCONV, "no gain between %g and %g loses the mean square", low,
                       high);
    TG_TRY(close_in(f, &low, at_low, &high, at_high));
    f->limit = (low + high) / 2;
    f->limit_error = SURE * f->limit;
    return TG_OK;
}

/* ---- a mode -------------------------------------------------------------------------- */

static void
set_marks(const tg_finite *f, size_t j, tg_lattice_group *own)
{
    for (size_t g = 0; g < f->groups; g++) {
        own[g] = f->lattice[g];
        if (f->minimum) own[g].mark = -f->m->h[j] * f->minimum[j * f->groups + g];
    }
}

static tg_status
follow(const tg_finite *f, const tg_lattice_groups *l, size_t j, double abscissa,
       tg_finite_mode *out)
{
    TG_TRY(
        tg_finite_lay_course(f, tg_finite_step(f, j) * f->total, abscissa, &out->course));
    tg_mode_course *c = &out->course;
    const double    horizon = c->dt * (double)(c->n - 1);
    TG_TRY(
        tg_lattice_groups_transient(l, f->m->start[j], horizon, c->n, c->mean, c->second));
    c->whole = l->waits;
    for (size_t i = 0; i < c->n; i++)
        c->off[i] = 1e-6 * c->second[i] + 1e-8 * f->m->start[j] * f->m->start[j];
    return TG_OK;
}

static tg_status
solve(const tg_finite *f, const tg_lattice_groups *l, size_t j, tg_finite_mode *out)
{
    tg_lattice_rest rest;

    TG_TRY(tg_lattice_groups_rest(l, &rest));
    out->bias = isfinite(rest.mean) ? rest.mean : 0;
    out->settles = isfinite(rest.second);
    out->variance = rest.second - out->bias * out->bias;
    out->rate = -rest.mean_abscissa;
    return f->plan->points ? follow(f, l, j, rest.square_abscissa, out) : TG_OK;
}

tg_status
tg_groups_mode(const tg_finite *f, size_t j, tg_finite_mode *out)
{
    const tg_linear_rule rule = tg_finite_rule(f, f->c->step, f->m->h[j]);
    tg_lattice_group    *own = malloc(f->groups * sizeof *own);

    if (!own) return tg_fail(TG_ENOMEM, "out of memory");
    set_marks(f, j, own);
    const tg_lattice_groups l = { &rule, own, f->groups, sqrt(f->m->sigma2[j]),
                                  !f->c->plain };
    const tg_status         status = solve(f, &l, j, out);
    free(own);
    return status;
}
