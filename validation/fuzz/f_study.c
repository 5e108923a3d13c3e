/* study: a study file, and after it lines "--set PATH=VALUE" */
#include "validation/fuzz/fuzz.h"

#include "core/study.h"

/* Ask for everything there is, with the index 0 in place of every list's. */
static void
ask(const tg_study *s)
{
    tg_table *t = NULL;

    if (tg_table_create(&(tg_column){ .name = "x" }, 1, &t) == TG_OK &&
        tg_study_note(s, t) == TG_OK)
        FUZZ_ASSERT(tg_table_notes(t) > 0);
    tg_table_free(t);
    for (const tg_key *k = tg_schema; k->path; k++) {
        tg_study_count(s, k->path);
        tg_study_number(s, "%s", k->path);
        tg_study_whole(s, "%s", k->path);
        tg_study_text(s, "%s", k->path);
        tg_study_item(s, k->path, 1);
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
