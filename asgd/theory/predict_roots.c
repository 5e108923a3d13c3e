/* predict_roots: verdict, speed and threshold of a loop, from roots/ */
#include "asgd/theory/predict_parts.h"

#include "roots/find.h"
#include "roots/threshold.h"

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

tg_status
tg_case_threshold(const tg_case *c, double *threshold)
{
    const tg_loop l = tg_case_loop(c, 1);
    tg_threshold  t;

    TG_TRY(tg_loop_threshold(&l, &t));
    *threshold = t.a * tg_delay_mean(c->delay);
    return TG_OK;
}
