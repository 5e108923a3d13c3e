#include "study/schema_json.h"

#include "core/delay.h"
#include "study/json.h"
#include "study/schema.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void
set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static json_t *
typed(const char *type)
{
    return json_pack("{s:s}", "type", type);
}

/* ---- numbers ------------------------------------------------------------------------- */

static json_t *
number(bool whole, double min, double max, bool open)
{
    json_t *n = typed(whole ? "integer" : "number");

    if (isfinite(min)) set(n, open ? "exclusiveMinimum" : "minimum", json_real(min));
    if (isfinite(max)) set(n, "maximum", json_real(max));
    return n;
}

static json_t *
number_of(const tg_key *k)
{
    const bool bounded = k->max > k->min;

    return number(k->type == TG_KEY_WHOLE, bounded ? k->min : -INFINITY,
                  bounded ? k->max : INFINITY, k->open);
}

/* A value or a list of such. */
static json_t *
one_or_many(json_t *one)
{
    json_t *many =
        json_pack("{s:s, s:O, s:i}", "type", "array", "items", one, "minItems", 1);

    return json_pack("{s:[o, o]}", "anyOf", one, many);
}

/* ---- kinds --------------------------------------------------------------------------- */

/* Add a kind's parameters to the properties of an object that names it, and to what it
 * requires. */
static void
add_params(const tg_kind *kind, json_t *properties, json_t *required)
{
    for (const tg_param *p = kind->param; p && p->name; p++) {
        json_t *n = number(p->whole, p->min, p->max, p->open);
        set(n, "description", json_string(p->doc));
        if (isnan(p->fallback))
            json_array_append_new(required, json_string(p->name));
        else if (isfinite(p->fallback))
            set(n, "default", json_real(p->fallback));
        /* an infinite parameter is written .inf, which JSON does not have */
        set(properties, p->name, n);
    }
}

/* A kind's name alone, where it needs no more. */
static json_t *
name_of(const tg_kind *kind)
{
    return json_pack("{s:s, s:s}", "const", kind->name, "description", kind->doc);
}

static json_t *
choice_of(const tg_key *k)
{
    json_t *any = json_array();

    for (const tg_kind *const *kind = k->registry; *kind; kind++) {
        json_t *properties = json_pack("{s:o}", "name", name_of(*kind));
        json_t *required = json_pack("[s]", "name");
        add_params(*kind, properties, required);
        if (json_array_size(required) == 1) json_array_append_new(any, name_of(*kind));
        json_array_append_new(any, json_pack("{s:s, s:o, s:o, s:b}", "type", "object",
                                             "properties", properties, "required", required,
                                             "additionalProperties", 0));
    }
    return json_pack("{s:o}", "anyOf", any);
}

/* ---- laws ---------------------------------------------------------------------------- */

static json_t *
law_param(const tg_delay_param *p)
{
    json_t *v = p->type == TG_DELAY_NUMBER ? number(false, p->min, p->max, false)
                : p->type == TG_DELAY_LIST ? json_pack("{s:s, s:{s:s}}", "type", "array",
                                                       "items", "type", "number")
                                           : typed("string");
    char    doc[200];

    snprintf(doc, sizeof doc, "%s%s%s%s", p->doc, *p->unit ? " [" : "", p->unit,
             *p->unit ? "]" : "");
    set(v, "description", json_string(doc));
    return v;
}

/* An object with what any law may have besides: a limit, and a weight within a mixture. */
static json_t *
law_object(json_t *properties, json_t *required)
{
    set(properties, "at_most", number(false, 0, INFINITY, false));
    set(properties, "weight", number(false, 0, INFINITY, false));
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties,
                     "required", required, "additionalProperties", 0);
}

static json_t *
named_law(const tg_delay_kind *k)
{
    json_t *properties = json_pack("{s:{s:s, s:s}}", "law", "const", tg_delay_kind_name(k),
                                   "description", tg_delay_kind_doc(k));
    json_t *required = json_pack("[s]", "law");
    size_t  n;

    const tg_delay_param *p = tg_delay_kind_params(k, &n);
    for (size_t i = 0; i < n; i++) {
        set(properties, p[i].name, law_param(&p[i]));
        if (!p[i].optional) json_array_append_new(required, json_string(p[i].name));
    }
    return law_object(properties, required);
}

/* Whether it is written as a key of its own, {sum: [...]}, not as {law: NAME}. */
static bool
is_key(const tg_delay_kind *k)
{
    size_t                n;
    const tg_delay_param *p = tg_delay_kind_params(k, &n);

    return n > 0 && !strcmp(p->name, tg_delay_kind_name(k));
}

/* Several laws under one key. */
static json_t *
compound_law(const char *key)
{
    json_t *parts = json_pack("{s:s, s:{s:s}, s:i}", "type", "array", "items", "$ref",
                              "#/$defs/law", "minItems", 1);

    return law_object(json_pack("{s:o}", key, parts), json_pack("[s]", key));
}

static json_t *
laws(void)
{
    json_t *any = json_array();

    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++)
        if (!is_key(*k)) json_array_append_new(any, named_law(*k));
    json_array_append_new(any, compound_law("sum"));
    json_array_append_new(any, compound_law("mixture"));
    return json_pack("{s:s, s:o}", "description", "a law of delay: tardigrad help laws",
                     "anyOf", any);
}

/* ---- keys ---------------------------------------------------------------------------- */

static json_t *map_of(const char *path, const tg_key *list);

/* A list of maps, or a single one. Where the map names an entry of a registry it may have
 * the parameters of all of them. */
static json_t *
list_of(const tg_key *k)
{
    char path[128];

    snprintf(path, sizeof path, "%s[]", k->path);
    return one_or_many(map_of(path, k));
}

static json_t *
value_of(const tg_key *k)
{
    switch (k->type) {
    case TG_KEY_MAP:
        return map_of(k->path, NULL);
    case TG_KEY_LIST:
        return list_of(k);
    case TG_KEY_CHOICE:
        return choice_of(k);
    case TG_KEY_NUMBER:
    case TG_KEY_WHOLE:
        return number_of(k);
    case TG_KEY_STEP:
        return json_pack("{s:[o, {s:s}]}", "anyOf", number_of(k), "const", "tune");
    case TG_KEY_TRUTH:
        return typed("boolean");
    case TG_KEY_TEXT: /* a word may look like a number */
        return json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean");
    case TG_KEY_LAW:
        return json_pack("{s:s}", "$ref", "#/$defs/law");
    case TG_KEY_NUMBERS:
        return one_or_many(number_of(k));
    }
    return NULL;
}

/* What a key is: its words, its unit and its value where it is absent. */
static void
describe(const tg_key *k, json_t *value)
{
    char text[300];

    snprintf(text, sizeof text, "%s%s%s%s", k->doc, *k->unit ? " [" : "", k->unit,
             *k->unit ? "]" : "");
    set(value, "description", json_string(text));
    if (!k->fallback || !*k->fallback) return;
    const bool text_like = k->type == TG_KEY_TEXT || k->type == TG_KEY_CHOICE;
    json_t    *read = text_like ? NULL : json_loads(k->fallback, JSON_DECODE_ANY, NULL);
    set(value, "default", read ? read : json_string(k->fallback));
}

/* The last word of a path that lies right below `parent`; NULL if it does not. */
static const char *
word_below(const char *path, const char *parent)
{
    const size_t n = strlen(parent);

    if (strncmp(path, parent, n) != 0 || (n > 0 && path[n] != '.')) return NULL;
    const char *word = path + n + (n > 0);
    return *word && !strpbrk(word, ".[") ? word : NULL;
}

static json_t *
map_of(const char *path, const tg_key *list)
{
    json_t *properties = json_object(), *required = json_array();

    if (list && list->registry)
        for (const tg_kind *const *kind = list->registry; *kind; kind++) {
            json_t *unused = json_array();
            add_params(*kind, properties, unused);
            json_decref(unused);
        }
    for (const tg_key *k = tg_schema; k->path; k++) {
        const char *word = word_below(k->path, path);
        if (!word) continue;
        json_t *value = value_of(k);
        describe(k, value);
        set(properties, word, value);
        if (k->required) json_array_append_new(required, json_string(word));
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties,
                     "required", required, "additionalProperties", 0);
}

tg_status
tg_schema_json(char **out)
{
    json_t *root = map_of("", NULL);

    if (root) {
        set(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
        set(root, "title", json_string("Tardigrad study"));
        set(root, "$defs", json_pack("{s:o}", "law", laws()));
    }
    return tg_json_dump(root, out);
}
