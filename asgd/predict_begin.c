/* predict_begin: when DuDe-ASGD begins, which is when every worker has delivered once
 *
 *     W(t) = prod_i G_i(t),   G the law of T where all begin at t = 0, else what is left of a
 *                             job under way, (1/m) int_0^t (1 - F)
 */
#include "asgd/predict_finite.h"

#include <math.h>
#include <stdlib.h>

typedef struct waiting {
    const tg_cluster *c;
    double           *left; /* (groups) (1/m) int (1 - F) so far */
    double            t;
} waiting;

/* W at the next time; steps grow in proportion to t, so that tails are followed. */
static double
advance(waiting *w, double fine)
{
    const double dt = fmax(fine, 0.004 * w->t);
    double       all = 1;

    for (size_t g = 0; g < w->c->groups; g++) {
        if (w->c->count[g] == 0) continue;
        const tg_delay *law = w->c->law[g];
        w->left[g] += (1 - (tg_delay_cdf(law, w->t) + 4 * tg_delay_cdf(law, w->t + dt / 2) +
                            tg_delay_cdf(law, w->t + dt)) /
                               6) *
                      dt / tg_delay_mean(law);
        const double delivered =
            w->c->together ? tg_delay_cdf(law, w->t + dt) : fmin(w->left[g], 1);
        all *= pow(delivered, (double)w->c->count[g]);
    }
    w->t += dt;
    return all;
}

tg_status
tg_predict_begin(const tg_cluster *c, double horizon, double *at, size_t n)
{
    waiting w = { .c = c, .left = calloc(c->groups, sizeof *w.left) };
    double  mean = 0, before = 0, from = 0;
    size_t  found = 0;

    if (!w.left) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g]) mean = fmax(mean, tg_delay_mean(c->law[g]));
    while (found < n && w.t < horizon) {
        const double now = advance(&w, mean / 400);
        for (; found < n; found++) {
            const double p = ((double)found + 0.5) / (double)n;
            if (!(now >= p)) break;
            at[found] = from + (w.t - from) * (p - before) / (now - before);
        }
        before = now;
        from = w.t;
        if (!(now < 1 - 1e-12)) break;
    }
    for (; found < n; found++) at[found] = before < 1 - 1e-12 ? INFINITY : from;
    free(w.left);
    return TG_OK;
}
