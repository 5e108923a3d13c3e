/* A folder of results is what it was until it is what it shall be, and nothing else in it is
 * lost. */
#include "validation/unit/check.h"

#include "core/file.h"
#include "core/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64], place[128];

static int
make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/t_folder.XXXXXX");
    snprintf(place, sizeof place, "%.60s/a/b", mkdtemp(root) ? root : "");
    return 0;
}

static int
remove_root(void **state)
{
    (void)state;
    tg_folder_discard(root);
    return access(root, F_OK) == 0;
}

static void
write_in(const char *folder, const char *name, const char *text)
{
    char   *path = tg_path_join(folder, name);
    tg_file f;

    assert_ok(tg_file_begin(&f, path));
    fputs(text, f.stream);
    assert_ok(tg_file_end(&f, TG_OK));
    free(path);
}

/* The file holds this text; NULL: there is none. */
static void
holds(const char *folder, const char *name, const char *text)
{
    char *path = tg_path_join(folder, name), *got = NULL;

    if (text) {
        assert_ok(tg_file_read(path, &got));
        assert_string_equal(got, text);
    } else {
        assert_int_not_equal(access(path, F_OK), 0);
    }
    free(got);
    free(path);
}

/* Names in a folder, hidden ones included. */
static int
entries(const char *folder)
{
    DIR *d = opendir(folder);
    int  n = -2;

    assert_non_null(d);
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

static void
test_old_until_new(void **state)
{
    tg_folder f;

    (void)state;
    assert_ok(tg_folder_begin(place, &f));
    write_in(f.draft, "x", "1");
    assert_int_not_equal(access(place, F_OK), 0);
    assert_ok(tg_folder_end(&f, TG_OK));
    holds(place, "x", "1");

    assert_ok(tg_folder_begin(place, &f));
    write_in(f.draft, "x", "2");
    holds(place, "x", "1");
    assert_ok(tg_folder_end(&f, TG_OK));
    holds(place, "x", "2");

    assert_ok(tg_folder_begin(place, &f));
    write_in(f.draft, "x", "3");
    assert_int_equal(tg_folder_end(&f, TG_ENOCONV), TG_ENOCONV);
    holds(place, "x", "2");
    assert_int_equal(entries(place), 1);
    char *parent = tg_path_beside(place, "");
    assert_int_equal(entries(parent), 1); /* no drafts are left */
    free(parent);
}

/* What a run leaves that dies between its two renames, the earlier folder aside and nothing in
 * its place, or with the new one there already: one whole folder, and nothing beside it. */
static void
test_after_a_death(void **state)
{
    tg_folder f;
    char      path[128], aside[200];

    (void)state;
    snprintf(path, sizeof path, "%.60s/dead/o", root);
    for (int renamed = 0; renamed < 2; renamed++) {
        assert_ok(tg_folder_begin(path, &f));
        write_in(f.draft, "x", "old");
        snprintf(aside, sizeof aside, "%.180s-", f.draft);
        assert_ok(tg_folder_end(&f, TG_OK));
        assert_int_equal(rename(path, aside), 0);
        if (renamed) {
            assert_int_equal(mkdir(path, 0700), 0);
            write_in(path, "x", "new");
        }
        assert_ok(tg_folder_begin(path, &f));
        holds(path, "x", renamed ? "new" : "old");
        assert_int_not_equal(access(aside, F_OK), 0);
        assert_int_equal(tg_folder_end(&f, TG_ENOCONV), TG_ENOCONV);
        char *parent = tg_path_beside(path, "");
        assert_int_equal(entries(parent), 1);
        free(parent);
    }
}

/* Whatever the run did not write stays, links and folders too; a folder that it did write
 * is its own only. */
static void
test_what_else_is_there(void **state)
{
    tg_folder   f;
    struct stat before, after;
    char *figures = tg_path_join(place, "figures"), *notes = tg_path_join(place, "n/m");
    char *link = tg_path_join(place, "n/link");

    (void)state;
    assert_ok(tg_folder_make(figures));
    assert_ok(tg_folder_make(notes));
    write_in(figures, "stale", "old");
    write_in(notes, "mine", "mine");
    assert_int_equal(symlink("nowhere", link), 0);
    assert_int_equal(chmod(place, 0700), 0);
    assert_int_equal(stat(place, &before), 0);
    assert_ok(tg_folder_begin(place, &f));
    char *made = tg_path_join(f.draft, "figures");
    assert_ok(tg_folder_make(made));
    write_in(made, "fresh", "new");
    assert_ok(tg_folder_end(&f, TG_OK));
    holds(figures, "stale", NULL);
    holds(figures, "fresh", "new");
    holds(notes, "mine", "mine");
    assert_int_equal(lstat(link, &after), 0);
    assert_true(S_ISLNK(after.st_mode));
    assert_int_equal(stat(place, &after), 0);
    assert_int_equal(after.st_mode, before.st_mode);
    free(made);
    free(figures);
    free(notes);
    free(link);
}

static void
test_one_writer(void **state)
{
    tg_folder f, g = { 0 };

    (void)state;
    assert_ok(tg_folder_begin(place, &f));
    assert_fails(tg_folder_begin(place, &g), TG_EIO, "another run");
    assert_null(g.draft);
    assert_ok(tg_folder_end(&f, TG_OK));
    assert_ok(tg_folder_begin(place, &g));
    assert_int_equal(tg_folder_end(&g, TG_ESTOP), TG_ESTOP);

    /* a writer that dies holds nothing, and its draft is no part of the next results */
    const pid_t pid = fork();
    if (pid == 0) {
        if (tg_folder_begin(place, &f) == TG_OK) write_in(f.draft, "left", "behind");
        _exit(0);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_ok(tg_folder_begin(place, &f));
    holds(f.draft, "left", NULL);
    assert_ok(tg_folder_end(&f, TG_OK));
    holds(place, "left", NULL);
}

static void
test_places(void **state)
{
    tg_folder f;
    char      path[160], here[256];

    (void)state;
    assert_fails(tg_folder_begin("", &f), TG_EINPUT, "got none");
    assert_fails(tg_folder_begin(".", &f), TG_EIO, "current folder");
    assert_fails(tg_folder_begin("/", &f), TG_EIO, "current folder or above");
    assert_fails(tg_folder_begin("/proc/self", &f), TG_EIO, "");
    assert_fails(tg_folder_begin("/dev/null", &f), TG_EIO, "not a folder");
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(root), 0);
    const char *relative[] = { "r", "r/", "./r//", "a/../r", "-r", "r/s/../t" };
    for (size_t i = 0; i < sizeof relative / sizeof *relative; i++) {
        assert_ok(tg_folder_begin(relative[i], &f));
        write_in(f.draft, "x", "1");
        assert_ok(tg_folder_end(&f, TG_OK));
        holds(relative[i], "x", "1");
    }
    assert_int_equal(chdir(here), 0);
    snprintf(path, sizeof path, "%s/link", root);
    assert_int_equal(symlink(place, path), 0);
    assert_ok(tg_folder_begin(path, &f));
    write_in(f.draft, "through", "1");
    assert_ok(tg_folder_end(&f, TG_OK));
    holds(place, "through", "1"); /* the link stays one */
}

static void
test_umask(void **state)
{
    const mode_t usual = umask(027);
    tg_folder    f;
    struct stat  s;
    char         path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/masked", root);
    assert_ok(tg_folder_begin(path, &f));
    write_in(f.draft, "x", "1");
    assert_ok(tg_folder_end(&f, TG_OK));
    umask(usual);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0750);
    strcat(path, "/x");
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0640);
}

/* A link and a pipe are written into, and stay what they are. */
static void
test_not_a_file(void **state)
{
    struct stat s;
    char        link[100], pipe[100], got[8] = "";

    (void)state;
    snprintf(link, sizeof link, "%.60s/way", root);
    snprintf(pipe, sizeof pipe, "%.60s/pipe", root);
    write_in(root, "file", "old, and longer");
    assert_int_equal(symlink("file", link), 0);
    write_in(root, "way", "new");
    holds(root, "file", "new");
    assert_true(lstat(link, &s) == 0 && S_ISLNK(s.st_mode));
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const int fd = open(pipe, O_RDWR);
    write_in(root, "pipe", "flow");
    assert_int_equal(read(fd, got, 4), 4);
    assert_string_equal(got, "flow");
    close(fd);
    assert_true(lstat(pipe, &s) == 0 && S_ISFIFO(s.st_mode));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_until_new), cmocka_unit_test(test_what_else_is_there),
        cmocka_unit_test(test_after_a_death), cmocka_unit_test(test_one_writer),
        cmocka_unit_test(test_places),        cmocka_unit_test(test_umask),
        cmocka_unit_test(test_not_a_file),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
