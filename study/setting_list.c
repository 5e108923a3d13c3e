#include "study/setting_list.h"

#include "study/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
tg_setting_list_free(tg_setting_list *s)
{
    while (s->count > 0) free(s->value[--s->count]);
    free(s->value);
    *s = (tg_setting_list){ 0 };
}

/* Up to the next comma that no brace or bracket holds, or the end. */
static size_t
length_of(const char *text)
{
    size_t n = 0;
    int    depth = 0;

    for (; text[n] && (text[n] != ',' || depth > 0); n++)
        depth += (text[n] == '{' || text[n] == '[') - (text[n] == '}' || text[n] == ']');
    return n;
}

static tg_status
add(tg_setting_list *s, const char *text, size_t length)
{
    char **grown = realloc(s->value, (s->count + 1) * sizeof *grown);

    if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
    s->value = grown;
    char *copy = malloc(length + 1);
    if (!copy) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(copy, text, length);
    copy[length] = '\0';
    s->value[s->count++] = copy;
    return TG_OK;
}

tg_status
tg_setting_list_read(const char *name, const char *text, tg_setting_list *out)
{
    const char     *equals = strchr(text, '=');
    tg_setting_list s = { .count = 0 };
    tg_status       status = TG_OK;

    if (!equals || equals == text || (size_t)(equals - text) >= sizeof s.path)
        return tg_fail(TG_EINPUT, "--%s: expected PATH=VALUE,VALUE,.., got \"%.200s\"",
                       name, text);
    memcpy(s.path, text, (size_t)(equals - text));
    s.path[equals - text] = '\0';
    for (const char *at = equals; status == TG_OK && *at;) {
        at++;
        const size_t length = length_of(at);
        status = length > 0
                     ? add(&s, at, length)
                     : tg_fail(TG_EINPUT, "--%s: an empty value in \"%.200s\"", name, text);
        at += length;
    }
    if (status == TG_OK)
        *out = s;
    else
        tg_setting_list_free(&s);
    return status;
}

const char *
tg_setting_list_word(const tg_setting_list *s)
{
    const char *dot = strrchr(s->path, '.');

    return dot ? dot + 1 : s->path;
}

/* The same setting of every item of the list in turn. */
static tg_status
apply_to_all(const tg_study *study, const char *path, const char *value, tg_study **out)
{
    const char  *items = strstr(path, "[]");
    const size_t before = (size_t)(items - path),
                 n = tg_tree_count(study->root, "%.*s", (int)before, path);
    tg_study *changed = NULL;
    char      one[160];

    for (size_t i = 0; i < n; i++) {
        tg_study *next = NULL;
        snprintf(one, sizeof one, "%.*s[%zu]%s", (int)before, path, i, items + 2);
        const tg_status status =
            tg_study_with(changed ? changed : study, one, value, &next);
        tg_study_free(changed);
        TG_TRY(status);
        changed = next;
    }
    if (n == 0) return tg_fail(TG_EINPUT, "%s: the study has no such list", path);
    *out = changed;
    return TG_OK;
}

tg_status
tg_setting_list_apply(const tg_setting_list *s, const tg_study *study, size_t i,
                      tg_study **out)
{
    if (strstr(s->path, "[]")) return apply_to_all(study, s->path, s->value[i], out);
    return tg_study_with(study, s->path, s->value[i], out);
}
