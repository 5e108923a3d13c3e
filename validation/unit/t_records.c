/* What was kept comes back to the bit, whatever became of the file's end; what is not whole, of
 * something else, or no records at all, is never taken for finished work. */
#include "validation/unit/check.h"

#include "core/records.h"

#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static int
make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/t_records.XXXXXX");
    const int file = mkstemp(path);
    return file < 0 || close(file) != 0;
}

static int
remove_path(void **state)
{
    (void)state;
    return unlink(path) != 0;
}

static tg_records *
opened(bool go_on)
{
    tg_records *r = NULL;

    assert_ok(tg_records_open(path, "seed: 1\nhorizon: 40\n", go_on, &r));
    return r;
}

/* Three records of 0, 1 and 1000 doubles. */
static void
write_three(double value[1000])
{
    tg_records *r = opened(false);

    for (int i = 0; i < 1000; i++) value[i] = 1. / (i + 3);
    assert_ok(tg_records_add(r, "nothing", value, 0));
    assert_ok(tg_records_add(r, "one", value, sizeof *value));
    assert_ok(tg_records_add(r, "many", value, 1000 * sizeof *value));
    tg_records_close(r, true);
}

static off_t
size_of(void)
{
    struct stat s;

    assert_int_equal(stat(path, &s), 0);
    return s.st_size;
}

static void
comes_back(void **state)
{
    double value[1000], back[1000] = { 0 };

    (void)state;
    write_three(value);
    tg_records *r = opened(true);
    assert_int_equal(tg_records_count(r), 3);
    assert_true(tg_records_find(r, "nothing", back, 0));
    assert_true(tg_records_find(r, "one", back, sizeof *back));
    assert_true(back[0] == value[0] && back[1] == 0);
    assert_true(tg_records_find(r, "many", back, sizeof back));
    assert_memory_equal(back, value, sizeof back);
    assert_false(tg_records_find(r, "many", back, sizeof back - 8));
    assert_false(tg_records_find(r, "none", back, sizeof back));
    tg_records_close(r, true);
    r = opened(false);
    assert_int_equal(tg_records_count(r), 0);
    tg_records_close(r, true);
}

/* Cut anywhere, the file gives the records before the cut, and takes others after them. */
static void
cut_short(void **state)
{
    double value[1000], back[1000];

    (void)state;
    write_three(value);
    const off_t whole = size_of();
    for (off_t size = 0; size < whole; size += size < 200 || size > whole - 20 ? 1 : 97) {
        write_three(value);
        assert_int_equal(truncate(path, size), 0);
        tg_records  *r = opened(true);
        const size_t n = tg_records_count(r);
        assert_true(n < 3);
        assert_true(tg_records_find(r, "one", back, sizeof *back) == (n == 2));
        assert_false(tg_records_find(r, "many", back, sizeof back));
        assert_ok(tg_records_add(r, "many", value, sizeof back));
        tg_records_close(r, true);
        r = opened(true);
        assert_int_equal(tg_records_count(r), n + 1);
        assert_true(tg_records_find(r, "many", back, sizeof back));
        assert_memory_equal(back, value, sizeof back);
        tg_records_close(r, true);
    }
}

/* A byte that was changed is noticed, wherever it is. */
static void
changed(void **state)
{
    double value[1000], back[1000];

    (void)state;
    write_three(value);
    const off_t whole = size_of();
    for (off_t at = 16; at < whole; at += at < 250 ? 1 : 131) {
        write_three(value);
        FILE *f = fopen(path, "r+b");
        fseek(f, at, SEEK_SET);
        const int byte = fgetc(f);
        fseek(f, at, SEEK_SET);
        fputc(byte ^ 0x10, f);
        fclose(f);
        tg_records *r = NULL;
        if (tg_records_open(path, "seed: 1\nhorizon: 40\n", true, &r) != TG_OK) continue;
        assert_true(tg_records_count(r) < 3);
        if (tg_records_find(r, "many", back, sizeof back))
            assert_memory_equal(back, value, sizeof back);
        tg_records_close(r, true);
    }
}

static void
of_something_else(void **state)
{
    double      value[1000];
    tg_records *r = NULL;

    (void)state;
    write_three(value);
    assert_fails(tg_records_open(path, "seed: 1\nhorizon: 50\n", true, &r), TG_EINPUT,
                 "there \"horizon: 40\", here \"horizon: 50\"");
    assert_fails(tg_records_open(path, "seed: 1\n", true, &r), TG_EINPUT, "horizon: 40");
    FILE *f = fopen(path, "w");
    fputs("a table of somebody's, not records at all\n", f);
    fclose(f);
    for (int go_on = 0; go_on < 2; go_on++)
        assert_fails(tg_records_open(path, "seed: 1\n", go_on, &r), TG_EINPUT,
                     "something else");
    assert_int_equal(size_of(), 42);
    assert_int_equal(unlink(path), 0);
    assert_fails(tg_records_open("/nowhere/x", "", true, &r), TG_EIO, "/nowhere/x");
    char key[300] = { 0 };
    memset(key, 'k', sizeof key - 1);
    r = opened(false);
    assert_fails(tg_records_add(r, key, value, 8), TG_EDOMAIN, "less than 256");
    tg_records_close(r, true);
}

static void
removed(void **state)
{
    (void)state;
    tg_records_close(opened(false), false);
    assert_int_equal(access(path, F_OK), -1);
    tg_records_close(opened(false), true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back, make_path, remove_path),
        cmocka_unit_test_setup_teardown(cut_short, make_path, remove_path),
        cmocka_unit_test_setup_teardown(changed, make_path, remove_path),
        cmocka_unit_test_setup_teardown(of_something_else, make_path, remove_path),
        cmocka_unit_test_setup_teardown(removed, make_path, remove_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
