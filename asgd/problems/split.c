/* split: who owns which samples */
#include "asgd/problems/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Room to deal from. */
typedef struct deck {
    uint32_t *pool;         /* (samples) */
    size_t   *left, *first; /* (classes) */
    double   *weight;       /* (classes) */
} deck;

typedef struct tg_split_kind {
    tg_kind is;
    /* Fill owned; begin is there. */
    void (*fill)(tg_dataset *d, const double *param, tg_rng *rng, const deck *k);
    bool one; /* one part, which every worker owns */
} tg_split_kind;

static void
shuffle(uint32_t *item, size_t n, tg_rng *rng)
{
    for (size_t i = n; i > 1; i--) {
        const size_t   j = tg_rng_below(rng, i);
        const uint32_t swap = item[i - 1];
        item[i - 1] = item[j];
        item[j] = swap;
    }
}

/* A class drawn with probability weight[c] among those that still have samples. */
static size_t
draw_class(const double *weight, const size_t *left, size_t classes, tg_rng *rng)
{
    double total = 0;
    size_t last = 0;

    for (size_t c = 0; c < classes; c++)
        if (left[c]) {
            total += weight[c];
            last = c;
        }
    double u = tg_rng_uniform(rng) * total;
    for (size_t c = 0; c < last; c++) {
        if (!left[c]) continue;
        u -= weight[c];
        if (u < 0) return c;
    }
    return last;
}

/* Samples by class into pool, those of c from first[c] on; their numbers into left. */
static void
sort_by_class(const tg_dataset *d, uint32_t *pool, size_t *left, size_t *first)
{
    memset(left, 0, d->classes * sizeof *left);
    for (size_t i = 0; i < d->samples; i++) left[d->label[i]]++;
    for (size_t c = 0, at = 0; c < d->classes; at += left[c++]) first[c] = at;
    memset(left, 0, d->classes * sizeof *left);
    for (size_t i = 0; i < d->samples; i++) {
        const size_t c = d->label[i];
        pool[first[c] + left[c]++] = (uint32_t)i;
    }
}

/* Pools of shuffled samples by class; `left` counts what remains in each. */
static void
deal(tg_dataset *d, double concentration, tg_rng *rng, const deck *k)
{
    uint32_t *pool = k->pool;
    size_t   *left = k->left, *first = k->first;
    double   *weight = k->weight;

    sort_by_class(d, pool, left, first);
    for (size_t c = 0; c < d->classes; c++) shuffle(pool + first[c], left[c], rng);
    for (size_t w = 0; w < d->workers; w++) {
        for (size_t c = 0; c < d->classes; c++)
            weight[c] = tg_rng_gamma(rng, concentration) + 1e-300;
        for (size_t i = d->begin[w]; i < d->begin[w + 1]; i++) {
            const size_t c = draw_class(weight, left, d->classes, rng);
            d->owned[i] = pool[first[c] + --left[c]];
        }
    }
}

static void
in_order(tg_dataset *d, const double *param, tg_rng *rng, const deck *k)
{
    (void)param;
    (void)rng;
    (void)k;
    for (size_t i = 0; i < d->samples; i++) d->owned[i] = (uint32_t)i;
}

static void
by_label(tg_dataset *d, const double *param, tg_rng *rng, const deck *k)
{
    (void)param;
    (void)rng;
    sort_by_class(d, d->owned, k->left, k->first);
}

static void
by_dirichlet(tg_dataset *d, const double *param, tg_rng *rng, const deck *k)
{
    deal(d, param[0], rng, k);
}

static const tg_param concentration[] = {
    { "alpha", "", "concentration of the classes; small: unlike data", NAN, 0, 1e12, true,
      false },
    { 0 },
};

static const tg_split_kind
    contiguous = { .is = { "contiguous", "even shares in the order of the file", "", NULL },
                   .fill = in_order },
    identical = { .is = { "identical", "every worker has all samples", "", NULL },
                  .fill = in_order,
                  .one = true },
    dirichlet = { .is = { "dirichlet", "each worker its own mixture of classes",
                          "Hsu, Qi, Brown 2019", concentration },
                  .fill = by_dirichlet },
    label = { .is = { "label", "even shares of the samples sorted by label", "", NULL },
              .fill = by_label };

const tg_kind *const tg_splits[] = { &contiguous.is, &identical.is, &dirichlet.is,
                                     &label.is, NULL };

/* ---- the split ----------------------------------------------------------------------- */

static void
take(tg_dataset *d, size_t workers, size_t parts, size_t *begin, uint32_t *owned)
{
    free(d->begin);
    free(d->owned);
    d->workers = workers;
    d->parts = parts;
    d->begin = begin;
    d->owned = owned;
    for (size_t i = 0; i <= parts; i++) begin[i] = i * d->samples / parts;
}

tg_status
tg_dataset_split(tg_dataset *d, size_t workers, const tg_choice *how, uint64_t seed)
{
    const tg_split_kind *kind = (const tg_split_kind *)how->kind;
    const size_t         parts = kind->one ? 1 : workers;
    tg_rng               rng = tg_rng_stream(seed, TG_PURPOSE_DATA, UINT64_MAX);

    TG_TRY(tg_choice_check(how));
    if (workers == 0 || d->samples < parts)
        return tg_fail(TG_EDOMAIN, "%zu samples cannot be split over %zu workers",
                       d->samples, workers);
    size_t    *begin = malloc((parts + 1) * sizeof *begin);
    uint32_t  *owned = malloc(d->samples * sizeof *owned);
    size_t    *counts = calloc(2 * d->classes, sizeof *counts);
    const deck k = { .pool = malloc(d->samples * sizeof *k.pool),
                     .left = counts,
                     .first = counts ? counts + d->classes : NULL,
                     .weight = malloc(d->classes * sizeof *k.weight) };
    const bool whole = begin && owned && counts && k.pool && k.weight;
    if (whole) {
        take(d, workers, parts, begin, owned);
        kind->fill(d, how->param, &rng, &k);
    } else {
        free(begin);
        free(owned);
    }
    free(k.pool);
    free(counts);
    free(k.weight);
    return whole ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}
