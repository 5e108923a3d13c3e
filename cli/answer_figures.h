/* answer_figures: what the commands draw of their answers, with captions made of the numbers
 *
 * Each writes what its scripts read beside the tables of the answer into the results' folder.
 */
#ifndef TG_CLI_ANSWER_FIGURES_H
#define TG_CLI_ANSWER_FIGURES_H

#include "cli/output.h"

/* The loss in time, and the time to target against the workers, of predict and simulate. Errors:
 * those of figure_make(). */
TG_CHECKED tg_status draw_prediction(const arguments *a, const tg_study *study,
                                     const tg_answer *answer);
TG_CHECKED tg_status draw_simulation(const arguments *a, const tg_study *study,
                                     const tg_answer *answer);

/* Every claim of validate: what was simulated over what was predicted. */
TG_CHECKED tg_status draw_validation(const arguments *a, const tg_study *study,
                                     const tg_answer *answer);

/* Loss and staleness of live, measured and predicted. */
TG_CHECKED tg_status draw_live(const arguments *a, const tg_study *study,
                               const tg_answer *answer);

/* The ensemble of integrate, or its hitting times. */
TG_CHECKED tg_status draw_ensemble(const arguments *a, const tg_study *study,
                                   const tg_answer *answer);

/* Batches to target beside those of the first value. */
TG_CHECKED tg_status draw_slowdown(const arguments *a, const tg_study *study,
                                   const tg_answer *answer);

/* The eigenvalues, and what becomes of the largest in training. */
TG_CHECKED tg_status draw_spectrum(const arguments *a, const tg_study *study,
                                   const tg_answer *answer);

#endif
