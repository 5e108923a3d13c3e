/* compare: predictions against simulation, claim by claim
 *
 *     z = (|simulated - predicted| - model error) / standard error
 *
 * is how far apart the two are beyond what the level of the prediction allows. A claim
 * holds if z <= 4.
 */
#ifndef TG_ASGD_COMPARE_H
#define TG_ASGD_COMPARE_H

#include "asgd/predict.h"
#include "asgd/replicas.h"
#include "core/table.h"

typedef struct tg_claim {
    char        name[48];                    /* what is claimed, e.g. "stationary loss" */
    char        where[48];                   /* for which algorithm and cluster */
    double      predicted, simulated, error; /* error: standard error of the simulation */
    double      model_error;                 /* expected size of the prediction's own */
    double      z;                           /* filled by tg_claim_judge */
    bool        holds;                       /* filled by tg_claim_judge */
    const char *unit, *level;
} tg_claim;

/* Fill z and holds. Two infinities agree; NaN agrees with nothing. */
void tg_claim_judge(tg_claim *c);

/* The claims a prediction makes that this simulation can test: does it diverge, the loss at
 * the end of the horizon, the time to target. At most TG_CLAIMS; returns how many. */
enum { TG_CLAIMS = 4 };
size_t tg_compare(const tg_prediction *p, const tg_simulation *s, const char *where,
                  double target, tg_claim claim[TG_CLAIMS]);

/* Columns of a table of claims, and a row of it. */
extern const tg_column tg_claim_columns[];
enum { TG_CLAIM_COLUMNS = 10 };
TG_CHECKED tg_status tg_claim_add(tg_table *table, const tg_claim *c);

#endif
