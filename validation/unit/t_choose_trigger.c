/* The best threshold: none of a grid is better, and what it saves is saved in simulations. */
#include "validation/unit/check.h"
#include "validation/unit/clusters.h"

#include "asgd/sim/replicas.h"
#include "asgd/theory/choose_trigger.h"

enum { WORKERS = 8 };
static const double h[2] = { 1, .4 }, start[2] = { 1, 1 }, sigma[2] = { .05, .05 };
static const double STEP = .03, TARGET = .02, HORIZON = 40;

/* The setting whose delta is the context. */
static tg_status
setting(void *context, size_t workers, tg_setting *out)
{
    static const tg_link none = { 0 };

    (void)workers;
    return tg_setting_trigger(cluster_of("{law: gamma, shape: 4, mean: 1}", WORKERS), &none,
                              *(double *)context, out);
}

static tg_status
modes(void *context, size_t workers, tg_modes *out)
{
    (void)context, (void)workers;
    TG_TRY(tg_modes_alloc(2, 0, out));
    for (int j = 0; j < 2; j++) {
        out->h[j] = h[j];
        out->start[j] = start[j];
        out->sigma2[j] = sigma[j] * sigma[j];
        out->start_loss += h[j] / 2;
    }
    out->least = h[1];
    out->start_covered = out->start_loss;
    return TG_OK;
}

static tg_schedule_task
task(double *delta, tg_least least)
{
    return (tg_schedule_task){ .setting = setting,
                               .modes = modes,
                               .context = delta,
                               .target = TARGET,
                               .horizon = HORIZON,
                               .step = STEP,
                               .least = least,
                               .bytes = 10 };
}

/* Whatever the threshold that it is asked with is, none of these is better. */
static void
test_none_is_better(void **state)
{
    tg_trigger_choice best, all, own;
    double            delta = .1;
    tg_schedule_task  t = task(&delta, TG_LEAST_BYTES);

    (void)state;
    assert_ok(tg_choose_trigger(&t, &best, &all, &own));
    assert_near(all.objective, 10 * all.uploads, 1e-9 * all.objective);
    assert_true(best.objective < .9 * all.objective && best.objective <= own.objective);
    assert_true(best.time >= all.time && all.delta == 0 && own.delta == delta);
    for (delta = .04; delta < .4; delta *= 2) {
        tg_trigger_choice ignored, one;
        assert_ok(tg_choose_trigger(&t, &ignored, &all, &one));
        assert_true(one.objective > .99 * best.objective);
    }
    /* nothing is gained in time where nobody waits */
    t = task(&delta, TG_LEAST_TIME);
    assert_ok(tg_choose_trigger(&t, &best, &all, &own));
    assert_true(best.time > .97 * all.time);
    delta = 0;
    assert_fails(tg_choose_trigger(&t, &best, &all, &own), TG_EDOMAIN, "everything");
}

/* Uploads until the mean loss is at the target: of runs up to that time. */
static double
simulated_uploads(double delta, double time)
{
    const tg_replicas_plan plan = {
        .horizon = time, .points = 2, .target = NAN, .replicas = 400
    };
    tg_cluster    *c = cluster_of("{law: gamma, shape: 4, mean: 1}", WORKERS);
    tg_problem    *problem = NULL;
    tg_simulation *r = NULL;

    assert_ok(tg_problem_quadratic(2, h, start, sigma, WORKERS, NULL, &problem));
    tg_setup u = tg_setup_of(problem, c, (tg_choice){ .kind = &tg_rule_asgd.is }, STEP, 3);
    u.behaviour.kind = &tg_behaviour_send_norm.is;
    u.behaviour.param[0] = delta;
    assert_ok(tg_replicas_run(&u, &plan, &r));
    assert_near(r->loss[1].mean, TARGET, .02 * TARGET + 4 * tg_stats_error(&r->loss[1]));
    const double uploads = (double)r->ledger.delivered / 400;
    tg_simulation_free(r);
    tg_problem_free(problem);
    tg_cluster_free(c);
    return uploads;
}

static void
test_saved_in_simulations(void **state)
{
    tg_trigger_choice best, all, own;
    double            delta = .1;

    (void)state;
    const tg_schedule_task t = task(&delta, TG_LEAST_BYTES);
    assert_ok(tg_choose_trigger(&t, &best, &all, &own));
    const double few = simulated_uploads(best.delta, best.time);
    const double many = simulated_uploads(1e-9, all.time);
    assert_near(few, best.uploads, .02 * best.uploads);
    assert_near(many, all.uploads, .02 * all.uploads);
    assert_true(few < many);
}

RUN(cmocka_unit_test(test_none_is_better), cmocka_unit_test(test_saved_in_simulations))
