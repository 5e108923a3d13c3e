/* Speed of moments: stationary variance, trajectories, the occupancy lattice. Baselines are
 * the times of others on the design document's machine. */
#include "validation/bench/bench.h"

#include "solver/lattice.h"
#include "solver/moments.h"
#include "solver/stationary.h"

#include <complex.h>

static tg_delay *
law(const char *text)
{
    tg_delay *d = NULL;

    must(tg_delay_parse(text, &d));
    return d;
}

typedef struct stationary {
    tg_mode m;
    double  variance;
} stationary;

static void
settle(void *context)
{
    stationary *s = context;

    must(tg_stationary_variance(&s->m, &s->variance));
}

/* V by the trapezoidal rule up to w = 2000, which for an integrand analytic around the axis
 * errs by exp(-2 pi distance / step), and its tail 1 / w^2. */
static double
trapezoid(const tg_loop *l)
{
    const double end = 2000, step = 1e-3;
    double       sum = 0;

    for (long k = 0; k <= lround(end / step); k++) {
        const double w = (double)k * step, size = cabs(tg_loop_value(l, I * w, NULL));
        sum += tg_loop_noise(l, w) / (size * size) * (k == 0 ? .5 : 1);
    }
    return (step * sum + tg_loop_noise(l, end) / end) / acos(-1);
}

/* Relative, against a known value or the trapezoidal rule. */
static double
residual(const stationary *s, double exact)
{
    if (isnan(exact)) exact = trapezoid(&s->m.loop);
    return fabs(s->variance - exact) / exact;
}

enum { POINTS = 1000 };
static double mean_curve[POINTS], second_curve[POINTS];

static void
follow(void *context)
{
    stationary *s = context;

    must(tg_moments_follow(&s->m, 1, 20, POINTS, 0, NULL, mean_curve, second_curve));
    s->variance = second_curve[POINTS - 1] - pow(mean_curve[POINTS - 1], 2);
}

typedef struct finite {
    tg_lattice lattice;
    double     variance;
} finite;

static void
solve_lattice(void *context)
{
    finite *l = context;

    must(tg_lattice_variance(&l->lattice, &l->variance, NULL));
}

static int
moments(void)
{
    static const struct {
        const char *name, *text;
        double      exact, allowed, a;
        const char *filter;
    } laws[] = {
        { "stationary variance, constant", "{law: constant, value: 0.5}",
          .842898208584169818, 1e-14, 1, NULL },
        { "stationary variance, gamma(2.5)", "{law: gamma, shape: 2.5, mean: 0.5}",
          .794757271589, 1e-11, 1, NULL },
        { "stationary variance, uniform", "{law: uniform, min: 0, max: 1}", .80211506055,
          2e-11, 1, NULL },
        { "stationary variance, exponential", "{law: exponential, mean: 0.5}", .75, 1e-14,
          1, NULL },
        { "stationary variance, shifted exponential",
          "{law: shifted_exponential, shift: .5, mean: .5}", NAN, 1e-10, 1, NULL },
        { "stationary variance, hyperexponential",
          "{law: hyperexponential, weights: [.5, .5], means: [.5, 1.5]}", 12. / 13, 1e-10,
          1, NULL },
        { "stationary variance, half normal", "{law: half_normal, sd: 1}", NAN, 1e-10, 1,
          NULL },
        { "stationary variance, truncated normal",
          "{law: truncated_normal, mu: 1, sd: .5, min: 0, max: 2}", NAN, 1e-10, 1, NULL },
        { "stationary variance, uniform(.9, 1.1) near k*",
          "{law: uniform, min: .9, max: 1.1}", NAN, 1e-10, 1.55, NULL },
        { "stationary variance, uniform(.5, 1.5), dude",
          "{law: uniform, min: .5, max: 1.5}", NAN, 1e-10, .9, "dude" },
    };
    int bad = 0;

    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        tg_delay  *d = law(laws[i].text);
        stationary s = {
            { .loop = { .a = laws[i].a,
                        .delay = d,
                        .filter = laws[i].filter ? tg_filter_find(laws[i].filter) : NULL },
              .noise = 1 },
            NAN
        };
        const timing t = measure(settle, &s, 50);
        bad += report(laws[i].name, t, 1e3, "ms", .1, 2e-3 / t.min,
                      residual(&s, laws[i].exact), laws[i].allowed);
        if (i == 1) {
            const timing u = measure(follow, &s, 2);
            bad += report("mean and variance, 1000 points, gamma(2.5)", u, 1e3, "ms", 5,
                          NAN, fabs(s.variance - laws[i].exact), 1e-8);
        }
        tg_delay_free(d);
    }
    tg_delay *d = law("{law: erlang, stages: 2, mean: 1}");
    finite    l = { { .workers = 10, .eta = .08, .h = 1, .sigma = 1 }, NAN };
    must(tg_phase_from_delay(d, &l.lattice.law));
    const timing t = measure(solve_lattice, &l, 20);
    bad += report("finite-P variance, Erlang-2, 10 workers", t, 1e3, "ms", 1, NAN,
                  fabs(l.variance - .07843108751168777), 1e-14);
    tg_delay_free(d);
    return bad;
}

int
main(void)
{
    report_header();
    return moments() > 0;
}
