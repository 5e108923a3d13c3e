/* Staleness by decree: second moments against those of the whole process, cache by cache, whose lags are turned into one
 * coin a round; thresholds against closed forms and against that process; runs without noise. */
#include "validation/unit/check.h"

#include "core/complexes.h"
#include "solver/decree_kept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* ---- the whole process --------------------------------------------------------------- */

/* State: 1, X, v_p, z_qpa, the part of the move of p a rounds ago that q has not got yet. */
enum { MOST = 64 };

typedef struct whole {
    tg_decree d;
    double    e, noise, minimum[3]; /* b_p */
    size_t    n;
    double    A[MOST][MOST],
        coin[MOST];       /* a linear step, then what is kept by a coin of its own */
    double Q[MOST][MOST]; /* of the noise in the step */
    double M[MOST][MOST]; /* E S S' */
} whole;

static size_t
pending(const whole *w, size_t q, size_t p, size_t age)
{
    const size_t P = w->d.workers;

    return 2 + P + (q * P + p) * w->d.most + age - 1;
}

/* Row of worker p's gradient without noise, into row. */
static void
gradient(const whole *w, size_t p, double *row)
{
    memset(row, 0, MOST * sizeof *row);
    row[0] = -w->minimum[p];
    row[1] = 1;
    for (size_t from = 0; from < w->d.workers; from++)
        for (size_t a = 1; a <= w->d.most; a++) row[pending(w, p, from, a)] = -1;
}

static double
later(const whole *w, size_t age) /* P(r >= age) */
{
    double sum = 0;

    for (size_t r = age; r <= w->d.most; r++) sum += w->d.late[r];
    return sum;
}

static void
whole_open(whole *w)
{
    const size_t P = w->d.workers, s = w->d.most;
    const double beta = w->d.momentum.beta;
    double       B[MOST][3] = { { 0 } }; /* of the noise of each worker */

    w->n = 2 + P + P * P * s;
    assert_true(w->n <= MOST);
    w->A[0][0] = w->A[1][1] = 1;
    for (size_t i = 0; i < w->n; i++) w->coin[i] = 1;
    for (size_t p = 0; p < P; p++) {
        double g[MOST], u[MOST];
        gradient(w, p, g);
        for (size_t i = 0; i < w->n; i++) w->A[2 + p][i] = g[i];
        w->A[2 + p][2 + p] += beta;
        for (size_t i = 0; i < w->n; i++) {
            u[i] = w->d.momentum.ahead ? g[i] + beta * w->A[2 + p][i] : w->A[2 + p][i];
            w->A[1][i] -= w->e * u[i];
        }
        const double direct = w->e * (w->d.momentum.ahead ? 1 + beta : 1);
        B[2 + p][p] = 1;
        B[1][p] = -direct;
        for (size_t q = 0; q < P && s; q++) {
            for (size_t i = 0; i < w->n; i++) w->A[pending(w, q, p, 1)][i] = -w->e * u[i];
            B[pending(w, q, p, 1)][p] = -direct;
            w->coin[pending(w, q, p, 1)] = later(w, 1);
            for (size_t a = 2; a <= s; a++) {
                w->A[pending(w, q, p, a)][pending(w, q, p, a - 1)] = 1;
                w->coin[pending(w, q, p, a)] =
                    later(w, a - 1) > 0 ? later(w, a) / later(w, a - 1) : 0;
            }
        }
    }
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++)
            for (size_t p = 0; p < P; p++) w->Q[i][j] += w->noise * B[i][p] * B[j][p];
}

static void
begin(whole *w, double start)
{
    memset(w->M, 0, sizeof w->M);
    w->M[0][0] = 1;
    w->M[0][1] = w->M[1][0] = start;
    w->M[1][1] = start * start;
}

static void
step(whole *w)
{
    static double AM[MOST][MOST];

    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++) {
            AM[i][j] = 0;
            for (size_t k = 0; k < w->n; k++) AM[i][j] += w->A[i][k] * w->M[k][j];
        }
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++) {
            double sum = w->Q[i][j];
            for (size_t k = 0; k < w->n; k++) sum += AM[i][k] * w->A[j][k];
            w->M[i][j] = sum * w->coin[i] * (i == j ? 1 : w->coin[j]);
        }
}

static const double UNIFORM2[] = { 1. / 3, 1. / 3, 1. / 3 }, CONSTANT2[] = { 0, 0, 1 },
                    ODD[] = { 0.5, 0, 0.2, 0.3 }, NONE[] = { 1 };

static const struct {
    size_t             workers, most;
    const double      *late;
    tg_decree_momentum momentum;
    double             gain;
} cases[] = {
    { 1, 2, UNIFORM2, { 0, false }, 0.4 },   { 2, 2, UNIFORM2, { 0, false }, 0.7 },
    { 3, 2, UNIFORM2, { 0, false }, 0.9 },   { 2, 2, CONSTANT2, { 0, false }, 0.3 },
    { 2, 3, ODD, { 0, false }, 0.5 },        { 2, 0, NONE, { 0, false }, 1.7 },
    { 2, 2, UNIFORM2, { 0.6, false }, 0.1 }, { 2, 3, ODD, { 0.5, true }, 0.1 },
    { 3, 2, UNIFORM2, { 0.3, true }, 0.4 },  { 1, 3, ODD, { 0, false }, 0.004 },
    { 2, 2, UNIFORM2, { 0, false }, 1.9 }, /* does not settle */
};
enum { CASES = sizeof cases / sizeof *cases };

static whole
whole_of(size_t i)
{
    whole w = { .d = { cases[i].workers, cases[i].late, cases[i].most, cases[i].momentum },
                .e = cases[i].gain / (double)cases[i].workers,
                .noise = 0.3 };

    return w;
}

/* E X^2 over 200 rounds, with noise and minima of the workers' own. */
static void
courses_are_those_of_the_whole_process(void **state)
{
    enum { ROUNDS = 200 };

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        static whole    w;
        tg_decree_mode  m;
        tg_decree_drive b = { .start = 1.5, .noise = 0.3 };
        double          mean[ROUNDS + 1], second[ROUNDS + 1];

        w = whole_of(i);
        const double P = (double)w.d.workers;
        for (size_t p = 0; p < w.d.workers; p++) {
            w.minimum[p] = w.d.workers > 1 ? (double)p - (P - 1) / 2 : 0;
            b.spread += w.minimum[p] * w.minimum[p] / P;
        }
        whole_open(&w);
        begin(&w, b.start);
        assert_ok(tg_decree_open(&w.d, cases[i].gain, 100000, &m));
        assert_ok(tg_decree_course(&m, &b, ROUNDS, mean, second));
        for (size_t t = 0; t <= ROUNDS; t++) {
            assert_near(mean[t], w.M[0][1], 1e-11 * (1 + fabs(w.M[0][1])));
            assert_near(second[t], w.M[1][1], 1e-11 * (1 + w.M[1][1]));
            step(&w);
        }
        tg_decree_close(&m);
    }
}

/* Long after the kernels end, and at rest. */
static void
ends_go_on_as_they_should(void **state)
{
    enum { ROUNDS = 20000 };
    static double second[ROUNDS + 1];
    static whole  w;

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        tg_decree_mode        m;
        const tg_decree_drive b = { .start = 1, .noise = 0.3 }, still = { .start = 1 };

        w = whole_of(i);
        assert_ok(tg_decree_open(&w.d, cases[i].gain, 100000, &m));
        if (tg_decree_kept(&m) < 1) {
            whole_open(&w);
            begin(&w, b.start);
            assert_ok(tg_decree_course(&m, &b, ROUNDS, NULL, second));
            for (size_t t = 0; t < 3000; t++) step(&w);
            assert_near(second[3000] / w.M[1][1], 1, 1e-10);
            assert_near(second[ROUNDS] / tg_decree_rest(&m, &b), 1, 1e-10);
            assert_near(tg_decree_rest(&m, &still), 0, 0);
            assert_near(m.left[0], 1, 1e-12); /* the sum of all that is to come */
        } else
            assert_true(isinf(tg_decree_rest(&m, &b)));
        tg_decree_close(&m);
    }
}

/* ---- thresholds ---------------------------------------------------------------------- */

/* The gain at which the whole process keeps E S S' the same from round to round. */
static double
grows_by(const tg_decree *d, double gain)
{
    static whole w;
    double       size = 1;

    w = (whole){ .d = *d, .e = gain / (double)d->workers };
    whole_open(&w);
    begin(&w, 1);
    for (int t = 0; t < 4000; t++) {
        step(&w);
        w.M[0][0] = 0;
        if (t % 100 != 99) continue;
        size = 0;
        for (size_t i = 1; i < w.n; i++) size = fmax(size, w.M[i][i]);
        for (size_t i = 0; i < w.n; i++)
            for (size_t j = 0; j < w.n; j++) w.M[i][j] /= size;
    }
    return size;
}

static void
limits_are_those_of_the_whole_process(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const tg_decree d = { cases[i].workers, cases[i].late, cases[i].most,
                              cases[i].momentum };
        double          threshold, limit;

        assert_ok(tg_decree_threshold(&d, &threshold));
        assert_ok(tg_decree_limit(&d, threshold, &limit));
        assert_true(limit <= threshold);
        assert_true(grows_by(&d, limit * (1 - 1e-4)) < 1);
        assert_true(grows_by(&d, limit * (1 + 1e-4)) > 1);
    }
}

/* Kernels in time and Parseval's integral. */
static void
what_is_kept_is_known_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < CASES; i++) {
        const tg_decree  d = { cases[i].workers, cases[i].late, cases[i].most,
                               cases[i].momentum };
        tg_decree_circle c = { .d = &d };
        tg_decree_mode   m;
        double           kept;
        assert_ok(tg_decree_open(&d, cases[i].gain, 100000, &m));
        assert_ok(tg_decree_kept_on(&c, cases[i].gain, &kept));
        assert_near(kept, tg_decree_kept(&m), 1e-9 * kept + 1e-11);
        tg_decree_close(&m);
        tg_decree_circle_free(&c);
    }
}

static void
thresholds_are_known(void **state)
{
    (void)state;
    for (size_t s = 0; s <= 50; s += s < 4 ? 1 : 23) {
        double late[51], constant[51] = { 0 }, k;
        size_t out;
        double clear;
        for (size_t r = 0; r <= s; r++) late[r] = 1 / (double)(s + 1);
        const tg_decree d = { 4, late, s, { 0, false } };
        assert_ok(tg_decree_threshold(&d, &k));
        const double sine = sin(pi / (2 * (double)(s + 1)));
        assert_near(k, 2 * (double)(s + 1) * sine * sine, 1e-10);
        assert_ok(tg_decree_count(&d, k * (1 - 1e-6), &out, &clear));
        assert_int_equal(out, 0);
        assert_ok(tg_decree_count(&d, k * (1 + 1e-6), &out, &clear));
        assert_true(out >= 1);
        constant[s] = 1; /* 2 sin(pi/(2 (2 s + 1))) */
        const tg_decree c = { 4, constant, s, { 0, false } };
        assert_ok(tg_decree_threshold(&c, &k));
        assert_near(k, 2 * sin(pi / (2 * (2 * (double)s + 1))), 1e-10);
        double limit;
        assert_ok(tg_decree_limit(&c, k, &limit)); /* constant lags scatter nothing */
        assert_near(limit, k, 1e-7 * k);
    }
    for (double beta = 0; beta < 1; beta += 0.3) { /* without lags: 2 (1 + beta) */
        const tg_decree d = { 3, NONE, 0, { beta, false } };
        double          k;
        assert_ok(tg_decree_threshold(&d, &k));
        assert_near(k, 2 * (1 + beta), 1e-9);
    }
}

static void
roots_solve_the_equation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const tg_decree d = { cases[i].workers, cases[i].late, cases[i].most,
                              cases[i].momentum };
        const double    beta = d.momentum.beta;
        tg_decree_mode  m;
        assert_ok(tg_decree_open(&d, cases[i].gain, 100000, &m));
        const double complex z = tg_decree_root(&m);
        if (m.settled && !isnan(creal(z)) && m.n > 8) {
            double complex p = 0;
            for (size_t r = 0; r <= d.most; r++) p += d.late[r] * cpow(z, -(double)r);
            const double complex f =
                d.momentum.ahead ? 1 + beta / (1 - beta / z) : 1 / (1 - beta / z);
            assert_true(cabs(z - 1 + cases[i].gain * f * p) < 1e-9);
            assert_true(cabs(z) < 1);
        }
        tg_decree_close(&m);
    }
}

/* ---- single runs --------------------------------------------------------------------- */

/* Without lags runs go by |1 - K|; with lags at random more slowly than the mean square grows, and they settle
 * beyond its limit still. */
static void
single_runs_settle_longer(void **state)
{
    const tg_decree plain = { 2, NONE, 0, { 0, false } },
                    d = { 2, UNIFORM2, 2, { 0, false } };
    double growth, error, threshold, limit;

    (void)state;
    assert_ok(tg_decree_exponent(&plain, 1.7, 4, 100, &growth, &error));
    assert_near(growth, log(0.7), 1e-12);
    assert_ok(tg_decree_threshold(&d, &threshold));
    assert_ok(tg_decree_limit(&d, threshold, &limit));
    assert_true(limit < 0.97 * threshold);
    assert_ok(tg_decree_exponent(&d, limit, 16, 4000, &growth, &error));
    assert_true(growth < -4 * error);
    assert_ok(tg_decree_exponent(&d, 1.5 * threshold, 16, 4000, &growth, &error));
    assert_true(growth > 4 * error);
}

static void
bad_input_is_said(void **state)
{
    const tg_decree nobody = { 0, NONE, 0, { 0, false } }, d = { 1, NONE, 0, { 0, false } },
                    wild = { 1, NONE, 0, { 1, false } };
    const double   negative[] = { 1, -1 }, nothing[] = { 0, 0 };
    double         late[4], growth, error;
    tg_decree_mode m;

    (void)state;
    assert_fails(tg_decree_open(&nobody, 1, 9, &m), TG_EDOMAIN, "workers");
    assert_fails(tg_decree_open(&wild, 1, 9, &m), TG_EDOMAIN, "momentum");
    assert_fails(tg_decree_open(&d, 0, 9, &m), TG_EDOMAIN, "gain");
    assert_fails(tg_decree_open(&d, NAN, 9, &m), TG_EDOMAIN, "gain");
    assert_fails(tg_decree_lags(negative, 1, late), TG_EDOMAIN, "weight");
    assert_fails(tg_decree_lags(nothing, 1, late), TG_EDOMAIN, "sum > 0");
    assert_fails(tg_decree_exponent(&d, 1, 1, 9, &growth, &error), TG_EDOMAIN, "two runs");
    assert_ok(tg_decree_lags((double[]){ 2, 0, 6 }, 2, late));
    assert_near(late[0], 0.25, 1e-15);
    assert_near(late[2], 0.75, 1e-15);
}

/* Where the mean square's limit is close to the mean's, too, all is kept there. */
static void
limits_close_to_the_means_keep_all(void **state)
{
    static const struct {
        size_t most, workers;
        double beta;
    } of[] = { { 4, 8, 0 }, { 15, 8, 0 }, { 15, 8, 0.9 }, { 8, 2, 0.95 } };

    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        double late[16], threshold, limit;
        for (size_t r = 0; r <= of[i].most; r++) late[r] = 1 / (double)(of[i].most + 1);
        const tg_decree d = { of[i].workers, late, of[i].most, { of[i].beta, false } };
        tg_decree_mode  m;
        assert_ok(tg_decree_threshold(&d, &threshold));
        assert_ok(tg_decree_limit(&d, threshold, &limit));
        assert_ok(tg_decree_open(&d, limit, 1 << 23, &m));
        assert_near(tg_decree_kept(&m), 1, 1e-3);
        tg_decree_close(&m);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(courses_are_those_of_the_whole_process),
        cmocka_unit_test(ends_go_on_as_they_should),
        cmocka_unit_test(limits_are_those_of_the_whole_process),
        cmocka_unit_test(what_is_kept_is_known_twice),
        cmocka_unit_test(thresholds_are_known),
        cmocka_unit_test(roots_solve_the_equation),
        cmocka_unit_test(single_runs_settle_longer),
        cmocka_unit_test(limits_close_to_the_means_keep_all),
        cmocka_unit_test(bad_input_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
