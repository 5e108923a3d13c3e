#include "solver/survival.h"

#include <math.h>
#include <stdlib.h>

typedef struct event {
    double time;
    int    ended;
} event;

/* By time; at one time those that ended come first. */
static int
earlier(const void *a, const void *b)
{
    const event *x = a, *y = b;

    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return y->ended - x->ended;
}

static void
band(tg_survival *s, double greenwood, double z)
{
    const double l = log(s->share), width = z * sqrt(greenwood) / fabs(l);

    if (s->share <= 0 || s->share >= 1) {
        s->low = s->high = s->share;
        return;
    }
    s->low = exp(l * exp(width)); /* S^exp(+width) */
    s->high = exp(l * exp(-width));
}

tg_status
tg_survival_estimate(const double *time, const unsigned char *ended, size_t n, double z,
                     tg_survival *out, size_t *count)
{
    event *e;
    double share = 1, greenwood = 0;

    if (n == 0) return tg_fail(TG_EDOMAIN, "there are no times");
    if (!(z > 0))
        return tg_fail(TG_EDOMAIN, "the quantile of the band must be > 0, got %g", z);
    for (size_t i = 0; i < n; i++)
        if (!(time[i] >= 0 && isfinite(time[i])))
            return tg_fail(TG_EDOMAIN, "time %zu must be >= 0 and finite, got %g", i,
                           time[i]);
    if (!(e = malloc(n * sizeof *e))) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) e[i] = (event){ time[i], ended[i] != 0 };
    qsort(e, n, sizeof *e, earlier);
    *count = 0;
    for (size_t i = 0, next; i < n; i = next) {
        const double running = (double)(n - i);
        for (next = i; next < n && e[next].time == e[i].time && e[next].ended; next++)
            continue;
        const double d = (double)(next - i);
        if (next == i) next++; /* one that was cut off */
        if (d == 0) continue;
        share = d == running ? 0 : share * (1 - d / running);
        greenwood += d / (running * (running - d));
        out[*count] = (tg_survival){ .t = e[i].time, .running = running, .share = share };
        band(&out[(*count)++], greenwood, z);
    }
    free(e);
    return TG_OK;
}

void
tg_survival_mean(const tg_survival *s, size_t count, double horizon, double *mean,
                 double *error)
{
    double area = 0, variance = 0, end = horizon;

    /* from the right: area = int_{t_i}^horizon S, d_i from the drop of S */
    for (size_t i = count; i-- > 0;) {
        if (s[i].t >= horizon) continue;
        const double before = i ? s[i - 1].share : 1, n = s[i].running;
        const double d = n * (1 - s[i].share / before);
        area += s[i].share * (end - s[i].t);
        end = s[i].t;
        if (n > d) variance += area * area * d / (n * (n - d));
    }
    *mean = area + end;
    *error = sqrt(variance);
}

double
tg_survival_quantile(const tg_survival *s, size_t count, double p)
{
    for (size_t i = 0; i < count; i++)
        if (1 - s[i].share >= p) return s[i].t;
    return INFINITY;
}
