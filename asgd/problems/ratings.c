#include "asgd/problems/ratings.h"

#include "core/memory.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Streams of TG_PURPOSE_DATA that no split and no minibatch has. */
enum { FACTORS = 2, PAIRS, HELD_OUT };

void
tg_ratings_free(tg_ratings *r)
{
    free(r->user);
    free(r->item);
    free(r->value);
    *r = (tg_ratings){ 0 };
}

static tg_rng
stream(uint64_t seed, uint64_t purpose)
{
    return tg_rng_stream(seed, TG_PURPOSE_DATA, UINT64_MAX - purpose);
}

/* Whether to take the next of `left` things where `wanted` of them are to be taken.
 * Source: Knuth 1997, 3.4.2, algorithm S. */
static bool
take(tg_rng *g, size_t left, size_t *wanted)
{
    const bool taken = tg_rng_uniform(g) * (double)left < (double)*wanted;

    *wanted -= taken;
    return taken;
}

/* ---- synthetic ----------------------------------------------------------------------- */

static tg_status
check_planted(const tg_planted *p)
{
    const double pairs = (double)p->users * (double)p->items;

    if (p->users == 0 || p->items == 0 || p->count == 0 || p->rank == 0)
        return tg_fail(TG_EDOMAIN,
                       "synthetic ratings need users, items, ratings and a rank, got %zu, "
                       "%zu, %zu, %zu",
                       p->users, p->items, p->count, p->rank);
    if (p->users > UINT32_MAX || p->items > UINT32_MAX || !((double)p->count <= pairs))
        return tg_fail(TG_EDOMAIN,
                       "%zu users and %zu items have %.0f pairs, %zu ratings are too many",
                       p->users, p->items, pairs, p->count);
    if (!(p->noise >= 0) || !isfinite(p->noise))
        return tg_fail(TG_EDOMAIN, "the noise of ratings must be >= 0, got %g", p->noise);
    return tg_memory_check(16 * (double)p->count +
                               8 * (double)p->rank * (double)(p->users + p->items),
                           "take fewer ratings");
}

/* The pairs in their order, users first. */
static tg_status
draw_pairs(const tg_planted *p, uint64_t seed, tg_ratings *r)
{
    tg_rng g = stream(seed, PAIRS);
    size_t left = p->users * p->items, wanted = p->count;

    for (size_t u = 0; u < p->users; u++) {
        TG_TRY(tg_stop_check());
        for (size_t i = 0; i < p->items; i++)
            if (take(&g, left--, &wanted)) {
                r->user[r->count] = (uint32_t)u;
                r->item[r->count++] = (uint32_t)i;
            }
    }
    return TG_OK;
}

static void
rate(const tg_planted *p, uint64_t seed, double *factor, tg_ratings *r)
{
    tg_rng       g = stream(seed, FACTORS);
    const size_t K = p->rank;

    for (size_t j = 0; j < (p->users + p->items) * K; j++)
        factor[j] = tg_rng_normal(&g) / pow((double)K, .25);
    for (size_t s = 0; s < r->count; s++) {
        const double *u = factor + r->user[s] * K,
                     *v = factor + (p->users + r->item[s]) * K;
        r->value[s] = p->noise * tg_rng_normal(&g);
        for (size_t k = 0; k < K; k++) r->value[s] += u[k] * v[k];
    }
}

tg_status
tg_ratings_planted(const tg_planted *what, uint64_t seed, tg_ratings *out)
{
    TG_TRY(check_planted(what));
    tg_ratings r = { .users = what->users,
                     .items = what->items,
                     .user = malloc(what->count * sizeof *r.user),
                     .item = malloc(what->count * sizeof *r.item),
                     .value = malloc(what->count * sizeof *r.value) };
    double    *factor = malloc((what->users + what->items) * what->rank * sizeof *factor);
    tg_status  status = r.user && r.item && r.value && factor
                            ? draw_pairs(what, seed, &r)
                            : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) rate(what, seed, factor, &r);
    free(factor);
    if (status == TG_OK)
        *out = r;
    else
        tg_ratings_free(&r);
    return status;
}

/* ---- held out ------------------------------------------------------------------------ */

/* A list of things of so many bytes: those that are held out go behind the others; room as long. */
static void
partition(void *list, size_t bytes, size_t count, size_t train, const bool *out, char *room)
{
    size_t front = 0, back = train;

    for (size_t s = 0; s < count; s++)
        memcpy(room + bytes * (out[s] ? back++ : front++), (char *)list + bytes * s, bytes);
    memcpy(list, room, bytes * count);
}

tg_status
tg_ratings_hold_out(tg_ratings *r, double share, uint64_t seed)
{
    if (!(share >= 0 && share < 1) || r->count == 0)
        return tg_fail(TG_EDOMAIN, "the share to test must be in [0, 1), got %g of %zu",
                       share, r->count);
    const size_t n = r->count, test = (size_t)(share * (double)n);
    size_t       wanted = test;
    bool        *out = malloc(n * sizeof *out);
    char        *room = malloc(n * sizeof *r->value);
    tg_rng       g = stream(seed, HELD_OUT);

    if (!out || !room) {
        free(out);
        free(room);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t s = 0; s < n; s++) out[s] = take(&g, n - s, &wanted);
    partition(r->user, sizeof *r->user, n, n - test, out, room);
    partition(r->item, sizeof *r->item, n, n - test, out, room);
    partition(r->value, sizeof *r->value, n, n - test, out, room);
    r->test = test;
    free(out);
    free(room);
    return TG_OK;
}
