/* schedule_tables: how many workers and which learning rate reach the target soonest, as
 * tables */
#include "study/answer.h"
#include "study/cost.h"
#include "study/scene.h"
#include "study/schedule_choices.h"
#include "study/schedule_words.h"
#include "study/setting.h"

#include <math.h>
#include <stdio.h>

static const tg_column row_columns[] = {
    { "algorithm", "", "", true },
    { "target", "loss", "excess loss to come to", false },
    { "workers", "", "P", false },
    { "step_limit", "x^2/loss", "learning rate at which the mean square is lost", false },
    { "step", "x^2/loss", "best learning rate", false },
    { "time", "time", "to the target with it; inf: not by the horizon", false },
    { "rate", "1/time", "of the slowest mode", false },
    { "rate_error", "1/time", "expected model error", false },
    { "floor", "loss", "noise floor with it", false },
    { "step_floor", "x^2/loss", "learning rate whose floor is the target; inf: none",
      false },
    { "gradients", "", "computed up to then", false },
    { "bytes", "bytes", "sent up to then", false },
    { "cost", "", "workers times time times the price", false },
    { "own_time", "time", "to the target with the study's learning rate", false },
    { "binds", "", "what keeps it from being better", true },
};
static const tg_column best_columns[] = {
    { "algorithm", "", "", true },
    { "target", "loss", "excess loss to come to", false },
    { "what", "",
      "best; low, high: the fewest and most workers within 5 %; cheapest of these; own: "
      "best "
      "with the study's learning rate",
      true },
    { "workers", "", "P", false },
    { "step", "x^2/loss", "learning rate", false },
    { "step_limit", "x^2/loss", "where the mean square is lost", false },
    { "time", "time", "to the target", false },
    { "time_error", "time", "of the model, where it was predicted anew; nan: it was not",
      false },
    { "gradients", "", "computed up to then", false },
    { "bytes", "bytes", "sent up to then", false },
    { "cost", "", "workers times time times the price", false },
    { "level", "", "of theory", true },
    { "binds", "", "what keeps it from being better", true },
};
static const tg_column map_columns[] = {
    { "algorithm", "", "", true },
    { "target", "loss", "excess loss to come to", false },
    { "workers", "", "P", false },
    { "step", "x^2/loss", "learning rate", false },
    { "time", "time", "to the target; inf: not by the horizon", false },
};
enum { ROW_COLUMNS = 15, BEST_COLUMNS = 13, MAP_COLUMNS = 5 };

typedef struct planning {
    const tg_ask   *ask;
    const tg_study *study;
    tg_table       *rows, *best, *map;
    tg_table       *choices; /* NULL: not asked for */
    size_t          known;   /* algorithms that theory knows */
} planning;

/* ---- tables -------------------------------------------------------------------------- */

static tg_status
add_rows(const planning *p, const char *label, double target, const tg_schedule *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const tg_schedule_row *r = &s->row[i];
        TG_TRY(tg_table_add(
            p->rows,
            (tg_cell[]){ TG_TEXT(label), TG_NUMBER(target), TG_NUMBER((double)r->workers),
                         TG_NUMBER(r->step_limit), TG_NUMBER(r->step), TG_NUMBER(r->time),
                         TG_NUMBER(r->rate), TG_NUMBER(r->rate_error), TG_NUMBER(r->floor),
                         TG_NUMBER(r->step_floor), TG_NUMBER(r->gradients),
                         TG_NUMBER(r->bytes), TG_NUMBER(r->cost), TG_NUMBER(r->own_time),
                         TG_TEXT(tg_binding_name(r->binds)) }));
        for (size_t k = 0; k < s->steps; k++)
            TG_TRY(tg_table_add(
                p->map, (tg_cell[]){ TG_TEXT(label), TG_NUMBER(target),
                                     TG_NUMBER((double)r->workers), TG_NUMBER(s->step[k]),
                                     TG_NUMBER(s->map[i * s->steps + k]) }));
    }
    return TG_OK;
}

static tg_status
add_best(const planning *p, const char *label, double target, const char *what,
         const tg_schedule_row *r, const tg_prediction *there)
{
    return tg_table_add(
        p->best,
        (tg_cell[]){ TG_TEXT(label), TG_NUMBER(target), TG_TEXT(what),
                     TG_NUMBER((double)r->workers), TG_NUMBER(r->step),
                     TG_NUMBER(r->step_limit), TG_NUMBER(there ? there->settle : r->time),
                     TG_NUMBER(there ? there->settle_error : NAN), TG_NUMBER(r->gradients),
                     TG_NUMBER(r->bytes), TG_NUMBER(r->cost),
                     TG_TEXT(there ? tg_level_name(there->level) : "table"),
                     TG_TEXT(tg_binding_name(r->binds)) });
}

static tg_status
add_all_best(const planning *p, const char *label, double target, double step,
             const tg_schedule *s)
{
    tg_schedule_row own = s->own;

    TG_TRY(add_best(p, label, target, "best", &s->best, s->there));
    TG_TRY(add_best(p, label, target, "low", &s->low, NULL));
    TG_TRY(add_best(p, label, target, "high", &s->high, NULL));
    TG_TRY(add_best(p, label, target, "cheapest", &s->cheapest, NULL));
    const double more = own.own_time / own.time;
    own.step = step;
    own.time = own.own_time;
    own.gradients *= more;
    own.bytes *= more;
    own.cost *= more;
    return add_best(p, label, target, "own", &own, NULL);
}

/* The best threshold, with the study's own workers and learning rate: of others there are no tables. */
static tg_status
plan_trigger(const planning *p, const tg_schedule_task *task, const tg_study_algorithm *a)
{
    const double      P = (double)p->study->workers;
    tg_trigger_choice best, all, own;
    char              word[40];

    TG_TRY(tg_choose_trigger(task, &best, &all, &own));
    if (p->ask->words.stream)
        tg_say_trigger(&p->ask->words, p->study, a, task->target, &best, &all, &own);
    snprintf(word, sizeof word, "delta = %.4g", best.delta);
    const tg_schedule_row r = { .workers = p->study->workers,
                                .step_limit = NAN,
                                .step = a->step,
                                .time = best.time,
                                .gradients = NAN,
                                .bytes = best.uploads * task->bytes,
                                .cost = P * best.time * task->price };
    TG_TRY(add_best(p, a->label, task->target, word, &r, NULL));
    if (!p->choices) return TG_OK;
    return tg_table_add(p->choices,
                        (tg_cell[]){ TG_TEXT(a->label), TG_TEXT("trigger"), TG_TEXT(word),
                                     TG_NUMBER(P), TG_NUMBER(a->step), TG_NUMBER(best.time),
                                     TG_NUMBER(own.time) });
}

/* ---- all of it ----------------------------------------------------------------------- */

static tg_status
plan_one(planning *p, size_t algorithm, double target)
{
    const tg_study           *study = p->study;
    const tg_study_algorithm *a = &study->algorithm[algorithm];
    tg_setting_source         source = { study, algorithm };
    tg_schedule              *s = NULL;
    const tg_schedule_task    task = { .setting = tg_study_setting,
                                       .modes = tg_study_setting_modes,
                                       .context = &source,
                                       .target = target,
                                       .horizon = study->horizon,
                                       .step = a->step,
                                       .low = study->schedule.low,
                                       .high = study->schedule.high,
                                       .workers = study->schedule.workers,
                                       .count = study->schedule.count,
                                       .steps = study->schedule.steps,
                                       .least = study->schedule.least,
                                       .bytes = tg_link_bytes(&study->uplink),
                                       .price = study->schedule.price };

    if (tg_study_trigger(study, algorithm) > 0) return plan_trigger(p, &task, a);
    TG_TRY(tg_schedule_make(&task, &s));
    tg_status status = add_rows(p, a->label, target, s);
    if (status == TG_OK) status = add_all_best(p, a->label, target, a->step, s);
    if (status == TG_OK && p->ask->words.stream)
        tg_say_schedule(&p->ask->words, study, algorithm, target, s);
    tg_schedule_free(s);
    if (status == TG_OK && p->choices)
        status = tg_choices_add(&task, &p->ask->words, p->choices);
    return status;
}

/* What theory does not know is said, and left out. */
static tg_status
plan_all(planning *p)
{
    const tg_study_schedule *d = &p->study->schedule;

    if (d->targets == 0)
        return tg_fail(TG_EINPUT, "a schedule needs target.loss or schedule.targets");
    for (size_t i = 0; i < p->study->algorithms; i++)
        for (size_t k = 0; k < d->targets; k++) {
            const tg_status status = plan_one(p, i, d->target[k]);
            if (status != TG_OK && status != TG_EDOMAIN) return status;
            if (status == TG_OK) p->known++;
            if (status == TG_EDOMAIN && p->study->algorithms > 1)
                tg_listener_tell(p->ask->listener, TG_TOPIC_MISSING, "%s: %s",
                                 p->study->algorithm[i].label, tg_message());
            if (status == TG_EDOMAIN && p->study->algorithms == 1) return status;
        }
    return p->known ? TG_OK : tg_fail(TG_EDOMAIN, "theory knows none of these algorithms");
}

static tg_status
begin(planning *p, tg_answer *out)
{
    const struct {
        tg_table **table;
        bool       asked;
    } made[] = { { &p->best, true },
                 { &p->rows, true },
                 { &p->map, true },
                 { &p->choices, tg_ask_given(p->ask, "choices") } };

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        const tg_answer_table *t = &tg_answer_schedule.tables[i];
        if (!made[i].asked) continue;
        TG_TRY(tg_ask_table(p->ask, p->study, t->columns, t->count, made[i].table));
        tg_answer_add(out, t->name, *made[i].table);
    }
    return TG_OK;
}

static tg_status
count_cost(const planning *p)
{
    tg_scene s;

    TG_TRY(tg_scene_open(p->study, 0, &s));
    const tg_status status = tg_cost_of_schedule(p->ask->listener, &s);
    tg_scene_close(&s);
    return status;
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    planning p = { .ask = ask, .study = study };

    TG_TRY(count_cost(&p));
    TG_TRY(begin(&p, out));
    return plan_all(&p);
}

static const tg_option options[] = {
    { "choices", NULL, "also which workers, a rule's number, uplinks, one slow worker" },
    { 0 },
};

const tg_answerer tg_answer_schedule = {
    .is = { .name = "schedule",
            .operands = "STUDY",
            .summary = "how many workers and which learning rate reach the target soonest",
            .doc = "For every algorithm of a study: the number of workers and the learning "
                   "rate that "
                   "reach the\n"
                   "target soonest (or for the fewest gradients, bytes or the least price: "
                   "key "
                   "schedule), all\n"
                   "numbers of workers within 5 % of that and the cheapest of these, and "
                   "for each "
                   "number "
                   "of\n"
                   "workers the largest stable step, the best one, time, rate, floor and "
                   "costs; what "
                   "binds is\n"
                   "stability (of the largest eigenvalue), speed (of the smallest), the "
                   "noise floor, "
                   "the "
                   "uplink\n"
                   "or the range asked for. Of workers that send_norm, which of their "
                   "gradients to send\n"
                   "(with the study's own workers and step).\nWith --out: tables schedule, "
                   "best and map, and "
                   "the time "
                   "over "
                   "workers\n"
                   "and learning rates as a figure of every algorithm, "
                   "figures/schedule-NAME.svg.",
            .options = options },
    .tables = { { "best", best_columns, BEST_COLUMNS },
                { "schedule", row_columns, ROW_COLUMNS },
                { "map", map_columns, MAP_COLUMNS },
                { "choices", tg_choice_columns, TG_CHOICE_COLUMNS } },
    .study = true,
    .untuned = true,
    .answer = answer
};
