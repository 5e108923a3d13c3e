#include "study/check.h"

#include "core/delay.h"
#include "study/fill.h"
#include "study/schema.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PATH_ROOM = 256 };

/* Is `path` an immediate child of `parent`? Returns its last word, else NULL. */
static const char *
child_word(const char *path, const char *parent)
{
    const size_t n = strlen(parent);

    if (strncmp(path, parent, n) || (n && path[n] != '.')) return NULL;
    const char *word = path + n + (n > 0);
    return strpbrk(word, ".[") ? NULL : word;
}

/* The parameters of `kind` are keys as well; NULL: there are none. */
static tg_status
unknown_key(const tg_node *entry, const char *parent, const tg_kind *kind)
{
    const char *known[64 + TG_MOST_PARAMS];
    size_t      count = 0;
    tg_node     at_key = *entry;
    char        list[512] = "";
    size_t      used = 0;

    for (const tg_key *k = tg_schema; k->path && count < 64; k++) {
        const char *word = child_word(k->path, parent);
        if (word) known[count++] = word;
    }
    for (size_t i = 0; kind && i < tg_kind_params(kind); i++)
        known[count++] = kind->param[i].name;
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                 known[i]);
    at_key.column = entry->key_column;
    const char *near = tg_nearest(entry->key, known, count);
    if (near)
        return tg_node_fail(&at_key, "unknown key \"%s\"; did you mean \"%s\"?", entry->key,
                            near);
    return tg_node_fail(&at_key, "unknown key \"%s\"; expected one of: %s", entry->key,
                        list);
}

static tg_status
check_range(const tg_node *node, const tg_key *key, double value)
{
    const char *unit = *key->unit ? " " : "";

    if (value >= key->min && value <= key->max && !(key->open && value == key->min))
        return TG_OK;
    if (isinf(key->min)) return TG_OK;
    if (isinf(key->max))
        return tg_node_fail(node, "%s: expected a number %s %g%s%s, got %g", key->path,
                            key->open ? ">" : ">=", key->min, unit, key->unit, value);
    return tg_node_fail(node, "%s: expected a number in %c%g, %g]%s%s, got %g", key->path,
                        key->open ? '(' : '[', key->min, key->max, unit, key->unit, value);
}

static tg_status
check_number(const tg_node *node, const tg_key *key)
{
    double value;
    size_t whole;

    if (key->type == TG_KEY_WHOLE) TG_TRY(tg_node_whole(node, &whole));
    TG_TRY(tg_node_number(node, &value));
    return check_range(node, key, value);
}

static tg_status
check_numbers(const tg_node *node, const tg_key *key)
{
    if (node->type != TG_NODE_LIST) return check_number(node, key);
    if (node->count == 0)
        return tg_node_fail(node, "%s: expected at least one number", key->path);
    for (size_t i = 0; i < node->count; i++) TG_TRY(check_number(&node->item[i], key));
    return TG_OK;
}

static tg_status
check_law(const tg_node *node)
{
    tg_delay *law = NULL;

    TG_TRY(tg_delay_from_node(node, &law));
    tg_delay_free(law);
    return TG_OK;
}

/* ---- choices ------------------------------------------------------------------------- */

/* The entry that a map names, or a scalar is. */
static tg_status
find_kind(const tg_node *node, const tg_key *key, tg_choice *out)
{
    const tg_node *name = node->type == TG_NODE_MAP ? tg_node_find(node, "name") : node;

    if (!name || name->type != TG_NODE_SCALAR)
        return tg_node_fail(node, "%s: expected a name, or a map with one", key->path);
    if (tg_choice_find(key->registry, key->what, name->text, out) == TG_OK) return TG_OK;
    return tg_fill_fail(name, key->path);
}

static tg_status
check_parameter(const tg_node *entry, tg_choice *c)
{
    double value;

    TG_TRY(tg_node_number_or_inf(entry, &value));
    if (tg_choice_set(c, entry->key, value) == TG_OK) return TG_OK;
    return tg_fill_fail(entry, entry->key);
}

/* Whether those are there that must be. */
static tg_status
check_whole(const tg_node *node, const tg_choice *c, const char *path)
{
    return tg_choice_check(c) == TG_OK ? TG_OK : tg_fill_fail(node, path);
}

static tg_status
check_choice(const tg_node *node, const tg_key *key)
{
    tg_choice c;

    TG_TRY(find_kind(node, key, &c));
    for (size_t i = 0; node->type == TG_NODE_MAP && i < node->count; i++) {
        const tg_node *entry = &node->item[i];
        if (!strcmp(entry->key, "name")) continue;
        if (tg_kind_param(c.kind, entry->key) == SIZE_MAX)
            return unknown_key(entry, key->path, c.kind);
        TG_TRY(check_parameter(entry, &c));
    }
    return check_whole(node, &c, key->path);
}

/* ---- maps and lists ------------------------------------------------------------------ */

static tg_status check_map(const tg_node *node, const char *path, const tg_key *list);

static tg_status
check_list(const tg_node *node, const tg_key *key)
{
    char path[PATH_ROOM];

    snprintf(path, sizeof path, "%s[]", key->path);
    if (node->type == TG_NODE_MAP) return check_map(node, path, key);
    if (node->type != TG_NODE_LIST || node->count == 0)
        return tg_node_fail(node, "%s: expected a list of maps", key->path);
    for (size_t i = 0; i < node->count; i++) TG_TRY(check_map(&node->item[i], path, key));
    return TG_OK;
}

static tg_status
check_value(const tg_node *node, const tg_key *key)
{
    bool truth;

    switch (key->type) {
    case TG_KEY_MAP:
        return check_map(node, key->path, NULL);
    case TG_KEY_LIST:
        return check_list(node, key);
    case TG_KEY_CHOICE:
        return check_choice(node, key);
    case TG_KEY_STEP:
        if (node->type == TG_NODE_SCALAR && !strcmp(node->text, "tune")) return TG_OK;
        return check_number(node, key);
    case TG_KEY_NUMBER:
    case TG_KEY_WHOLE:
        return check_number(node, key);
    case TG_KEY_NUMBERS:
        return check_numbers(node, key);
    case TG_KEY_LAW:
        return check_law(node);
    case TG_KEY_TRUTH:
        return tg_node_truth(node, &truth);
    case TG_KEY_TEXT:
        if (node->type == TG_NODE_SCALAR && *node->text) return TG_OK;
        return tg_node_fail(node, "%s: expected a word", key->path);
    }
    return TG_OK;
}

static tg_status
check_required(const tg_node *node, const char *path)
{
    for (const tg_key *k = tg_schema; k->path; k++) {
        const char *word = child_word(k->path, path);
        if (word && k->required && !tg_node_find(node, word))
            return tg_node_fail(node, "missing key \"%s\" (%s)", k->path, k->doc);
    }
    return TG_OK;
}

/* Every entry is known and right, and every required key is there. Items of a list with a
 * registry have the parameters of the kind they name as keys too. */
static tg_status
check_map(const tg_node *node, const char *path, const tg_key *list)
{
    char       full[PATH_ROOM];
    const bool named = list && list->registry;
    tg_choice  c = { 0 };

    if (node->type != TG_NODE_MAP)
        return tg_node_fail(node, "%s: expected a map of keys", *path ? path : "study");
    if (named && tg_node_find(node, "name")) TG_TRY(find_kind(node, list, &c));
    for (size_t i = 0; i < node->count; i++) {
        const tg_node *entry = &node->item[i];
        snprintf(full, sizeof full, "%s%s%.200s", path, *path ? "." : "", entry->key);
        const tg_key *key = strpbrk(entry->key, ".[") ? NULL : tg_schema_find(full);
        if (key)
            TG_TRY(check_value(entry, key));
        else if (c.kind && tg_kind_param(c.kind, entry->key) != SIZE_MAX)
            TG_TRY(check_parameter(entry, &c));
        else
            return unknown_key(entry, path, c.kind);
    }
    TG_TRY(check_required(node, path));
    return c.kind ? check_whole(node, &c, path) : TG_OK;
}

tg_status
tg_study_check(const tg_node *root)
{
    return check_map(root, "", NULL);
}
