#include "cli/answers.h"
#include "cli/fit.h"

#include <stdlib.h>

/* Takes the table of the fitting. */
static tg_status
deliver(const arguments *a, tg_fitting *f)
{
    const bool shown = tg_table_rows(f->table) > 0 || given(a, "json") || results_folder(a);
    tg_answer  answer = { 0 };

    if (results_folder(a) && !f->cluster)
        TG_TRY(write_fitted_figures(a, &f->trace, &f->fitted));
    if (!shown) return TG_OK;
    tg_answer_add(&answer, "fit", f->table);
    f->table = NULL;
    const tg_status status = answer_deliver(a, &answer, 1);
    tg_answer_free(&answer);
    return status == TG_OK ? results_keep(a) : status;
}

static tg_status
run(const arguments *a)
{
    const tg_listener l = listener_of(a);
    tg_fitting        f = { 0 };
    tg_ask            ask;

    ask_of(a, &tg_answer_fit, &l, &ask);
    ask.more = (const char *const *)a->file + 1;
    ask.mores = a->files > 1 ? a->files - 1 : 0;
    char *line = tg_ask_line(&ask);
    if (!line) return tg_fail(TG_ENOMEM, "out of memory");
    if (!ask.line) ask.line = line;
    tg_status status = tg_fitting_of(&ask, tg_ask_value(&ask, "study"), &f);
    free(line);
    if (status == TG_OK) status = deliver(a, &f);
    tg_fitting_free(&f);
    return status;
}

const command cmd_fit = { .answers = &tg_answer_fit, .refuses = "set", .run = run };
