/* predict_roots: verdict, speed and threshold of a loop, from roots/ */
#include "asgd/theory/predict_parts.h"

#include "roots/find.h"
#include "roots/threshold.h"
#include "solver/stationary.h"

#include <math.h>

/* A heavy-tailed law has no exponential rate: without a root the edge of phi stands for it.
 */
tg_status
tg_case_roots(const tg_loop *l, tg_mode_prediction *out)
{
    tg_rightmost r;

    TG_TRY(tg_loop_rightmost(l, &r));
    out->re = creal(r.s);
    out->im = cimag(r.s);
    out->unstable = r.unstable;
    out->exponential = r.exponential;
    out->rate = -out->re;
    return TG_OK;
}

/* The same where phi F is a table whose every value is work: between a gain at which the argument
 * principle counts no root right of the axis and one at which it does, up to MOST. Where the phase
 * turns too fast to be counted the mean is lost. */
static tg_status
by_counts(const tg_case *c, double *threshold)
{
    const double MOST = 50, mean = tg_delay_mean(c->delay);
    double       low = 0, high = MOST;

    for (double k = high; high - low > 1e-4 * low; k = (low + high) / 2) {
        const tg_loop   l = tg_case_loop(c, k / mean);
        size_t          count = 1;
        const tg_status status = tg_stationary_unstable_roots(&l, &count);
        if (status != TG_OK && status != TG_ENOCONV) return status;
        if (status == TG_OK && count == 0 && k == MOST) {
            *threshold = INFINITY;
            return TG_OK;
        }
        *(status == TG_OK && count == 0 ? &low : &high) = k;
        if (high < 1e-6) break;
    }
    *threshold = (low + high) / 2;
    return TG_OK;
}

tg_status
tg_case_threshold(const tg_case *c, double *threshold)
{
    const tg_loop l = tg_case_loop(c, 1);
    tg_threshold  t;

    if (!c->filter) { /* rounds are gradient descent */
        *threshold = 2 * c->weigh * c->lambda * tg_delay_mean(c->delay);
        return TG_OK;
    }
    if (c->kept) return by_counts(c, threshold);
    TG_TRY(tg_loop_threshold(&l, &t));
    *threshold = t.a * tg_delay_mean(c->delay);
    return TG_OK;
}
