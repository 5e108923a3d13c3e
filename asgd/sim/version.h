/* version: immutable models with counted holders
 *
 * A version is a slot; its model is kept until the last holder lets go, then the slot is used
 * again. So there is one model for each version that somebody still needs, however many workers
 * there are. Pointers to a model are good as long as it is held.
 */
#ifndef TG_ASGD_SIM_VERSION_H
#define TG_ASGD_SIM_VERSION_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_versions {
    size_t    dim, room, frees;
    unsigned  shift;   /* slots of a chunk: 2^shift */
    double  **chunk;   /* (room >> shift) of (2^shift, dim) */
    uint32_t *holders; /* (room) */
    uint32_t *free;    /* (frees) */
} tg_versions;

/* No versions yet, of dim >= 1 numbers each; some `expected` will be held at once. Owner: the caller, tg_versions_clear(). */
void tg_versions_begin(tg_versions *v, size_t dim, size_t expected);
void tg_versions_clear(tg_versions *v);

/* A slot with one holder, its model not yet written. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_version_new(tg_versions *v, uint32_t *out);

static inline double *
tg_version_model(const tg_versions *v, uint32_t slot)
{
    const size_t in = slot & ((UINT32_C(1) << v->shift) - 1);

    return v->chunk[slot >> v->shift] + in * v->dim;
}

static inline void
tg_version_hold(tg_versions *v, uint32_t slot)
{
    v->holders[slot]++;
}

static inline void
tg_version_release(tg_versions *v, uint32_t slot)
{
    if (--v->holders[slot] == 0) v->free[v->frees++] = slot;
}

#endif
