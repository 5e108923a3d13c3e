/* How the mean settles at level exact: the rate of a prediction is the rightmost of all eigenvalues of the means'
 * system, whatever the horizon and the grid are. */
#include "asgd/theory/predict.h"
#include "core/complexes.h"
#include "solver/lattice_matrix.h"

#include "validation/unit/clusters.h"

#include <lapacke.h>

static tg_lattice
lattice(const char *law, size_t workers, double k)
{
    tg_lattice l = { .workers = workers, .eta = k / (double)workers, .h = 1, .sigma = 1 };
    tg_delay  *d = NULL;

    assert_ok(tg_delay_parse(law, &d));
    assert_ok(tg_phase_from_delay(d, &l.law));
    tg_delay_free(d);
    return l;
}

/* By QR of the whole matrix. */
static double complex
rightmost(const tg_lattice *l)
{
    tg_moment_system *m = NULL;
    double complex    best = -INFINITY;

    assert_ok(tg_moment_system_create(l, 1, &m));
    const int n = (int)m->size;
    double   *a = calloc(m->size * m->size, sizeof *a), *re = malloc(m->size * sizeof *re),
           *im = malloc(m->size * sizeof *im);
    for (int c = 0; c < n; c++)
        for (int k = m->begin[c]; k < m->begin[c + 1]; k++)
            a[m->row[k] * n + c] += m->value[k];
    assert_int_equal(
        LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', n, a, n, re, im, NULL, n, NULL, n), 0);
    for (int i = 0; i < n; i++)
        if (re[i] > creal(best)) best = complex_of(re[i], fabs(im[i]));
    free(a);
    free(re);
    free(im);
    tg_moment_system_free(m);
    return best;
}

static const struct {
    const char *law;
    size_t      workers;
    double      k;
} asked[] = {
    { "{law: erlang, stages: 2, mean: 1}", 2, .05 },
    { "{law: erlang, stages: 2, mean: 1}", 2, .8 },
    { "{law: erlang, stages: 2, mean: 1}", 2, 2.2 },
    { "{law: erlang, stages: 4, mean: 3}", 3, .3 },
    { "{law: erlang, stages: 4, mean: 3}", 3, 1.7 },
    { "{law: erlang, stages: 3, mean: 1e-3}", 8, .6 },
    { "{law: erlang, stages: 2, mean: 1}", 12, 1.2 },
    { "{mixture: [{weight: .9, law: exponential, mean: 1}, {weight: .1, law: exponential, "
      "mean: 9}]}",
      2, .7 },
    { "{mixture: [{weight: .9, law: exponential, mean: 1}, {weight: .1, law: exponential, "
      "mean: 9}]}",
      4, .2 },
};

static tg_prediction *
predict(const char *law, const tg_lattice *l, const tg_predict_plan *plan)
{
    double         h = 1, one = 1, spread = 0;
    const tg_modes m = { .count = 1,
                         .h = &h,
                         .start = &one,
                         .sigma2 = &one,
                         .spread = &spread,
                         .shift = &spread,
                         .start_loss = .5,
                         .start_covered = .5 };
    tg_cluster    *c = cluster_of(law, l->workers);
    tg_prediction *p = NULL;

    assert_ok(tg_predict(&m, c, &tg_asgd, l->eta, plan, &p));
    tg_cluster_free(c);
    return p;
}

static void
test_rate_of_a_prediction(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        const tg_lattice     l = lattice(asked[i].law, asked[i].workers, asked[i].k);
        const double complex s = rightmost(&l);
        for (int k = 0; k < 3; k++) {
            const tg_predict_plan plan = { .horizon = k ? 300 : .7,
                                           .points = k == 2 ? 0 : 31 };
            tg_prediction        *p = predict(asked[i].law, &l, &plan);
            assert_int_equal(p->level, TG_LEVEL_EXACT);
            if (!(fabs(p->rate / -creal(s) - 1) < 1e-9) ||
                !(fabs(p->mode[0].im - cimag(s)) < 1e-9 * cabs(s)))
                fail_msg("%s, P %zu, k %g: rate %.12g, im %.12g of %.12g, %.12g",
                         asked[i].law, asked[i].workers, asked[i].k, p->rate, p->mode[0].im,
                         -creal(s), cimag(s));
            tg_prediction_free(p);
        }
    }
}

/* Of more workers, or beyond the limit: what is stated covers it, and is little. */
static void
test_growth(void **state)
{
    const size_t workers[] = { 6, 7, 8 };

    (void)state;
    for (int i = 0; i < 12; i++) {
        const char *law =
            i % 2 ? "{law: gamma, shape: 4, mean: 1}" : "{law: erlang, stages: 3, mean: 2}";
        const tg_lattice      l = lattice(law, workers[i % 3], 1.3 * pow(1.4, i / 2 + 3));
        const tg_predict_plan plan = { .horizon = 30, .points = 31 };
        const double complex  s = rightmost(&l);
        tg_prediction        *p = predict(law, &l, &plan);
        if (!(fabs(p->rate + creal(s)) <= p->rate_error + 1e-9) ||
            !(p->rate_error < .03 * cabs(s)))
            fail_msg("%s, P %zu, step %g: rate %g +- %.2g of %g", law, l.workers, l.eta,
                     p->rate, p->rate_error, -creal(s));
        tg_prediction_free(p);
    }
}

/* From a guess that is nearer to another eigenvalue that one is found. */
static void
test_nearest(void **state)
{
    const tg_lattice     l = lattice("{law: erlang, stages: 2, mean: 1}", 2, .8);
    const double complex s = rightmost(&l);
    double complex       root = NAN;

    (void)state;
    assert_ok(tg_lattice_root(&l, s * 1.2, &root));
    assert_near(cabs(root - s), 0, 1e-10);
    assert_ok(tg_lattice_root(&l, -8 + I, &root));
    assert_true(creal(root) < creal(s) - 1);
}

RUN(cmocka_unit_test(test_rate_of_a_prediction), cmocka_unit_test(test_growth),
    cmocka_unit_test(test_nearest))
