/* texts: a folder of one text */
#include "validation/fuzz/fuzz.h"

#include "asgd/problems/corpus.h"

#include <sys/stat.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char        folder[80], path[96];
    tg_corpus   c = { 0 };
    const char *file = fuzz_file(data, size);

    snprintf(folder, sizeof folder, "%s.folder", file);
    snprintf(path, sizeof path, "%s/text", folder);
    if (mkdir(folder, 0700) != 0 || rename(file, path) != 0) abort();
    const tg_status status = tg_corpus_texts(folder, 1000, &c);
    remove(path);
    remove(folder);
    if (status != TG_OK) {
        FUZZ_ASSERT(!c.first && !c.word && *tg_message());
        return 0;
    }
    FUZZ_ASSERT(c.documents == 1 && c.first[0] == 0 && c.first[1] > 0);
    FUZZ_ASSERT(c.words > 0 && c.words <= c.first[1]);
    for (size_t i = 0; i < c.first[1]; i++) FUZZ_ASSERT(c.word[i] < c.words);
    tg_corpus_free(&c);
    return 0;
}
