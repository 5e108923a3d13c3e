/* lda: topics of documents by collapsed Gibbs sampling, with staleness by decree
 *
 * Every token i of document d has a topic z_i, drawn in its turn from
 *
 *     p(z_i = k | rest) ~ (n_dk + alpha) (n_wk + beta) / (n_k + W beta),
 *
 * n_dk, n_wk, n_k the tokens but i of topic k in the document, of this word, of all. P workers share the
 * counts n_wk and n_k; each has documents of its own. In a round each goes through `batch` of them,
 * drawing with the counts of its own cache and what it has done in this round; the differences that
 * this makes reach each cache as the law of lags says (asgd/sim/caches.h). Differences are whole
 * numbers: any order gives the same counts, and each cache's counts add up to the number of tokens at
 * all times. Counts that are negative as long as a difference is on its way are taken for 0.
 * With P = 1 and no lag this is the sampler of Griffiths and Steyvers.
 * Source: Griffiths, Steyvers 2004, eq. 5; Dai, Zhou, Dong, Zhang, Xing 2019 (staleness).
 */
#ifndef TG_ASGD_TASKS_LDA_H
#define TG_ASGD_TASKS_LDA_H

#include "asgd/sim/caches.h"
#include "asgd/tasks/corpus.h"

typedef struct tg_lda_plan {
    size_t   topics, workers;
    size_t   batch;       /* documents of a worker in a round, in turn; 0: all it has */
    double   alpha, beta; /* > 0 */
    tg_lag   lag;         /* copied; of whole differences: no parts */
    uint64_t seed;
} tg_lda_plan;

typedef struct tg_lda tg_lda;

/* Topics drawn evenly, all caches up to date. The corpus is borrowed. Owner of *out: the caller,
 * tg_lda_free(). Errors: TG_EDOMAIN nothing of something, fewer documents than workers, alpha or beta
 * not > 0, those of tg_caches_create(); TG_ENOMEM. */
TG_CHECKED tg_status tg_lda_create(const tg_corpus *corpus, const tg_lda_plan *plan,
                                   tg_lda **out);
void                 tg_lda_free(tg_lda *l);

/* One round of all workers. Errors: TG_ESTOP. */
TG_CHECKED tg_status tg_lda_round(tg_lda *l);

/* Let all differences arrive. */
void tg_lda_settle(tg_lda *l);

/* z (tokens) as it is. */
const uint32_t *tg_lda_assigned(const tg_lda *l);

/* A worker's cache: n_wk, (words, topics), then n_k, (topics). */
const double *tg_lda_counts(const tg_lda *l, size_t worker);

/* log p(w, z) / documents, of the topics as they are, whatever the caches hold. Source: Griffiths,
 * Steyvers 2004, eqs. 2 and 3. */
double tg_lda_likelihood(tg_lda *l);

/* phi (topics, words): (n_wk + beta) / (n_k + W beta), likewise. */
void tg_lda_topics(tg_lda *l, double *phi);

#endif
