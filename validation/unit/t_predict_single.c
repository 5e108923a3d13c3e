/* Between the limits of mean square and of single runs no divergence is foretold. */
#include "validation/unit/check.h"
#include "validation/unit/clusters.h"

#include "asgd/theory/predict.h"
#include "asgd/theory/predict_hits.h"

static tg_prediction *
predict(const tg_cluster *c, const tg_algorithm *rule, double step)
{
    static double  one = 1, zero = 0;
    const tg_modes m = { .count = 1,
                         .h = &one,
                         .start = &one,
                         .sigma2 = &zero,
                         .shift = &zero,
                         .spread = &zero,
                         .least = 1,
                         .start_loss = .5,
                         .start_covered = .5 };
    tg_prediction *p = NULL;

    assert_ok(tg_predict(&m, c, rule, step, &(tg_predict_plan){ .target = NAN }, &p));
    return p;
}

/* Just below the measured single-run limit it does not diverge; past the bound of the gap, and
 * past the limit's own error, it does (negative control). */
static void
check_gap(const tg_cluster *c, const tg_algorithm *rule)
{
    tg_prediction *p = predict(c, rule, 0.01);
    const double   limit = p->threshold_square, off = p->threshold_error,
                 step = 0.01 / p->gain;
    double single = 0, error = 0;

    tg_prediction_free(p);
    assert_ok(tg_predict_single(c, rule, limit, 0.3, &single, &error));
    p = predict(c, rule, step * (single - 3 * error));
    assert_int_not_equal(p->outcome, TG_DIVERGES);
    tg_prediction_free(p);
    p = predict(c, rule, step * (1.31 * limit + 1.01 * off));
    assert_int_equal(p->outcome, TG_DIVERGES);
    tg_prediction_free(p);
}

static void
test_gap(void **state)
{
    static const char *const law[] = { "{law: exponential, mean: 1}",
                                       "{law: gamma, shape: 4, mean: 1}",
                                       "{law: lognormal, mean: 1, cv: 2}",
                                       "{law: uniform, min: 0.5, max: 1.5}" };
    const size_t             count[] = { 2, 8, 32 };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 3; j++) {
            tg_cluster *c = cluster_of(law[i], count[j]);
            check_gap(c, &tg_asgd);
            check_gap(c, &tg_dude);
            tg_cluster_free(c);
        }
}

RUN(cmocka_unit_test(test_gap))
