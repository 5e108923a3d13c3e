/* sentences: a prediction in words, wrapped to 80 columns
 *
 * What was asked, the verdict with its cause, what to do, how sure it is. The numbers are
 * those of the prediction; nothing is computed here that is not in a table.
 */
#ifndef TG_STUDY_SENTENCES_H
#define TG_STUDY_SENTENCES_H

#include "asgd/theory/predict.h"
#include "study/scene.h"

#include <stdio.h>

/* The words of a text in lines of at most 80 columns, all but the first indented. */
void tg_say_wrapped(FILE *f, const char *text, int indent);

/* A paragraph; a blank line after it. */
void tg_say_paragraph(FILE *f, const char *format, ...) TG_FORMAT(2, 3);

/* The scene's prediction of an algorithm in four paragraphs. Errors: those of finding the
 * step for half as many workers. */
TG_CHECKED tg_status tg_say_prediction(FILE *f, const tg_scene *s, size_t algorithm,
                                       const tg_prediction *p);

/* Two algorithms with the same workers, in one sentence. */
void tg_say_comparison(FILE *f, const char *first, const tg_prediction *p,
                       const char *second, const tg_prediction *q, double target);

/* One sentence with a line end, if eigenvalues that are not positive are left out of the
 * study; else nothing. */
void tg_say_curvature(FILE *f, const tg_study *study);

#endif
