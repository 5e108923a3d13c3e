/* law: a law of delay, and every evaluator of it */
#include "validation/fuzz/fuzz.h"

#include "core/delay.h"

#include <math.h>

static void
evaluate(const tg_delay *d)
{
    const double m = tg_delay_mean(d);
    tg_rng       g = tg_rng_stream(1, TG_PURPOSE_DELAY, 0);
    double       low, high;

    FUZZ_ASSERT(m >= 0);
    FUZZ_ASSERT(!(tg_delay_variance(d) < 0));
    tg_delay_support(d, &low, &high);
    FUZZ_ASSERT(low >= 0 && low <= high);
    tg_delay_third(d);
    tg_delay_cv(d);
    tg_delay_abscissa(d);
    for (int i = 0; i < 4; i++) FUZZ_ASSERT(tg_delay_sample(d, &g) >= 0);
    double before = 0;
    for (int i = 0; i < 4; i++) {
        const double t = m * i / 2, at = tg_delay_cdf(d, t);
        FUZZ_ASSERT(!(at < before - 1e-9) && !(at > 1 + 1e-9));
        before = at;
        tg_delay_pdf(d, t);
        tg_delay_quantile(d, (i + .5) / 4);
        tg_delay_laplace(d, (double)i / m + I * (double)(i - 1) / m, NULL);
    }
    tg_delay_poles(d, NULL, 0);
    FUZZ_ASSERT(tg_delay_largest(d, 0, 1 / m, &before) < 1 + 1e-9);
}

/* The text of a law reads back as the same law, but for the rounding of weights that are
 * made to sum to 1 again. */
static void
read_back(const tg_delay *d)
{
    tg_delay *again = NULL;

    if (strstr(tg_delay_text(d), "empirical")) return;
    FUZZ_ASSERT(tg_delay_parse(tg_delay_text(d), &again) == TG_OK);
    const double m = tg_delay_mean(d), n = tg_delay_mean(again);
    FUZZ_ASSERT(m == n || fabs(m - n) <= 1e-9 * m);
    tg_delay_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_delay *d = NULL;

    if (fuzz_names_a_file(data, size)) return 0;
    char *text = fuzz_text(data, size);
    if (tg_delay_parse(text, &d) == TG_OK) {
        evaluate(d);
        read_back(d);
    } else {
        FUZZ_ASSERT(!d && *tg_message());
    }
    tg_delay_free(d);
    free(text);
    return 0;
}
