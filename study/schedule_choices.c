#include "study/schedule_choices.h"

#include "study/say.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tg_column tg_choice_columns[] = {
    { "algorithm", "", "", true },
    { "question", "", "workers, number, uplinks, slow worker or trigger", true },
    { "choice", "", "the best: workers of each group; the number; or what is compared",
      true },
    { "workers", "", "P", false },
    { "step", "x^2/loss", "best learning rate", false },
    { "time", "time", "to the target", false },
    { "instead_of", "time",
      "with all workers; with the study's number; with an uplink fewer; without the slow "
      "worker",
      false },
};

/* A worker that takes so many times as long. */
static const double SLOW = 10;

typedef struct asked {
    const tg_schedule_task  *task;
    const tg_setting_source *source;
    const char              *label;
    const tg_page           *page;
    tg_table                *out;
} asked;

static void say(const asked *a, const char *format, ...) TG_FORMAT(2, 3);

static void
say(const asked *a, const char *format, ...)
{
    char    text[800];
    va_list rest;

    if (!a->page->stream) return;
    va_start(rest, format);
    vsnprintf(text, sizeof text, format, rest);
    va_end(rest);
    tg_say_wrapped(a->page, text, 2);
}

/* ---- a row --------------------------------------------------------------------------- */

static tg_status
add(const asked *a, const char *question, const char *choice, double workers,
    const tg_schedule_row *r, double instead)
{
    return tg_table_add(a->out,
                        (tg_cell[]){ TG_TEXT(a->label), TG_TEXT(question), TG_TEXT(choice),
                                     TG_NUMBER(workers), TG_NUMBER(r->step),
                                     TG_NUMBER(r->time), TG_NUMBER(instead) });
}

/* Whether a failure concerns this question alone. */
static bool
is_left_out(tg_status status)
{
    return status == TG_EDOMAIN || status == TG_ENOCONV || status == TG_EDIVERGED;
}

/* ---- which workers ------------------------------------------------------------------- */

/* Whether the groups' laws are all that there is of them. */
static bool
is_of_laws(const tg_study *s)
{
    for (size_t g = 0; g < s->groups; g++)
        if (s->group[g].spread || s->group[g].minimum ||
            s->group[g].pace.choice.kind != &tg_pace_constant.is ||
            s->group[g].pace.choice.param[0] != 1)
            return false;
    return !s->replay && !(s->quadratic.spread > 0);
}

static tg_status
setting_of_groups(void *context, const size_t *count, tg_setting *out)
{
    const tg_setting_source *source = context;
    const tg_study          *s = source->study;
    tg_delay                *law[TG_MOST_GROUPS];
    tg_cluster              *c = NULL;

    for (size_t g = 0; g < s->groups; g++) law[g] = s->group[g].law;
    TG_TRY(tg_cluster_create(s->groups, count, law, s->together, &c));
    return tg_study_setting_of_cluster(source, c, out);
}

static void
word_of(const tg_study *s, const size_t *count, char *out, size_t room)
{
    size_t used = 0;

    for (size_t g = 0; g < s->groups && used < room; g++) {
        const char *name = s->group[g].name;
        used +=
            (size_t)snprintf(out + used, room - used, "%s%zu of %zu%s%.24s", g ? "; " : "",
                             count[g], s->group[g].count, *name ? " " : "", name);
    }
}

static tg_status
ask_workers(const asked *a)
{
    const tg_study *s = a->source->study;
    size_t          most[TG_MOST_GROUPS], workers = 0;
    tg_chosen       best;
    char            word[512];

    if (s->groups < 2 || s->groups > TG_MOST_GROUPS || !is_of_laws(s)) return TG_OK;
    for (size_t g = 0; g < s->groups; g++) most[g] = s->group[g].count;
    const tg_choose_task t = { setting_of_groups, (void *)a->source, *a->task, most,
                               s->groups };
    TG_TRY(tg_choose_workers(&t, &best));
    for (size_t g = 0; g < s->groups; g++) workers += best.count[g];
    word_of(s, best.count, word, sizeof word);
    say(a, "%s: of the groups use %s: %.4g at step %.4g; with all of them %.4g", a->label,
        word, best.row.time, best.row.step, best.all.time);
    return add(a, "workers", word, (double)workers, &best.row, best.all.time);
}

/* ---- a rule's number ----------------------------------------------------------------- */

/* The study with another value of a parameter of the rule, or of the uplink. */
typedef struct altered {
    tg_study           study;
    tg_study_algorithm algorithm;
    tg_setting_source  source;
} altered;

static void
alter(const tg_setting_source *of, altered *out)
{
    out->study = *of->study;
    out->algorithm = of->study->algorithm[of->algorithm];
    out->study.algorithm = &out->algorithm;
    out->study.algorithms = 1;
    out->source = (tg_setting_source){ &out->study, 0 };
}

static tg_status
setting_of_number(void *context, const size_t *number, tg_setting *out)
{
    altered a;

    alter(context, &a);
    a.algorithm.rule.param[0] = (double)*number;
    return tg_study_setting(&a.source, 0, out);
}

/* Rules whose first parameter is a number to choose, and its largest for P workers. */
static size_t
largest_number(const tg_study_algorithm *a, size_t workers)
{
    const tg_kind *k = a->rule.kind;

    if (k == &tg_rule_k_sync.is) return workers;
    if (k == &tg_rule_fedbuff.is || k == &tg_rule_k_batch_sync.is) return 2 * workers;
    return k == &tg_rule_drop.is ? 8 * workers : 0;
}

static tg_status
ask_number(const asked *a)
{
    const tg_study_algorithm *rule = &a->source->study->algorithm[a->source->algorithm];
    const size_t              P = a->source->study->workers, most = largest_number(rule, P);
    const size_t              own = (size_t)fmin(rule->rule.param[0], 1e9);
    char                      word[64];
    tg_chosen                 best;
    tg_schedule_row           before;

    if (most == 0) return TG_OK;
    const tg_choose_task t = { setting_of_number, (void *)a->source, *a->task, &most, 1 };
    TG_TRY(tg_choose_number(&t, 1, &best));
    TG_TRY(tg_choose_look(&t, &own, &before));
    snprintf(word, sizeof word, "%s = %zu", rule->rule.kind->param[0].name, best.count[0]);
    say(a, "%s: with %zu worker%s best %s: %.4g at step %.4g; with %zu %.4g", a->label, P,
        P == 1 ? "" : "s", word, best.row.time, best.row.step, own, before.time);
    return add(a, "number", word, (double)P, &best.row, before.time);
}

/* ---- uplinks ------------------------------------------------------------------------- */

/* One after the other, until one more brings less than 5 %. */
static tg_status
ask_uplinks(const asked *a)
{
    enum { MOST = 16 };
    const tg_link *up = &a->source->study->uplink;
    double         last = NAN;

    if (up->kind.kind != &tg_link_fifo.is) return TG_OK;
    for (double n = up->kind.param[0]; n <= MOST; n++) {
        altered          with;
        tg_schedule_task task = *a->task;
        tg_schedule     *s = NULL;
        char             word[32];
        alter(a->source, &with);
        with.study.uplink.kind.param[0] = n;
        task.context = &with.source;
        task.steps = 0;
        TG_TRY(tg_schedule_make(&task, &s));
        const tg_schedule_row best = s->best;
        tg_schedule_free(s);
        snprintf(word, sizeof word, "%g", n);
        if (isfinite(best.time))
            say(a, "%s: %g uplink%s: %zu worker%s, %.4g", a->label, n, n > 1 ? "s" : "",
                best.workers, best.workers == 1 ? "" : "s", best.time);
        TG_TRY(add(a, "uplinks", word, (double)best.workers, &best, last));
        if (!(best.time < 0.95 * last) && !isnan(last)) return TG_OK;
        if (!isfinite(best.time)) return TG_OK;
        last = best.time;
    }
    return TG_OK;
}

/* ---- one slow worker ----------------------------------------------------------------- */

/* count 1: the study's cluster with its last worker slow; 0: without it. */
static tg_status
setting_of_slow(void *context, const size_t *slow, tg_setting *out)
{
    const tg_setting_source *source = context;
    const tg_study          *s = source->study;
    const size_t             last = s->groups - 1;
    tg_delay                *law[TG_MOST_GROUPS + 1], *late = NULL;
    size_t                   count[TG_MOST_GROUPS + 1];
    tg_cluster              *c = NULL;

    for (size_t g = 0; g < s->groups; g++) {
        law[g] = s->group[g].law;
        count[g] = s->group[g].count;
    }
    count[last]--;
    count[s->groups] = *slow;
    TG_TRY(tg_delay_scaled(law[last], SLOW, &late));
    law[s->groups] = late;
    const tg_status status =
        tg_cluster_create(s->groups + (*slow > 0), count, law, s->together, &c);
    tg_delay_free(late);
    TG_TRY(status);
    return tg_study_setting_of_cluster(source, c, out);
}

static tg_status
ask_slow(const asked *a)
{
    const tg_study *s = a->source->study;
    const size_t    with = 1, without = 0;
    tg_schedule_row slow, clean;
    char            word[64];

    if (s->groups > TG_MOST_GROUPS || !is_of_laws(s) || s->workers < 2) return TG_OK;
    const tg_choose_task t = { setting_of_slow, (void *)a->source, *a->task, &with, 1 };
    TG_TRY(tg_choose_look(&t, &with, &slow));
    TG_TRY(tg_choose_look(&t, &without, &clean));
    snprintf(word, sizeof word, "one of %zu %g times as slow", s->workers, SLOW);
    say(a, "%s: with %s %.4g, without that one %.4g", a->label, word, slow.time,
        clean.time);
    return add(a, "slow worker", word, (double)s->workers, &slow, clean.time);
}

/* ---- all of them --------------------------------------------------------------------- */

tg_status
tg_choices_add(const tg_schedule_task *task, const tg_page *page, tg_table *out)
{
    static tg_status (*const ask[])(const asked *a) = { ask_workers, ask_number,
                                                        ask_uplinks, ask_slow };
    const tg_setting_source *source = task->context;
    const asked              a = { .task = task,
                                   .source = source,
                                   .label = source->study->algorithm[source->algorithm].label,
                                   .page = page,
                                   .out = out };

    for (size_t i = 0; i < sizeof ask / sizeof *ask; i++) {
        const tg_status status = ask[i](&a);
        if (status != TG_OK && !is_left_out(status)) return status;
    }
    return TG_OK;
}
