#include "cli/cost.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "cli/scene.h"
#include "cli/schedule_choices.h"
#include "cli/setting.h"
#include "core/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tg_column row_columns[] = {
    { "algorithm", "", "", true },
    { "target", "loss", "excess loss to come to", false },
    { "workers", "", "P", false },
    { "step_limit", "x^2/loss", "learning rate at which the mean square is lost", false },
    { "step", "x^2/loss", "best learning rate", false },
    { "time", "time", "to the target with it; inf: not by the horizon", false },
    { "rate", "1/time", "of the slowest mode", false },
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
enum { ROW_COLUMNS = 14, BEST_COLUMNS = 13, MAP_COLUMNS = 5 };

typedef struct planning {
    const arguments *arguments;
    const tg_study  *study;
    tg_table        *rows, *best, *map, *choices;
    bool             talks; /* in words, on the terminal */
    size_t           known; /* algorithms that theory knows */
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
                         TG_NUMBER(r->rate), TG_NUMBER(r->floor), TG_NUMBER(r->step_floor),
                         TG_NUMBER(r->gradients), TG_NUMBER(r->bytes), TG_NUMBER(r->cost),
                         TG_NUMBER(r->own_time), TG_TEXT(tg_binding_name(r->binds)) }));
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

/* ---- words --------------------------------------------------------------------------- */

static const char *
what_is_least(tg_least least)
{
    static const char *const words[] = { "fastest", "fewest gradients", "fewest bytes",
                                         "cheapest" };

    return words[least];
}

static void
say_best(const planning *p, size_t algorithm, double target, const tg_schedule *s)
{
    const char            *label = p->study->algorithm[algorithm].label;
    const tg_schedule_row *b = &s->best, *c = &s->cheapest;

    printf("%s: %s to loss %g with %zu worker%s at step %.4g, after %.4g", label,
           what_is_least(p->study->schedule.least), target, b->workers,
           b->workers == 1 ? "" : "s", b->step, s->there ? s->there->settle : b->time);
    if (s->there && s->there->settle_error > 0)
        printf(" +- %.2g (level %s)", s->there->settle_error,
               tg_level_name(s->there->level));
    if (s->low.workers < s->high.workers)
        printf("; %zu to %zu workers come within 5 %%", s->low.workers, s->high.workers);
    if (c->workers != b->workers)
        printf(", least %s with %zu at step %.4g",
               p->study->schedule.least == TG_LEAST_TIME ? "worker-time" : "time",
               c->workers, c->step);
    printf("; what binds: %s\n", tg_binding_name(b->binds));
    if (isfinite(s->own.own_time))
        printf("%s: at the study's own step %g it is best with %zu, after %.4g\n", label,
               p->study->algorithm[algorithm].step, s->own.workers, s->own.own_time);
}

/* The floor in the way, and the step that would come below it. */
static void
say_never(const planning *p, size_t algorithm, double target, const tg_schedule *s)
{
    const tg_study_algorithm *a = &p->study->algorithm[algorithm];
    const tg_schedule_row    *near = &s->row[0];

    for (size_t i = 1; i < s->count; i++)
        if (s->row[i].loss < near->loss) near = &s->row[i];
    const double low = p->study->schedule.low, high = p->study->schedule.high;
    printf("%s: no %zu to %zu workers come to loss %g by t = %g at any step", a->label,
           s->row[0].workers, s->row[s->count - 1].workers, target, p->study->horizon);
    if (low > 0 || isfinite(high)) printf(" from %g to %g", low, high);
    if (!isfinite(near->loss)) printf(": none of these is stable");
    if (isfinite(near->loss))
        printf("; nearest are %zu at step %.4g: loss %.4g, floor %.4g", near->workers,
               near->step, near->loss, near->floor);
    if (isfinite(near->loss) && near->step_floor > 0 && isfinite(near->step_floor))
        printf("; with more time step %.4g would do, whose floor is the target",
               near->step_floor);
    putchar('\n');
}

static void
print_rows(const tg_schedule *s)
{
    printf("%7s %9s %9s %9s %9s %9s %9s  %s\n", "workers", "step max", "step", "time",
           "rate", "floor", "gradients", "binds");
    for (size_t i = 0; i < s->count; i++) {
        const tg_schedule_row *r = &s->row[i];
        printf("%7zu %9.4g %9.4g %9.4g %9.3g %9.3g %9.4g  %s\n", r->workers, r->step_limit,
               fabs(r->step), r->time, fabs(r->rate), fabs(r->floor), r->gradients,
               tg_binding_name(r->binds));
    }
}

/* ---- all of it ----------------------------------------------------------------------- */

static tg_status
plan_one(planning *p, size_t algorithm, double target)
{
    const tg_study           *study = p->study;
    const tg_study_algorithm *a = &study->algorithm[algorithm];
    setting_source            source = { study, algorithm };
    tg_schedule              *s = NULL;
    const tg_schedule_task    task = { .setting = setting_of,
                                       .modes = setting_modes,
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

    TG_TRY(tg_schedule_make(&task, &s));
    tg_status status = add_rows(p, a->label, target, s);
    if (status == TG_OK) status = add_all_best(p, a->label, target, a->step, s);
    if (status == TG_OK && p->talks) {
        if (isfinite(s->best.time))
            say_best(p, algorithm, target, s);
        else
            say_never(p, algorithm, target, s);
        print_rows(s);
    }
    tg_schedule_free(s);
    if (status == TG_OK && given(p->arguments, "choices"))
        status = choices_add(&task, p->talks, p->choices);
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
                fprintf(stderr, "%s: %s\n", p->study->algorithm[i].label, tg_message());
            if (status == TG_EDOMAIN && p->study->algorithms == 1) return status;
        }
    return p->known ? TG_OK : tg_fail(TG_EDOMAIN, "theory knows none of these algorithms");
}

static tg_status
draw(const planning *p)
{
    for (size_t i = 0; i < p->study->algorithms; i++) {
        const char *label = p->study->algorithm[i].label;
        bool        there = false;
        for (size_t r = 0; r < tg_table_rows(p->best) && !there; r++)
            there = !strcmp(tg_table_cell(p->best, r, 0).text, label);
        if (there) TG_TRY(figure_make(results_folder(p->arguments), "schedule", label));
    }
    return TG_OK;
}

static tg_status
hand_over(const planning *p, const char *name, tg_table **t)
{
    tg_table *table = *t;

    *t = NULL;
    return table_write(p->arguments, name, table);
}

/* Takes the tables; p->best is read once more. Without figures they are kept all the same. */
static tg_status
write_all(planning *p)
{
    const char *folder = results_folder(p->arguments);
    char       *path = tg_path_join(folder, "best.csv");

    tg_status status =
        path ? tg_table_write(p->best, path) : tg_fail(TG_ENOMEM, "out of memory");
    free(path);
    if (status != TG_OK) return status;
    TG_TRY(hand_over(p, "schedule", &p->rows));
    TG_TRY(hand_over(p, "map", &p->map));
    if (given(p->arguments, "choices")) TG_TRY(hand_over(p, "choices", &p->choices));
    const tg_status drawn = draw(p);
    TG_TRY(results_keep(p->arguments));
    return drawn;
}

static tg_status
deliver(planning *p)
{
    if (given(p->arguments, "json")) {
        json_t *document =
            json_pack("{s:o, s:o, s:o, s:o}", "best", json_of_table(p->best), "schedule",
                      json_of_table(p->rows), "map", json_of_table(p->map), "choices",
                      json_of_table(p->choices));
        if (!document) return tg_fail(TG_ENOMEM, "out of memory");
        if (results_folder(p->arguments)) {
            const tg_status status = write_all(p);
            if (status == TG_OK) return json_print(document);
            json_decref(document);
            return status;
        }
        return json_print(document);
    }
    return results_folder(p->arguments) ? write_all(p) : TG_OK;
}

static tg_status
begin(planning *p)
{
    TG_TRY(table_begin(p->arguments, p->study, row_columns, ROW_COLUMNS, &p->rows));
    TG_TRY(table_begin(p->arguments, p->study, best_columns, BEST_COLUMNS, &p->best));
    TG_TRY(table_begin(p->arguments, p->study, map_columns, MAP_COLUMNS, &p->map));
    return table_begin(p->arguments, p->study, choice_columns, CHOICE_COLUMNS, &p->choices);
}

static tg_status
count_cost(const planning *p)
{
    scene s;

    TG_TRY(scene_open(p->study, 0, &s));
    const tg_status status = cost_of_schedule(p->arguments, &s);
    scene_close(&s);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char *file;
    tg_study   *study = NULL;
    planning    p = { .arguments = a };

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    p.study = study;
    p.talks = !given(a, "json") && !given(a, "quiet");
    tg_status status = count_cost(&p);
    if (status == TG_OK) status = begin(&p);
    if (status == TG_OK) status = plan_all(&p);
    if (status == TG_OK) status = deliver(&p);
    tg_table_free(p.rows);
    tg_table_free(p.best);
    tg_table_free(p.map);
    tg_table_free(p.choices);
    tg_study_free(study);
    return status;
}

static const option options[] = {
    { "choices", NULL, "also which workers, a rule's number, uplinks, one slow worker" },
    { 0 },
};

const command cmd_schedule = {
    .name = "schedule",
    .operands = "STUDY",
    .summary = "how many workers and which learning rate reach the target soonest",
    .doc =
        "For every algorithm of a study: the number of workers and the learning rate that "
        "reach the\n"
        "target soonest (or for the fewest gradients, bytes or the least price: key "
        "schedule), all\n"
        "numbers of workers within 5 % of that and the cheapest of these, and for each "
        "number "
        "of\n"
        "workers the largest stable step, the best one, time, rate, floor and costs; what "
        "binds is\n"
        "stability (of the largest eigenvalue), speed (of the smallest), the noise floor, "
        "the "
        "uplink\n"
        "or the range asked for. With --out: tables schedule, best and map, and the time "
        "over "
        "workers\n"
        "and learning rates as a figure of every algorithm, figures/schedule-NAME.svg.",
    .options = options,
    .run = run
};
