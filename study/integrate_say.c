#include "study/cost.h"
#include "study/integrate.h"

#include "core/memory.h"
#include "core/parallel.h"

/* Seconds of one thread for one step of one mode of one path. */
static const double EXACT_STEP = 6e-9, GENERAL_STEP = 8e-8, ARRIVAL = 1.2e-7;

enum { MANY = 256 << 20 }; /* bytes that are worth a word in a log too */

tg_status
tg_integrate_announce(const tg_ask *ask, const tg_integration *j, double bytes)
{
    const int    arrivals = j->meaning == TG_MEANING_ARRIVAL;
    const double steps = arrivals ? j->until * j->lambda : j->until / j->step;

    TG_TRY(tg_memory_check(bytes, "take fewer rows, fewer paths or longer steps"));
    tg_listener_tell(ask->listener, bytes > MANY ? TG_TOPIC_FOUND : TG_TOPIC_WAIT,
                     "%.6g paths x %.6g %s, %.1f MiB", (double)j->paths, steps,
                     arrivals ? "arrivals" : "steps", bytes / (1 << 20));
    if (tg_ask_given(ask, "hit-error"))
        return TG_OK; /* --paths is only the most there may be */
    const double count = (double)j->paths * steps * (double)j->modes;
    const double each = arrivals ? ARRIVAL : j->exact ? EXACT_STEP : GENERAL_STEP;
    return tg_cost_check(
        ask->listener, &(tg_cost){ .count = count,
                                   .seconds = count * each / (double)tg_parallel_threads(),
                                   .unit = arrivals ? "arrivals" : "steps of a path",
                                   .advice = "fewer --paths, a longer --step or a shorter "
                                             "--until make it less" });
}

tg_status
tg_integrate_note(const tg_integration *j, tg_table *t)
{
    TG_TRY(tg_table_note(t, "shown", "%s", j->h ? "loss" : "X"));
    TG_TRY(tg_table_note(t, "law", "%s", tg_delay_text(j->law)));
    TG_TRY(tg_table_note(t, "meaning", "%s", tg_integrate_meanings[j->meaning]));
    if (!j->study) {
        TG_TRY(tg_table_note(t, "damping", "%.17g", j->linear[0].a));
        TG_TRY(tg_table_note(t, "instant", "%.17g", j->linear[0].b));
        TG_TRY(tg_table_note(t, "noise", "%.17g", j->linear[0].g));
        TG_TRY(tg_table_note(t, "start", "%.17g", j->linear[0].x0));
    }
    if (j->meaning == TG_MEANING_ARRIVAL)
        TG_TRY(tg_table_note(t, "arrivals", "%.17g", j->lambda));
    else
        TG_TRY(tg_table_note(t, "time step", "%.17g", j->step));
    TG_TRY(tg_table_note(t, "until", "%.17g", j->until));
    return tg_table_note(t, "seed of the paths", "%zu", j->seed);
}
