/* schedule_figures: the map of each algorithm that a schedule is of. Private to the command */
#ifndef TG_CLI_SCHEDULE_FIGURES_H
#define TG_CLI_SCHEDULE_FIGURES_H

#include "cli/command.h"
#include "core/table.h"
#include "study/study.h"

/* Draw figures/schedule-ALGORITHM.svg of every algorithm of the study that has a row "best" in
 * best.csv's table. Errors: as figures_make(). */
TG_CHECKED tg_status schedule_figures(const arguments *a, const tg_study *study,
                                      const tg_table *best);

#endif
