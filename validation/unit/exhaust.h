/* exhaust: every allocation of a call fails once. For k = 1, 2, ... the k-th fails; the
 * call must answer TG_OK or TG_ENOMEM, leave its results alone and lose nothing (`make
 * asan` sees to that). */
#ifndef TG_VALIDATION_EXHAUST_H
#define TG_VALIDATION_EXHAUST_H

#include "validation/unit/check.h"

static long left = -1; /* allocations until one fails; < 0: none does */
static int  failed;

static int
refused(size_t bytes, int again)
{
    (void)bytes, (void)again;
    if (left < 0) return 0;
    failed |= left == 0;
    return left-- == 0;
}

#include "validation/unit/allocations.h"

/* Try until no allocation is left to fail; `work` cleans up after itself. */
static void
exhaust(const char *name, tg_status (*work)(void))
{
    for (long k = 0; k < 100000; k++) {
        failed = 0;
        left = k;
        const tg_status status = work();
        left = -1;
        if (status != TG_OK && status != TG_ENOMEM) {
            print_error("%s, allocation %ld: status %d, %s\n", name, k, (int)status,
                        tg_message());
            fail();
        }
        if (!failed) {
            assert_int_equal(status, TG_OK);
            return;
        }
    }
    fail();
}

#endif
