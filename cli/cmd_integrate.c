/* integrate: an ensemble of the linear delay equation
 *
 *     dX = ( -b X - a X(t - T) ) dt + g dW,     X = start on t <= 0
 *
 * beside its exact mean and standard deviation, or the distribution of the time it first
 * reaches a level.
 */
#include "cli/command.h"
#include "cli/output.h"

#include "solver/exact.h"
#include "solver/hitting.h"
#include "solver/jump.h"
#include "solver/moments.h"
#include "solver/sdde.h"
#include "solver/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHARES = 19 }; /* 5 % .. 95 % of a hitting time */

typedef struct job {
    double      a, b, g, start, step, until, lambda;
    size_t      paths, rows, seed, threads;
    const char *method, *meaning;
    tg_delay   *law;
} job;

static tg_status
read_options(const arguments *a, job *j)
{
    const char *law = value_of(a, "law");

    *j = (job){ .g = 1,
                .start = 1,
                .step = 0.01,
                .until = 10,
                .paths = 10000,
                .rows = 100,
                .method = "euler",
                .meaning = "distributed" };
    if (!given(a, "damping"))
        return tg_fail(TG_EINPUT, "--damping is needed, e.g. --damping 1");
    TG_TRY(number_of(a, "damping", &j->a));
    TG_TRY(number_of(a, "instant", &j->b));
    TG_TRY(number_of(a, "noise", &j->g));
    TG_TRY(number_of(a, "start", &j->start));
    TG_TRY(number_of(a, "step", &j->step));
    TG_TRY(number_of(a, "until", &j->until));
    TG_TRY(number_of(a, "arrivals", &j->lambda));
    TG_TRY(whole_of(a, "paths", &j->paths));
    TG_TRY(whole_of(a, "rows", &j->rows));
    TG_TRY(whole_of(a, "seed", &j->seed));
    TG_TRY(whole_of(a, "threads", &j->threads));
    if (given(a, "method")) j->method = value_of(a, "method");
    if (given(a, "meaning")) j->meaning = value_of(a, "meaning");
    if (!(j->step > 0) || !(j->until >= j->step) || j->rows == 0)
        return tg_fail(TG_EINPUT, "--step %g, --until %g and --rows %zu make no grid",
                       j->step, j->until, j->rows);
    if (a->files) return tg_fail(TG_EINPUT, "unexpected word \"%s\"", a->file[0]);
    return tg_delay_parse(law ? law : "{law: constant, value: 0}", &j->law);
}

static int
is_constant(const job *j)
{
    return !strcmp(tg_delay_name(j->law), "constant");
}

/* Steps between rows; the grid is step * every apart. */
static size_t
every(const job *j)
{
    return (size_t)fmax(1, floor(j->until / j->step / (double)j->rows + 1e-9));
}

static tg_status
drift(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    const job *j = context;

    (void)t;
    for (size_t k = 0; k < count; k++) out[k] = -j->b * x[k] - j->a * past[k];
    return TG_OK;
}

static tg_status
diffusion(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    const job *j = context;

    (void)t, (void)x, (void)past;
    for (size_t k = 0; k < count; k++) out[k] = j->g;
    return TG_OK;
}

static tg_status
history(double t, double *x, void *context)
{
    const job *j = context;

    (void)t;
    *x = j->start;
    return TG_OK;
}

static tg_status
meaning_of(const job *j, tg_random_delay *out)
{
    static const char *const words[] = { "constant", "path", "step", "distributed" };

    *out = TG_DELAY_CONSTANT;
    if (is_constant(j)) return TG_OK;
    for (int i = TG_DELAY_PATH; i <= TG_DELAY_DISTRIBUTED; i++)
        if (!strcmp(words[i], j->meaning)) {
            *out = (tg_random_delay)i;
            return TG_OK;
        }
    return tg_fail(TG_EINPUT, "--meaning must be path, step or distributed, got \"%s\"",
                   j->meaning);
}

static tg_status
run_general(job *j, size_t rows, tg_stats *s)
{
    const double    tau = tg_delay_mean(j->law);
    tg_random_delay meaning;

    TG_TRY(meaning_of(j, &meaning));
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .noises = 1,
                             .diagonal = 1,
                             .tau = &tau,
                             .law = j->law,
                             .meaning = meaning,
                             .drift = drift,
                             .diffusion = diffusion,
                             .history = history,
                             .context = j };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find(j->method),
                            .paths = j->paths,
                            .steps = every(j) * (rows - 1),
                            .every = every(j),
                            .dt = j->step,
                            .threads = j->threads,
                            .seed = j->seed };
    if (!r.method)
        return tg_fail(TG_EINPUT,
                       "--method must be euler, exact, milstein, rk, heun or jump, "
                       "got \"%s\"",
                       j->method);
    return tg_sdde_solve(&r, s, NULL);
}

static tg_status
run_jump(const job *j, size_t rows, tg_stats *s)
{
    if (!(j->lambda > 0)) return tg_fail(TG_EINPUT, "--method jump needs --arrivals RATE");
    if (j->b != 0) return tg_fail(TG_EINPUT, "--method jump has no --instant damping");
    const double  eta = j->a / j->lambda;
    const tg_jump_mode m = { 1, eta != 0 ? j->g / (eta * sqrt(j->lambda)) : 0, j->start };
    const tg_jump p = { .mode = &m,
                        .modes = 1,
                        .eta = eta,
                        .lambda = j->lambda,
                        .delay = j->law,
                        .paths = j->paths,
                        .interval = j->step * (double)every(j),
                        .rows = rows,
                        .threads = j->threads,
                        .seed = j->seed };

    return tg_jump_run(&p, s);
}

static tg_status
run_ensemble(job *j, size_t rows, tg_stats *s)
{
    const tg_linear   m = { j->a, j->b, j->g, tg_delay_mean(j->law), j->start };
    const tg_ensemble e = { .mode = &m,
                            .modes = 1,
                            .paths = j->paths,
                            .dt = j->step,
                            .steps = every(j) * (rows - 1),
                            .every = every(j),
                            .threads = j->threads,
                            .seed = j->seed };

    if (!strcmp(j->method, "jump")) return run_jump(j, rows, s);
    if (!strcmp(j->method, "exact") && !is_constant(j))
        return tg_fail(TG_EINPUT, "--method exact needs a constant delay");
    if (!strcmp(j->method, "exact")) return tg_exact_run(&e, s, NULL);
    if (!strcmp(j->method, "euler") && is_constant(j)) return tg_ensemble_run(&e, s, NULL);
    return run_general(j, rows, s);
}

static const tg_column curve[] = {
    { "t", "time", "", false },
    { "mean", "X", "mean over the paths", false },
    { "mean_error", "X", "standard error of the mean", false },
    { "sd", "X", "standard deviation over the paths", false },
    { "predicted_mean", "X", "mean of the equation", false },
    { "predicted_sd", "X", "standard deviation of the equation", false },
};

static tg_status
fill_curve(const job *j, size_t rows, const tg_stats *s, tg_table *t)
{
    const double  interval = j->step * (double)every(j);
    const tg_mode m = { .loop = { .a = j->a, .b = j->b, .delay = j->law },
                        .noise = j->g * j->g,
                        .jump = strcmp(j->method, "jump") ? 0 : j->a * j->a / j->lambda };
    double       *mean = malloc(2 * rows * sizeof *mean), *second = mean + rows;
    tg_status     status = TG_OK;

    if (!mean) return tg_fail(TG_ENOMEM, "out of memory");
    if (tg_moments_second(&m, j->start, interval * (double)(rows - 1), rows, mean, second))
        for (size_t i = 0; i < 2 * rows; i++) mean[i] = NAN; /* told by the empty columns */
    for (size_t i = 0; status == TG_OK && i < rows; i++) {
        const double v = second[i] - mean[i] * mean[i];
        status = tg_table_add(
            t, (tg_cell[]){ TG_NUMBER(interval * (double)i), TG_NUMBER(s[i].mean),
                            TG_NUMBER(tg_stats_error(&s[i])),
                            TG_NUMBER(sqrt(tg_stats_variance(&s[i]))), TG_NUMBER(mean[i]),
                            TG_NUMBER(sqrt(fmax(v, 0))) });
    }
    free(mean);
    return status;
}

static tg_status
integrate(const arguments *a, job *j)
{
    const size_t rows = (size_t)floor(j->until / j->step / (double)every(j) + 1e-9) + 1;
    tg_stats    *s = calloc(rows, sizeof *s);
    tg_table    *t = NULL;

    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = rows < 2 ? tg_fail(TG_EINPUT, "--until is shorter than one row")
                                : run_ensemble(j, rows, s);
    if (status == TG_OK) status = table_begin(a, NULL, curve, 6, &t);
    if (status == TG_OK) status = tg_table_note(t, "seed", "%zu", j->seed);
    if (status == TG_OK) status = fill_curve(j, rows, s, t);
    free(s);
    if (status == TG_OK) return table_deliver(a, "ensemble", t);
    tg_table_free(t);
    return status;
}

static const tg_column hits[] = {
    { "t", "time", "", false },
    { "reached", "", "share of paths that have reached the level by t (Kaplan-Meier)",
      false },
    { "low", "", "95 % band, pointwise", false },
    { "high", "", "95 % band, pointwise", false },
};

static tg_status
fill_hits(const tg_survival *s, size_t count, tg_table *t)
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

static tg_status
hit(const arguments *a, job *j)
{
    const tg_linear m = { j->a, j->b, j->g, tg_delay_mean(j->law), j->start };
    tg_hitting      p = { .mode = &m,
                          .modes = 1,
                          .dt = j->step,
                          .horizon = j->until,
                          .paths = j->paths,
                          .threads = j->threads,
                          .seed = j->seed };
    tg_hits         h;
    tg_table       *t = NULL;
    size_t          count = 0;

    TG_TRY(number_of(a, "hit", &p.level));
    if (!is_constant(j)) return tg_fail(TG_EINPUT, "--hit needs a constant delay");
    double        *time = malloc(j->paths * sizeof *time);
    unsigned char *ended = malloc(j->paths);
    tg_survival   *s = malloc(j->paths * sizeof *s);
    tg_status      status = time && ended && s ? tg_hitting_run(&p, time, NULL, &h)
                                               : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; status == TG_OK && i < h.paths; i++) ended[i] = time[i] < j->until;
    if (status == TG_OK)
        status = tg_survival_estimate(time, ended, h.paths, 1.96, s, &count);
    if (status == TG_OK) status = table_begin(a, NULL, hits, 4, &t);
    if (status == TG_OK)
        status =
            tg_table_note(t, "mean", "%.6g +- %.2g over %zu paths, %zu of which reached it",
                          h.mean, h.error, h.paths, h.hit);
    if (status == TG_OK) status = fill_hits(s, count, t);
    free(time);
    free(ended);
    free(s);
    if (status == TG_OK) return table_deliver(a, "hitting", t);
    tg_table_free(t);
    return status;
}

static tg_status
run(const arguments *a)
{
    job j = { .law = NULL };

    TG_TRY(read_options(a, &j));
    const tg_status status = given(a, "hit") ? hit(a, &j) : integrate(a, &j);
    tg_delay_free(j.law);
    return status;
}

static const option options[] = {
    { "damping", "A", "damping coefficient a of the delayed term [1/time]" },
    { "instant", "B", "instantaneous damping b [1/time] (default 0)" },
    { "law", "LAW",
      "law of the delay, e.g. \"{law: constant, value: 1}\" (default: none)" },
    { "noise", "G", "noise intensity g (default 1)" },
    { "start", "X", "value on t <= 0 (default 1)" },
    { "paths", "N", "paths (default 10000)" },
    { "step", "DT", "time step (default 0.01)" },
    { "until", "T", "horizon (default 10)" },
    { "rows", "N", "rows of the table (default 100)" },
    { "seed", "N", "seed of the random streams (default 0)" },
    { "method", "NAME", "euler, exact, milstein, rk, heun, or jump (event by event)" },
    { "meaning", "WORD", "of a random delay: path, step or distributed (the default)" },
    { "arrivals", "RATE", "arrival rate of --method jump [1/time]" },
    { "hit", "LEVEL", "instead: when X first reaches this level" },
    { 0 },
};

const command cmd_integrate = {
    .name = "integrate",
    .operands = "",
    .summary = "ensembles of the stochastic delay equation: mean, spread, hitting times",
    .doc =
        "Integrates dX = (-b X - a X(t-T)) dt + g dW over many paths and prints mean and\n"
        "standard deviation beside those of the equation; with --hit, the distribution of\n"
        "the first passage of a level.",
    .options = options,
    .run = run,
};
