#include "study/study.h"

#include "study/check.h"
#include "study/fill.h"
#include "study/tree.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 256 };

/* Takes root. */
static tg_status
adopt(tg_node *root, tg_study **out)
{
    tg_study *s = NULL;
    tg_status status = tg_study_check(root);

    if (status == TG_OK && !(s = calloc(1, sizeof *s)))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status != TG_OK) {
        tg_node_free(root);
        return status;
    }
    s->root = root;
    status = tg_study_fill(s);
    if (status == TG_OK)
        *out = s;
    else
        tg_study_free(s);
    return status;
}

static tg_status
apply(tg_node *root, const char *setting)
{
    char        path[PATH_ROOM];
    const char *equals = strchr(setting, '=');

    if (!equals || equals == setting || (size_t)(equals - setting) >= sizeof path)
        return tg_fail(TG_EINPUT, "--set: expected PATH=VALUE, got \"%s\"", setting);
    memcpy(path, setting, (size_t)(equals - setting));
    path[equals - setting] = '\0';
    return tg_node_set(root, path, equals + 1);
}

/* Takes root. */
static tg_status
adopt_with(tg_node *root, const char *const *settings, size_t sets, tg_study **out)
{
    tg_status status = TG_OK;

    for (size_t i = 0; i < sets && status == TG_OK; i++) status = apply(root, settings[i]);
    if (status == TG_OK) return adopt(root, out);
    tg_node_free(root);
    return status;
}

tg_status
tg_study_read(const char *path, const char *const *settings, size_t sets, tg_study **out)
{
    tg_node *root = NULL;

    TG_TRY(tg_node_read(path, &root));
    return adopt_with(root, settings, sets, out);
}

tg_status
tg_study_parse(const char *text, const char *source, tg_study **out)
{
    return tg_study_parse_with(text, source, NULL, 0, out);
}

tg_status
tg_study_parse_with(const char *text, const char *source, const char *const *settings,
                    size_t sets, tg_study **out)
{
    tg_node *root = NULL;

    TG_TRY(tg_node_parse(text, source, &root));
    return adopt_with(root, settings, sets, out);
}

tg_status
tg_study_with(const tg_study *study, const char *path, const char *value, tg_study **out)
{
    tg_node *root = NULL;

    TG_TRY(tg_node_copy(study->root, &root));
    const tg_status status = tg_node_set(root, path, value);
    if (status == TG_OK) return adopt(root, out);
    tg_node_free(root);
    return status;
}

void
tg_study_free(tg_study *s)
{
    if (!s) return;
    for (size_t g = 0; s->group && g < s->groups; g++) {
        tg_delay_free(s->group[g].law);
        free(s->group[g].minimum);
        free((double *)s->group[g].pace.time);
        tg_delay_free(s->group[g].spread);
    }
    free(s->group);
    for (size_t i = 0; s->algorithm && i < s->algorithms; i++) {
        free((double *)s->algorithm[i].lag.weight);
        free((size_t *)s->algorithm[i].lag.part);
        free((size_t *)s->algorithm[i].lag.extra);
    }
    free(s->algorithm);
    tg_delay_free((tg_delay *)s->uplink.transfer);
    tg_delay_free((tg_delay *)s->downlink.transfer);
    free(s->quadratic.h);
    free(s->quadratic.start);
    free(s->network.layer);
    free(s->sweep_workers);
    free(s->sweep_step);
    free(s->schedule.target);
    free(s->schedule.workers);
    tg_node_free(s->root);
    free(s);
}

tg_status
tg_study_note(const tg_study *study, tg_table *table)
{
    const tg_curvature *k = &study->quadratic.curvature;

    TG_TRY(tg_tree_note(study->root, table));
    if (k->below == 0) return TG_OK;
    return tg_table_note(table, "left out",
                         "negative eigenvalues, %.3g of all, down to %.6g", k->negative,
                         k->least);
}
