#include "cli/stop.h"

#include "core/folder.h"
#include "core/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum { STOP_PATIENCE = 140, SAVE_PATIENCE = 10000 }; /* milliseconds */

static atomic_int            came, saving;
static _Atomic(const char *) guarded;
static const int             heard[] = { SIGINT, SIGTERM };

/* Whether a second signal came within so many milliseconds. */
static int
await_another(const sigset_t *set, long milliseconds)
{
    const struct timespec t = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

    return sigtimedwait(set, NULL, &t) > 0;
}

static void *
listen(void *argument)
{
    const sigset_t *set = argument;
    int             number;

    while (sigwait(set, &number) != 0) continue;
    came = number;
    tg_stop_request();
    if (!await_another(set, STOP_PATIENCE) && saving) await_another(set, SAVE_PATIENCE);
    const char *draft = guarded;
    if (draft) tg_folder_discard(draft);
    _exit(128 + number);
}

void
stop_listen(void)
{
    static sigset_t set;
    pthread_t       id;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) {
        signal(heard[i], SIG_DFL); /* also where a shell in the background ignores it */
        sigaddset(&set, heard[i]);
    }
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (pthread_create(&id, NULL, listen, &set) == 0)
        pthread_detach(id);
    else
        pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* they end the program as ever */
}

void
stop_guard(const char *draft)
{
    guarded = draft;
}

void
stop_saving(void)
{
    if (came) saving = 1;
}

int
stop_status(void)
{
    return came ? 128 + came : 0;
}
