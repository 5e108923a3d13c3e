/* study: a study file, and after it lines "--set PATH=VALUE" */
#include "validation/fuzz/fuzz.h"

#include "study/study.h"

/* What was read is whole and within its ranges. */
static void
ask(const tg_study *s)
{
    tg_table *t = NULL;

    if (tg_table_create(&(tg_column){ .name = "x" }, 1, &t) == TG_OK &&
        tg_study_note(s, t) == TG_OK)
        FUZZ_ASSERT(tg_table_notes(t) > 0);
    tg_table_free(t);
    FUZZ_ASSERT(s->groups > 0 && s->algorithms > 0 && s->sweeps > 0 && s->horizon > 0);
    FUZZ_ASSERT(s->sweep_workers[s->own] == s->workers);
    for (size_t g = 0; g < s->groups; g++)
        FUZZ_ASSERT(s->group[g].law && s->group[g].count > 0);
    for (size_t i = 0; i < s->algorithms; i++) {
        const tg_study_algorithm *a = &s->algorithm[i];
        FUZZ_ASSERT(a->step > 0 && tg_choice_check(&a->rule) == TG_OK);
        FUZZ_ASSERT(tg_choice_check(&a->optimiser) == TG_OK);
        FUZZ_ASSERT(tg_choice_check(&a->schedule) == TG_OK);
    }
    for (size_t j = 0; s->objective == TG_QUADRATIC && j < s->quadratic.dim; j++)
        FUZZ_ASSERT(s->quadratic.h[j] > 0 && s->quadratic.sigma[j] >= 0);
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
