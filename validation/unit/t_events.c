#include "validation/unit/check.h"

#include "asgd/sim/event.h"
#include "core/rng.h"

/* The same events in a plain list, in which the first is looked for. */
typedef struct entry {
    double   t;
    unsigned what;
    size_t   who;
    tg_event handle;
} entry;

enum { MOST = 20000 };
static entry  list[MOST];
static size_t entries;

static size_t
first_of_list(void)
{
    size_t first = 0;

    for (size_t i = 1; i < entries; i++) {
        const entry *a = &list[i], *b = &list[first];
        if (a->t < b->t || (a->t == b->t &&
                            (a->what < b->what || (a->what == b->what && a->who < b->who))))
            first = i;
    }
    return first;
}

static void
add(tg_events *q, double t, unsigned what, size_t who)
{
    entry *e = &list[entries++];

    *e = (entry){ t, what, who, 0 };
    assert_ok(tg_event_add(q, t, what, who, &e->handle));
    for (size_t i = 0; i + 1 < entries; i++) assert_true(list[i].handle != e->handle);
}

static void
pop(tg_events *q)
{
    entry        got, seen;
    const size_t i = first_of_list();

    assert_near(tg_event_next(q), list[i].t, 0);
    assert_true(tg_event_peek(q, &seen.t, &seen.what, &seen.who, &seen.handle));
    assert_true(tg_event_pop(q, &got.t, &got.what, &got.who, &got.handle));
    assert_true(got.t == list[i].t && got.what == list[i].what && got.who == list[i].who);
    assert_true(got.handle == list[i].handle && seen.handle == got.handle);
    list[i] = list[--entries];
}

/* Random adding, taking and cancelling; times in so few steps that most are equal, or all apart.
 * The same (what, who) is never there twice at a time, as their order would be open. */
static void
test_against_list(void **state)
{
    (void)state;
    for (int round = 0; round < 12; round++) {
        tg_rng     g = tg_rng_stream(3, TG_PURPOSE_TEST, (uint64_t)round);
        tg_events *q = NULL;
        size_t     most = 0, who = 0;
        const int  grow = round % 3;
        assert_ok(tg_events_create(&q));
        entries = 0;
        for (int i = 0; i < 4000; i++) {
            const uint64_t die = tg_rng_below(&g, 10);
            if (die < 4 + (uint64_t)grow) {
                const double u = 20 * tg_rng_uniform(&g);
                add(q, round % 2 ? floor(u) : u, (unsigned)tg_rng_below(&g, 16),
                    (who++ * 7919) % 100003);
            } else if (die < 8 && entries > 0) {
                pop(q);
            } else if (entries > 0) {
                const size_t j = tg_rng_below(&g, entries);
                tg_event_cancel(q, list[j].handle);
                list[j] = list[--entries];
            }
            if (entries > most) most = entries;
            if (entries == 0) assert_true(isinf(tg_event_next(q)));
        }
        while (entries > 0) pop(q);
        assert_true(isinf(tg_event_next(q)) && most > 5);
        tg_events_free(q);
    }
}

/* By time, then what, then who, in whatever order they come. */
static void
test_ties(void **state)
{
    const entry  order[] = { { 0, 1, 9, 0 }, { 1, 0, 7, 0 },  { 1, 2, 3, 0 },
                             { 1, 2, 5, 0 }, { 1, 15, 0, 0 }, { 1, 15, TG_MOST_WHO, 0 } };
    const size_t come[] = { 5, 3, 0, 4, 2, 1 };
    tg_events   *q = NULL;
    entry        got;

    (void)state;
    assert_ok(tg_events_create(&q));
    for (size_t i = 0; i < 6; i++) {
        const entry *e = &order[come[i]];
        assert_ok(tg_event_add(q, e->t, e->what, e->who, &got.handle));
    }
    for (size_t i = 0; i < 6; i++) {
        assert_true(tg_event_pop(q, &got.t, &got.what, &got.who, &got.handle));
        assert_true(got.t == order[i].t && got.what == order[i].what &&
                    got.who == order[i].who);
    }
    assert_false(tg_event_pop(q, &got.t, &got.what, &got.who, &got.handle));
    assert_false(tg_event_peek(q, &got.t, &got.what, &got.who, &got.handle));
    tg_events_free(q);
}

/* Thousands cancelled at once, so that the queue is swept, between those that stay; handles are used
 * again and those of the others stay good. */
static void
test_sweep(void **state)
{
    tg_events *q = NULL;
    tg_rng     g = tg_rng_stream(4, TG_PURPOSE_TEST, 0);
    tg_event   largest = 0, again = 0;

    (void)state;
    assert_ok(tg_events_create(&q));
    entries = 0;
    for (size_t i = 0; i < 3000; i++) add(q, tg_rng_uniform(&g), 3, i);
    for (size_t i = 0; i < 3000; i++)
        if (list[i].handle > largest) largest = list[i].handle;
    for (size_t i = 0; i < 5; i++) pop(q);
    for (size_t i = 0; i < entries;)
        if (list[i].who % 10) {
            tg_event_cancel(q, list[i].handle);
            list[i] = list[--entries];
        } else {
            i++;
        }
    assert_true(entries > 290 && entries <= 300);
    for (size_t i = 0; i < 1000; i++) {
        add(q, tg_rng_uniform(&g), 2, i);
        if (list[entries - 1].handle > again) again = list[entries - 1].handle;
    }
    assert_true(again <= largest);
    while (entries > 0) pop(q);
    assert_true(isinf(tg_event_next(q)));
    tg_events_free(q);
}

/* Cancelling the first, and none (0). */
static void
test_cancel_first(void **state)
{
    tg_events *q = NULL;
    tg_event   e[3];
    double     t;
    unsigned   what;
    size_t     who;

    (void)state;
    assert_ok(tg_events_create(&q));
    for (size_t i = 0; i < 3; i++) assert_ok(tg_event_add(q, (double)i, 0, i, &e[i]));
    tg_event_cancel(q, 0);
    tg_event_cancel(q, e[0]);
    assert_near(tg_event_next(q), 1, 0);
    assert_true(tg_event_pop(q, &t, &what, &who, &e[0]));
    assert_true(who == 1 && e[0] == e[1]);
    tg_event_cancel(q, e[2]);
    assert_true(isinf(tg_event_next(q)));
    assert_ok(tg_event_add(q, .5, 1, 8, &e[0]));
    assert_near(tg_event_next(q), .5, 0);
    tg_events_free(q);
}

static void
test_domain(void **state)
{
    tg_events *q = NULL;
    tg_event   e;

    (void)state;
    assert_ok(tg_events_create(&q));
    assert_fails(tg_event_add(q, -1, 0, 0, &e), TG_EDOMAIN, ">= 0");
    assert_fails(tg_event_add(q, NAN, 0, 0, &e), TG_EDOMAIN, ">= 0");
    assert_ok(tg_event_add(q, -0.0, 0, 0, &e));
    assert_near(tg_event_next(q), 0, 0);
    tg_events_free(q);
    tg_events_free(NULL);
}

RUN(cmocka_unit_test(test_against_list), cmocka_unit_test(test_ties),
    cmocka_unit_test(test_sweep), cmocka_unit_test(test_cancel_first),
    cmocka_unit_test(test_domain))
