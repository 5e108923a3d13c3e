#include "cli/output.h"

#include "cli/ranks.h"
#include "cli/stop.h"

#include "core/file.h"
#include "core/folder.h"

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
    if (a->results->draft || ranks_rank() > 0) return TG_OK;
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
