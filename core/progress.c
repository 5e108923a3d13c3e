#include "core/progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 30 };

struct tg_progress {
    FILE           *terminal; /* NULL: silent */
    const char     *what;
    size_t          total, done;
    struct timespec drawn;
    pthread_mutex_t lock;
};

tg_status
tg_progress_create(FILE *terminal, tg_progress **out)
{
    tg_progress *p = calloc(1, sizeof *p);

    if (!p) return tg_fail(TG_ENOMEM, "out of memory");
    p->terminal = terminal && isatty(fileno(terminal)) ? terminal : NULL;
    pthread_mutex_init(&p->lock, NULL);
    *out = p;
    return TG_OK;
}

void
tg_progress_free(tg_progress *p)
{
    if (!p) return;
    if (p->terminal) fprintf(p->terminal, "\r\033[K");
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void
tg_progress_stage(tg_progress *p, const char *what, size_t total)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->what = what;
    p->total = total;
    p->done = 0;
    p->drawn = (struct timespec){ 0 };
    pthread_mutex_unlock(&p->lock);
}

static void
draw(tg_progress *p)
{
    const size_t full = p->total ? WIDTH * p->done / p->total : WIDTH;

    fprintf(p->terminal, "\r\033[K%-22s [", p->what ? p->what : "");
    for (size_t i = 0; i < WIDTH; i++) fputc(i < full ? '=' : ' ', p->terminal);
    fprintf(p->terminal, "] %zu/%zu", p->done, p->total);
    fflush(p->terminal);
}

/* At most ten drawings a second, so that small units cost nothing. */
void
tg_progress_tick(tg_progress *p)
{
    struct timespec now;

    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->done++;
    if (p->terminal) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        const double since = (double)(now.tv_sec - p->drawn.tv_sec) +
                             1e-9 * (double)(now.tv_nsec - p->drawn.tv_nsec);
        if (since > 0.1 || p->done == p->total) {
            draw(p);
            p->drawn = now;
        }
    }
    pthread_mutex_unlock(&p->lock);
}
