/* outcomes: simulations in words */
#ifndef TG_STUDY_OUTCOMES_H
#define TG_STUDY_OUTCOMES_H

#include "asgd/sim/replicas.h"
#include "core/table.h"
#include "study/page.h"
#include "study/study.h"

/* One algorithm with so many workers: what it did, where it is at the horizon, when it was at the
 * target. */
void tg_simulation_say(const tg_page *page, const tg_study *study, size_t algorithm,
                       size_t workers, const tg_simulation *s);

/* Of a table of simulations (tg_simulation_columns) with several numbers of workers: which of them
 * converge, diverge and are undecided, a sentence for each algorithm. */
void tg_outcomes_say(const tg_page *page, const tg_study *study, const tg_table *table);

#endif
