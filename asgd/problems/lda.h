/* lda: topics of documents by collapsed Gibbs sampling, as a problem of the simulator
 *
 * Every token i of document d has a topic z_i, drawn in its turn from
 *
 *     p(z_i = k | rest) ~ (n_dk + alpha) (n_wk + beta) / (n_k + W beta),
 *
 * n_dk, n_wk, n_k the tokens but i of topic k in the document, of this word, of all. The model x is the
 * counts that workers share, n_wk (words, topics), then n_k (topics); topics of tokens each worker keeps,
 * of documents of its own that lie side by side. What it sends for a gradient is minus the differences
 * that going through `batch` of its documents makes to the counts, drawn with those that it has read and
 * what it has done since: a step of 1 adds them. They are whole numbers, exact in doubles in any order, and
 * whatever is on its way the counts of any model add up to the number of tokens. Counts that are negative as
 * long as a difference is on its way are taken for 0. With one worker and no delay this is the sampler of
 * Griffiths and Steyvers.
 *
 * The loss is -log p(w, z) over the documents, of the topics as they are; the score, where it is known what
 * the corpus was drawn from, 1 - the mean total variation distance of a planted topic to the nearest phi_k,
 * none being taken twice, phi_kw = (n_wk + beta) / (n_k + W beta).
 * Source: Griffiths, Steyvers 2004, eqs. 2, 3 and 5; Dai, Zhou, Dong, Zhang, Xing 2019 (staleness).
 */
#ifndef TG_ASGD_PROBLEMS_LDA_H
#define TG_ASGD_PROBLEMS_LDA_H

#include "asgd/problems/corpus.h"
#include "asgd/problems/problem.h"

typedef struct tg_lda {
    size_t   topics, workers;
    size_t   batch;       /* documents of a job, in turn; 0: all that a worker has */
    double   alpha, beta; /* > 0 */
    uint64_t seed; /* of the topics at the start, drawn evenly, the same in all replicas */
} tg_lda;

/* A problem on this corpus, which is taken. Errors: TG_EDOMAIN nothing of something, alpha or beta not
 * > 0, more topics than tokens, fewer documents than workers; TG_ENOMEM. On failure the corpus still
 * belongs to the caller. */
TG_CHECKED tg_status tg_problem_lda(tg_corpus *corpus, const tg_lda *plan,
                                    tg_problem **out);

/* z (tokens), as the scratch of a simulation of it has them. */
const uint32_t *tg_lda_assigned(const tg_problem *p, const double *scratch);

/* phi (topics, words) of the counts x. */
void tg_lda_topics(const tg_problem *p, const double *x, double *phi);

#endif
