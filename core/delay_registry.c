/* The registry of laws, and names that come near to one. */
#include "core/law.h"

#include <string.h>
#include <strings.h>

const tg_delay_kind *const tg_delay_kinds[] = { &tg_law_constant,
                                                &tg_law_exponential,
                                                &tg_law_shifted_exponential,
                                                &tg_law_gamma,
                                                &tg_law_erlang,
                                                &tg_law_hyperexponential,
                                                &tg_law_uniform,
                                                &tg_law_lognormal,
                                                &tg_law_weibull,
                                                &tg_law_pareto,
                                                &tg_law_truncated_normal,
                                                &tg_law_half_normal,
                                                &tg_law_empirical,
                                                &tg_law_mixture,
                                                &tg_law_sum,
                                                &tg_law_at_most,
                                                NULL };

const tg_delay_kind *
tg_law_kind(const char *name)
{
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++)
        if (!strcmp((*k)->name, name)) return *k;
    return NULL;
}

/* Is `word` one of `list`, which has spaces between, in small letters or capitals? */
static int
is_among(const char *word, const char *list)
{
    const size_t n = strlen(word);

    for (const char *at = list; at && *at; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (length == n && !strncasecmp(at, word, n)) return 1;
        at += length;
    }
    return 0;
}

const char *
tg_law_nearest(const char *name)
{
    const char *word[sizeof tg_delay_kinds / sizeof *tg_delay_kinds];
    size_t      n = 0;

    for (; tg_delay_kinds[n]; n++) {
        word[n] = tg_delay_kinds[n]->name;
        if (is_among(name, word[n]) || is_among(name, tg_delay_kinds[n]->also))
            return word[n];
    }
    return tg_nearest(name, word, n);
}

const char *
tg_delay_kind_name(const tg_delay_kind *k)
{
    return k->name;
}

const char *
tg_delay_kind_doc(const tg_delay_kind *k)
{
    return k->doc;
}

const tg_delay_param *
tg_delay_kind_params(const tg_delay_kind *k, size_t *count)
{
    *count = k->count;
    return k->params;
}
