/* study_region: which (workers, learning rate) converge, predicted and simulated
 *
 * The stiffest mode decides, so it is simulated alone and without noise until it has shrunk
 * or grown a millionfold.
 */
#include "cli/output.h"
#include "cli/study_run.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

static const tg_column boundary_columns[] = {
    { "workers", "", "number of workers P", false },
    { "step", "x^2/loss", "learning rate at which the mean of many workers is lost",
      false },
    { "step_square", "x^2/loss", "at which the mean square is", false },
    { "step_single", "x^2/loss", "at which a single run ceases to settle", false },
};

static const tg_column region_columns[] = {
    { "workers", "", "number of workers P", false },
    { "step", "x^2/loss", "learning rate", false },
    { "predicted", "", "1 converges in mean square, 0 diverges", false },
    { "simulated", "", "1 a single run converged, 0 diverged", false },
    { "share", "", "learning rate over that at which the mean square is lost", false },
};

/* Learning rates as shares of the predicted limit: close on both sides of it. */
static const double around[] = { 0.3, 0.5, 0.7, 0.85, 0.93, 1.07, 1.15, 1.3, 1.6, 2 };
enum { AROUND = sizeof around / sizeof *around };

typedef struct trial {
    size_t workers;
    double step, limit;
    int    converged;
} trial;

typedef struct trials {
    const study_run    *run;
    size_t              index; /* of the algorithm */
    const tg_algorithm *rule;
    double              h;
    trial              *trial;
    size_t              n;
} trials;

static tg_status
decide(const tg_setup *setup, int *converged)
{
    const double few =
        4000; /* arrivals a worker makes before growth or decay is taken as is */
    tg_sim *s;

    TG_TRY(tg_sim_create(setup, 0, &s));
    const double start = tg_sim_loss(s);
    double       loss = start;
    tg_status    status = TG_OK;
    tg_happening h;
    for (double i = 0; i < few * (double)setup->cluster->workers; i++) {
        if ((status = tg_sim_advance(s, &h)) != TG_OK) break;
        loss = tg_sim_loss(s);
        if (!(loss < start * 1e12) || loss < start * 1e-12) break;
    }
    *converged = loss < start;
    tg_sim_free(s);
    return status;
}

/* Loss touches zero whenever the mode crosses it, so three modes side by side would not
 * help; 1e-12 of the starting loss is a millionth of the distance, too small to be a
 * crossing. */
static tg_status
run_trial(size_t index, size_t thread, void *context)
{
    trials      *all = context;
    trial       *t = &all->trial[index];
    tg_cluster  *cluster = NULL;
    tg_problem  *problem = NULL;
    const double one = 1, none = 0;

    (void)thread;
    tg_status status = tg_study_cluster(all->run->study, t->workers, &cluster);
    if (status == TG_OK)
        status = tg_problem_quadratic(1, &all->h, &one, &none, t->workers, NULL, &problem);
    if (status == TG_OK) {
        tg_setup setup = tg_study_setup(all->run->study, all->index, problem, cluster);
        setup.step = t->step;
        status = decide(&setup, &t->converged);
    }
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    tg_progress_tick(all->run->progress);
    return status;
}

static double
largest(const tg_prediction *p)
{
    double h = 0;

    for (size_t j = 0; j < p->modes; j++) h = fmax(h, p->mode[j].h);
    return h;
}

static tg_status
write_region(const trials *all, const char *label)
{
    const study_run *r = all->run;
    tg_table        *t;

    TG_TRY(table_begin(r->arguments, r->study, region_columns, 5, &t));
    tg_status status = TG_OK;
    for (size_t i = 0; i < all->n && status == TG_OK; i++)
        status = tg_table_add(
            t, (tg_cell[]){ TG_NUMBER((double)all->trial[i].workers),
                            TG_NUMBER(all->trial[i].step),
                            TG_NUMBER(all->trial[i].step < all->trial[i].limit),
                            TG_NUMBER(all->trial[i].converged),
                            TG_NUMBER(all->trial[i].step / all->trial[i].limit) });
    if (status == TG_OK) return study_run_write(r, "region", label, t);
    tg_table_free(t);
    return status;
}

/* The learning rates at which mean square and single runs are lost; NaN where not known. */
static tg_status
find_steps(const trials *all, size_t workers, double *square, double *single)
{
    const double effort = 0.25;
    tg_cluster  *c = NULL;
    double       gain = NAN, error;

    *square = *single = NAN;
    TG_TRY(tg_study_cluster(all->run->study, workers, &c));
    const double unit = all->h * (double)workers;
    tg_status    status = tg_predict_step_square(all->h, c, all->rule, square);
    if (status == TG_OK)
        status = tg_predict_single(c, all->rule, *square * unit, effort, &gain, &error);
    *single = gain / unit;
    tg_cluster_free(c);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

static tg_status
write_boundary(const trials *all, size_t rule, const char *label)
{
    const study_run *r = all->run;
    tg_table        *t;

    TG_TRY(table_begin(r->arguments, r->study, boundary_columns, 4, &t));
    tg_status status = TG_OK;
    for (size_t i = 0; i < r->n && status == TG_OK; i++) {
        const tg_prediction *p = outcome_at(r, i, rule)->prediction;
        const double         mean = p->threshold / (all->h * (double)r->workers[i]);
        double               square, single;
        status = find_steps(all, r->workers[i], &square, &single);
        if (status == TG_OK)
            status = tg_table_add(t, (tg_cell[]){ TG_NUMBER((double)r->workers[i]),
                                                  TG_NUMBER(mean), TG_NUMBER(square),
                                                  TG_NUMBER(single) });
    }
    if (status == TG_OK) return study_run_write(r, "boundary", label, t);
    tg_table_free(t);
    return status;
}

/* The study's own learning rates if it sweeps them, else shares of each limit. */
static void
place_trials(const study_run *r, size_t rule, size_t steps, trials *all)
{
    const size_t given_steps = r->study->sweep_steps;

    for (size_t i = 0; i < r->n; i++) {
        const double limit = outcome_at(r, i, rule)->prediction->step_limit;
        for (size_t k = 0; k < steps; k++) {
            const double step = given_steps ? r->study->sweep_step[k] : limit * around[k];
            if (isfinite(step))
                all->trial[all->n++] = (trial){ r->workers[i], step, limit, 0 };
        }
    }
}

tg_status
study_run_region(const study_run *r, size_t rule)
{
    const size_t given_steps = r->study->sweep_steps;
    const size_t steps = given_steps ? given_steps : (size_t)AROUND;
    trials       all = { .run = r,
                         .index = rule,
                         .h = largest(outcome_at(r, 0, rule)->prediction) };

    const char *label = r->study->algorithm[rule].label;
    if (!(all.h > 0) || tg_study_rule(r->study, rule, &all.rule) != TG_OK)
        return TG_OK; /* theory knows no boundary */
    if (!(all.trial = calloc(r->n * steps, sizeof *all.trial)))
        return tg_fail(TG_ENOMEM, "out of memory");
    place_trials(r, rule, steps, &all);
    tg_progress_stage(r->progress, "region", all.n);
    tg_status status = tg_parallel_run(all.n, 0, run_trial, &all, NULL);
    if (status == TG_OK) status = write_region(&all, label);
    if (status == TG_OK) status = write_boundary(&all, rule, label);
    free(all.trial);
    return status;
}
