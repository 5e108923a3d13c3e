#include "study/outcomes.h"

#include "study/say.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "0.0123 +- 0.0004"; without an error the number alone. */
static void
with_error(double value, double error, char *out, size_t room)
{
    if (isfinite(error) && error > 0)
        snprintf(out, room, "%.4g +- %.2g", value, error);
    else
        snprintf(out, room, "%.4g", value);
}

static const char *
plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* " and below the target of ... after ..." */
static void
target_text(const tg_study *study, const tg_simulation *s, char *out, size_t room)
{
    char when[60];

    *out = '\0';
    with_error(s->settle, s->settle_error, when, sizeof when);
    if (isfinite(s->settle))
        snprintf(out, room, ", and stays below the target of %g after %s", study->target,
                 when);
    else if (!isnan(study->target))
        snprintf(out, room, ", and not below the target of %g within that", study->target);
}

void
tg_simulation_say(const tg_page *page, const tg_study *study, size_t algorithm,
                  size_t workers, const tg_simulation *s)
{
    const tg_stats *end = &s->loss[s->points - 1];
    char            loss[60], target[160], lost[120] = "";

    with_error(end->mean, tg_stats_error(end), loss, sizeof loss);
    target_text(study, s, target, sizeof target);
    if (s->diverged > 0)
        snprintf(lost, sizeof lost,
                 " %zu of them left the finite range, the first at time %.4g.", s->diverged,
                 s->diverged_time);
    tg_say_paragraph(page,
                     "%s with %zu worker%s at learning rate %.4g, simulated %zu time%s: %s "
                     "(%s). The mean excess loss at time %g is %s%s.%s",
                     study->algorithm[algorithm].label, workers, plural(workers),
                     study->algorithm[algorithm].step, s->replicas, plural(s->replicas),
                     tg_outcome_name(s->growth.outcome), s->growth.reason, study->horizon,
                     loss, target, lost);
}

/* ---- over numbers of workers --------------------------------------------------------- */

enum { ALGORITHM, WORKERS, VERDICT = 3 };

/* "12 converge (1 to 192)" of one algorithm; nothing where none does. */
static size_t
count_text(const tg_table *t, const char *label, tg_outcome outcome, char *out, size_t room)
{
    static const char *const        many[] = { "converge", "diverge", "are undecided" },
                             *const one[] = { "converges", "diverges", "is undecided" };
    double                          least = INFINITY, most = 0;
    size_t                          n = 0;

    for (size_t r = 0; r < tg_table_rows(t); r++) {
        if (strcmp(tg_table_cell(t, r, ALGORITHM).text, label) ||
            strcmp(tg_table_cell(t, r, VERDICT).text, tg_outcome_name(outcome)))
            continue;
        n++;
        least = fmin(least, tg_table_number(t, r, WORKERS));
        most = fmax(most, tg_table_number(t, r, WORKERS));
    }
    *out = '\0';
    if (n == 1) snprintf(out, room, "%zu %s (%g)", n, one[outcome], most);
    if (n > 1) snprintf(out, room, "%zu %s (%g to %g)", n, many[outcome], least, most);
    return n;
}

void
tg_outcomes_say(const tg_page *page, const tg_study *study, const tg_table *table)
{
    static const tg_outcome outcome[] = { TG_CONVERGES, TG_DIVERGES, TG_UNDECIDED };

    for (size_t i = 0; i < study->algorithms; i++) {
        const char *label = study->algorithm[i].label;
        char        text[300], part[90];
        size_t      tried = 0, used = 0;
        for (size_t k = 0; k < 3; k++) {
            const size_t n = count_text(table, label, outcome[k], part, sizeof part);
            tried += n;
            if (n > 0)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                         used ? ", " : "", part);
        }
        if (tried > 1)
            tg_say_paragraph(page, "%s: of %zu numbers of workers %s.", label, tried, text);
    }
}
