/* What is made and freed a thousand times leaves the heap as it was. */
#include "core/delay.h"
#include "solver/ring.h"
#include "study/spectra.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"

#include <malloc.h>

/* Freed chunks wait in small caches; a leak takes 32 bytes or more, each time. */
enum { MANY = 200, SLACK = 6000 };

static size_t
in_use(void)
{
    return mallinfo2().uordblks;
}

static void
use_law(const char *text)
{
    tg_delay *d = NULL, *kept = NULL, *fresh = NULL;

    assert_ok(tg_delay_parse(text, &d));
    tg_delay_mean(d);
    tg_delay_cdf(d, 1);
    tg_delay_laplace(d, 1, NULL);
    if (tg_delay_at_most(d, 0.6, &kept) == TG_OK) tg_delay_free(kept);
    assert_ok(tg_delay_fresh(d, 1, 3, &fresh, NULL, NULL));
    tg_delay_free(fresh);
    tg_delay_free(d);
}

static void
test_laws(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        for (int k = 0; k < 3; k++) use_law(laws[i]);
        const size_t before = in_use();
        for (int k = 0; k < MANY; k++) use_law(laws[i]);
        if (in_use() > before + SLACK)
            fail_msg("%s: %zu bytes", laws[i], in_use() - before);
    }
}

static void
test_rings(void **state)
{
    tg_ring *r = NULL;

    (void)state;
    for (int k = 0; k < 3; k++) {
        assert_ok(tg_ring_create(100, 1, &r));
        tg_ring_free(r);
    }
    const size_t before = in_use();
    for (int k = 0; k < MANY; k++) {
        assert_ok(tg_ring_create(100, 1, &r));
        tg_ring_free(r);
    }
    assert_true(in_use() <= before + SLACK);
}

static void
use_spectra(const tg_study *study)
{
    tg_spectra s = { 0 };

    assert_ok(tg_study_spectra(study, 2, (double[]){ 0, 0 }, 2, &s));
    tg_spectra_free(&s);
}

static void
test_spectra(void **state)
{
    tg_study *study = NULL;

    (void)state;
    assert_ok(tg_study_parse("name: few\n"
                             "objective: {network: {layers: [{name: dense, width: 2}, "
                             "{name: softmax_loss}], data: {synthetic: {samples: 8, "
                             "classes: 2, height: 2, width: 2, channels: 1}}, batch: 4}}\n"
                             "workers: {count: 2, compute: {law: exponential, mean: 1}}\n"
                             "algorithm: {name: asgd, step: 0.1}\nhorizon: 1\n",
                             "few", &study));
    /* threads of others may keep something for themselves once; a leak is there each time */
    size_t more = SIZE_MAX;
    for (int tries = 0; tries < 4 && more > SLACK; tries++) {
        const size_t before = in_use();
        for (int k = 0; k < MANY; k++) use_spectra(study);
        more = in_use() > before ? in_use() - before : 0;
    }
    if (more > SLACK) fail_msg("%zu bytes", more);
    tg_study_free(study);
}

RUN(cmocka_unit_test(test_laws), cmocka_unit_test(test_rings),
    cmocka_unit_test(test_spectra))
