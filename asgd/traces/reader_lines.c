/* lines: one JSON object a line, whose keys are the columns */
#include "asgd/traces/lines.h"

#include "asgd/traces/json_part.h"
#include "core/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 256 };

/* An object, and no list of events. */
static bool
recognise(const tg_text *text)
{
    const char *at = text->at + strspn(text->at, " \t\r\n");

    at += *at == '[';
    return at[strspn(at, " \t\r\n")] == '{';
}

/* Each key of an object has one value; a table that was written column by column has many. */
static tg_status
check_values(const tg_intake *in, const tg_text *text, const json_t *row, char *const *name)
{
    for (int role = 0; role < TG_ROLES; role++) {
        const size_t  at = in->roles.at[role];
        const json_t *value = at == SIZE_MAX ? NULL : json_object_get(row, name[at]);
        if (json_is_object(value) || json_is_array(value))
            return tg_fail(TG_EINPUT,
                           "%s: \"%.40s\" holds many values; expected an object for each "
                           "job, as df.to_json(\"log.json\", orient=\"records\") writes",
                           text->source, name[at]);
    }
    return TG_OK;
}

/* The keys of the first object are the columns; *name (*n) belongs to the caller. */
static tg_status
find_keys(tg_intake *in, const tg_text *text, char *name[TG_MOST_COLUMNS], size_t *n)
{
    tg_json_parts parts = { text->at, 1 };
    json_t       *row = NULL, *value;
    const char   *key;

    parts.at += strspn(parts.at, " \t\r\n[");
    while (!row && tg_json_next(&parts, &row)) {
    }
    if (!row) return tg_fail(TG_EINPUT, "%s: no JSON object is whole", text->source);
    tg_status status = TG_OK;
    json_object_foreach(row, key, value)
    {
        if (*n == TG_MOST_COLUMNS || status != TG_OK) break;
        if (!(name[*n] = strndup(key, CELL)))
            status = tg_fail(TG_ENOMEM, "out of memory");
        else
            ++*n;
    }
    if (status == TG_OK)
        status =
            tg_roles_find(text, in->wish, (const char *const *)name, *n, true, &in->roles);
    if (status == TG_OK) status = check_values(in, text, row, name);
    json_decref(row);
    return status;
}

static tg_status
take_row(tg_intake *in, const json_t *row, char *const *name, size_t line)
{
    char        cell[TG_ROLES][CELL];
    const char *part[TG_ROLES];

    for (int role = 0; role < TG_ROLES; role++) {
        const size_t at = in->roles.at[role];
        part[role] = at == SIZE_MAX ? NULL : cell[role];
        if (at != SIZE_MAX) tg_json_text(row, name[at], cell[role], CELL);
    }
    return tg_intake_row(in, part, line);
}

static tg_status
take_rows(tg_intake *in, const tg_text *text, char *const *name)
{
    tg_json_parts parts = { text->at + strspn(text->at, " \t\r\n["), 1 };
    json_t       *row;
    tg_status     status = TG_OK;

    for (const char *at = text->at; at < parts.at; at++) parts.line += *at == '\n';
    for (size_t i = 0; status == TG_OK && tg_json_next(&parts, &row); i++) {
        if (row)
            status = take_row(in, row, name, parts.line);
        else
            tg_intake_lose(in, TG_LOG_BROKEN, parts.line);
        json_decref(row);
        if (status == TG_OK && i % 1024 == 0) status = tg_stop_check();
    }
    return status;
}

static tg_status
read_lines(tg_intake *in, tg_text *text)
{
    char  *name[TG_MOST_COLUMNS];
    char   units[64], roles[200];
    size_t n = 0;

    tg_status status = find_keys(in, text, name, &n);
    if (status == TG_OK) status = take_rows(in, text, name);
    if (status == TG_OK) {
        in->log.cluster = in->roles.cluster;
        tg_roles_tell(&in->roles, (const char *const *)name, roles, sizeof roles);
        tg_intake_tell_units(in, units, sizeof units);
        snprintf(in->log.took, sizeof in->log.took, "JSON lines, %s%s%s", roles, units,
                 in->log.cluster ? ", jobs of a cluster" : "");
    }
    for (size_t i = 0; i < n; i++) free(name[i]);
    return status;
}

const tg_log_kind tg_log_lines = {
    .is = { "lines", "JSON lines: an object for each job, or a list of such objects", "",
            NULL },
    .recognise = recognise,
    .read = read_lines
};
