#include "asgd/problems/problem.h"

#include <stdlib.h>

void
tg_problem_free(tg_problem *p)
{
    if (!p) return;
    p->kind->free(p->self);
    free(p);
}

tg_status
tg_problem_modes(const tg_problem *p, const double *weight, tg_modes *out)
{
    if (!p->kind->modes)
        return tg_fail(TG_EDOMAIN, "theory does not know the objective %s yet",
                       p->kind->name);
    return p->kind->modes(p->self, weight, out);
}

/* One block for all arrays; h is its beginning. */
tg_status
tg_modes_alloc(size_t count, size_t workers, tg_modes *out)
{
    double *block = calloc((5 + workers) * count, sizeof *block);

    if (!block) return tg_fail(TG_ENOMEM, "out of memory");
    *out = (tg_modes){ .count = count,
                       .h = block,
                       .start = block + count,
                       .sigma2 = block + 2 * count,
                       .shift = block + 3 * count,
                       .spread = block + 4 * count,
                       .minimum = workers ? block + 5 * count : NULL };
    return TG_OK;
}

void
tg_modes_free(tg_modes *m)
{
    free(m->h);
    *m = (tg_modes){ 0 };
}
