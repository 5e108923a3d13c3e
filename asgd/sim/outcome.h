/* outcome: what becomes of a training, as far as the one who says so can tell */
#ifndef TG_ASGD_OUTCOME_H
#define TG_ASGD_OUTCOME_H

/* In mean square, since the loss is one. Undecided: both are within the stated error. */
typedef enum tg_outcome { TG_CONVERGES, TG_DIVERGES, TG_UNDECIDED } tg_outcome;

const char *tg_outcome_name(tg_outcome o); /* "converges", "diverges", "undecided" */

#endif
