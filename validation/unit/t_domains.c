/* Whatever the parameters are within their domains: every evaluator ends in half a second
 * and keeps what every law keeps. Parameters are drawn evenly in their logarithm, and at the
 * ends of their domains. */
#include "core/law.h"
#include "core/rng.h"
#include "roots/find.h"
#include "roots/threshold.h"

#include "validation/unit/check.h"
#include "validation/unit/one_law.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* [ms] of processor time. Laws by quadrature and traces take hundreds of terms for each phi,
 * the density of a sum a table: those may take ten times as long. */
enum { DEADLINE = 500, COSTLY_DEADLINE = 5000 };

/* Mass that the table of a sum misses at most: seen where parts are singular at 0 and weights
 * differ by 1e9 (draw 21: 2e-4); else 1e-11. */
static const double SUM_MISSES = 1e-3;

static int deadline = DEADLINE;

/* TG_TEST_PATIENCE: so many times as long, for builds that are slow. */
static int
patience(void)
{
    const char *more = getenv("TG_TEST_PATIENCE");

    return more ? atoi(more) : 1;
}

static char text[4096];
static const char *volatile doing = "";

static void
write_words(const char *s)
{
    if (write(2, s, strlen(s)) < 0) return;
}

static void
late(int signal)
{
    (void)signal;
    write_words("no answer in time: ");
    write_words(doing);
    write_words(" of ");
    write_words(text);
    write_words("\n");
    _exit(1);
}

static void
start(const char *what)
{
    const int ms = deadline * patience();

    doing = what;
    setitimer(ITIMER_VIRTUAL,
              &(struct itimerval){ .it_value = { ms / 1000, ms % 1000 * 1000 } }, NULL);
}

static double
between(tg_rng *g, double low, double high)
{
    const double u = tg_rng_uniform(g);

    if (u < 0.05) return low;
    if (u > 0.95) return high;
    return low * pow(high / low, (u - 0.05) / 0.9);
}

/* A parameter in its range: times within a factor 1000 of `unit`, 0 now and then. */
static double
draw_number(tg_rng *g, const tg_delay_param *q, double unit)
{
    if (q->optional && tg_rng_below(g, 2)) return q->fallback;
    if (!strcmp(q->unit, "time")) {
        if (q->min <= 0 && tg_rng_below(g, 20) == 0) return 0;
        const double t = unit * between(g, 1e-3, 1e3);
        return q->min < 0 && tg_rng_below(g, 4) == 0 ? -t : t;
    }
    const double x = between(g, q->min, q->max);
    return !strcmp(q->name, "stages") ? floor(x) : x;
}

/* A law of the registry that is made of numbers; drawn again where two of them do not go
 * together. */
static tg_delay *
draw_simple(tg_rng *g, double unit)
{
    const tg_delay_kind *made[32];
    size_t               n = 0, count;
    double               x[8];
    tg_delay            *d = NULL;

    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++) {
        const tg_delay_param *q = tg_delay_kind_params(*k, &count);
        bool                  numbers = strcmp(tg_delay_kind_name(*k), "at_most") != 0;
        for (size_t i = 0; i < count; i++)
            numbers = numbers && q[i].type == TG_DELAY_NUMBER;
        if (numbers) made[n++] = *k;
    }
    while (!d) {
        const tg_delay_kind  *k = made[tg_rng_below(g, n)];
        const tg_delay_param *q = tg_delay_kind_params(k, &count);
        for (size_t i = 0; i < count; i++) x[i] = draw_number(g, &q[i], unit);
        if (tg_delay_create(tg_delay_kind_name(k), x, &d) != TG_OK &&
            !strstr(tg_message(), "must be") && !strstr(tg_message(), "no probability"))
            fail_msg("%s: %s", tg_delay_kind_name(k), tg_message());
    }
    return d;
}

static tg_delay *
draw_exponentials(tg_rng *g, double unit)
{
    const size_t n = 1 + tg_rng_below(g, 4);
    double       weight[4], mean[4];
    tg_delay    *d;

    for (size_t i = 0; i < n; i++) {
        weight[i] = between(g, 1e-6, 1e6);
        mean[i] = unit * between(g, 1e-3, 1e3);
    }
    assert_ok(tg_delay_hyperexponential(weight, mean, n, &d));
    return d;
}

/* Some times equal, some 0. No more than 200: phi takes an exponential of each. */
static tg_delay *
draw_trace(tg_rng *g, double unit)
{
    static double time[200];
    const size_t  n = (size_t)between(g, 1, 200);
    tg_delay     *d;

    for (size_t i = 0; i < n; i++)
        time[i] = i == 0 || tg_rng_below(g, 50) ? unit * between(g, 1e-3, 1e3) : 0;
    assert_ok(tg_delay_empirical(time, n, &d));
    return d;
}

static tg_delay *draw(tg_rng *g, double unit, int depth);

static tg_delay *
draw_parts(tg_rng *g, double unit, int depth, bool mixture)
{
    const size_t n = 1 + tg_rng_below(g, 3);
    tg_delay    *part[3], *d = NULL;
    double       weight[3];

    for (size_t i = 0; i < n; i++) {
        part[i] = draw(g, unit, depth - 1);
        weight[i] = between(g, 1e-6, 1e6);
    }
    const tg_delay *const *parts = (const tg_delay *const *)part;
    assert_ok(mixture ? tg_delay_mixture(parts, weight, n, &d)
                      : tg_delay_sum(parts, n, &d));
    for (size_t i = 0; i < n; i++) tg_delay_free(part[i]);
    return d;
}

/* Cut off, or weighted as a server does that shrinks steps or drops gradients. The law itself
 * where nothing is left of it. */
static tg_delay *
draw_changed(tg_rng *g, double unit, int depth)
{
    tg_delay       *part = draw(g, unit, depth - 1), *d = NULL;
    const double    at = unit * between(g, 1e-3, 1e6);
    const uint64_t  way = tg_rng_below(g, 4);
    const tg_status status =
        way == 0   ? tg_delay_weighed(part, 1 / at, 1, 1, &(tg_weights){ 0, 1, 1, 1 }, &d,
                                      NULL, NULL)
        : way == 1 ? tg_delay_fresh(part, 1 / at, tg_rng_below(g, 100), &d, NULL, NULL)
                   : tg_delay_at_most(part, at, &d);

    if (status == TG_OK) {
        tg_delay_free(part);
        return d;
    }
    if (status != TG_EDOMAIN)
        fail_msg("%s, way %d, at %g: %s", tg_delay_text(part), (int)way, at, tg_message());
    return part;
}

static tg_delay *
draw(tg_rng *g, double unit, int depth)
{
    switch (depth ? tg_rng_below(g, 8) : tg_rng_below(g, 4)) {
    case 0:
        return draw_exponentials(g, unit);
    case 1:
        return draw_trace(g, unit);
    case 5:
        return draw_parts(g, unit, depth, true);
    case 6:
        return draw_parts(g, unit, depth, false);
    case 7:
        return draw_changed(g, unit, depth);
    default:
        return draw_simple(g, unit);
    }
}

static void
hold_distribution(const tg_delay *d, tg_rng *g)
{
    double before = 0, low, high;

    start("distribution");
    tg_delay_support(d, &low, &high);
    for (int i = 0; i < 30; i++) {
        const double t = tg_delay_mean(d) * pow(10, (i - 20) / 3.0);
        const double F = tg_delay_cdf(d, t), f = tg_delay_pdf(d, t);
        if (!(F >= before - 1e-9 && F <= 1 + 1e-9)) fail_msg("%s: F(%g) = %g", text, t, F);
        if (!(f >= 0)) fail_msg("%s: f(%g) = %g", text, t, f);
        const double least = tg_law_cdf_least(d, t);
        if (!(least >= 0 && least <= F + (strstr(text, "sum:") ? SUM_MISSES : 1e-9)))
            fail_msg("%s: F(%g) = %g < %g", text, t, F, least);
        before = F;
    }
    start("quantile");
    for (double p = 0.05; p < 1; p += 0.15) {
        const double t = tg_delay_quantile(d, p), gap = 1e-9 * t;
        if (!(t >= low && t <= high)) fail_msg("%s: Q(%g) = %g", text, p, t);
        if (!(tg_delay_cdf(d, t + gap) >= p - 1e-8) ||
            !(tg_delay_cdf(d, t - gap - 1e-290) <= p + 1e-8))
            fail_msg("%s: F(Q(%g)) = %.12g .. %.12g", text, p, tg_delay_cdf(d, t - gap),
                     tg_delay_cdf(d, t + gap));
    }
    start("sample");
    for (int i = 0; i < 1000; i++) {
        const double t = tg_delay_sample(d, g);
        if (!(t >= low * (1 - 1e-15) && t <= high * (1 + 1e-15)))
            fail_msg("%s: drew %g", text, t);
    }
}

static void
hold_transform(const tg_delay *d, tg_rng *g)
{
    const double   m = tg_delay_mean(d);
    double complex slope;

    start("transform");
    near_complex(text, tg_delay_laplace(d, 0, &slope), 1, 1e-10);
    near_complex(text, slope / m, -1, 1e-9);
    for (int i = 0; i < 40; i++) {
        const double complex s =
            (i % 2 ? 0 : between(g, 1e-3, 1e2) / m) + I * between(g, 1e-4, 1e4) / m;
        const double complex phi = tg_delay_laplace(d, s, &slope);
        if (!(cabs(phi) <= 1 + 1e-10)) fail_msg("%s: |phi| = %g", text, cabs(phi));
        if (!(cabs(slope) <= m * (1 + 1e-9))) fail_msg("%s: |phi'| too large", text);
        near_complex(text, tg_delay_laplace(d, conj(s), NULL), conj(phi), 1e-14);
        double       steepest;
        const double largest = tg_delay_largest(d, 0, cimag(s), &steepest);
        if (!(cabs(phi) <= largest * (1 + 1e-9) + 1e-12))
            fail_msg("%s: |phi| = %g > %g", text, cabs(phi), largest);
        if (!(cabs(slope) <= steepest * (1 + 1e-9) + 1e-11 * m))
            fail_msg("%s: |phi'| = %g > %g above %g", text, cabs(slope), steepest,
                     cimag(s));
    }
}

static int answered;

static void
hold_roots(const tg_delay *d)
{
    const double m = tg_delay_mean(d);
    tg_loop      l = { .delay = d };
    tg_threshold t;
    tg_rightmost r;

    start("threshold");
    assert_int_equal(tg_loop_threshold(&l, &t), TG_OK);
    for (double k = 0.01; k < 50; k *= 7) {
        start("rightmost root");
        l.a = k / m;
        if (tg_loop_rightmost(&l, &r) != TG_OK) { /* refused, but soon and in a sentence */
            if (!strstr(tg_message(), "root"))
                fail_msg("%s: k = %g: %s", text, k, tg_message());
            continue;
        }
        answered++;
        if (l.a < t.a * (1 - 1e-9) && r.unstable)
            fail_msg("%s: %zu unstable at k = %g < %g", text, r.unstable, k, t.gain);
    }
}

static int
times(void)
{
    const char *more = getenv("TG_TEST_MULTIPLIER");

    return more ? atoi(more) : 1;
}

static void
test_every_evaluator(void **state)
{
    const int n = 100 * times();

    (void)state;
    for (int i = 0; i < n; i++) {
        tg_rng       g = tg_rng_stream(77, TG_PURPOSE_TEST, (uint64_t)i);
        const double unit = i % 3 ? between(&g, 1e-9, 1e9) : 1;
        deadline = COSTLY_DEADLINE;
        start("making");
        snprintf(text, sizeof text, "draw %d", i);
        tg_delay *d = draw(&g, unit, 2);
        snprintf(text, sizeof text, "draw %d, %s", i, tg_delay_text(d));
        deadline = tg_delay_costly(d) || strstr(text, "sum:") ? COSTLY_DEADLINE : DEADLINE;
        start("moments");
        if (!(tg_delay_mean(d) > 0) || !(tg_delay_variance(d) >= 0))
            fail_msg("%s: mean %g, variance %g", text, tg_delay_mean(d),
                     tg_delay_variance(d));
        hold_distribution(d, &g);
        hold_transform(d, &g);
        hold_roots(d);
        start("");
        tg_delay_free(d);
    }
    if (answered < 5 * n * 9 / 10) fail_msg("%d rightmost roots found", answered);
}

/* A part ten thousand times narrower than the other shifts it and widens it a little, F(t - m)
 * + v f'(t - m)/2 + O(third moment), and costs no more than one that is as wide. */
static void
test_narrow_beside_wide(void **state)
{
    static const char *const order[] = {
        "{sum: [{law: gamma, shape: 589, mean: 556}, {law: erlang, stages: 800000, mean: "
        "2.5}]}",
        "{sum: [{law: erlang, stages: 800000, mean: 2.5}, {law: gamma, shape: 589, mean: "
        "556}]}",
    };
    tg_delay    *wide = make("{law: gamma, shape: 589, mean: 556}");
    const double m = 2.5, v = m * m / 800000, rate = 589 / 556.;
    (void)state;

    deadline = DEADLINE;
    for (int i = 0; i < 2; i++) {
        tg_delay *d = make(order[i]);
        snprintf(text, sizeof text, "%s", order[i]);
        start("table");
        tg_delay_cdf(d, 1);
        start("");
        for (double t = 450; t < 700; t += 7) {
            const double f = tg_delay_pdf(wide, t - m), slope = f * (588 / (t - m) - rate);
            near(text, tg_delay_cdf(d, t), tg_delay_cdf(wide, t - m) + v * slope / 2,
                 1e-11);
            near(text, tg_delay_pdf(d, t), f, 1e-8);
        }
        tg_delay_free(d);
    }
    tg_delay_free(wide);
}

/* T -> cT with c a power of 2: the same bits, but where a logarithm of the unit enters. */
static void
test_units(void **state)
{
    static const char *const law[] = {
        "{law: exponential, mean: %.17g}",
        "{law: gamma, shape: 2.5, mean: %.17g}",
        "{law: uniform, min: 0, max: %.17g}",
        "{law: lognormal, mean: %.17g, cv: 0.5}",
        "{law: weibull, shape: 1.5, mean: %.17g}",
        "{law: pareto, shape: 1.5, mean: %.17g}",
        "{law: half_normal, sd: %.17g}",
        "{law: constant, value: %.17g}",
        "{law: exponential, mean: 1, at_most: %.17g}",
    };
    (void)state;

    for (size_t i = 0; i + 1 < sizeof law / sizeof *law; i++)
        for (int k = -30; k <= 30; k += 15) {
            const double c = ldexp(1, k);
            snprintf(text, sizeof text, law[i], 1.0);
            tg_delay *one = make(text);
            snprintf(text, sizeof text, law[i], c);
            tg_delay *other = make(text);
            near(text, tg_delay_mean(other) / c, tg_delay_mean(one), 1e-14);
            near(text, tg_delay_quantile(other, 0.3) / c, tg_delay_quantile(one, 0.3),
                 1e-14);
            near(text, tg_delay_cdf(other, 0.7 * c), tg_delay_cdf(one, 0.7), 1e-14);
            near(text, tg_delay_pdf(other, 0.7 * c) * c, tg_delay_pdf(one, 0.7), 3e-14);
            const double complex s = 0.3 + 2 * I;
            near_complex(text, tg_delay_laplace(other, s / c, NULL),
                         tg_delay_laplace(one, s, NULL), 1e-14);
            tg_delay_free(one);
            tg_delay_free(other);
        }
}

/* What no evaluator can do is refused, with its domain. */
static void
test_refused(void **state)
{
    static const char *const bad[] = {
        "{law: gamma, shape: 1e-8, mean: 1}",
        "{law: uniform, min: 0, max: 1e308}",
        "{law: pareto, shape: 1.0000001, mean: 1}",
        "{law: exponential, mean: 1, at_most: 1e-300}",
        "{law: lognormal, mean: 1, cv: 1e4}",
        "{law: exponential, mean: 1e-200}",
        "{law: weibull, shape: 0.01, mean: 1}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_delay *d = NULL;
        if (tg_delay_parse(bad[i], &d) == TG_OK) fail_msg("%s: accepted", bad[i]);
        assert_non_null(strstr(tg_message(), "must be >="));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_evaluator),
                                        cmocka_unit_test(test_narrow_beside_wide),
                                        cmocka_unit_test(test_units),
                                        cmocka_unit_test(test_refused) };

    sigaction(SIGVTALRM, &(struct sigaction){ .sa_handler = late }, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
