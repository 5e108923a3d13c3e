/* timeline: the jobs of one run, one by one */
#ifndef TG_ASGD_SIM_TIMELINE_H
#define TG_ASGD_SIM_TIMELINE_H

#include "asgd/sim/simulate.h"
#include "core/table.h"

enum { TG_TIMELINE_COLUMNS = 8 };
extern const tg_column tg_timeline_columns[TG_TIMELINE_COLUMNS];

/* Every job of replica `index` that has come to its end by the horizon, in the order of its end, into
 * a table of tg_timeline_columns: worker, number, when it was read, begun, finished and ended,
 * staleness, fate. A stop request is heard. Errors: those of tg_sim_create and of rule and
 * problem; TG_EDOMAIN more than 1e7 jobs; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_timeline_record(const tg_setup *setup, uint64_t index,
                                        double horizon, tg_table *out);

/* The table as trace events of Chrome, which timeline viewers open: a row for each worker, what it
 * computes and what is on its way; `unit` seconds are one unit of time. Errors: TG_EINPUT not such
 * a table; TG_EIO, TG_EWRITE. */
TG_CHECKED tg_status tg_timeline_chrome(const tg_table *t, double unit, const char *path);

#endif
