#include "asgd/sim/version.h"

#include "core/memory.h"

#include <stdlib.h>

/* Chunks of 64 kB, or of 16 MB where that many are expected, so that small models lie together. */
void
tg_versions_begin(tg_versions *v, size_t dim, size_t expected)
{
    const size_t few = (size_t)1 << 13, many = (size_t)1 << 21;

    *v = (tg_versions){ .dim = dim };
    while (dim << (v->shift + 1) <= few ||
           (dim << (v->shift + 1) <= many && (size_t)1 << v->shift < expected))
        v->shift++;
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
    double      *models = chunk && holders && slots ? tg_memory_wide(bytes) : NULL;

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
