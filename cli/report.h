/* report: the parts of a study's page. Private to the command */
#ifndef TG_CLI_REPORT_H
#define TG_CLI_REPORT_H

#include "cli/study_run.h"

#include <stdio.h>

/* One box for each algorithm: the verdict with its cause, what to do, how sure; then one for all,
 * with the claims that fail. Errors: those of tg_say_prediction(). */
TG_CHECKED tg_status report_verdict(const study_run *r, FILE *f);

/* Tables grouped by number of workers, those with a failure first. Errors: TG_ENOMEM. */
TG_CHECKED tg_status report_claims(const study_run *r, FILE *f);
TG_CHECKED tg_status report_predictions(const study_run *r, FILE *f);

/* A claim of the run's table, by its columns. */
typedef struct report_claim {
    const char *name, *judgement;
    char        algorithm[48];
    size_t      workers; /* 0: of the sweep as a whole */
    double      predicted, model_error, simulated, error, z;
} report_claim;
report_claim report_claim_at(const study_run *r, size_t row);
bool         report_claim_is(const report_claim *c, const char *judgement);

/* "predicted" or "simulated" of a claim with its error; converges and diverges in words. */
void report_put_value(FILE *f, const report_claim *c, double value, double error);

#endif
