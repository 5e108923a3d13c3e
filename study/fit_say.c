#include "study/fit.h"
#include "study/say.h"

#include "core/quote.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCE = 1200 };

/* One line, nothing in it that a terminal would obey. */
static tg_status
harmless(const char *text, char **out)
{
    size_t size = 0;
    FILE  *f = open_memstream(out, &size);

    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    tg_quote_text(f, text);
    return fclose(f) == 0 ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

tg_status
tg_fit_say(const tg_sayings *s, const char *key, const char *format, ...)
{
    char    sentence[SENTENCE], *line = NULL;
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    TG_TRY(harmless(sentence, &line));
    const tg_status status = tg_table_note(s->table, key, "%s", line);
    if (status == TG_OK && s->words->stream) tg_say_wrapped(s->words, line, 2);
    free(line);
    return status;
}

static const char *
s_of(size_t n)
{
    return n == 1 ? "" : "s";
}

tg_status
tg_fit_say_log(const tg_sayings *s, size_t i, const tg_log *log)
{
    char   lost[700] = "", key[40] = "log", left[40] = "left out";
    size_t n = 0, rows = log->rows - log->jobs;

    if (i > 0) snprintf(key, sizeof key, "log %zu", i + 1);
    if (i > 0) snprintf(left, sizeof left, "left out of log %zu", i + 1);
    TG_TRY(tg_fit_say(s, key, "%s.", log->took));
    for (int r = 0; r < TG_LOG_REASON_COUNT; r++)
        if (log->lost[r] > 0)
            n += (size_t)snprintf(
                lost + n, sizeof lost - n, "%s%s (%zu, first in line %zu)", n ? ", " : "",
                tg_log_reason_words((tg_log_reason)r), log->lost[r], log->first[r]);
    if (rows > 0)
        TG_TRY(tg_fit_say(s, left, "%zu of %zu row%s left out: %s.", rows, log->rows,
                          log->rows == 1 ? " is"
                          : rows == 1    ? "s is"
                                         : "s are",
                          lost));
    return TG_OK;
}

/* ---- groups -------------------------------------------------------------------------- */

static tg_status
say_effects(const tg_sayings *s, size_t g, const tg_fitted_group *at)
{
    const tg_effects *e = &at->effects;
    char              key[40], who[80];

    snprintf(key, sizeof key, "group %zu", g + 1);
    snprintf(who, sizeof who, "Group %zu: %zu worker%s, %zu job%s", g + 1, at->workers,
             s_of(at->workers), at->rows, s_of(at->rows));
    switch (e->kind) {
    case TG_EFFECTS_NONE:
        if (at->workers == 1) return tg_fit_say(s, key, "%s.", who);
        return tg_fit_say(s, key, "%s; they do not differ by more than chance or 2 %%.",
                          who);
    case TG_EFFECTS_OWN:
        return tg_fit_say(
            s, key,
            "%s; the workers differ by a factor of their own, %.0f %% about its mean; "
            "the round trips of one worker vary by %.0f %%.",
            who, 100 * e->spread, 100 * e->cv);
    case TG_EFFECTS_MODEL:
        return tg_fit_say(
            s, key,
            "%s; the workers differ by a factor of their own, %.0f %% about its mean; "
            "the round trips of one worker vary by %.0f %%, by a %s law: the likeliest "
            "of three, since no worker has the 10 that show its own%s. Job and gap count "
            "as one.",
            who, 100 * e->spread, 100 * e->cv, e->law,
            e->fits < TG_EFFECTS_MISFIT ? ", but it does not fit them, which widens the "
                                          "error"
                                        : "");
    case TG_EFFECTS_UNKNOWN:
        return tg_fit_say(
            s, key,
            "%s: too few of each to tell a worker's own speed, which lasts, from the "
            "randomness of every job. Each is taken to keep its speed. 2 jobs of at "
            "least 10 of the workers are needed, 10 of each are plenty.",
            who);
    }
    return TG_OK;
}

static tg_status
say_part(const tg_sayings *s, size_t g, const char *what, const tg_fitted_part *p)
{
    const size_t n = p->n - p->zeros;
    char         key[40];

    if (p->n == 0) return TG_OK;
    snprintf(key, sizeof key, "%s %zu", what, g + 1);
    if (n < TG_FIT_NEEDS && !p->law)
        return tg_fit_say(
            s, key,
            "%s: %zu time%s, too few to tell laws apart: %d are needed, %d to say "
            "something of the tail. The study takes them as they are (empirical).",
            what, n, n == 1 ? "" : "s", TG_FIT_NEEDS, TG_FIT_TAIL);
    if (!p->law && p->count == 0)
        return tg_fit_say(
            s, key,
            "%s: mean %.4g s; no law could be fitted; the study takes the times as they "
            "are (empirical).",
            what, p->mean);
    if (!p->law)
        return tg_fit_say(
            s, key,
            "%s: mean %.4g s; none of %zu laws fits (the nearest, %s, is %.2g away, "
            "p = %.2g); the study takes the times as they are (empirical).",
            what, p->mean, p->count, p->fit[0].law, p->fit[0].distance, p->fit[0].p);
    const double none = 100 * (double)p->zeros / (double)p->n;
    char         zeros[60] = "";
    if (p->zeros > 0) snprintf(zeros, sizeof zeros, "none in %.3g %% of all, else ", none);
    if (!strcmp(p->fit[p->best].law, "constant"))
        return tg_fit_say(s, key, "%s: %salways %.6g s.", what, zeros,
                          p->fit[p->best].parameter[0]);
    return tg_fit_say(s, key,
                      "%s: %smean %.4g s, %s by likelihood (p = %.2g, %.2g away).%s", what,
                      zeros, tg_delay_mean(p->law), p->fit[p->best].law, p->fit[p->best].p,
                      p->fit[p->best].distance,
                      n < TG_FIT_TAIL ? " So few times say little of the tail." : "");
}

/* ---- rates and course ---------------------------------------------------------------- */

/* "+0.16 %"; what is rounding is no difference. */
static double
percent_off(double a, double b)
{
    const double off = 100 * (a / b - 1);

    return fabs(off) < 1e-6 ? 0 : off;
}

/* What the log delivers: counted, or else by its workers' mean times. */
static tg_status
say_rates(const tg_sayings *s, const tg_trace *t, const tg_fitted *f)
{
    const bool   counted = !isnan(f->counted);
    const double log = counted ? f->counted : f->rate;
    char         within[80] = ", of one job";

    if (isfinite(f->high))
        snprintf(within, sizeof within, ", within %.4g to %.4g", f->low, f->high);
    TG_TRY(tg_fit_say(
        s, "lambda",
        "lambda: the log delivers %.4g a second%s, the study %.4g (%+.2g %%); its "
        "workers' own rates are %.4g%s.%s",
        log, counted ? "" : " by its workers' times", f->study, percent_off(f->study, log),
        f->rate, within,
        t->begin ? "" : " The log has no starts: gaps between jobs are not in it."));
    if (!t->gaps) return TG_OK;
    double jobs = 0;
    for (size_t i = 0; i < t->rows; i++) jobs += t->seconds[i] / (double)t->rows;
    return tg_fit_say(
        s, "gaps",
        "Between jobs workers idle %.0f %% of their time; a round trip is a job and a "
        "gap.",
        100 * t->mean_gap / (jobs + t->mean_gap));
}

static tg_status
say_course(const tg_sayings *s, const tg_trace *t, const tg_course *c)
{
    const double most = .99, r = fmin(c->correlation, most);

    if (tg_course_correlated(c))
        TG_TRY(tg_fit_say(
            s, "correlation",
            "A job's time is correlated with the worker's last one, %.2f +- %.2g: over "
            "long times counts of deliveries vary %s%.1f times as much as by the law, "
            "which takes each job alone%s.",
            c->correlation, c->correlation_error, c->correlation > most ? "over " : "",
            (1 + r) / (1 - r),
            c->correlation > 0 ? "; slow spells last, and staleness with them"
                               : "; slow and fast ones take turns"));
    if (tg_course_drifts(c))
        TG_TRY(tg_fit_say(
            s, "drift",
            "Times drift by %+.0f %% +- %.2g %% over the log: the law is of all of it, "
            "and the rate at its end is %+.0f %% off.",
            100 * c->drift, 100 * c->drift_error, 100 * (1 / sqrt(1 + c->drift) - 1)));
    if (c->stretches > 0)
        TG_TRY(tg_fit_say(
            s, "stragglers",
            "%zu stretch%s of %zu or more jobs in a row, each over twice its worker's "
            "median: %.1f %% of all jobs; the longest, %zu jobs of worker %.60s from "
            "%.4g%s on. By the law slow jobs come alone: staleness then is overstated "
            "between stretches and understated in them.",
            c->stretches, c->stretches == 1 ? "" : "es", c->length, 100 * c->share, c->jobs,
            t->worker[c->worst].name, c->begin, t->begin ? " s" : "th row"));
    return TG_OK;
}

/* What the order of the times does, where it is not that of independent ones. */
static tg_status
say_replayed(const tg_sayings *s, const tg_trace *t, const tg_course *c)
{
    tg_replayed r;

    if (!tg_course_correlated(c) && !tg_course_drifts(c) && c->stretches == 0) return TG_OK;
    TG_TRY(tg_replayed_of(t, 1, &r));
    if (!r.done) return TG_OK;
    return tg_fit_say(
        s, "replayed",
        "Replayed as they came, the times let ASGD (one mode, gain 1/2) settle at %.3f "
        "+- %.2g times the loss of independent draws from the same times; 99 %% of the "
        "deliveries are no staler than %.0f updates, %.0f by draws.",
        r.floor, r.error, r.stale, r.drawn);
}

tg_status
tg_fit_say_fitted(const tg_sayings *s, const tg_trace *t, const tg_fitted *f)
{
    if (t->overlaps > 0)
        TG_TRY(
            tg_fit_say(s, "overlaps",
                       "%zu job%s before their worker's last one ended: the gaps there "
                       "count as 0.%s",
                       t->overlaps, t->overlaps == 1 ? " begins" : "s begin",
                       10 * t->overlaps > t->rows
                           ? " So many say that what is taken for a worker does several "
                             "jobs at a time, which no study has: name what does one at a "
                             "time, e.g. a thread, --columns worker=COLUMN."
                           : ""));
    for (size_t g = 0; g < f->groups; g++) {
        TG_TRY(say_effects(s, g, &f->group[g]));
        TG_TRY(say_part(s, g, "Jobs", &f->group[g].job));
        TG_TRY(say_part(s, g, "Gaps", &f->group[g].gap));
    }
    TG_TRY(say_course(s, t, &f->course));
    TG_TRY(say_replayed(s, t, &f->course));
    return say_rates(s, t, f);
}

tg_status
tg_fit_say_availability(const tg_sayings *s, const tg_availability *a)
{
    if (isnan(a->off))
        return tg_fit_say(
            s, "availability",
            "These are jobs of a cluster, not steps of workers: %zu job%s of %.4g s on "
            "%zu node%s, none of which has two: how long a node is away cannot be told.",
            a->jobs, s_of(a->jobs), a->mean, a->nodes, s_of(a->nodes));
    return tg_fit_say(
        s, "availability",
        "These are jobs of a cluster, not steps of workers: %zu job%s on %zu node%s. Taken "
        "as availability, a node is there while a job of the table runs on it: %.4g s "
        "at a time, then away %.4g s, %.0f %% of the time in all: {speed: {name: on_off, "
        "on: %.6g, off: %.6g}}. Where the jobs are other people's, exchange on and off.",
        a->jobs, s_of(a->jobs), a->nodes, s_of(a->nodes), a->on, a->off, 100 * a->share,
        a->on, a->off);
}
