#include "study/schedule_words.h"

#include "study/say.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 1200 };

/* ---- sentences ------------------------------------------------------------------------- */

static void add(char text[ROOM], const char *format, ...) TG_FORMAT(2, 3);

static void
add(char text[ROOM], const char *format, ...)
{
    const size_t used = strlen(text);
    va_list      rest;

    va_start(rest, format);
    vsnprintf(text + used, ROOM - used, format, rest);
    va_end(rest);
}

static const char *
plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static const char *
what_is_least(tg_least least)
{
    static const char *const words[] = { "fastest", "fewest gradients", "fewest bytes",
                                         "cheapest" };

    return words[least];
}

static void
say_best(const tg_page *page, const tg_study *study, size_t algorithm, double target,
         const tg_schedule *s)
{
    const tg_study_algorithm *a = &study->algorithm[algorithm];
    const tg_schedule_row    *b = &s->best, *c = &s->cheapest;
    char                      text[ROOM] = "";

    add(text, "%s: %s to loss %g with %zu worker%s at step %.4g, after %.4g", a->label,
        what_is_least(study->schedule.least), target, b->workers, plural(b->workers),
        b->step, s->there ? s->there->settle : b->time);
    if (s->there && s->there->settle_error > 0)
        add(text, " +- %.2g (level %s)", s->there->settle_error,
            tg_level_name(s->there->level));
    if (s->low.workers < s->high.workers)
        add(text, "; %zu to %zu workers come within 5 %%", s->low.workers, s->high.workers);
    if (c->workers != b->workers)
        add(text, ", least %s with %zu at step %.4g",
            study->schedule.least == TG_LEAST_TIME ? "worker-time" : "time", c->workers,
            c->step);
    add(text, "; what binds: %s", tg_binding_name(b->binds));
    tg_say_wrapped(page, text, 2);
    if (!isfinite(s->own.own_time)) return;
    *text = 0;
    add(text, "%s: at the study's own step %g it is best with %zu, after %.4g", a->label,
        a->step, s->own.workers, s->own.own_time);
    tg_say_wrapped(page, text, 2);
}

/* The floor in the way, and the step that would come below it. */
static void
say_never(const tg_page *page, const tg_study *study, size_t algorithm, double target,
          const tg_schedule *s)
{
    const tg_schedule_row *near = &s->row[0];
    const double           low = study->schedule.low, high = study->schedule.high;
    char                   text[ROOM] = "";

    for (size_t i = 1; i < s->count; i++)
        if (s->row[i].loss < near->loss) near = &s->row[i];
    add(text, "%s: no %zu to %zu workers come to loss %g by t = %g at any step",
        study->algorithm[algorithm].label, s->row[0].workers, s->row[s->count - 1].workers,
        target, study->horizon);
    if (low > 0 || isfinite(high)) add(text, " from %g to %g", low, high);
    if (!isfinite(near->loss))
        add(text, ": none of these is stable");
    else
        add(text, "; nearest are %zu at step %.4g: loss %.4g, floor %.4g", near->workers,
            near->step, near->loss, near->floor);
    if (isfinite(near->loss) && near->step_floor > 0 && isfinite(near->step_floor))
        add(text, "; with more time step %.4g would do, whose floor is the target",
            near->step_floor);
    tg_say_wrapped(page, text, 2);
}

/* ---- rows ------------------------------------------------------------------------------ */

/* The columns in their order, and which of them a narrow page goes without first. */
enum { WORKERS, STEP_MAX, STEP, TIME, RATE, FLOOR, GRADIENTS, BINDS, COLUMNS };
enum { WIDTH = 9, NARROWEST = 7, GAP = 1 };
static const char *const head[COLUMNS] = { "workers", "step max", "step",      "time",
                                           "rate",    "floor",    "gradients", " binds" };
static const int         dispensable[] = { RATE, GRADIENTS, FLOOR, STEP_MAX };

static void
choose(int columns, bool shown[COLUMNS])
{
    int width = NARROWEST + (COLUMNS - 2) * (GAP + WIDTH) + GAP + (int)sizeof "stability";

    for (size_t c = 0; c < COLUMNS; c++) shown[c] = true;
    for (size_t i = 0; i < sizeof dispensable / sizeof *dispensable; i++) {
        if (width <= columns) return;
        shown[dispensable[i]] = false;
        width -= GAP + WIDTH;
    }
}

static void
print_rows(const tg_page *page, const tg_schedule *s)
{
    FILE *f = page->stream;
    bool  shown[COLUMNS];

    choose(page->columns, shown);
    for (size_t c = 0; c < COLUMNS; c++)
        if (shown[c])
            fprintf(f, c == WORKERS ? "%7s" : c == BINDS ? " %s\n" : " %9s", head[c]);
    for (size_t i = 0; i < s->count; i++) {
        const tg_schedule_row *r = &s->row[i];
        const double           number[] = { (double)r->workers, r->step_limit,
                                            fabs(r->step),      r->time,
                                            fabs(r->rate),      fabs(r->floor),
                                            r->gradients };
        fprintf(f, "%7zu", r->workers);
        for (size_t c = STEP_MAX; c < BINDS; c++)
            if (shown[c])
                fprintf(f, c == RATE || c == FLOOR ? " %9.3g" : " %9.4g", number[c]);
        fprintf(f, "  %s\n", tg_binding_name(r->binds));
    }
}

void
tg_say_schedule(const tg_page *page, const tg_study *study, size_t algorithm, double target,
                const tg_schedule *s)
{
    if (isfinite(s->best.time))
        say_best(page, study, algorithm, target, s);
    else
        say_never(page, study, algorithm, target, s);
    print_rows(page, s);
}

/* "5.3 (+- .1) after 120 uploads", or that it is not reached. */
static void
reach(const tg_trigger_choice *c, char *out, size_t room)
{
    if (isfinite(c->time))
        snprintf(out, room, "after %.4g (+- %.2g) and %.4g uploads", c->time, c->time_error,
                 c->uploads);
    else
        snprintf(out, room, "not by the horizon");
}

void
tg_say_trigger(const tg_page *page, const tg_study *study, const tg_study_algorithm *a,
               double target, const tg_trigger_choice *best, const tg_trigger_choice *all,
               const tg_trigger_choice *own)
{
    char text[600], best_text[100], all_text[100], own_text[100];

    reach(best, best_text, sizeof best_text);
    reach(all, all_text, sizeof all_text);
    reach(own, own_text, sizeof own_text);
    snprintf(
        text, sizeof text,
        "%s: with %zu worker%s at step %.4g the best threshold for loss %.4g is delta = "
        "%.4g: %s; with its own %.4g %s; with everything sent %s",
        a->label, study->workers, study->workers == 1 ? "" : "s", a->step, target,
        best->delta, best_text, own->delta, own_text, all_text);
    tg_say_wrapped(page, text, 2);
}
