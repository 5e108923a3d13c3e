/* Workers who send only what is long enough: identities, one worker exactly, and simulations. */
#include "validation/unit/check.h"
#include "validation/unit/clusters.h"

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict_trigger.h"
#include "asgd/theory/setting.h"
#include "asgd/theory/trigger_course.h"
#include "solver/exponential.h"
#include "solver/linear_rule.h"

enum { POINTS = 13, MOST = 3 };

typedef struct scene {
    const char *law;
    size_t      workers, modes;
    double      step, sigma, delta, horizon;
    size_t      replicas;
    double      uplink; /* mean of exponential transfers; 0: they take no time */
} scene;

static const double h[MOST] = { 1, .5, .3 };

static void
modes_of(const scene *s, tg_modes *m)
{
    assert_ok(tg_modes_alloc(s->modes, 0, m));
    for (size_t j = 0; j < s->modes; j++) {
        m->h[j] = h[j];
        m->start[j] = 1;
        m->sigma2[j] = s->sigma * s->sigma;
        m->start_loss += h[j] / 2;
    }
    m->least = h[s->modes - 1];
    m->start_covered = m->start_loss;
}

static tg_delay *transfer; /* of the link there is */

static tg_link
link_of(const scene *s)
{
    tg_link l = { 0 };

    if (!(s->uplink > 0)) return l;
    l.kind.kind = &tg_link_fifo.is;
    l.kind.param[0] = 1;
    l.bytes = 1;
    assert_ok(tg_delay_create("exponential", &s->uplink, &transfer));
    l.transfer = transfer;
    return l;
}

static tg_prediction *
predicted(const scene *s, double target)
{
    const tg_predict_plan plan = { .horizon = s->horizon,
                                   .points = POINTS,
                                   .target = target };
    tg_link               up = link_of(s);
    tg_setting            setting = { 0 };
    tg_modes              m;
    tg_prediction        *p = NULL;

    modes_of(s, &m);
    assert_ok(tg_setting_trigger(cluster_of(s->law, s->workers), &up, s->delta, &setting));
    assert_ok(tg_setting_predict(&setting, &m, s->step, &plan, &p));
    tg_setting_free(&setting);
    tg_delay_free(transfer);
    transfer = NULL;
    tg_modes_free(&m);
    return p;
}

/* ---- exactly ------------------------------------------------------------------------- */

/* Without a threshold the prediction is the plain one, to the bit. */
static void
test_nothing_held_back(void **state)
{
    const scene s = { "{law: gamma, shape: 3, mean: 2}", 5, 2, .08, .1, 0, 15, 0, 0 };
    const tg_predict_plan plan = { .horizon = s.horizon, .points = POINTS, .target = .1 };
    tg_cluster           *c = cluster_of(s.law, s.workers);
    const tg_trigger      trigger = { c, NULL, 0 };
    tg_prediction        *p = NULL, *q = NULL;
    tg_modes              m;

    (void)state;
    modes_of(&s, &m);
    assert_ok(tg_predict_trigger(&m, &trigger, s.step, &plan, &p));
    assert_ok(tg_predict_rule(&m, c, "asgd", 0, s.step, &plan, &q));
    assert_memory_equal(p->loss, q->loss, POINTS * sizeof *p->loss);
    assert_memory_equal(p->high, q->high, POINTS * sizeof *p->high);
    assert_true(p->settle == q->settle && p->floor == q->floor && p->rate == q->rate);
    assert_null(p->sent);
    tg_prediction_free(p);
    tg_prediction_free(q);
    tg_modes_free(&m);
    tg_cluster_free(c);
}

/* One that hardly ever holds: the same within what both state. */
static void
test_next_to_nothing_held_back(void **state)
{
    const scene one[] = {
        { "{law: gamma, shape: 4, mean: 1}", 8, 2, .05, .1, 1e-3, 15, 0, 0 },
        { "{law: constant, value: 1}", 4, 1, .1, .1, 1e-3, 15, 0, 0 },
        { "{law: lognormal, mean: 1, cv: 1.5}", 16, 1, .02, .1, 1e-3, 15, 0, 0 }
    };

    (void)state;
    for (size_t k = 0; k < sizeof one / sizeof *one; k++) {
        scene plain = one[k];
        plain.delta = 0;
        tg_prediction *p = predicted(&one[k], .1), *q = predicted(&plain, .1);
        for (size_t i = 0; i < POINTS; i++)
            assert_near(p->loss[i], q->loss[i],
                        (p->high[i] - p->loss[i]) + (q->high[i] - q->loss[i]));
        assert_near(p->floor, q->floor, .002 * q->floor);
        assert_near(p->settle, q->settle, p->settle_error + q->settle_error);
        assert_near(p->sent_mean, 1, .01);
        tg_prediction_free(p);
        tg_prediction_free(q);
    }
}

/* The loss of the closed moments on a grid of steps, without a threshold. */
static void
closed(double P, double step, double sigma, double horizon, size_t steps, double *loss)
{
    enum { LONGEST = 12 };
    const double dt = horizon / (double)steps, start = 1, one = 1, noise = sigma * sigma;
    const size_t ages = (size_t)(LONGEST / dt);
    tg_delay    *law = NULL;
    double      *p = calloc(ages, sizeof *p), *room = calloc(7 * (steps + 1), sizeof *room);

    assert_ok(tg_delay_create("exponential", &one, &law));
    tg_trigger_lattice(law, dt, ages, p);
    const tg_trigger_law  rate = { .p = p, .rate = P };
    const tg_trigger_task t = { .modes = 1,
                                .ages = ages,
                                .steps = steps,
                                .laws = 1,
                                .h = &one,
                                .start = &start,
                                .sigma2 = &noise,
                                .law = &rate,
                                .workers = P,
                                .step = step,
                                .dt = dt };
    double *const         at = room + steps + 1;
    const size_t          n = steps + 1;
    tg_trigger_course     c = { .loss = loss,
                                .share = at,
                                .comes = at + n,
                                .flow = at + 2 * n,
                                .rate = at + 3 * n,
                                .pace = at + 4 * n,
                                .width = at + 5 * n };
    assert_ok(tg_trigger_follow(&t, &c));
    free(p);
    free(room);
    tg_delay_free(law);
}

/* Linear, with exponential workers, they are exact for any number of workers: against the moments of all workers,
 * to what is left of grids whose error falls with the square of their step. */
static void
test_exponential_workers(void **state)
{
    enum { STEPS = 160 };
    static const double workers[] = { 1, 4, 16 };

    (void)state;
    for (int k = 0; k < 3; k++) {
        const double   P = workers[k], step = .8 / P, sigma = .1, rate = 1, horizon = 8;
        double         exact[STEPS + 1], coarse[STEPS + 1], fine[2 * STEPS + 1];
        tg_linear_rule r;
        assert_ok(tg_linear_make("asgd", step, 1, P, 0, &r));
        const tg_exponential e = { r, 1, &P, &rate, NULL, sigma };
        assert_ok(tg_exponential_transient(&e, 1, horizon, STEPS + 1, NULL, exact));
        closed(P, step, sigma, horizon, STEPS, coarse);
        closed(P, step, sigma, horizon, 2 * STEPS, fine);
        for (int i = 0; i <= STEPS; i += 8) {
            const double more = (fine[2 * i] - coarse[i]) / 3;
            assert_near(fine[2 * i] + more, exact[i] / 2, .004 * exact[i] / 2 + 2e-5);
            assert_near(fine[2 * i], exact[i] / 2,
                        2 * fabs(more) + .004 * exact[i] / 2 + 2e-5);
        }
    }
}

/* One worker of constant times: after n deliveries at n T < t <= (n + 1) T, x as a Markov chain on a grid,
 * with what has not moved yet apart. */
static void
chain(double step, double sigma, double delta, size_t jumps, double *second)
{
    enum { N = 1201 };
    const double low = -.5, dx = 2. / (N - 1);
    double      *p = calloc(N, sizeof *p), *next = calloc(N, sizeof *next), atom = 1;

    for (size_t n = 0; n <= jumps; n++) {
        second[n] = atom;
        for (int i = 0; i < N; i++) {
            const double x = low + i * dx;
            second[n] += p[i] * x * x;
        }
        memset(next, 0, N * sizeof *next);
        for (int i = -1; i < N; i++) { /* -1: the atom at 1 */
            const double x = i < 0 ? 1 : low + i * dx, mass = i < 0 ? atom : p[i];
            const double held = (erf((delta - x) / (sigma * sqrt(2))) +
                                 erf((delta + x) / (sigma * sqrt(2)))) /
                                2;
            double sum = 0;
            if (mass < 1e-14) continue;
            const int from = (int)((x - step * (x + 7 * sigma) - low) / dx),
                      end = (int)((x - step * (x - 7 * sigma) - low) / dx) + 2;
            for (int pass = 0; pass < 2;
                 pass++) /* what is sent has all of what is not held */
                for (int k = from < 0 ? 0 : from; k < N && k < end; k++) {
                    const double g = (x - (low + k * dx)) / step, z = (g - x) / sigma;
                    const double reach =
                        dx / (2 * step); /* of a cell: the part beyond delta */
                    const double part =
                        fmin(fmax((fabs(g) - delta) / (2 * reach) + .5, 0), 1);
                    const double w = part * exp(-z * z / 2);
                    if (pass == 0) sum += w;
                    if (pass == 1 && sum > 0) next[k] += mass * (1 - held) * w / sum;
                }
            if (i < 0)
                atom *= held;
            else
                next[i] += mass * held;
        }
        memcpy(p, next, N * sizeof *p);
    }
    free(p);
    free(next);
}

/* Against that: at whole times, when there were as many deliveries whatever the phase. Another threshold
 * is told apart. */
static void
test_one_worker(void **state)
{
    enum { JUMPS = 60 };
    static const double delta[] = { .05, .1, .2 };
    double              second[JUMPS + 1];

    (void)state;
    for (int k = 0; k < 3; k++) {
        scene s = { "{law: constant, value: 1}", 1, 1, .1, .05, delta[k], JUMPS, 0, 0 };
        chain(s.step, s.sigma, s.delta, JUMPS, second);
        tg_prediction *p = predicted(&s, NAN);
        for (size_t i = 1; i < POINTS; i++) {
            const double exact = second[i * JUMPS / (POINTS - 1)] / 2;
            const double stated = p->high[i] - p->loss[i];
            assert_near(p->loss[i], exact, stated);
            assert_true(stated < .35 * exact);
        }
        tg_prediction_free(p);
        s.delta *= 1.3;
        p = predicted(&s, NAN);
        size_t off = 0;
        for (size_t i = 1; i < POINTS; i++)
            off += fabs(p->loss[i] - second[i * JUMPS / (POINTS - 1)] / 2) >
                   p->high[i] - p->loss[i];
        assert_true(off > 0);
        tg_prediction_free(p);
    }
}

/* Without noise nothing is sent within |x| <= delta/h, and x stops at the edge or within. */
static void
test_dead_zone(void **state)
{
    const scene    s = { "{law: gamma, shape: 4, mean: 1}", 8, 1, .01, 0, .2, 80, 0, 0 };
    tg_prediction *p = predicted(&s, NAN);
    const size_t   last = POINTS - 1;

    (void)state;
    assert_true(p->loss[last] <= .02 && p->loss[last] > .02 * .8);
    assert_near(p->sent[last], 0, 1e-3);
    assert_near(p->sent[0], 1, 1e-12);
    assert_near(p->loss[last - 1], p->loss[last], 1e-3 * p->loss[last]);
    tg_prediction_free(p);
}

/* ---- at rest ------------------------------------------------------------------------- */

/* d/dx E[g 1(|g| > delta)] = h/sigma^2 E[g^2 1] at 0: pull and noise are thinned alike, so for small steps the floor
 * is what it is without, and its rate the share that Stein's identity says. */
static void
test_small_steps(void **state)
{
    scene s = { "{law: exponential, mean: 1}", 4, 1, 1e-3, .1, .1, 10, 0, 0 };

    (void)state;
    tg_prediction *p = predicted(&s, NAN);
    s.delta = 0;
    tg_prediction *q = predicted(&s, NAN);
    const double   z = 1, held = erfc(z / sqrt(2)),
                 peak = exp(-.5) / sqrt(2 * 3.14159265358979323846);
    assert_near(p->floor / q->floor, 1, 3e-3);
    assert_near(p->sent_rest, held, 2e-3);
    assert_near(p->rate / q->rate, held + 2 * z * peak, 3e-3);
    tg_prediction_free(p);
    tg_prediction_free(q);
}

/* ---- against simulations ------------------------------------------------------------- */

static tg_simulation *
simulated(const scene *s, double target, uint64_t seed)
{
    double                 start[MOST] = { 1, 1, 1 }, sigma[MOST];
    const tg_replicas_plan plan = {
        .horizon = s->horizon, .points = POINTS, .target = target, .replicas = s->replicas
    };
    tg_cluster    *c = cluster_of(s->law, s->workers);
    tg_problem    *problem = NULL;
    tg_simulation *r = NULL;

    for (int j = 0; j < MOST; j++) sigma[j] = s->sigma;
    assert_ok(tg_problem_quadratic(s->modes, h, start, sigma, s->workers, NULL, &problem));
    tg_setup u =
        tg_setup_of(problem, c, (tg_choice){ .kind = &tg_rule_asgd.is }, s->step, seed);
    u.behaviour.kind = &tg_behaviour_send_norm.is;
    u.behaviour.param[0] = s->delta;
    u.uplink = link_of(s);
    assert_ok(tg_replicas_run(&u, &plan, &r));
    tg_delay_free(transfer);
    transfer = NULL;
    tg_problem_free(problem);
    tg_cluster_free(c);
    return r;
}

#define GAMMA       "{law: gamma, shape: 4, mean: 1}"
#define EXPONENTIAL "{law: exponential, mean: 1}"
#define CONSTANT    "{law: constant, value: 1}"
static const scene some[] = { { GAMMA, 1, 1, .2, .05, .1, 20, 3000, 0 },
                              { EXPONENTIAL, 1, 1, .1, .05, .05, 30, 3000, 0 },
                              { GAMMA, 4, 2, .05, .05, .05, 30, 3000, 0 },
                              { EXPONENTIAL, 4, 1, .1, .05, .15, 20, 3000, 0 },
                              { CONSTANT, 4, 1, .05, .05, .1, 25, 3000, 0 },
                              { GAMMA, 16, 3, .02, .05, .1, 25, 2000, 0 },
                              { EXPONENTIAL, 16, 1, .02, .05, .2, 20, 2000, 0 },
                              { CONSTANT, 16, 2, .01, .05, .05, 20, 2000, 0 },
                              { GAMMA, 64, 1, .005, .05, .025, 20, 1000, 0 },
                              { GAMMA, 64, 1, .005, .05, .2, 20, 1000, 0 },
                              { EXPONENTIAL, 64, 2, .004, .05, .1, 20, 1000, 0 } };

/* Courses within 4 standard errors of what is stated, which is no more than four times what is off; what is
 * sent; times. */
static void
test_simulations(void **state)
{
    double wide = 0, off = 0;

    (void)state;
    for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
        const scene   *s = &some[k];
        const double   target = .06;
        tg_prediction *p = predicted(s, target);
        tg_simulation *r = simulated(s, target, 3);
        for (size_t i = 1; i < POINTS; i++) {
            const double error = 4 * tg_stats_error(&r->loss[i]);
            const double stated = p->high[i] - p->loss[i];
            assert_near(p->loss[i], r->loss[i].mean, stated + error);
            wide += stated / r->loss[i].mean;
            off += (fabs(p->loss[i] - r->loss[i].mean) + error / 4) / r->loss[i].mean;
        }
        assert_near(p->settle, r->settle, p->settle_error + 4 * r->settle_error);
        const double done = (double)(r->ledger.delivered + r->ledger.skipped);
        assert_near(p->sent_mean, (double)r->ledger.delivered / done, .012);
        tg_prediction_free(p);
        tg_simulation_free(r);
    }
    assert_true(wide < 4 * off);
}

/* Half the threshold is another course. */
static void
test_another_threshold(void **state)
{
    scene          s = some[5];
    tg_simulation *r = simulated(&s, NAN, 4);

    (void)state;
    s.delta /= 2;
    tg_prediction *p = predicted(&s, NAN);
    const size_t   last = POINTS - 1;
    assert_true(fabs(p->loss[last] - r->loss[last].mean) >
                4 * tg_stats_error(&r->loss[last]) + p->high[last] - p->loss[last]);
    tg_prediction_free(p);
    tg_simulation_free(r);
}

/* What is not sent leaves the link to the others. */
static void
test_uplink(void **state)
{
    static const scene linked[] = { { GAMMA, 16, 1, .02, .05, .15, 20, 2000, .02 },
                                    { GAMMA, 16, 2, .02, .05, .1, 30, 2000, .1 },
                                    { EXPONENTIAL, 4, 1, .05, .05, .05, 30, 2000, .2 } };

    (void)state;
    for (size_t k = 0; k < sizeof linked / sizeof *linked; k++) {
        const double   target = .06;
        tg_prediction *p = predicted(&linked[k], target);
        tg_simulation *r = simulated(&linked[k], target, 5);
        for (size_t i = 1; i < POINTS; i++)
            assert_near(p->loss[i], r->loss[i].mean,
                        p->high[i] - p->loss[i] + 4 * tg_stats_error(&r->loss[i]));
        assert_near(p->settle, r->settle, p->settle_error + 4 * r->settle_error);
        assert_true(p->settle_error < .1 * p->settle);
        const double done = (double)(r->ledger.delivered + r->ledger.skipped);
        assert_near(p->sent_mean, (double)r->ledger.delivered / done, .02);
        assert_near(p->uploads[POINTS - 1],
                    (double)r->ledger.delivered / (double)linked[k].replicas,
                    .03 * p->uploads[POINTS - 1]);
        tg_prediction_free(p);
        tg_simulation_free(r);
    }
}

/* ---- what it does not know ----------------------------------------------------------- */

static void
test_not_known(void **state)
{
    const scene      s = { CONSTANT, 4, 1, .05, .05, .1, 10, 0, 0 };
    tg_predict_plan  plan = { .horizon = 10, .points = POINTS, .target = NAN };
    tg_cluster      *c = cluster_of(s.law, s.workers);
    const tg_trigger trigger = { c, NULL, .1 };
    tg_prediction   *p = NULL;
    tg_modes         m;

    (void)state;
    modes_of(&s, &m);
    plan.level = TG_LEVEL_SDE;
    assert_fails(tg_predict_trigger(&m, &trigger, s.step, &plan, &p), TG_EDOMAIN,
                 "level best");
    plan.level = TG_LEVEL_BEST;
    c->together = true;
    assert_fails(tg_predict_trigger(&m, &trigger, s.step, &plan, &p), TG_EDOMAIN,
                 "all at once");
    c->together = false;
    m.start_covered /= 2;
    assert_fails(tg_predict_trigger(&m, &trigger, s.step, &plan, &p), TG_EDOMAIN,
                 "all coordinates");
    m.start_covered *= 2;
    m.left_noise = .1; /* of modes that are not there */
    assert_fails(tg_predict_trigger(&m, &trigger, s.step, &plan, &p), TG_EDOMAIN,
                 "all coordinates");
    m.left_noise = 0;
    plan.horizon = 1e9;
    assert_fails(tg_predict_trigger(&m, &trigger, s.step, &plan, &p), TG_EDOMAIN,
                 "so far in time");
    /* a step that diverges does so with a threshold, too */
    plan.horizon = 10;
    assert_ok(tg_predict_trigger(&m, &trigger, 2, &plan, &p));
    assert_int_equal(p->outcome, TG_DIVERGES);
    assert_int_equal(p->points, POINTS);
    tg_prediction_free(p);
    tg_modes_free(&m);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_nothing_held_back),
    cmocka_unit_test(test_next_to_nothing_held_back),
    cmocka_unit_test(test_exponential_workers), cmocka_unit_test(test_one_worker),
    cmocka_unit_test(test_dead_zone), cmocka_unit_test(test_small_steps),
    cmocka_unit_test(test_simulations), cmocka_unit_test(test_another_threshold),
    cmocka_unit_test(test_uplink), cmocka_unit_test(test_not_known))
