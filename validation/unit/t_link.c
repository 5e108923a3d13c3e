/* link: closed clusters against the product form of THEORY.md 7, and small ones by hand */
#include "validation/unit/worklog.h"

#include "asgd/links/link.h"

#include <complex.h>

/* Machine repair: P workers compute for m in the mean, by any law, and come to c servers of
 * exponential transfers of mean u, or to a shared link of capacity c, which is the same:
 * pi_j ~ P!/(P - j)! (u/m)^j / prod_{i <= j} min(i, c), and on that one for any law of transfers
 * (Baskett, Chandy, Muntz, Palacios 1975). */
static void
occupation(size_t workers, double m, double u, double c, double *pi)
{
    double sum = 1;

    pi[0] = 1;
    for (size_t j = 1; j <= workers; j++) {
        pi[j] = pi[j - 1] * (double)(workers - j + 1) * u / m / fmin((double)j, c);
        sum += pi[j];
    }
    for (size_t j = 0; j <= workers; j++) pi[j] /= sum;
}

static double
throughput(size_t workers, double m, double u, double c)
{
    double pi[101], sum = 0;

    occupation(workers, m, u, c, pi);
    for (size_t j = 1; j <= workers; j++) sum += pi[j] * fmin((double)j, c) / u;
    return sum;
}

typedef struct closed {
    const char *compute, *transfer;
    const char *link;
    size_t      workers;
    double      capacity; /* servers; 0: as it is */
} closed;

static tg_setup
setup_closed(const closed *a, const tg_problem *p, const tg_cluster *c, const tg_delay *law)
{
    tg_setup u = tg_setup_of(p, c, tg_choice_of(&logging.is), .1, 6);

    u.uplink.transfer = law;
    assert_ok(tg_link_find(a->link, &u.uplink.kind));
    if (a->capacity > 0) u.uplink.kind.param[0] = a->capacity;
    return u;
}

/* Deliveries a time, by batches after a beginning; and E e^{-s D} of the round trips D, NaN: not
 * asked for. */
static void
run_closed(const closed *a, double batch, double complex s, tg_stats *rate, tg_stats *phi)
{
    enum { BATCHES = 60 };
    tg_problem    *p = parabola(a->workers);
    tg_cluster    *c = cluster_of(a->workers, a->compute, false);
    tg_delay      *law = law_of(a->transfer);
    const tg_setup u = setup_closed(a, p, c, law);
    tg_sim        *sim = NULL;
    tg_happening   h;

    *rate = phi[0] = phi[1] = (tg_stats){ 0 };
    assert_ok(tg_sim_create(&u, 0, &sim));
    for (int b = -5; b < BATCHES; b++) {
        double complex sum = 0;
        for (worklogs = 0; tg_sim_next(sim) <= (b + 6) * batch;)
            assert_ok(tg_sim_advance(sim, &h));
        for (size_t i = 0; i < worklogs; i++)
            sum += cexp(-s * (worklog[i].now - worklog[i].since));
        if (b < 0) continue;
        tg_stats_add(rate, (double)worklogs / batch);
        tg_stats_add(&phi[0], creal(sum) / (double)worklogs);
        tg_stats_add(&phi[1], cimag(sum) / (double)worklogs);
    }
    tg_sim_free(sim);
    tg_delay_free(law);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* THEORY.md 7, (P, u) -> lambda with E T_c = 1, whatever the law of T_c. */
static void
test_one_uplink(void **state)
{
    static const struct {
        size_t      workers;
        const char *transfer;
        double      u, lambda;
    } row[] = { { 4, "{law: exponential, mean: 0.1}", .1, 3.5333678220 },
                { 10, "{law: exponential, mean: 0.1}", .1, 7.8541765689 },
                { 20, "{law: exponential, mean: 0.1}", .1, 9.9813095015 },
                { 50, "{law: exponential, mean: 0.1}", .1, 10.0000000 },
                { 10, "{law: exponential, mean: 0.5}", .5, 1.9999236197 } };
    static const char *const compute[] = { "{law: exponential, mean: 1}",
                                           "{law: lognormal, mean: 1, cv: 1.2}",
                                           "{law: uniform, min: 0.5, max: 1.5}" };

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_near(throughput(row[i].workers, 1, row[i].u, 1), row[i].lambda, 2e-10);
        for (size_t k = 0; k < 3; k++) {
            const closed a = { compute[k], row[i].transfer, "fifo", row[i].workers, 0 };
            tg_stats     rate, phi[2];
            run_closed(&a, 400, 0, &rate, phi);
            assert_mean(rate, row[i].lambda);
            /* without the wait it would be this */
            const double free = (double)row[i].workers / (1 + row[i].u);
            assert_true(fabs(rate.mean - free) > 6 * tg_stats_error(&rate));
        }
    }
}

/* The arrival theorem: phi(s) = phi_c(s) sum_j pi_j(P - 1) (1 + u s)^{-(j + 1)}; what is not it:
 * pi(P) in its place. */
static void
test_transform(void **state)
{
    const double complex at[] = { .3, 1, 3, .5 + 2 * I };
    const closed a = { "{law: gamma, shape: 3, mean: 1}", "{law: exponential, mean: 0.1}",
                       "fifo", 10, 0 };
    tg_delay    *compute = law_of(a.compute);
    double       pi[11], wrong[11];
    size_t       told = 0;

    (void)state;
    occupation(9, 1, .1, 1, pi);
    occupation(10, 1, .1, 1, wrong);
    for (size_t i = 0; i < 4; i++) {
        double complex right = 0, other = 0;
        tg_stats       rate, phi[2];
        for (int j = 0; j <= 10; j++) {
            if (j < 10) right += pi[j] * cpow(1 + .1 * at[i], -(j + 1));
            other += wrong[j] * cpow(1 + .1 * at[i], -(j + 1));
        }
        right *= tg_delay_laplace(compute, at[i], NULL);
        other *= tg_delay_laplace(compute, at[i], NULL);
        run_closed(&a, 2000, at[i], &rate, phi);
        assert_near(phi[0].mean, creal(right), 4 * tg_stats_error(&phi[0]));
        assert_near(phi[1].mean, cimag(right), 4 * tg_stats_error(&phi[1]) + 1e-15);
        told += fabs(phi[0].mean - creal(other)) > 6 * tg_stats_error(&phi[0]);
    }
    assert_true(told >= 3);
    tg_delay_free(compute);
}

/* c uplinks; and a shared link, whose throughput is insensitive to the law of transfers as well,
 * which first come, first served is not. */
static void
test_capacity(void **state)
{
    static const closed row[] = {
        { "{law: gamma, shape: 2, mean: 1}", "{law: exponential, mean: 0.4}", "fifo", 8,
          2 },
        { "{law: exponential, mean: 1}", "{law: exponential, mean: 0.8}", "fifo", 9, 5 },
        { "{law: gamma, shape: 2, mean: 1}", "{law: exponential, mean: 0.4}", "shared", 8,
          2 },
        { "{law: exponential, mean: 1}", "{law: constant, value: 0.4}", "shared", 6, 1 },
        { "{law: uniform, min: 0, max: 2}", "{law: lognormal, mean: 0.4, cv: 2}", "shared",
          6, 1 },
        { "{law: uniform, min: 0, max: 2}", "{law: lognormal, mean: 0.4, cv: 2}", "shared",
          6, 2.5 },
        { "{law: exponential, mean: 1}", "{law: lognormal, mean: 0.4, cv: 2}", "none", 6,
          0 },
    };
    tg_stats rate, phi[2];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const double u = i == 1 ? .8 : .4;
        const double c = row[i].capacity > 0 ? row[i].capacity : INFINITY;
        run_closed(&row[i], 400, 0, &rate, phi);
        assert_mean(rate, throughput(row[i].workers, 1, u, c));
    }
    const closed sensitive = { "{law: exponential, mean: 1}",
                               "{law: hyperexponential, weights: [0.9, 0.1], "
                               "means: [0.05, 3.55]}",
                               "fifo", 6, 1 };
    run_closed(&sensitive, 400, 0, &rate, phi);
    assert_true(fabs(rate.mean - throughput(6, 1, .4, 1)) > 10 * tg_stats_error(&rate));
}

/* ---- by hand ---------------------------------------------------------------------------------- */

static tg_cluster *
two_constants(double first, double second)
{
    const size_t count[2] = { 1, 1 };
    tg_cluster  *c = NULL;
    tg_delay    *law[2];

    assert_ok(tg_delay_create("constant", &first, &law[0]));
    assert_ok(tg_delay_create("constant", &second, &law[1]));
    assert_ok(tg_cluster_create(2, count, law, true, &c));
    tg_delay_free(law[0]);
    tg_delay_free(law[1]);
    return c;
}

static void
check_log(const tg_setup *u, const double *time, const size_t *worker, size_t n)
{
    run_until(u, 0, time[n - 1] + 1e-6);
    assert_int_equal(worklogs, n);
    for (size_t i = 0; i < n; i++) {
        assert_near(worklog[i].now, time[i], 1e-12);
        assert_int_equal(worklog[i].worker, worker[i]);
    }
}

/* Computing takes 1 and 2, a transfer 2 alone. Shared: from 2 on both move at half speed, and
 * worker 0, which has 1 left, is done at 4; worker 1 then has 1 left, alone: 5; worker 0 is alone
 * from 5 to 7; both again from 8, when worker 1 has 1 left: 10. */
static void
test_two_workers(void **state)
{
    const size_t who[] = { 0, 1, 0, 1 };
    const double shared[] = { 4, 5, 7, 10 }, fifo[] = { 3, 5, 7, 9 },
                 both[] = { 3, 4, 6, 8 };
    tg_problem *p = parabola(2);
    tg_cluster *c = two_constants(1, 2);
    tg_delay   *two = law_of("{law: constant, value: 2}");
    tg_setup    u = tg_setup_of(p, c, tg_choice_of(&logging.is), .1, 6);

    (void)state;
    u.uplink.transfer = two;
    u.uplink.kind = tg_choice_of(&tg_link_shared.is);
    check_log(&u, shared, who, 4);
    u.uplink.kind = tg_choice_of(&tg_link_fifo.is);
    check_log(&u, fifo, who, 4);
    assert_ok(tg_choice_set(&u.uplink.kind, "servers", 2));
    check_log(&u, both, who, 4);
    u.uplink.kind = (tg_choice){ 0 };
    check_log(&u, both, who, 4);
    tg_delay_free(two);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* The round trip is downlink 3 + .5, computing 1, uplink 2 + .25, alone; compressed bytes are
 * counted. The downlink of first come, first served keeps worker 1 waiting, latency does not. */
static void
test_stages(void **state)
{
    const size_t who[] = { 0, 1, 0, 1 };
    const double time[] = { 6.75, 9.75, 13.5, 16.5 };
    tg_problem  *p = parabola(2);
    tg_cluster  *c = two_constants(1, 1);
    tg_setup     u = tg_setup_of(p, c, tg_choice_of(&logging.is), .1, 6);
    tg_sim      *s = NULL;
    tg_happening h;

    (void)state;
    u.downlink = (tg_link){ .kind = tg_choice_of(&tg_link_fifo.is),
                            .bytes = 600,
                            .compression = .5,
                            .bandwidth = 100,
                            .latency = .5 };
    u.uplink = (tg_link){ .bytes = 200, .bandwidth = 100, .latency = .25 };
    check_log(&u, time, who, 4);
    assert_ok(tg_sim_create(&u, 0, &s));
    static const struct {
        double        t;
        tg_event_kind what;
        size_t        worker;
    } happens[] = { { 3, TG_LEAVES_DOWN, 0 }, { 3.5, TG_ARRIVES, 0 },
                    { 4.5, TG_FINISHES, 0 },  { 6, TG_LEAVES_DOWN, 1 },
                    { 6.5, TG_LEAVES_UP, 0 }, { 6.5, TG_ARRIVES, 1 },
                    { 6.75, TG_DELIVERS, 0 }, { 7.5, TG_FINISHES, 1 } };
    size_t out_of_order = 0;
    for (size_t i = 0; i < 8; i++) {
        const double t = tg_sim_next(s);
        assert_ok(tg_sim_advance(s, &h));
        assert_near(t, happens[i].t, 1e-12);
        out_of_order += h.what != happens[i].what || h.worker != happens[i].worker;
    }
    assert_int_equal(out_of_order, 2); /* at 6.5 the arrival comes before the leaving */
    tg_ledger l = tg_sim_ledger(s);
    assert_true(l.begun == 3 && l.delivered == 1 && l.fetched == 2);
    assert_true(l.bytes_up == 200 && l.bytes_down == 600);
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* Each goes on at the point of the job that is delivered, worker 0 with its own. */
static tg_status
go_on(tg_sim *s, void *room, const tg_job *job)
{
    (void)room;
    write_down(s, job);
    TG_TRY(tg_sim_assign_same(s, 0, job));
    return job->worker == 1 ? tg_sim_assign(s, 1) : TG_OK;
}

/* A model that the worker has need not be fetched again; another's must be. Computing takes 1 and
 * 10, a fetch 3. */
static void
test_had(void **state)
{
    static const tg_rule_kind going = { .is = { "going", "", "", NULL }, .deliver = go_on };
    const double              time[] = { 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13, 14, 15 };
    tg_problem               *p = parabola(2);
    tg_cluster               *c = two_constants(1, 10);
    tg_setup                  u = tg_setup_of(p, c, tg_choice_of(&going.is), .1, 6);
    tg_sim                   *s = NULL;
    tg_happening              h;

    (void)state;
    u.downlink.latency = 3;
    worklogs = 0;
    assert_ok(tg_sim_create(&u, 0, &s));
    while (tg_sim_next(s) < 15.5) assert_ok(tg_sim_advance(s, &h));
    for (size_t i = 0; i < worklogs; i++) assert_near(worklog[i].now, time[i], 1e-12);
    assert_int_equal(worklogs, 13);
    assert_int_equal(tg_sim_ledger(s).fetched, 2);
    while (tg_sim_next(s) < 16.5) assert_ok(tg_sim_advance(s, &h));
    assert_int_equal(tg_sim_ledger(s).fetched, 4); /* worker 1's model by both, at 16 */
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* Bytes are counted where transfers take no time, too. */
static void
test_bytes_only(void **state)
{
    tg_problem  *p = parabola(2);
    tg_cluster  *c = two_constants(1, 2);
    tg_setup     u = tg_setup_of(p, c, tg_choice_of(&tg_rule_asgd.is), .1, 6);
    tg_sim      *s = NULL;
    tg_happening h;

    (void)state;
    u.uplink.bytes = 8;
    u.downlink.bytes = 4;
    assert_ok(tg_sim_create(&u, 0, &s));
    while (tg_sim_next(s) < 4.5) assert_ok(tg_sim_advance(s, &h));
    assert_true(tg_sim_ledger(s).bytes_up == 6 * 8 && tg_sim_ledger(s).bytes_down == 8 * 4);
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* All at the same times: the lower worker first, at every stage. */
static void
test_ties(void **state)
{
    enum { WORKERS = 7 };
    tg_problem *p = parabola(WORKERS);
    tg_cluster *c = cluster_of(WORKERS, "{law: constant, value: 1}", true);
    tg_delay   *one = law_of("{law: constant, value: 1}");
    tg_setup    u = tg_setup_of(p, c, tg_choice_of(&logging.is), .1, 6);

    (void)state;
    for (size_t k = 0; tg_links[k]; k++) {
        u.uplink = u.downlink = (tg_link){ tg_choice_of(tg_links[k]), one, .latency = .5 };
        run_until(&u, 0, 60);
        assert_true(worklogs > WORKERS * 2);
        for (size_t i = 0; i < worklogs; i++)
            assert_int_equal(worklog[i].worker, i % WORKERS);
    }
    tg_delay_free(one);
    tg_cluster_free(c);
    tg_problem_free(p);
}

static void
test_domain(void **state)
{
    tg_problem *p = parabola(2);
    tg_cluster *c = two_constants(1, 2);
    tg_setup    u = tg_setup_of(p, c, tg_choice_of(&tg_rule_asgd.is), .1, 6);
    tg_sim     *s = NULL;

    (void)state;
    assert_fails(tg_link_find("fifa", &u.uplink.kind), TG_EINPUT, "fifo");
    assert_ok(tg_link_find("fifo", &u.uplink.kind));
    assert_fails(tg_sim_create(&u, 0, &s), TG_EDOMAIN, "law of transfer or a bandwidth");
    u.uplink.bandwidth = 5;
    u.uplink.kind.param[0] = 1.5;
    assert_fails(tg_sim_create(&u, 0, &s), TG_EDOMAIN, "servers");
    u.uplink = (tg_link){ .latency = -1 };
    assert_fails(tg_sim_create(&u, 0, &s), TG_EDOMAIN, "latency");
    u.uplink = (tg_link){ .bytes = NAN };
    assert_fails(tg_sim_create(&u, 0, &s), TG_EDOMAIN, "bytes");
    assert_null(s);
    tg_cluster_free(c);
    tg_problem_free(p);
}

RUN(cmocka_unit_test(test_one_uplink), cmocka_unit_test(test_transform),
    cmocka_unit_test(test_capacity), cmocka_unit_test(test_two_workers),
    cmocka_unit_test(test_stages), cmocka_unit_test(test_had),
    cmocka_unit_test(test_bytes_only), cmocka_unit_test(test_ties),
    cmocka_unit_test(test_domain))
