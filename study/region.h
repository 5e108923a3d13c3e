/* region: a study solved on a grid of two of its settings, and its boundary curves */
#ifndef TG_STUDY_REGION_H
#define TG_STUDY_REGION_H

#include "study/axis.h"
#include "study/scene.h"

typedef struct tg_gain_course tg_gain_course; /* asgd/theory/gain_course.h */

enum { TG_MOST_CURVES = 64 };

typedef struct tg_region_cell {
    double unstable, rate;
    double gain;      /* loop gain k of the largest h */
    size_t effective; /* 1: the rate is over the study's horizon */
    double re, im;    /* rightmost root of the largest h, whose unstable roots are `lost` */
    size_t lost;
} tg_region_cell;

typedef struct tg_chart_region {
    const tg_study *study;
    tg_axis         x, y;
    size_t          algorithm;
    tg_region_cell *cell;        /* (y, x) */
    double     *square, *single; /* (y, x) gains at which these are lost; inf: never, NaN:
                                        not known */
    tg_records *records; /* blocks that are finished; borrowed, NULL: not kept ... */
    size_t      first;   /* ... the number of the first */
} tg_chart_region;

/* The axes of a chart from the options x and y. Errors: TG_EINPUT one of them is wrong, or they are the
 * same setting. */
TG_CHECKED tg_status tg_chart_region_axes(const char *x, const char *y, tg_chart_region *r);

/* A line is a row of the chart, or a column where the step of the algorithm runs along y. Up to sixteen of
 * them are a block; no block depends on another: how many blocks there are, and the cells of one. */
size_t tg_chart_region_blocks(const tg_chart_region *r);
size_t tg_chart_region_cells(const tg_chart_region *r, size_t block);

/* Solve a block into cell (lines, length), which is zero, with a course for what its loops have in
 * common. Errors: as of filling all. */
TG_CHECKED tg_status tg_chart_region_block(const tg_chart_region *r, size_t block,
                                           tg_gain_course *course, tg_region_cell *cell);

/* Solve every cell. The verdicts do not depend on the number of threads; 0: all. Errors:
 * those of the study and of its prediction. */
TG_CHECKED tg_status tg_chart_region_fill(tg_chart_region *r, size_t threads);

/* The gains at which the mean square, or a single run, is lost into limit (y, x); that of a single
 * run once r->square is filled. */
TG_CHECKED tg_status tg_chart_region_limits(tg_chart_region *r, size_t threads, bool single,
                                            double *limit);

/* An axis at a place between two of its values. */
double tg_region_between(const tg_axis *a, double u);

/* The outlines of where it converges, where single runs only, where it diverges, into a table of
 * these columns. Errors: TG_ENOMEM. */
enum { TG_REGION_FILL_COLUMNS = 5 };
extern const tg_column tg_region_fill_columns[TG_REGION_FILL_COLUMNS];
TG_CHECKED tg_status   tg_region_fills(const tg_chart_region *r, const char *label,
                                       tg_table *table);

/* The cluster there. Owner of *out: the caller. Errors: those of the study. */
TG_CHECKED tg_status tg_chart_region_cluster(const tg_chart_region *r, double x, double y,
                                             tg_cluster **out);

/* The boundary curves of the steepest mode into curve (TG_MOST_CURVES), once the cells are
 * filled; none where a setting moves in whole steps. Owner: the caller,
 * tg_chart_curve_free() each, also after failure. */
TG_CHECKED tg_status tg_chart_region_trace(tg_chart_region *r, tg_chart_curve *curve,
                                           size_t *count);

#endif
