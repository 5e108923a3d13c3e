#include "asgd/theory/gain_shape.h"

#include <math.h>

static const double FAINT = 1e-9, /* a mean that is rounding */
    ROUNDED = 1e-6;               /* of a mean's square, cubics in time */

static double
fade(tg_gain_scale scale, double k)
{
    return (1 - k / scale.limit) * k / scale.mean;
}

/* As noise alone builds up in a loop without delay, to this variance, or for ever (inf), which is how N goes. */
static double
built_up(tg_gain_scale scale, double k, double t, double variance)
{
    const double d = fade(scale, k);

    if (isfinite(variance)) return -variance * expm1(-2 * d * t);
    return k * k * (fabs(d * t) < 1e-9 ? 2 * t : -expm1(-2 * d * t) / d);
}

/* E x and what E x^2 is more, from 1; past the end of the course at the rate of the mode. */
static void
start_at(const tg_finite_mode *mode, double t, double *mean, double *spread,
         tg_gain_seen *s)
{
    const tg_mode_course *c = &mode->course;
    const double          end = c->dt * (double)(c->n - 1), at = fmin(t, end * (1 - 1e-12));
    const double          left = t > end ? exp(-fmax(mode->rate, 0) * (t - end)) : 1;
    const double          y = tg_mode_course_mean(c, at);
    const double          second = tg_mode_course_second(c, at, &s->off_start);
    const double          rounded = ROUNDED * y * y + FAINT * FAINT;

    *mean = fabs(y) > FAINT ? y * left : 0;
    *spread = fmax(second - y * y, rounded) * left * left;
    s->off_start *= left * left;
    s->spread = second - y * y > rounded;
    s->faint = fmax(second, y * y) * left * left <= 10 * FAINT * FAINT;
}

tg_gain_seen
tg_gain_seen_at(tg_gain_scale scale, double k, const tg_finite_mode *from,
                const tg_finite_mode *noisy, double t)
{
    const double d = fade(scale, k);
    tg_gain_seen s;
    const double N = tg_mode_course_second(&noisy->course, t, &s.off_noise);
    double       y, Z;

    start_at(from, t, &y, &Z, &s);
    s.at = (tg_gain_moments){ y * exp(d * t), log(Z / (k * k)) + 2 * d * t,
                              log(fmax(N, 1e-300) /
                                  fmax(built_up(scale, k, t, noisy->variance), 1e-300)) };
    return s;
}

tg_gain_moments
tg_gain_moments_of(tg_gain_scale scale, double k, double t, double variance,
                   tg_gain_moments left)
{
    const double d = fade(scale, k), y = left.mean * exp(-d * t);

    return (tg_gain_moments){ y, y * y + k * k * exp(left.start - 2 * d * t),
                              exp(left.noise) * built_up(scale, k, t, variance) };
}
