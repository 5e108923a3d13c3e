/* local: asynchronous local SGD, with a grace window for others after the first arrival
 *
 * Every arrival is a step at once. The first one opens a window; when it closes, those who
 * came within it begin again, as of the last arrival that was applied, not of the window's
 * end. The workers' local steps are their behaviour, the outer optimiser is the setup's.
 */
#include "asgd/rules/parts.h"

/* Doubles: gradient (dim), who waits (workers). */
typedef struct window {
    size_t count;
    double last; /* arrival [time] */
} window;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(window), dim + workers);
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    window *w = room_;
    double *g = tg_room_doubles(room_, sizeof *w), *who = g + tg_sim_dim(s);

    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    w->last = tg_sim_now(s);
    who[w->count++] = job->worker;
    return w->count == 1 ? tg_sim_alarm(s, w->last + tg_sim_param(s)[0]) : TG_OK;
}

static tg_status
shut(tg_sim *s, void *room_)
{
    window       *w = room_;
    const double *who = tg_room_doubles(room_, sizeof *w) + tg_sim_dim(s);

    for (size_t i = 0; i < w->count; i++)
        TG_TRY(tg_sim_assign_since(s, (size_t)who[i], w->last));
    w->count = 0;
    return TG_OK;
}

static const tg_param param[] = {
    { "grace", "time", "how long others are waited for after the first", 0, 0, 1e300, false,
      false },
    { 0 },
};

const tg_rule_kind tg_rule_local = {
    .is = { "local",
            "each arrival is a step, those of one grace window begin again together",
            "Liu et al. 2024 (asynchronous local SGD)", param },
    .room = room,
    .deliver = deliver,
    .ring = shut,
};
