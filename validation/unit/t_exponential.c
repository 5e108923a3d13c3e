/* Exponential workers under linear rules: closed forms, the lattice, exchangeability, and
 * values from all configurations (theory 3.3). */
#include "validation/unit/check.h"

#include "solver/exponential.h"
#include "solver/lattice.h"
#include "solver/renewal.h"

static double
variance(tg_linear_rule rule, size_t groups, const double *workers, const double *rate,
         const double *mark, double *mean)
{
    const tg_exponential e = { rule, groups, workers, rate, mark, 1 };
    double               second;

    assert_ok(tg_exponential_stationary(&e, mean, &second, NULL, NULL));
    return second;
}

/* V = (eta/2h) (1 + k)/((1 + e) - e (1 + k)/2); the mean square is lost at e (1 + k) = 2 (1
 * + e), and the mean decays with the smaller root of s^2 + s (1 + e) + k. */
static void
test_asgd_closed_form(void **state)
{
    (void)state;
    for (double P = 1; P < 40; P *= 2)
        for (double k = 0.2; k < 2.6; k += 0.6) {
            const double         e = k / P, one = 1;
            const tg_exponential x = { tg_linear_asgd(e, 1), 1, &P, &one, NULL, 1 };
            double               second, square, mean;
            assert_ok(tg_exponential_stationary(&x, NULL, &second, &square, &mean));
            const double edge = e * (1 + k) - 2 * (1 + e);
            if (fabs(edge) > 1e-9) assert_int_equal(square < 0, edge < 0);
            if (fabs(edge) < 1e-9) assert_true(isinf(second));
            if (edge < -1e-9)
                assert_near(second, e / 2 * (1 + k) / (1 + e - e * (1 + k) / 2),
                            1e-11 * second);
            const double disc = (1 + e) * (1 + e) - 4 * k;
            const double slow = (1 + e - (disc > 0 ? sqrt(disc) : 0)) / 2;
            if (P > 1) assert_near(mean, -slow, 1e-7); /* P = 1: what it read is x */
        }
}

/* Exact values by moments of all configurations, in units of 1/h^2 (theory 3.3). */
static void
test_dude_and_heavy_ball(void **state)
{
    static const struct {
        double n, k, beta, value;
    } row[] = { { 2, .8, 0, .55 },           { 5, .8, 0, .2989356779 },
                { 10, .8, 0, 1 / 6. },       { 40, .8, 0, .0453429420 },
                { 10, .4, 0, .0553228369 },  { 10, 1.2, 0, .4135995009 },
                { 30, 1, 0, .0956827183 },   { 10, .8, .5, .0722576007 },
                { 10, .8, .9, .0843929942 }, { 40, .8, .9, .0191664296 } };
    const double one = 1;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const double eta = row[i].k / row[i].n, beta = row[i].beta;
        const double v = variance(beta > 0 ? tg_linear_heavy_ball(eta * (1 - beta), 1, beta)
                                           : tg_linear_dude(eta, 1, row[i].n),
                                  1, &row[i].n, &one, NULL, NULL);
        assert_near(v, row[i].value, 1e-10);
    }
}

/* Without momentum both are ASGD; one worker's are descent with momentum, whose moments the two
 * equations v' = beta v + h x + xi, x' = x - eta (h x + xi + beta v') give. */
static void
test_nesterov(void **state)
{
    const double one = 1, five = 5;

    (void)state;
    assert_near(variance(tg_linear_nesterov(.1, 1, 0), 1, &five, &one, NULL, NULL),
                variance(tg_linear_asgd(.1, 1), 1, &five, &one, NULL, NULL), 1e-13);
    for (double beta = .1; beta < .95; beta += .2)
        for (double e = .05; e < 1; e *= 2) {
            double xx = 0, xv = 0, vv = 0;
            for (int t = 0; t < 20000; t++) { /* a = x's own factor, b = v's */
                const double a = 1 - e * (1 + beta), b = -e * beta * beta,
                             n = -e * (1 + beta);
                const double x2 = a * a * xx + 2 * a * b * xv + b * b * vv + n * n;
                const double c2 = a * xx + (a * beta + b) * xv + b * beta * vv + n;
                vv = xx + 2 * beta * xv + beta * beta * vv + 1;
                xx = x2, xv = c2;
            }
            const double v =
                variance(tg_linear_nesterov(e, 1, beta), 1, &one, &one, NULL, NULL);
            if (isfinite(xx)) assert_near(v / xx, 1, 1e-9);
        }
    assert_true(variance(tg_linear_nesterov(.02, 1, .8), 1, &five, &one, NULL, NULL) <
                variance(tg_linear_heavy_ball(.02, 1, .8), 1, &five, &one, NULL, NULL));
}

/* One group of workers is two groups of the same law; a group of slower ones is not. */
static void
test_groups(void **state)
{
    const double one = 10, rate[2] = { 1, 1 }, two[2] = { 3, 7 };
    const double unequal[2] = { 2, 0.5 }, three[2] = { 3, 3 };

    (void)state;
    assert_near(variance(tg_linear_dude(.08, 1, 10), 2, two, rate, NULL, NULL),
                variance(tg_linear_dude(.08, 1, 10), 1, &one, rate, NULL, NULL), 1e-13);
    assert_near(variance(tg_linear_asgd(.08, 1), 2, two, rate, NULL, NULL),
                variance(tg_linear_asgd(.08, 1), 1, &one, rate, NULL, NULL), 1e-13);
    /* all configurations of six workers, by Kronecker products */
    assert_near(variance(tg_linear_asgd(.8 / 6, 1), 2, three, unequal, NULL, NULL),
                .10835448880683128, 1e-13);
    assert_near(variance(tg_linear_dude(.8 / 6, 1, 6), 2, three, unequal, NULL, NULL),
                .30469344487823213, 1e-13);
}

/* ASGD settles where arrivals weigh equally, DuDe-ASGD at the mean of the minima and
 * without noise of theirs: f_i = (x - b_i)^2/2, so the mark is -b_i. */
static void
test_marks(void **state)
{
    const double n[2] = { 3, 3 }, rate[2] = { 2, .5 }, mark[2] = { 1, -1 };
    double       mean;

    (void)state;
    (void)variance(tg_linear_asgd(.1, 1), 2, n, rate, mark, &mean);
    assert_near(mean, -.6, 1e-12);
    const double v = variance(tg_linear_dude(.1, 1, 6), 2, n, rate, mark, &mean);
    assert_near(mean, 0, 1e-12);
    assert_near(v, variance(tg_linear_dude(.1, 1, 6), 2, n, rate, NULL, NULL), 1e-12);
}

/* Two algorithms: the same transient from the occupancy lattice's integrator. */
static void
test_transient_is_the_lattices(void **state)
{
    enum { N = 21 };
    const double     P = 6, one = 1;
    const tg_phase   law = { .n = 1, .exact = 1, .start = { 1 }, .leave = { 1 } };
    const tg_lattice l = { .law = law, .workers = 6, .eta = .2, .h = 1, .sigma = .5 };
    double           mean[N], second[N], y[N], z[N];

    (void)state;
    assert_ok(tg_lattice_transient(&l, 2, 10, N, y, z));
    const tg_exponential e = { tg_linear_asgd(.2, 1), 1, &P, &one, NULL, .5 };
    assert_ok(tg_exponential_transient(&e, 2, 10, N, mean, second));
    for (int i = 0; i < N; i++) {
        assert_near(mean[i], y[i], 1e-5);
        assert_near(second[i], z[i], 1e-5);
    }
}

/* Exact marks against level renewal's, which are first order in 1/P, within what it states; fed back
 * as noise is they would not be (negative control). */
static void
test_marks_to_first_order(void **state)
{
    static const double mean[][2] = { { .5, .5 }, { .5, 2 } };
    const double        b[2] = { -1, 1 };

    (void)state;
    for (int l = 0; l < 2; l++)
        for (double k = .3; k < 2; k *= 2) {
            const double n = 5, e = k / (2 * n), workers[2] = { n, n };
            const double rate[2] = { 1 / mean[l][0], 1 / mean[l][1] }, mark[2] = { 1, -1 };
            const double job = 2 / (rate[0] + rate[1]);
            tg_renewal_group    g[2] = { { NULL, n }, { NULL, n } };
            tg_renewal         *w = NULL;
            tg_renewal_variance v;
            tg_delay           *law[2];
            double         bias, square[2], marks, error, exact, second, abscissa, slow;
            tg_exponential x = {
                .groups = 2, .workers = workers, .rate = rate, .mark = mark
            };
            for (int i = 0; i < 2; i++) {
                assert_ok(tg_delay_create("exponential", &mean[l][i], &law[i]));
                g[i].law = law[i];
            }
            assert_ok(tg_renewal_create(g, 2, job / 40, 2400, false, &w));
            assert_ok(tg_renewal_stationary(w, TG_RENEWAL_ASGD, e, &v));
            assert_ok(tg_renewal_bias(w, e, b, &bias));
            for (int i = 0; i < 2; i++) square[i] = (b[i] - bias) * (b[i] - bias);
            assert_ok(tg_renewal_marks(w, e, &v, square, &marks, &error));
            assert_ok(tg_linear_make("asgd", e, 1, 2 * n, 0, &x.rule));
            assert_ok(tg_exponential_stationary(&x, &exact, &second, &abscissa, &slow));
            exact = second - exact * exact;
            assert_near(marks, exact, error * marks + 2e-3 * exact);
            assert_true(marks / (1 - error / .8) > exact * (1 + .04 * k));
            tg_renewal_free(w);
            for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
        }
}

/* The transient ends where the stationary solve says, for every rule, marks included. */
static void
test_transient_settles(void **state)
{
    const double         n[2] = { 3, 4 }, rate[2] = { 2, .5 }, mark[2] = { 1, -.3 };
    const tg_linear_rule rule[] = { tg_linear_asgd(.1, 1), tg_linear_dude(.1, 1, 7),
                                    tg_linear_heavy_ball(.02, 1, .8),
                                    tg_linear_nesterov(.02, 1, .8) };

    (void)state;
    for (int r = 0; r < 4; r++) {
        const tg_exponential e = { rule[r], 2, n, rate, mark, .7 };
        double               mean, second, y[3], z[3];
        assert_ok(tg_exponential_stationary(&e, &mean, &second, NULL, NULL));
        assert_ok(tg_exponential_transient(&e, 5, 400, 3, y, z));
        assert_near(y[0], 5, 0);
        assert_near(z[0], 25, 0);
        assert_near(y[2], mean, 1e-9);
        assert_near(z[2], second, 1e-9 * second);
    }
}

static void
test_bad_input(void **state)
{
    const double   zero = 0, one = 1;
    tg_exponential e = { tg_linear_asgd(.1, 1), 1, &zero, &one, NULL, 1 };
    double         x[2];

    (void)state;
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "workers >= 1");
    e.workers = &one;
    e.sigma = NAN;
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "sigma");
    e.sigma = 1;
    assert_fails(tg_exponential_transient(&e, 1, -1, 2, x, x), TG_EDOMAIN, "horizon");
    assert_fails(tg_exponential_transient(&e, 1, 1, 1, x, x), TG_EDOMAIN, "two points");
}

RUN(cmocka_unit_test(test_asgd_closed_form), cmocka_unit_test(test_dude_and_heavy_ball),
    cmocka_unit_test(test_nesterov), cmocka_unit_test(test_groups),
    cmocka_unit_test(test_marks), cmocka_unit_test(test_marks_to_first_order),
    cmocka_unit_test(test_transient_is_the_lattices),
    cmocka_unit_test(test_transient_settles), cmocka_unit_test(test_bad_input))
