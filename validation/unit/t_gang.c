/* gang: threads under one lock that wait for one another. No tight timings: they hold on a loaded
 * machine. */
#include "core/gang.h"

#include "validation/unit/check.h"

enum { MEMBERS = 7, ROUNDS = 400 };

static tg_gang *gang;
static size_t   turn, turns[MEMBERS];
static bool     late;

/* Each in its turn: who is called by the one before. */
static void
take_turns(size_t index, void *context)
{
    const size_t members = *(const size_t *)context;

    tg_gang_lock(gang);
    for (size_t i = 0; i < ROUNDS; i++) {
        while (turn % members != index) tg_gang_wait(gang, index, INFINITY);
        turn++;
        turns[index]++;
        tg_gang_call(gang, turn % members);
    }
    tg_gang_call(gang, members);
    tg_gang_unlock(gang);
}

static void
test_turns(void **state)
{
    size_t members = MEMBERS;

    (void)state;
    assert_ok(tg_gang_create(members, take_turns, &members, &gang));
    assert_int_equal(turn, 0); /* nobody runs before it begins */
    tg_gang_begin(gang);
    tg_gang_lock(gang);
    while (turn < members * ROUNDS) tg_gang_wait(gang, members, INFINITY);
    tg_gang_unlock(gang);
    tg_gang_join(gang);
    for (size_t i = 0; i < members; i++) assert_int_equal(turns[i], ROUNDS);
}

/* A wait ends at its time and not before, and at once where that is past. */
static void
sleep_a_little(size_t index, void *context)
{
    const double until = tg_gang_clock() + 0.02;

    (void)context;
    tg_gang_lock(gang);
    while (!tg_gang_wait(gang, index, until)) continue;
    late = late && tg_gang_clock() >= until;
    late = late && tg_gang_wait(gang, index, tg_gang_clock() - 1e6);
    tg_gang_unlock(gang);
}

static void
test_times(void **state)
{
    (void)state;
    late = true;
    assert_ok(tg_gang_create(MEMBERS, sleep_a_little, NULL, &gang));
    tg_gang_begin(gang);
    tg_gang_join(gang);
    assert_true(late);
    const double before = tg_gang_clock();
    assert_true(tg_gang_clock() >= before);
    tg_gang_join(NULL);
}

/* A call ends a wait of a day; nobody at all is a gang too. */
static void
wait_a_day(size_t index, void *context)
{
    bool *called = context;

    tg_gang_lock(gang);
    while (!*called) tg_gang_wait(gang, index, tg_gang_clock() + 86400);
    tg_gang_unlock(gang);
}

static void
test_call(void **state)
{
    bool called = false;

    (void)state;
    assert_ok(tg_gang_create(MEMBERS, wait_a_day, &called, &gang));
    tg_gang_begin(gang);
    tg_gang_lock(gang);
    called = true;
    tg_gang_call_all(gang);
    tg_gang_unlock(gang);
    tg_gang_join(gang);
    assert_ok(tg_gang_create(0, wait_a_day, NULL, &gang));
    tg_gang_begin(gang);
    tg_gang_join(gang);
}

RUN(cmocka_unit_test(test_turns), cmocka_unit_test(test_times), cmocka_unit_test(test_call))
