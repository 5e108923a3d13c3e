#include "core/process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

tg_status
tg_process_run(const char *const argv[])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t          attributes;
    pid_t                      pid;
    int                        status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int cause =
        posix_spawnp(&pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (cause)
        return tg_fail(TG_EIO, "%s: cannot be started: %s", argv[0], strerror(cause));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return tg_fail(TG_EIO, "%s: cannot be waited for: %s", argv[0],
                           strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return TG_OK;
    return tg_fail(TG_EIO, "%s: ended with status %d", argv[0],
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
