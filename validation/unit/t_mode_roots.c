/* The roots of a mode with the workers there are: exact where they are known, on both sides of where a
 * mean is lost, first order in 1/P else. */
#include "validation/unit/clusters.h"

#include "asgd/theory/mode_roots.h"
#include "solver/cycle.h"
#include "solver/exponential.h"
#include "solver/lattice.h"

static tg_mode_equation
equation_of(const tg_cluster *c, double k)
{
    tg_mode_equation q;

    assert_ok(tg_cluster_equation(c, &tg_asgd, k / (double)c->workers, 1, &q));
    return q;
}

/* The rightmost root, by its line; the level by the way. */
static double complex
rightmost(const tg_cluster *c, double k, tg_level *level)
{
    tg_mode_equation q = equation_of(c, k);
    double           line = NAN;
    tg_roots         r;

    assert_ok(tg_mode_roots(&q, &line, &r));
    assert_true(r.count > 0 && r.certificate.winding == r.certificate.found);
    const double complex s = r.root[0].s;
    if (level) *level = q.level;
    tg_roots_free(&r);
    tg_mode_equation_close(&q);
    return s;
}

static size_t
unstable(const tg_cluster *c, double k)
{
    tg_mode_equation q = equation_of(c, k);
    size_t           count;
    double           clearance;

    assert_ok(tg_mode_unstable(&q, &count, &clearance));
    tg_mode_equation_close(&q);
    return count;
}

/* (1 - e) phi(s) = 1: Erlang-2 has (1 + s/2)^2 = 1 - e. */
static void
test_one_worker(void **state)
{
    tg_cluster *c = cluster_of("{law: erlang, stages: 2, mean: 1}", 1);
    tg_level    level;

    (void)state;
    for (double e = 0.2; e < 1; e += 0.2) {
        const double complex s = rightmost(c, e, &level);
        assert_int_equal(level, TG_LEVEL_EXACT);
        assert_near(creal(s), 2 * (sqrt(1 - e) - 1), 4e-4);
    }
    /* e > 1: -2 + 2 i sqrt(e - 1) is never lost in mean; e = 2 is in mean square */
    assert_int_equal(unstable(c, 1.9), 0);
    tg_cluster_free(c);
}

/* The single worker's mean square, 1 - (1 - e)^2 phi(s): lost at e = 2, and found there. */
static void
test_one_worker_square(void **state)
{
    tg_cluster      *c = cluster_of("{law: gamma, shape: 2.5, mean: 1}", 1);
    tg_mode_equation q = equation_of(c, 0.5);

    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        const double       e = 2 + 1e-6 * side;
        tg_corrected_group g = q.series[0];
        g.rate = (1 - e) * (1 - e);
        const tg_corrected square = {
            .dt = tg_renewal_step(q.grid), .e = NAN, .groups = 1, .group = &g
        };
        size_t count;
        assert_ok(tg_corrected_count(&square, 0, &count, NULL, NULL));
        assert_int_equal(count, side > 0 ? 1 : 0);
    }
    tg_mode_equation_close(&q);
    tg_cluster_free(c);
}

/* Exponential workers of two speeds: the rate of the mean by the eigenvalues of its moments. */
static void
test_exponential(void **state)
{
    const size_t count[] = { 3, 5 };
    const double means[] = { 1, 4 }, workers[] = { 3, 5 }, rate[] = { 1, 0.25 };
    tg_delay    *law[2];
    tg_cluster  *c = NULL;
    tg_level     level;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_ok(tg_delay_create("exponential", &means[i], &law[i]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    for (double e = 0.02; e < 0.4; e *= 2) {
        const tg_exponential x = { tg_linear_asgd(e, 1), 2, workers, rate, NULL, 1 };
        double               mean;
        assert_ok(tg_exponential_stationary(&x, NULL, NULL, NULL, &mean));
        const double complex s = rightmost(c, 8 * e, &level);
        assert_int_equal(level, TG_LEVEL_EXACT);
        assert_near(creal(s), mean, 1e-9);
    }
    tg_cluster_free(c);
    for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
}

/* Constant times in turn: no root right of 0 just before the limit, two just past it. */
static void
test_in_turn(void **state)
{
    (void)state;
    for (size_t P = 1; P <= 8; P++) {
        tg_cluster  *c = cluster_of("{law: constant, value: 2}", P);
        const double limit = (double)P * tg_cycle_limit(P, false);
        assert_int_equal(unstable(c, limit * (1 - 1e-6)), 0);
        assert_int_equal(unstable(c, limit * (1 + 1e-6)), P == 1 ? 1 : 2);
        if (P == 1) /* x <- x/2 every 2 */
            assert_near(creal(rightmost(c, 0.5, NULL)), -log(2) / 2, 1e-12);
        tg_cluster_free(c);
    }
}

/* The slowest rate of the exact mean of a lattice, from its course where nothing else is left. */
static double
exact_rate(const char *text, size_t P, double k)
{
    enum { N = 81 };
    tg_delay  *law = NULL;
    tg_lattice l = { .workers = P, .eta = k / (double)P, .h = 1, .sigma = 0 };
    double     mean[N], second[N];

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_phase_from_delay(law, &l.law));
    const int from = (int)(3 / k), to = (int)(4.5 / k);
    assert_ok(tg_lattice_transient(&l, 1, 80, N, mean, second));
    tg_delay_free(law);
    return log(mean[to] / mean[from]) / (to - from);
}

/* Against the lattice: the error of the root falls like P^-2, the mean field's like 1/P. */
static void
test_order(void **state)
{
    static const struct {
        const char *law;
        double      k;
    } row[] = { { "{law: erlang, stages: 2, mean: 1}", 0.15 },
                { "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}", 0.06 } };

    (void)state;
    for (int i = 0; i < 2; i++) {
        double error[3], field[3];
        for (int j = 0; j < 3; j++) {
            const size_t P = (size_t)4 << j;
            const double k = row[i].k, exact = exact_rate(row[i].law, P, k);
            tg_cluster  *c = cluster_of(row[i].law, P),
                       *many = cluster_of(row[i].law, 100000);
            error[j] = fabs(creal(rightmost(c, k, NULL)) - exact);
            field[j] = fabs(creal(rightmost(many, k, NULL)) - exact);
            print_message("%s P = %zu: exact %.8f, off %.2e, mean field %.2e\n", row[i].law,
                          P, exact, error[j], field[j]);
            tg_cluster_free(c);
            tg_cluster_free(many);
        }
        assert_true(error[0] < field[0] / 8 && error[1] < field[1] / 16);
        assert_true(log2(error[0] / error[1]) > 1.6);
    }
}

/* Where the mean is lost, by bisection of the counts; one step before it there is no root, one past it a
 * pair, and both verdicts are proved. Few workers of constant times settle beyond the mean field's k*,
 * exponential ones never lose their mean. */
static void
test_both_sides(void **state)
{
    tg_cluster *c = cluster_of("{law: erlang, stages: 4, mean: 1}", 64);
    double      low = 1, high = 4;

    (void)state;
    while (high - low > 1e-3) {
        const double k = (low + high) / 2;
        *(unstable(c, k) ? &high : &low) = k;
    }
    print_message("the mean of 64 Erlang-4 workers is lost at %.3f\n", low);
    assert_true(low > 2.274 && low < 2.4); /* 2.27418 of many */
    for (int side = -1; side <= 1; side += 2) {
        const double    rate = 64, k = low * (1 + 5e-3 * side);
        const tg_delay *law = c->law[0];
        tg_proof        p;
        assert_int_equal(unstable(c, k), side > 0 ? 2 : 0);
        const tg_status status =
            tg_corrected_prove(&(tg_renewing){ k / 64, 1, &law, &rate }, &p);
        if (status == TG_EINPUT) skip(); /* built without Arb */
        assert_ok(status);
        assert_int_equal(p.verdict, side > 0 ? TG_PROVED_UNSTABLE : TG_PROVED_STABLE);
        assert_int_equal(p.unstable, side > 0 ? 2 : 0);
    }
    tg_cluster_free(c);
    c = cluster_of("{law: exponential, mean: 1}", 8);
    assert_int_equal(unstable(c, 50), 0);
    tg_cluster_free(c);
}

/* Proofs of groups, and of what has no closed form. */
static void
test_proofs(void **state)
{
    const size_t count[] = { 3, 5 };
    tg_delay    *law[2];
    tg_cluster  *c = NULL;
    size_t       roots = 77;
    bool         proved;

    (void)state;
    assert_ok(tg_delay_parse("{law: erlang, stages: 3, mean: 1}", &law[0]));
    assert_ok(tg_delay_parse(
        "{sum: [{law: exponential, mean: 1}, {law: hyperexponential, weights: "
        "[1, 2], means: [1, 3]}]}",
        &law[1]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    tg_mode_equation q = equation_of(c, 1);
    assert_ok(tg_mode_prove(&q, &roots, &proved));
    if (proved) assert_int_equal(roots, 0);
    const tg_renewing workers = { 1.85, 2, q.law, q.rate };
    tg_proof          p;
    const tg_status   status = tg_corrected_prove(&workers, &p);
    if (status != TG_EINPUT) {
        assert_true(proved);
        assert_ok(status);
        assert_int_equal(p.verdict, TG_PROVED_UNSTABLE);
        assert_int_equal(p.unstable, 2);
    }
    tg_mode_equation_close(&q);
    tg_cluster_free(c);
    for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
    c = cluster_of("{law: uniform, min: .5, max: 1.5}", 4);
    q = equation_of(c, 1);
    assert_ok(tg_mode_prove(&q, &roots, &proved));
    assert_false(proved);
    double   line = -50;
    tg_roots r;
    assert_fails(tg_mode_roots(&q, &line, &r), TG_EDOMAIN, "the line -50 is not right of");
    tg_mode_equation_close(&q);
    assert_fails(tg_cluster_equation(c, &tg_dude, .1, 1, &q), TG_EDOMAIN,
                 "asynchronous SGD");
    tg_cluster_free(c);
}

/* A law without an exponential tail is counted right of 0. */
static void
test_heavy_tail(void **state)
{
    tg_cluster *c = cluster_of("{law: lognormal, mean: 1, cv: .5}", 3);

    (void)state;
    assert_int_equal(unstable(c, 1), 0);
    assert_int_equal(unstable(c, 5), 2);
    tg_cluster_free(c);
}

/* A prediction carries the certificate of its steepest mode: none right of 0 where it converges, proved where
 * the law's transform is rational, a pair beyond where the mean is lost. */
static void
test_prediction(void **state)
{
    static const struct {
        const char         *law;
        size_t              workers;
        double              gain;
        tg_certificate_kind kind;
        size_t              right;
    } row[] = { { "{law: erlang, stages: 4, mean: 1}", 64, 1, TG_PROVED, 0 },
                { "{law: erlang, stages: 4, mean: 1}", 64, 2.5, TG_COUNTED, 2 },
                { "{law: exponential, mean: 1}", 8, 1, TG_PROVED, 0 },
                { "{law: lognormal, mean: 1, cv: .5}", 32, 1, TG_COUNTED, 0 },
                { "{law: constant, value: 1}", 4, 1.7, TG_COUNTED, 0 },
                { "{law: constant, value: 1}", 4, 1.9, TG_COUNTED, 2 },
                { "{law: uniform, min: .5, max: 1.5}", 1, .5, TG_COUNTED, 0 } };
    double h[] = { 0.1, 1 }, zero[] = { 0, 0 };

    (void)state;
    const tg_modes m = {
        .count = 2, .h = h, .start = zero, .sigma2 = zero, .shift = zero, .spread = zero
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        tg_cluster           *c = cluster_of(row[i].law, row[i].workers);
        const tg_predict_plan plan = { .target = NAN },
                              quick = { .target = NAN, .quick = true };
        tg_prediction *p = NULL;
        const double   step = row[i].gain / (double)row[i].workers;
        assert_ok(tg_predict(&m, c, &tg_asgd, step, &plan, &p));
        assert_true(
            p->certificate == row[i].kind ||
            (row[i].kind == TG_PROVED && p->certificate == TG_COUNTED)); /* without Arb */
        assert_int_equal(p->right, row[i].right);
        tg_prediction_free(p);
        assert_ok(
            tg_predict(&m, c, &tg_asgd, step, &quick, &p)); /* tables have no use of it */
        assert_int_equal(p->certificate, TG_UNCOUNTED);
        tg_prediction_free(p);
        assert_ok(tg_predict(&m, c, &tg_dude, step / 2, &plan, &p));
        assert_int_equal(p->certificate, TG_UNCOUNTED);
        tg_prediction_free(p);
        tg_cluster_free(c);
    }
}

RUN(cmocka_unit_test(test_prediction), cmocka_unit_test(test_one_worker),
    cmocka_unit_test(test_one_worker_square), cmocka_unit_test(test_exponential),
    cmocka_unit_test(test_in_turn), cmocka_unit_test(test_order),
    cmocka_unit_test(test_both_sides), cmocka_unit_test(test_proofs),
    cmocka_unit_test(test_heavy_tail))
