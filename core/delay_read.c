#include "core/law.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that grows; it is lost as a whole once memory runs out. */
typedef struct law_text {
    char  *s;
    size_t n;
    bool   failed;
} law_text;

static void
append(law_text *t, const char *s, size_t n)
{
    char *grown = t->failed ? NULL : realloc(t->s, t->n + n + 1);

    if (!grown) {
        t->failed = true;
        return;
    }
    memcpy(grown + t->n, s, n);
    t->s = grown;
    t->s[t->n += n] = 0;
}

static void
append_words(law_text *t, const char *format, ...)
{
    char    piece[128];
    va_list args;

    va_start(args, format);
    const int n = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    append(t, piece, (size_t)n < sizeof piece ? (size_t)n : sizeof piece - 1);
}

/* Shortest text that reads back as the same number. */
static void
append_number(law_text *t, double x)
{
    char text[32];

    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x) break;
    }
    append_words(t, "%s", text);
}

static void
append_list(law_text *t, const char *key, const double *x, size_t n)
{
    append_words(t, "%s: [", key);
    for (size_t i = 0; i < n; i++) {
        if (i) append_words(t, ", ");
        append_number(t, x[i]);
    }
    append_words(t, "]");
}

static void
append_mixture(law_text *t, const tg_delay *d)
{
    append_words(t, "{mixture: [");
    for (size_t i = 0; i < d->n; i++) {
        append_words(t, "%s{weight: ", i ? ", " : "");
        append_number(t, d->w[i]);
        append_words(t, ", ");
        append(t, d->part[i]->text + 1, strlen(d->part[i]->text + 1));
    }
    append_words(t, "]}");
}

static void
append_sum(law_text *t, const tg_delay *d)
{
    append_words(t, "{sum: [");
    for (size_t i = 0; i < d->n; i++) {
        if (i) append_words(t, ", ");
        append(t, d->part[i]->text, strlen(d->part[i]->text));
    }
    append_words(t, "]}");
}

static void
append_at_most(law_text *t, const tg_delay *d)
{
    append(t, d->part[0]->text, strlen(d->part[0]->text) - 1);
    append_words(t, ", at_most: ");
    append_number(t, d->p[0]);
    append_words(t, "}");
}

static void
append_numbers(law_text *t, const tg_delay *d)
{
    append_words(t, "{law: %s", d->kind->name);
    for (size_t i = 0; i < d->kind->count; i++) {
        const tg_delay_param *q = &d->kind->params[i];
        if (q->optional && d->p[i] == q->fallback) continue;
        append_words(t, ", %s: ", q->name);
        append_number(t, d->p[i]);
    }
    append_words(t, "}");
}

char *
tg_law_describe(const tg_delay *d)
{
    law_text t = { 0 };

    if (d->kind == &tg_law_mixture) {
        append_mixture(&t, d);
    } else if (d->kind == &tg_law_sum) {
        append_sum(&t, d);
    } else if (d->kind == &tg_law_at_most) {
        append_at_most(&t, d);
    } else if (d->kind == &tg_law_empirical) {
        append_words(&t, "{law: empirical, values: ");
        append_number(&t, (double)d->n);
        append_words(&t, "}");
    } else if (d->kind == &tg_law_hyperexponential) {
        append_words(&t, "{law: hyperexponential, ");
        append_list(&t, "weights", d->w, d->n);
        append_list(&t, ", means", d->x, d->n);
        append_words(&t, "}");
    } else {
        append_numbers(&t, d);
    }
    if (!t.failed) return t.s;
    free(t.s);
    return NULL;
}

/* The place is before the message already for what was read; repeat none. */
tg_status
tg_law_fail_at(const tg_node *node, tg_status status)
{
    char message[512];

    snprintf(message, sizeof message, "%s", tg_message());
    if (status == TG_ENOMEM || status == TG_EIO) return status;
    return tg_node_fail(node, "%s", message);
}

static tg_status
unknown_key(const tg_node *entry, const tg_delay_kind *kind)
{
    const char *word[LAW_PARAMS + 2];
    size_t      n = 0;
    tg_node     place = *entry;

    for (; n < kind->count; n++) word[n] = kind->params[n].name;
    word[n++] = "law";
    word[n++] = "at_most";
    const char *near = tg_nearest(entry->key, word, n);
    place.column = entry->key_column ? entry->key_column : entry->column;
    return tg_node_fail(&place, "the law \"%s\" has no key \"%s\"%s%s%s; its keys: %s",
                        kind->name, entry->key, near ? ", did you mean \"" : "",
                        near ? near : "", near ? "\"?" : "", kind->doc);
}

static bool
known_key(const tg_delay_kind *kind, const char *key, bool weighted)
{
    static const char *const every[] = { "law", "at_most" };

    for (size_t i = 0; i < sizeof every / sizeof *every; i++)
        if (!strcmp(key, every[i])) return true;
    for (size_t i = 0; i < kind->count; i++)
        if (!strcmp(key, kind->params[i].name)) return true;
    return weighted && !strcmp(key, "weight");
}

static tg_status
check_keys(const tg_node *node, const tg_delay_kind *kind, bool weighted)
{
    for (size_t i = 0; i < node->count; i++)
        if (!known_key(kind, node->item[i].key, weighted))
            return unknown_key(&node->item[i], kind);
    return TG_OK;
}

static tg_status
missing_key(const tg_node *node, const tg_delay_kind *kind, const char *key)
{
    return tg_node_fail(node, "the law \"%s\" needs the key \"%s\"; its keys: %s",
                        kind->name, key, kind->doc);
}

static tg_status
read_numbers(const tg_node *node, const tg_delay_kind *kind, tg_delay **out)
{
    double p[LAW_PARAMS];

    for (size_t i = 0; i < kind->count; i++) {
        const tg_delay_param *q = &kind->params[i];
        const tg_node        *entry = tg_node_find(node, q->name);
        if (!entry && !q->optional) return missing_key(node, kind, q->name);
        p[i] = q->fallback;
        if (entry) TG_TRY(tg_node_number(entry, &p[i]));
        if (tg_law_check_param(q, p[i]) != TG_OK) return tg_law_fail_at(entry, TG_EDOMAIN);
    }
    const tg_status status = tg_delay_create(kind->name, p, out);
    return status == TG_OK ? TG_OK : tg_law_fail_at(node, status);
}

static tg_status
find_kind(const tg_node *node, const tg_delay_kind **out)
{
    if (node->type != TG_NODE_MAP)
        return tg_node_fail(node, "expected a law such as {law: constant, value: 2}");
    const tg_node *name = tg_node_find(node, "law");
    if (!name && tg_node_find(node, "mixture")) *out = &tg_law_mixture;
    if (!name && tg_node_find(node, "sum")) *out = &tg_law_sum;
    if (!name && *out) return TG_OK;
    if (!name) return tg_node_fail(node, "a law needs one of the keys law, mixture, sum");
    if (name->type != TG_NODE_SCALAR)
        return tg_node_fail(name, "law: expected the name of a law");
    const tg_delay_kind *kind = tg_law_kind(name->text);
    if (kind == &tg_law_mixture || kind == &tg_law_sum || kind == &tg_law_at_most)
        return tg_node_fail(name, "%s is a key of its own, not the name of a law: %s",
                            name->text, tg_delay_kind_doc(kind));
    if (kind) {
        *out = kind;
        return TG_OK;
    }
    const char *near = tg_law_nearest(name->text);
    if (near)
        return tg_node_fail(name, "there is no law \"%s\", did you mean \"%s\"?",
                            name->text, near);
    return tg_node_fail(name, "there is no law \"%s\"", name->text);
}

static tg_status
read_at_most(const tg_node *bound, tg_delay *part, tg_delay **out)
{
    double    theta;
    tg_status status = tg_node_number(bound, &theta);

    if (status == TG_OK) {
        status = tg_delay_at_most(part, theta, out);
        if (status != TG_OK) status = tg_law_fail_at(bound, status);
    }
    tg_delay_free(part);
    return status;
}

tg_status
tg_law_read(const tg_node *node, bool weighted, tg_delay **out)
{
    const tg_delay_kind *kind = NULL;
    const tg_node       *bound = tg_node_find(node, "at_most");
    tg_delay            *d = NULL;

    TG_TRY(find_kind(node, &kind));
    TG_TRY(check_keys(node, kind, weighted));
    TG_TRY(kind->read ? kind->read(node, &d) : read_numbers(node, kind, &d));
    if (bound) return read_at_most(bound, d, out);
    *out = d;
    return TG_OK;
}

tg_status
tg_delay_from_node(const tg_node *node, tg_delay **out)
{
    return tg_law_read(node, false, out);
}

tg_status
tg_delay_parse(const char *text, tg_delay **out)
{
    tg_node *node = NULL;

    TG_TRY(tg_node_parse(text, "law", &node));
    const tg_status status = tg_delay_from_node(node, out);
    tg_node_free(node);
    return status;
}
