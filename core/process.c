#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np */
#include "core/process.h"

#include "core/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { WORDS = 200 };

/* Signals do in the program what they usually do, whatever this thread does with them. What it complains
 * of goes to `words` (-1: nowhere). */
static int
start(const char *folder, const char *const argv[], int words, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t          attributes;
    sigset_t                   none, usual;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (words >= 0)
        posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    const int cause =
        posix_spawnp(pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return cause;
}

/* Wait in small steps, so that a stop request is heard meanwhile. */
static tg_status
await(const char *name, pid_t pid, int *status)
{
    for (pid_t ended; (ended = waitpid(pid, status, WNOHANG)) != pid;) {
        if (ended < 0 && errno != EINTR)
            return tg_fail(TG_EIO, "%s: cannot be waited for: %s", name, strerror(errno));
        if (tg_stop_requested()) {
            kill(pid, SIGKILL);
            while (waitpid(pid, status, 0) < 0 && errno == EINTR) continue;
            return tg_stop_check();
        }
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
    }
    return TG_OK;
}

/* The first line that is not empty. */
static void
first_line(int words, char out[WORDS])
{
    const ssize_t got = words >= 0 ? pread(words, out, WORDS - 1, 0) : 0;

    out[got > 0 ? got : 0] = '\0';
    const size_t blank = strspn(out, " \t\r\n"), n = strcspn(out + blank, "\r\n");
    memmove(out, out + blank, n);
    out[n] = '\0';
}

static tg_status
run(const char *folder, const char *const argv[], int words)
{
    char      line[WORDS];
    pid_t     pid;
    int       status = 0;
    const int cause = start(folder, argv, words, &pid);

    if (cause)
        return tg_fail(TG_EIO, "%s: cannot be started: %s", argv[0], strerror(cause));
    TG_TRY(await(argv[0], pid, &status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return TG_OK;
    first_line(words, line);
    return tg_fail(TG_EIO, "%s: ended with status %d%s%s", argv[0],
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                   *line ? ": " : "", line);
}

tg_status
tg_process_run(const char *folder, const char *const argv[])
{
    const int       words = memfd_create("words", MFD_CLOEXEC);
    const tg_status status = run(folder, argv, words);

    if (words >= 0) close(words);
    return status;
}
