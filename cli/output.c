#include "cli/output.h"

#include "cli/stop.h"

#include "core/file.h"
#include "core/folder.h"
#include "core/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tg_status
table_begin(const arguments *a, const tg_study *study, const tg_column *columns,
            size_t count, tg_table **out)
{
    tg_ask ask = { .line = a->line, .sets = a->sets };

    memcpy(ask.set, a->set, sizeof ask.set);
    return tg_ask_table(&ask, study, columns, count, out);
}

tg_status
json_print(json_t *document)
{
    const int failed =
        !document ||
        json_dumpf(document, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) ||
        putchar('\n') == EOF;

    json_decref(document);
    return failed ? tg_fail(TG_EWRITE, "standard output cannot be written") : TG_OK;
}

tg_status
results_begin(const arguments *a, const char *folder)
{
    if (a->results->draft) return TG_OK;
    TG_TRY(tg_folder_begin(folder, a->results));
    stop_guard(a->results->draft);
    return TG_OK;
}

const char *
results_folder(const arguments *a)
{
    return a->results->draft;
}

tg_status
results_keep(const arguments *a)
{
    if (!a->results->draft) return TG_OK;
    stop_guard(NULL);
    return tg_folder_end(a->results, TG_OK);
}

/* What the blocks are of: the settings in force, a line each. Caller frees; NULL: out of memory. */
static char *
identity_of(const tg_table *settings)
{
    char  *text = NULL;
    size_t size;
    FILE  *f = open_memstream(&text, &size);

    if (!f) return NULL;
    fprintf(f, "version: %s\n", TG_VERSION);
    for (size_t i = 0; i < tg_table_notes(settings); i++) {
        const char *key, *value;
        tg_table_get_note(settings, i, &key, &value);
        fprintf(f, "%s: %s\n", key, value);
    }
    if (fclose(f) == 0) return text;
    free(text);
    return NULL;
}

static tg_status
open_records(const arguments *a, const tg_study *study, const char *path, tg_records **out)
{
    static const tg_column none = { "none", "", "", false };
    tg_table              *settings = NULL;

    TG_TRY(tg_table_create(&none, 1, &settings));
    tg_status status = tg_study_note(study, settings);
    char     *identity = status == TG_OK ? identity_of(settings) : NULL;
    if (status == TG_OK)
        status = identity ? tg_records_open(path, identity, given(a, "resume"), out)
                          : tg_fail(TG_ENOMEM, "out of memory");
    free(identity);
    tg_table_free(settings);
    return status;
}

tg_status
records_begin(const arguments *a, const tg_study *study, tg_records **out)
{
    const char *place = a->results->path;

    *out = NULL;
    if (!place && given(a, "resume"))
        return tg_fail(TG_EINPUT, "--resume needs --out FOLDER: what is finished is kept "
                                  "beside the results");
    if (!place) return TG_OK;
    char *path = malloc(strlen(place) + sizeof ".records");
    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    sprintf(path, "%s.records", place);
    tg_status status = open_records(a, study, path, out);
    if (!given(a, "resume") && status != TG_OK && status != TG_ENOMEM) status = TG_OK;
    if (status == TG_OK && given(a, "resume") && !given(a, "quiet"))
        fprintf(stderr, "%zu block%s of simulation %s finished before\n",
                tg_records_count(*out), tg_records_count(*out) == 1 ? "" : "s",
                tg_records_count(*out) == 1 ? "was" : "were");
    free(path);
    return status;
}

/* A file without blocks helps nobody. */
void
records_end(tg_records *r, tg_status status)
{
    if (r) tg_records_close(r, status != TG_OK && tg_records_count(r) > 0);
}

tg_status
table_save(const arguments *a, const char *name, tg_table *t)
{
    char file[256];

    snprintf(file, sizeof file, "%s.csv", name);
    char           *path = tg_path_join(results_folder(a), file);
    const tg_status status =
        path ? tg_table_write(t, path) : tg_fail(TG_ENOMEM, "out of memory");
    free(path);
    return status;
}

tg_status
table_write(const arguments *a, const char *name, tg_table *t)
{
    const tg_status status = table_save(a, name, t);

    tg_table_free(t);
    return status;
}

tg_status
table_deliver(const arguments *a, const char *name, tg_table *t)
{
    tg_status status = TG_OK;

    stop_saving();
    if (given(a, "json")) {
        json_t *document = json_object();
        json_object_set_new(document, "provenance", tg_json_notes(t));
        json_object_set_new(document, name, tg_json_rows(t));
        status = json_print(document);
    } else if (!results_folder(a)) {
        table_print(t);
    }
    if (status != TG_OK || !results_folder(a)) {
        tg_table_free(t);
        return status;
    }
    TG_TRY(table_write(a, name, t));
    return results_keep(a);
}
