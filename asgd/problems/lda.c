#include "asgd/problems/lda.h"

#include "core/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct lda {
    tg_corpus c;
    tg_lda    plan;
    uint32_t *start; /* (tokens) z at the start */
} lda;

/* The parts of a simulation's scratch, which stays from job to job. */
typedef struct bench {
    double   *count;  /* (words + 1, topics) of all topics as they are */
    double   *in_doc; /* (topics) n_dk of the document at hand */
    double   *share;  /* (topics) p(z <= k), not normalised */
    double   *weight; /* (topics) 1 / (n_k + W beta) */
    double   *jobs;   /* (workers) done so far */
    uint32_t *topic;  /* (tokens) z */
} bench;

static size_t
dim_of(const lda *s)
{
    return (s->c.words + 1) * s->plan.topics;
}

static size_t
tokens_of(const lda *s)
{
    return s->c.first[s->c.documents];
}

static size_t
bench_room(const lda *s)
{
    return dim_of(s) + 3 * s->plan.topics + s->plan.workers + (tokens_of(s) + 1) / 2;
}

static bench
bench_in(const lda *s, double *scratch)
{
    const size_t K = s->plan.topics;
    bench        b = { .count = scratch };

    b.in_doc = b.count + dim_of(s);
    b.share = b.in_doc + K;
    b.weight = b.share + K;
    b.jobs = b.weight + K;
    b.topic = (uint32_t *)(void *)(b.jobs + s->plan.workers);
    return b;
}

static void
lda_free(void *self)
{
    lda *s = self;

    if (!s) return;
    tg_corpus_free(&s->c);
    free(s->start);
    free(s);
}

/* The counts of these topics, into n. */
static void
count_all(const lda *s, const uint32_t *topic, double *n)
{
    const size_t tokens = tokens_of(s), K = s->plan.topics;

    memset(n, 0, dim_of(s) * sizeof *n);
    for (size_t i = 0; i < tokens; i++) {
        n[s->c.word[i] * K + topic[i]]++;
        n[s->c.words * K + topic[i]]++;
    }
}

static void
lda_start(const void *self, double *x)
{
    const lda *s = self;

    count_all(s, s->start, x);
}

static void
lda_begin(const void *self, double *scratch)
{
    const lda  *s = self;
    const bench b = bench_in(s, scratch);

    memset(b.jobs, 0, s->plan.workers * sizeof *b.jobs);
    memcpy(b.topic, s->start, tokens_of(s) * sizeof *b.topic);
}

/* ---- a job --------------------------------------------------------------------------- */

/* What a job reads and makes: counts x, of which g takes the differences off. */
typedef struct job {
    const lda    *s;
    bench         b;
    const double *x;
    double       *g;
} job;

static double
at_least_0(double x)
{
    return x > 0 ? x : 0;
}

/* 1 / (n_k + W beta) after what this job has done */
static void
weigh(const job *j, size_t k)
{
    const size_t W = j->s->c.words, at = W * j->s->plan.topics + k;

    j->b.weight[k] = 1 / (at_least_0(j->x[at] - j->g[at]) + (double)W * j->s->plan.beta);
}

/* A topic for a token of this word, with its own topic taken out of all counts. */
static size_t
draw_topic(const job *j, size_t word, tg_rng *draws)
{
    const size_t  K = j->s->plan.topics;
    const double *n = j->x + word * K, *g = j->g + word * K, *n_d = j->b.in_doc;
    const double  alpha = j->s->plan.alpha, beta = j->s->plan.beta, *weight = j->b.weight;
    double       *share = j->b.share, sum = 0;

    for (size_t k = 0; k < K; k++)
        share[k] = (n_d[k] + alpha) * (at_least_0(n[k] - g[k]) + beta) * weight[k];
    for (size_t k = 0; k < K; k++) share[k] = sum += share[k];
    const double u = tg_rng_uniform(draws) * sum;
    size_t       k = 0;
    while (k + 1 < K && share[k] <= u) k++;
    return k;
}

/* A token goes to a topic (by 1) or leaves it (by -1). */
static void
move(const job *j, size_t word, size_t k, double by)
{
    const size_t K = j->s->plan.topics;

    j->b.in_doc[k] += by;
    j->g[word * K + k] -= by;
    j->g[j->s->c.words * K + k] -= by;
    weigh(j, k);
}

/* n_dk of a document, into in_doc. */
static void
count_document(const lda *s, const bench *b, size_t document)
{
    memset(b->in_doc, 0, s->plan.topics * sizeof *b->in_doc);
    for (size_t i = s->c.first[document]; i < s->c.first[document + 1]; i++)
        b->in_doc[b->topic[i]]++;
}

static void
go_through(const job *j, size_t document, tg_rng *draws)
{
    count_document(j->s, &j->b, document);
    for (size_t i = j->s->c.first[document]; i < j->s->c.first[document + 1]; i++) {
        const size_t word = j->s->c.word[i];
        move(j, word, j->b.topic[i], -1);
        j->b.topic[i] = (uint32_t)draw_topic(j, word, draws);
        move(j, word, j->b.topic[i], 1);
    }
}

/* The next batch of the worker's documents. */
static void
lda_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
             double *scratch, double *g)
{
    const lda   *s = self;
    const job    j = { .s = s, .b = bench_in(s, scratch), .x = x, .g = g };
    const size_t D = s->c.documents, P = s->plan.workers, first = worker * D / P,
                 own = (worker + 1) * D / P - first, asked = s->plan.batch,
                 batch = asked > 0 && asked < own ? asked : own,
                 done = (size_t)j.b.jobs[worker]++;

    memset(g, 0, dim_of(s) * sizeof *g);
    for (size_t k = 0; k < s->plan.topics; k++) weigh(&j, k);
    for (size_t i = 0; i < batch; i++)
        go_through(&j, first + (done * batch + i) % own, draws);
}

/* ---- what came of it ----------------------------------------------------------------- */

/* log p(w | z) */
static double
of_words(const lda *s, const bench *b)
{
    const size_t words = s->c.words, K = s->plan.topics;
    const double W = (double)words, beta = s->plan.beta;
    double       sum = (double)K * (lgamma(W * beta) - W * lgamma(beta));

    count_all(s, b->topic, b->count);
    for (size_t i = 0; i < words * K; i++) sum += lgamma(b->count[i] + beta);
    for (size_t k = 0; k < K; k++) sum -= lgamma(b->count[words * K + k] + W * beta);
    return sum;
}

/* log p(z) */
static double
of_topics(const lda *s, const bench *b)
{
    const size_t *first = s->c.first;
    const double  K = (double)s->plan.topics, alpha = s->plan.alpha;
    double        sum = (double)s->c.documents * (lgamma(K * alpha) - K * lgamma(alpha));

    for (size_t d = 0; d < s->c.documents; d++) {
        count_document(s, b, d);
        for (size_t k = 0; k < s->plan.topics; k++) sum += lgamma(b->in_doc[k] + alpha);
        sum -= lgamma((double)(first[d + 1] - first[d]) + K * alpha);
    }
    return sum;
}

static double
lda_loss(const void *self, const double *x, double *scratch)
{
    const lda  *s = self;
    const bench b = bench_in(s, scratch);

    (void)x;
    return -(of_words(s, &b) + of_topics(s, &b)) / (double)s->c.documents;
}

/* Half of sum_w |phi_kw - found_jw| of planted topic k and found topic j, by counts x. */
static double
apart(const lda *s, const double *x, size_t k, size_t j)
{
    const size_t  W = s->c.words, K = s->plan.topics;
    const double *phi = s->c.phi + k * W, beta = s->plan.beta,
                 total = at_least_0(x[W * K + j]) + (double)W * beta;
    double sum = 0;

    for (size_t w = 0; w < W; w++)
        sum += fabs(phi[w] - (at_least_0(x[w * K + j]) + beta) / total) / 2;
    return sum;
}

/* A topic that is taken has a share of 1; a planted one without a partner is 1 away. */
static double
lda_score(const void *self, const double *x, double *scratch)
{
    const lda   *s = self;
    const size_t K = s->plan.topics;
    double      *taken = bench_in(s, scratch).share, sum = 0;

    if (!s->c.phi) return NAN;
    for (size_t j = 0; j < K; j++) taken[j] = 0;
    for (size_t k = 0; k < s->c.topics; k++) {
        double least = 1;
        size_t at = K;
        for (size_t j = 0; j < K; j++) {
            const double away = taken[j] > 0 ? 1 : apart(s, x, k, j);
            if (away < least) {
                least = away;
                at = j;
            }
        }
        if (at < K) taken[at] = 1;
        sum += least;
    }
    return 1 - sum / (double)s->c.topics;
}

/* As measured: lgamma of every count, and tokens one by one. */
static double
lda_seconds(const void *self, bool loss)
{
    const lda   *s = self;
    const double K = (double)s->plan.topics, D = (double)s->c.documents,
                 W = (double)s->c.words, tokens = (double)tokens_of(s),
                 planted = s->c.phi ? (double)s->c.topics : 0,
                 own = fmax(D / (double)s->plan.workers, 1),
                 batch = s->plan.batch > 0 ? fmin((double)s->plan.batch, own) : own;

    if (loss) return (W + D) * K * 2.5e-8 + tokens * 3e-9 + planted * K * W * 2e-9;
    return batch * tokens / D * (3e-8 + 2e-9 * K);
}

static const tg_problem_kind kind = { .name = "lda",
                                      .doc = "topics of documents by Gibbs sampling",
                                      .start = lda_start,
                                      .begin = lda_begin,
                                      .gradient = lda_gradient,
                                      .loss = lda_loss,
                                      .score = lda_score,
                                      .seconds = lda_seconds,
                                      .free = lda_free };

/* ---- making -------------------------------------------------------------------------- */

static tg_status
check(const tg_corpus *c, const tg_lda *p)
{
    const size_t tokens = c->first[c->documents];

    if (p->topics == 0 || p->workers == 0 || !(p->alpha > 0) || !(p->beta > 0) ||
        !isfinite(p->alpha + p->beta))
        return tg_fail(TG_EDOMAIN,
                       "topics need topics, workers, alpha and beta > 0, got %zu, %zu, %g, "
                       "%g",
                       p->topics, p->workers, p->alpha, p->beta);
    if (p->topics > tokens)
        return tg_fail(TG_EDOMAIN, "%zu topics are too many for %zu tokens", p->topics,
                       tokens);
    if (c->documents < p->workers)
        return tg_fail(TG_EDOMAIN, "%zu documents cannot be split over %zu workers",
                       c->documents, p->workers);
    return tg_memory_check(8 * (double)tokens +
                               16 * (double)p->topics * (double)(c->words + 3),
                           "take fewer topics");
}

static bool
draw_start(lda *s)
{
    const size_t tokens = tokens_of(s);
    tg_rng       g = tg_rng_stream(s->plan.seed, TG_PURPOSE_START, 0);

    s->start = malloc(tokens * sizeof *s->start);
    for (size_t i = 0; s->start && i < tokens; i++)
        s->start[i] = (uint32_t)tg_rng_below(&g, s->plan.topics);
    return s->start != NULL;
}

tg_status
tg_problem_lda(tg_corpus *corpus, const tg_lda *plan, tg_problem **out)
{
    TG_TRY(check(corpus, plan));
    tg_problem *p = calloc(1, sizeof *p);
    lda        *s = calloc(1, sizeof *s);

    if (p && s) *s = (lda){ .c = *corpus, .plan = *plan };
    if (!p || !s || !draw_start(s)) {
        free(p);
        free(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *p = (tg_problem){ &kind, s, dim_of(s), plan->workers, bench_room(s) };
    *corpus = (tg_corpus){ 0 };
    *out = p;
    return TG_OK;
}

const uint32_t *
tg_lda_assigned(const tg_problem *p, const double *scratch)
{
    const lda *s = p->self;

    return (const uint32_t *)(const void *)(scratch + bench_room(s) -
                                            (tokens_of(s) + 1) / 2);
}

void
tg_lda_topics(const tg_problem *p, const double *x, double *phi)
{
    const lda   *s = p->self;
    const size_t W = s->c.words, K = s->plan.topics;
    const double beta = s->plan.beta;

    for (size_t k = 0; k < K; k++)
        for (size_t w = 0; w < W; w++)
            phi[k * W + w] = (x[w * K + k] + beta) / (x[W * K + k] + (double)W * beta);
}
