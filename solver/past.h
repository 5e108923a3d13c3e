/* past: a history given as a table
 *
 *     phi(t_k) = x_k,  t_1 < t_2 < ... < t_n,     in between linear or cubic
 *
 * Cubic is the piecewise Hermite cubic with the slopes of Fritsch, Carlson 1980 (as written
 * by Fritsch, Butland 1984): it has no extremes but those of the table. Before t_1 the
 * first row holds; after t_n the last, so a table that ends at the start of the solution,
 * t_n = 0, is complete. tg_past_at() is a history callback of tg_sdde, tg_dde and
 * tg_dde_mesh, with the table as its context.
 */
#ifndef TG_SOLVER_PAST_H
#define TG_SOLVER_PAST_H

#include "core/status.h"

#include <stddef.h>

typedef struct tg_past tg_past;

typedef enum tg_past_kind { TG_PAST_LINEAR, TG_PAST_CUBIC } tg_past_kind;

/* A table of n >= 1 rows: t (n) [time], ascending, and x (n, dim), both copied. Owner of
 * *out: the caller, tg_past_free(). Errors: TG_EDOMAIN n = 0 or dim = 0, times that do not
 * rise, a value that is not finite (which one); TG_ENOMEM. */
TG_CHECKED tg_status tg_past_create(size_t dim, size_t n, const double *t, const double *x,
                                    tg_past_kind kind, tg_past **out);
void                 tg_past_free(tg_past *p);

/* phi(t) into x (dim). `past` is a tg_past; any number of threads may read it. Errors:
 * TG_EDOMAIN t is NaN. */
TG_CHECKED tg_status tg_past_at(double t, double *x, void *past);

#endif
