/* curvature: what is said of eigenvalues that are not positive */
#ifndef TG_CLI_CURVATURE_H
#define TG_CLI_CURVATURE_H

#include "study/study.h"

#include <stdio.h>

/* One sentence with a line end, if some are left out of the study; nothing else. */
void curvature_say(FILE *f, const tg_study *study);

#endif
