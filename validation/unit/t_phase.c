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

RUN(cmocka_unit_test(test_moments_are_matched), cmocka_unit_test(test_errors))
