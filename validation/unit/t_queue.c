#include "validation/unit/check.h"

#include "asgd/queue.h"
#include "core/rng.h"

/* Against a plain search for the minimum, with many equal times. */
static void
test_against_search(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 70; n++) {
        tg_rng    g = tg_rng_stream(n, TG_PURPOSE_TEST, 0);
        double    time[70];
        tg_queue *q = NULL;
        for (size_t i = 0; i < n; i++) time[i] = (double)tg_rng_below(&g, 5);
        assert_ok(tg_queue_create(n, time, &q));
        for (int step = 0; step < 500; step++) {
            size_t first = 0;
            for (size_t i = 1; i < n; i++)
                if (time[i] < time[first]) first = i;
            assert_int_equal(tg_queue_first(q), first);
            assert_true(tg_queue_time(q) == time[first]);
            time[first] += (double)tg_rng_below(&g, 4);
            tg_queue_reschedule(q, time[first]);
        }
        tg_queue_free(q);
    }
}

RUN(cmocka_unit_test(test_against_search))
