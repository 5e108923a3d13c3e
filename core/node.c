#include "core/node.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static tg_status
no_memory(void)
{
    return tg_fail(TG_ENOMEM, "%s", tg_status_text(TG_ENOMEM));
}

void
tg_node_clear(tg_node *node)
{
    for (size_t i = 0; i < node->count; i++) tg_node_clear(&node->item[i]);
    free(node->item);
    free(node->key);
    free(node->text);
    free(node->source);
    *node = (tg_node){ 0 };
}

void
tg_node_free(tg_node *root)
{
    if (!root) return;
    tg_node_clear(root);
    free(root);
}

/* *to is safe to clear at any moment, also after a failure half-way. */
static tg_status
copy_into(const tg_node *from, tg_node *to)
{
    *to = *from;
    to->count = 0;
    to->source = strdup(from->source);
    to->key = from->key ? strdup(from->key) : NULL;
    to->text = from->text ? strdup(from->text) : NULL;
    to->item = from->count ? calloc(from->count, sizeof *to->item) : NULL;
    if (!to->source || (from->key && !to->key) || (from->text && !to->text) ||
        (from->count && !to->item))
        return no_memory();
    while (to->count < from->count) {
        const size_t i = to->count++;
        TG_TRY(copy_into(&from->item[i], &to->item[i]));
    }
    return TG_OK;
}

tg_status
tg_node_copy(const tg_node *node, tg_node **out)
{
    tg_node  *copy = calloc(1, sizeof *copy);
    tg_status status = copy ? copy_into(node, copy) : no_memory();

    if (status == TG_OK)
        *out = copy;
    else
        tg_node_free(copy);
    return status;
}

tg_status
tg_node_fail(const tg_node *node, const char *format, ...)
{
    char    text[768];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!node || !node->source) return tg_fail(TG_EINPUT, "%s", text);
    if (node->line == 0) /* made on the way to a value that was set */
        return tg_fail(TG_EINPUT, "%s: %s", node->source, text);
    return tg_fail(TG_EINPUT, "%s:%d:%d: %s", node->source, node->line, node->column, text);
}

static tg_status
append(tg_node *parent, tg_node **out)
{
    tg_node *grown = realloc(parent->item, (parent->count + 1) * sizeof *grown);

    if (!grown) return no_memory();
    parent->item = grown;
    *out = &grown[parent->count];
    **out = (tg_node){ .source = strdup(parent->source) };
    if (!(*out)->source) return no_memory();
    parent->count++;
    return TG_OK;
}

/* ---- reading ------------------------------------------------------------------------- */

/* Event by event, so that what is nested too deeply or aliased is refused where it is seen:
 * libyaml itself takes time quadratic in the depth. */
typedef struct reader {
    yaml_parser_t parser;
    const char   *source;
    size_t        depth;
} reader;

enum { DEEPEST = 64, MOST_KEYS = 1000 };

static tg_status
next_event(reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e)) return TG_OK;
    if (r->parser.error == YAML_MEMORY_ERROR) return no_memory();
    return tg_fail(TG_EINPUT, "%s:%zu:%zu: not valid YAML: %s", r->source,
                   r->parser.problem_mark.line + 1, r->parser.problem_mark.column + 1,
                   r->parser.problem ? r->parser.problem : "unreadable");
}

/* The start of a value, put into a node that has only its source. */
static tg_status
place(const yaml_event_t *e, tg_node *out)
{
    out->line = (int)e->start_mark.line + 1;
    out->column = (int)e->start_mark.column + 1;
    if (e->type != YAML_ALIAS_EVENT) return TG_OK;
    return tg_node_fail(out, "YAML anchors and aliases are not supported");
}

static tg_status read_value(reader *r, const yaml_event_t *e, tg_node *out);

/* Key and value; `e` is the key. */
static tg_status
read_entry(reader *r, const yaml_event_t *e, tg_node *map)
{
    tg_node      at = { .source = map->source }, *entry;
    yaml_event_t value;

    TG_TRY(place(e, &at));
    if (e->type != YAML_SCALAR_EVENT) return tg_node_fail(&at, "a key must be a word");
    const char *name = (const char *)e->data.scalar.value;
    if (tg_node_find(map, name))
        return tg_node_fail(&at, "key \"%.200s\" given twice", name);
    if (map->count == MOST_KEYS)
        return tg_node_fail(&at, "more than %d keys in one map", MOST_KEYS);
    TG_TRY(append(map, &entry));
    if (!(entry->key = strdup(name))) return no_memory();
    entry->key_column = at.column;
    TG_TRY(next_event(r, &value));
    const tg_status status = read_value(r, &value, entry);
    yaml_event_delete(&value);
    return status;
}

/* What lies between the start of a list or map and its end. */
static tg_status
read_inside(reader *r, tg_node *out)
{
    const yaml_event_type_t end =
        out->type == TG_NODE_LIST ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT;
    tg_node     *item;
    yaml_event_t e;

    for (;;) {
        TG_TRY(next_event(r, &e));
        tg_status status = TG_OK;
        const int last = e.type == end;
        if (!last && out->type == TG_NODE_MAP) {
            status = read_entry(r, &e, out);
        } else if (!last) {
            status = append(out, &item);
            if (status == TG_OK) status = read_value(r, &e, item);
        }
        yaml_event_delete(&e);
        if (last || status != TG_OK) return status;
    }
}

static tg_status
read_value(reader *r, const yaml_event_t *e, tg_node *out)
{
    TG_TRY(place(e, out));
    if (e->type == YAML_SCALAR_EVENT) {
        out->type = TG_NODE_SCALAR;
        out->text = strdup((const char *)e->data.scalar.value);
        return out->text ? TG_OK : no_memory();
    }
    if (r->depth == DEEPEST) return tg_node_fail(out, "nested more than %d deep", DEEPEST);
    out->type = e->type == YAML_SEQUENCE_START_EVENT ? TG_NODE_LIST : TG_NODE_MAP;
    r->depth++;
    TG_TRY(read_inside(r, out));
    r->depth--;
    return TG_OK;
}

/* Skip an event that must be of this type; *other receives whether it was another. */
static tg_status
skip(reader *r, yaml_event_type_t type, int *other)
{
    yaml_event_t e;

    TG_TRY(next_event(r, &e));
    *other = e.type != type;
    yaml_event_delete(&e);
    return TG_OK;
}

/* The one document of the stream. */
static tg_status
read_document(reader *r, tg_node *root)
{
    yaml_event_t e;
    int          other;

    TG_TRY(skip(r, YAML_STREAM_START_EVENT, &other));
    TG_TRY(skip(r, YAML_DOCUMENT_START_EVENT, &other));
    if (other) return tg_fail(TG_EINPUT, "%s: empty, expected a YAML document", r->source);
    TG_TRY(next_event(r, &e));
    const tg_status status = read_value(r, &e, root);
    yaml_event_delete(&e);
    TG_TRY(status);
    TG_TRY(skip(r, YAML_DOCUMENT_END_EVENT, &other));
    TG_TRY(skip(r, YAML_STREAM_END_EVENT, &other));
    return other ? tg_fail(TG_EINPUT, "%s: more than one YAML document", r->source) : TG_OK;
}

static tg_status
build(reader *r, tg_node **out)
{
    tg_node  *root = calloc(1, sizeof *root);
    tg_status status = root && (root->source = strdup(r->source)) ? TG_OK : no_memory();

    if (status == TG_OK) status = read_document(r, root);
    if (status == TG_OK)
        *out = root;
    else
        tg_node_free(root);
    return status;
}

tg_status
tg_node_read(const char *path, tg_node **out)
{
    reader r = { .source = path };
    FILE  *file = fopen(path, "rb");

    if (!file)
        return tg_fail(TG_EIO, "%.400s: cannot be opened: %s", path, strerror(errno));
    if (fgetc(file) == EOF && ferror(file)) {
        fclose(file);
        return tg_fail(TG_EIO, "%.400s: cannot be read: %s", path, strerror(errno));
    }
    rewind(file);
    if (!yaml_parser_initialize(&r.parser)) {
        fclose(file);
        return no_memory();
    }
    yaml_parser_set_input_file(&r.parser, file);
    const tg_status status = build(&r, out);
    yaml_parser_delete(&r.parser);
    fclose(file);
    return status;
}

tg_status
tg_node_parse(const char *text, const char *source, tg_node **out)
{
    reader r = { .source = source };

    if (!yaml_parser_initialize(&r.parser)) return no_memory();
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, strlen(text));
    const tg_status status = build(&r, out);
    yaml_parser_delete(&r.parser);
    return status;
}

/* ---- asking -------------------------------------------------------------------------- */

const tg_node *
tg_node_find(const tg_node *map, const char *key)
{
    if (!map || map->type != TG_NODE_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (!strcmp(map->item[i].key, key)) return &map->item[i];
    return NULL;
}

static tg_status
expected(const tg_node *node, const char *what)
{
    static const char *const kind[] = { "a value", "a list", "a map" };
    const char              *name = node->key ? node->key : "value";

    if (node->type != TG_NODE_SCALAR)
        return tg_node_fail(node, "%s: expected %s, got %s", name, what, kind[node->type]);
    return tg_node_fail(node, "%s: expected %s, got \"%s\"", name, what, node->text);
}

tg_status
tg_node_number(const tg_node *node, double *out)
{
    char *end;

    if (node->type != TG_NODE_SCALAR || !*node->text) return expected(node, "a number");
    const double value = strtod(node->text, &end);
    if (*end || strpbrk(node->text, "xXpP \t") || !isfinite(value))
        return expected(node, "a finite number");
    *out = value;
    return TG_OK;
}

tg_status
tg_node_number_or_inf(const tg_node *node, double *out)
{
    const char *text = node->type == TG_NODE_SCALAR ? node->text : "";

    if (strcmp(text, "inf") != 0 && strcmp(text, ".inf") != 0)
        return tg_node_number(node, out);
    *out = INFINITY;
    return TG_OK;
}

tg_status
tg_node_whole(const tg_node *node, size_t *out)
{
    double value;

    if (tg_node_number(node, &value) != TG_OK || !(value >= 0) || value != floor(value) ||
        value > 0x1p53)
        return expected(node, "a whole number >= 0");
    *out = (size_t)value;
    return TG_OK;
}

tg_status
tg_node_truth(const tg_node *node, bool *out)
{
    const char *t = node->type == TG_NODE_SCALAR ? node->text : "";

    if (!strcmp(t, "true") || !strcmp(t, "yes"))
        *out = true;
    else if (!strcmp(t, "false") || !strcmp(t, "no"))
        *out = false;
    else
        return expected(node, "true or false");
    return TG_OK;
}
