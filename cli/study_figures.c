/* study_figures: which figures a study has, and what each says in one sentence made of its numbers
 *
 * A figure without data is that sentence alone.
 */
#include "cli/figures.h"
#include "cli/study_run.h"
#include "study/rows.h"

#include "core/file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1200 };

/* Text that grows. */
typedef struct words {
    char   text[ROOM];
    size_t used;
} words;

static void say(words *w, const char *format, ...) TG_FORMAT(2, 3);

static void
say(words *w, const char *format, ...)
{
    va_list rest;

    va_start(rest, format);
    const int n = vsnprintf(w->text + w->used, sizeof w->text - w->used, format, rest);
    va_end(rest);
    w->used = n < 0 || w->used + (size_t)n >= sizeof w->text ? sizeof w->text - 1
                                                             : w->used + (size_t)n;
}

/* "workers" of the only algorithm, "workers-asgd" of one of several. */
static tg_status
add(const study_run *r, const char *script, size_t rule, const char *title, const words *w)
{
    char full[200];

    const char *label = r->study->algorithm[rule].label;
    snprintf(full, sizeof full, "%.90s: %.90s", label, title);
    return figures_add(r->figures, &(figure){ .script = script,
                                              .name = r->rules > 1 ? label : NULL,
                                              .labels = r->labels,
                                              .tables = "tables",
                                              .number = (int)rule + 1,
                                              .title = full,
                                              .caption = w->text });
}

static tg_status
add_sentence(const study_run *r, const words *w)
{
    return figures_add(
        r->figures, &(figure){ .script = "-", .title = "no figure", .caption = w->text });
}

static const char *
label_of(const study_run *r, size_t rule)
{
    return r->study->algorithm[rule].label;
}

static tg_status
table_of(const study_run *r, const char *kind, size_t rule, tg_table **out)
{
    char name[160];

    snprintf(name, sizeof name, "tables/%s-%s.csv", kind, label_of(r, rule));
    char *path = tg_path_join(r->folder, name);
    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_table_read(path, out);
    free(path);
    return status;
}

/* ---- loss in time -------------------------------------------------------------------- */

/* Simulated means within the model's error and two standard errors, of all that can be held against a
 * prediction; whether any number of the figure is above 0. */
static bool
count_within(const outcome *o, size_t *within, size_t *all)
{
    const tg_prediction *p = o->prediction;
    bool                 any = false;

    for (size_t i = 0; i < o->simulation->points; i++) {
        const tg_stats *s = &o->simulation->loss[i];
        const double    two = 2 * tg_stats_error(s);
        any = any || (s->mean > 0 && isfinite(s->mean)) ||
              (p->loss[i] > 0 && isfinite(p->loss[i]));
        if (!isfinite(p->loss[i]) || !isfinite(s->mean) || !isfinite(two)) continue;
        ++*all;
        *within += s->mean + two >= p->low[i] && s->mean - two <= p->high[i];
    }
    return any;
}

static void
say_course(words *w, const study_run *r, size_t rule)
{
    const outcome       *o = outcome_at(r, r->own_index, rule);
    const tg_prediction *p = o->prediction;
    const double         target = r->study->target;

    say(w, "%s%s ", rule ? "; " : "", label_of(r, rule));
    if (isfinite(p->settle))
        say(w, "stays below the target after %.3g", p->settle);
    else if (target > 0 && isfinite(o->simulation->settle))
        say(w, "stays below the target after %.3g (simulated)", o->simulation->settle);
    else if (*o->why)
        say(w, "%s (simulated)", tg_outcome_name(o->simulation->growth.outcome));
    else if (p->outcome == TG_CONVERGES && !(target > 0))
        say(w, "settles at %.3g", p->floor + p->bias_loss);
    else if (p->outcome == TG_CONVERGES)
        say(w, "does not reach the target within the horizon");
    else
        say(w, "%s", tg_verdict_text(p));
}

static tg_status
add_trajectory(const study_run *r)
{
    words  w = { .used = 0 };
    size_t within = 0, all = 0;
    bool   any = false;

    for (size_t k = 0; k < r->rules; k++) {
        any = count_within(outcome_at(r, r->own_index, k), &within, &all) || any;
        if (k < 4) say_course(&w, r, k);
    }
    if (r->rules > 4) say(&w, "; and %zu more", r->rules - 4);
    if (!any) {
        w = (words){ .used = 0 };
        say(&w, "The excess loss is 0 throughout: there is no curve to draw.");
        return add_sentence(r, &w);
    }
    if (all)
        say(&w,
            "; %.0f %% of the simulated means (dots) lie within the model's error and two "
            "standard errors",
            100 * (double)within / (double)all);
    say(&w,
        r->study->replicas > 9 ? "; bands: from a tenth to nine tenths of the runs." : ".");
    return figures_add(r->figures, &(figure){ .script = "trajectory",
                                              .labels = r->labels,
                                              .tables = "tables",
                                              .title = "Excess loss in time",
                                              .caption = w.text });
}

/* ---- time to target against workers -------------------------------------------------- */

/* Whether any number of workers reaches the target, predicted or simulated. */
static bool
is_reached(const study_run *r, size_t rule)
{
    for (size_t i = 0; i < r->n; i++) {
        const outcome *o = outcome_at(r, i, rule);
        if ((o->prediction->settle > 0 && isfinite(o->prediction->settle)) ||
            (o->simulation->settle > 0 && isfinite(o->simulation->settle)))
            return true;
    }
    return false;
}

static void
say_fastest(words *w, const study_run *r, size_t rule)
{
    const advice *v = &r->advice[rule];
    const double  yours = outcome_at(r, r->own_index, rule)->prediction->settle;

    if (!isfinite(v->best_time)) {
        say(w, "%s: of the numbers tried %g worker%s fastest in simulations: %.3g",
            label_of(r, rule), v->simulated_best, v->simulated_best == 1 ? " is" : "s are",
            v->simulated_time);
    } else if (v->best == (double)r->own) {
        say(w, "%s is fastest with your %zu worker%s: %.3g", label_of(r, rule), r->own,
            r->own == 1 ? "" : "s", v->best_time);
    } else {
        say(w, "%s is fastest with %g worker%s: %.3g", label_of(r, rule), v->best,
            v->best == 1 ? "" : "s", v->best_time);
        if (yours < 2 * v->best_time)
            say(w, "; your %zu take %.0f %% longer", r->own,
                100 * (yours / v->best_time - 1));
        else if (isfinite(yours))
            say(w, "; your %zu take %.2g times as long", r->own, yours / v->best_time);
        else
            say(w, "; your %zu do not get there", r->own);
    }
    if (isfinite(v->cliff) && isfinite(v->cliff_time))
        say(w, "; with %g one more swing crosses the target, which takes %.3g", v->cliff,
            v->cliff_time);
    if (isfinite(v->limit)) say(w, "; past %.0f it diverges", ceil(v->limit) - 1);
    say(w, ".");
}

static tg_status
add_workers(const study_run *r, size_t rule)
{
    words w = { .used = 0 };

    if (!(r->study->target > 0)) return TG_OK;
    if (!is_reached(r, rule)) {
        say(&w,
            "%s reaches the target of %g within the horizon with none of the numbers "
            "of workers tried.",
            label_of(r, rule), r->study->target);
        return add_sentence(r, &w);
    }
    say_fastest(&w, r, rule);
    return add(r, "workers", rule, "time to target against the number of workers", &w);
}

/* ---- region -------------------------------------------------------------------------- */

static void
say_region(words *w, const study_run *r, size_t rule, const tg_table *t)
{
    const tg_prediction *p = outcome_at(r, r->own_index, rule)->prediction;
    size_t               agree = 0, rows = tg_table_rows(t);

    for (size_t i = 0; i < rows; i++)
        agree += tg_table_cell(t, i, 2).number == tg_table_cell(t, i, 3).number;
    if (isfinite(p->gain / p->threshold_square))
        say(w,
            "Your setting uses %.3g %% of the learning rate that %s bears with %zu "
            "workers; ",
            100 * p->gain / p->threshold_square, label_of(r, rule), r->own);
    say(w,
        "%zu of %zu settings simulated (dots converge, crosses diverge) end as predicted "
        "in "
        "mean square; dashed: where a single run is lost, dotted: the mean of very many "
        "workers.",
        agree, rows);
}

static tg_status
add_region(const study_run *r, size_t rule)
{
    words     w = { .used = 0 };
    tg_table *t = NULL;
    bool      bounded = false;

    for (size_t i = 0; i < r->n; i++)
        bounded = bounded || isfinite(outcome_at(r, i, rule)->prediction->step_limit);
    if (r->stopped) return TG_OK;
    if (!bounded || table_of(r, "region", rule, &t) != TG_OK) {
        say(&w,
            "%s: theory knows no learning rate at which it diverges, so there is no "
            "region to draw.",
            label_of(r, rule));
        return add_sentence(r, &w);
    }
    say_region(&w, r, rule, t);
    tg_table_free(t);
    return add(r, "region", rule, "which workers and learning rates converge", &w);
}

/* ---- roots --------------------------------------------------------------------------- */

static void
say_roots(words *w, const study_run *r, size_t rule, const tg_table *t)
{
    const double limit = r->advice[rule].limit;
    double       turns = NAN;

    for (size_t i = 0; i < tg_table_rows(t); i++) {
        const double workers = tg_table_number(t, i, 1), re = tg_table_number(t, i, 3);
        if (tg_table_number(t, i, 0) != 1) continue;
        if (isnan(turns) && tg_table_number(t, i, 4) > 1e-9 * fabs(re)) turns = workers;
    }
    say(w, "As workers grow, %s's fastest mode ", label_of(r, rule));
    if (isfinite(turns))
        say(w, "oscillates from %g workers on%s", turns, isfinite(limit) ? " and " : "");
    if (isfinite(limit)) say(w, "grows past %.0f", ceil(limit) - 1);
    if (isnan(turns) && !isfinite(limit)) say(w, "neither oscillates nor grows");
    say(w, "; numbers at the points are workers.");
}

static tg_status
add_roots(const study_run *r, size_t rule)
{
    words     w = { .used = 0 };
    tg_table *t = NULL;

    if (r->stopped || table_of(r, "roots", rule, &t) != TG_OK) return TG_OK;
    say_roots(&w, r, rule, t);
    tg_table_free(t);
    return add(r, "roots", rule, "characteristic roots as the workers grow", &w);
}

/* ---- staleness ----------------------------------------------------------------------- */

static tg_status
add_staleness(const study_run *r)
{
    words  w = { .used = 0 };
    char   labels[sizeof r->labels] = "";
    size_t used = 0, any = 0;

    for (size_t k = 0; k < r->rules; k++) {
        const tg_simulation *s = outcome_at(r, r->own_index, k)->simulation;
        const bool           late = tg_mean_staleness(s) > 0;
        if (late && any == 0) say(&w, "Gradients arrive ");
        if (late && any < 4)
            say(&w, "%s%.3g updates late on average%s%s", any ? ", " : "",
                tg_mean_staleness(s), r->rules > 1 ? " with " : "",
                r->rules > 1 ? label_of(r, k) : "");
        any += late;
        used += (size_t)snprintf(labels + used, sizeof labels - used, "%s%s",
                                 used ? " " : "", late ? label_of(r, k) : "-");
    }
    if (any == 0) {
        say(&w, "No gradient arrives late: the staleness is 0 throughout.");
        return add_sentence(r, &w);
    }
    say(&w, "; steps: simulated, lines: predicted.");
    return figures_add(r->figures, &(figure){ .script = "staleness",
                                              .labels = labels,
                                              .tables = "tables",
                                              .title = "Staleness of gradients",
                                              .caption = w.text });
}

tg_status
study_run_figures(study_run *r)
{
    TG_TRY(figures_list(&r->figures));
    TG_TRY(add_trajectory(r));
    TG_TRY(add_staleness(r));
    if (r->n < 2) return TG_OK;
    for (size_t k = 0; k < r->rules; k++) TG_TRY(add_workers(r, k));
    for (size_t k = 0; k < r->rules; k++) TG_TRY(add_region(r, k));
    for (size_t k = 0; k < r->rules; k++) TG_TRY(add_roots(r, k));
    return TG_OK;
}
