#include "cli/answers.h"
#include "cli/figures.h"
#include "cli/parts.h"

#include <stdio.h>
#include <string.h>

/* The setting of an axis: what stands before = in its option. */
static const char *
axis_path(const arguments *a, const char *option, char out[81])
{
    const char *text = value_of(a, option);

    snprintf(out, 81, "%.*s", (int)strcspn(text, "="), text);
    return out;
}

/* A chart of every algorithm. */
static tg_status
draw(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    char caption[260], x[81], y[81];

    (void)answer;
    for (size_t i = 0; i < study->algorithms; i++) {
        const char *label = study->algorithm[i].label;
        snprintf(caption, sizeof caption,
                 "Which values of %.80s and %.80s converge with %.40s.",
                 axis_path(a, "x", x), axis_path(a, "y", y), label);
        TG_TRY(figure_make(results_folder(a), &(figure){ .script = "chart",
                                                         .name = label,
                                                         .number = (int)i + 1,
                                                         .title = "Region of convergence",
                                                         .caption = caption }));
    }
    return TG_OK;
}

static tg_status
run(const arguments *a)
{
    const answering how = { .of = &tg_answer_region, .shown = 2, .draw = draw };

    return answer_run(a, &how, NULL);
}

static const tg_option options[] = { PARTS_OPTIONS, { 0 } };

const command cmd_region = { .answers = &tg_answer_region, .options = options, .run = run };
