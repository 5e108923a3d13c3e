/* The gain at which DuDe-ASGD's mean square is lost: exact where the moments close, else within
 * the error stated, and no later than single runs are. */
#include "validation/unit/check.h"

#include "asgd/theory/predict_finite.h"
#include "asgd/theory/predict_hits.h"
#include "solver/exponential.h"
#include "solver/lattice.h"

static tg_cluster *
cluster_of(const char *text, size_t count, bool together)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &count, &law, together, &c));
    tg_delay_free(law);
    return c;
}

static double
limit_of(const tg_cluster *c, double *error)
{
    static double         one = 1, zero = 0;
    const tg_modes        m = { .count = 1,
                                .h = &one,
                                .start = &one,
                                .sigma2 = &zero,
                                .shift = &zero,
                                .spread = &zero,
                                .least = 1,
                                .start_loss = .5,
                                .start_covered = .5 };
    const tg_predict_plan plan = { .target = NAN };
    tg_prediction        *p = NULL;

    assert_ok(tg_predict(&m, c, &tg_dude, 0.01, &plan, &p));
    const double limit = p->threshold_square;
    *error = p->threshold_error;
    tg_prediction_free(p);
    return limit;
}

/* Mixture of two Erlang laws, or their sum where `first` is 0: as phases, by hand. */
static tg_phase
phases_of(int m1, double t1, double first, int m2, double t2)
{
    tg_phase p = { .n = m1 + m2, .exact = 1, .start = { first > 0 ? first : 1 } };

    p.start[m1] = first > 0 ? 1 - first : 0;
    for (int i = 0; i < m1; i++)
        if (i + 1 < m1 || first == 0)
            p.move[i][i + 1] = m1 / t1;
        else
            p.leave[i] = m1 / t1;
    for (int i = 0; i < m2; i++)
        if (i + 1 < m2)
            p.move[m1 + i][m1 + i + 1] = m2 / t2;
        else
            p.leave[m1 + i] = m2 / t2;
    return p;
}

static bool
settles(const tg_phase *law, size_t n, double k)
{
    const tg_linear_rule r = tg_linear_dude(k / (double)n, 1, (double)n);
    const tg_lattice     l = { .law = *law, .workers = n, .sigma = 1, .rule = &r };
    double               variance, square;

    return tg_lattice_variance(&l, &variance, &square) == TG_OK && square < 0;
}

static const struct {
    const char *text;
    int         m1;
    double      t1, first;
    int         m2;
    double      t2;
    size_t      most;
} known[] = {
    { "{law: gamma, shape: 2, mean: 1}", 1, .5, 0, 1, .5, 32 },
    { "{law: gamma, shape: 3, mean: 1}", 1, 1. / 3, 0, 2, 2. / 3, 8 },
    { "{law: gamma, shape: 4, mean: 1}", 2, .5, 0, 2, .5, 4 },
    { "{law: gamma, shape: 6, mean: 1}", 3, .5, 0, 3, .5, 2 },
    { "{sum: [{law: exponential, mean: .3}, {law: exponential, mean: .7}]}", 1, .3, 0, 1,
      .7, 16 },
    { "{sum: [{law: exponential, mean: .1}, {law: exponential, mean: .9}]}", 1, .1, 0, 1,
      .9, 16 },
    { "{mixture: [{weight: .5, law: erlang, stages: 2, mean: .5}, {weight: .5, law: "
      "erlang, stages: 2, mean: 1.5}]}",
      2, .5, .5, 2, 1.5, 4 },
    { "{mixture: [{weight: .9, law: erlang, stages: 3, mean: .8}, {weight: .1, law: "
      "erlang, stages: 3, mean: 2.8}]}",
      3, .8, .9, 3, 2.8, 3 },
    { "{mixture: [{weight: .7, law: erlang, stages: 2, mean: .4}, {weight: .3, law: "
      "erlang, stages: 2, mean: 2.4}]}",
      2, .4, .7, 2, 2.4, 4 },
    { "{mixture: [{weight: .95, law: erlang, stages: 2, mean: .8}, {weight: .05, law: "
      "erlang, stages: 2, mean: 4.8}]}",
      2, .8, .95, 2, 4.8, 4 },
    { "{mixture: [{weight: .8, law: exponential, mean: .75}, {weight: .2, law: erlang, "
      "stages: 2, mean: 2}]}",
      1, .75, .8, 2, 2, 8 },
};

/* The library does not see that these are of phase type, and fits; here they are solved. */
static void
test_fitted_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (size_t n = 2; n <= known[i].most; n += n < 4 ? 1 : n) {
            const tg_phase p = phases_of(known[i].m1, known[i].t1, known[i].first,
                                         known[i].m2, known[i].t2);
            tg_cluster    *c = cluster_of(known[i].text, n, false);
            double         off, k = limit_of(c, &off);
            tg_cluster_free(c);
            assert_true(settles(&p, n, k - off));
            assert_false(settles(&p, n, k + off));
            assert_true(off < .3 * k);
        }
}

/* Where it does see it, and of exponential workers in groups, the limit is exact. */
static void
test_exact_limits(void **state)
{
    static const struct {
        const char *text;
        int         n, m1;
        double      t1, first;
        int         m2;
        double      t2;
    } row[] = { { "{law: erlang, stages: 2, mean: 1}", 8, 1, .5, 0, 1, .5 },
                { "{law: erlang, stages: 3, mean: 1}", 3, 1, 1. / 3, 0, 2, 2. / 3 },
                { "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}", 12, 1, .5,
                  .8, 1, 3 } };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const tg_phase p =
            phases_of(row[i].m1, row[i].t1, row[i].first, row[i].m2, row[i].t2);
        tg_cluster *c = cluster_of(row[i].text, (size_t)row[i].n, false);
        double      off, k = limit_of(c, &off);
        tg_cluster_free(c);
        assert_true(off < 1e-5);
        assert_true(settles(&p, (size_t)row[i].n, k - off));
        assert_false(settles(&p, (size_t)row[i].n, k + off));
    }
}

/* Constant times, staggered evenly: z - 1 + (k/n^2) sum_{i<n} z^-(n-1+i) = 0 has z = e^{iw}, w =
 * pi/(3n - 2), at k = 2 n^2 sin^2(w/2)/sin(n w/2); one worker's is 2, many's pi^2/9. */
static void
test_constant_times(void **state)
{
    (void)state;
    for (size_t n = 2; n < 300; n *= 2) {
        const double m = (double)n, w = acos(-1) / (3 * m - 2), half = sin(w / 2);
        tg_cluster  *c = cluster_of("{law: constant, value: 1}", n, false);
        double       off, k = limit_of(c, &off), one, error;
        assert_near(k, 2 * m * m * half * half / sin(m * w / 2), 1e-12 * k);
        assert_true(off == 0);
        if (n == 8) { /* a single run ceases to settle there too */
            assert_ok(tg_predict_single(c, &tg_dude, k, 1, &one, &error));
            assert_near(one, k, 4 * error + 2e-3 * k);
        }
        tg_cluster_free(c);
    }
}

/* Whether ASGD settles at a gain, on the lattice. */
static bool
plain_settles(const tg_phase *law, size_t workers, double gain)
{
    const tg_lattice l = {
        .law = *law, .workers = workers, .eta = gain / (double)workers, .h = 1, .sigma = 1
    };
    double          v, square = NAN;
    const tg_status status = tg_lattice_variance(&l, &v, &square);

    assert_true(status == TG_OK || status == TG_EDOMAIN);
    return status == TG_OK && square < 0;
}

/* Many workers whose mean has no limit, against the lattice: of regular ones k grows far more slowly
 * than sqrt P (negative control), of uneven ones like it. */
static void
test_without_a_field_limit(void **state)
{
    static const char *const text[] = {
        "{mixture: [{weight: 0.1369, law: exponential, mean: 0.53674}, "
        "{weight: 0.8631, law: erlang, stages: 2, mean: 1.07348}]}",
        "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}"
    };

    (void)state;
    for (int l = 0; l < 2; l++) {
        tg_delay *law = NULL;
        tg_phase  p;
        double    k[2], off;
        assert_ok(tg_delay_parse(text[l], &law));
        assert_ok(tg_phase_from_delay(law, &p));
        for (int i = 0; i < 2; i++) {
            const size_t           n = i ? 80 : 16;
            const tg_renewal_group g = { law, (double)n };
            assert_ok(tg_renewal_limit(&g, 1, INFINITY, &k[i], &off));
            assert_true(plain_settles(&p, n, k[i] - off));
            assert_false(plain_settles(&p, n, k[i] + off));
            assert_true(off < .08 * k[i]);
        }
        assert_true(l ? k[1] > 2 * k[0] : k[1] < 1.3 * k[0]);
        tg_delay_free(law);
    }
}

/* No limit of the mean square lies beyond that of single runs. */
static void
test_single_runs_settle_longer(void **state)
{
    static const char *const law[] = {
        "{law: exponential, mean: 1}",
        "{law: gamma, shape: 4, mean: 1}",
        "{law: erlang, stages: 2, mean: 1}",
        "{law: lognormal, mean: 1, cv: 2}",
        "{law: uniform, min: 0.5, max: 1.5}",
        "{law: weibull, shape: 1.5, mean: 1}",
        "{law: truncated_normal, mu: 1, sd: .2, min: 0, max: 3}"
    };

    (void)state;
    for (size_t i = 0; i < sizeof law / sizeof *law; i++)
        for (size_t n = 2; n < 40; n *= 2) {
            tg_cluster *c = cluster_of(law[i], n, false);
            double      off, k = limit_of(c, &off), one, error;
            assert_ok(tg_predict_single(c, &tg_dude, k, .5, &one, &error));
            assert_true(k <= one + 4 * error);
            assert_true(off < .3 * k);
            tg_cluster_free(c);
        }
}

RUN(cmocka_unit_test(test_fitted_limits), cmocka_unit_test(test_exact_limits),
    cmocka_unit_test(test_constant_times), cmocka_unit_test(test_without_a_field_limit),
    cmocka_unit_test(test_single_runs_settle_longer))
