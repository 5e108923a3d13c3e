#include "core/gang.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct post {
    tg_gang       *gang;
    size_t         index;
    pthread_t      id;
    pthread_cond_t called;
} post;

struct tg_gang {
    pthread_mutex_t lock;
    pthread_cond_t  gate;
    bool            open, cancelled;
    size_t          members, posts, begun; /* posts: whose `called` is there */
    post           *post;                  /* (members + 1) the last is the creator's */
    void (*member)(size_t index, void *context);
    void *context;
};

static double
seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double
tg_gang_clock(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double
tg_gang_processor(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}

static void *
live(void *argument)
{
    post    *p = argument;
    tg_gang *c = p->gang;

    pthread_mutex_lock(&c->lock);
    while (!c->open) pthread_cond_wait(&c->gate, &c->lock);
    const bool cancelled = c->cancelled;
    pthread_mutex_unlock(&c->lock);
    if (!cancelled) c->member(p->index, c->context);
    return NULL;
}

/* Times are those of the clock that only goes forward. */
static void
make_posts(tg_gang *c)
{
    pthread_condattr_t forward;

    pthread_condattr_init(&forward);
    pthread_condattr_setclock(&forward, CLOCK_MONOTONIC);
    for (; c->posts <= c->members; c->posts++) {
        c->post[c->posts].gang = c;
        c->post[c->posts].index = c->posts;
        pthread_cond_init(&c->post[c->posts].called, &forward);
    }
    pthread_condattr_destroy(&forward);
}

tg_status
tg_gang_create(size_t members, void (*member)(size_t index, void *context), void *context,
               tg_gang **out)
{
    tg_gang *c = calloc(1, sizeof *c);

    if (c) c->post = calloc(members + 1, sizeof *c->post);
    if (!c || !c->post) {
        free(c);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    c->members = members;
    c->member = member;
    c->context = context;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->gate, NULL);
    make_posts(c);
    while (c->begun < members &&
           !pthread_create(&c->post[c->begun].id, NULL, live, &c->post[c->begun]))
        c->begun++;
    if (c->begun == members) {
        *out = c;
        return TG_OK;
    }
    const size_t begun = c->begun;
    c->cancelled = true;
    tg_gang_begin(c);
    tg_gang_join(c);
    return tg_fail(TG_ENOMEM, "only %zu of %zu threads can be had", begun, members);
}

void
tg_gang_begin(tg_gang *c)
{
    pthread_mutex_lock(&c->lock);
    c->open = true;
    pthread_cond_broadcast(&c->gate);
    pthread_mutex_unlock(&c->lock);
}

void
tg_gang_join(tg_gang *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->begun; i++) pthread_join(c->post[i].id, NULL);
    for (size_t i = 0; i < c->posts; i++) pthread_cond_destroy(&c->post[i].called);
    pthread_cond_destroy(&c->gate);
    pthread_mutex_destroy(&c->lock);
    free(c->post);
    free(c);
}

void
tg_gang_lock(tg_gang *c)
{
    pthread_mutex_lock(&c->lock);
}

void
tg_gang_unlock(tg_gang *c)
{
    pthread_mutex_unlock(&c->lock);
}

bool
tg_gang_wait(tg_gang *c, size_t member, double until)
{
    const double now = tg_gang_clock(), most = now + 1e6;
    const double end = fmin(until, most);

    if (isinf(until)) {
        pthread_cond_wait(&c->post[member].called, &c->lock);
        return false;
    }
    const struct timespec t = { .tv_sec = (time_t)end,
                                .tv_nsec = (long)(1e9 * (end - floor(end))) };
    if (now < end) pthread_cond_timedwait(&c->post[member].called, &c->lock, &t);
    return tg_gang_clock() >= until;
}

void
tg_gang_call(tg_gang *c, size_t member)
{
    pthread_cond_signal(&c->post[member].called);
}

void
tg_gang_call_all(tg_gang *c)
{
    for (size_t i = 0; i < c->posts; i++) pthread_cond_signal(&c->post[i].called);
}
