#include "asgd/problems/factorisation.h"

#include "asgd/problems/dataset.h"
#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 255 };

typedef struct factorisation {
    tg_ratings       r;
    tg_factorisation plan;
    tg_dataset       owners; /* who owns which ratings to train; of samples labels alone */
    double           mean;
} factorisation;

static void
factorisation_free(void *self)
{
    factorisation *s = self;

    if (!s) return;
    tg_ratings_free(&s->r);
    tg_dataset_free(&s->owners);
    free(s);
}

static size_t
dim_of(const factorisation *s)
{
    return (s->r.users + s->r.items) * s->plan.rank;
}

static void
factorisation_start(const void *self, double *x)
{
    const factorisation *s = self;
    tg_rng               g = tg_rng_stream(s->plan.seed, TG_PURPOSE_START, 0);

    for (size_t j = 0; j < dim_of(s); j++) x[j] = s->plan.start * tg_rng_normal(&g);
}

static size_t
user_at(const factorisation *s, size_t rating)
{
    return s->r.user[rating] * s->plan.rank;
}

static size_t
item_at(const factorisation *s, size_t rating)
{
    return (s->r.users + s->r.item[rating]) * s->plan.rank;
}

/* e of a rating */
static double
error_of(const factorisation *s, size_t rating, const double *x)
{
    const double *u = x + user_at(s, rating), *v = x + item_at(s, rating);
    double        e = s->r.value[rating] - s->mean;

    for (size_t k = 0; k < s->plan.rank; k++) e -= u[k] * v[k];
    return e;
}

/* g += weight times the gradient of a rating's loss. */
static void
add_rating(const factorisation *s, size_t rating, const double *x, double weight, double *g)
{
    const size_t  a = user_at(s, rating), b = item_at(s, rating);
    const double *u = x + a, *v = x + b;
    const double  e = error_of(s, rating, x), l2 = s->plan.l2;

    for (size_t k = 0; k < s->plan.rank; k++) {
        g[a + k] += weight * (l2 * u[k] - e * v[k]);
        g[b + k] += weight * (l2 * v[k] - e * u[k]);
    }
}

static double
loss_of(const factorisation *s, size_t rating, const double *x)
{
    const double *u = x + user_at(s, rating), *v = x + item_at(s, rating);
    const double  e = error_of(s, rating, x);
    double        squares = 0;

    for (size_t k = 0; k < s->plan.rank; k++) squares += u[k] * u[k] + v[k] * v[k];
    return (e * e + s->plan.l2 * squares) / 2;
}

static void
factorisation_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
                       double *scratch, double *g)
{
    const factorisation *s = self;
    const tg_dataset    *d = &s->owners;
    const size_t         part = tg_dataset_part(d, worker), first = d->begin[part],
                 size = d->begin[part + 1] - first, batch = s->plan.batch;

    (void)scratch;
    memset(g, 0, dim_of(s) * sizeof *g);
    for (size_t i = 0; batch == 0 && i < size; i++)
        add_rating(s, d->owned[first + i], x, 1 / (double)size, g);
    for (size_t i = 0; i < batch; i++)
        add_rating(s, d->owned[first + tg_rng_below(draws, size)], x, 1 / (double)batch, g);
}

/* F, parts weighing the same, or (g not NULL) its gradient. */
static double
sum_all(const factorisation *s, const double *x, double *g)
{
    const tg_dataset *d = &s->owners;
    double            f = 0;

    for (size_t part = 0; part < d->parts; part++) {
        const size_t size = d->begin[part + 1] - d->begin[part];
        const double share = 1 / (double)size / (double)d->parts;
        for (size_t i = d->begin[part]; i < d->begin[part + 1]; i++)
            if (g)
                add_rating(s, d->owned[i], x, share, g);
            else
                f += share * loss_of(s, d->owned[i], x);
    }
    return f;
}

static double
factorisation_loss(const void *self, const double *x, double *scratch)
{
    (void)scratch;
    return sum_all(self, x, NULL);
}

static void
factorisation_slope(const void *self, const double *x, double *scratch, double *g)
{
    (void)scratch;
    memset(g, 0, dim_of(self) * sizeof *g);
    sum_all(self, x, g);
}

static double
factorisation_score(const void *self, const double *x, double *scratch)
{
    const factorisation *s = self;
    double               left = 0, all = 0;

    (void)scratch;
    for (size_t i = s->r.count - s->r.test; i < s->r.count; i++) {
        const double e = error_of(s, i, x), r = s->r.value[i] - s->mean;
        left += e * e;
        all += r * r;
    }
    return all > 0 ? 1 - left / all : (double)NAN;
}

/* As measured: what the products of a rating take, and to come by one at random, which is another
 * thing where the ratings are not in cache. */
static double
factorisation_seconds(const void *self, bool loss)
{
    const factorisation *s = self;
    const double         count = (double)s->r.count, rank = (double)s->plan.rank;
    const size_t         own = s->owners.samples / s->owners.parts,
                 batch = s->plan.batch ? s->plan.batch : own;

    if (loss) return count * (4e-9 + 2.2e-9 * rank);
    return (double)batch * ((count < 2e5 ? 3e-8 : 4e-7) + 3e-9 * rank);
}

static const tg_problem_kind kind = { .name = "factorisation",
                                      .doc = "factors of users and items from ratings",
                                      .start = factorisation_start,
                                      .gradient = factorisation_gradient,
                                      .loss = factorisation_loss,
                                      .slope = factorisation_slope,
                                      .score = factorisation_score,
                                      .seconds = factorisation_seconds,
                                      .free = factorisation_free };

static tg_status
check(const tg_ratings *r, const tg_factorisation *p)
{
    if (p->rank == 0 || !(p->l2 >= 0) || !isfinite(p->l2) || !(p->start > 0) ||
        !isfinite(p->start))
        return tg_fail(TG_EDOMAIN,
                       "a factorisation needs a rank >= 1, l2 >= 0 and a start > 0, got "
                       "%zu, %g, %g",
                       p->rank, p->l2, p->start);
    if (r->count <= r->test || r->count > UINT32_MAX)
        return tg_fail(TG_EDOMAIN, "%zu ratings, of which %zu are to test, cannot be used",
                       r->count, r->test);
    return tg_memory_check(8 * (double)p->rank * (double)(r->users + r->items),
                           "take a lower rank");
}

/* The split knows ratings by groups of users. */
static tg_status
split(factorisation *s)
{
    const size_t train = s->r.count - s->r.test,
                 groups = s->r.users < MOST_GROUPS ? s->r.users : MOST_GROUPS;

    s->owners = (tg_dataset){ .samples = train, .classes = groups, .label = malloc(train) };
    if (!s->owners.label) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < train; i++) {
        s->owners.label[i] = (uint8_t)(s->r.user[i] * groups / s->r.users);
        s->mean += s->plan.centred ? s->r.value[i] / (double)train : 0;
    }
    return tg_dataset_split(&s->owners, s->plan.workers, &s->plan.split, s->plan.seed);
}

tg_status
tg_problem_factorisation(tg_ratings *ratings, const tg_factorisation *plan,
                         tg_problem **out)
{
    TG_TRY(check(ratings, plan));
    tg_problem    *p = calloc(1, sizeof *p);
    factorisation *s = calloc(1, sizeof *s);
    tg_status      status = p && s ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) {
        *s = (factorisation){ .r = *ratings, .plan = *plan };
        status = split(s);
    }
    if (status == TG_OK) {
        *p = (tg_problem){ &kind, s, dim_of(s), plan->workers, 0 };
        *ratings = (tg_ratings){ 0 };
        *out = p;
        return TG_OK;
    }
    if (s) tg_dataset_free(&s->owners);
    free(s);
    free(p);
    return status;
}
