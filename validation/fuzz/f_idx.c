/* idx: files of images and of labels, which are the same file */
#include "validation/fuzz/fuzz.h"

#include "asgd/problems/dataset.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char     *path = fuzz_file(data, size);
    tg_dataset      d = { 0 };
    const tg_choice how = tg_choice_of(tg_splits[0]);

    for (size_t dims = 1; dims <= 3; dims += 2) {
        size_t   count[3] = { 9, 9, 9 };
        uint8_t *bytes = NULL;
        if (tg_idx_read(path, dims, count, &bytes) != TG_OK)
            FUZZ_ASSERT(!bytes && count[0] == 9 && count[2] == 9);
        else
            FUZZ_ASSERT(bytes && count[0] > 0);
        free(bytes);
    }
    if (tg_dataset_read(path, path, 100, &d) == TG_OK &&
        tg_dataset_split(&d, 2, &how, 1) == TG_OK)
        FUZZ_ASSERT(d.begin[2] == d.samples);
    tg_dataset_free(&d);
    return 0;
}
