/* exponential_flow: the linear flow of the moments of exponential workers. Private to solver/.
 */
#ifndef TG_SOLVER_EXPONENTIAL_FLOW_H
#define TG_SOLVER_EXPONENTIAL_FLOW_H

#include "solver/exponential.h"

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

/* Where moments are in a vector of them: X_g, Y_g, Z_gh. */
double *tg_layout_x(const tg_layout *l, const double *v, size_t g);
double *tg_layout_y(const tg_layout *l, const double *v, size_t g);
double *tg_layout_z(const tg_layout *l, const double *v, size_t g, size_t h);

#endif
