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
    pid_t                      pid;
    int                        status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const int cause = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (cause)
        return tg_fail(TG_EIO, "%s: cannot be started: %s", argv[0], strerror(cause));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return tg_fail(TG_EIO, "%s: cannot be waited for: %s", argv[0], strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return TG_OK;
    return tg_fail(TG_EIO, "%s: ended with status %d", argv[0],
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
