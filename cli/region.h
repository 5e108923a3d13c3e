/* region: a study solved on a grid of two of its settings, and its boundary curves */
#ifndef TG_CLI_REGION_H
#define TG_CLI_REGION_H

#include "cli/axis.h"
#include "cli/scene.h"

enum { MOST_CURVES = 64 };

typedef struct cell {
    double unstable, mean_square, rate;
    bool   effective; /* the rate is over the study's horizon */
    double re, im;    /* rightmost root of the largest h, whose unstable roots are `lost` */
    size_t lost;
} cell;

typedef struct region {
    const tg_study *study;
    axis            x, y;
    size_t          algorithm;
    cell           *cell; /* (y, x) */
} region;

/* Solve every cell. The verdicts do not depend on the number of threads; 0: all. Errors:
 * those of the study and of its prediction. */
TG_CHECKED tg_status region_fill(region *r, size_t threads);

/* The boundary curves of the steepest mode into curve (MOST_CURVES), once the cells are
 * filled; none where a setting moves in whole steps. Owner: the caller,
 * tg_chart_curve_free() each, also after failure. */
TG_CHECKED tg_status region_trace(region *r, tg_chart_curve *curve, size_t *count);

#endif
