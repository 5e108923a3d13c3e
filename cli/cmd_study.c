#include "cli/figures.h"
#include "cli/output.h"
#include "cli/study_run.h"

#include "core/file.h"
#include "core/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Make the folders and prove that files can be written there before any long work. */
static tg_status
prepare_folder(const char *folder)
{
    tg_file f;
    char *tables = tg_path_join(folder, "tables"), *probe = tg_path_join(folder, ".probe");
    tg_status status =
        tables && probe ? tg_folder_make(tables) : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) status = tg_file_begin(&f, probe);
    if (status == TG_OK) {
        status = tg_file_end(&f, TG_ESTOP); /* ESTOP: nothing is kept */
        if (status == TG_ESTOP) status = TG_OK;
    }
    free(tables);
    free(probe);
    return status;
}

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
        status = tg_file_end(&f, failed ? tg_fail(TG_EIO, "summary.json cannot be written")
                                        : TG_OK);
    }
    json_decref(document);
    return status;
}

static tg_status
announce(const study_run *r)
{
    if (given(r->arguments, "json")) return json_print(study_run_json(r));
    if (!given(r->arguments, "quiet")) {
        study_run_summary(r, stdout);
        printf("\nreport: %s/report.html\n", r->folder);
    }
    return TG_OK;
}

static tg_status
carry_out(study_run *r)
{
    TG_TRY(study_run_compute(r));
    TG_TRY(study_run_tables(r));
    char            missing[1024];
    const tg_status figures_status = figures_make(r->folder, r->labels, "svg");
    snprintf(missing, sizeof missing, "%s", figures_status == TG_OK ? "" : tg_message());
    TG_TRY(study_run_report(r));
    TG_TRY(write_json(r));
    if (figures_status == TG_OK) return TG_OK;
    return tg_fail(figures_status, "%s; everything else is in %s", missing, r->folder);
}

static tg_status
run(const arguments *a)
{
    const char *file;
    char        folder[512];
    tg_study   *study = NULL;
    study_run   r = { .arguments = a };

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    snprintf(folder, sizeof folder, "out/%s", tg_study_text(study, "name"));
    r.study = study;
    r.folder = value_of(a, "out") ? value_of(a, "out") : folder;
    tg_status status = study_check(study);
    if (status == TG_OK) status = prepare_folder(r.folder);
    if (status == TG_OK)
        status = tg_progress_create(given(a, "quiet") ? NULL : stderr, &r.progress);
    if (status == TG_OK) status = carry_out(&r);
    tg_progress_free(r.progress);
    if (status == TG_OK) status = announce(&r);
    if (status == TG_OK && r.stopped)
        status =
            tg_fail(TG_ESTOP, "stopped on request; what was finished is in %s", r.folder);
    study_run_free(&r);
    tg_study_free(study);
    return status;
}

const command cmd_study = {
    .name = "study",
    .operands = "STUDY",
    .summary = "everything a study asks for, into one folder with a report",
    .doc = "Predict and simulate every algorithm and number of workers of a study, hold "
           "the two\n"
           "against each other, and write tables, figures, summary.json and report.html "
           "into one\n"
           "folder (out/NAME unless --out says otherwise).",
    .run = run
};
