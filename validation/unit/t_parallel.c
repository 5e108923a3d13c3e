#include "validation/unit/check.h"

#include "core/parallel.h"

enum { JOBS = 500 };

typedef struct ledger {
    int    ran[JOBS];
    size_t fails_at, stops_at, threads;
} ledger;

static tg_status
job(size_t index, size_t thread, void *context)
{
    ledger *l = context;

    assert_true(thread < l->threads);
    l->ran[index]++;
    if (index == l->stops_at) tg_stop_request();
    if (index >= l->fails_at) return tg_fail(TG_EDIVERGED, "job %zu", index);
    return TG_OK;
}

static void
test_every_job_once(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= 4; threads++) {
        ledger l = { .fails_at = JOBS, .stops_at = JOBS, .threads = threads };
        size_t done = 0;
        assert_ok(tg_parallel_run(JOBS, threads, job, &l, &done));
        assert_int_equal(done, JOBS);
        for (int i = 0; i < JOBS; i++) assert_int_equal(l.ran[i], 1);
    }
}

static void
test_failure_carries_its_message(void **state)
{
    ledger l = { .fails_at = 100, .stops_at = JOBS, .threads = 3 };

    (void)state;
    assert_int_equal(tg_parallel_run(JOBS, 3, job, &l, NULL), TG_EDIVERGED);
    assert_string_equal(tg_message(),
                        "job 100"); /* the lowest: indices are taken in order */
    assert_true(l.ran[JOBS - 1] == 0);
}

static void
test_stop(void **state)
{
    ledger l = { .fails_at = JOBS, .stops_at = 50, .threads = 2 };
    size_t done = 0;

    (void)state;
    assert_int_equal(tg_parallel_run(JOBS, 2, job, &l, &done), TG_ESTOP);
    assert_true(done >= 50 && done < JOBS);
    tg_stop_clear();
    assert_int_equal(tg_stop_requested(), 0);
}

static void
test_no_jobs(void **state)
{
    (void)state;
    assert_ok(tg_parallel_run(0, 2, job, NULL, NULL));
}

RUN(cmocka_unit_test(test_every_job_once),
    cmocka_unit_test(test_failure_carries_its_message), cmocka_unit_test(test_stop),
    cmocka_unit_test(test_no_jobs))
