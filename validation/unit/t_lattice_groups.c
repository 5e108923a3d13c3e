/* Groups of phase-type workers, exactly: against all configurations written out by brute force, exponential workers
 * with minima of their own, and the lattice of one law. */
#include "solver/lattice_groups.h"

#include "core/rng.h"
#include "solver/exponential.h"
#include "solver/lattice.h"
#include "validation/unit/few.h"

enum { POINTS = 9 };

static tg_phase
law(const char *text)
{
    tg_delay *d = NULL;
    tg_phase  p;

    assert_ok(tg_delay_parse(text, &d));
    assert_ok(tg_phase_from_delay(d, &p));
    tg_delay_free(d);
    assert_true(p.exact);
    return p;
}

/* Phases as they are in few.h, but for one that nothing comes to. */
static tg_phase
phases(const few_law *l)
{
    tg_phase p = { .n = l->begin[1] > 0 || l->on > 0 ? 2 : 1, .exact = 1 };

    for (int i = 0; i < p.n; i++) {
        p.start[i] = l->begin[i];
        p.leave[i] = l->rate[i];
    }
    p.leave[0] *= 1 - l->on;
    p.move[0][1] = l->rate[0] * l->on;
    return p;
}

/* ---- brute force --------------------------------------------------------------------- */

static void
check_few(const few *f, const size_t *count, size_t groups)
{
    const double         h = 1, P = (double)f->workers;
    const tg_linear_rule rule =
        f->dude ? tg_linear_dude(f->step, h, P) : tg_linear_asgd(f->step, h);
    tg_lattice_group group[FEW_WORKERS];
    size_t           first = 0;
    tg_lattice_rest  rest;
    double           mean[POINTS], second[POINTS], exact[POINTS];

    for (size_t g = 0; g < groups; first += count[g++])
        group[g] = (tg_lattice_group){ phases(&f->law[first]), count[g], 0 };
    const tg_lattice_groups l = { &rule, group, groups, sqrt(f->noise), false };
    const double            slowest = few_abscissa(f), horizon = 4 / fabs(slowest);
    assert_ok(tg_lattice_groups_rest(&l, &rest));
    if (slowest > 0) {
        assert_true(isinf(rest.second));
        return;
    }
    assert_near(rest.second / few_floor(f), 1, 1e-8);
    assert_near(rest.mean, 0, 1e-12);
    assert_near(rest.square_abscissa / slowest, 1, 1e-7);
    few_course(f, horizon / (POINTS - 1), POINTS, exact);
    assert_ok(tg_lattice_groups_transient(&l, 1, horizon, POINTS, mean, second));
    for (size_t i = 0; i < POINTS; i++) assert_near(second[i], exact[i], 1e-9);
}

static void
test_few_workers_by_brute_force(void **state)
{
    const few_law slow = few_erlang(3), fast = few_hyper(.7, 4), plain = few_exponential(1);
    const few     all[] = {
            { 2, { fast, slow }, 0, .3, .25 },        { 2, { fast, slow }, 1, .5, .25 },
            { 3, { slow, slow, fast }, 0, .4, .09 },  { 3, { fast, slow, slow }, 1, .3, 1 },
            { 3, { fast, slow, plain }, 0, .2, .09 }, { 2, { slow, slow }, 1, .5, .25 },
            { 3, { fast, slow, slow }, 1, 9, 1 },     { 2, { fast, slow }, 0, 3, .25 }
    };
    const size_t count[][3] = { { 1, 1 },    { 1, 1 }, { 2, 1 }, { 1, 2 },
                                { 1, 1, 1 }, { 2 },    { 1, 2 }, { 1, 1 } };
    const size_t groups[] = { 2, 2, 2, 2, 3, 1, 2, 2 };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        check_few(&all[i], count[i], groups[i]);
}

/* ---- exponential workers ------------------------------------------------------------- */

static void
check_exponential(const tg_linear_rule *rule)
{
    const double workers[] = { 1, 3, 2 }, rate[] = { 4, .5, 1 }, mark[] = { .3, -.2, .5 };
    const tg_exponential e = { *rule, 3, workers, rate, mark, .4 };
    tg_lattice_group     group[3];
    tg_lattice_rest      rest;
    double               mean, second, square, slow, ours[2][POINTS], theirs[2][POINTS];

    for (int g = 0; g < 3; g++) {
        group[g] = (tg_lattice_group){ law("{law: exponential, mean: 1}"),
                                       (size_t)workers[g], mark[g] };
        group[g].law.leave[0] = rate[g];
    }
    const tg_lattice_groups l = { rule, group, 3, .4, false };
    assert_ok(tg_exponential_stationary(&e, &mean, &second, &square, &slow));
    assert_ok(tg_lattice_groups_rest(&l, &rest));
    assert_near(rest.mean, mean, 1e-10);
    assert_near(rest.second, second, 1e-10);
    assert_near(rest.square_abscissa, square, 1e-9);
    assert_near(rest.mean_abscissa, slow, 1e-10);
    assert_ok(tg_exponential_transient(&e, 2, 20, POINTS, theirs[0], theirs[1]));
    assert_ok(tg_lattice_groups_transient(&l, 2, 20, POINTS, ours[0], ours[1]));
    for (int i = 0; i < POINTS; i++) {
        assert_near(ours[0][i], theirs[0][i], 1e-10);
        assert_near(ours[1][i], theirs[1][i], 1e-10);
    }
}

static void
test_exponential_workers(void **state)
{
    const tg_linear_rule asgd = tg_linear_asgd(.15, 1), dude = tg_linear_dude(.12, 1.2, 6),
                         ball = tg_linear_heavy_ball(.03, 1, .5);

    (void)state;
    check_exponential(&asgd);
    check_exponential(&dude);
    check_exponential(&ball);
}

/* A slow mode: event by event, and by the integrator, which is for more events. */
static void
test_long_ways(void **state)
{
    const double         workers[] = { 1, 2 }, rate[] = { 4, .5 };
    const tg_exponential e = { tg_linear_asgd(2e-3, 1), 2, workers, rate, NULL, .4 };
    tg_lattice_group     group[2];

    (void)state;
    for (int g = 0; g < 2; g++) {
        group[g] =
            (tg_lattice_group){ law("{law: exponential, mean: 1}"), (size_t)workers[g], 0 };
        group[g].law.leave[0] = rate[g];
    }
    const tg_lattice_groups l = { &e.rule, group, 2, .4, false };
    for (double horizon = 3000; horizon < 6000; horizon += 2000) {
        double ours[2][POINTS], theirs[2][POINTS];
        assert_ok(tg_exponential_transient(&e, 2, horizon, POINTS, theirs[0], theirs[1]));
        assert_ok(tg_lattice_groups_transient(&l, 2, horizon, POINTS, ours[0], ours[1]));
        const double room = tg_lattice_groups_rate(&l) * horizon < 20000 ? 1e-10 : 4e-6;
        for (int i = 0; i < 2 * POINTS; i++)
            assert_near(ours[i / POINTS][i % POINTS], theirs[i / POINTS][i % POINTS], room);
    }
}

/* ---- DuDe-ASGD's beginning ------------------------------------------------------------ */

/* The next event of one run: who, by rates of phases; -1 at the end of time. */
static int
next_event(const few *f, const int *phase, double end, double *t, tg_rng *rng)
{
    double all = 0;

    for (size_t i = 0; i < f->workers; i++) all += f->law[i].rate[phase[i]];
    *t -= log(1 - tg_rng_uniform(rng)) / all;
    double at = tg_rng_uniform(rng) * all;
    for (size_t i = 0; i < f->workers && *t < end; i++)
        if ((at -= f->law[i].rate[phase[i]]) < 0) return (int)i;
    return -1;
}

/* x^2 of one run at even times, from workers met at any time. */
static void
run(const few *f, double end, tg_rng *rng, double *square)
{
    const size_t P = f->workers;
    double       x = 1, t = 0, read[FEW_WORKERS], slot[FEW_WORKERS];
    int          phase[FEW_WORKERS], done[FEW_WORKERS] = { 0 };
    size_t       seen = 0, k = 0;

    for (size_t i = 0; i < P; i++) {
        const few_law *l = &f->law[i];
        const double   first = l->begin[0] / l->rate[0],
                     second = (l->begin[1] + l->begin[0] * l->on) / l->rate[1];
        phase[i] = tg_rng_uniform(rng) * (first + second) >= first;
        read[i] = 1;
    }
    for (;;) {
        const int i = next_event(f, phase, end, &t, rng);
        for (; k < POINTS && (i < 0 || end / (POINTS - 1) * (double)k < t); k++)
            square[k] = x * x;
        if (i < 0) return;
        if (phase[i] == 0 && tg_rng_uniform(rng) < f->law[i].on) {
            phase[i] = 1;
            continue;
        }
        const bool begun = seen == P;
        slot[i] = read[i] + sqrt(f->noise) * tg_rng_normal(rng);
        seen += !done[i];
        done[i] = 1;
        for (size_t w = 0; w < P && begun; w++) x -= f->step / (double)P * slot[w];
        read[i] = x;
        phase[i] = tg_rng_uniform(rng) >= f->law[i].begin[0];
    }
}

static void
test_a_wait_is_that_of_runs(void **state)
{
    enum { RUNS = 40000 };
    const few f = { 3, { few_erlang(1), few_hyper(3, 3), few_hyper(3, 3) }, 1, .4, .04 };
    const tg_linear_rule    rule = tg_linear_dude(f.step, 1, 3);
    const tg_lattice_group  group[] = { { phases(&f.law[0]), 1, 0 },
                                        { phases(&f.law[1]), 2, 0 } };
    const tg_lattice_groups l = { &rule, group, 2, sqrt(f.noise), true };
    double mean[POINTS], second[POINTS], sum[POINTS] = { 0 }, squares[POINTS] = { 0 };

    (void)state;
    for (uint64_t r = 0; r < RUNS; r++) {
        tg_rng rng = tg_rng_stream(9, TG_PURPOSE_TEST, r);
        double square[POINTS];
        run(&f, 24, &rng, square);
        for (int k = 0; k < POINTS; k++) {
            sum[k] += square[k];
            squares[k] += square[k] * square[k];
        }
    }
    assert_ok(tg_lattice_groups_transient(&l, 1, 24, POINTS, mean, second));
    for (int k = 0; k < POINTS; k++) {
        const double found = sum[k] / RUNS,
                     error = sqrt((squares[k] / RUNS - found * found) / RUNS);
        assert_near(second[k], found, 4 * error + 1e-9);
    }
    assert_near(second[0], 1, 1e-12);
}

/* Beyond as many events as are followed one by one the integrator goes on from when all have begun: a tenth of a long way
 * event by event, and all of it. */
static void
test_a_long_way_after_a_wait(void **state)
{
    const tg_linear_rule    rule = tg_linear_dude(.004, 1, 3);
    const tg_lattice_group  group[] = { { law("{law: erlang, stages: 2, mean: 1}"), 1, .3 },
                                        { law("{law: erlang, stages: 2, mean: 20}"), 2,
                                          -.15 } };
    const tg_lattice_groups l = { &rule, group, 2, .4, true };
    const double            horizon = 5000;
    double                  near[2][POINTS], far[2][10 * (POINTS - 1) + 1];

    (void)state;
    assert_true(tg_lattice_groups_rate(&l) * horizon < 20000);
    assert_ok(tg_lattice_groups_transient(&l, 2, horizon, POINTS, near[0], near[1]));
    assert_ok(tg_lattice_groups_transient(&l, 2, 10 * horizon, 10 * (POINTS - 1) + 1,
                                          far[0], far[1]));
    for (int i = 0; i < POINTS; i++) {
        assert_near(far[0][i], near[0][i], 1e-5);
        assert_near(far[1][i], near[1][i], 1e-5);
    }
}

/* A step far beyond the limit takes E x^2 beyond doubles: that is no number less than any. */
static void
test_overflow_is_infinite(void **state)
{
    const tg_linear_rule    rule = tg_linear_dude(1e6, 1, 3);
    const tg_lattice_group  group[] = { { law("{law: exponential, mean: 1}"), 1, 0 },
                                        { law("{law: erlang, stages: 2, mean: 3}"), 2, 0 } };
    const tg_lattice_groups l = { &rule, group, 2, .4, true };
    double                  mean[POINTS], second[POINTS];

    (void)state;
    assert_ok(tg_lattice_groups_transient(&l, 1, 400, POINTS, mean, second));
    for (int i = 1; i < POINTS; i++) assert_true(second[i] >= second[i - 1]);
    assert_true(isinf(second[POINTS - 1]));
}

/* ---- one law ------------------------------------------------------------------------- */

/* As one group, and as two that are alike. */
static void
test_one_law_is_the_lattices(void **state)
{
    const tg_phase       erlang = law("{law: erlang, stages: 3, mean: 2}");
    const tg_linear_rule rules[] = { tg_linear_asgd(.2, 1), tg_linear_dude(.3, 1, 4) };

    (void)state;
    for (int i = 0; i < 2; i++)
        for (size_t groups = 1; groups <= 2; groups++) {
            const tg_lattice one = {
                .law = erlang, .workers = 4, .sigma = .3, .rule = &rules[i]
            };
            const tg_lattice_group  group[] = { { erlang, groups == 1 ? 4 : 1, 0 },
                                                { erlang, 3, 0 } };
            const tg_lattice_groups l = { &rules[i], group, groups, .3, false };
            tg_lattice_rest         rest;
            double                  variance, slowest;
            assert_ok(tg_lattice_variance(&one, &variance, &slowest));
            assert_ok(tg_lattice_groups_rest(&l, &rest));
            assert_near(rest.second / variance, 1, 1e-9);
            assert_near(rest.square_abscissa / slowest, 1, 1e-9);
        }
}

static void
test_errors(void **state)
{
    const tg_linear_rule asgd = tg_linear_asgd(.2, 1), buffer = tg_linear_fedbuff(.2, 1, 3);
    const tg_lattice_group  many = { law("{law: erlang, stages: 8, mean: 2}"), 40, 0 };
    const tg_lattice_groups l = { &asgd, &many, 1, .3, false };
    const tg_lattice_group  few_ = { law("{law: erlang, stages: 2, mean: 2}"), 2, 0 };
    const tg_lattice_groups other = { &buffer, &few_, 1, .3, false },
                            bad = { &asgd, &few_, 1, NAN, false };
    tg_lattice_rest rest;
    double          x[2];

    (void)state;
    assert_true(isinf(tg_lattice_groups_size(&l)));
    assert_fails(tg_lattice_groups_rest(&l, &rest), TG_EDOMAIN, "moments");
    assert_fails(tg_lattice_groups_rest(&other, &rest), TG_EDOMAIN, "moments");
    assert_fails(tg_lattice_groups_rest(&bad, &rest), TG_EDOMAIN, "sigma");
    assert_fails(tg_lattice_groups_transient(&bad, 1, 0, 2, x, x), TG_EDOMAIN, "horizon");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_workers_by_brute_force),
        cmocka_unit_test(test_exponential_workers),
        cmocka_unit_test(test_long_ways),
        cmocka_unit_test(test_a_wait_is_that_of_runs),
        cmocka_unit_test(test_a_long_way_after_a_wait),
        cmocka_unit_test(test_overflow_is_infinite),
        cmocka_unit_test(test_one_law_is_the_lattices),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
