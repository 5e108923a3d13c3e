/* predict_cluster: the cluster as levels exact and renewal see it, by groups that have workers */
#include "asgd/theory/predict_finite.h"

#include "roots/zroots.h"
#include "solver/lattice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double WORTHWHILE = 800; /* unknowns of a lattice */

static bool
all_exponential(const tg_finite *f)
{
    enum { MANY = 6 }; /* groups whose moments are solved in no time */

    for (size_t g = 0; g < f->groups; g++)
        if (strcmp(tg_delay_name(f->group[g].law), "exponential")) return false;
    for (size_t i = 0; f->within && i < f->m->count * f->groups; i++)
        if (f->within[i] > 0 && f->c->biased) return false;
    return f->groups <= MANY;
}

/* Whether the moments of one group of this law close on a lattice that is cheap. */
static bool
on_lattice(tg_finite *f)
{
    if (f->groups != 1) return false;
    if (tg_phase_from_delay(f->group[0].law, &f->law) != TG_OK || !f->law.exact)
        return false;
    const tg_linear_rule rule = tg_finite_rule(f, f->c->step, 1);
    const tg_lattice     l = { .law = f->law,
                               .workers = f->c->cluster->workers,
                               .rule = &rule };
    return tg_lattice_size(&l) <= WORTHWHILE;
}

tg_linear_rule
tg_finite_rule(const tg_finite *f, double eta, double h)
{
    return f->c->kind->make(eta, h, f->total, f->c->number);
}

/* Whether workers pull elsewhere than F does; under DuDe-ASGD, whose slots hold every worker, none
 * is felt. */
static bool
pull_apart(const tg_finite *f)
{
    for (size_t i = 0; f->minimum && i < f->m->count * f->groups; i++)
        if (f->c->biased && (fabs(f->minimum[i]) > 1e-14 || f->within[i] > 0)) return true;
    return false;
}

/* Workers of one constant time deliver in turn for ever. */
static bool
in_turn(const tg_finite *f)
{
    return f->c->solved && f->groups == 1 && !pull_apart(f) &&
           tg_delay_cv(f->group[0].law) == 0 && 2 * f->total <= TG_MOST_STALENESS;
}

static tg_way
choose_way(tg_finite *f)
{
    if (f->plan->level == TG_LEVEL_RENEWAL) return TG_WAY_RENEWAL;
    if (f->total == 1 && f->c->solved && !in_turn(f)) return TG_WAY_SINGLE;
    if (all_exponential(f)) return TG_WAY_EXPONENTIAL;
    if (in_turn(f)) return TG_WAY_CYCLE;
    if (f->lattice) return TG_WAY_GROUPS;
    f->phases = f->c->solved && on_lattice(f);
    f->matched = tg_match_applies(f);
    return f->phases && f->c->plain && !f->c->cluster->together && !f->minimum &&
                   !f->plan->quick
               ? TG_WAY_LATTICE
               : TG_WAY_RENEWAL;
}

/* The groups that have workers. */
static void
take_groups(tg_finite *f)
{
    const tg_cluster *c = f->c->cluster;

    for (size_t g = 0; g < c->groups; g++) {
        if (c->count[g] == 0) continue;
        f->workers[f->groups] = (double)c->count[g];
        f->rate[f->groups] = 1 / tg_delay_mean(c->law[g]);
        f->group[f->groups++] =
            (tg_renewal_group){ .law = c->law[g], .workers = (double)c->count[g] };
    }
    f->total = (double)c->workers;
    f->mean = f->total / f->c->lambda;
    for (size_t j = 0; j < f->m->count; j++) f->steepest = fmax(f->steepest, f->m->h[j]);
}

/* Mean and variance of the workers' own minima within each group. */
static void
take_minima(tg_finite *f)
{
    const tg_cluster *c = f->c->cluster;

    for (size_t j = 0; j < f->m->count; j++) {
        const double *own = f->m->minimum + j * c->workers;
        double *mean = f->minimum + j * f->groups, *within = f->within + j * f->groups;
        for (size_t g = 0, k = 0, w = 0; g < c->groups; w += c->count[g++]) {
            if (c->count[g] == 0) continue;
            for (size_t i = w; i < w + c->count[g]; i++)
                mean[k] += own[i] / (double)c->count[g];
            for (size_t i = w; i < w + c->count[g]; i++)
                within[k] += (own[i] - mean[k]) * (own[i] - mean[k]) / (double)c->count[g];
            if (within[k] < 1e-28 * mean[k] * mean[k]) within[k] = 0; /* rounding */
            k++;
        }
    }
}

tg_status
tg_finite_open(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
               tg_finite *out)
{
    const size_t groups = c->cluster->groups;
    tg_finite    f = { .c = c, .m = m, .plan = plan };

    f.group = calloc(groups, sizeof *f.group);
    f.workers = calloc(2 * groups, sizeof *f.workers);
    f.minimum = m->minimum ? calloc(2 * groups * m->count, sizeof *f.minimum) : NULL;
    if (!f.group || !f.workers || (m->minimum && !f.minimum)) {
        tg_finite_close(&f);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    f.rate = f.workers + groups;
    take_groups(&f);
    if (f.minimum) {
        f.within = f.minimum + f.groups * m->count;
        take_minima(&f);
    }
    const tg_status status = tg_groups_open(&f);
    if (status != TG_OK) {
        tg_finite_close(&f);
        return status;
    }
    f.way = choose_way(&f);
    *out = f;
    return TG_OK;
}

void
tg_finite_close(tg_finite *f)
{
    free(f->group);
    free(f->workers);
    free(f->minimum);
    free(f->lattice);
}

tg_status
tg_finite_applies(const tg_case *c, const tg_modes *m, bool *yes)
{
    enum { AGED = 10, DROPPED = 8, LIMIT = 4 }; /* some 50 ms a mode */
    const tg_predict_plan plan = { 0 };
    tg_finite             f;

    TG_TRY(tg_finite_open(c, m, &plan, &f));
    const tg_linear_rule rule = tg_finite_rule(&f, c->step, 1);
    *yes = all_exponential(&f);
    if (rule.limit > 0)
        *yes = *yes && f.groups == 1 && f.total <= DROPPED && rule.limit < LIMIT + 1;
    if (rule.weights.power > 0) *yes = *yes && f.groups == 1 && f.total <= AGED;
    tg_finite_close(&f);
    return TG_OK;
}
