#include "solver/lags.h"

#include <math.h>
#include <string.h>

static const double BEYOND = 1e-9; /* probability of a delay longer than the last lag */

/* lag (count), ascending, and F there. */
typedef struct cells {
    const tg_delay *law;
    double          dt, run, lag[TG_LAGS_MOST], F[TG_LAGS_MOST];
    size_t          count, shown; /* nodes; the first `shown` cells end within the run */
} cells;

/* Halve the cell with the largest p d^2, of those within the run and those beyond it as
 * long as either has nodes left. Returns 0 where there are none, or all are one step wide.
 */
static int
halve(cells *c)
{
    double most = 0;
    size_t at = 0;

    const size_t first = c->shown < TG_LAGS_RUN - 1 ? 0 : c->shown;
    const size_t end = c->count - 1 - c->shown < TG_LAGS_BEYOND ? c->count - 1 : c->shown;
    for (size_t i = first; i < end; i++) {
        const double d = c->lag[i + 1] - c->lag[i];
        const double wide = fmin(d, c->run), p = c->F[i + 1] - c->F[i] + BEYOND;
        const double error = d > 1 ? p * wide * wide : 0;
        if (error > most) most = error, at = i;
    }
    if (most == 0) return 0;
    c->shown += at < c->shown;
    for (size_t i = c->count++; i > at + 1; i--) {
        c->lag[i] = c->lag[i - 1];
        c->F[i] = c->F[i - 1];
    }
    c->lag[at + 1] = floor((c->lag[at] + c->lag[at + 2]) / 2);
    c->F[at + 1] = tg_delay_cdf(c->law, c->lag[at + 1] * c->dt);
    return 1;
}

/* Mean of F over [a, b] by Simpson's rule, halved where halving changes it: an atom is
 * found to 2^-40 of the width. */
static double
average(const tg_delay *law, double a, double Fa, double b, double Fb, int depth)
{
    const double m = (a + b) / 2, Fm = tg_delay_cdf(law, m);
    const double quarters = tg_delay_cdf(law, (a + m) / 2) + tg_delay_cdf(law, (m + b) / 2);
    const double coarse = (Fa + 4 * Fm + Fb) / 6;
    const double fine = (Fa + 4 * quarters + 2 * Fm + Fb) / 12;

    if (depth == 0 || Fb - Fa < BEYOND || fabs(fine - coarse) < BEYOND) return fine;
    return (average(law, a, Fa, m, Fm, depth - 1) + average(law, m, Fm, b, Fb, depth - 1)) /
           2;
}

tg_lags
tg_lags_make(const tg_delay *law, double dt, double steps)
{
    const double last = fmax(1, ceil(tg_delay_quantile(law, 1 - BEYOND) / dt));
    const double shown = fmin(steps, last);
    cells        c = { .law = law, .dt = dt, .run = steps, .lag = { 0, shown } };
    tg_lags      out = { 0 };
    double       before = 0;

    c.count = 2;
    c.shown = 1;
    c.F[0] = tg_delay_cdf(law, 0);
    c.F[1] = tg_delay_cdf(law, shown * dt);
    if (last > shown) {
        c.lag[2] = last;
        c.F[2] = tg_delay_cdf(law, last * dt);
        c.count = 3;
    }
    while (halve(&c)) continue;
    for (size_t i = 0; i < c.count; i++) { /* int hat dF, by parts */
        const double mean = i + 1 < c.count ? average(law, c.lag[i] * dt, c.F[i],
                                                      c.lag[i + 1] * dt, c.F[i + 1], 40)
                                            : 1;
        out.lag[out.count] = c.lag[i];
        out.weight[out.count] = mean - before;
        out.count += fabs(mean - before) > 1e-14;
        before = mean;
    }
    return out;
}

/* int hat_q over (-inf, u], hat_q around 0 */
static double
below(double u)
{
    if (u <= -1) return 0;
    if (u >= 1) return 1;
    return u <= 0 ? (1 + u) * (1 + u) / 2 : 1 - (1 - u) * (1 - u) / 2;
}

tg_flat
tg_lags_flat(const tg_delay *law, double dt, tg_lags *edges)
{
    const double most = 1e6; /* steps that are summed where a block begins */
    double       low, high;

    if (strcmp(tg_delay_name(law), "uniform")) return (tg_flat){ 0 };
    tg_delay_support(law, &low, &high);
    const double p = low / dt, q = high / dt;
    tg_flat      f = { ceil(p) + 1, floor(q) - 1, 1 / (q - p) };
    if (!(f.last > f.first + 8 && q < most)) return (tg_flat){ 0 };
    edges->count = 0;
    for (double l = floor(p); l <= ceil(q); l = l == f.first - 1 ? f.last + 1 : l + 1) {
        edges->lag[edges->count] = l;
        edges->weight[edges->count++] = (below(q - l) - below(p - l)) * f.weight;
    }
    return f;
}
