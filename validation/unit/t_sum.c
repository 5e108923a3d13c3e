/* Sums: what they are parsed for, and their density and distribution, whatever the parts. */
#include "validation/unit/one_law.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const costly = "{sum: [{law: uniform, min: 1, max: 3, at_most: 2}, "
                                  "{sum: [{law: weibull, shape: 1.5, mean: "
                                  "1}, {law: lognormal, mean: 1, cv: 2}]}], at_most: 4}";

/* 30 s, when the transform was made while parsing. */
static void
test_parsing_costs_nothing(void **state)
{
    const clock_t start = clock();
    tg_delay     *d = make(costly);

    (void)state;
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 0.02);
    double mean = 0; /* E T = int 1 - F */
    for (int i = 0; i < 4000; i++) mean += (1 - tg_delay_cdf(d, 1e-3 * (i + 0.5))) * 1e-3;
    near("mean by the distribution", tg_delay_mean(d), mean, 1e-6);
    tg_delay_free(d);
}

typedef struct question {
    const tg_delay *law;
    double complex  phi;
    double          mean;
} question;

static void *
answer(void *context)
{
    question *q = context;

    q->phi = tg_delay_laplace(q->law, 0.3 + 2 * I, NULL);
    q->mean = tg_delay_mean(q->law);
    return NULL;
}

/* Whoever asks first, all see one table. */
static void
test_threads_share(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        tg_delay *d = make("{law: gamma, shape: 2.5, mean: 1, at_most: 1.5}");
        pthread_t thread[4];
        question  q[4];
        for (int i = 0; i < 4; i++) {
            q[i] = (question){ .law = d };
            assert_int_equal(pthread_create(&thread[i], NULL, answer, &q[i]), 0);
        }
        for (int i = 0; i < 4; i++) pthread_join(thread[i], NULL);
        for (int i = 0; i < 4; i++)
            assert_true(q[i].phi == q[0].phi && q[i].mean == q[0].mean);
        tg_delay_free(d);
    }
}

/* Exponentials of one mean add up to an Erlang law, in any nesting. */
static void
test_erlang(void **state)
{
    static const char *const sums[] = {
        "{sum: [{law: exponential, mean: 1}, {law: erlang, stages: 3, mean: 3}]}",
        "{sum: [{sum: [{law: exponential, mean: 1}, {law: exponential, mean: 1}]}, {sum: "
        "[{law: "
        "exponential, mean: 1}, {law: exponential, mean: 1}]}]}",
        "{sum: [{law: erlang, stages: 2, mean: 2}, {law: erlang, stages: 2, mean: 2, "
        "at_most: "
        "1000}]}"
    };
    tg_delay *whole = make("{law: erlang, stages: 4, mean: 4}");

    (void)state;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        tg_delay *d = make(sums[i]);
        for (double t = 0.01; t < 30; t *= 1.3) {
            near(sums[i], tg_delay_pdf(d, t), tg_delay_pdf(whole, t), 3e-12);
            near(sums[i], tg_delay_cdf(d, t), tg_delay_cdf(whole, t), 3e-12);
        }
        tg_delay_free(d);
    }
    tg_delay_free(whole);
}

/* Atoms shift, and multiply with each other, however deep they are. */
static void
test_atoms(void **state)
{
    (void)state;
    tg_delay *d =
        make("{sum: [{sum: [{law: constant, value: 1}, {law: constant, value: 2}]}, "
             "{law: exponential, mean: 2}]}");
    for (double t = 3.1; t < 10; t++) {
        near("shifted", tg_delay_cdf(d, t), -expm1(-(t - 3) / 2), 1e-15);
        near("shifted", tg_delay_pdf(d, t), exp(-(t - 3) / 2) / 2, 1e-15);
    }
    tg_delay_free(d);
    /* 1 or 2, of which 3 is cut off, and again 1 or 2: 2, 3 or 4 */
    const char *coin =
        "{mixture: [{weight: 1, law: constant, value: 1}, {weight: 3, law: "
        "constant, value: 2}, {weight: 5, law: constant, value: 3}], at_most: 2}";
    char text[1024];
    snprintf(text, sizeof text, "{sum: [%s, %s]}", coin, coin);
    d = make(text);
    near("2", tg_delay_cdf(d, 2), 1.0 / 16, 1e-15);
    near("3", tg_delay_cdf(d, 3), 7.0 / 16, 1e-15);
    near("before 4", tg_delay_cdf(d, 3.999), 7.0 / 16, 1e-15);
    near("4", tg_delay_cdf(d, 4), 1, 1e-15);
    near("mean", tg_delay_mean(d), 3.5, 1e-14);
    near("variance", tg_delay_variance(d), 2 * 3.0 / 16, 1e-14);
    tg_delay_free(d);
    /* half of the time no more than the constant */
    d = make("{sum: [{mixture: [{weight: 1, law: constant, value: 1}, {weight: 1, law: "
             "exponential, mean: 1}]}, {law: exponential, mean: 1}]}");
    for (double t = 1.5; t < 8; t++) {
        const double one = -expm1(-(t - 1)), two = 1 - (1 + t) * exp(-t);
        near("mixed", tg_delay_cdf(d, t), (one + two) / 2, 1e-11);
    }
    tg_delay_free(d);
}

/* Each part of a mixture counts in every moment, the first too. */
static void
test_mixture_moments(void **state)
{
    (void)state;
    tg_delay *d =
        make("{mixture: [{weight: 1, law: uniform, min: 0, max: 6}, {weight: 2, law: "
             "exponential, mean: 3}, {weight: 1, law: constant, value: 5}]}");
    /* E T = 3.5, E T^2 = (12 + 2 18 + 25)/4, E T^3 = (54 + 2 162 + 125)/4 */
    const double m = 3.5, m2 = 73.0 / 4, m3 = 503.0 / 4;

    near("mean", tg_delay_mean(d), m, 1e-15);
    near("variance", tg_delay_variance(d), m2 - m * m, 1e-14);
    near("third", tg_delay_third(d), m3 - 3 * m * m2 + 2 * m * m * m, 1e-13);
    tg_delay_free(d);
}

/* A bounded mixture leaves out what begins beyond the bound. */
static void
test_part_beyond_the_bound(void **state)
{
    (void)state;
    tg_delay *d =
        make("{mixture: [{weight: 1, law: exponential, mean: 1}, {weight: 1, law: "
             "uniform, min: 5, max: 6}], at_most: 2}");
    tg_delay *e = make("{law: exponential, mean: 1, at_most: 2}");

    near("mean", tg_delay_mean(d), tg_delay_mean(e), 1e-14);
    near_complex("phi", tg_delay_laplace(d, 1 + I, NULL), tg_delay_laplace(e, 1 + I, NULL),
                 1e-14);
    near("closed form", tg_delay_mean(d), 1 - 2 * exp(-2) / -expm1(-2), 1e-13);
    tg_delay_free(d);
    tg_delay_free(e);
}

static void
refused(const char *text, const char *words)
{
    tg_delay *d = NULL;

    assert_int_equal(tg_delay_parse(text, &d), TG_EINPUT);
    if (!strstr(tg_message(), words)) fail_msg("%s: %s", text, tg_message());
}

static void
test_limits(void **state)
{
    static char text[8192];
    const char *exponential = "{law: exponential, mean: 1}",
               *coin = "{mixture: [{weight: 1, law: constant, value: 1}, {weight: 1, law: "
                       "exponential, mean: 1}]}";

    (void)state;
    for (int n = 16; n <= 17; n++) {
        strcpy(text, "{sum: [");
        for (int i = 0; i < n; i++) strcat(strcat(text, i ? ", " : ""), exponential);
        strcat(text, "]}");
        if (n == 17)
            refused(text, "at most 16 parts");
        else
            tg_delay_free(make(text));
    }
    strcpy(text, "{sum: [");
    for (int i = 0; i < 16; i++) strcat(strcat(text, i ? ", " : ""), coin);
    refused(strcat(text, "]}"), "different laws");
}

/* A part whose density is infinite at 0, with a tenth of it within 1e-9 of the mean: nothing of
 * that is lost. F(t) = E F_gamma(t - X) is between F_gamma(t - 20 m) less e^-20 and F_gamma(t). */
static void
test_singular_part(void **state)
{
    static const char *const order[] = {
        "{sum: [{law: exponential, mean: 0.008}, {law: gamma, shape: 0.0864, mean: "
        "121.3}]}",
        "{sum: [{law: gamma, shape: 0.0864, mean: 121.3}, {law: exponential, mean: "
        "0.008}]}",
    };
    tg_delay *part = make("{law: gamma, shape: 0.0864, mean: 121.3}");

    (void)state;
    for (int i = 0; i < 2; i++) {
        tg_delay *d = make(order[i]);
        for (double t = 0.2; t < 1e5; t *= 3) {
            const double F = tg_delay_cdf(d, t), most = tg_delay_cdf(part, t);
            const double least = tg_delay_cdf(part, t - 0.16) - 3e-9;
            if (!(F >= least - 1e-9 && F <= most + 1e-9))
                fail_msg("%s: F(%g) = %.12g, not in %.12g .. %.12g", order[i], t, F, least,
                         most);
        }
        tg_delay_free(d);
    }
    tg_delay_free(part);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parsing_costs_nothing),
        cmocka_unit_test(test_threads_share),
        cmocka_unit_test(test_erlang),
        cmocka_unit_test(test_singular_part),
        cmocka_unit_test(test_atoms),
        cmocka_unit_test(test_mixture_moments),
        cmocka_unit_test(test_part_beyond_the_bound),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
