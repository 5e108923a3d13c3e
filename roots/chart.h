/* chart: where in a plane of two parameters a loop converges, and how fast
 *
 *     s + b + a phi(s) F(s) = 0,   a, b, phi, F functions of (x, y)
 *
 * The grid gives the rightmost root of every cell; the boundary curves, on which a root
 * crosses the imaginary axis,
 *
 *     i w + b + a phi(i w) F(i w) = 0,
 *
 * are traced by continuation in (x, y, w), without a grid. Source: Allgower, Georg 1990
 * (predictor, corrector).
 */
#ifndef TG_ROOTS_CHART_H
#define TG_ROOTS_CHART_H

#include "roots/find.h"

/* The loop at (x, y). What *out borrows must live until the next call. */
typedef tg_status (*tg_chart_loop)(double x, double y, void *context, tg_loop *out);

typedef struct tg_chart_axis {
    double low, high; /* first and last value */
    size_t count;     /* >= 2 */
    int    logarithmic;
} tg_chart_axis;

typedef struct tg_chart_plan {
    tg_chart_axis x, y; /* rows have one y; laws that change are cheaper in y */
    tg_chart_loop loop;
    void         *context;
    size_t
        proof; /* count the roots right of every proof-th cell's each way, and of the last; 0 means 8 */
} tg_chart_plan;

typedef struct tg_chart_cell {
    double re, im;      /* rightmost root [1/time]; converges iff re < 0 */
    int    exponential; /* 0: no root right of where phi ends, which is `re` */
} tg_chart_cell;

/* The value of an axis at index i. */
double tg_chart_value(const tg_chart_axis *axis, size_t i);

/* Fill cell (y.count, x.count). Roots are continued along rows and from row to row; what comes further
 * right is followed on, and back to where it overtakes, as is what a count finds that disagrees. *proved (NULL allowed)
 * receives the number of cells whose root was proved the rightmost. Errors: those of the
 * callback and of tg_loop_rightmost(); TG_EDOMAIN bad axis. */
TG_CHECKED tg_status tg_chart_grid(const tg_chart_plan *plan, tg_chart_cell *cell,
                                   size_t *proved);

typedef struct tg_chart_point {
    double x, y, w; /* w: frequency of the root on the axis [1/time] */
} tg_chart_point;

typedef struct tg_chart_curve {
    tg_chart_point *point; /* (count) */
    size_t          count;
    size_t          unstable[2]; /* roots with Re s > 0 to the left and to the right of the
                                    middle of the curve, in the direction it runs */
} tg_chart_curve;

/* The curve through the point nearest to `start`, both ways until it leaves the axes'
 * ranges, closes or has `most` points; neighbours are at most `step` apart, in ranges of
 * the axes. Owner: the caller, tg_chart_curve_free(). Errors: TG_ENOCONV no boundary near
 * the start; those of the callback; TG_ENOMEM. */
TG_CHECKED tg_status tg_chart_trace(const tg_chart_plan *plan, tg_chart_point start,
                                    double step, size_t most, tg_chart_curve *out);
void                 tg_chart_curve_free(tg_chart_curve *c);

#endif
