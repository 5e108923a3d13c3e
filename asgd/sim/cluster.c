#include "asgd/sim/cluster.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

void
tg_cluster_free(tg_cluster *c)
{
    if (!c) return;
    for (size_t g = 0; c->law && g < c->groups; g++) tg_delay_free(c->law[g]);
    free(c->law);
    free(c->count);
    free(c->of);
    for (size_t i = 0; i < c->paces; i++) {
        free((double *)c->pace[i].pace.time);
        free((double *)c->pace[i].pace.speed);
    }
    free(c->pace);
    free(c->pace_of);
    free(c->recording.first);
    free(c->recording.time);
    free(c);
}

tg_status
tg_cluster_create(size_t groups, const size_t *count, tg_delay *const *law, bool together,
                  tg_cluster **out)
{
    size_t workers = 0;

    for (size_t g = 0; g < groups; g++) {
        workers += count[g];
        if (count[g] > 0 && !(tg_delay_mean(law[g]) > 0))
            return tg_fail(TG_EDOMAIN,
                           "a job takes no time by the law %s: its mean must be > 0",
                           tg_delay_text(law[g]));
    }
    if (workers == 0) return tg_fail(TG_EDOMAIN, "a cluster needs at least one worker");
    tg_cluster *c = calloc(1, sizeof *c);
    if (c) {
        *c = (tg_cluster){ .workers = workers, .groups = groups, .together = together };
        c->count = malloc(groups * sizeof *c->count);
        c->law = calloc(groups, sizeof *c->law);
        c->of = tg_memory_wide(workers * sizeof *c->of);
    }
    if (!c || !c->count || !c->law || !c->of) {
        tg_cluster_free(c);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t g = 0, w = 0; g < groups; g++) {
        c->count[g] = count[g];
        c->law[g] = tg_delay_keep(law[g]);
        for (size_t i = 0; i < count[g]; i++) c->of[w++] = law[g];
    }
    *out = c;
    return TG_OK;
}

static double
rate_of(const tg_cluster *c, size_t worker)
{
    const double   alone = 1 / tg_delay_mean(c->of[worker]);
    const uint32_t i = c->pace_of ? c->pace_of[worker] : 0;

    if (i == 0) return alone;
    const tg_pace *p = &c->pace[i - 1].pace;
    return alone * ((const tg_pace_kind *)p->choice.kind)->mean(p);
}

/* If no speed changed. */
static double
full_rate(const tg_cluster *c)
{
    double lambda = 0;

    for (size_t g = 0; g < c->groups; g++)
        lambda += (double)c->count[g] / tg_delay_mean(c->law[g]);
    return lambda;
}

double
tg_cluster_rate(const tg_cluster *c)
{
    double lambda = 0;

    if (!c->pace_of) return full_rate(c);
    for (size_t i = 0; i < c->workers; i++) lambda += rate_of(c, i);
    return lambda;
}

double
tg_cluster_pulse(const tg_cluster *c)
{
    double pulse = 0;

    if (!c->pace_of) return tg_cluster_rate(c);
    for (size_t i = 0; i < c->workers; i++) {
        const uint32_t      at = c->pace_of[i];
        const tg_pace      *p = at ? &c->pace[at - 1].pace : NULL;
        const tg_pace_kind *kind = p ? (const tg_pace_kind *)p->choice.kind : NULL;
        const double        speed = kind && kind->largest ? kind->largest(p) : 1;
        pulse += speed / tg_delay_mean(c->of[i]);
    }
    return pulse;
}

double
tg_cluster_past(const tg_delay *law)
{
    const double cv = tg_delay_cv(law);

    return 20 * fmin(fmax(cv * cv, 1), 100);
}

double
tg_cluster_longest(const tg_cluster *c)
{
    double longest = 0;

    for (size_t i = 0; i < c->workers; i++) {
        const double rate = rate_of(c, i);
        longest = fmax(longest, rate > 0 ? 1 / rate : tg_delay_mean(c->of[i]));
    }
    return longest;
}

double
tg_cluster_changes(const tg_cluster *c, size_t worker)
{
    const uint32_t i = c->pace_of ? c->pace_of[worker] : 0;

    if (i == 0) return 0;
    const tg_pace_kind *kind = (const tg_pace_kind *)c->pace[i - 1].pace.choice.kind;
    return kind->changes ? kind->changes(&c->pace[i - 1].pace) : 0;
}

void
tg_cluster_weights(const tg_cluster *c, double *weight)
{
    const double lambda = tg_cluster_rate(c);

    for (size_t i = 0; i < c->workers; i++) weight[i] = rate_of(c, i) / lambda;
}

bool
tg_cluster_renews(const tg_cluster *c)
{
    const tg_recording *r = &c->recording;

    for (size_t w = 0; r->first && w < c->workers; w++)
        if (r->first[w + 1] > r->first[w] &&
            (!r->again || isinf(r->time[r->first[w + 1] - 1])))
            return false;
    return !c->pace_of;
}

tg_status
tg_cluster_delay(const tg_cluster *c, tg_delay **out)
{
    if (!tg_cluster_renews(c))
        return tg_fail(TG_EDOMAIN, "no law of delay is known where speeds change or "
                                   "workers stop");
    const tg_delay **part = malloc(c->groups * sizeof *part);
    double          *weight = malloc(c->groups * sizeof *weight);
    size_t           n = 0;
    tg_status        status;

    for (size_t g = 0; part && weight && g < c->groups; g++)
        if (c->count[g] > 0) {
            part[n] = c->law[g];
            weight[n++] = (double)c->count[g] / tg_delay_mean(c->law[g]);
        }
    if (n == 0)
        status = tg_fail(TG_ENOMEM, "out of memory");
    else if (n == 1) {
        *out = tg_delay_keep(part[0]);
        status = TG_OK;
    } else
        status = tg_delay_mixture(part, weight, n, out);
    free(part);
    free(weight);
    return status;
}
