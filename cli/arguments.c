#include "cli/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tg_option common_options[] = {
    { "set", "PATH=VALUE", "override a value of the study, e.g. workers[0].count=32" },
    { "out", "FOLDER",
      "write tables and figures there, all at once when they are complete" },
    { "json", NULL, "one JSON document on standard output" },
    { "threads", "N", "threads to use (default: all processors)" },
    { "quiet", NULL, "no progress bar, no summary" },
    { "help", NULL, "print this help; also -h" },
    { 0 },
};

static const tg_option *
find_in(const tg_option *list, const char *name)
{
    for (; list && list->name; list++)
        if (!strcmp(list->name, name)) return list;
    return NULL;
}

tg_manual
manual_of(const command *c)
{
    if (c->answers) return c->answers->is;
    return (tg_manual){ c->name, c->operands, c->summary, c->doc, NULL };
}

bool
applies(const command *c, const char *name)
{
    const size_t n = strlen(name);

    for (const char *at = c->refuses; at && *at; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strcspn(at, " ") == n && !strncmp(at, name, n)) return false;
    }
    return true;
}

/* Its options: common ones, the library's, its own. */
static const tg_option *
find_option(const command *c, const char *name)
{
    const tg_option *o = find_in(common_options, name);

    if (!o) o = find_in(manual_of(c).options, name);
    return o ? o : find_in(c->options, name);
}

bool
has_option(const command *c, const char *name)
{
    return find_option(c, name) != NULL;
}

static tg_status
unknown_option(const command *c, const char *name)
{
    tg_option       all[TG_MOST_OPTIONS] = { { 0 } };
    const tg_manual m = manual_of(c);
    size_t          n = 0;

    for (const tg_option *o = m.options; o && o->name && n < TG_MOST_OPTIONS - 1; o++)
        all[n++] = *o;
    for (const tg_option *o = c->options; o && o->name && n < TG_MOST_OPTIONS - 1; o++)
        all[n++] = *o;
    return tg_ask_unknown(m.name, all, common_options, name);
}

static tg_status
take(arguments *out, const tg_option *o, const char *value)
{
    if (!strcmp(o->name, "set")) {
        if (out->sets == TG_MOST_SETS)
            return tg_fail(TG_EINPUT, "more than %d --set", TG_MOST_SETS);
        out->set[out->sets++] = value;
        return TG_OK;
    }
    if (out->count == TG_MOST_OPTIONS) return tg_fail(TG_EINPUT, "too many options");
    out->given[out->count] = o;
    out->value[out->count++] = value;
    return TG_OK;
}

/* --name, --name value, --name=value; everything after "--" and every other word is a file.
 */
tg_status
arguments_parse(const command *c, int argc, char **argv, arguments *out)
{
    bool files_only = false;

    if (!(out->file = calloc((size_t)argc + 1, sizeof *out->file)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (int i = 0; i < argc; i++) {
        if (!files_only && !strcmp(argv[i], "-h")) argv[i] = "--help";
        if (files_only || strncmp(argv[i], "--", 2)) {
            out->file[out->files++] = argv[i];
            continue;
        }
        if (!argv[i][2]) {
            files_only = true;
            continue;
        }
        char         name[64];
        const size_t n = strcspn(argv[i] + 2, "=");
        snprintf(name, sizeof name, "%.*s", (int)(n < 63 ? n : 63), argv[i] + 2);
        const char      *value = argv[i][2 + n] ? argv[i] + 3 + n : NULL;
        const tg_option *o = find_option(c, name);
        if (!o) return unknown_option(c, name);
        if (o->value && !value) {
            if (i + 1 == argc)
                return tg_fail(TG_EINPUT, "--%s: expected %s", name, o->value);
            value = argv[++i];
            if (!strncmp(value, "--", 2))
                return tg_fail(TG_EINPUT, "--%s: expected %s, got the option %s", name,
                               o->value, value);
        }
        if (!o->value && value) return tg_fail(TG_EINPUT, "--%s takes no value", name);
        TG_TRY(take(out, o, value));
    }
    return TG_OK;
}

void
arguments_free(arguments *a)
{
    free(a->file);
    *a = (arguments){ 0 };
}

bool
given(const arguments *a, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (!strcmp(a->given[i]->name, name)) return true;
    return false;
}

const char *
value_of(const arguments *a, const char *name)
{
    for (size_t i = a->count; i > 0; i--)
        if (!strcmp(a->given[i - 1]->name, name)) return a->value[i - 1];
    return NULL;
}

tg_status
number_of(const arguments *a, const char *name, double *out)
{
    const char *text = value_of(a, name);
    char        source[80];

    snprintf(source, sizeof source, "--%s", name);
    return text ? tg_ask_read(source, text, out) : TG_OK;
}

tg_status
whole_of(const arguments *a, const char *name, size_t *out)
{
    double value = (double)*out;

    TG_TRY(number_of(a, name, &value));
    return tg_ask_read_whole(name, value, out);
}

tg_status
threads_of(const char *source, const char *text, size_t *out)
{
    double value = 0;

    TG_TRY(tg_ask_read(source, text, &value));
    if (!(value >= 0 && value <= 1024) || value != floor(value))
        return tg_fail(TG_EINPUT, "%s: expected a whole number, at most 1024, got %.17g",
                       source, value);
    *out = (size_t)value;
    return TG_OK;
}

tg_status
only_file(const arguments *a, const char **out)
{
    if (a->files != 1) return tg_fail(TG_EINPUT, "expected one file, got %zu", a->files);
    *out = a->file[0];
    return TG_OK;
}
