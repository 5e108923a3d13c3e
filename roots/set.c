#include "roots/set.h"

#include <math.h>
#include <stdlib.h>

tg_status
tg_root_set_add(tg_root_set *set, tg_root root)
{
    if (set->count == set->room) {
        const size_t room = set->room ? 2 * set->room : 16;
        tg_root     *grown = realloc(set->root, room * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        set->root = grown;
        set->room = room;
    }
    set->root[set->count++] = root;
    return TG_OK;
}

/* Conjugates have equal real parts to the last bit, so they end up side by side. */
static int
in_order(const void *a, const void *b)
{
    const double complex x = ((const tg_root *)a)->s, y = ((const tg_root *)b)->s;

    if (creal(x) != creal(y)) return creal(x) < creal(y) ? 1 : -1;
    const double p = fabs(cimag(x)), q = fabs(cimag(y));
    if (p != q) return p > q ? 1 : -1;
    return (cimag(x) < cimag(y)) - (cimag(x) > cimag(y));
}

tg_status
tg_root_set_finish(tg_root_set *set, int conjugates, tg_roots *out)
{
    const size_t n = set->count;

    for (size_t i = 0; conjugates && i < n; i++) {
        tg_root mirror = set->root[i];
        mirror.s = conj(mirror.s);
        if (cimag(mirror.s) != 0) TG_TRY(tg_root_set_add(set, mirror));
    }
    if (set->count) qsort(set->root, set->count, sizeof *set->root, in_order);
    out->root = set->root;
    out->count = set->count;
    set->root = NULL;
    return TG_OK;
}

size_t
tg_root_set_total(const tg_root_set *set, int conjugates)
{
    size_t total = 0;

    for (size_t i = 0; i < set->count; i++)
        total +=
            set->root[i].multiplicity * (conjugates && cimag(set->root[i].s) != 0 ? 2 : 1);
    return total;
}

void
tg_roots_free(tg_roots *r)
{
    free(r->root);
    r->root = NULL;
    r->count = 0;
}
