#include "asgd/sim/version.h"

#include <stdlib.h>

/* Chunks of some 64 kB, so that models lie together where they are small. */
void
tg_versions_begin(tg_versions *v, size_t dim)
{
    enum { DOUBLES = 8192 };

    *v = (tg_versions){ .dim = dim };
    while (dim << (v->shift + 1) <= DOUBLES) v->shift++;
}

void
tg_versions_clear(tg_versions *v)
{
    for (size_t i = 0; i < v->room >> v->shift; i++) free(v->chunk[i]);
    free(v->chunk);
    free(v->holders);
    free(v->free);
    *v = (tg_versions){ 0 };
}

/* One more chunk. */
static tg_status
grow(tg_versions *v)
{
    const size_t more = (size_t)1 << v->shift, room = v->room + more;
    double     **chunk = realloc(v->chunk, (room >> v->shift) * sizeof *chunk);
    if (chunk) v->chunk = chunk;
    uint32_t *holders = realloc(v->holders, room * sizeof *holders);
    if (holders) v->holders = holders;
    uint32_t *slots = realloc(v->free, room * sizeof *slots);
    if (slots) v->free = slots;
    const size_t bytes = (more * v->dim * sizeof(double) + 63) / 64 * 64;
    double      *models = chunk && holders && slots ? aligned_alloc(64, bytes) : NULL;

    if (!models) return tg_fail(TG_ENOMEM, "out of memory");
    v->chunk[v->room >> v->shift] = models;
    for (size_t i = room; i-- > v->room;) {
        v->holders[i] = 0;
        v->free[v->frees++] = (uint32_t)i;
    }
    v->room = room;
    return TG_OK;
}

tg_status
tg_version_new(tg_versions *v, uint32_t *out)
{
    if (v->frees == 0) TG_TRY(grow(v));
    *out = v->free[--v->frees];
    v->holders[*out] = 1;
    return TG_OK;
}
