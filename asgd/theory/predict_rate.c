/* predict_rate: how fast a mode decays where no characteristic root says so
 *
 * A law with a heavy tail has phi only on Re s >= 0; a stable mode then need not decay like
 * any exponential, in the end it decays like P(T > t). What it does over the horizon H,
 *
 *     rate(H) = -ln( |y(t)| / |y(0)| ) / t,   t in [0.9 H, H] where |y| is largest
 *
 * (H no later than the last time with |y(t)| > 1e-6 |y(0)|: y is known to 1e-9 of |y(0)|),
 *
 * is the rate of the exponential through its beginning and its end: the effective rate. It
 * depends on H. The maximum steps over the zeros of an oscillating mean. Derived here.
 */
#include "asgd/theory/predict_parts.h"

#include "solver/moments.h"

#include <math.h>

tg_status
tg_case_effective_rate(const tg_case *c, double scale, double horizon,
                       tg_mode_prediction *mode)
{
    enum { POINTS = 101 };
    double y[POINTS];
    size_t end = POINTS - 1;
    scale *= c->own;
    const tg_loop l = tg_case_loop(c, mode->a * scale);

    mode->rate = -mode->re;
    mode->effective = !mode->exponential && mode->unstable == 0 && mode->re == 0;
    if (!mode->effective || !(horizon > 0)) return TG_OK;
    TG_TRY(tg_moments_mean(&l, 1, horizon / scale, POINTS, y));
    while (end > 1 && !(fabs(y[end]) > 1e-6)) end--;
    size_t late = end - end / 10;
    for (size_t i = late; i <= end; i++)
        if (fabs(y[i]) > fabs(y[late])) late = i;
    mode->rate = -log(fabs(y[late])) * (POINTS - 1) / ((double)late * horizon);
    return TG_OK;
}
