#include "asgd/sim/caches.h"

#include "core/memory.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tg_caches {
    size_t    workers, dim, most, parts, slots;
    double   *below; /* (most + 1) probability of a lag <= r */
    size_t   *part;  /* (parts + 1) */
    size_t   *extra; /* (parts) */
    double   *x;     /* (workers, dim) */
    double   *due;   /* (workers, slots, dim): slot t mod slots is added at the end of t */
    uint64_t *lags;  /* (most + 1) how often each was drawn */
    uint64_t  seed, t;
};

static tg_status
check(size_t workers, size_t dim, const tg_lag *lag)
{
    double total = 0;

    if (workers == 0 || dim == 0)
        return tg_fail(TG_EDOMAIN, "caches need workers and a model, got %zu and %zu",
                       workers, dim);
    for (size_t r = 0; r <= lag->most; r++) {
        if (!(lag->weight[r] >= 0) || !isfinite(lag->weight[r]))
            return tg_fail(TG_EDOMAIN, "the weight of lag %zu must be >= 0, got %g", r,
                           lag->weight[r]);
        total += lag->weight[r];
    }
    if (!(total > 0) || !isfinite(total))
        return tg_fail(TG_EDOMAIN, "the weights of the lags must have a sum > 0, got %g",
                       total);
    for (size_t i = 0; lag->part && i < lag->parts; i++)
        if (lag->part[0] != 0 || lag->part[lag->parts] != dim ||
            lag->part[i + 1] <= lag->part[i])
            return tg_fail(TG_EDOMAIN,
                           "the sizes of the stages must be > 0 and have the sum "
                           "%zu, the coordinates of the model",
                           dim);
    return TG_OK;
}

static size_t
longest(const tg_lag *lag)
{
    size_t most = 0;

    for (size_t i = 0; lag->part && i < lag->parts; i++)
        if (lag->extra[i] > most) most = lag->extra[i];
    return lag->most + most;
}

static void
copy_lag(tg_caches *c, const tg_lag *lag)
{
    double total = 0, sum = 0;

    for (size_t r = 0; r <= lag->most; r++) total += lag->weight[r];
    for (size_t r = 0; r <= lag->most; r++) c->below[r] = (sum += lag->weight[r]) / total;
    c->below[lag->most] = 1;
    c->part[c->parts] = c->dim;
    for (size_t i = 0; lag->part && i < lag->parts; i++) {
        c->part[i] = lag->part[i];
        c->extra[i] = lag->extra[i];
    }
}

tg_status
tg_caches_create(size_t workers, size_t dim, const double *x0, const tg_lag *lag,
                 uint64_t seed, tg_caches **out)
{
    TG_TRY(check(workers, dim, lag));
    const size_t slots = longest(lag) + 1;
    TG_TRY(tg_memory_check((double)workers * (double)dim * (double)(slots + 1) * 8,
                           "take fewer workers or a shorter lag"));
    tg_caches *c = calloc(1, sizeof *c);
    if (!c) return tg_fail(TG_ENOMEM, "out of memory");
    *c = (tg_caches){ .workers = workers,
                      .dim = dim,
                      .most = lag->most,
                      .parts = lag->part ? lag->parts : 1,
                      .slots = slots,
                      .seed = seed };
    c->below = malloc((c->most + 1) * sizeof *c->below);
    c->lags = calloc(c->most + 1, sizeof *c->lags);
    c->part = calloc(c->parts + 1, sizeof *c->part);
    c->extra = calloc(c->parts, sizeof *c->extra);
    c->x = malloc(workers * dim * sizeof *c->x);
    c->due = calloc(workers * slots * dim, sizeof *c->due);
    if (!c->below || !c->lags || !c->part || !c->extra || !c->x || !c->due) {
        tg_caches_free(c);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    copy_lag(c, lag);
    for (size_t w = 0; w < workers; w++) memcpy(c->x + w * dim, x0, dim * sizeof *x0);
    *out = c;
    return TG_OK;
}

void
tg_caches_free(tg_caches *c)
{
    if (!c) return;
    free(c->below);
    free(c->lags);
    free(c->part);
    free(c->extra);
    free(c->x);
    free(c->due);
    free(c);
}

const double *
tg_cache(const tg_caches *c, size_t worker)
{
    return c->x + worker * c->dim;
}

static size_t
draw_lag(const tg_caches *c, tg_rng *g)
{
    if (c->most == 0 || c->below[0] == 1) return 0;
    const double u = tg_rng_uniform(g);
    size_t       low = 0, high = c->most;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (u < c->below[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The lags of (t, worker) to all others are one stream. */
void
tg_caches_add(tg_caches *c, size_t worker, const double *u)
{
    tg_rng g = tg_rng_stream(tg_rng_mix(c->seed, c->t), TG_PURPOSE_DELAY, worker);

    for (size_t q = 0; q < c->workers; q++) {
        const size_t r = draw_lag(c, &g);
        c->lags[r]++;
        for (size_t i = 0; i < c->parts; i++) {
            const size_t slot = (c->t + r + c->extra[i]) % c->slots;
            double      *due = c->due + (q * c->slots + slot) * c->dim;
            for (size_t j = c->part[i]; j < c->part[i + 1]; j++) due[j] += u[j];
        }
    }
}

void
tg_caches_next(tg_caches *c)
{
    for (size_t q = 0; q < c->workers; q++) {
        double *x = c->x + q * c->dim,
               *due = c->due + (q * c->slots + c->t % c->slots) * c->dim;
        for (size_t j = 0; j < c->dim; j++) {
            x[j] += due[j];
            due[j] = 0;
        }
    }
    c->t++;
}

void
tg_caches_lags(const tg_caches *c, double *share)
{
    double total = 0;

    for (size_t r = 0; r <= c->most; r++) total += (double)c->lags[r];
    for (size_t r = 0; r <= c->most; r++)
        share[r] = total > 0 ? (double)c->lags[r] / total : 0;
}
