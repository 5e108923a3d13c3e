/* study: a study file, and after it lines "--set PATH=VALUE" */
#include "validation/fuzz/fuzz.h"

#include "core/study.h"

/* A list's key "workers[].count" as the path of its first item's. */
static void
first_item(const char *key, char path[128])
{
    const char *open = strstr(key, "[]");

    snprintf(path, 128, "%.*s%s%s", open ? (int)(open - key) : 127, key, open ? "[0]" : "",
             open ? open + 2 : "");
}

/* Ask for everything there is, each as what it is. */
static void
ask(const tg_study *s)
{
    tg_table *t = NULL;
    tg_delay *law = NULL;
    char      path[128];

    if (tg_table_create(&(tg_column){ .name = "x" }, 1, &t) == TG_OK &&
        tg_study_note(s, t) == TG_OK)
        FUZZ_ASSERT(tg_table_notes(t) > 0);
    tg_table_free(t);
    for (const tg_key *k = tg_schema; k->path; k++) {
        first_item(k->path, path);
        const size_t count = tg_study_count(s, path);
        if (k->type == TG_KEY_NUMBER) tg_study_number(s, "%s", path);
        if (k->type == TG_KEY_WHOLE) tg_study_whole(s, "%s", path);
        if (k->type == TG_KEY_TEXT) tg_study_text(s, "%s", path);
        for (size_t i = 0; k->type == TG_KEY_NUMBERS && i < count + 1; i++)
            tg_study_item(s, path, i);
        if (k->type == TG_KEY_LAW && count)
            FUZZ_ASSERT(tg_study_law(s, &law, "%s", path) == TG_OK);
        tg_delay_free(law);
        law = NULL;
    }
}

/* Cut off the next line that begins with --set; NULL: there is none. */
static char *
next_set(char **rest)
{
    char *at = *rest ? strstr(*rest, "\n--set ") : NULL;

    if (!at) return NULL;
    *at = '\0';
    *rest = at + 1;
    return at + sizeof "\n--set " - 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_study *s = NULL;

    if (fuzz_names_a_file(data, size)) return 0;
    char *text = fuzz_text(data, size), *rest = text, *set = next_set(&rest);
    if (tg_study_parse(text, "fuzz", &s) != TG_OK) {
        FUZZ_ASSERT(!s && *tg_message());
        free(text);
        return 0;
    }
    ask(s);
    while (set) {
        char     *value = strchr(set, '='), *following = next_set(&rest);
        tg_study *next = NULL;
        if (value) *value++ = '\0';
        if (value && tg_study_with(s, set, value, &next) == TG_OK) {
            ask(next);
            tg_study_free(s);
            s = next;
        }
        set = following;
    }
    tg_study_free(s);
    free(text);
    return 0;
}
