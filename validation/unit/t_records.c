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

enum { NOTHING, ONE, MANY, NONE, BLOCKS };

static tg_records_of
of(const char *identity)
{
    return (tg_records_of){ identity, "1/1\nstudy\n", BLOCKS };
}

static tg_status
open_as(const char *identity, bool go_on, tg_records **out)
{
    const tg_records_of what = of(identity);

    return tg_records_open(path, &what, go_on, out);
}

static tg_records *
opened(bool go_on)
{
    tg_records *r = NULL;

    assert_ok(open_as("seed: 1\nhorizon: 40\n", go_on, &r));
    return r;
}

/* Three records of 0, 1 and 1000 doubles. */
static void
write_three(double value[1000])
{
    tg_records *r = opened(false);

    for (int i = 0; i < 1000; i++) value[i] = 1. / (i + 3);
    assert_ok(tg_records_add(r, NOTHING, value, 0));
    assert_ok(tg_records_add(r, ONE, value, sizeof *value));
    assert_ok(tg_records_add(r, MANY, value, 1000 * sizeof *value));
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
    assert_true(tg_records_find(r, NOTHING, back, 0));
    assert_true(tg_records_find(r, ONE, back, sizeof *back));
    assert_true(back[0] == value[0] && back[1] == 0);
    assert_true(tg_records_find(r, MANY, back, sizeof back));
    assert_memory_equal(back, value, sizeof back);
    assert_false(tg_records_find(r, MANY, back, sizeof back - 8));
    assert_false(tg_records_find(r, NONE, back, sizeof back));
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
        assert_true(tg_records_find(r, ONE, back, sizeof *back) == (n == 2));
        assert_false(tg_records_find(r, MANY, back, sizeof back));
        assert_ok(tg_records_add(r, MANY, value, sizeof back));
        tg_records_close(r, true);
        r = opened(true);
        assert_int_equal(tg_records_count(r), n + 1);
        assert_true(tg_records_find(r, MANY, back, sizeof back));
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
        if (open_as("seed: 1\nhorizon: 40\n", true, &r) != TG_OK) continue;
        assert_true(tg_records_count(r) < 3);
        if (tg_records_find(r, MANY, back, sizeof back))
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
    assert_fails(open_as("seed: 1\nhorizon: 50\n", true, &r), TG_EINPUT,
                 "there \"horizon: 40\", here \"horizon: 50\"");
    assert_fails(open_as("seed: 1\n", true, &r), TG_EINPUT, "horizon: 40");
    FILE *f = fopen(path, "w");
    fputs("a table of somebody's, not records at all\n", f);
    fclose(f);
    for (int go_on = 0; go_on < 2; go_on++)
        assert_fails(open_as("seed: 1\n", go_on, &r), TG_EINPUT, "something else");
    assert_int_equal(size_of(), 42);
    assert_int_equal(unlink(path), 0);
    const tg_records_of what = of("");
    assert_fails(tg_records_open("/nowhere/x", &what, true, &r), TG_EIO, "/nowhere/x");
    r = opened(false);
    assert_fails(tg_records_add(r, BLOCKS, value, 8), TG_EDOMAIN, "no block 4");
    tg_records_close(r, true);
    tg_records_of more = of("seed: 1\nhorizon: 40\n");
    more.blocks++;
    assert_fails(tg_records_open(path, &more, true, &r), TG_EINPUT,
                 "4 blocks, here there are 5");
    more.blocks = (size_t)1 << 40;
    assert_fails(tg_records_open(path, &more, false, &r), TG_EDOMAIN, "blocks of work");
}

/* What is read gives what it is of, and says of a cut what is left; a beginning that is damaged takes
 * all that comes after it along. */
static void
read_again(void **state)
{
    double      value[1000], back;
    tg_records *r = NULL;
    size_t      size = 7;

    (void)state;
    write_three(value);
    const off_t whole = size_of();
    for (int cut = 0; cut < 2; cut++) {
        assert_int_equal(truncate(path, whole - cut), 0);
        assert_ok(tg_records_read(path, &r));
        assert_string_equal(tg_records_are_of(r).identity, "seed: 1\nhorizon: 40\n");
        assert_string_equal(tg_records_are_of(r).note, "1/1\nstudy\n");
        assert_int_equal(tg_records_are_of(r).blocks, BLOCKS);
        assert_true((tg_records_broken(r) > 0) == cut);
        assert_true(tg_records_has(r, MANY, &size) == !cut);
        assert_true(tg_records_missing(r) == (cut ? .5 : .25));
        assert_ok(tg_records_check(r, "seed: 1\nhorizon: 40\n", "here"));
        assert_fails(tg_records_check(r, "seed: 2\n", "of b"), TG_EINPUT,
                     "of b \"seed: 2\"");
        tg_records_close(r, true);
        assert_int_equal(size_of(), whole - cut);
    }
    assert_true(tg_records_missing(NULL) == 1);
    FILE *f = fopen(path, "r+b");
    fseek(f, 60, SEEK_SET);
    fputc('X', f);
    fclose(f);
    assert_fails(tg_records_read(path, &r), TG_EINPUT, "beginning is not whole");
    r = opened(true);
    assert_false(tg_records_find(r, ONE, &back, sizeof back));
    tg_records_close(r, true);
    r = opened(true);
    assert_int_equal(tg_records_count(r), 0);
    tg_records_close(r, true);
    assert_fails(tg_records_read("/nowhere/x", &r), TG_EIO, "/nowhere/x");
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
        cmocka_unit_test_setup_teardown(read_again, make_path, remove_path),
        cmocka_unit_test_setup_teardown(removed, make_path, remove_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
