/* compare: predictions against simulation, claim by claim
 *
 *     z = (|simulated - predicted| - model error) / standard error
 *
 * is how far apart the two are beyond what the level of the prediction allows. With the
 * stated error E = model error + 4 standard errors (a difference of 1e-9 of the value is
 * rounding, and none) a claim
 *
 *     fails          if they are further apart than E,
 *     is undecided   else, if E is more than a quarter of the larger of the two, or unknown,
 *     holds          else.
 *
 * A verdict holds if both sides decide and agree, fails if they decide and do not.
 */
#ifndef TG_ASGD_COMPARE_H
#define TG_ASGD_COMPARE_H

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict.h"
#include "asgd/theory/waiting.h"
#include "core/table.h"

typedef enum tg_judgement { TG_HOLDS, TG_FAILS, TG_OPEN } tg_judgement;
const char *tg_judgement_name(tg_judgement j); /* "holds", "fails", "undecided" */

typedef struct tg_claim {
    char         name[48];                    /* what is claimed, e.g. "stationary loss" */
    char         where[48];                   /* for which algorithm and cluster */
    double       predicted, simulated, error; /* error: standard error of the simulation,
                                                 and of paths that were integrated */
    double       model_error;                 /* expected size of the prediction's own */
    double       z;                           /* filled by tg_claim_judge */
    tg_judgement judgement;                   /* filled by tg_claim_judge */
    const char  *unit, *level;
} tg_claim;

/* Fill z and judgement. Two infinities agree. Errors that are not finite, and a NaN on
 * either side, leave a claim undecided. */
void tg_claim_judge(tg_claim *c);

/* How many claims hold, fail and are undecided. */
typedef struct tg_tally {
    size_t of[3]; /* by tg_judgement */
} tg_tally;

void tg_tally_add(tg_tally *t, tg_judgement j);
/* "31 hold, 0 fail, 2 undecided" into text. */
void tg_tally_text(const tg_tally *t, char text[80]);

/* The standard error of a mean that few replicas carry, if it lies below what is predicted, is
 * unknown.
 *
 * The claims a prediction makes that this simulation can test: does it converge (1 or 0,
 * NaN undecided), unless the horizon is too short for any simulation to tell; the loss at the
 * end of the horizon, the time to target. At most
 * TG_CLAIMS, judged; returns how many. */
enum { TG_CLAIMS = 4 };
size_t tg_compare(const tg_prediction *p, const tg_simulation *s, const char *where,
                  double target, tg_claim claim[TG_CLAIMS]);

/* The claims about when single runs are at a target, by the integrator: mean, 10 %, median
 * and 90 %, but for those that neither reaches. The error is that of both. At most
 * TG_WAITINGS, judged; returns how many. */
size_t tg_compare_hits(const tg_waiting *integrated, const tg_waiting *simulated,
                       const char *where, tg_claim claim[TG_WAITINGS]);

/* Columns of a table of claims, and a row of it. */
extern const tg_column tg_claim_columns[];
enum { TG_CLAIM_COLUMNS = 10 };
TG_CHECKED tg_status tg_claim_add(tg_table *table, const tg_claim *c);

#endif
