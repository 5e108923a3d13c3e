/* integrate: an ensemble of the linear delay equation beside its exact mean and standard
 * deviation, or the distribution of the time it first reaches a level. */
#include "core/memory.h"
#include "study/integrate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHARES = 5 }; /* quantiles shown */

static const double shares[SHARES] = { .05, .25, .5, .75, .95 };

static const tg_column curve[] = {
    { "t", "time", "", false },
    { "mean", "X or loss", "mean over the paths", false },
    { "mean_error", "X or loss", "standard error of the mean", false },
    { "sd", "X or loss", "standard deviation over the paths", false },
    { "q05", "X or loss", "5 % of the paths are below", false },
    { "q25", "X or loss", "25 %", false },
    { "q50", "X or loss", "50 %", false },
    { "q75", "X or loss", "75 %", false },
    { "q95", "X or loss", "95 %", false },
    { "predicted_mean", "X or loss", "mean of the equation", false },
    { "predicted_sd", "X or loss", "standard deviation of the equation", false },
};

/* Everything a run fills, (rows) or more each. */
typedef struct results {
    size_t    rows;
    tg_stats *x, *loss;  /* (modes, rows), (rows) */
    double   *quantile;  /* (rows, SHARES) */
    double   *mean, *sd; /* expected */
    double    bytes;
} results;

static void
results_free(results *r)
{
    free(r->x);
    free(r->loss);
    free(r->quantile);
    free(r->mean);
}

static tg_status
results_alloc(const tg_integration *j, results *r)
{
    const size_t rows = tg_integrate_rows(j);
    const double bytes = (double)rows * ((double)(j->modes + 1) * sizeof *r->x +
                                         (SHARES + 2) * sizeof *r->mean);

    *r = (results){ 0 };
    TG_TRY(tg_memory_check(bytes, "take fewer rows"));
    *r = (results){ .rows = rows,
                    .x = calloc(j->modes * rows, sizeof *r->x),
                    .loss = calloc(rows, sizeof *r->loss),
                    .quantile = calloc(rows * SHARES, sizeof *r->quantile),
                    .mean = calloc(2 * rows, sizeof *r->mean),
                    .bytes = bytes };
    r->sd = r->mean + rows;
    if (rows < 2) return tg_fail(TG_EINPUT, "--until is shorter than one row");
    if (r->x && r->loss && r->quantile && r->mean) return TG_OK;
    return tg_fail(TG_ENOMEM, "out of memory");
}

static tg_status
fill_curve(const tg_integration *j, const results *r, tg_table *t)
{
    const tg_stats *s = j->h ? r->loss : r->x;
    const double    interval = j->step * (double)j->every;

    for (size_t i = 0; i < r->rows; i++) {
        const double *q = r->quantile + i * SHARES;
        TG_TRY(tg_table_add(
            t, (tg_cell[]){ TG_NUMBER(interval * (double)i), TG_NUMBER(s[i].mean),
                            TG_NUMBER(tg_stats_error(&s[i])),
                            TG_NUMBER(sqrt(tg_stats_variance(&s[i]))), TG_NUMBER(q[0]),
                            TG_NUMBER(q[1]), TG_NUMBER(q[2]), TG_NUMBER(q[3]),
                            TG_NUMBER(q[4]), TG_NUMBER(r->mean[i]), TG_NUMBER(r->sd[i]) }));
    }
    return TG_OK;
}

/* The largest distance of the mean from its prediction in standard errors, and when. */
static double
disagreement(const tg_integration *j, const results *r, double *when)
{
    const tg_stats *s = j->h ? r->loss : r->x;
    double          most = 0;

    for (size_t i = 0; i < r->rows; i++) {
        const double z = fabs(s[i].mean - r->mean[i]) / tg_stats_error(&s[i]);
        if (!(z > most) || !isfinite(z)) continue;
        if (fabs(s[i].mean - r->mean[i]) < 1e-9 * fabs(s[i].mean)) continue;
        most = z;
        *when = j->step * (double)(j->every * i);
    }
    return most;
}

/* What the paths were stepped by, and whether that was good enough. */
static tg_status
judge(const tg_ask *ask, const tg_integration *j, const results *r, tg_table *t)
{
    double       when = 0;
    const double z = disagreement(j, r, &when);

    if (j->meaning != TG_MEANING_ARRIVAL)
        TG_TRY(tg_table_note(t, "method", "%s", j->exact ? "exact" : j->method->name));
    TG_TRY(tg_table_note(t, "paths", "%zu", j->paths));
    if (!(z > gsl_cdf_tdist_Qinv(3e-7, fmax(1, (double)j->paths - 1))))
        return TG_OK; /* 5 if many */
    tg_listener_tell(
        ask->listener, TG_TOPIC_MISSING,
        "the mean is %.3g standard errors from its prediction at t = %g: take a "
        "shorter --step or another --method",
        z, when);
    return tg_table_note(t, "warning",
                         "the mean is %.3g standard errors from its prediction at t = %g",
                         z, when);
}

/* Stopped: the paths that are whole are shown, without predictions. */
static tg_status
integrate(const tg_ask *ask, const tg_integration *j, tg_answer *out)
{
    results   r;
    tg_table *t = NULL;
    tg_status status = results_alloc(j, &r);

    const tg_observe watch = { .h = j->h,
                               .shift = j->shift,
                               .share = shares,
                               .shares = SHARES,
                               .loss = j->h ? r.loss : NULL,
                               .quantile = j->h ? NULL : r.quantile,
                               .loss_quantile = j->h ? r.quantile : NULL };
    if (status == TG_OK)
        status = tg_integrate_announce(ask, j, tg_integrate_memory(j, &watch) + r.bytes);
    if (status == TG_OK) status = tg_integrate_run(j, &watch, r.x);
    const int stopped = status == TG_ESTOP && r.x[0].n > 0;
    if (status == TG_OK) status = tg_integrate_predict(j, r.mean, r.sd);
    if (stopped) {
        for (size_t i = 0; i < 2 * r.rows; i++)
            r.mean[i] = NAN; /* and sd: no time for it */
        status = TG_OK;
    }
    const size_t columns = j->meaning == TG_DELAY_PATH ? 9 : 11; /* no prediction there */
    if (status == TG_OK) status = tg_ask_table(ask, j->study, curve, columns, &t);
    if (status == TG_OK) status = tg_integrate_note(j, t);
    if (status == TG_OK) status = judge(ask, j, &r, t);
    if (status == TG_OK && stopped)
        status = tg_table_note(t, "stopped after", "%.0f of %zu paths", r.x[0].n, j->paths);
    if (status == TG_OK) status = fill_curve(j, &r, t);
    if (t) tg_answer_add(out, "ensemble", t);
    if (stopped)
        tg_answer_end(out, TG_ESTOP, "stopped after %.0f of %zu paths", r.x[0].n, j->paths);
    results_free(&r);
    return status;
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    tg_integration j;
    const bool     hit = tg_ask_given(ask, "hit");

    if (!hit && (tg_ask_given(ask, "hit-error") || tg_ask_given(ask, "settle")))
        return tg_fail(TG_EINPUT, "--hit-error and --settle need --hit LEVEL");
    TG_TRY(tg_integrate_open(ask, study, &j));
    const tg_status status = hit ? tg_integrate_hit(ask, &j, out) : integrate(ask, &j, out);
    tg_integrate_close(&j);
    return status;
}

static const tg_option options[] = {
    { "damping", "A", "damping coefficient a of the delayed term [1/time]" },
    { "instant", "B", "instantaneous damping b [1/time] (default 0)" },
    { "law", "LAW",
      "law of the delay, e.g. \"{law: constant, value: 1}\" (default: none)" },
    { "noise", "G", "noise intensity g (default 1)" },
    { "start", "X", "value on t <= 0 (default 1)" },
    { "arrivals", "RATE", "arrival rate, for --meaning arrival [1/time]" },
    { "algorithm", "NAME", "one of the study's asgd (default: its first)" },
    { "paths", "N", "paths (default 10000; at most so many with --hit-error, 1000000)" },
    { "step", "DT",
      "time step (default: 100 to a delay and 1/(A + B), study: 20; exact: rows)" },
    { "until", "T", "horizon (default 10, or the study's)" },
    { "rows", "N", "rows of the table (default 100, or the study's points)" },
    { "seed", "N", "seed of the random streams (default 0, or the study's)" },
    { "method", "NAME",
      "exact (default for constant delays), rk (else), heun, euler or milstein" },
    { "float32", NULL, "paths in single precision: euler, constant delay" },
    { "meaning", "WORD",
      "of a random delay: path, step, arrival or distributed (default)" },
    { "hit", "LEVEL", "instead: when X, or the loss of a study, first reaches this level" },
    { "settle", NULL, "with --hit: from when on it stays there up to the horizon" },
    { "hit-error", "E",
      "with --hit: paths until the mean of min(time, T) has this standard error" },
    { 0 },
};

const tg_answerer tg_answer_integrate = {
    .is = { .name = "integrate",
            .operands = "[STUDY]",
            .summary =
                "ensembles of the stochastic delay equation: mean, spread, hitting times",
            .doc =
                "Integrates dX = (-b X - a X(t-T)) dt + g dW over many paths: with "
                "--damping one "
                "mode\n"
                "and X itself, with a STUDY all modes of its objective and the excess "
                "loss. Prints "
                "mean,\n"
                "standard deviation and quantiles (to 1.6 % of their value, 12 % past "
                "1e19) beside "
                "what the\n"
                "equation itself predicts; with --hit, the distribution of the first "
                "passage of a "
                "level\n"
                "(Kaplan-Meier, so paths cut off at the horizon count for what they are), "
                "between "
                "grid\n"
                "points by a Brownian bridge. The mean is that of min(time, T), T the "
                "horizon. "
                "Without\n"
                "--method a constant delay is then stepped exactly in b and trapezoidally "
                "in the "
                "lagged\n"
                "term. --settle is of single paths: later than the time at which the mean "
                "loss "
                "stays below,\n"
                "which predict and study give.\n"
                "\n"
                "A random delay T can mean four things, and they are four equations. "
                "--meaning\n"
                "  path         one draw for each path, kept: each path has its own "
                "equation, and "
                "the\n"
                "               mean over paths is the mixture of their means; no "
                "prediction is "
                "shown\n"
                "  step         a new draw at every time step: as the step shrinks this "
                "becomes\n"
                "               distributed; at a finite step it adds noise\n"
                "  arrival      a new draw at every arrival of a Poisson process, each of "
                "which "
                "moves X\n"
                "               by its own delayed gradient: the jump form, event by event "
                "without "
                "a time\n"
                "               grid. Its variance is larger by what the jumps add, and "
                "not "
                "Gaussian\n"
                "  distributed  the average of X(t-T) over the law: the mean-field limit "
                "of many "
                "workers\n"
                "With a constant delay path, step and distributed are the same equation.",
            .options = options },
    .tables = { { "ensemble", curve, sizeof curve / sizeof *curve },
                { "hitting", tg_hitting_columns, TG_HITTING_COLUMNS } },
    .perhaps = true,
    .answer = answer,
};
