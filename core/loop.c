#include "core/loop.h"

#include "core/complexes.h"

#include <math.h>
#include <string.h>

/* asgd: F = 1 */
static double complex
asgd_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
          double complex *derivative)
{
    (void)l, (void)s, (void)phi, (void)dphi;
    if (derivative) *derivative = 0;
    return 1;
}

static double
unit(const tg_loop *l)
{
    (void)l;
    return 1;
}

/* dude: F = (1 - phi(s))/(s m), the transform of the time that a slot still holds what it
 * was given: 1 - s m2/(2m) + s^2 m3/(6m) - ... with raw moments m2, m3, near s = 0. */
static double complex
hold(const tg_delay *d, double complex s, double complex phi, double complex dphi,
     double complex *derivative)
{
    const double m = tg_delay_mean(d), v = tg_delay_variance(d);
    const double m2 = v + m * m, m3 = tg_delay_third(d) + 3 * m * v + m * m * m;

    if (s == 0 || (isfinite(m3) && cabs(s) * m3 < 1e-4 * m2)) {
        const double c1 = isfinite(m2) ? m2 / (2 * m) : 0,
                     c2 = isfinite(m3) ? m3 / (6 * m) : 0;
        if (derivative) *derivative = -c1 + 2 * c2 * s;
        return 1 - c1 * s + c2 * multiply(s, s);
    }
    const double complex gain = divide(1 - phi, m * s);
    if (derivative) *derivative = -divide(dphi / m + gain, s);
    return gain;
}

static double complex
dude_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
          double complex *derivative)
{
    return hold(l->delay, s, phi, dphi, derivative);
}

static double
life_noise(double m, double w, double complex phi)
{
    return 2 * (1 - creal(phi)) / (m * m * w * w);
}

static double complex
phi_at(const tg_delay *d, double w)
{
    return tg_delay_laplace(d, complex_of(0, w), NULL);
}

/* The same gradient acts for its whole life: |1 - phi|^2 + Var, over (m w)^2. Below w1 the
 * quotient cancels; N is even in w, so there it is the polynomial through N(0), N(w1), N(2
 * w1), whose error is of order (w1 m)^6. */
static double
hold_noise(const tg_delay *d, double w, double complex phi)
{
    const double m = tg_delay_mean(d), cv2 = tg_delay_variance(d) / (m * m);
    const double w1 = 0.02 / (m * sqrt(1 + cv2)), u = w / w1 * (w / w1);

    if (fabs(w) >= w1 || !isfinite(cv2)) return w == 0 ? 1 + cv2 : life_noise(m, w, phi);
    const double n0 = 1 + cv2, n1 = life_noise(m, w1, phi_at(d, w1)) - n0,
                 n2 = life_noise(m, 2 * w1, phi_at(d, 2 * w1)) - n0;
    return n0 + u * (16 * n1 - n2) / 12 + u * u * (n2 - 4 * n1) / 12;
}

static double
dude_noise(const tg_loop *l, double w, double complex phi)
{
    return hold_noise(l->delay, w, phi);
}

/* dude_groups: every worker's slot weighs 1/n, whatever its speed (derived here):
 *
 *     phi F = sum_g share_g phi_g (1 - phi_g)/(s m_g)
 *     N = sum_g share_g (lambda m_g / n) 2 (1 - Re phi_g)/(m_g w)^2,  lambda/n = sum_g share_g/m_g
 */
static double complex
groups_product(const tg_loop *l, double complex s, double complex *derivative)
{
    double complex sum = 0, slope = 0;

    for (size_t g = 0; g < l->groups; g++) {
        double complex       dphi = 0, dheld = 0;
        double complex      *want = derivative ? &dphi : NULL;
        const double complex phi = tg_delay_laplace(l->group[g], s, want);
        const double complex held =
            hold(l->group[g], s, phi, dphi, derivative ? &dheld : NULL);
        sum += l->of_workers[g] * multiply(phi, held);
        slope += l->of_workers[g] * (multiply(dphi, held) + multiply(phi, dheld));
    }
    if (derivative) *derivative = slope;
    return sum;
}

static double complex
groups_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
            double complex *derivative)
{
    double complex       slope;
    const double complex gain = divide(groups_product(l, s, &slope), phi);

    if (derivative) *derivative = divide(slope - multiply(gain, dphi), phi);
    return gain;
}

static double
groups_noise(const tg_loop *l, double w, double complex phi)
{
    double rate = 0, sum = 0;

    (void)phi;
    for (size_t g = 0; g < l->groups; g++)
        rate += l->of_workers[g] / tg_delay_mean(l->group[g]);
    for (size_t g = 0; g < l->groups; g++)
        sum += l->of_workers[g] * tg_delay_mean(l->group[g]) *
               hold_noise(l->group[g], w, phi_at(l->group[g], w));
    return rate * sum;
}

/* fedbuff: F = (1 - e^{-z})/z, z = s K/lambda: held over K arrivals. */
static double complex
fedbuff_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
             double complex *derivative)
{
    const double   hold = l->param / l->lambda;
    double complex z = hold * s, value = 0, slope = 0, term = 1;

    (void)phi, (void)dphi;
    if (abs_squared(z) < 0.25) { /* sum (-z)^k/(k+1)! */
        for (int k = 0; k < 16; k++) {
            value += term / (k + 1);
            slope -= term / (k + 2);
            term = -multiply(term, z) / (k + 1);
        }
    } else {
        const double complex e = exponential(-z);
        value = divide(1 - e, z);
        slope = divide(e - value, z);
    }
    if (derivative) *derivative = hold * slope;
    return value;
}

/* heavy_ball: F = 1/((1 - beta) + beta s/lambda) */
static double complex
ball_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
          double complex *derivative)
{
    const double         per_arrival = l->param / l->lambda;
    const double complex gain = inverse(1 - l->param + per_arrival * s);

    (void)phi, (void)dphi;
    if (derivative) *derivative = -per_arrival * multiply(gain, gain);
    return gain;
}

/* nesterov: F = 1 + beta/((1 - beta) + beta s/lambda) */
static double complex
nesterov_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
              double complex *derivative)
{
    const double complex gain = 1 + l->param * ball_gain(l, s, phi, dphi, derivative);

    if (derivative) *derivative *= l->param;
    return gain;
}

static double
ball_pole(const tg_loop *l)
{
    return l->param > 0 ? -(1 - l->param) * l->lambda / l->param : -INFINITY;
}

static double
gain_squared(const tg_loop *l, double w, double complex phi)
{
    (void)phi;
    return abs_squared(l->filter->gain(l, complex_of(0, w), 0, 0, NULL));
}

/* weighted: phi F = E[c(T) e^{-s T}] = share phi_kept */
static double complex
weighted_product(const tg_loop *l, double complex s, double complex *derivative)
{
    const double complex value = l->share * tg_delay_laplace(l->kept, s, derivative);

    if (derivative) *derivative *= l->share;
    return value;
}

static double complex
weighted_gain(const tg_loop *l, double complex s, double complex phi, double complex dphi,
              double complex *derivative)
{
    double complex       slope;
    const double complex gain = weighted_product(l, s, &slope) / phi;

    if (derivative) *derivative = (slope - gain * dphi) / phi;
    return gain;
}

static double
weighted_white(const tg_loop *l)
{
    return l->power;
}

static const tg_filter asgd = { .name = "asgd",
                                .doc = "every gradient is applied once, on arrival",
                                .gain = asgd_gain,
                                .white = unit,
                                .phi_power = 1 };

static const tg_filter dude = { .name = "dude",
                                .doc =
                                    "DuDe-ASGD: a slot per worker, applied until replaced",
                                .gain = dude_gain,
                                .noise = dude_noise,
                                .phi_power = 2 };

static const tg_filter dude_groups = {
    .name = "dude_groups",
    .doc = "DuDe-ASGD with groups of workers that differ in "
           "speed",
    .gain = groups_gain,
    .product = groups_product,
    .noise = groups_noise,
    .phi_power = 2
};

static const tg_filter fedbuff = { .name = "fedbuff",
                                   .doc = "FedBuff: applied together, K at a time",
                                   .param_doc = "buffer size K >= 1",
                                   .gain = fedbuff_gain,
                                   .noise = gain_squared,
                                   .phi_power = 1 };

static const tg_filter heavy_ball = { .name = "heavy_ball",
                                      .doc = "momentum at the server",
                                      .param_doc = "momentum beta, 0 <= beta < 1",
                                      .gain = ball_gain,
                                      .noise = gain_squared,
                                      .phi_power = 1,
                                      .pole = ball_pole };

static const tg_filter nesterov = { .name = "nesterov",
                                    .doc = "momentum that looks ahead",
                                    .param_doc = "momentum beta, 0 <= beta < 1",
                                    .gain = nesterov_gain,
                                    .noise = gain_squared,
                                    .white = unit,
                                    .phi_power = 1,
                                    .pole = ball_pole };

static const tg_filter drop = { .name = "drop",
                                .doc = "gradients staler than theta are thrown away",
                                .gain = weighted_gain,
                                .product = weighted_product,
                                .white = weighted_white };

static const tg_filter delay_adaptive = { .name = "delay_adaptive",
                                          .doc =
                                              "step eta c(T), smaller for staler gradients",
                                          .gain = weighted_gain,
                                          .product = weighted_product,
                                          .white = weighted_white };

const tg_filter *const tg_filters[] = { &asgd,    &dude,           &dude_groups,
                                        &fedbuff, &heavy_ball,     &nesterov,
                                        &drop,    &delay_adaptive, NULL };

const tg_filter *
tg_filter_find(const char *name)
{
    for (const tg_filter *const *f = tg_filters; *f; f++)
        if (!strcmp((*f)->name, name)) return *f;
    return NULL;
}

static const tg_filter *
filter_of(const tg_loop *l)
{
    return l->filter ? l->filter : &asgd;
}

tg_status
tg_loop_check(const tg_loop *l)
{
    const tg_filter *f = filter_of(l);
    const double     p = l->param;

    if (!l->delay) return tg_fail(TG_EDOMAIN, "the loop has no law of delay");
    if (!isfinite(l->a) || !isfinite(l->b))
        return tg_fail(TG_EDOMAIN, "damping must be finite, got a = %g, b = %g", l->a,
                       l->b);
    if (f->param_doc && !(l->lambda > 0 && isfinite(l->lambda)))
        return tg_fail(TG_EDOMAIN, "%s needs a rate > 0, got %g", f->name, l->lambda);
    if (f == &fedbuff && !(p >= 1 && isfinite(p)))
        return tg_fail(TG_EDOMAIN, "buffer size K must be >= 1, got %g", p);
    if ((f == &heavy_ball || f == &nesterov) && !(p >= 0 && p < 1))
        return tg_fail(TG_EDOMAIN, "momentum beta must be >= 0 and < 1, got %g", p);
    if (f->product == weighted_product && (!l->kept || !(l->share > 0) || !(l->power > 0)))
        return tg_fail(TG_EDOMAIN, "%s needs the law of the delays that it keeps", f->name);
    if (f == &dude_groups && (!l->group || !l->of_workers || l->groups == 0))
        return tg_fail(TG_EDOMAIN, "dude_groups needs the groups' laws and shares");
    return TG_OK;
}

double complex
tg_loop_value(const tg_loop *l, double complex s, double complex *derivative)
{
    const tg_filter *f = filter_of(l);
    double complex   phi, dphi = 0, gain, dgain = 0;

    if (f->product) {
        const double complex open = f->product(l, s, derivative);
        if (derivative) *derivative = 1 + l->a * *derivative;
        return s + l->b + l->a * open;
    }
    phi = tg_delay_laplace(l->delay, s, derivative ? &dphi : NULL);
    if (f == &asgd) {
        if (derivative) *derivative = 1 + l->a * dphi;
        return s + l->b + l->a * phi;
    }
    gain = f->gain(l, s, phi, dphi, derivative ? &dgain : NULL);
    if (derivative) *derivative = 1 + l->a * (multiply(dphi, gain) + multiply(phi, dgain));
    return s + l->b + l->a * multiply(phi, gain);
}

double complex
tg_loop_kernel(const tg_loop *l, double complex s, double complex *phi)
{
    const tg_filter *f = filter_of(l);

    *phi = NAN;
    if (f->product) return f->product(l, s, NULL);
    *phi = tg_delay_laplace(l->delay, s, NULL);
    return f == &asgd ? *phi : multiply(*phi, f->gain(l, s, *phi, 0, NULL));
}

/* The law whose poles and abscissa are those of phi F. */
static const tg_delay *
analytic_law(const tg_loop *l)
{
    return filter_of(l)->product == weighted_product ? l->kept : l->delay;
}

size_t
tg_loop_poles(const tg_loop *l, tg_delay_pole *out, size_t room)
{
    const tg_filter *f = filter_of(l);
    size_t           n = tg_delay_poles(analytic_law(l), out, room);

    for (size_t i = 0; i < n && i < room && f->phi_power; i++) out[i].order *= f->phi_power;
    if (!f->pole || !isfinite(f->pole(l))) return n;
    for (size_t i = 0; i < n && i < room; i++)
        if (out[i].at == f->pole(l)) {
            out[i].order++;
            return n;
        }
    if (n < room) out[n] = (tg_delay_pole){ f->pole(l), 1 };
    return n + 1;
}

double
tg_loop_abscissa(const tg_loop *l)
{
    return tg_delay_abscissa(analytic_law(l));
}

double
tg_loop_noise(const tg_loop *l, double w)
{
    const tg_filter *f = filter_of(l);

    if (!f->noise) return f->white(l);
    return f->noise(l, w, f->product ? 1 : phi_at(l->delay, w));
}

double
tg_loop_white(const tg_loop *l, int *whole)
{
    const tg_filter *f = filter_of(l);

    *whole = !f->noise;
    return f->white ? f->white(l) : 0;
}

double
tg_loop_density(const tg_loop *l, double w)
{
    const double complex s = complex_of(0, w);
    double complex       phi;
    const double complex kappa = tg_loop_kernel(l, s, &phi);
    const tg_filter     *f = filter_of(l);
    const double         noise = f->noise ? f->noise(l, w, phi) : f->white(l);

    return noise / abs_squared(s + l->b + l->a * kappa);
}
