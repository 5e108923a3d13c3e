/* jump_path: one path of the jump form under way. Private to solver/.
 *
 *     tg_jump_path_start(), then for each arrival t = tg_jump_path_next(), while it is wanted,
 *     tg_jump_path_arrive(): x is tg_jump_path_x() from there on
 */
#ifndef TG_SOLVER_JUMP_PATH_H
#define TG_SOLVER_JUMP_PATH_H

#include "solver/jump.h"

#include "core/rng.h"

#define TG_JUMP_BATCH 256 /* delays and normals drawn at once */

/* x jumped to row i of value at time[i]; time[0] = 0, its row x0. */
typedef struct tg_jump_path {
    const tg_jump *j;
    double        *time, *value; /* (room), (room, modes) */
    size_t         count, room;
    double         t; /* the arrival drawn last */
    size_t         n; /* its number */
    tg_rng         arrival, law, noise;
    double         delay[TG_JUMP_BATCH];
    double        *normal; /* (TG_JUMP_BATCH, modes) */
} tg_jump_path;

/* Whether it is an equation. Errors: TG_EDOMAIN; also over 1e8 arrivals up to the horizon.
 */
TG_CHECKED tg_status tg_jump_path_check(const tg_jump *j, double horizon);

/* Bytes a path takes up to the horizon: more than that in one path of 1e9. */
double tg_jump_path_memory(const tg_jump *j, double horizon);

/* Room for paths of j, one after another. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_jump_path_open(tg_jump_path *p, const tg_jump *j);
void                 tg_jump_path_close(tg_jump_path *p);

/* Path `index` from the streams (seed, ARRIVAL | DELAY | NOISE, index), at t = 0. Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_jump_path_start(tg_jump_path *p, uint64_t seed, size_t index);

const double *tg_jump_path_x(const tg_jump_path *p); /* (modes) */

/* Draw the time of the next arrival; let it happen. Errors: TG_EDIVERGED, TG_ENOMEM. */
double               tg_jump_path_next(tg_jump_path *p);
TG_CHECKED tg_status tg_jump_path_arrive(tg_jump_path *p);

#endif
