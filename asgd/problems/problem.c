#include "asgd/problems/problem.h"

#include "asgd/problems/quadratic.h"
#include "asgd/problems/softmax.h"

#include <stdlib.h>

void
tg_problem_free(tg_problem *p)
{
    if (!p) return;
    p->kind->free(p->self);
    free(p);
}

tg_status
tg_problem_from_study(const tg_study *study, size_t workers, tg_problem **out)
{
    const tg_node *objective = tg_study_node(study, "objective");

    if (objective->count != 1)
        return tg_node_fail(objective,
                            "objective: expected exactly one of: quadratic, softmax");
    if (tg_study_node(study, "objective.quadratic"))
        return tg_quadratic_from_study(study, workers, out);
    return tg_softmax_from_study(study, workers, out);
}

tg_status
tg_problem_modes(const tg_problem *p, const double *weight, tg_modes *out)
{
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
