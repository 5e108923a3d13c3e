#include "study/live.h"

#include "study/say.h"

#include <math.h>
#include <stdio.h>

/* With a smaller share of a processor workers hinder one another. */
static const double HINDERED = 0.9;

/* ---- what a run came to ---------------------------------------------------------------- */

const tg_column tg_live_columns[TG_LIVE_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "workers", "", "threads P", false },
    { "step", "x^2/loss", "learning rate eta", false },
    { "unit", "s", "of one unit of time", false },
    { "seconds", "s", "that the run took", false },
    { "begun", "", "jobs given out: applied + dropped + aborted + skipped + running",
      false },
    { "applied", "", "results that the rule used", false },
    { "dropped", "", "results that it did not", false },
    { "aborted", "", "jobs ended before they were delivered", false },
    { "skipped", "", "results that their workers did not send", false },
    { "running", "", "jobs on their way at the end", false },
    { "updates", "", "times the model moved", false },
    { "lambda", "1/time", "arrivals of gradients", false },
    { "lambda_error", "1/time", "its standard error, by batches", false },
    { "staleness", "updates", "mean over deliveries", false },
    { "staleness_error", "updates", "its standard error, by batches", false },
    { "loss", "loss", "at the end", false },
    { "late_loss", "loss", "mean over the last half", false },
    { "computing", "s", "a delivery, its gradient", false },
    { "asked", "s", "a delivery, of sleep by the workers' laws", false },
    { "slept", "s", "a delivery, as it was", false },
    { "waiting", "s", "a delivery, for the server's lock", false },
    { "serving", "s", "a delivery, at the server: rule and optimiser", false },
    { "overhead", "1", "of the workers' time that they wait and serve", false },
    { "processor", "1", "share of computing and serving for which they had one", false },
    { "diverged_time", "time", "when the model left the finite range; inf: it did not",
      false },
};

tg_status
tg_live_add(tg_table *t, const tg_living *l)
{
    const tg_live            *run = l->run;
    const tg_ledger          *a = &run->ledger;
    const tg_live_mean        rate = tg_live_rate(run, 0, run->seconds / l->plan.unit);
    const tg_live_mean        stale = tg_live_staleness(run);
    const double              n = (double)a->delivered;
    const tg_study_algorithm *how = &l->study->algorithm[l->algorithm];
    tg_live_worker            all = { 0 };
    double                    of;

    for (size_t w = 0; w < run->workers; w++) {
        const tg_live_worker *at = &run->worker[w];
        all.computing += at->computing;
        all.asked += at->asked;
        all.slept += at->slept;
        all.waiting += at->waiting;
        all.serving += at->serving;
    }
    const double overhead = tg_live_overhead(run, &of);
    const double loss = run->points ? run->point[run->points - 1].loss : (double)NAN;
    return tg_table_add(t, (tg_cell[]){ TG_TEXT(how->label),
                                        TG_NUMBER((double)run->workers),
                                        TG_NUMBER(how->step),
                                        TG_NUMBER(l->plan.unit),
                                        TG_NUMBER(run->seconds),
                                        TG_NUMBER((double)a->begun),
                                        TG_NUMBER((double)a->applied),
                                        TG_NUMBER((double)a->dropped),
                                        TG_NUMBER((double)a->aborted),
                                        TG_NUMBER((double)a->skipped),
                                        TG_NUMBER((double)run->running),
                                        TG_NUMBER((double)a->updates),
                                        TG_NUMBER(rate.mean),
                                        TG_NUMBER(rate.error),
                                        TG_NUMBER(stale.mean),
                                        TG_NUMBER(stale.error),
                                        TG_NUMBER(loss),
                                        TG_NUMBER(tg_live_late_loss(l)),
                                        TG_NUMBER(all.computing / n),
                                        TG_NUMBER(all.asked / n),
                                        TG_NUMBER(all.slept / n),
                                        TG_NUMBER(all.waiting / n),
                                        TG_NUMBER(all.serving / n),
                                        TG_NUMBER(overhead / of),
                                        TG_NUMBER(tg_live_processor(run)),
                                        TG_NUMBER(run->diverged) });
}

/* ---- claims ---------------------------------------------------------------------------- */

const tg_column tg_live_claim_columns[TG_LIVE_CLAIM_COLUMNS] = {
    { "claim", "", "what is predicted", true },
    { "where", "", "algorithm and workers", true },
    { "from", "", "log: workers as fitted to the run's first half; study: its own laws",
      true },
    { "by", "", "simulator or theory", true },
    { "unit", "", "of the next four columns", true },
    { "predicted", "", "of these workers", false },
    { "measured", "", "of the run; arrivals, of its second half", false },
    { "error", "", "standard error of the run, or how much single runs differ", false },
    { "model_error", "", "what the source leaves out, and theory's own error", false },
    { "z", "", "difference beyond the model error, in standard errors", false },
    { "verdict", "", "holds, fails or undecided", true },
};

tg_status
tg_live_add_claim(tg_table *t, const tg_claim *c, const char *from)
{
    return tg_table_add(t, (tg_cell[]){ TG_TEXT(c->name), TG_TEXT(c->where), TG_TEXT(from),
                                        TG_TEXT(c->level), TG_TEXT(c->unit),
                                        TG_NUMBER(c->predicted), TG_NUMBER(c->simulated),
                                        TG_NUMBER(c->error), TG_NUMBER(c->model_error),
                                        TG_NUMBER(c->z),
                                        TG_TEXT(tg_judgement_name(c->judgement)) });
}

/* ---- in time ----------------------------------------------------------------------------- */

const tg_column tg_live_course_columns[TG_LIVE_COURSE_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "t", "time", "when the model was taken", false },
    { "seconds", "s", "the same", false },
    { "loss", "loss", "of that model; nan: stopped before it was known", false },
    { "gradient", "loss/x", "norm of the exact gradient; nan: the objective has none",
      false },
    { "score", "1", "on data to test; nan: there is none", false },
    { "updates", "", "made so far", false },
    { "gradients", "", "computed so far by delivered jobs", false },
    { "applied", "", "results used so far", false },
    { "dropped", "", "results not used so far", false },
    { "aborted", "", "jobs ended before they were delivered so far", false },
    { "skipped", "", "results not sent so far", false },
    { "jobs", "", "on their way", false },
    { "simulated", "loss", "mean of runs of the fitted workers, at the grid's time",
      false },
    { "apart", "loss", "standard deviation of one of these", false },
    { "predicted", "loss", "by theory, of the fitted workers", false },
    { "low", "loss", "it less its model error", false },
    { "high", "loss", "it and its model error", false },
};

tg_status
tg_live_add_course(tg_table *t, const tg_living *l, const tg_live_source *s)
{
    const tg_simulation *r = s ? s->simulated : NULL;
    const tg_prediction *p = s ? s->predicted : NULL;

    for (size_t i = 0; i < l->run->points; i++) {
        const tg_live_point *at = &l->run->point[i];
        const tg_ledger     *a = &at->ledger;
        TG_TRY(tg_table_add(
            t,
            (tg_cell[]){ TG_TEXT(l->study->algorithm[l->algorithm].label), TG_NUMBER(at->t),
                         TG_NUMBER(at->t * l->plan.unit), TG_NUMBER(at->loss),
                         TG_NUMBER(at->slope), TG_NUMBER(at->score),
                         TG_NUMBER((double)a->updates), TG_NUMBER((double)a->gradients),
                         TG_NUMBER((double)a->applied), TG_NUMBER((double)a->dropped),
                         TG_NUMBER((double)a->aborted), TG_NUMBER((double)a->skipped),
                         TG_NUMBER((double)at->jobs),
                         TG_NUMBER(r ? r->loss[i].mean : (double)NAN),
                         TG_NUMBER(r ? sqrt(tg_stats_variance(&r->loss[i])) : (double)NAN),
                         TG_NUMBER(p ? p->loss[i] : (double)NAN),
                         TG_NUMBER(p ? p->low[i] : (double)NAN),
                         TG_NUMBER(p ? p->high[i] : (double)NAN) }));
    }
    return TG_OK;
}

/* ---- staleness ------------------------------------------------------------------------- */

const tg_column tg_live_staleness_columns[TG_LIVE_STALENESS_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "staleness", "updates", "between a worker's read and its delivery", false },
    { "deliveries", "", "that were so stale", false },
    { "measured", "1", "of all deliveries", false },
    { "simulated", "1", "of those of the fitted workers", false },
};

tg_status
tg_live_add_staleness(tg_table *t, const tg_living *l, const tg_live_source *s)
{
    const tg_simulation *r = s ? s->simulated : NULL;
    double               all = 0;
    size_t               end = 0;

    for (size_t k = 0; k < TG_STALENESS_BINS; k++) {
        if (r) all += (double)r->staleness[k];
        if (l->run->staleness[k] || (r && r->staleness[k])) end = k + 1;
    }
    for (size_t k = 0; k < end; k++)
        TG_TRY(tg_table_add(
            t, (tg_cell[]){ TG_TEXT(l->study->algorithm[l->algorithm].label),
                            TG_NUMBER((double)k), TG_NUMBER((double)l->run->staleness[k]),
                            TG_NUMBER((double)l->run->staleness[k] /
                                      (double)l->run->ledger.delivered),
                            TG_NUMBER(r ? (double)r->staleness[k] / all : (double)NAN) }));
    return TG_OK;
}

/* ---- workers --------------------------------------------------------------------------- */

const tg_column tg_live_worker_columns[TG_LIVE_WORKER_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "worker", "", "from 0", false },
    { "delivered", "", "results of it", false },
    { "lambda", "1/time", "the same by time", false },
    { "computing", "s", "a delivery, its gradient", false },
    { "asked", "s", "a delivery, of sleep by its law", false },
    { "slept", "s", "a delivery, as it was", false },
    { "waiting", "s", "a delivery, for the server's lock", false },
    { "serving", "s", "a delivery, at the server", false },
};

tg_status
tg_live_add_workers(tg_table *t, const tg_living *l)
{
    const double end = l->run->seconds / l->plan.unit;

    for (size_t w = 0; w < l->run->workers; w++) {
        const tg_live_worker *at = &l->run->worker[w];
        const double          n = (double)at->delivered;
        TG_TRY(tg_table_add(
            t, (tg_cell[]){ TG_TEXT(l->study->algorithm[l->algorithm].label),
                            TG_NUMBER((double)w), TG_NUMBER(n), TG_NUMBER(n / end),
                            TG_NUMBER(at->computing / n), TG_NUMBER(at->asked / n),
                            TG_NUMBER(at->slept / n), TG_NUMBER(at->waiting / n),
                            TG_NUMBER(at->serving / n) }));
    }
    return TG_OK;
}

/* ---- in sentences ---------------------------------------------------------------------- */

void
tg_live_say(const tg_living *l)
{
    const tg_page     *page = &l->ask->words;
    const tg_live     *run = l->run;
    const tg_ledger   *a = &run->ledger;
    const tg_live_mean stale = tg_live_staleness(run);
    double             of;
    const double       overhead = tg_live_overhead(run, &of);

    if (!page->stream) return;
    tg_say_paragraph(
        page,
        "%s: %zu worker%s for %.3g s, %llu gradients delivered, %.4g a second, with a mean "
        "staleness of %.4g. Every job is accounted for: of %llu begun %llu were applied, "
        "%llu dropped, %llu aborted, %llu not sent, and %zu on their way at the end.",
        l->where, run->workers, run->workers == 1 ? "" : "s", run->seconds,
        (unsigned long long)a->delivered, (double)a->delivered / run->seconds, stale.mean,
        (unsigned long long)a->begun, (unsigned long long)a->applied,
        (unsigned long long)a->dropped, (unsigned long long)a->aborted,
        (unsigned long long)a->skipped, run->running);
    tg_say_paragraph(
        page,
        "A delivery cost %.3g us of waiting for the server and its work, %.3g %% "
        "of the workers' time.",
        1e6 * overhead / (double)a->delivered, 100 * overhead / of);
    if (tg_live_processor(run) < HINDERED)
        tg_say_paragraph(
            page,
            "For %.3g %% of the time that threads worked they had no processor: there are "
            "more of them than of those, or others use the machine. They hinder one "
            "another "
            "then, which no law of independent workers knows.",
            100 * (1 - tg_live_processor(run)));
    if (isfinite(run->diverged))
        tg_say_paragraph(page, "The model left the finite range by t = %.4g.",
                         run->diverged);
}
