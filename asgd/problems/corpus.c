#include "asgd/problems/corpus.h"

#include "asgd/traces/lines.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST UINT32_MAX /* of what is numbered */
#define OFTEN   65535      /* a word in an entry */

void
tg_corpus_free(tg_corpus *c)
{
    free(c->first);
    free(c->word);
    free(c->phi);
    *c = (tg_corpus){ 0 };
}

/* ---- UCI's bag of words -------------------------------------------------------------- */

typedef struct reading {
    const char *path;
    char       *rest;
    tg_corpus   c;
    size_t      line, room, tokens, begun; /* begun: documents whose tokens have begun */
} reading;

/* The next line that is not blank, as n whole numbers from `least` to LARGEST. */
static tg_status
read_numbers(reading *in, int n, unsigned long least, unsigned long *number)
{
    char *line;

    do {
        line = tg_line_next(&in->rest, &in->line);
    } while (line && !line[strspn(line, " \t")]);
    if (!line) return tg_fail(TG_EINPUT, "%s:%zu: ends too early", in->path, in->line + 1);
    char *at = line;
    for (int i = 0; i < n; i++) {
        char *begin = at + strspn(at, " \t");
        number[i] = strtoul(begin, &at, 10);
        if (at == begin || strchr("+-", *begin) || number[i] < least ||
            number[i] > LARGEST || (*at && !strchr(" \t", *at)))
            return tg_fail(TG_EINPUT,
                           "%s:%zu: expected %d whole number%s from %lu, got \"%.40s\"",
                           in->path, in->line, n, n > 1 ? "s" : "", least, line);
    }
    if (at[strspn(at, " \t")])
        return tg_fail(TG_EINPUT,
                       "%s:%zu: expected nothing behind the number%s, got \"%.40s\"",
                       in->path, in->line, n > 1 ? "s" : "", line);
    return TG_OK;
}

/* `count` tokens of a word behind those there are. */
static tg_status
add_tokens(reading *in, uint32_t word, size_t count)
{
    if (in->tokens + count > in->room) {
        const size_t room = 2 * (in->tokens + count);
        TG_TRY(tg_memory_check(4 * (double)room, "read fewer documents"));
        uint32_t *grown = realloc(in->c.word, room * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        in->c.word = grown;
        in->room = room;
    }
    for (size_t i = 0; i < count; i++) in->c.word[in->tokens++] = word;
    return TG_OK;
}

/* Entry {document, word, count}; *past: it is of a document that is not wanted. */
static tg_status
take_entry(reading *in, const unsigned long entry[3], size_t documents, bool *past)
{
    if (entry[0] > documents || entry[1] > in->c.words || entry[2] > OFTEN)
        return tg_fail(
            TG_EINPUT,
            "%s:%zu: expected a document in 1..%zu, a word in 1..%zu and a count "
            "in 1..%d, got %lu, %lu, %lu",
            in->path, in->line, documents, in->c.words, OFTEN, entry[0], entry[1],
            entry[2]);
    if (entry[0] < in->begun)
        return tg_fail(TG_EINPUT, "%s:%zu: document %lu after document %zu", in->path,
                       in->line, entry[0], in->begun);
    *past = entry[0] > in->c.documents;
    if (*past) return TG_OK;
    while (in->begun < entry[0]) in->c.first[in->begun++] = in->tokens;
    return add_tokens(in, (uint32_t)entry[1] - 1, entry[2]);
}

static tg_status
read_corpus(reading *in, size_t limit)
{
    unsigned long head[3], entry[3];
    bool          past = false;

    for (int i = 0; i < 3; i++) TG_TRY(read_numbers(in, 1, 1, &head[i]));
    in->c.documents = head[0] < limit ? head[0] : limit;
    in->c.words = head[1];
    TG_TRY(tg_memory_check(8 * (double)in->c.documents, "read fewer documents"));
    in->c.first = malloc((in->c.documents + 1) * sizeof *in->c.first);
    if (!in->c.first) return tg_fail(TG_ENOMEM, "out of memory");
    for (unsigned long i = 0; i < head[2] && !past; i++) {
        if (i % 4096 == 0) TG_TRY(tg_stop_check());
        TG_TRY(read_numbers(in, 3, 1, entry));
        TG_TRY(take_entry(in, entry, head[0], &past));
    }
    if (!past && in->rest && in->rest[strspn(in->rest, " \t\r\n")])
        return tg_fail(TG_EINPUT, "%s:%zu: more than %lu entries", in->path, in->line + 1,
                       head[2]);
    while (in->begun <= in->c.documents) in->c.first[in->begun++] = in->tokens;
    if (in->tokens == 0) return tg_fail(TG_EINPUT, "%s: no tokens", in->path);
    return TG_OK;
}

tg_status
tg_corpus_read(const char *path, size_t limit, tg_corpus *out)
{
    reading in = { .path = path };
    tg_text text = { 0 };

    TG_TRY(tg_text_read(path, &text));
    in.rest = text.at;
    const tg_status status = read_corpus(&in, limit);
    tg_text_free(&text);
    if (status == TG_OK)
        *out = in.c;
    else
        tg_corpus_free(&in.c);
    return status;
}

/* ---- drawn from the model ------------------------------------------------------------ */

static void
draw_dirichlet(tg_rng *g, double concentration, size_t n, double *p)
{
    double total = 0;

    for (size_t i = 0; i < n; i++) total += p[i] = tg_rng_gamma(g, concentration) + 1e-300;
    for (size_t i = 0; i < n; i++) p[i] /= total;
}

static size_t
draw_from(tg_rng *g, const double *p, size_t n)
{
    double u = tg_rng_uniform(g);
    size_t i = 0;

    while (i + 1 < n && (u -= p[i]) >= 0) i++;
    return i;
}

static tg_status
draw_documents(const tg_drawn *what, uint64_t seed, double *theta, tg_corpus *c)
{
    for (size_t d = 0; d < what->documents; d++) {
        tg_rng g = tg_rng_stream(seed, TG_PURPOSE_DATA, d + 1);
        if (d % 64 == 0) TG_TRY(tg_stop_check());
        draw_dirichlet(&g, what->alpha, what->topics, theta);
        c->first[d] = d * what->length;
        for (size_t i = 0; i < what->length; i++) {
            const size_t k = draw_from(&g, theta, what->topics);
            c->word[c->first[d] + i] =
                (uint32_t)draw_from(&g, c->phi + k * what->words, what->words);
        }
    }
    c->first[what->documents] = what->documents * what->length;
    return TG_OK;
}

static tg_status
check_drawn(const tg_drawn *what)
{
    const double D = (double)what->documents, W = (double)what->words,
                 K = (double)what->topics, N = (double)what->length;

    if (!(D > 0 && W > 0 && K > 0 && N > 0 && W <= LARGEST) || !(what->alpha > 0) ||
        !(what->beta > 0) || !isfinite(what->alpha + what->beta))
        return tg_fail(TG_EDOMAIN,
                       "a corpus needs documents, words, topics, a length, alpha and beta "
                       "> 0, got %g, %g, %g, %g, %g, %g",
                       D, W, K, N, what->alpha, what->beta);
    return tg_memory_check(4 * D * N + 8 * (K * W + D + K), "make fewer tokens");
}

tg_status
tg_corpus_drawn(const tg_drawn *what, uint64_t seed, tg_corpus *out)
{
    TG_TRY(check_drawn(what));
    const size_t D = what->documents, W = what->words, K = what->topics;
    tg_corpus    c = { .documents = D,
                       .words = W,
                       .first = malloc((D + 1) * sizeof *c.first),
                       .word = malloc(D * what->length * sizeof *c.word),
                       .topics = K,
                       .phi = malloc(K * W * sizeof *c.phi) };
    double      *theta = malloc(K * sizeof *theta);
    tg_rng       g = tg_rng_stream(seed, TG_PURPOSE_DATA, 0);
    tg_status    status =
        c.first && c.word && c.phi && theta ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t k = 0; status == TG_OK && k < K; k++)
        draw_dirichlet(&g, what->beta, W, c.phi + k * W);
    if (status == TG_OK) status = draw_documents(what, seed, theta, &c);
    free(theta);
    if (status == TG_OK)
        *out = c;
    else
        tg_corpus_free(&c);
    return status;
}
