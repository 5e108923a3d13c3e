/* groups: workers that behave alike. Private.
 *
 * Workers rise by mean; a group ends where the next differs from its first by more than
 * chance (Kolmogorov-Smirnov) and by enough to matter. Many groups are no groups: speeds
 * are then spread continuously, which is one group with factors of its workers' own
 * (asgd/traces/effects.h).
 */
#ifndef TG_ASGD_GROUPS_H
#define TG_ASGD_GROUPS_H

#include "asgd/traces/trace.h"

enum { TG_MOST_GROUPS = 8 };

/* Sort the workers of a trace, and give each its group. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_groups_form(tg_trace *t);

#endif
