#include "study/observed.h"

#include "study/say.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const tg_column tg_observed_columns[TG_OBSERVED_COLUMNS] = {
    { "law", "", "of a worker's round trip", true },
    { "low", "loss/x^2",
      "the largest eigenvalue is above this, by what was observed; nan: none can be",
      false },
    { "high", "loss/x^2", "and below this", false },
    { "possible", "", "whether any can be, and the one that is given", true },
};

/* ---- reading --------------------------------------------------------------------------- */

/* What begins like one of these. */
static bool
begins(const char *at, const char *const *word)
{
    for (; *word; word++)
        if (!strncasecmp(at, *word, strlen(*word))) return true;
    return false;
}

static const char *
skip(const char *at, const char *const *word)
{
    at += strspn(at, " ");
    if (!begins(at, word)) return at;
    at += strcspn(at, " ,;");
    return at + strspn(at, " ");
}

/* Whether it converges; false: that cannot be told. */
static bool
read_word(const char *at, bool *converges)
{
    static const char *const        well[] = { "converge", "stable", "settle", NULL },
                             *const ill[] = { "diverge", "unstable", "blow",
                                              "explode", "nan",      NULL };

    *converges = begins(at, well);
    return *converges || begins(at, ill);
}

tg_status
tg_seen_read(const char *text, tg_seen out[TG_MOST_SEEN], size_t *count)
{
    static const char *const        who[] = { "worker", NULL },
                             *const is[] = { "are ", "is ", NULL },
                             *const also[] = { "and ", "but ", NULL };

    *count = 0;
    for (const char *at = text; *at;) {
        char       *end;
        bool        converges;
        const long  workers = strtol(at, &end, 10);
        const char *word = skip(skip(end, who), is);
        if (end == at || workers < 1 || workers > 10000000 || !read_word(word, &converges))
            return tg_fail(
                TG_EINPUT,
                "--observed: expected something like \"4 converges, 8 diverges\", "
                "got \"%.80s\"",
                at);
        if (*count == TG_MOST_SEEN)
            return tg_fail(TG_EINPUT, "--observed: at most %d observations", TG_MOST_SEEN);
        out[(*count)++] = (tg_seen){ (size_t)workers, converges };
        while (*word && !strchr(",;", *word) && !(*word == ' ' && begins(word + 1, also)))
            word++;
        at = skip(word + strspn(word, ",; "), also);
    }
    return *count ? TG_OK
                  : tg_fail(TG_EINPUT, "--observed: expected observations, got none");
}

/* ---- rows ------------------------------------------------------------------------------ */

static bool
any(const tg_range *r)
{
    return r->low < r->high;
}

static bool
holds(const tg_range *r, double h)
{
    return h > r->low && h < r->high;
}

/* Without an eigenvalue that can be there are no bounds. */
tg_status
tg_range_add(const tg_range *r, double h, tg_table *t)
{
    const char  *word = !any(r)       ? "none can be"
                        : holds(r, h) ? "yes, with this one too"
                                      : "not with this one";
    const double none = NAN;

    return tg_table_add(t,
                        (tg_cell[]){ TG_TEXT(r->law), TG_NUMBER(any(r) ? r->low : none),
                                     TG_NUMBER(any(r) ? r->high : none), TG_TEXT(word) });
}

/* ---- words ----------------------------------------------------------------------------- */

static const char *
plural(size_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

/* Which two of them cannot be, and why. */
static void
say_contradiction(const tg_page *page, const tg_range *r, bool all)
{
    const size_t p = r->diverges->workers, q = r->converges ? r->converges->workers : 0;

    if (q == 0) {
        tg_say_paragraph(page,
                         "That %zu worker%s diverge%s cannot be%s: no eigenvalue loses "
                         "stability (%.100s).",
                         p, plural(p, "", "s"), plural(p, "s", ""),
                         all ? "" : " with some of these laws", r->law);
        return;
    }
    tg_say_paragraph(
        page,
        "The observations contradict each other%s: that %zu worker%s diverge%s needs an "
        "eigenvalue above %.4g, that %zu converge%s one below %.4g (%.100s). %s",
        all ? "" : " with some of these laws", p, plural(p, "", "s"), plural(p, "s", ""),
        r->low, q, plural(q, "s", ""), r->high, r->law,
        p == q
            ? "Perhaps the runs were short, or lie at the limit, where single runs differ."
        : p < q
            ? "What so many workers bear, fewer bear as well: perhaps the steps, the rules "
              "or the speeds of the workers were not the same."
            : "Perhaps the steps, the rules or the speeds of the workers were not the "
              "same.");
}

/* "between 5.944 and 11.87" */
static void
bounds_text(double low, double high, char *out, size_t room)
{
    if (isinf(high))
        snprintf(out, room, "above %.4g", low);
    else if (low > 0)
        snprintf(out, room, "between %.4g and %.4g", low, high);
    else
        snprintf(out, room, "below %.4g", high);
}

/* ", with {law: ...} between ... and ...", of the given law where it is not all that is said. */
static void
own_text(const tg_sighting *s, const tg_range *range, size_t n, const char *all, char *out,
         size_t room)
{
    char bounds[80];

    *out = '\0';
    for (size_t i = 0; n > 1 && i < n; i++) {
        if (strcmp(range[i].law, s->law) || !any(&range[i])) continue;
        bounds_text(range[i].low, range[i].high, bounds, sizeof bounds);
        if (strcmp(bounds, all)) snprintf(out, room, ", with %.100s %s", s->law, bounds);
    }
}

/* With the given eigenvalue none of the laws does it. */
static void
say_none(const tg_page *page, const tg_sighting *s, const tg_range *range, size_t n)
{
    double low = INFINITY, high = 0;
    char   bounds[80], own[240];

    for (size_t i = 0; i < n; i++) {
        if (!any(&range[i])) continue;
        low = fmin(low, range[i].low);
        high = fmax(high, range[i].high);
    }
    bounds_text(low, high, bounds, sizeof bounds);
    own_text(s, range, n, bounds, own, sizeof own);
    tg_say_paragraph(page,
                     "A largest eigenvalue of %.4g does not fit that%s: it would have to "
                     "be %s%s.",
                     s->h, n > 1 ? ", whichever of these laws the round trips have" : "",
                     bounds, own);
}

/* With it some of them do. */
static void
say_some(const tg_page *page, const tg_sighting *s, const tg_range *range, size_t n,
         size_t fit)
{
    char   laws[600] = "";
    size_t used = 0;

    for (size_t i = 0; i < n && used < sizeof laws; i++)
        if (holds(&range[i], s->h))
            used += (size_t)snprintf(laws + used, sizeof laws - used, "%s%.100s",
                                     used ? ", " : "", range[i].law);
    if (fit == n)
        tg_say_paragraph(page, "A largest eigenvalue of %.4g fits that%s.", s->h,
                         n > 1 ? ", whichever of these laws the round trips have" : "");
    else
        tg_say_paragraph(page,
                         "A largest eigenvalue of %.4g fits that with %zu of these %zu "
                         "laws of the round trips: %s.",
                         s->h, fit, n, laws);
}

void
tg_ranges_say(const tg_page *page, const tg_sighting *s, const tg_range *range, size_t n)
{
    const tg_range *against = NULL;
    size_t          possible = 0, fit = 0;

    for (size_t i = 0; i < n; i++) {
        possible += any(&range[i]);
        fit += holds(&range[i], s->h);
        if (!any(&range[i])) against = &range[i];
    }
    size_t said = strlen(s->text);

    while (said > 0 && strchr(" ,;.", s->text[said - 1])) said--;
    tg_say_paragraph(page, "Observed: %.*s, at learning rate %.4g.",
                     (int)(said < 200 ? said : 200), s->text, s->step);
    if (against) say_contradiction(page, against, possible == 0);
    if (fit > 0)
        say_some(page, s, range, n, fit);
    else if (possible > 0)
        say_none(page, s, range, n);
}
