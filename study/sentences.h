/* sentences: a prediction in words, wrapped to the columns of the page
 *
 * What was asked, the verdict with its cause, what to do, how sure it is. The numbers are
 * those of the prediction; nothing is computed here that is not in a table.
 */
#ifndef TG_STUDY_SENTENCES_H
#define TG_STUDY_SENTENCES_H

#include "asgd/theory/predict.h"
#include "study/page.h"
#include "study/scene.h"

/* The scene's prediction of an algorithm in four paragraphs. Errors: those of finding the
 * step for half as many workers. */
TG_CHECKED tg_status tg_say_prediction(const tg_page *f, const tg_scene *s,
                                       size_t algorithm, const tg_prediction *p);

/* Two algorithms with the same workers, in one sentence. */
void tg_say_comparison(const tg_page *f, const char *first, const tg_prediction *p,
                       const char *second, const tg_prediction *q, double target);

/* One sentence with a line end, if eigenvalues that are not positive are left out of the
 * study; else nothing. */
void tg_say_curvature(const tg_page *f, const tg_study *study);

/* The claims of a table (tg_claim_columns) that fail, the first of them by name, a line each. */
void tg_say_failures(const tg_page *f, const tg_table *claims);

#endif
