/* spectra: eigenvalues or densities as other programs write them */
#include "validation/fuzz/fuzz.h"

#include "asgd/problems/spectra.h"

#include <math.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_spectra s = { 0 };

    if (tg_spectra_read(fuzz_file(data, size), &s) != TG_OK) {
        FUZZ_ASSERT(!s.value && *tg_message());
        return 0;
    }
    FUZZ_ASSERT(s.checkpoints > 0);
    for (size_t c = 0; c < s.checkpoints; c++) {
        const tg_curvature k = tg_spectra_curvature(&s, c);
        double            *h = NULL;
        size_t             n = 0;
        FUZZ_ASSERT(k.largest >= k.least && k.negative >= 0 && k.negative < 1 + 1e-9);
        if (c < 20 && tg_spectra_fill(&s, c, 10, &h, &n) == TG_OK)
            for (size_t i = 0; i < n; i++) FUZZ_ASSERT(h[i] > 0 && h[i] <= h[0]);
        free(h);
    }
    tg_spectra_free(&s);
    return 0;
}
