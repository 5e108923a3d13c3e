#include "core/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int stop_flag; /* lock-free, so a signal handler may write it */
static atomic_int heard;

void
tg_stop_request(void)
{
    stop_flag = 1;
}

int
tg_stop_requested(void)
{
    return stop_flag != 0;
}

void
tg_stop_clear(void)
{
    stop_flag = 0;
    heard = 0;
}

int
tg_stop_heard(void)
{
    return heard != 0;
}

tg_status
tg_stop_check(void)
{
    if (!tg_stop_requested()) return TG_OK;
    heard = 1;
    return tg_fail(TG_ESTOP, "stopped on request");
}

size_t
tg_parallel_threads(void)
{
    const char *wish = getenv("TARDIGRAD_THREADS");
    const long  n = wish ? strtol(wish, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);

    return n >= 1 && n <= 1024 ? (size_t)n : 1;
}

typedef struct pool {
    tg_parallel_job job;
    void           *context;
    size_t          jobs;
    atomic_size_t   next, done;
    atomic_int      failed;
    pthread_mutex_t lock; /* guards the three below */
    size_t          failed_index;
    tg_status       status;
    char            message[1024];
} pool;

typedef struct worker {
    pool     *pool;
    size_t    thread;
    pthread_t id;
} worker;

static void
record_failure(pool *p, size_t index, tg_status status)
{
    pthread_mutex_lock(&p->lock);
    if (p->status == TG_OK || index < p->failed_index) {
        p->failed_index = index;
        p->status = status;
        strncpy(p->message, tg_message(), sizeof p->message - 1);
    }
    pthread_mutex_unlock(&p->lock);
    atomic_store(&p->failed, 1);
}

static void *
work(void *argument)
{
    const worker *w = argument;
    pool         *p = w->pool;

    while (!tg_stop_requested() && !atomic_load(&p->failed)) {
        const size_t index = atomic_fetch_add(&p->next, 1);
        if (index >= p->jobs) break;
        const tg_status status = p->job(index, w->thread, p->context);
        if (status == TG_OK)
            atomic_fetch_add(&p->done, 1);
        else
            record_failure(p, index, status);
    }
    return NULL;
}

tg_status
tg_parallel_run(size_t jobs, size_t threads, tg_parallel_job job, void *context,
                size_t *done)
{
    pool    p = { .job = job, .context = context, .jobs = jobs };
    size_t  started = 1;
    worker *team;

    if (threads == 0) threads = tg_parallel_threads();
    if (threads > jobs) threads = jobs ? jobs : 1;
    if (!(team = calloc(threads, sizeof *team))) return tg_fail(TG_ENOMEM, "out of memory");
    pthread_mutex_init(&p.lock, NULL);
    team[0] = (worker){ &p, 0, pthread_self() };
    for (; started < threads;
         started++) { /* fewer threads than asked is slower, not wrong */
        team[started] = (worker){ .pool = &p, .thread = started };
        if (pthread_create(&team[started].id, NULL, work, &team[started])) break;
    }
    work(&team[0]);
    for (size_t i = 1; i < started; i++) pthread_join(team[i].id, NULL);
    pthread_mutex_destroy(&p.lock);
    free(team);
    if (done) *done = atomic_load(&p.done);
    if (p.status != TG_OK) return tg_fail(p.status, "%s", p.message);
    if (atomic_load(&p.done) == jobs) return TG_OK;
    heard = 1;
    return tg_fail(TG_ESTOP, "stopped on request");
}
