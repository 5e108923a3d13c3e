#include "study/integrate.h"

#include "solver/survival.h"
#include "study/say.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHARES = 19 }; /* rows: 5 % .. 95 % of the times */

const tg_column tg_hitting_columns[TG_HITTING_COLUMNS] = {
    { "t", "time", "", false },
    { "reached", "", "share of paths that have reached the level by t (Kaplan-Meier)",
      false },
    { "low", "", "95 % band, pointwise", false },
    { "high", "", "95 % band, pointwise", false },
};

static const tg_column settling[] = {
    { "t", "time", "", false },
    { "settled", "", "share of paths that are there for good by t (Kaplan-Meier)", false },
    { "low", "", "95 % band, pointwise", false },
    { "high", "", "95 % band, pointwise", false },
};

/* A question with its equation. */
typedef struct asked {
    tg_sdde    eq;
    tg_jump    arrivals;
    tg_hitting p;
} asked;

/* Steps that divide a constant delay, or need not as there is none. */
static int
divides(const tg_integration *j)
{
    const double tau = tg_delay_mean(j->law);

    return j->meaning == TG_DELAY_CONSTANT && (tau == 0 || tau > 0.01 * j->step);
}

/* A constant delay takes the fast path unless a method was asked for. */
static tg_status
question(const tg_ask *ask, const tg_integration *j, asked *q)
{
    tg_hitting *p = &q->p;

    q->eq = tg_integrate_equation(j);
    q->arrivals = tg_integrate_arrivals(j);
    *p = (tg_hitting){ .h = j->h,
                       .shift = j->shift,
                       .dt = j->step,
                       .horizon = j->until,
                       .paths = j->paths,
                       .settle = tg_ask_given(ask, "settle"),
                       .seed = j->seed };
    if (j->meaning == TG_MEANING_ARRIVAL) {
        p->jump = &q->arrivals;
    } else if (j->chosen ? j->exact : divides(j)) {
        p->mode = j->linear;
        p->modes = j->modes;
        p->exact = j->chosen;
    } else {
        p->sdde = &q->eq;
        p->method = j->method;
    }
    TG_TRY(tg_ask_number(ask, "hit", &p->level));
    TG_TRY(tg_ask_number(ask, "hit-error", &p->error));
    if (tg_ask_given(ask, "hit-error") && !(p->error > 0))
        return tg_fail(TG_EINPUT, "--hit-error must be > 0, got %g", p->error);
    return tg_hitting_check(p);
}

/* Mean, error, and how many got there; the mean of what was cut off is said to be that. */
static void
describe(const tg_hitting *p, const tg_hits *h, char *out, size_t room)
{
    const size_t there = p->settle ? h->settled : h->hit;
    const char  *verb = p->settle ? "stayed there up to" : "reached it by";

    if (there == 0)
        snprintf(out, room,
                 "none of %zu paths %s t = %g (95 %%: fewer than %.2g of all do)", h->paths,
                 verb, p->horizon, 3. / (double)h->paths);
    else if (there < h->paths)
        snprintf(
            out, room,
            "mean of min(time, %g) %.6g +- %.2g over %zu paths, %zu of which %s t = %g",
            p->horizon, h->mean, h->error, h->paths, there, verb, p->horizon);
    else
        snprintf(out, room, "mean %.5g +- %.2g over %zu paths, all of which %s t = %g",
                 h->mean, h->error, h->paths, verb, p->horizon);
}

/* Times of settling that crowd before the horizon are the horizon's: noise takes paths back
 * over the level. Their share in the last tenth of the run, of those that settled. */
static double
late(const tg_hitting *p, const double *time, size_t n)
{
    double late = 0, all = 0;

    for (size_t i = 0; i < n; i++) {
        all += time[i] < p->horizon;
        late += time[i] < p->horizon && time[i] > 0.9 * p->horizon;
    }
    return p->settle && all > 0 ? late / all : 0;
}

static tg_status
note(const tg_integration *j, const tg_hitting *p, const tg_hits *h, const double *time,
     int stopped, tg_table *t)
{
    char         words[256];
    const double crowd = late(p, time, h->paths);

    describe(p, h, words, sizeof words);
    TG_TRY(tg_integrate_note(j, t));
    TG_TRY(tg_table_note(t, "level", "%.17g", p->level));
    TG_TRY(tg_table_note(t, "paths", "%zu", h->paths));
    TG_TRY(tg_table_note(t, p->settle ? "settled" : "reached", "%zu",
                         p->settle ? h->settled : h->hit));
    TG_TRY(tg_table_note(t, "mean", "%.17g", h->mean));
    TG_TRY(tg_table_note(t, "mean_error", "%.17g", h->error));
    if (stopped)
        TG_TRY(tg_table_note(t, "stopped after", "%zu of %zu paths", h->paths, p->paths));
    if (crowd > 0.01)
        TG_TRY(tg_table_note(t, "warning",
                             "%.0f %% of the times are in the last tenth of the run: noise "
                             "takes paths back over the level, and the answer depends on "
                             "--until",
                             100 * crowd));
    return tg_table_note(t, "summary", "%s", words);
}

static tg_status
fill(const tg_survival *s, size_t count, tg_table *t)
{
    for (int k = 1; k <= SHARES; k++) {
        const double at = tg_survival_quantile(s, count, k / (SHARES + 1.0));
        size_t       i = 0;
        while (i + 1 < count && s[i].t < at) i++;
        if (!isfinite(at)) break;
        TG_TRY(tg_table_add(t, (tg_cell[]){ TG_NUMBER(at), TG_NUMBER(1 - s[i].share),
                                            TG_NUMBER(1 - s[i].high),
                                            TG_NUMBER(1 - s[i].low) }));
    }
    return TG_OK;
}

/* The distribution of n times, cut off at the horizon, as rows of the table. */
static tg_status
distribution(const double *time, size_t n, double horizon, tg_table *t)
{
    unsigned char *ended = malloc(n);
    tg_survival   *s = malloc(n * sizeof *s);
    tg_status      status = ended && s ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    size_t         count = 0;

    for (size_t i = 0; status == TG_OK && i < n; i++) ended[i] = time[i] < horizon;
    if (status == TG_OK) status = tg_survival_estimate(time, ended, n, 1.96, s, &count);
    if (status == TG_OK) status = fill(s, count, t);
    free(ended);
    free(s);
    return status;
}

/* The table, and in words its mean, which is in no row. */
static tg_status
report(const tg_ask *ask, const tg_integration *j, const tg_hitting *p, const tg_hits *h,
       const double *time, int stopped, tg_answer *out)
{
    tg_table *t = NULL;
    char      words[256];

    TG_TRY(tg_ask_table(ask, j->study, p->settle ? settling : tg_hitting_columns,
                        TG_HITTING_COLUMNS, &t));
    tg_status status = note(j, p, h, time, stopped, t);
    if (status == TG_OK) status = distribution(time, h->paths, p->horizon, t);
    tg_answer_add(out, "hitting", t);
    if (status != TG_OK) return status;
    describe(p, h, words, sizeof words);
    if (ask->words.stream) tg_say_wrapped(&ask->words, words, 2);
    if (late(p, time, h->paths) > 0.01)
        tg_listener_tell(ask->listener, TG_TOPIC_MISSING,
                         "many times lie at the end of the run: the answer depends on "
                         "--until");
    return TG_OK;
}

/* Whether it is what was asked for. */
static void
judge(const tg_hitting *p, const tg_hits *h, int stopped, tg_answer *out)
{
    if (stopped)
        tg_answer_end(out, TG_ESTOP, "stopped after %zu of %zu paths", h->paths, p->paths);
    else if (p->error > 0 && (p->settle ? h->settled : h->hit) < 30)
        tg_answer_end(out, TG_ENOCONV,
                      "fewer than 30 of %zu paths got there: no standard error to go by",
                      h->paths);
    else if (p->error > 0 && !(h->error <= p->error))
        tg_answer_end(
            out, TG_ENOCONV,
            "the standard error is %.3g after %zu paths, not %g; give more --paths",
            h->error, h->paths, p->error);
}

tg_status
tg_integrate_hit(const tg_ask *ask, const tg_integration *j, tg_answer *out)
{
    asked   q;
    tg_hits h = { 0 };

    TG_TRY(question(ask, j, &q));
    TG_TRY(tg_integrate_announce(ask, j, tg_hitting_memory(&q.p)));
    double *time = malloc(j->paths * sizeof *time);
    if (!time) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status =
        tg_hitting_run(&q.p, q.p.settle ? NULL : time, q.p.settle ? time : NULL, &h);
    const int stopped = status == TG_ESTOP && h.paths > 0;
    if (status == TG_OK || stopped) status = report(ask, j, &q.p, &h, time, stopped, out);
    if (status == TG_OK) judge(&q.p, &h, stopped, out);
    free(time);
    return status;
}
