#include "asgd/theory/mode_course.h"

#include "asgd/theory/envelope.h"

#include <math.h>
#include <stdlib.h>

tg_status
tg_mode_course_create(double dt, size_t n, tg_mode_course *out)
{
    double *block = calloc(3 * n, sizeof *block);

    if (!block) return tg_fail(TG_ENOMEM, "out of memory");
    *out = (tg_mode_course){
        .dt = dt, .n = n, .mean = block, .second = block + n, .off = block + 2 * n
    };
    return TG_OK;
}

void
tg_mode_course_free(tg_mode_course *c)
{
    free(c->mean);
    *c = (tg_mode_course){ 0 };
}

static double
cubic(const double *f, double u)
{
    return -f[0] * (u - 1) * (u - 2) * (u - 3) / 6 + f[1] * u * (u - 2) * (u - 3) / 2 -
           f[2] * u * (u - 1) * (u - 3) / 2 + f[3] * u * (u - 1) * (u - 2) / 6;
}

double
tg_mode_course_second(const tg_mode_course *c, double t, double *off)
{
    const double at = t / c->dt;

    if (c->n < 4 || at >= (double)(c->n - 1)) {
        if (off) *off = c->end_off;
        return c->end;
    }
    if (c->jumps) {
        const size_t i = (size_t)(at + 1e-12);
        if (off) *off = c->off[i];
        return c->second[i];
    }
    const size_t j = (size_t)fmin(fmax(floor(at) - 1, 0), (double)c->n - 4);
    const double u = at - (double)j;
    if (off) *off = fabs(cubic(c->off + j, u));
    return fmax(cubic(c->second + j, u), 0);
}

double
tg_mode_course_mean(const tg_mode_course *c, double t)
{
    const double at = fmin(t / c->dt, (double)(c->n - 1));
    const size_t j = (size_t)fmin(fmax(floor(at) - 1, 0), (double)c->n - 4);

    return c->n < 4 ? c->mean[0] : cubic(c->mean + j, at - (double)j);
}

double
tg_mode_course_rate(const tg_mode_course *c, double limit, double horizon)
{
    const size_t n = (size_t)fmin((double)c->n, fmax(ceil(horizon / c->dt) + 1, 3));
    const double first = c->n > 2 ? c->mean[0] - limit : 0;
    double      *y = first != 0 ? malloc(2 * n * sizeof *y) : NULL, rate = NAN;
    bool         ended;

    for (size_t i = 0; y && i < n; i++) y[i] = (c->mean[i] - limit) / first;
    if (y) rate = tg_envelope_rate(y, n, y + n, &ended) / c->dt;
    free(y);
    return rate;
}
