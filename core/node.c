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

static tg_status read_value(yaml_document_t *doc, int id, tg_node *out);

static tg_status
read_entry(yaml_document_t *doc, const yaml_node_pair_t *pair, tg_node *map)
{
    const yaml_node_t *key = yaml_document_get_node(doc, pair->key);
    const char        *name = (const char *)key->data.scalar.value;
    tg_node           *entry;
    tg_node            place = { .source = map->source,
                                 .line = (int)key->start_mark.line + 1,
                                 .column = (int)key->start_mark.column + 1 };

    if (key->type != YAML_SCALAR_NODE) return tg_node_fail(&place, "a key must be a word");
    if (tg_node_find(map, name))
        return tg_node_fail(&place, "key \"%s\" given twice", name);
    TG_TRY(append(map, &entry));
    if (!(entry->key = strdup(name))) return no_memory();
    entry->key_column = place.column;
    return read_value(doc, pair->value, entry);
}

static tg_status
read_value(yaml_document_t *doc, int id, tg_node *out)
{
    const yaml_node_t *y = yaml_document_get_node(doc, id);

    out->line = (int)y->start_mark.line + 1;
    out->column = (int)y->start_mark.column + 1;
    if (y->type == YAML_SCALAR_NODE) {
        out->type = TG_NODE_SCALAR;
        out->text = strdup((const char *)y->data.scalar.value);
        return out->text ? TG_OK : no_memory();
    }
    if (y->type == YAML_SEQUENCE_NODE) {
        out->type = TG_NODE_LIST;
        for (yaml_node_item_t *i = y->data.sequence.items.start;
             i < y->data.sequence.items.top; i++) {
            tg_node *item;
            TG_TRY(append(out, &item));
            TG_TRY(read_value(doc, *i, item));
        }
        return TG_OK;
    }
    out->type = TG_NODE_MAP;
    for (yaml_node_pair_t *p = y->data.mapping.pairs.start; p < y->data.mapping.pairs.top;
         p++)
        TG_TRY(read_entry(doc, p, out));
    return TG_OK;
}

/* A document may alias its own ancestors; such a tree never ends, so aliases are refused.
 */
static tg_status
refuse_aliases(yaml_document_t *doc, const char *source)
{
    const ptrdiff_t nodes = doc->nodes.top - doc->nodes.start;
    ptrdiff_t       references = 1;

    for (yaml_node_t *y = doc->nodes.start; y < doc->nodes.top; y++) {
        if (y->type == YAML_SEQUENCE_NODE)
            references += y->data.sequence.items.top - y->data.sequence.items.start;
        if (y->type == YAML_MAPPING_NODE)
            references += 2 * (y->data.mapping.pairs.top - y->data.mapping.pairs.start);
    }
    if (references == nodes) return TG_OK;
    return tg_fail(TG_EINPUT, "%s: YAML anchors and aliases are not supported", source);
}

static tg_status
build(yaml_parser_t *parser, const char *source, tg_node **out)
{
    yaml_document_t doc;
    tg_status       status = TG_OK;

    if (!yaml_parser_load(parser, &doc))
        return tg_fail(TG_EINPUT, "%s:%zu:%zu: not valid YAML: %s", source,
                       parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                       parser->problem ? parser->problem : "unreadable");
    tg_node *root = calloc(1, sizeof *root);
    if (!root || !(root->source = strdup(source)))
        status = no_memory();
    else if (!yaml_document_get_root_node(&doc))
        status = tg_fail(TG_EINPUT, "%s: empty, expected a YAML document", source);
    else
        status = refuse_aliases(&doc, source);
    if (status == TG_OK) status = read_value(&doc, 1, root);
    yaml_document_delete(&doc);
    if (status == TG_OK)
        *out = root;
    else
        tg_node_free(root);
    return status;
}

tg_status
tg_node_read(const char *path, tg_node **out)
{
    yaml_parser_t parser;
    FILE         *file = fopen(path, "rb");

    if (!file) return tg_fail(TG_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    if (fgetc(file) == EOF && ferror(file)) {
        fclose(file);
        return tg_fail(TG_EIO, "%s: cannot be read: %s", path, strerror(errno));
    }
    rewind(file);
    if (!yaml_parser_initialize(&parser)) {
        fclose(file);
        return no_memory();
    }
    yaml_parser_set_input_file(&parser, file);
    tg_status status = build(&parser, path, out);
    yaml_parser_delete(&parser);
    fclose(file);
    return status;
}

tg_status
tg_node_parse(const char *text, const char *source, tg_node **out)
{
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) return no_memory();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    tg_status status = build(&parser, source, out);
    yaml_parser_delete(&parser);
    return status;
}

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
