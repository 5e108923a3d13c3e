/* decree: second moments of staleness by decree, from the mean's responses */
#include "solver/decree.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

enum { LISTEN = 1 << 20 };

/* ---- sums to the end ----------------------------------------------------------------- */

/* The square of what is left of the responses from one round to the next. */
static double
ratio(const tg_decree_mode *m)
{
    return (1 - m->fall) * (1 - m->fall);
}

/* The sum of squares over all rounds. */
static double
total(const tg_decree_mode *m, const double *of)
{
    double sum = of[m->n - 1] * ratio(m) / (m->fall * (2 - m->fall));

    for (size_t k = m->n; k-- > 0;) sum += of[k];
    return sum;
}

double
tg_decree_kept(const tg_decree_mode *m)
{
    return m->settled ? total(m, m->scatter) : (double)INFINITY;
}

/* E u^2 of what workers' own minima pull, for ever. */
static double
pull(const tg_decree_mode *m, const tg_decree_drive *b)
{
    const double e = m->gain / (double)m->d.workers;
    const double all = 1 / (1 - m->d.momentum.beta);

    return e * e * all * all * b->spread;
}

double
tg_decree_rest(const tg_decree_mode *m, const tg_decree_drive *b)
{
    const double P = (double)m->d.workers, kept = tg_decree_kept(m);

    if (!(kept < 1)) return b->noise > 0 || b->spread > 0 ? (double)INFINITY : 0;
    const double w = (b->noise * total(m, m->heard) + pull(m, b)) / (1 - kept);
    return P * P * total(m, m->model) * w + b->noise * total(m, m->seen);
}

/* ---- in time ------------------------------------------------------------------------- */

/* The value at round k of what goes on as it does in the end; squares: of sums of squares. */
static double
beyond(const tg_decree_mode *m, const double *of, size_t k, bool square)
{
    if (k < m->n) return of[k];
    if (m->fall == 1) return 0;
    const double rounds = (double)(k - (m->n - 1)) * (square ? 2 : 1);
    return of[m->n - 1] * exp(rounds * log1p(-m->fall));
}

/* A convolution with one of the kernels as it goes on, its end as a number that falls. */
typedef struct convolution {
    const tg_decree_mode *m;
    const double         *kernel;
    bool                  some; /* whether the kernel is anything */
    double                end;
} convolution;

static convolution
convolve_with(const tg_decree_mode *m, const double *kernel)
{
    convolution c = { .m = m, .kernel = kernel };

    for (size_t k = 0; k < m->n; k++) c.some = c.some || kernel[k] > 0;
    return c;
}

/* sum over k >= 1 of kernel(k) w(t - k), for t one after another. */
static double
convolved(convolution *c, const double *w, size_t t)
{
    const size_t n = c->m->n, most = t < n - 1 ? t : n - 1;
    double       sum = 0;

    if (!c->some) return 0;
    for (size_t k = 1; k <= most; k++) sum += c->kernel[k] * w[t - k];
    if (c->m->fall < 1 && t >= n)
        c->end = ratio(c->m) * (c->end + c->kernel[n - 1] * w[t - n]);
    return sum + (c->m->settled ? c->end : 0);
}

static tg_status
follow(const tg_decree_mode *m, const tg_decree_drive *b, size_t rounds, double *w,
       double *second)
{
    const double P = (double)m->d.workers, e = m->gain / P;
    convolution  own = convolve_with(m, m->scatter), model = convolve_with(m, m->model);
    double       heard = 0, seen = 0, follows = 0;
    size_t       work = 0;

    for (size_t t = 0; t <= rounds; t++) {
        const double mean = b->start * beyond(m, m->left, t, false);
        const double move = -b->start * m->gain * beyond(m, m->y, t + 1, false) / P;
        heard += beyond(m, m->heard, t, true);
        seen += beyond(m, m->seen, t, true);
        if (t < m->n) follows = m->follows[t];
        second[t] = mean * mean + P * P * convolved(&model, w, t) + b->noise * seen;
        w[t] = move * move + e * e * follows * follows * b->spread + convolved(&own, w, t) +
               b->noise * heard;
        if ((work += 2 * (t < m->n ? t : m->n)) < LISTEN) continue;
        work = 0;
        TG_TRY(tg_stop_check());
    }
    return TG_OK;
}

tg_status
tg_decree_course(const tg_decree_mode *m, const tg_decree_drive *b, size_t rounds,
                 double *mean, double *second)
{
    const size_t known = m->settled || rounds < m->n - 1 ? rounds : m->n - 2;
    double      *w = malloc((rounds + 1) * sizeof *w);

    if (!w) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = follow(m, b, known, w, second);
    for (size_t t = 0; mean && t <= known; t++)
        mean[t] = b->start * beyond(m, m->left, t, false);
    for (size_t t = known + 1; t <= rounds; t++) {
        second[t] = INFINITY; /* it has grown beyond all bounds */
        if (mean) mean[t] = INFINITY;
    }
    free(w);
    return status;
}
