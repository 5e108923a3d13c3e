/* decree_single: whether a single run settles under staleness by decree, from runs without noise */
#include "solver/decree.h"

#include "core/parallel.h"
#include "core/rng.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounds before it counts, in longest lags, and between looks at the size. */
enum { BURN = 10, EVERY = 16 };

/* P caches, what is due at each in the next rounds, and what momentum keeps. */
typedef struct run {
    const tg_decree *d;
    double           e;
    size_t           slots, t;
    double          *x, *kept; /* (workers) */
    double          *due;      /* (workers, slots) */
    const double    *below;    /* (most + 1) P(lag <= r) */
} run;

static size_t
draw(const run *r, tg_rng *g)
{
    const double u = tg_rng_uniform(g);
    size_t       lag = 0;

    while (lag < r->d->most && u >= r->below[lag]) lag++;
    return lag;
}

static void
advance(run *r, tg_rng *g)
{
    const size_t P = r->d->workers;
    const double beta = r->d->momentum.beta;

    for (size_t p = 0; p < P; p++) {
        r->kept[p] = beta * r->kept[p] + r->x[p];
        const double u =
            -r->e * (r->d->momentum.ahead ? r->x[p] + beta * r->kept[p] : r->kept[p]);
        for (size_t q = 0; q < P; q++)
            r->due[q * r->slots + (r->t + draw(r, g)) % r->slots] += u;
    }
    for (size_t q = 0; q < P; q++) {
        double *due = r->due + q * r->slots + r->t % r->slots;
        r->x[q] += *due;
        *due = 0;
    }
    r->t++;
}

/* Divide everything by its largest value, whose logarithm is returned. */
static double
scale(run *r)
{
    const size_t n = r->d->workers * (2 + r->slots);
    double       size = 0;

    for (size_t i = 0; i < n; i++) size = fmax(size, fabs(r->x[i]));
    if (!(size > 0)) return -INFINITY;
    for (size_t i = 0; i < n; i++) r->x[i] /= size;
    return log(size);
}

static tg_status
grow(run *r, size_t path, size_t rounds, double *growth)
{
    tg_rng       g = tg_rng_stream(1, TG_PURPOSE_DELAY, path);
    const size_t burn = BURN * (r->d->most + 8);
    double       sum = 0;

    memset(r->x, 0, r->d->workers * (2 + r->slots) * sizeof *r->x);
    for (size_t p = 0; p < r->d->workers; p++) r->x[p] = 1;
    r->t = 0;
    for (size_t k = 1; k <= burn + rounds; k++) {
        advance(r, &g);
        if (k % EVERY && k != burn && k != burn + rounds) continue;
        const double size = scale(r);
        if (k > burn) sum += size;
        if (isinf(size)) break;
        TG_TRY(tg_stop_check());
    }
    *growth = sum / (double)rounds;
    return TG_OK;
}

tg_status
tg_decree_exponent(const tg_decree *d, double gain, size_t paths, size_t rounds,
                   double *growth, double *error)
{
    const size_t P = d->workers, slots = d->most + 1;
    run          r = { .d = d, .e = gain / (double)P, .slots = slots };
    tg_stats     s = { 0 };
    tg_status    status = TG_OK;

    if (paths < 2 || rounds == 0 || !(gain > 0))
        return tg_fail(TG_EDOMAIN, "expected two runs, rounds and a gain, got %zu, %zu, %g",
                       paths, rounds, gain);
    double *block = malloc((P * (2 + slots) + slots) * sizeof *block), sum = 0;
    if (!block) return tg_fail(TG_ENOMEM, "out of memory");
    r.x = block;
    r.kept = r.x + P;
    r.due = r.kept + P;
    double *below = r.due + P * slots;
    for (size_t i = 0; i < slots; i++) below[i] = sum += d->late[i];
    r.below = below;
    for (size_t path = 0; path < paths && status == TG_OK; path++) {
        double one;
        status = grow(&r, path, rounds, &one);
        if (status == TG_OK) tg_stats_add(&s, one);
    }
    free(block);
    if (status != TG_OK) return status;
    *growth = s.mean;
    *error = tg_stats_error(&s);
    return TG_OK;
}
