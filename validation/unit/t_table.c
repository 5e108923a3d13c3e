#include "validation/unit/check.h"

#include "core/file.h"
#include "core/table.h"

#include <sys/stat.h>
#include <unistd.h>

static const tg_column columns[] = { { "t", "time", "when", false },
                                     { "what", "", "in words, or not", true },
                                     { "x", "1/time", "how much", false } };

static tg_table *
example(void)
{
    tg_table *t = NULL;

    assert_ok(tg_table_create(columns, 3, &t));
    assert_ok(tg_table_note(t, "seed", "%d", 7));
    assert_ok(tg_table_note(t, "command", "tardigrad predict a: b"));
    assert_ok(tg_table_add(
        t, (tg_cell[]){ TG_NUMBER(0.1), TG_TEXT("one, two"), TG_NUMBER(NAN) }));
    assert_ok(tg_table_add(t, (tg_cell[]){ TG_NUMBER(1e300 / 3), TG_TEXT("a \"b\"\n"),
                                           TG_NUMBER(-INFINITY) }));
    return t;
}

/* Write and read: the same numbers to the last bit, the same words, units and notes. */
static void
test_reads_back_what_it_wrote(void **state)
{
    tg_table   *t = example(), *u = NULL;
    const char *path = write_temporary("table.csv", "", 0);

    (void)state;
    assert_ok(tg_table_write(t, path));
    assert_ok(tg_table_read(path, &u));
    assert_int_equal(tg_table_rows(u), 2);
    assert_int_equal(tg_table_columns(u), 3);
    assert_string_equal(tg_table_find_note(u, "seed"), "7");
    assert_string_equal(tg_table_find_note(u, "command"), "tardigrad predict a: b");
    assert_null(tg_table_find_note(u, "colour"));
    for (size_t c = 0; c < 3; c++) {
        assert_string_equal(tg_table_column(u, c)->name, columns[c].name);
        assert_string_equal(tg_table_column(u, c)->unit, columns[c].unit);
        assert_string_equal(tg_table_column(u, c)->doc, columns[c].doc);
    }
    assert_true(tg_table_cell(u, 0, 0).number == 0.1);
    assert_true(tg_table_cell(u, 1, 0).number == 1e300 / 3);
    assert_true(isnan(tg_table_cell(u, 0, 2).number));
    assert_true(tg_table_cell(u, 1, 2).number == -INFINITY);
    assert_string_equal(tg_table_cell(u, 0, 1).text, "one, two");
    assert_string_equal(tg_table_cell(u, 1, 1).text, "a 'b' ");
    tg_table_free(t);
    tg_table_free(u);
}

static void
test_lines_and_complaints(void **state)
{
    const char text[] = "# note: 1\nworker,seconds\na,1\n\nb,2\nc,x\n";
    const char broken[] = "a,b\n1,2\n3\n";
    tg_table  *t = NULL;
    size_t     column = 9;

    (void)state;
    assert_ok(tg_table_read(write_temporary("log.csv", text, sizeof text - 1), &t));
    assert_int_equal(tg_table_line(t, 1), 5);
    assert_int_equal(tg_table_line(t, 2), 6);
    assert_string_equal(tg_table_cell(t, 0, 1).text, "1"); /* one bad cell: a text column */
    assert_fails(tg_table_find(t, "second", &column), TG_EINPUT,
                 "did you mean \"seconds\"?");
    assert_fails(tg_table_find(t, "colour", &column), TG_EINPUT,
                 "there are: worker, seconds");
    assert_int_equal(column, 9);
    tg_table_free(t);
    t = NULL;
    assert_fails(tg_table_read(write_temporary("b.csv", broken, sizeof broken - 1), &t),
                 TG_EINPUT, "b.csv:3: expected 2 values, got 1");
    assert_fails(tg_table_read(write_temporary("e.csv", "", 0), &t), TG_EINPUT, "empty");
    assert_fails(tg_table_read("/nonexistent.csv", &t), TG_EIO, "/nonexistent.csv");
    assert_null(t);
}

static void
test_nothing_half_written(void **state)
{
    tg_table *t = example();
    tg_file   f;

    (void)state;
    assert_fails(tg_table_write(t, "/nonexistent/t.csv"), TG_EIO, "/nonexistent/t.csv");
    assert_fails(tg_table_write(t, "/dev/full/t.csv"), TG_EIO, "/dev/full/t.csv");
    const char *path = write_temporary("old.txt", "old", 3);
    assert_ok(tg_file_begin(&f, path));
    fputs("new, but", f.stream);
    assert_int_equal(tg_file_end(&f, TG_ESTOP), TG_ESTOP);
    char *text = NULL;
    assert_ok(tg_file_read(path, &text));
    assert_string_equal(text, "old");
    free(text);
    tg_table_free(t);
}

static void
test_folders(void **state)
{
    char        path[300];
    struct stat s;
    const char *file = write_temporary("file", "x", 1);

    (void)state;
    snprintf(path, sizeof path, "%s/below", file);
    assert_fails(tg_folder_make(path), TG_EIO, "is not a folder");
    snprintf(path, sizeof path, "%s.d/a/b", file);
    assert_ok(tg_folder_make(path));
    assert_ok(tg_folder_make(path));
    assert_int_equal(stat(path, &s), 0);
    char *joined = tg_path_join("a/b", "c");
    assert_string_equal(joined, "a/b/c");
    free(joined);
    joined = tg_path_join("a/b", "/c");
    assert_string_equal(joined, "/c");
    free(joined);
    joined = tg_path_join("", "c");
    assert_string_equal(joined, "c");
    free(joined);
}

RUN(cmocka_unit_test(test_reads_back_what_it_wrote),
    cmocka_unit_test(test_lines_and_complaints),
    cmocka_unit_test(test_nothing_half_written), cmocka_unit_test(test_folders))
