/* corpus: UCI's bag of words */
#include "validation/fuzz/fuzz.h"

#include "asgd/problems/corpus.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_corpus c = { 0 };

    if (tg_corpus_read(fuzz_file(data, size), 1000, &c) != TG_OK) {
        FUZZ_ASSERT(!c.first && !c.word && *tg_message());
        return 0;
    }
    FUZZ_ASSERT(c.documents > 0 && c.documents <= 1000 && c.first[0] == 0);
    for (size_t d = 0; d < c.documents; d++) FUZZ_ASSERT(c.first[d] <= c.first[d + 1]);
    FUZZ_ASSERT(c.first[c.documents] > 0);
    for (size_t i = 0; i < c.first[c.documents]; i++) FUZZ_ASSERT(c.word[i] < c.words);
    tg_corpus_free(&c);
    return 0;
}
