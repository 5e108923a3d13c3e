/* Programs that are started: where, with which input and signals, and how their end is told. */
#include "validation/unit/check.h"

#include "core/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static tg_status
shell(const char *folder, const char *script)
{
    return tg_process_run(folder, (const char *[]){ "sh", "-c", script, NULL });
}

static void
test_end(void **state)
{
    (void)state;
    assert_ok(shell("/", "true"));
    assert_fails(shell("/", "exit 7"), TG_EIO, "sh: ended with status 7");
    assert_fails(
        shell("/", "echo no; echo >&2; echo this is missing >&2; echo more >&2; exit 1"),
        TG_EIO, "sh: ended with status 1: this is missing");
    assert_null(strstr(tg_message(), "more"));
    assert_null(strstr(tg_message(), "no;"));
    assert_ok(shell("/", "yes 2> /dev/null | head -c 1000000 >&2"));
    assert_fails(shell("/", "kill -KILL $$"), TG_EIO, "sh: ended with status 137");
    assert_fails(tg_process_run("/", (const char *[]){ "/nonexistent/program", NULL }),
                 TG_EIO, "/nonexistent/program: cannot be started: No such file");
}

static void
test_folder(void **state)
{
    (void)state;
    assert_ok(shell("/usr", "test \"$(pwd)\" = /usr"));
    assert_int_equal(shell("/usr", "test \"$(pwd)\" = /"), TG_EIO);
}

/* A program reads nothing and shows nothing, whatever its parent has. */
static void
test_streams(void **state)
{
    const char *path = write_temporary("input", "word\n", 5);
    const int   kept = dup(STDIN_FILENO), file = open(path, O_RDONLY);

    (void)state;
    assert_true(file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO);
    const tg_status status = shell("/", "! read word");
    dup2(kept, STDIN_FILENO);
    close(kept);
    close(file);
    assert_ok(status);
    for (int i = 0; i < 2; i++) {
        char script[64];
        snprintf(script, sizeof script, "test /proc/self/fd/%d -ef /dev/null", i);
        assert_ok(shell("/", script));
    }
}

/* Signals do in it what they usually do, in a group of its own, whatever they do here. */
static void
test_signals(void **state)
{
    struct sigaction before;
    sigset_t         blocked, old;
    char             script[64];

    (void)state;
    sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, &before);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    const tg_status pipe = shell("/", "kill -PIPE $$; sleep 1");
    const tg_status term = shell("/", "kill -TERM $$; sleep 1");
    sigprocmask(SIG_SETMASK, &old, NULL);
    sigaction(SIGPIPE, &before, NULL);
    assert_int_equal(pipe, TG_EIO);
    assert_int_equal(term, TG_EIO);
    snprintf(script, sizeof script, "test $(ps -o pgid= -p $$) != %d", (int)getpgrp());
    assert_ok(shell("/", script));
}

RUN(cmocka_unit_test(test_end), cmocka_unit_test(test_folder),
    cmocka_unit_test(test_streams), cmocka_unit_test(test_signals))
