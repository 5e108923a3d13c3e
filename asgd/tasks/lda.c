#include "asgd/tasks/lda.h"

#include "core/memory.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct tg_lda {
    const tg_corpus *c;
    size_t           K, P, batch, longest; /* longest: rounds until all has arrived */
    double           alpha, beta;
    uint64_t         seed, round;
    tg_caches       *caches;
    uint32_t        *topic;  /* (tokens) z */
    double          *in_doc; /* (topics) n_dk of the document at hand */
    double          *share;  /* (topics) p(z <= k), not normalised */
    double          *weight; /* (topics) 1 / (n_k + W beta) */
    double          *u;      /* (words + 1, topics) differences of a worker; or counts */
};

static size_t
dim_of(const tg_lda *l)
{
    return (l->c->words + 1) * l->K;
}

void
tg_lda_free(tg_lda *l)
{
    if (!l) return;
    tg_caches_free(l->caches);
    free(l->topic);
    free(l->in_doc);
    free(l->share);
    free(l->weight);
    free(l->u);
    free(l);
}

static void
count_token(tg_lda *l, size_t word, size_t k, double by)
{
    l->u[word * l->K + k] += by;
    l->u[l->c->words * l->K + k] += by;
}

/* The counts of all topics as they are, into u. */
static void
count_all(tg_lda *l)
{
    const size_t tokens = l->c->first[l->c->documents];

    memset(l->u, 0, dim_of(l) * sizeof *l->u);
    for (size_t i = 0; i < tokens; i++) count_token(l, l->c->word[i], l->topic[i], 1);
}

static tg_status
check(const tg_corpus *c, const tg_lda_plan *p)
{
    if (p->topics == 0 || p->topics > UINT32_MAX || p->workers == 0 || !(p->alpha > 0) ||
        !(p->beta > 0) || !isfinite(p->alpha + p->beta))
        return tg_fail(TG_EDOMAIN,
                       "topics need topics, workers, alpha and beta > 0, got %zu, %zu, %g, "
                       "%g",
                       p->topics, p->workers, p->alpha, p->beta);
    if (c->documents < p->workers || p->lag.part)
        return tg_fail(TG_EDOMAIN,
                       "%zu documents cannot be split over %zu workers, or the lag has "
                       "parts",
                       c->documents, p->workers);
    return tg_memory_check(4 * (double)c->first[c->documents] +
                               8 * (double)p->topics * (double)(c->words + 3),
                           "take fewer topics");
}

/* Topics drawn evenly, and the caches with their counts. */
static tg_status
begin(tg_lda *l, const tg_lda_plan *p)
{
    const size_t tokens = l->c->first[l->c->documents];
    tg_rng       g = tg_rng_stream(l->seed, TG_PURPOSE_START, 0);

    for (size_t i = 0; i < tokens; i++) l->topic[i] = (uint32_t)tg_rng_below(&g, l->K);
    count_all(l);
    return tg_caches_create(l->P, dim_of(l), l->u, &p->lag, l->seed, &l->caches);
}

tg_status
tg_lda_create(const tg_corpus *corpus, const tg_lda_plan *plan, tg_lda **out)
{
    TG_TRY(check(corpus, plan));
    tg_lda *l = calloc(1, sizeof *l);
    if (!l) return tg_fail(TG_ENOMEM, "out of memory");
    *l = (tg_lda){ .c = corpus,
                   .K = plan->topics,
                   .P = plan->workers,
                   .batch = plan->batch,
                   .longest = plan->lag.most + 1,
                   .alpha = plan->alpha,
                   .beta = plan->beta,
                   .seed = plan->seed };
    l->topic = malloc(corpus->first[corpus->documents] * sizeof *l->topic);
    l->in_doc = malloc(l->K * sizeof *l->in_doc);
    l->share = malloc(l->K * sizeof *l->share);
    l->weight = malloc(l->K * sizeof *l->weight);
    l->u = malloc(dim_of(l) * sizeof *l->u);
    const bool whole = l->topic && l->in_doc && l->share && l->weight && l->u;
    tg_status  status = whole ? begin(l, plan) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        *out = l;
    else
        tg_lda_free(l);
    return status;
}

/* ---- a round ------------------------------------------------------------------------- */

static double
at_least_0(double x)
{
    return x > 0 ? x : 0;
}

/* 1 / (n_k + W beta) after the differences of this round */
static void
weigh(tg_lda *l, const double *cache, size_t k)
{
    const size_t at = l->c->words * l->K + k;

    l->weight[k] = 1 / (at_least_0(cache[at] + l->u[at]) + (double)l->c->words * l->beta);
}

/* A topic for a token of this word, with its own topic taken out of all counts. */
static size_t
draw_topic(tg_lda *l, const double *cache, size_t word, tg_rng *g)
{
    const size_t  K = l->K;
    const double *n = cache + word * K, *du = l->u + word * K, *n_d = l->in_doc;
    const double  alpha = l->alpha, beta = l->beta, *weight = l->weight;
    double       *share = l->share, sum = 0;

    for (size_t k = 0; k < K; k++)
        share[k] = (n_d[k] + alpha) * (at_least_0(n[k] + du[k]) + beta) * weight[k];
    for (size_t k = 0; k < K; k++) share[k] = sum += share[k];
    const double u = tg_rng_uniform(g) * sum;
    size_t       k = 0;
    while (k + 1 < K && share[k] <= u) k++;
    return k;
}

/* A token goes to a topic (by 1) or leaves it (by -1). */
static void
move(tg_lda *l, const double *cache, size_t word, size_t k, double by)
{
    l->in_doc[k] += by;
    count_token(l, word, k, by);
    weigh(l, cache, k);
}

static void
go_through(tg_lda *l, const double *cache, size_t document, tg_rng *g)
{
    const size_t from = l->c->first[document], to = l->c->first[document + 1];

    memset(l->in_doc, 0, l->K * sizeof *l->in_doc);
    for (size_t i = from; i < to; i++) l->in_doc[l->topic[i]]++;
    for (size_t i = from; i < to; i++) {
        const size_t word = l->c->word[i];
        move(l, cache, word, l->topic[i], -1);
        l->topic[i] = (uint32_t)draw_topic(l, cache, word, g);
        move(l, cache, word, l->topic[i], 1);
    }
}

/* The worker's documents lie side by side; batches of them in turn, round by round. */
static void
work(tg_lda *l, size_t worker)
{
    const size_t first = worker * l->c->documents / l->P,
                 own = (worker + 1) * l->c->documents / l->P - first,
                 batch = l->batch > 0 && l->batch < own ? l->batch : own;
    const double *cache = tg_cache(l->caches, worker);
    tg_rng g = tg_rng_of(l->seed, TG_PURPOSE_NOISE, (uint32_t)worker, (uint32_t)l->round);

    memset(l->u, 0, dim_of(l) * sizeof *l->u);
    for (size_t k = 0; k < l->K; k++) weigh(l, cache, k);
    for (size_t i = 0; i < batch; i++)
        go_through(l, cache, first + (l->round * batch + i) % own, &g);
    tg_caches_add(l->caches, worker, l->u);
}

tg_status
tg_lda_round(tg_lda *l)
{
    TG_TRY(tg_stop_check());
    for (size_t w = 0; w < l->P; w++) work(l, w);
    tg_caches_next(l->caches);
    l->round++;
    return TG_OK;
}

void
tg_lda_settle(tg_lda *l)
{
    for (size_t i = 0; i < l->longest; i++) tg_caches_next(l->caches);
}

/* ---- what came of it ----------------------------------------------------------------- */

const uint32_t *
tg_lda_assigned(const tg_lda *l)
{
    return l->topic;
}

const double *
tg_lda_counts(const tg_lda *l, size_t worker)
{
    return tg_cache(l->caches, worker);
}

/* log p(w | z) */
static double
of_words(tg_lda *l)
{
    const double W = (double)l->c->words, beta = l->beta;
    double       sum = (double)l->K * (lgamma(W * beta) - W * lgamma(beta));

    count_all(l);
    for (size_t j = 0; j < l->c->words * l->K; j++) sum += lgamma(l->u[j] + beta);
    for (size_t k = 0; k < l->K; k++)
        sum -= lgamma(l->u[l->c->words * l->K + k] + W * beta);
    return sum;
}

/* log p(z) */
static double
of_topics(tg_lda *l)
{
    const double K = (double)l->K, alpha = l->alpha;
    double       sum = (double)l->c->documents * (lgamma(K * alpha) - K * lgamma(alpha));

    for (size_t d = 0; d < l->c->documents; d++) {
        const size_t from = l->c->first[d], to = l->c->first[d + 1];
        memset(l->in_doc, 0, l->K * sizeof *l->in_doc);
        for (size_t i = from; i < to; i++) l->in_doc[l->topic[i]]++;
        for (size_t k = 0; k < l->K; k++) sum += lgamma(l->in_doc[k] + alpha);
        sum -= lgamma((double)(to - from) + K * alpha);
    }
    return sum;
}

double
tg_lda_likelihood(tg_lda *l)
{
    return (of_words(l) + of_topics(l)) / (double)l->c->documents;
}

void
tg_lda_topics(tg_lda *l, double *phi)
{
    const size_t W = l->c->words, K = l->K;

    count_all(l);
    for (size_t k = 0; k < K; k++)
        for (size_t w = 0; w < W; w++)
            phi[k * W + w] =
                (l->u[w * K + k] + l->beta) / (l->u[W * K + k] + (double)W * l->beta);
}
