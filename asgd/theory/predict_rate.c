/* predict_rate: how fast a mode decays where no characteristic root says so
 *
 * A law with a heavy tail has phi only on Re s >= 0; a stable mode then need not decay like
 * any exponential, in the end it decays like P(T > t). What it does over the horizon is the rate of its
 * envelope (asgd/theory/envelope.h), which depends on the horizon. y is known to 1e-9 of y(0).
 */
#include "asgd/theory/envelope.h"
#include "asgd/theory/predict_parts.h"

#include "solver/moments.h"

#include <math.h>

enum { POINTS = 1001 };

/* At least 16 times of the loop, a power of two in mean delays: many gains then ask for the same
 * transforms of the law. */
static double
whole_span(const tg_loop *l)
{
    const double mean = tg_delay_mean(l->delay), least = 16 * fmax(mean, 1 / l->a);

    return mean > 0 ? mean * exp2(ceil(log2(least / mean) - 1e-9)) : least;
}

tg_status
tg_case_effective_rate(const tg_case *c, double scale, double horizon,
                       tg_mode_prediction *mode)
{
    double y[POINTS], room[POINTS];
    bool   ended;
    scale *= c->own;
    const tg_loop l = tg_case_loop(c, mode->a * scale);
    const double  all = horizon / scale;

    mode->rate = -mode->re;
    mode->effective = !mode->exponential && mode->unstable == 0 && mode->re == 0;
    if (!mode->effective || !(horizon > 0)) return TG_OK;
    double span = fmin(whole_span(&l), all);
    for (;; span = fmin(4 * span, all)) {
        TG_TRY(tg_moments_mean(&l, 1, span, POINTS, y));
        mode->rate =
            tg_envelope_rate(y, POINTS, room, &ended) * (POINTS - 1) / (span * scale);
        if (ended || span >= all) return TG_OK;
    }
}
