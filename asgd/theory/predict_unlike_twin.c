/* predict_unlike_twin: workers like a cluster's that are solved exactly (predict_unlike.c)
 *
 * Phase-type laws with the same means and variances, of fewer phases where these are too many, so that the variances
 * of nearly constant times are larger; or exponential ones.
 */
#include "asgd/theory/predict_unlike.h"

#include <math.h>
#include <stdlib.h>

/* Whether the twins of two groups are the same workers. */
static bool
are_equal(const tg_finite *f, size_t g, size_t other)
{
    for (size_t j = 0; f->minimum && j < f->m->count; j++) {
        const double *at = f->minimum + j * f->groups;
        if (fabs(at[g] - at[other]) > 1e-12 * fabs(at[g])) return false;
    }
    const double cv = fmin(tg_delay_cv(f->group[g].law), 1e9),
                 own = fmin(tg_delay_cv(f->group[other].law), 1e9);
    return fabs(f->rate[g] / f->rate[other] - 1) < 1e-12 && fabs(cv - own) <= 1e-12 * cv;
}

/* Up to so many workers what is stated of phase-type twins was held against exact values; of twelve gamma(4) and eight
 * exponential ones a twin of two phases puts the limit at 4.57 +- .34, the exponential one at 3.55 +- .07, simulations at
 * 3.5 to 3.7. */
static const double FEW = 4;

/* In which of the twin's groups group g is: its own, or that of the first equal one; of many, in one of so many even
 * parts of the range of log means. */
static size_t
part_of(const tg_finite *f, size_t g)
{
    double least = INFINITY, most = 0;

    for (size_t i = 0; f->groups <= TG_UNLIKE_MOST && i <= g; i++)
        if (are_equal(f, i, g)) return i;
    for (size_t i = 0; i < f->groups; i++) {
        least = fmin(least, f->rate[i]);
        most = fmax(most, f->rate[i]);
    }
    const double at = log(most / f->rate[g]) / log(most / least);
    return (size_t)fmin(TG_UNLIKE_MOST * at, TG_UNLIKE_MOST - 1);
}

void
tg_unlike_twin_close(tg_unlike_twin *t)
{
    tg_cluster_free(t->cluster);
    free(t->minimum);
    for (size_t k = 0; k < TG_UNLIKE_MOST; k++) tg_delay_free(t->law[k]);
}

const tg_delay *
tg_unlike_law(const tg_finite *f, const tg_unlike_twin *t, size_t g)
{
    return t->law[part_of(f, g)];
}

static tg_status
erlang(double stages, double mean, tg_delay **out)
{
    const double p[] = { stages, mean };

    return stages == 1 ? tg_delay_create("exponential", &mean, out)
                       : tg_delay_create("erlang", p, out);
}

/* With probability `first` so many stages, else one less. */
static tg_status
erlangs(int stages, double rate, double first, tg_delay **out)
{
    const double weight[] = { first, 1 - first };
    tg_delay    *part[2] = { NULL };
    tg_status    status = erlang(stages, stages / rate, &part[0]);

    if (status == TG_OK) status = erlang(stages - 1, (stages - 1) / rate, &part[1]);
    if (status == TG_OK)
        status = tg_delay_mixture((const tg_delay *const *)part, weight, 2, out);
    tg_delay_free(part[0]);
    tg_delay_free(part[1]);
    return status;
}

/* The law of at most so many phases with the mean and, as far as these do, the variance of another. */
static tg_status
make_law(const tg_delay *law, int most, tg_delay **out)
{
    const double mean = tg_delay_mean(law), cv = tg_delay_cv(law);
    tg_phase     p = { .n = 1 };

    if (most == 1 || !isfinite(cv)) return erlang(1, mean, out);
    if (!(cv * cv * most >= 1 - 1e-12)) return erlang(most, mean, out);
    TG_TRY(tg_phase_from_delay(law, &p));
    if (cv * cv > 1 + 1e-12)
        return tg_delay_hyperexponential(
            p.start, (double[]){ 1 / p.leave[0], 1 / p.leave[1] }, 2, out);
    return p.n == 1 || p.start[1] < 1e-9 ? erlang(p.n, mean, out)
                                         : erlangs(p.n, p.leave[p.n - 1], p.start[0], out);
}

/* The twin's groups: of all that are one there the law is the first one's, or exponential. */
static tg_status
make_laws(const tg_finite *f, int most, tg_unlike_twin *t, tg_delay **law)
{
    tg_status status = TG_OK;

    for (size_t k = 0; k < TG_UNLIKE_MOST; k++) {
        tg_delay_free(law[k]);
        law[k] = NULL;
    }
    for (size_t g = f->groups; g-- > 0 && status == TG_OK;) {
        const size_t k = part_of(f, g);
        if (most == 1 && !law[k])
            status = erlang(1, t->workers[k] / t->rate[k], &law[k]);
        else if (most > 1 && k == g)
            status = make_law(f->group[g].law, most, &law[k]);
    }
    return status;
}

/* Whether these laws' moments are solved in no time. */
static bool
are_solved(const tg_finite *f, const tg_unlike_twin *t, tg_delay *const *law)
{
    tg_lattice_group group[TG_UNLIKE_MOST];
    size_t           n = 0;

    for (size_t k = 0; k < TG_UNLIKE_MOST; k++) {
        if (t->workers[k] == 0) continue;
        group[n] = (tg_lattice_group){ .workers = (size_t)t->workers[k] };
        if (tg_phase_from_delay(law[k], &group[n].law) != TG_OK || !group[n++].law.exact)
            return false;
    }
    return tg_groups_affordable(f, group, n);
}

static tg_status
make_cluster(const tg_finite *f, tg_unlike_twin *t)
{
    static const int phases[] = { 12, 8, 6, 5, 4, 3, 2, 1 };
    const bool some = f->total <= FEW && f->groups <= TG_UNLIKE_MOST && !f->plan->quick &&
                      !f->c->cluster->together;
    tg_delay *own[TG_UNLIKE_MOST];
    size_t    count[TG_UNLIKE_MOST] = { 0 }, n = 0;
    tg_status status = TG_OK;

    for (size_t g = 0; g < f->groups; g++) {
        const size_t k = part_of(f, g);
        t->workers[k] += f->workers[g];
        t->rate[k] += f->workers[g] * f->rate[g];
    }
    for (int i = some ? 0 : 7; i < 8 && status == TG_OK; i++) {
        status = make_laws(f, phases[i], t, t->law);
        t->varied = phases[i] > 1;
        if (status == TG_OK && t->varied && are_solved(f, t, t->law)) break;
    }
    for (size_t k = 0; k < TG_UNLIKE_MOST; k++) {
        if (t->workers[k] == 0) continue;
        count[n] = (size_t)t->workers[k];
        own[n++] = t->law[k];
    }
    if (status == TG_OK)
        status = tg_cluster_create(n, count, own, f->c->cluster->together, &t->cluster);
    return status;
}

/* The mean minimum of each of the twin's groups, for each of its workers. */
static tg_status
make_minima(const tg_finite *f, tg_unlike_twin *t)
{
    const size_t all = t->cluster->workers;

    if (!f->minimum) return TG_OK;
    if (!(t->minimum = calloc(f->m->count * all, sizeof *t->minimum)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; j < f->m->count; j++) {
        double sum[TG_UNLIKE_MOST] = { 0 };
        for (size_t g = 0; g < f->groups; g++)
            sum[part_of(f, g)] += f->workers[g] * f->minimum[j * f->groups + g];
        double *own = t->minimum + j * all;
        for (size_t k = 0; k < TG_UNLIKE_MOST; k++)
            for (double i = 0; i < t->workers[k]; i++) *own++ = sum[k] / t->workers[k];
    }
    return TG_OK;
}

tg_status
tg_unlike_twin_open(const tg_finite *f, tg_unlike_twin *out)
{
    tg_unlike_twin t = { 0 };
    tg_status      status = make_cluster(f, &t);

    if (status == TG_OK) status = make_minima(f, &t);
    if (status == TG_OK)
        *out = t;
    else
        tg_unlike_twin_close(&t);
    return status;
}
