#include "cli/rows.h"
#include "cli/sweep.h"

static tg_status
add_row(sweep *w, scene *s, size_t algorithm)
{
    tg_simulation *r;

    TG_TRY(scene_simulate(s, algorithm, w->progress, &r));
    const tg_status status =
        simulation_add(w->table, w->study, algorithm, s->cluster->workers, r);
    tg_simulation_free(r);
    return status;
}

static tg_status
run(const arguments *a)
{
    const sweep_plan plan = { .name = "simulation",
                              .columns = simulation_columns,
                              .count = SIMULATION_COLUMNS,
                              .simulates = true,
                              .row = add_row };

    return sweep_run(a, &plan, NULL);
}

const command cmd_simulate = { .name = "simulate",
                               .operands = "STUDY",
                               .summary = "the true worker process, event by event",
                               .doc = "Simulate every algorithm and number of workers of a "
                                      "study, replica by replica, and sum\n"
                                      "up with standard errors. The same seed gives the "
                                      "same bytes for any number of threads.",
                               .run = run };
