/* listen: what is said on standard error while a command computes, and the study it is
 * asked of */
#include "cli/output.h"

#include "cli/stop.h"
#include "core/quote.h"
#include "study/open.h"
#include "study/sweep.h"

#include <stdio.h>
#include <unistd.h>

/* That it takes long is for who waits; that something is missing, for everybody. */
static void
hear(tg_topic topic, const char *sentence, void *context)
{
    const arguments *a = context;

    if (topic != TG_TOPIC_MISSING && given(a, "quiet")) return;
    if (topic == TG_TOPIC_WAIT && !isatty(STDERR_FILENO)) return;
    fputs("tardigrad: ", stderr);
    tg_quote_text(stderr, sentence);
    fputc('\n', stderr);
}

/* The program is not ended while a library writes what was done. */
static void
saves(void *context)
{
    (void)context;
    stop_saving();
}

tg_listener
listener_of(const arguments *a)
{
    return (tg_listener){ .hear = hear,
                          .saves = saves,
                          .context = (void *)a,
                          .bar = given(a, "quiet") ? NULL : stderr };
}

tg_status
study_open(const arguments *a, const char *file, tg_study **out)
{
    const tg_listener l = listener_of(a);

    return tg_study_open(file, a->set, a->sets, &l, out);
}

tg_status
level_of(const arguments *a, tg_level *out)
{
    return tg_sweep_level(value_of(a, "level"), out);
}
