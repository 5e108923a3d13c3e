/* lattice_groups_matrix: the moment equations u' = M u + noise sigma^2 + constant of solver/lattice_groups.h. Private
 * to solver/.
 *
 * Unknowns: first the means, E[. 1; N], which know of no others, then the second moments.
 */
#ifndef TG_SOLVER_LATTICE_GROUPS_MATRIX_H
#define TG_SOLVER_LATTICE_GROUPS_MATRIX_H

#include "solver/lattice_groups.h"

/* What a configuration brings to an unknown, for each of its chances. */
typedef struct tg_group_source {
    int    row, configuration;
    double noise, constant;
} tg_group_source;

typedef struct tg_group_system {
    size_t         q, p, places, configurations, each, means, size;
    tg_linear_rule rule[TG_LATTICE_PLACES]; /* of the group of a place, with the constant */
    int            group[TG_LATTICE_PLACES];
    int           *count; /* (configurations, places) N */
    int *unknown; /* (configurations, each): its number, or -1: nothing, or the constant */
    double          *weight;           /* (configurations) their probabilities */
    int             *begin, *row;      /* M by compressed columns: (size + 1), (entries) */
    double          *value;            /* (entries) */
    double          *noise, *constant; /* (size) */
    tg_group_source *source;           /* (sources) what these are the sums of */
    size_t           sources;
} tg_group_system;

/* Numbers of configurations and moments; m is to be freed, also after a failure. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_group_layout(const tg_lattice_groups *l, tg_group_system *m);
/* That of N (places). */
size_t tg_group_number(const tg_lattice_groups *l, const int *count);

/* Errors: TG_EDOMAIN as in lattice_groups.h; TG_ENOMEM. */
TG_CHECKED tg_status tg_group_system_create(const tg_lattice_groups *l,
                                            tg_group_system         *out);
void                 tg_group_system_free(tg_group_system *m);

/* Place of an element among a configuration's: of s s', s w' (r), w w' of one worker (r), of two (r, t). */
size_t tg_group_s(const tg_group_system *m, size_t i, size_t k);
size_t tg_group_x(const tg_group_system *m, size_t r, size_t i, size_t k);
size_t tg_group_y(const tg_group_system *m, size_t r, size_t i, size_t k);
size_t tg_group_z(const tg_group_system *m, size_t r, size_t t, size_t i, size_t k);

#endif
