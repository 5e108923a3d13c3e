#include "core/team.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_AHEAD = 256 };

/* Numbers wait for a thread so that none has to wait this long for a number [s]. */
static const double AHEAD = 0.05;

typedef struct job {
    struct job   *next;
    tg_team_block block;
} job;

/* First in, first out. */
typedef struct line {
    job *first, *last;
} line;

struct tg_team {
    const tg_work  *work;
    pthread_t      *id; /* (threads) */
    size_t          threads;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t  given, computed;
    line            todo, done;
    size_t          inside;           /* given and not computed */
    double          seconds, counted; /* of blocks so far */
    bool            ends;
};

static void
put(line *l, job *one)
{
    one->next = NULL;
    if (l->first)
        l->last->next = one;
    else
        l->first = one;
    l->last = one;
}

static job *
get(line *l)
{
    job *one = l->first;

    if (one) l->first = one->next;
    return one;
}

static void
compute(const tg_work *w, tg_team_block *b)
{
    b->status = w->block(b->number, w->context, &b->data, &b->size);
    if (b->status != TG_OK) strncpy(b->message, tg_message(), sizeof b->message - 1);
}

static void *
work(void *argument)
{
    tg_team *t = argument;

    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (!t->ends && !t->todo.first) pthread_cond_wait(&t->given, &t->lock);
        if (t->ends) break;
        job *one = get(&t->todo);
        pthread_mutex_unlock(&t->lock);
        const double since = tg_work_clock();
        compute(t->work, &one->block);
        pthread_mutex_lock(&t->lock);
        t->seconds += tg_work_clock() - since;
        t->counted++;
        t->inside--;
        put(&t->done, one);
        pthread_cond_signal(&t->computed);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

tg_status
tg_team_create(const tg_work *w, size_t threads, tg_team **out)
{
    tg_team *t = calloc(1, sizeof *t);

    if (t) t->id = calloc(threads, sizeof *t->id);
    if (!t || !t->id) {
        free(t);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    t->work = w;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->given, NULL);
    pthread_cond_init(&t->computed, NULL);
    while (t->threads < threads && !pthread_create(&t->id[t->threads], NULL, work, t))
        t->threads++;
    if (t->threads > 0) { /* fewer than asked is slower, not wrong */
        *out = t;
        return TG_OK;
    }
    tg_team_free(t);
    return tg_fail(TG_ENOMEM, "no thread can be started");
}

static void
drop(line *l)
{
    for (job *one; (one = get(l));) {
        free(one->block.data);
        free(one);
    }
}

void
tg_team_free(tg_team *t)
{
    if (!t) return;
    pthread_mutex_lock(&t->lock);
    t->ends = true;
    pthread_cond_broadcast(&t->given);
    pthread_mutex_unlock(&t->lock);
    for (size_t i = 0; i < t->threads; i++) pthread_join(t->id[i], NULL);
    drop(&t->todo);
    drop(&t->done);
    pthread_cond_destroy(&t->given);
    pthread_cond_destroy(&t->computed);
    pthread_mutex_destroy(&t->lock);
    free(t->id);
    free(t);
}

tg_status
tg_team_give(tg_team *t, size_t number)
{
    job *one = calloc(1, sizeof *one);

    if (!one) return tg_fail(TG_ENOMEM, "out of memory");
    one->block.number = number;
    pthread_mutex_lock(&t->lock);
    put(&t->todo, one);
    t->inside++;
    pthread_cond_signal(&t->given);
    pthread_mutex_unlock(&t->lock);
    return TG_OK;
}

size_t
tg_team_wants(tg_team *t)
{
    pthread_mutex_lock(&t->lock);
    const double mean = t->counted > 0 ? t->seconds / t->counted : AHEAD;
    const size_t ahead = (size_t)fmin(fmax(AHEAD / mean, 1), MOST_AHEAD);
    const size_t room = t->threads * (1 + ahead);
    const size_t wants = room > t->inside ? room - t->inside : 0;
    pthread_mutex_unlock(&t->lock);
    return wants;
}

bool
tg_team_take(tg_team *t, long milliseconds, tg_team_block *out)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += milliseconds % 1000 * 1000000;
    until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&t->lock);
    for (int late = 0; !t->done.first && milliseconds > 0 && !late;)
        late = pthread_cond_timedwait(&t->computed, &t->lock, &until);
    job *one = get(&t->done);
    pthread_mutex_unlock(&t->lock);
    if (one) *out = one->block;
    free(one);
    return one != NULL;
}
