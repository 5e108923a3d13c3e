/* corpus: documents as bags of words, from a file or made up
 *
 *     UCI's docword.txt    three lines: documents, words of the vocabulary, entries; then of each entry
 *                          DOCUMENT WORD COUNT, numbered from 1, documents in their order
 *     a folder             each file a document of text, in the order of their names; words are runs of
 *                          three letters and more, ASCII's in lower case and every byte above it
 *
 * Source: Newman 2008 (UCI Machine Learning Repository, Bag of Words).
 */
#ifndef TG_ASGD_TASKS_CORPUS_H
#define TG_ASGD_TASKS_CORPUS_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_corpus {
    size_t    documents, words;
    size_t   *first; /* (documents + 1) where a document's tokens begin */
    uint32_t *word;  /* (first[documents]) of each token, from 0 */
    size_t    topics;
    double   *phi; /* (topics, words) what it was drawn from; NULL: that is not known */
} tg_corpus;

/* The first `limit` documents, plain or gzip. Owner: tg_corpus_free(). Errors: TG_EIO unreadable;
 * TG_EINPUT with the line: no such numbers, out of the range that the first lines give, documents out
 * of order, fewer or more entries, no tokens; TG_ENOMEM, also over what tg_memory_check() allows;
 * TG_ESTOP. */
TG_CHECKED tg_status tg_corpus_read(const char *path, size_t limit, tg_corpus *out);
void                 tg_corpus_free(tg_corpus *c);

/* The first `limit` files of a folder, plain or gzip; folders in it, and names that begin with a dot, are
 * left out. Words are numbered as they come. Owner: tg_corpus_free(). Errors: TG_EIO unreadable, or none;
 * TG_EINPUT no tokens; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_corpus_texts(const char *folder, size_t limit, tg_corpus *out);

/* A synthetic corpus drawn from the model itself: phi_k ~ Dirichlet(beta) over words, of each document
 * theta ~ Dirichlet(alpha) over topics and `length` tokens, each of a topic k ~ theta a word ~ phi_k. */
typedef struct tg_drawn {
    size_t documents, words, topics, length;
    double alpha, beta; /* > 0 */
} tg_drawn;

/* Owner of *out: tg_corpus_free(). Errors: TG_EDOMAIN nothing of something, alpha or beta not > 0;
 * TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_corpus_drawn(const tg_drawn *what, uint64_t seed, tg_corpus *out);

#endif
