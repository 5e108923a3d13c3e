#include "core/study_check.h"

#include "core/study.h"

#include <math.h>
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

static tg_status
unknown_key(const tg_node *entry, const char *parent)
{
    const char *known[64];
    size_t      count = 0;
    tg_node     at_key = *entry;
    char        list[512] = "";
    size_t      used = 0;

    for (const tg_key *k = tg_schema; k->path && count < 64; k++) {
        const char *word = child_word(k->path, parent);
        if (!word) continue;
        known[count++] = word;
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     count > 1 ? ", " : "", word);
    }
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

static tg_status check_map(const tg_node *node, const char *path);

static tg_status
check_list(const tg_node *node, const tg_key *key)
{
    char path[PATH_ROOM];

    snprintf(path, sizeof path, "%s[]", key->path);
    if (node->type == TG_NODE_MAP) return check_map(node, path);
    if (node->type != TG_NODE_LIST || node->count == 0)
        return tg_node_fail(node, "%s: expected a list of maps", key->path);
    for (size_t i = 0; i < node->count; i++) TG_TRY(check_map(&node->item[i], path));
    return TG_OK;
}

static tg_status
check_value(const tg_node *node, const tg_key *key)
{
    bool truth;

    switch (key->type) {
    case TG_KEY_MAP:
        return check_map(node, key->path);
    case TG_KEY_LIST:
        return check_list(node, key);
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

/* Every entry is known and right, and every required key is there. */
static tg_status
check_map(const tg_node *node, const char *path)
{
    char full[PATH_ROOM];

    if (node->type != TG_NODE_MAP)
        return tg_node_fail(node, "%s: expected a map of keys", *path ? path : "study");
    for (size_t i = 0; i < node->count; i++) {
        const tg_node *entry = &node->item[i];
        snprintf(full, sizeof full, "%s%s%.200s", path, *path ? "." : "", entry->key);
        const tg_key *key = tg_schema_find(full);
        if (!key || strpbrk(entry->key, ".[")) return unknown_key(entry, path);
        TG_TRY(check_value(entry, key));
    }
    for (const tg_key *k = tg_schema; k->path; k++) {
        const char *word = child_word(k->path, path);
        if (word && k->required && !tg_node_find(node, word))
            return tg_node_fail(node, "missing key \"%s\" (%s)", k->path, k->doc);
    }
    return TG_OK;
}

tg_status
tg_study_check(const tg_node *root)
{
    return check_map(root, "");
}
