/* observed: which largest eigenvalues fit what was seen at a learning rate, law by law
 *
 *     h < k*(P)/(eta P) where P workers converged, h > k*(P)/(eta P) where they diverged
 *
 * with k* the gain at which P workers of that law lose the mean square.
 */
#ifndef TG_STUDY_OBSERVED_H
#define TG_STUDY_OBSERVED_H

#include "core/table.h"
#include "study/page.h"

#include <stdbool.h>

enum { TG_MOST_SEEN = 32, TG_OBSERVED_COLUMNS = 4 };

extern const tg_column tg_observed_columns[];

typedef struct tg_seen {
    size_t workers;
    bool   converges;
} tg_seen;

/* "4 converges, 8 diverges", "4 workers are stable and 8 blow up". Errors: TG_EINPUT, with what was
 * not understood; none; more than TG_MOST_SEEN. */
TG_CHECKED tg_status tg_seen_read(const char *text, tg_seen out[TG_MOST_SEEN],
                                  size_t *count);

/* Above low and below high, and the observations that bound them; low >= high: none fits. */
typedef struct tg_range {
    double         low, high;            /* [loss/x^2] */
    const tg_seen *diverges, *converges; /* of these two bounds; NULL: none */
    const char    *law;
} tg_range;

/* A row of tg_observed_columns; h is the eigenvalue that is given. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_range_add(const tg_range *r, double h, tg_table *t);

/* What was observed, as it was said; the law and the eigenvalue that are given. */
typedef struct tg_sighting {
    const char *text, *law;
    double      h, step;
} tg_sighting;

/* Which of n laws it fits with the given eigenvalue, and what that would have to be else; or which
 * two observations contradict each other. */
void tg_ranges_say(const tg_page *page, const tg_sighting *s, const tg_range *range,
                   size_t n);

#endif
