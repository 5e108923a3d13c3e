/* Metrics: what a run's tables say, against what must hold, and from outside the library. */
#include "validation/unit/rules.h"

#include "asgd/sim/replicas.h"

static const tg_replicas_plan plan = { .horizon = 40,
                                       .points = 9,
                                       .target = NAN,
                                       .replicas = 30,
                                       .threads = 1,
                                       .metrics = tg_metrics_coherent };

static tg_simulation *
simulate(const tg_kind *rule, const tg_cluster *c, const tg_problem *p, size_t threads)
{
    tg_rng           g = tg_rng_stream(1, TG_PURPOSE_TEST, 5);
    tg_replicas_plan with = plan;
    tg_simulation   *s = NULL;
    const tg_setup   u = tg_setup_of(p, c, fitted(rule, c->workers, &g, false), .02, 4);

    with.threads = threads;
    assert_ok(tg_replicas_run(&u, &with, &s));
    return s;
}

static tg_table *
table_of(const tg_simulation *s, const tg_metric_kind *kind)
{
    tg_table *t = NULL;
    size_t    m = 0;

    while (tg_metrics_coherent[m] != &kind->is) m++;
    assert_ok(tg_table_create(kind->column, kind->columns, &t));
    assert_ok(tg_simulation_report(s, m, t));
    return t;
}

static double
value(const tg_table *t, size_t row, const char *column)
{
    size_t at = 0;

    assert_ok(tg_table_find(t, column, &at));
    return tg_table_number(t, row, at);
}

/* For every rule: the workers' deliveries add up to the ledger, applied <= delivered, nobody is busy
 * for longer than there is time; progress ends at the ledger too, and its loss is the run's. */
static void
test_sums(void **state)
{
    enum { N = 5 };
    tg_cluster *c = random_cluster(3, N, true);
    tg_problem *p = random_problem(3, N, 0.3);

    (void)state;
    for (size_t k = 0; tg_rules[k]; k++) {
        tg_simulation *s = simulate(tg_rules[k], c, p, 1);
        tg_table      *w = table_of(s, &tg_metric_workers),
                 *q = table_of(s, &tg_metric_progress);
        const double n = (double)s->replicas;
        double       delivered = 0, applied = 0, aborted = 0, stale = 0;
        for (size_t i = 0; i < N; i++) {
            delivered += value(w, i, "delivered");
            applied += value(w, i, "applied");
            aborted += value(w, i, "aborted");
            stale += value(w, i, "delivered") > 0
                         ? value(w, i, "delivered") * value(w, i, "model_delay")
                         : 0;
            assert_true(value(w, i, "busy") <= 1 + 1e-12);
            assert_true(value(w, i, "applied") <= value(w, i, "delivered"));
        }
        assert_near(delivered * n, (double)s->ledger.delivered, 1e-6);
        assert_near(applied * n, (double)s->ledger.applied, 1e-6);
        assert_near(aborted * n, (double)s->ledger.aborted, 1e-6);
        double histogram = 0;
        for (size_t j = 0; j < TG_STALENESS_BINS; j++)
            histogram += (double)j * (double)s->staleness[j];
        assert_near(stale * n, histogram, 1e-6 * (1 + histogram));
        double largest = 0;
        size_t last = TG_STALENESS_BINS - 1;
        for (size_t i = 0; i < N; i++)
            largest = fmax(largest, value(w, i, "largest_delay"));
        while (last > 0 && !s->staleness[last]) last--;
        assert_near(largest, (double)last, 0);
        for (size_t i = 0; i < plan.points; i++) {
            assert_near(value(q, i, "loss"), s->loss[i].mean, 0);
            assert_true(value(q, i, "updates") >= (i ? value(q, i - 1, "updates") : 0));
        }
        const struct {
            const char *name;
            double      total;
        } end[] = { { "updates", (double)s->ledger.updates },
                    { "gradients", (double)s->ledger.gradients },
                    { "applied", (double)s->ledger.applied },
                    { "dropped", (double)s->ledger.dropped },
                    { "aborted", (double)s->ledger.aborted } };
        for (size_t i = 0; i < sizeof end / sizeof *end; i++)
            assert_near(value(q, plan.points - 1, end[i].name) * n, end[i].total, 1e-6);
        tg_table_free(w);
        tg_table_free(q);
        tg_simulation_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* The same two workers step by step: how old is, at each update, the gradient that each delivered
 * last before it? */
static void
replay(double age[2])
{
    int updates = 0, latest[2] = { -1, -1 }, reads[2] = { 0, 0 };

    age[0] = age[1] = 0;
    for (int t = 1; t <= 40; t++)
        for (int w = 0; w < (t % 3 ? 1 : 2); w++) {
            updates++;
            for (int v = 0; v < 2; v++)
                if (latest[v] >= 0) age[v] += updates - latest[v];
            latest[w] = reads[w];
            reads[w] = updates;
        }
    for (int v = 0; v < 2; v++) age[v] /= updates;
}

/* Two workers of constant times 1 and 3 under ASGD, by hand. Over t in (0, 40] worker 0 delivers 40
 * times, worker 1 13 times with 3 updates of 0 between each (and its own: 3, then 3); the age of
 * worker 0's latest gradient at an update is 1 at its own (or 2, where worker 1 came between), so
 * data delay <= model delay + its own period. */
static void
test_delays(void **state)
{
    const double time[] = { 1, 3 };
    tg_cluster  *c = cluster_of_times(time, 2);
    tg_problem  *p = random_problem(1, 2, 0);

    (void)state;
    tg_simulation *s = simulate(&tg_rule_asgd.is, c, p, 1);
    tg_table      *w = table_of(s, &tg_metric_workers);
    assert_near(value(w, 0, "delivered"), 40, 0);
    assert_near(value(w, 1, "delivered"), 13, 0);
    assert_near(value(w, 1, "model_delay"), 3, 1e-12);
    assert_near(value(w, 1, "largest_delay"), 3, 0);
    assert_near(value(w, 0, "busy"), 1, 1e-12);
    assert_near(value(w, 1, "busy"), 39. / 40, 1e-12);
    /* worker 0: its delivery k is one update old, two where worker 1's lies between: k = 4, 7, .. */
    assert_near(value(w, 0, "model_delay"), 13. / 40, 1e-12);
    double data[2];
    replay(data);
    assert_near(value(w, 0, "data_delay"), data[0], 1e-12); /* 129/53 */
    assert_near(value(w, 1, "data_delay"), data[1], 1e-12); /* 317/53 */
    tg_table_free(w);
    tg_simulation_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Uniform assignment is a closed network: n jobs at n stations of equal exponential times, every way
 * to spread them as likely as any other (Gordon, Newell 1967). So a worker has nothing to do with
 * probability (n - 1)/(2n - 1), and as many jobs wait for it in the mean. Nobody waits under ASGD. */
static void
test_queues(void **state)
{
    enum { N = 5 };
    tg_delay    *law = NULL;
    tg_cluster  *c = NULL;
    const size_t count = N;
    const double expected = (N - 1.) / (2 * N - 1.);
    tg_problem  *p = random_problem(1, N, 0);

    (void)state;
    assert_ok(tg_delay_parse("{law: exponential, mean: 0.01}", &law));
    assert_ok(tg_cluster_create(1, &count, &law, false, &c));
    for (int uniform = 0; uniform < 2; uniform++) {
        tg_simulation *s =
            simulate(uniform ? &tg_rule_uniform.is : &tg_rule_asgd.is, c, p, 1);
        tg_table *w = table_of(s, &tg_metric_workers);
        double    mean = 0;
        for (size_t i = 0; i < N; i++) mean += value(w, i, "queue") / N;
        /* of one look at one worker the variance is below 1, all workers' jobs add up to N */
        assert_near(mean, uniform ? expected : 0,
                    uniform ? 4 / sqrt((double)(s->replicas * plan.points)) : 0);
        tg_table_free(w);
        tg_simulation_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
    tg_delay_free(law);
}

static void
test_threads_do_not_show(void **state)
{
    tg_cluster *c = random_cluster(5, 4, false);
    tg_problem *p = random_problem(5, 4, 0.3);

    (void)state;
    tg_simulation *s = simulate(&tg_rule_asgd.is, c, p, 1),
                  *t = simulate(&tg_rule_asgd.is, c, p, 2);
    for (size_t m = 0; tg_metrics_coherent[m]; m++) {
        const tg_metric_kind *kind = (const tg_metric_kind *)tg_metrics_coherent[m];
        assert_memory_equal(s->metric[m], t->metric[m], kind->room(&s->metric_plan));
    }
    tg_simulation_free(s);
    tg_simulation_free(t);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* One mode with Gaussian noise settles where loss over its mean is chi-square of one degree: its
 * quantiles, within 4 s.e. of 4000 runs and half a bucket. Before any job, all runs are alike. */
static void
test_spread(void **state)
{
    static const struct {
        const char *name;
        double at, error; /* over the mean; relative s.e., sqrt(p (1 - p) / n) / (q f(q)) */
    } known[] = { { "low", 0.015791, 0.095 },
                  { "median", 0.454936, 0.037 },
                  { "high", 2.705543, 0.028 } };
    const double     one = 1, sigma = 0.1, bucket = 0.0443;
    tg_rng           g = tg_rng_stream(1, TG_PURPOSE_TEST, 6);
    tg_cluster      *c = cluster_of_times(&one, 1);
    tg_replicas_plan with = plan;
    tg_problem      *p = NULL;
    tg_simulation   *s = NULL;

    (void)state;
    assert_ok(tg_problem_quadratic(1, &one, &one, &sigma, 1, NULL, &p));
    with.replicas = 4000;
    const tg_setup u = tg_setup_of(p, c, fitted(&tg_rule_asgd.is, 1, &g, false), .5, 4);
    assert_ok(tg_replicas_run(&u, &with, &s));
    tg_table *t = table_of(s, &tg_metric_spread);
    assert_int_equal(tg_table_rows(t), plan.points);
    for (size_t k = 0; k < 3; k++) {
        const double mean = s->loss[plan.points - 1].mean;
        assert_near(value(t, plan.points - 1, known[k].name) / mean / known[k].at, 1,
                    4 * known[k].error + bucket);
        assert_near(value(t, 0, known[k].name) / 0.5, 1, bucket);
    }
    tg_table_free(t);
    tg_simulation_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* P(gap <= t) of two Erlang-2 workers of mean 1 seen from an arrival: the one that came lasts another
 * job, of the other there is left what is left of a job at a time that is not its own (Cox, Lewis 1966). */
static double
two_erlang(double t)
{
    return 1 - (1 + 2 * t) * exp(-2 * t) * (1 + t) * exp(-2 * t);
}

static void
check_gaps(const char *law, size_t workers, double cv, double (*share)(double t))
{
    tg_rng           g = tg_rng_stream(1, TG_PURPOSE_TEST, 5);
    tg_delay        *delay = NULL;
    tg_cluster      *c = NULL;
    tg_problem      *p = random_problem(3, workers, 0.3);
    tg_replicas_plan with = plan;
    tg_simulation   *s = NULL;

    with.replicas = 2000;
    assert_ok(tg_delay_parse(law, &delay));
    assert_ok(tg_cluster_create(1, &workers, &delay, false, &c));
    const tg_setup u =
        tg_setup_of(p, c, fitted(&tg_rule_asgd.is, workers, &g, false), .02, 4);
    assert_ok(tg_replicas_run(&u, &with, &s));
    tg_table    *t = table_of(s, &tg_metric_gaps);
    const double n = (double)s->ledger.delivered;
    assert_true(tg_table_rows(t) > 60);
    assert_near(value(t, 0, "cv"), cv, 0.01);
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        const double gap = value(t, i, "gap"), found = value(t, i, "share");
        assert_near(value(t, i, "poisson"), 1 - exp(-gap), 1e-14);
        if (i > 0) assert_true(found >= value(t, i - 1, "share"));
        const double known = share ? share(gap / (double)workers) : gap > 1;
        if (share || fabs(gap - 1) > 0.1) /* the horizon cuts the last gap of a run */
            assert_near(found, known, 4 * sqrt(known * (1 - known) / n) + 0.01);
    }
    tg_table_free(t);
    tg_simulation_free(s);
    tg_delay_free(delay);
    tg_cluster_free(c);
    tg_problem_free(p);
}

static double
memoryless(double t)
{
    return 1 - exp(-3 * t);
}

static void
test_gaps(void **state)
{
    (void)state;
    check_gaps("{law: constant, value: 1}", 1, 0, NULL);
    check_gaps("{law: exponential, mean: 1}", 3, 1, memoryless);
    check_gaps("{law: erlang, stages: 2, mean: 1}", 2, 0.79057, two_erlang);
}

/* One mode, one worker, a look after every update: g_k = (1 - e)^k, so that <g_k, g_(k-j)>/|g_k|^2 =
 * (1 - e)^-j. At e = .5 all point the same way and the least is the gradient itself; at e = 1.5 they turn
 * at every update, and (-2)^7 is the least of eight. */
static void
test_coherence(void **state)
{
    enum { POINTS = 13 };
    const double     one = 1, none = 0;
    tg_cluster      *c = cluster_of_times(&one, 1);
    tg_problem      *p = NULL;
    tg_replicas_plan with = plan;

    (void)state;
    with.horizon = POINTS - 1;
    with.points = POINTS;
    with.replicas = 2;
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, 1, NULL, &p));
    for (int turns = 0; turns < 2; turns++) {
        const tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), turns ? 1.5 : .5, 1);
        tg_simulation *s = NULL;
        assert_ok(tg_replicas_run(&u, &with, &s));
        tg_table *t = table_of(s, &tg_metric_coherence);
        for (size_t k = 0; k < POINTS; k++) {
            const double sign = turns ? -1 : 1, window = k < 8 ? (double)k : 8,
                         odd =
                             window - (fmod(window, 2) == 0); /* the last that is turned */
            assert_near(value(t, k, "mu"), turns && k > 0 ? -pow(2, odd) : 1, 1e-12);
            if (k > 0) assert_near(value(t, k, "cosine_1"), sign, 1e-12);
            if (k > 1) assert_near(value(t, k, "cosine_2"), 1, 1e-12);
            assert_int_equal(isnan(value(t, k, "cosine_8")), k < 8);
            if (k > 0) assert_near(value(t, k, "mu_error"), 0, 1e-12);
        }
        tg_table_free(t);
        tg_simulation_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_sums), cmocka_unit_test(test_delays),
    cmocka_unit_test(test_queues), cmocka_unit_test(test_spread),
    cmocka_unit_test(test_gaps), cmocka_unit_test(test_coherence),
    cmocka_unit_test(test_threads_do_not_show))
