/* axis: a setting that is varied, "PATH=LOW:HIGH:COUNT[:log]" */
#include "validation/fuzz/fuzz.h"

#include "study/axis.h"

#include <math.h>

static const char study[] =
    "{name: fuzz, objective: {quadratic: {eigenvalues: [1, 2]}}, workers: {count: 2, "
    "compute: {law: constant, value: 1}}, algorithm: {name: asgd, step: 0.1}, horizon: 1}";

static void
apply(const tg_axis *x)
{
    tg_study *s = NULL, *one = NULL;

    FUZZ_ASSERT(tg_study_parse(study, "fuzz", &s) == TG_OK);
    if (tg_axis_apply(x, s, tg_axis_value(x, 0), &one) == TG_OK) FUZZ_ASSERT(one);
    tg_study_free(one);
    tg_study_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char   *text = fuzz_text(data, size);
    tg_axis x;

    if (tg_axis_read("x", text, &x) == TG_OK) {
        const size_t n = x.values.count;
        FUZZ_ASSERT(n > 0);
        FUZZ_ASSERT(isfinite(tg_axis_value(&x, 0)) && isfinite(tg_axis_value(&x, n - 1)));
        apply(&x);
    } else {
        FUZZ_ASSERT(*tg_message());
    }
    free(text);
    return 0;
}
