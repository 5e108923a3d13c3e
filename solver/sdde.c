#include "solver/sdde.h"

#include "solver/paths.h"
#include "solver/sdde_block.h"

#include "core/memory.h"

#include <math.h>
#include <string.h>

const tg_sdde_method *const tg_sdde_methods[] = { &tg_sdde_euler_maruyama,
                                                  &tg_sdde_milstein, &tg_sdde_rk,
                                                  &tg_sdde_heun, NULL };

const tg_sdde_method *
tg_sdde_method_find(const char *name)
{
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++)
        if (!strcmp((*m)->name, name)) return *m;
    return NULL;
}

static tg_status
check_equation(const tg_sdde *eq)
{
    if (eq->dim == 0) return tg_fail(TG_EDOMAIN, "the equation has no components");
    if (!eq->drift || !eq->history || (eq->noises && !eq->diffusion))
        return tg_fail(TG_EDOMAIN, "the equation lacks its drift, diffusion or history");
    if (eq->diagonal && eq->noises != eq->dim)
        return tg_fail(TG_EDOMAIN, "diagonal noise has %zu channels for %zu components",
                       eq->noises, eq->dim);
    if (eq->meaning != TG_DELAY_CONSTANT && (!eq->law || eq->delays == 0))
        return tg_fail(TG_EDOMAIN, "a random delay needs a law and a delay to replace");
    const size_t first = eq->meaning != TG_DELAY_CONSTANT; /* that is not of the law */
    if (first < eq->delays && !eq->tau)
        return tg_fail(TG_EDOMAIN, "the equation has %zu delays but no tau", eq->delays);
    for (size_t j = first; j < eq->delays; j++)
        if (!(eq->tau[j] >= 0 && isfinite(eq->tau[j])))
            return tg_fail(TG_EDOMAIN, "delay %zu must be >= 0, got %g", j, eq->tau[j]);
    return TG_OK;
}

static tg_paths
paths_of(const tg_sdde_run *r)
{
    return (tg_paths){ .dim = r->eq->dim,
                       .rows = r->steps / r->every + 1,
                       .paths = r->paths,
                       .keep = r->keep,
                       .block = TG_SDDE_BLOCK,
                       .threads = r->threads,
                       .rows_first = 1,
                       .component = "component",
                       .observe = r->observe };
}

double
tg_sdde_memory(const tg_sdde_run *r)
{
    const tg_sdde_plan plan = tg_sdde_plan_make(r);
    const tg_paths     p = paths_of(r);

    return tg_paths_memory(&p, tg_sdde_block_size(&plan));
}

static tg_status
check_counts(const tg_sdde_run *r)
{
    const double sub = r->sub ? (double)r->sub : 1;

    TG_TRY(tg_paths_count(r->paths, "paths"));
    TG_TRY(tg_paths_count(r->steps, "steps"));
    if (r->every == 0) return tg_fail(TG_EDOMAIN, "the steps to a row must be >= 1");
    if (r->keep > r->paths)
        return tg_fail(TG_EDOMAIN, "%zu paths to keep of only %zu", r->keep, r->paths);
    if (!((double)r->steps * sub < TG_PATHS_MOST))
        return tg_fail(TG_EDOMAIN, "%zu steps of %zu sub-steps are more than 2^53",
                       r->steps, r->sub);
    return TG_OK;
}

tg_status
tg_sdde_check(const tg_sdde_run *r)
{
    TG_TRY(check_equation(r->eq));
    if (!r->method) return tg_fail(TG_EDOMAIN, "no method is chosen");
    if (r->method->diagonal_only && r->eq->noises && !r->eq->diagonal)
        return tg_fail(TG_EDOMAIN, "method %s needs diagonal noise", r->method->name);
    if (r->method->diagonal_only && r->eq->lagged_slope &&
        r->eq->meaning != TG_DELAY_CONSTANT)
        return tg_fail(TG_EDOMAIN, "method %s needs constant delays in the noise",
                       r->method->name);
    if (!(r->dt > 0 && isfinite(r->dt)))
        return tg_fail(TG_EDOMAIN, "the step must be > 0, got %g", r->dt);
    TG_TRY(check_counts(r));
    TG_TRY(tg_memory_check(tg_sdde_memory(r),
                           "take longer steps, fewer rows or fewer paths to keep"));
    return tg_observe_check(r->observe, r->eq->dim, r->paths);
}

/* All components now: into a row of results, or only whether they are finite. */
static tg_status
look(const tg_paths_block *paths, const tg_sdde_block *b, int record)
{
    const size_t every = b->plan->run->every;
    const double t = (double)b->now * b->step.dt;

    for (size_t i = 0; i < b->step.eq->dim; i++) {
        const double *x = tg_sdde_block_x(b) + i * TG_SDDE_BLOCK;
        TG_TRY(record ? tg_paths_record(paths, b->now / every, i, x, t)
                      : tg_paths_check(paths, i, x, t));
    }
    return TG_OK;
}

static tg_status
run_block(const tg_paths_block *paths, void *context)
{
    const tg_sdde_plan *plan = context;
    const tg_sdde_run  *r = plan->run;
    tg_sdde_block       b;

    tg_sdde_block_place(&b, plan, paths->scratch);
    TG_TRY(tg_sdde_block_start(&b, paths->first));
    TG_TRY(look(paths, &b, 1));
    while (b.now < r->steps) {
        TG_TRY(tg_sdde_block_advance(&b));
        if (b.now % r->every == 0 || b.now % TG_PATHS_CHECK == 0)
            TG_TRY(look(paths, &b, b.now % r->every == 0));
    }
    return TG_OK;
}

tg_status
tg_sdde_solve(const tg_sdde_run *r, tg_stats *stats, double *kept)
{
    TG_TRY(tg_sdde_check(r));
    tg_sdde_plan plan = tg_sdde_plan_make(r);
    tg_paths     p = paths_of(r);

    tg_sdde_plan_weigh(&plan);
    p.scratch = (size_t)tg_sdde_block_size(&plan);
    p.run = run_block;
    p.context = &plan;
    return tg_paths_run(&p, stats, kept);
}
