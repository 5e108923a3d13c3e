#include "core/spectrum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double
rank(const tg_spectrum *s, size_t i)
{
    return ((double)i + 0.5) / (double)s->count;
}

static double
power(const tg_spectrum *s, size_t i)
{
    return s->largest * pow((double)i + 1, -s->decay);
}

static double
uniform(const tg_spectrum *s, size_t i)
{
    return s->largest - rank(s, i) * (s->largest - s->smallest);
}

/* Both ends are met exactly: the condition number is what was asked. */
static double
geometric(const tg_spectrum *s, size_t i)
{
    const double part = s->count > 1 ? (double)i / (double)(s->count - 1) : 0;

    return s->largest * pow(s->smallest / s->largest, part);
}

/* Marchenko, Pastur 1967: density sqrt((b - h)(h - a)) / (2 pi r h) on [a, b] with
 * a, b = (1 -+ sqrt r)^2; its integral in closed form, with h = c - w cos t,
 * c = (a + b)/2, w = (b - a)/2, is taken by the midpoint rule in t. */
static double
marchenko_pastur_cdf(double r, double h)
{
    enum { NODES = 400 };
    const double c = 1 + r, w = 2 * sqrt(r);
    const double end = acos(fmin(fmax((c - h) / w, -1), 1));
    double       sum = 0;

    for (int k = 0; k < NODES; k++) {
        const double t = end * (k + 0.5) / NODES;
        sum += w * w * sin(t) * sin(t) / (c - w * cos(t));
    }
    return sum * end / NODES / (2 * 3.14159265358979323846 * r);
}

static double
marchenko_pastur(const tg_spectrum *s, size_t i)
{
    const double root = sqrt(s->ratio), top = (1 + root) * (1 + root);
    double       low = (1 - root) * (1 - root), high = top;

    for (int k = 0; k < 60; k++) {
        const double middle = (low + high) / 2;
        if (marchenko_pastur_cdf(s->ratio, middle) < 1 - rank(s, i))
            low = middle;
        else
            high = middle;
    }
    return s->largest * (low + high) / 2 / top;
}

const tg_spectrum_kind *const tg_spectrum_kinds[] = {
    &(const tg_spectrum_kind){ "power", "h_i = largest / i^decay", power },
    &(const tg_spectrum_kind){
        "geometric", "evenly spaced logarithms from largest to smallest", geometric },
    &(const tg_spectrum_kind){ "uniform", "evenly spread between smallest and largest",
                               uniform },
    &(const tg_spectrum_kind){ "marchenko_pastur",
                               "sample covariance of white features, edge at largest",
                               marchenko_pastur },
    NULL
};

static const tg_spectrum_kind *
find(const char *name)
{
    for (const tg_spectrum_kind *const *k = tg_spectrum_kinds; *k; k++)
        if (!strcmp((*k)->name, name)) return *k;
    return NULL;
}

tg_status
tg_spectrum_fill(const char *name, const tg_spectrum *s, double *h)
{
    const tg_spectrum_kind *kind = find(name);

    if (!kind)
        return tg_fail(TG_EINPUT,
                       "unknown spectrum \"%s\"; expected one of: power, geometric, "
                       "uniform, marchenko_pastur",
                       name);
    if (!(s->largest > 0) || !(s->smallest > 0) || !(s->smallest <= s->largest))
        return tg_fail(TG_EDOMAIN,
                       "a spectrum needs 0 < smallest <= largest, got %g and %g",
                       s->smallest, s->largest);
    if (!(s->decay >= 0) || !(s->ratio > 0 && s->ratio <= 1))
        return tg_fail(TG_EDOMAIN,
                       "a spectrum needs decay >= 0 and ratio in (0, 1], got %g, %g",
                       s->decay, s->ratio);
    for (size_t i = 0; i < s->count; i++) h[i] = kind->eigenvalue(s, i);
    return TG_OK;
}
