/* exponential_flow: the linear flow of the moments of exponential workers. Private to solver/.
 */
#ifndef TG_SOLVER_EXPONENTIAL_FLOW_H
#define TG_SOLVER_EXPONENTIAL_FLOW_H

#include "solver/exponential.h"

#include <complex.h>

/* The moments of one state of the system, rows of one vector: S (q, q); X_g (q, p) and Y_g
 * (p, p) by group; Z_gh (p, p) by pair, of different workers. */
typedef struct tg_layout {
    const tg_exponential *e;
    tg_linear_rule        r; /* the constant 1 is the last entry of its s */
    size_t                q, p, groups, size;
} tg_layout;

/* The moments that belong together: of the constant with itself, which is 1; of s and w with
 * the constant, the means; and all others. A moment that is another one transposed, or of a
 * pair that does not exist, is not used. */
typedef enum tg_part {
    TG_PART_UNUSED,
    TG_PART_CONSTANT,
    TG_PART_MEAN,
    TG_PART_SQUARE
} tg_part;

typedef struct tg_flow {
    tg_layout l;
    double   *m, *source; /* (size, size), (size) */
    tg_part  *of;         /* (size) */
} tg_flow;

/* The flow of these workers; free with tg_flow_free. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_flow_create(const tg_exponential *e, tg_flow *out);
void                 tg_flow_free(tg_flow *f);

/* The rows and columns of these parts, in order: out (n, n), where they stand (n). */
size_t tg_flow_select(const tg_flow *f, tg_part low, tg_part high, double *out, size_t *at);

/* All workers hold x0, and slots a gradient at it. */
void tg_layout_begin(const tg_layout *l, double x0, double *v);

/* Where moments are in a vector of them: X_g, Y_g, Z_gh. */
double *tg_layout_x(const tg_layout *l, const double *v, size_t g);
double *tg_layout_y(const tg_layout *l, const double *v, size_t g);
double *tg_layout_z(const tg_layout *l, const double *v, size_t g, size_t h);

/* What tg_exponential_stationary and tg_exponential_transient say of rules with a cycle
 * (exponential_cycle.c), with steps by staleness (exponential_aged.c), with a limit to it
 * (exponential_drop.c). `e` has been checked. */
typedef struct tg_exponential_rest {
    double mean, second, mean_abscissa, square_abscissa;
} tg_exponential_rest;
TG_CHECKED tg_status tg_exponential_cycle_rest(const tg_exponential *e,
                                               tg_exponential_rest  *out);
TG_CHECKED tg_status tg_exponential_aged_rest(const tg_exponential *e,
                                              tg_exponential_rest  *out);
TG_CHECKED tg_status tg_exponential_drop_rest(const tg_exponential *e,
                                              tg_exponential_rest  *out);

/* E x and E x^2 after 0, 1, ..., count - 1 deliveries, (count) each. */
TG_CHECKED tg_status tg_exponential_cycle_steps(const tg_exponential *e, double x0,
                                                size_t count, double *mean, double *second);
TG_CHECKED tg_status tg_exponential_aged_steps(const tg_exponential *e, double x0,
                                               size_t count, double *mean, double *second);
TG_CHECKED tg_status tg_exponential_drop_steps(const tg_exponential *e, double x0,
                                               size_t count, double *mean, double *second);

/* Deliveries of all workers [1/time]. */
double tg_exponential_rate(const tg_exponential *e);

/* The two exponentials z^t through m (n), m_{t+2} = c_1 m_{t+1} + c_2 m_t by least squares (Prony
 * 1795): the one of larger |z|; where m holds but one, that. */
double complex tg_exponential_dominant(const double *m, size_t n);

/* The largest real part of the eigenvalues of m (n, n), which is used up, each to the power
 * 1/roots first. */
TG_CHECKED tg_status tg_exponential_abscissa(double *m, size_t n, double roots,
                                             double *out);

#endif
