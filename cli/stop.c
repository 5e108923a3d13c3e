#include "cli/stop.h"

#include "core/folder.h"
#include "core/parallel.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum {
    STOP_PATIENCE = 100,
    HEARD_PATIENCE = 1000,
    SAVE_PATIENCE = 10000
}; /* milliseconds */

static atomic_int            came, saving;
static _Atomic(const char *) guarded;
static sem_t                 signals; /* one for each that came */

static void
hear(int number)
{
    int none = 0;

    atomic_compare_exchange_strong(&came, &none, number);
    tg_stop_request();
    sem_post(&signals);
}

/* Whether another signal comes within so many milliseconds. */
static int
await_another(long milliseconds)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += milliseconds % 1000 * 1000000;
    t.tv_sec += milliseconds / 1000 + t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return sem_timedwait(&signals, &t) == 0;
}

/* Those that come together are one: timeout(1) and mpirun send theirs to the program and to its group. */
static void
await_all(long milliseconds)
{
    struct timespec left = { 0, milliseconds * 1000000 };

    while (nanosleep(&left, &left) != 0) continue;
    while (sem_trywait(&signals) == 0) continue;
}

static void *
watch(void *unused)
{
    int more = 0;

    (void)unused;
    while (sem_wait(&signals) != 0) continue;
    await_all(STOP_PATIENCE);
    if (saving || tg_stop_heard()) more = await_another(HEARD_PATIENCE);
    if (!more && saving) await_another(SAVE_PATIENCE);
    const char *draft = guarded;
    if (draft) tg_folder_discard(draft);
    _exit(128 + came);
}

/* Also where a shell, in the background, has them ignored. Without a thread they end the
 * program as ever. */
void
stop_listen(void)
{
    pthread_t        id;
    struct sigaction on = { .sa_handler = hear, .sa_flags = SA_RESTART };

    sem_init(&signals, 0, 0);
    if (pthread_create(&id, NULL, watch, NULL) != 0) on.sa_handler = SIG_DFL;
    sigemptyset(&on.sa_mask);
    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
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
