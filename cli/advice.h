/* advice: what a study says of the number of workers, predicted between the numbers tried
 *
 * Time to target is predicted for whole numbers of workers between the neighbours of the best
 * one tried: in strides first, then around the best of these, down to every one. It need not
 * be smooth: where one more swing of the mean crosses the target there is a cliff.
 */
#ifndef TG_CLI_ADVICE_H
#define TG_CLI_ADVICE_H

#include "cli/study_run.h"

/* Fill r->advice[rule] from what was computed. Numbers are looked for between those tried
 * only where a prediction is cheap, so not on a data set. Errors: those of tg_scene_open();
 * TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status advise(study_run *r, size_t rule);

#endif
