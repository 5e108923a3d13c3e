#include "study/system_file.h"

#include "core/node.h"

#include <stdlib.h>
#include <string.h>

static tg_status
unknown_key(const tg_node *map, const char *const *known, size_t count)
{
    for (size_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (k < count && strcmp(map->item[i].key, known[k]) != 0) k++;
        if (k < count) continue;
        const char *near = tg_nearest(map->item[i].key, known, count);
        return tg_node_fail(&map->item[i], "unknown key \"%s\"%s%s%s", map->item[i].key,
                            near ? ", did you mean \"" : "", near ? near : "",
                            near ? "\"?" : "");
    }
    return TG_OK;
}

/* A list of n lists of n numbers; *n = 0 on entry: as many as there are. */
static tg_status
read_matrix(const tg_node *node, size_t *n, double **out)
{
    if (node->type != TG_NODE_LIST || node->count == 0)
        return tg_node_fail(node, "%s: expected a matrix [[...], ...]", node->key);
    if (*n == 0) *n = node->count;
    if (node->count != *n)
        return tg_node_fail(node, "%s: expected %zu rows, got %zu", node->key, *n,
                            node->count);
    double *a = malloc(*n * *n * sizeof *a);
    if (!a) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < *n; i++) {
        const tg_node *row = &node->item[i];
        tg_status      status = TG_OK;
        if (row->type != TG_NODE_LIST || row->count != *n)
            status =
                tg_node_fail(row, "%s: row %zu must hold %zu numbers: the matrix is square",
                             node->key, i + 1, *n);
        for (size_t j = 0; j < *n && status == TG_OK; j++)
            status = tg_node_number(&row->item[j], &a[i * *n + j]);
        if (status != TG_OK) {
            free(a);
            return status;
        }
    }
    *out = a;
    return TG_OK;
}

static tg_status
read_term(const tg_node *node, size_t *n, tg_system_term *out)
{
    static const char *const known[] = { "delay", "matrix" };
    const tg_node           *law = tg_node_find(node, "delay"),
                  *matrix = tg_node_find(node, "matrix");
    tg_delay *d = NULL;
    double   *a = NULL;

    if (!law || !matrix)
        return tg_node_fail(node, "a term needs the keys delay and matrix");
    TG_TRY(unknown_key(node, known, 2));
    TG_TRY(tg_delay_from_node(law, &d));
    const tg_status status = read_matrix(matrix, n, &a);
    if (status != TG_OK) {
        tg_delay_free(d);
        return status;
    }
    *out = (tg_system_term){ d, a };
    return TG_OK;
}

static tg_status
build(const tg_node *root, tg_system *s)
{
    static const char *const known[] = { "instant", "terms" };
    const tg_node           *instant = tg_node_find(root, "instant"),
                  *list = tg_node_find(root, "terms");
    const size_t terms = list && list->type == TG_NODE_LIST ? list->count : 0;
    double      *a = NULL;

    if (root->type != TG_NODE_MAP || (!instant && terms == 0))
        return tg_node_fail(
            root, "a system needs the keys instant (a matrix) and terms (a list)");
    TG_TRY(unknown_key(root, known, 2));
    if (list && terms == 0) return tg_node_fail(list, "terms: expected a list");
    if (instant) TG_TRY(read_matrix(instant, &s->n, &a));
    s->instant = a;
    tg_system_term *term = calloc(terms + 1, sizeof *term);
    if (!term) return tg_fail(TG_ENOMEM, "out of memory");
    s->term = term;
    for (; s->terms < terms; s->terms++)
        TG_TRY(read_term(&list->item[s->terms], &s->n, &term[s->terms]));
    if (!instant && !(s->instant = calloc(s->n * s->n, sizeof *a)))
        return tg_fail(TG_ENOMEM, "out of memory");
    return TG_OK;
}

tg_status
tg_system_file_read(const char *path, tg_system *out)
{
    tg_node  *root = NULL;
    tg_system s = { 0 };

    TG_TRY(tg_node_read(path, &root));
    const tg_status status = build(root, &s);
    tg_node_free(root);
    if (status == TG_OK)
        *out = s;
    else
        tg_system_file_free(&s);
    return status;
}

void
tg_system_file_free(tg_system *s)
{
    for (size_t l = 0; l < s->terms; l++) {
        tg_delay_free((tg_delay *)s->term[l].delay);
        free((double *)s->term[l].matrix);
    }
    free((tg_system_term *)s->term);
    free((double *)s->instant);
    *s = (tg_system){ 0 };
}
