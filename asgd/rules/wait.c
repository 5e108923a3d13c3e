/* wait: asynchronous SGD in which no gradient can be older than q updates
 *
 * A reader waits, first come first served, until
 *
 *     updates + jobs running - read of the oldest running job <= q
 *
 * If all that run, and the reader, were to deliver before the oldest, that one would be
 * stale by the left-hand side; nobody else is staler. q = 0: one worker at a time. It is
 * the bound of stale-synchronous parallel and the cap of asynchronous reinforcement
 * learning.
 */
#include "asgd/rules/parts.h"

#include <math.h>

/* Doubles: gradient (dim), who waits, in a ring (workers). */
typedef struct line {
    size_t first, count;
} line;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(line), dim + workers);
}

static bool
may_read(const tg_sim *s)
{
    const tg_job *oldest = tg_sim_oldest(s);

    return !oldest ||
           (double)(tg_sim_staleness(s, oldest) + tg_sim_jobs(s)) <= tg_sim_param(s)[0];
}

static tg_status
queue(tg_sim *s, line *l, double *who, size_t worker)
{
    const size_t n = tg_sim_workers(s);

    who[(l->first + l->count++) % n] = (double)worker;
    while (l->count > 0 && may_read(s)) {
        const double next = who[l->first];
        l->first = (l->first + 1) % n;
        l->count--;
        TG_TRY(tg_sim_assign(s, (size_t)next));
    }
    return TG_OK;
}

static tg_status
begin(tg_sim *s, void *room_)
{
    double *who = (double *)tg_room_doubles(room_, sizeof(line)) + tg_sim_dim(s);

    for (size_t w = 0; w < tg_sim_workers(s); w++) TG_TRY(queue(s, room_, who, w));
    return TG_OK;
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    double *g = tg_room_doubles(room_, sizeof(line));

    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    return queue(s, room_, g + tg_sim_dim(s), job->worker);
}

/* Who has nothing to send is a reader like any other. */
static tg_status
skip(tg_sim *s, void *room_, const tg_job *job)
{
    double *g = tg_room_doubles(room_, sizeof(line));

    return queue(s, room_, g + tg_sim_dim(s), job->worker);
}

static const tg_param param[] = {
    { "limit", "updates", "q: largest staleness there can be", NAN, 0, 1e15, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_wait = {
    .is = { "wait", "readers wait while a gradient could become staler than a limit",
            "Ho et al. 2013 (stale synchronous parallel)", param },
    .ages = true,
    .room = room,
    .begin = begin,
    .deliver = deliver,
    .skip = skip,
};
