/* study_summary: the answers in words, for the terminal and the report, and as JSON */
#include "cli/output.h"
#include "cli/study_run.h"
#include "study/rows.h"
#include "study/say.h"
#include "study/sentences.h"

#include "core/quote.h"
#include "core/version.h"

#include <math.h>
#include <stdlib.h>

enum { ITEM = 16 }; /* where what is said of an item begins */

/* "0.0123 +- 0.0004", or the bare number where there is no error to state. */
static void
print_with_error(FILE *f, double value, double error)
{
    if (isfinite(error) && error > 0)
        fprintf(f, "%.4g +- %.2g", value, error);
    else
        fprintf(f, "%.4g", value);
}

static void
print_verdict(FILE *f, const tg_prediction *p)
{
    fprintf(f, "%s: loop gain %.4g of ", tg_verdict_text(p), p->gain);
    print_with_error(f, p->threshold_square, p->threshold_error);
    fprintf(f, " at which it diverges");
    if (p->unstable) fprintf(f, "; %zu characteristic roots right of 0", p->unstable);
}

/* The three by name, and what lies between them looks like. */
static void
print_thresholds(FILE *f, const tg_prediction *p)
{
    fprintf(f, "\n  thresholds    mean square ");
    print_with_error(f, p->threshold_square, p->threshold_error);
    if (!isnan(p->threshold_single)) {
        fprintf(f, ", single run ");
        print_with_error(f, p->threshold_single, p->single_error);
    }
    fprintf(f, ", mean of many workers %.4g; %s\n", p->threshold, tg_threshold_text(p));
}

static void
print_waiting(FILE *f, const tg_waiting *w, const char *by)
{
    print_with_error(f, w->value[TG_WAITING_MEDIAN], w->error[TG_WAITING_MEDIAN]);
    fprintf(f, ", one in ten by %.4g, nine by %.4g (%s)", w->value[TG_WAITING_EARLY],
            w->value[TG_WAITING_LATE], by);
}

/* When single runs are at the target, by the integrator and by the simulator. */
static void
print_hits(FILE *f, const outcome *o)
{
    if (!o->hits.runs) return;
    fprintf(f, "  single runs   first there after ");
    print_waiting(f, &o->hits, "integrated");
    fprintf(f, "; ");
    print_waiting(f, &o->seen, "simulated");
    fputc('\n', f);
}

static void
print_after(FILE *f, double time, double error)
{
    if (isfinite(time)) {
        fprintf(f, "after ");
        print_with_error(f, time, error);
    } else {
        fprintf(f, "not within the horizon");
    }
}

static void
print_target(FILE *f, const outcome *o, double target)
{
    const tg_prediction *p = o->prediction;
    const tg_simulation *s = o->simulation;

    if (!(target > 0)) return;
    fprintf(f, "  target %g   ", target);
    if (!*o->why) {
        print_after(f, p->settle, p->settle_error);
        fprintf(f, " (predicted); ");
    }
    print_after(f, s->settle, s->settle_error);
    fprintf(f, " (simulated)\n");
}

static void
print_predicted(FILE *f, const tg_prediction *p)
{
    fprintf(f, "  verdict       ");
    print_verdict(f, p);
    print_thresholds(f, p);
    fprintf(f, "  rate          ");
    print_with_error(f, p->rate, p->rate_error);
    fprintf(f, " per time, slowest mode%s\n  noise floor   ",
            p->effective
                ? "; effective, over the horizon: so heavy a tail of the delay allows no "
                  "exponential rate"
                : "");
    print_with_error(f, p->floor, p->floor_error);
    fprintf(f, " excess loss");
    if (p->bias_loss > 0)
        fprintf(f, ", and %.4g from the bias on heterogeneous data", p->bias_loss);
    fprintf(f, "\n");
}

static void
print_own(const study_run *r, size_t rule, FILE *f)
{
    const outcome       *o = outcome_at(r, r->own_index, rule);
    const tg_prediction *p = o->prediction;
    const tg_simulation *s = o->simulation;

    if (*o->why)
        fprintf(f, "  not computed  %s\n", o->why);
    else
        print_predicted(f, p);
    fprintf(f, "  at horizon    ");
    if (!*o->why && !isnan(p->loss[p->points - 1])) {
        print_with_error(f, p->loss[p->points - 1],
                         (p->high[p->points - 1] - p->low[p->points - 1]) / 2);
        fprintf(f, " (predicted); ");
    }
    print_with_error(f, s->loss[s->points - 1].mean,
                     tg_stats_error(&s->loss[s->points - 1]));
    fprintf(f, " (simulated)\n  simulation    %s: %s\n", tg_outcome_name(s->growth.outcome),
            s->growth.reason);
    print_target(f, o, r->study->target);
    print_hits(f, o);
    if (s->diverged)
        fprintf(f,
                "  simulation    diverged: %zu of %zu replicas, replica %zu at time %.4g, "
                "update %llu%s%s\n",
                s->diverged, s->replicas, s->diverged_replica, s->diverged_time,
                (unsigned long long)s->diverged_updates,
                *s->diverged_in ? ", first in " : "", s->diverged_in);
    if (s->stalled) {
        char what[120];
        tg_simulation_stalled(s, what, sizeof what);
        fprintf(f, "  simulation    %s\n", what);
    }
    if (p->start_curvature > 1.1)
        fprintf(f,
                "  note          where runs begin the largest eigenvalue is %.3g times "
                "that of the "
                "minimum: %s\n",
                p->start_curvature,
                p->gain * p->start_curvature > p->threshold_square
                    ? "there the step is too large"
                    : "the step is small enough there too");
    if (p->resolved < 0.99)
        fprintf(
            f, "  note          the modes account for %.0f %% of the initial excess loss\n",
            100 * p->resolved);
}

static void
print_cliff(FILE *f, const advice *v)
{
    if (isnan(v->cliff)) return;
    fprintf(f, "  cliff         %g workers take ", v->cliff);
    if (isfinite(v->cliff_time))
        fprintf(f, "%.4g: one more swing crosses the target\n", v->cliff_time);
    else
        fprintf(f, "longer than the horizon\n");
}

static void
print_advice(const study_run *r, size_t rule, FILE *f)
{
    const advice *v = &r->advice[rule];

    if (r->n < 2) return;
    if (isfinite(v->best_time)) {
        fprintf(f, "  best workers  %g (within 5 %% of it: %g to %g): target after ",
                v->best, v->best_low, v->best_high);
        print_with_error(f, v->best_time, v->best_error);
        if (isfinite(v->simulated_time))
            fprintf(f, "; simulated best of those tried %g after %.4g\n", v->simulated_best,
                    v->simulated_time);
        else
            fprintf(f, "; simulated: none by the horizon\n");
        print_cliff(f, v);
    }
    if (isfinite(v->limit))
        fprintf(f, "  diverges      past %.1f workers (predicted)", v->limit);
    else
        fprintf(f, "  diverges      for no number of workers (predicted)");
    if (isfinite(v->first_diverged) && isfinite(v->last_converged))
        fprintf(f, "; simulated: %g holds, %g diverges\n", v->last_converged,
                v->first_diverged);
    else if (isfinite(v->first_diverged))
        fprintf(f, "; simulated: all of those tried\n");
    else
        fprintf(f, "; simulated: none of those tried\n");
}

static void
print_rules(const study_run *r, FILE *f)
{
    for (size_t k = 0; k < r->rules; k++) {
        const tg_prediction *p = outcome_at(r, r->own_index, k)->prediction;
        const char          *label = r->study->algorithm[k].label;
        fprintf(f, "\n%s, %zu worker%s, learning rate %g (level %s)\n", label, r->own,
                r->own == 1 ? "" : "s", r->study->algorithm[k].step,
                tg_level_name(p->level));
        print_own(r, k, f);
        print_advice(r, k, f);
    }
    if (r->stopped)
        fprintf(f, "\nstopped on request: only the numbers of workers that were finished "
                   "are here\n");
}

static void
say_agreement(const study_run *r, const tg_page *page)
{
    char tally[80], text[200];

    tg_tally_text(&r->tally, tally);
    snprintf(text, sizeof text,
             "\nagreement: predictions within their model error and 4 standard errors: %s",
             tally);
    tg_say_wrapped(page, text, 2);
    tg_say_failures(page, r->claims);
}

tg_status
study_run_summary(const study_run *r, const tg_page *page)
{
    char  *text = NULL;
    size_t size;
    FILE  *memory = open_memstream(&text, &size);

    if (!memory) return tg_fail(TG_ENOMEM, "out of memory");
    print_rules(r, memory);
    const bool failed = fclose(memory) != 0;
    if (!failed) {
        tg_quote_text(page->stream, r->study->name);
        fputc('\n', page->stream);
        tg_say_curvature(page, r->study);
        tg_say_wrapped(page, text, ITEM);
        say_agreement(r, page);
    }
    free(text);
    return failed ? tg_fail(TG_ENOMEM, "out of memory") : TG_OK;
}

static double
median_of(const tg_waiting *w)
{
    return w->runs ? w->value[TG_WAITING_MEDIAN] : (double)NAN;
}

static json_t *
json_of_rule(const study_run *r, size_t rule)
{
    const outcome       *o = outcome_at(r, r->own_index, rule);
    const tg_prediction *p = o->prediction;
    const tg_simulation *s = o->simulation;
    const advice        *v = &r->advice[rule];

    const char *label = r->study->algorithm[rule].label;
    return json_pack(
        "{s:s, s:I, s:f, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o}",
        "algorithm", label, "workers", (json_int_t)r->own, "step",
        r->study->algorithm[rule].step, "verdict", tg_verdict_text(p), "level",
        tg_level_name(p->level), "gain", tg_json_number(p->gain), "threshold",
        tg_json_number(p->threshold), "rate", tg_json_number(p->rate), "floor",
        tg_json_number(p->floor), "floor_error", tg_json_number(p->floor_error), "bias",
        tg_json_number(p->bias_loss), "settle", tg_json_number(p->settle), "settle_error",
        tg_json_number(p->settle_error), "simulated_settle", tg_json_number(s->settle),
        "simulated_settle_error", tg_json_number(s->settle_error), "best_workers",
        tg_json_number(v->best), "workers_limit", tg_json_number(v->limit),
        "simulated_loss", tg_json_number(s->loss[s->points - 1].mean), "rate_kind",
        tg_rate_kind(p->effective), "best_workers_low", tg_json_number(v->best_low),
        "best_workers_high", tg_json_number(v->best_high), "best_time",
        tg_json_number(v->best_time), "cliff_workers", tg_json_number(v->cliff),
        "simulated_verdict", tg_outcome_name(s->growth.outcome), "simulated_reason",
        s->growth.reason, "threshold_square", tg_json_number(p->threshold_square),
        "threshold_error", tg_json_number(p->threshold_error), "threshold_single",
        tg_json_number(p->threshold_single), "threshold_words", tg_threshold_text(p),
        "median_hit", tg_json_number(median_of(&o->hits)), "simulated_median_hit",
        tg_json_number(median_of(&o->seen)));
}

json_t *
study_run_json(const study_run *r)
{
    json_t *rules = json_array();

    for (size_t k = 0; k < r->rules; k++) json_array_append_new(rules, json_of_rule(r, k));
    return json_pack("{s:s, s:s, s:s, s:I, s:o, s:I, s:I, s:I, s:I, s:o}", "name",
                     r->study->name, "version", TG_VERSION, "command", r->arguments->line,
                     "seed", (json_int_t)r->study->seed, "algorithms", rules, "claims",
                     (json_int_t)tg_table_rows(r->claims), "claims_held",
                     (json_int_t)r->tally.of[TG_HOLDS], "claims_failed",
                     (json_int_t)r->tally.of[TG_FAILS], "claims_undecided",
                     (json_int_t)r->tally.of[TG_OPEN], "validation",
                     tg_json_rows(r->claims));
}
