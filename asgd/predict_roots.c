/* STUB until roots/ is merged */
#include "asgd/predict_parts.h"
#include "solver/stationary.h"
#include <math.h>
tg_status
tg_case_roots(const tg_loop *l, tg_mode_prediction *out)
{
    double complex best = -1e9;
    for (int k = 0; k < 8; k++) {
        double complex s = (-0.2 + k * 0.3 * I) / tg_delay_mean(l->delay), d;
        for (int i = 0; i < 60; i++) {
            double complex f = tg_loop_value(l, s, &d);
            s -= f / d;
        }
        if (cabs(tg_loop_value(l, s, &d)) < 1e-9 && creal(s) > creal(best)) best = s;
    }
    out->re = creal(best);
    out->im = fabs(cimag(best));
    return tg_stationary_unstable_roots(l, &out->unstable);
}
tg_status
tg_case_threshold(const tg_case *c, double *threshold)
{
    double lo = 0.0123, hi = 103;
    for (int i = 0; i < 30; i++) {
        double    mid = sqrt(lo * hi);
        size_t    n;
        tg_loop   l = { .a = mid / tg_delay_mean(c->delay), .delay = c->delay, .filter = c->filter, .lambda = c->lambda };
        TG_TRY(tg_stationary_unstable_roots(&l, &n));
        if (n) hi = mid; else lo = mid;
    }
    *threshold = lo;
    return TG_OK;
}
