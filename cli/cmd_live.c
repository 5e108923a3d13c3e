#include "cli/answer_figures.h"
#include "cli/answers.h"

#include <stdio.h>
#include <string.h>

/* As if the option had been given, unless it was. */
static void
add_file(arguments *a, const char *name, const char *path)
{
    if (given(a, name) || a->count == TG_MOST_OPTIONS) return;
    for (const tg_option *o = tg_answer_live.is.options; o->name; o++)
        if (!strcmp(o->name, name)) {
            a->given[a->count] = o;
            a->value[a->count++] = path;
        }
}

/* Into a folder go the logs too. */
static tg_status
run(const arguments *a)
{
    const answering how = { .of = &tg_answer_live, .shown = 2, .draw = draw_live };
    const char     *folder = results_folder(a);
    arguments       with = *a;
    char            log[4096], events[4096];

    if (folder) {
        snprintf(log, sizeof log, "%s/log.csv", folder);
        snprintf(events, sizeof events, "%s/events.csv", folder);
        add_file(&with, "log", log);
        add_file(&with, "events", events);
    }
    return answer_run(&with, &how, NULL);
}

const command cmd_live = { .answers = &tg_answer_live, .run = run };
