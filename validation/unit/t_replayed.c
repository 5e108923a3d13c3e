#include "validation/unit/worklogs.h"

#include "asgd/traces/replayed.h"

static double
together(size_t worker, size_t row)
{
    (void)worker;
    return row % 40 < 20 ? 3 : 1;
}

static double
in_turns(size_t worker, size_t row)
{
    return (row / 20 + worker) % 8 == 0 ? 10 : 1;
}

#define JOB "{law: gamma, shape: 9, mean: 1}"

static tg_replayed
replayed(double (*slow)(size_t, size_t), size_t rows)
{
    tg_replayed r = { 0 };
    tg_trace    t = worklog_of(JOB, NULL, 8, rows, 5, slow);

    assert_ok(tg_replayed_of(&t, 3, &r));
    tg_trace_free(&t);
    return r;
}

/* Independent times: the order does nothing. All slow at a time, or one worker after the
 * other: the staleness of the tail is more than by independent draws of the same times. */
static void
test_order(void **state)
{
    const tg_replayed none = replayed(NULL, 2000), all = replayed(together, 2000),
                      turns = replayed(in_turns, 2000), few = replayed(NULL, 20);

    (void)state;
    assert_true(none.done && all.done && turns.done && !few.done);
    assert_near(none.floor, 1, 4 * none.error);
    assert_near(none.stale, none.drawn, 1);
    assert_true(all.stale > all.drawn);
    assert_true(turns.stale > 1.05 * turns.drawn);
    assert_true(turns.floor > 1 + 2 * turns.error && turns.floor < 1.2);
}

RUN(cmocka_unit_test(test_order))
