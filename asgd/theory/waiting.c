#include "asgd/theory/waiting.h"

#include "solver/survival.h"

#include <math.h>
#include <stdlib.h>

static const double share_of[TG_WAITINGS] = { NAN, 0.1, 0.5, 0.9 };

const char *
tg_waiting_name(int which)
{
    static const char *const name[TG_WAITINGS] = { "mean", "10 %", "median", "90 %" };

    return name[which];
}

/* Steps of S (count) to four numbers. The error of a quantile is a quarter of the longer side of its interval
 * of four: where times have two humps, the sides are far from even. */
static void
summarise(const tg_survival *s, size_t count, double horizon, tg_waiting *w)
{
    const double n = (double)w->runs;

    tg_survival_mean(s, count, horizon, &w->value[0], &w->error[0]);
    for (int i = TG_WAITING_EARLY; i < TG_WAITINGS; i++) {
        const double p = share_of[i], far = 4 * sqrt(p * (1 - p) / n);
        const double low = tg_survival_quantile(s, count, fmax(p - far, 0.5 / n)),
                     high = tg_survival_quantile(s, count, fmin(p + far, 1 - 0.5 / n));
        w->value[i] = tg_survival_quantile(s, count, p);
        const double side = fmax(high - w->value[i], w->value[i] - low);
        w->error[i] = isfinite(w->value[i]) ? side / 4 : isfinite(low) ? INFINITY : 0;
    }
}

tg_status
tg_waiting_of(const double *time, size_t n, double horizon, tg_waiting *out)
{
    tg_waiting     w = { .runs = n };
    tg_survival   *s = calloc(n + 1, sizeof *s);
    double        *until = malloc((n + 1) * sizeof *until);
    unsigned char *ended = malloc(n + 1);
    size_t         count = 0;

    tg_status status = s && until && ended ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        ended[i] = time[i] <= horizon;
        until[i] = ended[i] ? time[i] : horizon;
    }
    if (status == TG_OK) status = tg_survival_estimate(until, ended, n, 1.96, s, &count);
    if (status == TG_OK) {
        summarise(s, count, horizon, &w);
        *out = w;
    }
    free(s);
    free(until);
    free(ended);
    return status;
}
