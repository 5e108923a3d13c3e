#include "solver/phase.h"

#include "validation/unit/check.h"

/* Mean, variance and (for CV > 1) third moment of the fit by its Laplace transform:
 * ln phi(s) = -m s + v s^2/2 - k3 s^3/6; and the chain is a proper one. */
static void
test_moments_are_matched(void **state)
{
    static const struct {
        const char *text;
        int         exact, phases;
    } cases[] = { { "{law: exponential, mean: 2}", 1, 1 },
                  { "{law: erlang, stages: 3, mean: 2}", 1, 3 },
                  { "{law: gamma, shape: 4, mean: 1}", 1, 4 },
                  { "{law: gamma, shape: 2.5, mean: 1}", 0, 3 },
                  { "{law: hyperexponential, weights: [.9, .1], means: [.5, 5.5]}", 1, 2 },
                  { "{law: lognormal, mean: 1, cv: 0.4}", 0, 7 },
                  { "{law: lognormal, mean: 1, cv: 2}", 0, 2 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tg_delay *d = NULL;
        tg_phase  p;
        double    total = 0, second = 0, mean[TG_PHASE_MAX], square[TG_PHASE_MAX];
        assert_ok(tg_delay_parse(cases[i].text, &d));
        assert_ok(tg_phase_from_delay(d, &p));
        assert_int_equal(p.exact, cases[i].exact);
        assert_int_equal(p.n, cases[i].phases);
        for (int k = p.n - 1; k >= 0; k--) { /* E T and E T^2 from phase k */
            double rate = p.leave[k], m = 0, s = 0;
            for (int j = k + 1; j < p.n; j++) {
                rate += p.move[k][j];
                m += p.move[k][j] * mean[j];
                s += p.move[k][j] * square[j];
            }
            mean[k] = (1 + m) / rate;
            square[k] = (2 * mean[k] + s) / rate;
            total += p.start[k];
            second += p.start[k] * square[k];
        }
        const double m = tg_delay_mean(d);
        assert_near(total, 1, 1e-14);
        assert_near(tg_phase_mean(&p) / m, 1, 1e-12);
        assert_near((second - m * m) / tg_delay_variance(d), 1, 1e-9);
        tg_delay_free(d);
    }
}

static void
test_errors(void **state)
{
    tg_delay *d = NULL;
    tg_phase  p;

    (void)state;
    assert_ok(tg_delay_parse("{law: constant, value: 1}", &d));
    assert_fails(tg_phase_from_delay(d, &p), TG_EDOMAIN, "phases");
    tg_delay_free(d);
    assert_ok(tg_delay_parse("{law: pareto, shape: 1.5, mean: 1}", &d));
    assert_fails(tg_phase_from_delay(d, &p), TG_EDOMAIN, "matched by no phases");
    tg_delay_free(d);
}

/* Erlang-2 of mean 1 renews at density 1 - e^{-4t}; the first renewals come at the law's own density, and
 * int du = (CV^2 - 1)/2. */
static void
test_renewals(void **state)
{
    static const char *const laws[] = {
        "{law: erlang, stages: 2, mean: 1}", "{law: erlang, stages: 7, mean: 2}",
        "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}",
        "{law: gamma, shape: 2.5, mean: 1}"
    };
    double complex t[TG_PHASE_MAX], c[TG_PHASE_MAX];
    size_t         terms;

    (void)state;
    for (int i = 0; i < 4; i++) {
        tg_delay      *d = NULL;
        tg_phase       p;
        double         first = 0;
        double complex sum = 0, integral = 0;
        assert_ok(tg_delay_parse(laws[i], &d));
        assert_ok(tg_phase_from_delay(d, &p));
        assert_ok(tg_phase_renewal(&p, t, c, &terms));
        assert_int_equal(terms, p.n - 1);
        for (int k = 0; k < p.n; k++) first += p.start[k] * p.leave[k];
        for (size_t k = 0; k < terms; k++) {
            assert_true(creal(t[k]) < 0);
            sum += c[k];
            integral -= c[k] / t[k];
        }
        const double m = tg_delay_mean(d), cv = tg_delay_cv(d);
        assert_near(creal(sum), first - 1 / m, 1e-9);
        assert_near(creal(integral), (cv * cv - 1) / 2, 1e-9);
        if (i == 0) assert_near(cabs(t[0] + 4) + cabs(c[0] + 1), 0, 1e-12);
        if (p.exact)
            assert_near(tg_phase_laplace(&p, 1 / m),
                        creal(tg_delay_laplace(d, 1 / m, NULL)), 1e-12);
        tg_delay_free(d);
    }
}

RUN(cmocka_unit_test(test_moments_are_matched), cmocka_unit_test(test_renewals),
    cmocka_unit_test(test_errors))
