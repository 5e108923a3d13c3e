/* sweep: what predict, simulate and validate share: a table with rows for every number of
 * workers and every algorithm of a study */
#ifndef TG_STUDY_SWEEP_H
#define TG_STUDY_SWEEP_H

#include "asgd/theory/compare.h"
#include "core/progress.h"
#include "core/table.h"
#include "study/answer.h"
#include "study/scene.h"

typedef struct tg_sweep {
    const tg_ask   *ask;
    const tg_study *study;
    tg_progress    *progress;
    tg_table       *table;
    tg_table       *course;   /* in time, of the study's own workers; NULL: none */
    tg_tally        tally;    /* for the rows to count in */
    size_t          marked;   /* rows that could not be computed */
    tg_level        level;    /* of predictions */
    bool            single;   /* see tg_scene */
    tg_status       status;   /* of the first of them ... */
    char            why[256]; /* ... and its reason */
} tg_sweep;

/* Add the rows of one algorithm with the scene's workers. */
typedef tg_status (*tg_sweep_row)(tg_sweep *w, tg_scene *s, size_t algorithm);

typedef struct tg_sweep_plan {
    const char           *name; /* of the table and of the stage of work */
    const tg_column      *columns;
    size_t                count;
    const tg_column      *course; /* of a second table "course"; NULL: none */
    size_t                courses;
    const tg_kind *const *metrics; /* that the simulations of it need */
    bool                  predicts;
    bool                  simulates; /* progress counts replicas; else there is no bar */
    tg_sweep_row          row;
} tg_sweep_plan;

/* Fill the table, one row or more for each number of workers and algorithm, into the
 * answer. A row that cannot be computed (TG_EDOMAIN, TG_ENOCONV, TG_EDIVERGED) is marked
 * with its reason and the others are delivered; that is a failure only if there are no
 * others. Errors: those of cost and rows. */
TG_CHECKED tg_status tg_sweep_run(const tg_ask *ask, const tg_study *study,
                                  const tg_sweep_plan *plan, tg_answer *out);

/* The option that says which theory predicts. */
#define TG_LEVEL_OPTION                                                                    \
    {                                                                                      \
        "level", "LEVEL",                                                                  \
            "best: what these workers do (default); sde, jump: the theories of many"       \
    }

/* The level that the option `level` asks for, best without it (NULL). Errors: TG_EINPUT. */
TG_CHECKED tg_status tg_sweep_level(const char *name, tg_level *out);

#endif
