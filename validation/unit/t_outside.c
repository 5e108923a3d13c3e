/* One of each kind from outside the library: a rule, an optimiser, a schedule, a behaviour, a problem,
 * a link, a pace and a metric. Signs of gradients may be taken by the worker, by the optimiser or
 * by the rule: one and the same run. */
#include "validation/unit/rules.h"

#include "asgd/sim/replicas.h"

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

/* ---- who waits for whom, and who is there -------------------------------------------- */

static double
three(const double *param)
{
    (void)param;
    return 3;
}

static double
one(const double *param, double n)
{
    (void)param;
    (void)n;
    return 1;
}

static const tg_link_kind lanes = { .is = { "lanes", "three at once", "", NULL },
                                    .most = three,
                                    .rate = one };

/* There for 2 times, away for 3, by turns. */
static void
tides(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at)
{
    (void)p;
    (void)place;
    (void)g;
    at->speed = at->n % 2 == 0;
    at->end = 5 * (double)(at->n / 2) + (at->speed > 0 ? 2 : 5);
}

static double
two_fifths(const tg_pace *p)
{
    (void)p;
    return .4;
}

static const tg_pace_kind tide = { .is = { "tide", "there and away", "", NULL },
                                   .next = tides,
                                   .mean = two_fifths };

/* Two setups go the same way for so many events. */
static bool
same_run(const tg_setup *a, const tg_setup *b, int events)
{
    tg_sim *s = simulation(a, 0), *t = simulation(b, 0);
    bool    same = true;

    for (int k = 0; k < events; k++) {
        advance(s);
        advance(t);
        same &= fabs(tg_sim_now(s) - tg_sim_now(t)) < 1e-9 * (1 + tg_sim_now(s));
        for (size_t j = 0; j < tg_sim_dim(s); j++)
            same &= fabs(tg_sim_model(s)[j] - tg_sim_model(t)[j]) < 1e-9;
    }
    tg_sim_free(s);
    tg_sim_free(t);
    return same;
}

static void
test_link(void **state)
{
    enum { N = 6 };
    tg_delay   *transfer = NULL;
    tg_cluster *c = random_cluster(2, N, false);
    tg_problem *p = random_problem(2, N, .3);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .02, 1), v = u;

    (void)state;
    assert_ok(tg_delay_create("exponential", (double[]){ 1 }, &transfer));
    u.uplink = (tg_link){ .kind = tg_choice_of(&lanes.is), .transfer = transfer };
    v.uplink = (tg_link){ .kind = tg_choice_of(&tg_link_fifo.is), .transfer = transfer };
    assert_ok(tg_choice_set(&v.uplink.kind, "servers", 3));
    assert_true(same_run(&u, &v, 5000));
    assert_ok(tg_choice_set(&v.uplink.kind, "servers", 4));
    assert_false(same_run(&u, &v, 5000));
    tg_delay_free(transfer);
    tg_problem_free(p);
    tg_cluster_free(c);
}

static void
test_pace(void **state)
{
    enum { N = 3 };
    tg_cluster *c = random_cluster(4, N, true), *d = random_cluster(4, N, true);
    tg_problem *p = random_problem(4, N, .3);
    tg_pace     mine = { .choice = tg_choice_of(&tide.is) },
            theirs = { .choice = tg_choice_of(&tg_pace_windows.is) };

    (void)state;
    assert_ok(tg_choice_set(&theirs.choice, "period", 5));
    assert_ok(tg_choice_set(&theirs.choice, "open", .4));
    assert_ok(tg_cluster_set_pace(c, 0, N, &mine));
    assert_ok(tg_cluster_set_pace(d, 0, N - 1, &theirs));
    const tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .02, 1),
                   v = tg_setup_of(p, d, tg_rule(&tg_rule_asgd), .02, 1);
    assert_false(same_run(&u, &v, 2000)); /* one has none */
    assert_ok(tg_cluster_set_pace(d, N - 1, 1, &theirs));
    assert_true(same_run(&u, &v, 2000));
    assert_near(tg_cluster_rate(c), tg_cluster_rate(d), 1e-12);
    tg_problem_free(p);
    tg_cluster_free(c);
    tg_cluster_free(d);
}

/* ---- what is measured ---------------------------------------------------------------- */

/* Results used, and the sum of their staleness, of all replicas of a batch. */
typedef struct tally {
    double count, stale, looks, replicas;
} tally;

static size_t
tally_room(const tg_metric_plan *p)
{
    (void)p;
    return sizeof(tally);
}

static void
tally_see(const tg_metric_plan *p, void *room_, const tg_sim *s, const tg_job *job,
          tg_fate fate)
{
    tally *t = room_;

    (void)p;
    (void)job;
    t->count += fate == TG_APPLIED;
    t->stale += fate == TG_APPLIED ? (double)tg_sim_stale(s) : 0;
}

static void
tally_look(const tg_metric_plan *p, void *room_, tg_sim *s, size_t i)
{
    (void)p;
    (void)s;
    (void)i;
    ((tally *)room_)->looks++;
}

static void
tally_finish(const tg_metric_plan *p, void *room_, const tg_sim *s)
{
    (void)p;
    (void)s;
    ((tally *)room_)->replicas++;
}

static void
tally_merge(const tg_metric_plan *p, void *into_, const void *one_)
{
    tally       *into = into_;
    const tally *from = one_;

    (void)p;
    into->count += from->count;
    into->stale += from->stale;
    into->looks += from->looks;
    into->replicas += from->replicas;
}

static const tg_column tally_column[] = { { "count", "", "results used", false },
                                          { "stale", "", "their mean staleness", false } };

static tg_status
tally_report(const tg_metric_plan *p, const void *room_, tg_table *out)
{
    const tally *t = room_;

    (void)p;
    return tg_table_add(out,
                        (tg_cell[]){ TG_NUMBER(t->count), TG_NUMBER(t->stale / t->count) });
}

static const tg_metric_kind tally_kind = { .is = { "tally", "results used", "", NULL },
                                           .room = tally_room,
                                           .see = tally_see,
                                           .look = tally_look,
                                           .finish = tally_finish,
                                           .merge = tally_merge,
                                           .column = tally_column,
                                           .columns = 2,
                                           .report = tally_report };

/* A metric of one's own beside one of the library's, against the ledger and the histogram. */
static void
test_metric(void **state)
{
    enum { N = 5 };
    const tg_kind *const   list[] = { &tally_kind.is, &tg_metric_progress.is, NULL };
    const tg_replicas_plan plan = { .horizon = 40,
                                    .points = 9,
                                    .target = NAN,
                                    .replicas = 20,
                                    .threads = 2,
                                    .metrics = list };
    tg_cluster            *c = random_cluster(3, N, true);
    tg_problem            *p = random_problem(3, N, .3);
    tg_setup       u = tg_setup_of(p, c, rule_with(&tg_rule_drop, "limit", 4), .02, 1);
    tg_simulation *s = NULL;
    tg_table      *t = NULL;
    double         stale = 0;

    (void)state;
    assert_ok(tg_replicas_run(&u, &plan, &s));
    assert_null(s->metric[2]);
    const tally *sum = s->metric[0];
    assert_near(sum->count, (double)s->ledger.applied, 0);
    assert_true(sum->count > 0 && s->ledger.dropped > 0);
    assert_near(sum->looks, 9 * 20, 0);
    assert_near(sum->replicas, 20, 0);
    for (int k = 0; k <= 4; k++) stale += k * (double)s->staleness[k];
    assert_near(sum->stale, stale, 0);
    assert_ok(tg_table_create(tally_column, 2, &t));
    assert_ok(tg_simulation_report(s, 0, t));
    assert_near(tg_table_number(t, 0, 0), sum->count, 0);
    assert_near(tg_table_number(t, 0, 1), stale / sum->count, 0);
    tg_table_free(t);
    assert_ok(tg_table_create(tg_metric_progress.column, tg_metric_progress.columns, &t));
    assert_ok(tg_simulation_report(s, 1, t));
    assert_int_equal(tg_table_rows(t), 9);
    tg_table_free(t);
    tg_simulation_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_signs), cmocka_unit_test(test_link), cmocka_unit_test(test_pace),
    cmocka_unit_test(test_metric))
