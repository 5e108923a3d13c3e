#include "study/ask.h"

#include "core/node.h"
#include "core/quote.h"
#include "core/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ------------------------------------------------------------------------- */

tg_status
tg_ask_unknown(const char *command, const tg_option *own, const tg_option *common,
               const char *name)
{
    const char *known[2 * TG_MOST_OPTIONS];
    size_t      n = 0;

    for (const tg_option *o = common; o && o->name && n < TG_MOST_OPTIONS; o++)
        known[n++] = o->name;
    for (const tg_option *o = own; o && o->name && n < 2 * TG_MOST_OPTIONS; o++)
        known[n++] = o->name;
    const char *near = tg_nearest(name, known, n);
    if (near)
        return tg_fail(TG_EINPUT, "unknown option --%s; did you mean --%s?", name, near);
    return tg_fail(TG_EINPUT, "unknown option --%s; see tardigrad %s --help", name,
                   command);
}

/* What every question takes beside its own options. */
static const tg_option common[] = {
    { "set", "PATH=VALUE", "override a value of the study" }, { 0 }
};

static tg_status
find(const tg_ask *ask, const char *name, const tg_option **out)
{
    for (const tg_option *o = ask->manual->options; o && o->name; o++)
        if (!strcmp(o->name, name)) {
            *out = o;
            return TG_OK;
        }
    return tg_ask_unknown(ask->manual->name, ask->manual->options, common, name);
}

static tg_status
take_set(tg_ask *ask, const char *setting)
{
    if (!setting) return tg_fail(TG_EINPUT, "--set: expected %s", common->value);
    if (ask->sets == TG_MOST_SETS)
        return tg_fail(TG_EINPUT, "more than %d --set", TG_MOST_SETS);
    ask->set[ask->sets++] = setting;
    return TG_OK;
}

tg_status
tg_ask_option(tg_ask *ask, const char *word)
{
    char             name[64];
    const size_t     n = strcspn(word, "=");
    const char      *value = word[n] ? word + n + 1 : NULL;
    const tg_option *o = NULL;

    snprintf(name, sizeof name, "%.*s", (int)(n < 63 ? n : 63), word);
    if (!strcmp(name, "set")) return take_set(ask, value);
    TG_TRY(find(ask, name, &o));
    if (o->value && !value) return tg_fail(TG_EINPUT, "--%s: expected %s", name, o->value);
    if (!o->value && value) return tg_fail(TG_EINPUT, "--%s takes no value", name);
    if (ask->count == TG_MOST_OPTIONS) return tg_fail(TG_EINPUT, "too many options");
    ask->given[ask->count] = o;
    ask->value[ask->count++] = value;
    return TG_OK;
}

static void
put_line(FILE *f, const tg_ask *ask)
{
    fprintf(f, "tardigrad %s", ask->manual->name);
    if (ask->operand) {
        fputc(' ', f);
        tg_quote_word(f, ask->operand);
    }
    for (size_t i = 0; i < ask->mores; i++) {
        fputc(' ', f);
        tg_quote_word(f, ask->more[i]);
    }
    for (size_t i = 0; i < ask->sets; i++) {
        fputs(" --set ", f);
        tg_quote_word(f, ask->set[i]);
    }
    for (size_t i = 0; i < ask->count; i++) {
        fprintf(f, " --%s", ask->given[i]->name);
        if (!ask->value[i]) continue;
        fputc(' ', f);
        tg_quote_word(f, ask->value[i]);
    }
}

char *
tg_ask_line(const tg_ask *ask)
{
    char  *raw = NULL, *line = NULL;
    size_t size;
    FILE  *f = open_memstream(&raw, &size);

    if (f) put_line(f, ask);
    if (f && fclose(f) == 0 && (f = open_memstream(&line, &size))) {
        tg_quote_text(f, raw);
        fclose(f);
    }
    free(raw);
    return line;
}

/* ---- values -------------------------------------------------------------------------- */

bool
tg_ask_given(const tg_ask *ask, const char *name)
{
    for (size_t i = 0; i < ask->count; i++)
        if (!strcmp(ask->given[i]->name, name)) return true;
    return false;
}

const char *
tg_ask_value(const tg_ask *ask, const char *name)
{
    for (size_t i = ask->count; i > 0; i--)
        if (!strcmp(ask->given[i - 1]->name, name)) return ask->value[i - 1];
    return NULL;
}

/* The study's own strict reader of numbers serves options too. */
tg_status
tg_ask_read(const char *source, const char *text, double *out)
{
    tg_node *node;

    TG_TRY(tg_node_parse(*text ? text : "''", source, &node));
    const tg_status status = tg_node_number(node, out);
    tg_node_free(node);
    return status;
}

tg_status
tg_ask_read_whole(const char *name, double value, size_t *out)
{
    if (!(value >= 0 && value <= 0x1p53) || value != floor(value))
        return tg_fail(TG_EINPUT, "--%s: expected a whole number from 0 to 2^53, got %.17g",
                       name, value);
    *out = (size_t)value;
    return TG_OK;
}

tg_status
tg_ask_number(const tg_ask *ask, const char *name, double *out)
{
    const char *text = tg_ask_value(ask, name);
    char        source[80];

    snprintf(source, sizeof source, "--%s", name);
    return text ? tg_ask_read(source, text, out) : TG_OK;
}

tg_status
tg_ask_whole(const tg_ask *ask, const char *name, size_t *out)
{
    double value = (double)*out;

    TG_TRY(tg_ask_number(ask, name, &value));
    return tg_ask_read_whole(name, value, out);
}

/* ---- tables -------------------------------------------------------------------------- */

tg_status
tg_ask_table(const tg_ask *ask, const tg_study *study, const tg_column *columns,
             size_t count, tg_table **out)
{
    tg_table *t = NULL;

    TG_TRY(tg_table_create(columns, count, &t));
    tg_status status = tg_table_note(t, "command", "%s", ask->line);
    if (status == TG_OK) status = tg_table_note(t, "version", "%s", TG_VERSION);
    for (size_t i = 0; i < ask->sets && status == TG_OK; i++)
        status = tg_table_note(t, "set", "%s", ask->set[i]);
    if (status == TG_OK && study) status = tg_study_note(study, t);
    if (status == TG_OK)
        *out = t;
    else
        tg_table_free(t);
    return status;
}
