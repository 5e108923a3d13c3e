/* libsvm: lines of labels and features, and what is made of them */
#include "validation/fuzz/fuzz.h"

#include "asgd/problems/logistic.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    tg_dataset  d = { 0 };
    tg_problem *p = NULL;

    if (tg_libsvm_read(path, 100, &d) != TG_OK) {
        FUZZ_ASSERT(!d.row && *tg_message());
        return 0;
    }
    FUZZ_ASSERT(d.samples > 0 && d.features > 0 && d.classes > 0);
    for (size_t k = 0; k < d.row[d.samples]; k++) FUZZ_ASSERT(d.feature[k] < d.features);
    for (size_t i = 0; i < d.samples; i++) FUZZ_ASSERT(d.label[i] < d.classes);
    for (size_t i = 0; tg_splits[i]; i++) {
        tg_choice how = tg_choice_of(tg_splits[i]);
        if (tg_kind_params(how.kind)) how.param[0] = 1;
        if (tg_dataset_split(&d, 2, &how, 1) == TG_OK)
            FUZZ_ASSERT(d.begin[d.parts] == d.samples);
    }
    if (d.features < 1000 && d.parts > 0 &&
        tg_problem_logistic(&d, &(tg_logistic){ 0, .1, 0, 1 }, &p) == TG_OK)
        tg_problem_free(p);
    tg_dataset_free(&d);
    return 0;
}
