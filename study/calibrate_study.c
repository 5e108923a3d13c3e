/* calibrate_study: what was fitted as a study, which is read back: what is predicted is what is published */
#include "study/calibrate.h"

#include "core/file.h"
#include "core/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_list(FILE *f, const char *key, const double *x, size_t n)
{
    fprintf(f, "    %s: [", key);
    for (size_t j = 0; j < n; j++) fprintf(f, "%s%.12g", j ? ", " : "", x[j]);
    fputs("]\n", f);
}

/* Each eigenvalue that was fitted with its start; of those that were given all begin at the same x. */
static void
print_objective(FILE *f, const tg_calibration *c)
{
    const tg_mode_fit *fit = &c->sight.fit;
    double             start[TG_FITTED_MODES], all = 0;

    fputs("objective:\n  quadratic:\n", f);
    for (size_t j = 0; j < c->knowns; j++) all += c->known[j];
    for (size_t j = 0; j < fit->modes; j++)
        start[j] = sqrt(2 * fit->excess[j] / (c->known ? all : fit->h[j]));
    if (c->known)
        print_list(f, "eigenvalues", c->known, c->knowns);
    else
        print_list(f, "eigenvalues", fit->h, fit->modes);
    if (c->known)
        fprintf(f, "    start: %.12g\n", start[0]);
    else
        print_list(f, "start", start, fit->modes);
    fprintf(f, "    noise: {additive: %.12g}\n", fit->sigma);
    if (fit->least != 0)
        fprintf(f, "# losses of this study are above F* = %.6g\n", fit->least);
}

static void
print_intervals(FILE *f, const tg_calibration *c, const tg_table *parameters)
{
    for (size_t i = 0; parameters && i < tg_table_rows(parameters); i++) {
        const double low = tg_table_number(parameters, i, 4),
                     high = tg_table_number(parameters, i, 5);
        const char *unit = tg_table_cell(parameters, i, 2).text;
        fprintf(f, "# %s of %s: %.6g%s%s", tg_table_cell(parameters, i, 0).text,
                tg_table_cell(parameters, i, 1).text, tg_table_number(parameters, i, 3),
                *unit ? " " : "", unit);
        if (!isnan(low)) fprintf(f, ", 95 %%: %.6g to %.6g", low, high);
        fputc('\n', f);
    }
    if (parameters)
        fprintf(
            f,
            "# Intervals are of %zu runs simulated with these numbers and fitted again.\n",
            c->runs);
}

/* What the run came to is what another is asked to come to. */
static void
print_rest(FILE *f, const tg_calibration *c)
{
    const size_t P = c->fitting.trace.workers;
    const double target = c->sight.late - c->sight.fit.least,
                 start = c->seen.loss ? c->seen.loss[0] - c->sight.fit.least : 0;

    if (c->together) fputs("workers_start: together\n", f);
    fprintf(f, "algorithm: {name: %s, step: %.17g}\n", c->rule, c->step);
    if (c->sight.fit.modes > 0 && target > 0 && target < start)
        fprintf(f, "target: {loss: %.6g}\n", target);
    fprintf(f, "horizon: %.17g\nreplicas: 100\nsweep: {workers: [", c->horizon);
    for (size_t i = 1; i <= 4; i++) {
        const size_t n = (P * i + 1) / 2;
        if (i == 1 || n > (P * (i - 1) + 1) / 2) fprintf(f, "%s%zu", i > 1 ? ", " : "", n);
    }
    fputs("]}\n", f);
}

static tg_status
print_study(FILE *f, const char *times, const tg_calibration *c, const tg_table *parameters)
{
    fputs("# Calibrated to one run, times in seconds: ", f);
    tg_quote_text(f, c->ask->line);
    fputc('\n', f);
    print_intervals(f, c, parameters);
    fputs("name: calibrated\nseed: 1\n", f);
    if (c->sight.fit.modes > 0)
        print_objective(f, c);
    else
        fputs("objective: {quadratic: {eigenvalues: [1]}}\n", f);
    fputs("workers:\n", f);
    TG_TRY(tg_fit_print_workers(f, times, &c->fitting.trace, &c->fitting.fitted));
    print_rest(f, c);
    return TG_OK;
}

static tg_status
write_file(tg_calibration *c, const tg_table *parameters)
{
    char   *times = NULL;
    tg_file out;

    TG_TRY(tg_fit_write_times(c->ask, c->path, &c->fitting.fitted, &times));
    tg_status status = tg_file_begin(&out, c->path);
    if (status == TG_OK) {
        status = print_study(out.stream, times, c, parameters);
        status = tg_file_end(&out, status);
    }
    free(times);
    return status;
}

tg_status
tg_calibration_write(tg_calibration *c, const tg_table *parameters)
{
    tg_scene_close(&c->scene);
    tg_study_free(c->study);
    c->study = NULL;
    TG_TRY(write_file(c, parameters));
    TG_TRY(tg_study_read(c->path, NULL, 0, &c->study));
    TG_TRY(tg_scene_open(c->study, 0, &c->scene));
    c->rate = tg_cluster_rate(c->scene.cluster);
    return TG_OK;
}
