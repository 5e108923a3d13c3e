/* A rule, an optimiser, a schedule, a behaviour and a problem from outside the library. Signs of
 * gradients may be taken by the worker, by the optimiser or by the rule: one and the same run. */
#include "validation/unit/rules.h"

/* ---- f = sum x^4/4, all workers' ----------------------------------------------------- */

static void
start(const void *self, double *x)
{
    (void)self;
    x[0] = 1;
    x[1] = -2;
}

static void
slope(const void *self, size_t worker, const double *x, tg_rng *draws, double *scratch,
      double *g)
{
    (void)self;
    (void)worker;
    (void)scratch;
    for (int j = 0; j < 2; j++) g[j] = x[j] * x[j] * x[j] + .1 * tg_rng_normal(draws);
}

static double
loss(const void *self, const double *x, double *scratch)
{
    (void)self;
    (void)scratch;
    return (pow(x[0], 4) + pow(x[1], 4)) / 4;
}

static const tg_problem_kind quartic_kind = { .name = "quartic",
                                              .doc = "f = sum x^4/4",
                                              .cheap_loss = true,
                                              .start = start,
                                              .gradient = slope,
                                              .loss = loss };

/* ---- who takes the sign -------------------------------------------------------------- */

static double
sign(double g)
{
    return g > 0 ? 1 : g < 0 ? -1 : 0;
}

static void
sign_work(const double *param, const tg_task *t, double *bench, double *g)
{
    (void)param;
    (void)bench;
    tg_task_gradient(t, 0, t->read, g);
    for (int j = 0; j < 2; j++) g[j] = sign(g[j]);
}

static const tg_behaviour_kind sign_behaviour = {
    .is = { "sign", "sends signs", "Bernstein et al. 2018", NULL },
    .work = sign_work,
};

static void
sign_step(const double *param, double *room, size_t dim, const tg_move *m)
{
    (void)param;
    (void)room;
    for (size_t j = 0; j < dim; j++) m->out[j] = m->x[j] - m->rate * sign(m->d[j]);
}

static const tg_optimiser_kind sign_optimiser = {
    .is = { "sign", "steps by signs", "Bernstein et al. 2018", NULL },
    .step = sign_step,
};

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return dim * sizeof(double);
}

static tg_status
sign_deliver(tg_sim *s, void *g_, const tg_job *job)
{
    double *g = g_;

    TG_TRY(tg_sim_gradient(s, job, g));
    for (int j = 0; j < 2; j++) g[j] = sign(g[j]);
    TG_TRY(tg_sim_step(s, g, 1));
    return tg_sim_assign(s, job->worker);
}

static const tg_rule_kind sign_rule = {
    .is = { "sign", "steps by signs", "Bernstein et al. 2018", NULL },
    .room = room,
    .deliver = sign_deliver,
};

static double
half(const double *param, uint64_t k)
{
    (void)param;
    (void)k;
    return .5;
}

static const tg_schedule_kind half_schedule = {
    .is = { "half", "half the rate", "", NULL },
    .factor = half,
};

static void
test_signs(void **state)
{
    enum { N = 4 };
    const tg_problem quartic = { &quartic_kind, NULL, 2, N, 0 };
    tg_cluster      *c = random_cluster(1, N, false);
    tg_setup         u = tg_setup_of(&quartic, c, tg_rule(&tg_rule_asgd), .02, 1), by[3];
    tg_sim          *s[3];

    (void)state;
    u.schedule = tg_choice_of(&half_schedule.is);
    for (int i = 0; i < 3; i++) by[i] = u;
    by[0].behaviour = tg_choice_of(&sign_behaviour.is);
    by[1].optimiser = tg_choice_of(&sign_optimiser.is);
    by[2].rule = tg_rule(&sign_rule);
    for (int i = 0; i < 3; i++) s[i] = simulation(&by[i], 0);
    for (int k = 0; k < 1000; k++) {
        double before[2];
        memcpy(before, tg_sim_model(s[0]), sizeof before);
        for (int i = 0; i < 3; i++) advance(s[i]);
        for (int j = 0; j < 2; j++) {
            assert_near(fabs(tg_sim_model(s[0])[j] - before[j]), .01, 1e-15);
            for (int i = 1; i < 3; i++)
                assert_true(tg_sim_model(s[i])[j] == tg_sim_model(s[0])[j]);
        }
    }
    assert_true(tg_sim_loss(s[0]) < .01); /* from 4.25 */
    for (int i = 0; i < 3; i++) tg_sim_free(s[i]);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_signs))
