#include "roots/follow.h"

#include "core/complexes.h"
#include "roots/lambert.h"

#include <math.h>
#include <string.h>

/* k, whose exponential is the same along a row with one b. */
static double
gain(tg_lambert_walk *w, const tg_loop *l)
{
    if (!(l->b == w->b && w->growth > 0)) {
        w->b = l->b;
        w->growth = exp(l->b * w->tau);
    }
    return l->a * w->tau * w->growth;
}

/* e^{-d} for |d| <= 0.1, to rounding: as many terms as d needs. */
static double complex
short_exponential(double complex d)
{
    static const double c[] = { 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                                1.0 / 720,     1.0 / 120,    1.0 / 24,    1.0 / 6,
                                1.0 / 2,       1.0,          1.0 };
    const double        size = abs_squared(d);
    const int           first = size < 1e-9 ? 7 : size < 1e-5 ? 5 : size < 6e-4 ? 3 : 0;
    double complex      sum = c[first];

    for (int n = first + 1; n < 11; n++) sum = c[n] - multiply(d, sum);
    return sum;
}

static void
push(tg_lambert_walk *w, double complex u, double k)
{
    w->u[2] = w->u[1];
    w->u[1] = w->u[0];
    w->u[0] = u;
    w->k = k;
    if (w->known < 3) w->known++;
}

/* W_0 from nothing: the principal branch is the rightmost root for k > 0. */
int
tg_lambert_begin(tg_lambert_walk *w, const tg_loop *l, tg_chart_cell *out)
{
    const double tau = tg_delay_mean(l->delay);

    if (!(l->a > 0) || !tg_lambert_applies(l)) return 0;
    const double complex u = tg_lambert(0, -l->a * tau * exp(l->b * tau));
    *out = (tg_chart_cell){ creal(u) / tau - l->b, fabs(cimag(u)) / tau, 1 };
    tg_lambert_rest(w, l, out);
    return 1;
}

int
tg_lambert_follow(tg_lambert_walk *w, const tg_loop *l, tg_chart_cell *out)
{
    if (w->delay != l->delay || !w->delay || (l->filter && l->filter != tg_filters[0]))
        return 0;
    const double         k = gain(w, l);
    const double complex d = w->known > 2   ? 2 * w->u[0] - 3 * w->u[1] + w->u[2]
                             : w->known > 1 ? w->u[0] - w->u[1]
                                            : 0;
    if (!(abs_squared(d) < 0.01) || !(k > 0)) return 0;
    double complex next = w->u[0] + d, step = -d, e = -(k / w->k) * w->u[0];
    for (int i = 0; i < 4; i++) { /* e = k e^{-next}; the third power of 1e-5 is rounding */
        e = multiply(e, short_exponential(-step));
        const double complex slope = 1 - e, q = inverse(slope);
        const double complex ratio = multiply(next + e, q);
        step = multiply(ratio, 1 + 0.5 * multiply(ratio, multiply(e, q)));
        next -= step;
        if (abs_squared(step) < 1e-10 * abs_squared(slope)) break;
        if (i == 3 || !(abs_squared(step) < 0.01)) return 0;
    }
    if (!(cimag(next) < 3.14159) || !(cimag(next) > 0 || creal(next) > -0.999)) return 0;
    *out = (tg_chart_cell){ creal(next) * w->rate - l->b, cimag(next) * w->rate, 1 };
    push(w, next, k);
    return 1;
}

void
tg_lambert_rest(tg_lambert_walk *w, const tg_loop *l, const tg_chart_cell *cell)
{
    const double tau = tg_delay_mean(l->delay);

    if (strcmp(tg_delay_name(l->delay), "constant") != 0 || !(tau > 0) || !(l->a > 0) ||
        !cell->exponential) {
        w->delay = NULL;
        return;
    }
    const double complex u = complex_of((cell->re + l->b) * tau, cell->im * tau);
    if (w->delay != l->delay || (cimag(w->u[0]) > 0) != (cimag(u) > 0)) w->known = 0;
    if (w->delay != l->delay) w->growth = 0;
    w->delay = l->delay;
    w->tau = tau;
    w->rate = 1 / tau;
    push(w, u, gain(w, l));
}
