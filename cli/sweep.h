/* sweep: what predict, simulate and validate share: a table with rows for every number of
 * workers and every algorithm of a study */
#ifndef TG_CLI_SWEEP_H
#define TG_CLI_SWEEP_H

#include "cli/command.h"
#include "cli/scene.h"
#include "core/table.h"

typedef struct sweep {
    const arguments *arguments;
    const tg_study  *study;
    tg_progress     *progress;
    tg_table        *table;
    size_t           failed; /* for the rows to count in */
} sweep;

/* Add the rows of one algorithm with the scene's workers. */
typedef tg_status (*sweep_row)(sweep *w, scene *s, size_t algorithm);

typedef struct sweep_plan {
    const char      *name; /* of the table and of the stage of work */
    const tg_column *columns;
    size_t           count;
    bool             predicts;
    bool             simulates; /* progress counts replicas; else there is no bar */
    sweep_row        row;
} sweep_plan;

/* Read the study on the command line, fill the table, one row or more for each number of
 * workers and algorithm, and deliver it; rows and failed, each may be NULL, receive how many
 * there are and what they counted as failed. Errors: those of study, cost, rows and delivery.
 */
TG_CHECKED tg_status sweep_run(const arguments *a, const sweep_plan *plan, size_t *rows,
                               size_t *failed);

#endif
