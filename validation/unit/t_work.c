/* The shares of a list are a partition of it, whatever the order in which they are computed; what is kept
 * of them is what one process keeps; a list of ten million blocks begins at once. */
#include "validation/unit/check.h"

#include "core/parallel.h"
#include "core/work.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STAGES = 7, EACH = 5, BLOCKS = STAGES * EACH };

static const double cost[STAGES] = { 3, 1, 4, 1, 5, 9, 2 };
static char         path[64];

typedef struct doing {
    atomic_size_t ran[BLOCKS];
    size_t        order[BLOCKS], count; /* of one thread */
    size_t        stops, fails;
} doing;

/* The number's own bytes; every seventh cannot be computed. */
static tg_status
block(size_t number, void *context, void **data, size_t *size)
{
    doing *d = context;

    d->ran[number]++;
    d->order[d->count++ % BLOCKS] = number;
    if (number == d->stops) tg_stop_request();
    if (number == d->fails) return tg_fail(TG_EDIVERGED, "block %zu", number);
    if (number % 7 == 6) return TG_OK;
    *size = (number + 1) * sizeof number;
    size_t *to = malloc(*size);
    for (size_t i = 0; i <= number; i++) to[i] = number * 1000 + i;
    *data = to;
    return TG_OK;
}

static tg_work
work_of(doing *d)
{
    return (tg_work){ STAGES, EACH, cost, block, d };
}

static tg_records *
records(bool go_on)
{
    const tg_records_of of = { "seed: 1\n", "1/1\n", BLOCKS };
    tg_records         *r = NULL;

    assert_ok(tg_records_open(path, &of, go_on, &r));
    return r;
}

static int
make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/t_work.XXXXXX");
    const int file = mkstemp(path);
    return file < 0 || close(file) != 0;
}

static int
remove_path(void **state)
{
    (void)state;
    return unlink(path) != 0;
}

static void
shares_are_a_partition(void **state)
{
    doing         d = { .stops = BLOCKS, .fails = BLOCKS };
    const tg_work w = work_of(&d);

    (void)state;
    for (size_t parts = 1; parts < 2 * BLOCKS; parts++) {
        int    seen[BLOCKS] = { 0 };
        double seconds = 0;
        for (size_t part = 0; part < parts; part++) {
            tg_queue *q = NULL;
            double    last = INFINITY;
            assert_ok(tg_queue_create(&w, (tg_share){ part, parts }, &q));
            assert_int_equal(tg_queue_count(q),
                             tg_work_blocks(&w, (tg_share){ part, parts }));
            for (size_t i = 0; i < tg_queue_count(q); i++) {
                const size_t number = tg_queue_number(q, i);
                assert_true(number < BLOCKS && number % parts == part);
                assert_true(cost[number / EACH] <= last);
                last = cost[number / EACH];
                seen[number]++;
            }
            seconds += tg_work_seconds(&w, (tg_share){ part, parts });
            tg_queue_free(q);
        }
        for (int i = 0; i < BLOCKS; i++) assert_int_equal(seen[i], 1);
        assert_true(fabs(seconds - EACH * 25.) < 1e-9);
    }
}

static void
look_at_all(tg_records *r)
{
    size_t back[BLOCKS], size = 0;

    assert_int_equal(tg_records_count(r), BLOCKS);
    for (size_t number = 0; number < BLOCKS; number++) {
        assert_true(tg_records_has(r, number, &size));
        assert_int_equal(size, number % 7 == 6 ? 0 : (number + 1) * sizeof *back);
        assert_true(tg_records_find(r, number, back, size));
        for (size_t i = 0; i < size / sizeof *back; i++)
            assert_int_equal(back[i], number * 1000 + i);
    }
}

/* Stopped anywhere and gone on with, no block is computed twice but those that were cut. */
static void
goes_on(void **state)
{
    (void)state;
    for (size_t stops = 0; stops < BLOCKS; stops += 3) {
        doing           d = { .stops = stops, .fails = BLOCKS };
        const tg_work   w = work_of(&d);
        tg_records     *r = records(false);
        const tg_status status = tg_work_run(&w, (tg_share){ 0, 1 }, 1, NULL, r);
        assert_true(status == TG_ESTOP || d.count == BLOCKS);
        tg_stop_clear();
        assert_true(tg_records_find(r, stops, NULL, 0) || stops % 7 < 6);
        tg_records_close(r, true);
        r = records(true);
        for (size_t part = 3; part-- > 0;)
            assert_ok(tg_work_run(&w, (tg_share){ part, 3 }, 2, NULL, r));
        look_at_all(r);
        for (size_t i = 0; i < BLOCKS; i++) assert_int_equal(d.ran[i], 1);
        tg_records_close(r, true);
    }
}

static void
dearest_first(void **state)
{
    doing         d = { .stops = BLOCKS, .fails = BLOCKS };
    const tg_work w = work_of(&d);
    tg_records   *r = records(false);

    (void)state;
    assert_ok(tg_work_run(&w, (tg_share){ 0, 1 }, 1, NULL, r));
    for (size_t i = 1; i < BLOCKS; i++)
        assert_true(cost[d.order[i - 1] / EACH] >= cost[d.order[i] / EACH]);
    look_at_all(r);
    tg_records_close(r, true);
}

static void
failure(void **state)
{
    doing         d = { .stops = BLOCKS, .fails = 11 };
    const tg_work w = work_of(&d);
    tg_records   *r = records(false);

    (void)state;
    assert_fails(tg_work_run(&w, (tg_share){ 0, 1 }, 2, NULL, r), TG_EDIVERGED, "block 11");
    assert_true(tg_records_count(r) < BLOCKS);
    tg_records_close(r, true);
}

/* What is kept beside a computation: only what took its time. */
static void
keep(void **state)
{
    const struct timespec nap = { 0, 20 * 1000 * 1000 };
    tg_records           *r = records(false);
    const double          since = tg_work_clock();

    (void)state;
    assert_ok(tg_work_keep(r, 1, "ab", 2, tg_work_clock()));
    assert_int_equal(tg_records_count(r), 0);
    nanosleep(&nap, NULL);
    assert_ok(tg_work_keep(r, 1, "ab", 2, since));
    assert_int_equal(tg_records_count(r), 1);
    assert_ok(tg_work_keep(NULL, 1, "ab", 2, since));
    tg_records_close(r, true);
}

static double
cpu(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What ten million may take [MB]; a sanitizer's shadows and what it keeps back are not ours. */
#ifdef __SANITIZE_ADDRESS__
enum { ROOM = 2000 };
#else
enum { ROOM = 200 };
#endif

/* In 208334 stages of 48, as of a sweep, and in ten million stages of one; in any order of cost. */
static void
ten_million(void **state)
{
    const size_t        most = 10 * 1000 * 1000, each[] = { 48, 1 };
    const tg_records_of of = { "seed: 1\n", "1/1\n", most + 48 };
    struct rusage       use;

    (void)state;
    for (int k = 0; k < 2; k++) {
        const size_t stages = most / each[k] + 1;
        double      *price = malloc(stages * sizeof *price);
        for (size_t s = 0; s < stages; s++) price[s] = (double)(s * 2654435761u % 1000);
        const tg_work w = { stages, each[k], price, block, NULL };
        tg_queue     *q = NULL;
        tg_records   *r = NULL;
        const double  since = cpu();
        assert_ok(tg_records_open(path, &of, false, &r));
        assert_ok(tg_queue_create(&w, (tg_share){ 3, 8 }, &q));
        assert_int_equal(tg_queue_number(q, 0) % 8, 3);
        const double seconds = cpu() - since;
        getrusage(RUSAGE_SELF, &use);
        print_message("%zu blocks in %zu stages begin after %.2f s, at most %ld MB\n",
                      stages * each[k], stages, seconds, use.ru_maxrss / 1024);
        assert_true(seconds < 2 && use.ru_maxrss < ROOM * 1024);
        free(price);
        tg_queue_free(q);
        tg_records_close(r, true);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_a_partition),
        cmocka_unit_test_setup_teardown(goes_on, make_path, remove_path),
        cmocka_unit_test_setup_teardown(dearest_first, make_path, remove_path),
        cmocka_unit_test_setup_teardown(failure, make_path, remove_path),
        cmocka_unit_test_setup_teardown(keep, make_path, remove_path),
        cmocka_unit_test_setup_teardown(ten_million, make_path, remove_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
