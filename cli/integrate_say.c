#include "cli/integrate.h"

#include "core/memory.h"

#include <stdio.h>
#include <unistd.h>

enum { MANY = 256 << 20 }; /* bytes that are worth a word in a log too */

tg_status
integration_announce(const arguments *a, const integration *j, double bytes)
{
    const int    arrivals = j->meaning == MEANING_ARRIVAL;
    const double steps = arrivals ? j->until * j->lambda : j->until / j->step;

    TG_TRY(tg_memory_check(bytes, "take fewer rows, fewer paths or longer steps"));
    if (!given(a, "quiet") && (bytes > MANY || isatty(fileno(stderr))))
        fprintf(stderr, "tardigrad: %.6g paths x %.6g %s, %.1f MiB\n", (double)j->paths,
                steps, arrivals ? "arrivals" : "steps", bytes / (1 << 20));
    return TG_OK;
}

tg_status
integration_note(const integration *j, tg_table *t)
{
    TG_TRY(tg_table_note(t, "shown", "%s", j->h ? "loss" : "X"));
    TG_TRY(tg_table_note(t, "law", "%s", tg_delay_text(j->law)));
    TG_TRY(tg_table_note(t, "meaning", "%s", integration_meanings[j->meaning]));
    if (!j->study) {
        TG_TRY(tg_table_note(t, "damping", "%.17g", j->linear[0].a));
        TG_TRY(tg_table_note(t, "instant", "%.17g", j->linear[0].b));
        TG_TRY(tg_table_note(t, "noise", "%.17g", j->linear[0].g));
        TG_TRY(tg_table_note(t, "start", "%.17g", j->linear[0].x0));
    }
    if (j->meaning == MEANING_ARRIVAL)
        TG_TRY(tg_table_note(t, "arrivals", "%.17g", j->lambda));
    else
        TG_TRY(tg_table_note(t, "time step", "%.17g", j->step));
    TG_TRY(tg_table_note(t, "until", "%.17g", j->until));
    return tg_table_note(t, "seed of the paths", "%zu", j->seed);
}
