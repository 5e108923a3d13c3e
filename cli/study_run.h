/* study_run: everything a study asks for, computed and kept for its tables and its report
 */
#ifndef TG_CLI_STUDY_RUN_H
#define TG_CLI_STUDY_RUN_H

#include "asgd/theory/compare.h"
#include "cli/command.h"
#include "study/page.h"
#include "study/scene.h"

#include <jansson.h>
#include <stdio.h>

/* What was found for one algorithm with one number of workers. */
typedef struct outcome {
    tg_prediction *prediction;
    tg_simulation *simulation;
    tg_waiting hits, seen; /* single runs at the target: integrated, simulated; or none */
    char       why[200];   /* there is no prediction; "" if there is */
} outcome;

/* What the sweep over workers says of one algorithm. */
typedef struct advice {
    double best, best_low, best_high; /* least predicted time to target; within 5 % of it */
    double best_time, best_error;
    double tried, tried_low, tried_high; /* the best of the numbers tried, and within 5 % */
    double cliff, cliff_time; /* the first number past best_high, if it takes 10 % longer */
    double simulated_best, simulated_time; /* the simulation's own best */
    double limit; /* predicted number of workers at which it diverges */
    double last_converged, first_diverged; /* simulated; NaN, inf: none */
} advice;

typedef struct study_run {
    const arguments *arguments;
    const tg_study  *study;
    const char      *folder;
    tg_progress     *progress;
    tg_records      *records;      /* of simulations that are finished */
    size_t           rules, own;   /* algorithms; the study's own number of workers */
    size_t           own_index;    /* where it stands among workers */
    size_t          *workers, n;   /* (n) numbers of workers, rising */
    outcome         *outcome;      /* (n, rules) */
    advice          *advice;       /* (rules) */
    tg_table        *claims;       /* predictions against simulation */
    tg_tally         tally;        /* of the claims */
    tg_table        *figures;      /* cli/figures.h */
    tg_level         level;        /* of predictions */
    bool             stopped;      /* on request: only what was finished is here */
    char             labels[1024]; /* words */
} study_run;

static inline const outcome *
outcome_at(const study_run *r, size_t worker, size_t rule)
{
    return &r->outcome[worker * r->rules + rule];
}

/* Predict and simulate everything, the study's own number of workers first, and judge it.
 * After a stop request what was finished is judged, unless the study's own number was not.
 * Release with study_run_free also after failure. */
TG_CHECKED tg_status study_run_compute(study_run *r);
void                 study_run_free(study_run *r);

/* A stop was heard: what is finished is kept. */
void study_run_stopped(study_run *r);

/* All tables into FOLDER/tables. */
TG_CHECKED tg_status study_run_tables(study_run *r);

/* r->figures: which there are, and what they say; once the tables are written. */
TG_CHECKED tg_status study_run_figures(study_run *r);

/* The summary in words; the report; summary.json (its document). */
TG_CHECKED tg_status study_run_summary(const study_run *r, const tg_page *page);
TG_CHECKED tg_status study_run_report(const study_run *r);
json_t              *study_run_json(const study_run *r);

/* The tables of what is predicted between the numbers tried, for one algorithm; at how many numbers
 * at most. */
TG_CHECKED tg_status study_run_curve(const study_run *r, size_t rule);
size_t               study_curve_points(const study_run *r);

/* A table of the region figure: boundary and simulated points for one algorithm. */
TG_CHECKED tg_status study_run_region(const study_run *r, size_t rule);

/* Write a table into FOLDER/tables/KIND-LABEL.csv (label NULL: KIND.csv). Takes the table.
 */
TG_CHECKED tg_status study_run_write(const study_run *r, const char *kind,
                                     const char *label, tg_table *table);

#endif
