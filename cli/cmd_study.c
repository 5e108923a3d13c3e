#include "cli/figures.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/study_run.h"

#include "core/file.h"
#include "core/quote.h"
#include "study/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tg_status
write_json(const study_run *r)
{
    tg_file f;
    char   *path = tg_path_join(r->folder, "summary.json");

    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    json_t   *document = study_run_json(r);
    tg_status status = tg_file_begin(&f, path);
    free(path);
    if (status == TG_OK) {
        const int failed = !document || json_dumpf(document, f.stream, JSON_INDENT(1));
        status = tg_file_end(
            &f, failed ? tg_fail(TG_EWRITE, "summary.json cannot be written") : TG_OK);
    }
    json_decref(document);
    return status;
}

static tg_status
announce(const study_run *r, const char *folder)
{
    if (given(r->arguments, "json")) return json_print(study_run_json(r));
    if (!given(r->arguments, "quiet")) {
        TG_TRY(study_run_summary(r, &(tg_page){ stdout, terminal_width() }));
        fputs("\nreport: ", stdout);
        tg_quote_text(stdout, folder);
        fputs("/report.html\n", stdout);
    }
    return TG_OK;
}

/* Figures are drawn again from the tables in no time, so a stop does without them. */
static tg_status
draw(study_run *r, char *missing, size_t room)
{
    TG_TRY(figures_write(r->folder, r->figures));
    if (!r->stopped) {
        const tg_status status = figures_make(r->folder, r->figures, "svg");
        if (status == TG_OK) return TG_OK;
        snprintf(missing, room, "%s", tg_message());
        if (status != TG_ESTOP) return status;
        study_run_stopped(r);
    }
    return TG_OK;
}

/* Without gnuplot everything else is kept, and the exit status tells. */
static tg_status
carry_out(study_run *r, const char *folder)
{
    char missing[1024] = "";

    TG_TRY(study_run_compute(r));
    TG_TRY(study_run_tables(r));
    TG_TRY(study_run_figures(r));
    const tg_status drawn = draw(r, missing, sizeof missing);
    TG_TRY(study_run_report(r));
    TG_TRY(write_json(r));
    TG_TRY(results_keep(r->arguments));
    TG_TRY(announce(r, folder));
    if (r->stopped)
        return tg_fail(TG_ESTOP,
                       "stopped on request; what was finished is in %s (figures: tardigrad "
                       "plot; the same with --resume goes on)",
                       folder);
    return drawn ? tg_fail(drawn, "%s; everything else is in %s", missing, folder) : TG_OK;
}

static tg_status
begin_tables(study_run *r)
{
    r->folder = results_folder(r->arguments);
    char           *tables = tg_path_join(r->folder, "tables");
    const tg_status status =
        tables ? tg_folder_make(tables) : tg_fail(TG_ENOMEM, "out of memory");
    free(tables);
    if (status != TG_OK) return status;
    return tg_progress_create(given(r->arguments, "quiet") ? NULL : stderr, &r->progress);
}

/* All of it, or a shard. */
static tg_status
run_in_parts(study_run *r, const char *place)
{
    const arguments *a = r->arguments;
    tg_plan          plan;
    parts            p = { 0 };

    tg_status status = tg_plan_simulations(r->study, tg_study_metrics(r->study), &plan);
    if (status == TG_OK) status = parts_begin(a, r->study, &plan, &p);
    r->records = p.records;
    if (status == TG_OK && p.partial) {
        status = parts_compute(&p);
    } else if (status == TG_OK) {
        status = begin_tables(r);
        if (status == TG_OK) status = carry_out(r, place);
    }
    parts_end(&p, status);
    tg_plan_close(&plan);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char *file;
    char        folder[512];
    tg_study   *study = NULL;
    study_run   r = { .arguments = a };

    TG_TRY(only_file(a, &file));
    TG_TRY(level_of(a, &r.level));
    TG_TRY(study_open(a, file, &study));
    r.study = study;
    snprintf(folder, sizeof folder, "out/%s", study->name);
    const char *place = given(a, "out") ? value_of(a, "out") : folder;
    tg_status   status = results_begin(a, place);
    if (status == TG_OK) status = run_in_parts(&r, place);
    tg_progress_free(r.progress);
    study_run_free(&r);
    tg_study_free(study);
    return status;
}

static const tg_option options[] = { TG_LEVEL_OPTION, PARTS_OPTIONS, { 0 } };

const command cmd_study = {
    .name = "study",
    .operands = "STUDY",
    .summary = "everything a study asks for, into one folder with a report",
    .doc = "Predict and simulate every algorithm and number of workers of a study, hold "
           "the two\n"
           "against each other, and write tables, figures, summary.json and report.html "
           "into one\n"
           "folder (out/NAME unless --out says otherwise).",
    .options = options,
    .run = run
};
