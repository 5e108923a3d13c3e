/* cluster_workers: workers that differ from their group, or from themselves at other times */
#include "asgd/sim/cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static tg_status
check_range(const tg_cluster *c, size_t first, size_t count)
{
    if (count > 0 && first < c->workers && count <= c->workers - first) return TG_OK;
    return tg_fail(TG_EDOMAIN, "workers %zu .. %zu are not all there: the cluster has %zu",
                   first, first + count - 1, c->workers);
}

/* ---- laws of single workers ----------------------------------------------------------- */

/* What becomes of a worker: its law, times a factor. `workers`: as many, it is the first. */
typedef struct change {
    const tg_delay *law;
    double          factor;
    size_t          worker, workers;
} change;

static int
by_law(const void *left, const void *right)
{
    const change *a = left, *b = right;

    if (a->law != b->law) return a->law < b->law ? -1 : 1;
    if (a->factor != b->factor) return a->factor < b->factor ? -1 : 1;
    return a->worker < b->worker ? -1 : a->worker > b->worker;
}

static int
by_worker(const void *left, const void *right)
{
    const change *a = left, *b = right;

    return a->worker < b->worker ? -1 : a->worker > b->worker;
}

static void
free_laws(tg_delay **law, size_t n)
{
    for (size_t i = 0; law && i < n; i++) tg_delay_free(law[i]);
    free(law);
}

/* Let the cluster's groups be the workers of one law each; `of` (workers) holds a reference for
 * every worker, and is taken. In order of their first workers, so that nothing rests on where
 * laws lie in memory. */
static tg_status
regroup(tg_cluster *c, tg_delay **of)
{
    const size_t n = c->workers;
    change      *at = malloc(n * sizeof *at);
    size_t       groups = 0;

    for (size_t i = 0; at && i < n; i++) at[i] = (change){ of[i], 1, i, 1 };
    if (at) qsort(at, n, sizeof *at, by_law);
    for (size_t i = 0; at && i < n; i++) {
        if (i > 0 && at[i].law == at[groups - 1].law) {
            at[groups - 1].workers++;
            continue;
        }
        at[groups++] = at[i];
    }
    size_t    *count = malloc((groups + 1) * sizeof *count);
    tg_delay **law = malloc((groups + 1) * sizeof *law);
    if (!at || !count || !law) {
        free(at);
        free(count);
        free(law);
        free_laws(of, n);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    qsort(at, groups, sizeof *at, by_worker);
    for (size_t g = 0; g < groups; g++) {
        count[g] = at[g].workers;
        law[g] = tg_delay_keep(at[g].law);
    }
    memcpy(c->of, of, n * sizeof *of);
    free(at);
    free_laws(of, n);
    free_laws(c->law, c->groups);
    free(c->count);
    c->law = law;
    c->count = count;
    c->groups = groups;
    return TG_OK;
}

/* The laws of workers first .. by factors (count); equal ones share a law. */
static tg_status
scale(tg_cluster *c, size_t first, size_t count, const double *factor)
{
    change    *at = malloc(count * sizeof *at);
    tg_delay **of = malloc(c->workers * sizeof *of);
    tg_status  status = at && of ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; of && i < c->workers; i++) of[i] = tg_delay_keep(c->of[i]);
    for (size_t i = 0; status == TG_OK && i < count; i++)
        at[i] = (change){ c->of[first + i], factor[i], first + i, 1 };
    if (status == TG_OK) qsort(at, count, sizeof *at, by_law);
    for (size_t i = 0; status == TG_OK && i < count; i++) {
        tg_delay **mine = &of[at[i].worker], *scaled = NULL;
        if (at[i].factor == 1) continue;
        if (i > 0 && at[i].law == at[i - 1].law && at[i].factor == at[i - 1].factor)
            scaled = tg_delay_keep(of[at[i - 1].worker]);
        else
            status = tg_delay_scaled(at[i].law, at[i].factor, &scaled);
        if (status != TG_OK) break;
        tg_delay_free(*mine);
        *mine = scaled;
    }
    free(at);
    if (status == TG_OK) return regroup(c, of);
    free_laws(of, of ? c->workers : 0);
    return status;
}

tg_status
tg_cluster_spread(tg_cluster *c, size_t first, size_t count, const tg_delay *factor,
                  uint64_t seed)
{
    TG_TRY(check_range(c, first, count));
    if (!(fabs(tg_delay_mean(factor) - 1) <= 1e-9))
        return tg_fail(TG_EDOMAIN, "the factors of workers must have mean 1, not %g: %s",
                       tg_delay_mean(factor), tg_delay_text(factor));
    double *draw = malloc(count * sizeof *draw);
    if (!draw) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        tg_rng g = tg_rng_of(seed, TG_PURPOSE_SPREAD, (uint32_t)(first + i), 0);
        draw[i] = tg_delay_sample(factor, &g);
    }
    const tg_status status = scale(c, first, count, draw);
    free(draw);
    return status;
}

/* ---- speeds ---------------------------------------------------------------------------- */

static tg_status
set_fixed(tg_cluster *c, size_t first, size_t count, const tg_pace *pace)
{
    const tg_pace_kind *kind = (const tg_pace_kind *)pace->choice.kind;
    double             *factor = malloc(count * sizeof *factor);

    if (!factor) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) factor[i] = 1 / kind->fixed(pace, i);
    const tg_status status = scale(c, first, count, factor);
    free(factor);
    return status;
}

static double *
copy(const double *x, size_t n)
{
    double *made = malloc((n + 1) * sizeof *made);

    if (made && n > 0) memcpy(made, x, n * sizeof *x);
    return made;
}

tg_status
tg_cluster_set_pace(tg_cluster *c, size_t first, size_t count, const tg_pace *pace)
{
    TG_TRY(check_range(c, first, count));
    TG_TRY(tg_pace_check(pace));
    if (((const tg_pace_kind *)pace->choice.kind)->fixed)
        return set_fixed(c, first, count, pace);
    tg_paced *grown = realloc(c->pace, (c->paces + 1) * sizeof *grown);
    if (grown) c->pace = grown;
    uint32_t *of = c->pace_of ? c->pace_of : calloc(c->workers, sizeof *of);
    tg_pace   p = *pace;
    p.time = copy(pace->time, pace->n);
    p.speed = copy(pace->speed, pace->n);
    if (!grown || !of || !p.time || !p.speed) {
        if (!c->pace_of) free(of);
        free((double *)p.time);
        free((double *)p.speed);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    c->pace_of = of;
    c->pace[c->paces++] = (tg_paced){ p, first };
    for (size_t i = first; i < first + count; i++) of[i] = (uint32_t)c->paces;
    return TG_OK;
}

/* ---- replay ---------------------------------------------------------------------------- */

static tg_status
check_times(size_t worker, const double *time, size_t n)
{
    double longest = 0;

    for (size_t i = 0; i < n; i++) {
        if (!(time[i] >= 0) || (isinf(time[i]) && i + 1 < n))
            return tg_fail(TG_EDOMAIN, "job %zu of worker %zu was recorded to take %g", i,
                           worker, time[i]);
        if (isfinite(time[i])) longest = fmax(longest, time[i]);
    }
    if (n == 0 || longest > 0 || isinf(time[n - 1])) return TG_OK;
    return tg_fail(TG_EDOMAIN, "no job recorded of worker %zu takes any time", worker);
}

static double
sum(const double *x, size_t n)
{
    double all = 0;

    for (size_t i = 0; i < n; i++) all += x[i];
    return all;
}

/* The law of what was recorded of each worker, as far as it was done. */
static tg_status
recorded_laws(const tg_cluster *c, const size_t *count, const double *time, tg_delay **of)
{
    for (size_t w = 0; w < c->workers; time += count[w++]) {
        size_t n = count[w];
        TG_TRY(check_times(w, time, n));
        while (n > 0 && isinf(time[n - 1])) n--;
        if (sum(time, n) > 0)
            TG_TRY(tg_delay_empirical(time, n, &of[w]));
        else
            of[w] = tg_delay_keep(c->of[w]);
    }
    return TG_OK;
}

tg_status
tg_cluster_replay(tg_cluster *c, const size_t *count, const double *time, bool again)
{
    const size_t n = c->workers;
    tg_delay   **of = calloc(n, sizeof *of);
    size_t      *first = calloc(n + 1, sizeof *first);

    for (size_t w = 0; first && w < n; w++) first[w + 1] = first[w] + count[w];
    double   *times = first ? copy(time, first[n]) : NULL;
    tg_status status = of && first && times ? recorded_laws(c, count, time, of)
                                            : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        status = regroup(c, of);
    else
        free_laws(of, of ? n : 0);
    if (status != TG_OK) {
        free(first);
        free(times);
        return status;
    }
    free(c->recording.first);
    free(c->recording.time);
    c->recording = (tg_recording){ first, times, again };
    return TG_OK;
}
