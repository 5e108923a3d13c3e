#include "roots/lambert.h"

#include "core/complexes.h"

#include <math.h>
#include <string.h>

enum { MOST_BRANCHES = 1000000 };

static const double pi = 3.14159265358979323846;

static int
is_plain(const tg_loop *l)
{
    return (!l->filter || l->filter == tg_filters[0]) && tg_delay_mean(l->delay) > 0 &&
           !strcmp(tg_delay_name(l->delay), "constant");
}

int
tg_lambert_applies(const tg_loop *l)
{
    if (!is_plain(l)) return 0;
    const double tau = tg_delay_mean(l->delay), z = -l->a * tau * exp(l->b * tau);
    return fabs(l->b * tau) < 300 && fabs(z) > 1e-290 && isfinite(z) &&
           fabs(z + exp(-1)) > 1e-4;
}

/* u = s + b and v = a e^{-s tau} are as large at one height of the line: above it, and on the
 * arc, arg f = arg u + arg(1 + v/u), below it arg v + arg(1 + u/v), and arg v is known. */
int
tg_lambert_count(const tg_loop *l, double line, size_t *count)
{
    if (!is_plain(l) || l->a == 0) return 0;
    const double tau = tg_delay_mean(l->delay), real = line + l->b,
                 size = fabs(l->a) * exp(-tau * line), gap = size - fabs(real);
    if (!isfinite(size) || !(fabs(gap) > 1e-9 * size)) return 0;
    if (gap < 0) {
        *count = real < 0;
        return 1;
    }
    const double         height = sqrt(gap) * sqrt(size + fabs(real));
    const double complex u = complex_of(real, height),
                         v = l->a * exponential(-tau * complex_of(line, height));
    if (!(cabs(u + v) > 1e-7 * size)) return 0; /* a root is there */
    const double turns = (carg(u) + carg(1 + v / u) + tau * height - carg(1 + u / v)) / pi;
    if (!(fabs(turns - round(turns)) < 1e-3)) return 0;
    *count = (size_t)lround(fmax(0, turns));
    return 1;
}

/* Halley's step on f, whose second derivative is tau^2 a e^{-s tau}; 0 where it does not get
 * to the next branch at once. */
static int
next_branch(const tg_loop *l, const double complex last[3], double complex *s)
{
    const double   tau = tg_delay_mean(l->delay), turn = 2 * pi / tau;
    double complex z = 3 * (last[0] - last[1]) + last[2], step = 0;

    for (int i = 0; i < 4; i++) {
        const double complex v = l->a * exponential(-tau * z), f = z + l->b + v,
                             q = divide(f, 1 - tau * v);
        step = divide(q, 1 - tau * tau / 2 * multiply(divide(q, 1 - tau * v), v));
        z -= step;
        if (!(abs_squared(step) > 1e-14 * abs_squared(z))) break;
    }
    *s = z;
    return abs_squared(step) <= 1e-14 * abs_squared(z) &&
           fabs(cimag(z - last[0]) - turn) < turn / 4;
}

/* Branches 0, 1, 2, ...; on z in (-1/e, 0) branch -1 is real too and is not a conjugate. */
tg_status
tg_lambert_search(const tg_loop *l, double line, tg_root_set *out)
{
    const double   tau = tg_delay_mean(l->delay), z = -l->a * tau * exp(l->b * tau);
    const int      two_real = z < 0 && z > -exp(-1);
    double complex last[3] = { 0 };

    for (int j = 0; j < MOST_BRANCHES; j++) {
        double complex s;
        const int      there = j > 4 && next_branch(l, last, &s);
        if (!there) s = tg_lambert(j, z) / tau - l->b;
        if (j == 0 && z > -exp(-1)) s = creal(s);
        if (creal(s) < line && !(j == 0 && two_real)) return TG_OK;
        last[2] = last[1];
        last[1] = last[0];
        last[0] = s;
        if (creal(s) >= line && (there || tg_root_polish(l, &s) == TG_OK))
            TG_TRY(tg_root_set_add(out, (tg_root){ s, 1, 0, 0 }));
        if (j > 0 || !two_real) continue;
        s = creal(tg_lambert(-1, z)) / tau - l->b;
        if (creal(s) < line) return TG_OK;
        if (tg_root_polish(l, &s) == TG_OK)
            TG_TRY(tg_root_set_add(out, (tg_root){ s, 1, 0, 0 }));
    }
    return TG_ENOCONV;
}

size_t
tg_lambert_unstable(const tg_loop *l)
{
    const double k = l->a * tg_delay_mean(l->delay);

    if (k >= 0)
        return k == 0 ? 1 : k < pi / 2 ? 0 : 2 * (size_t)((k - pi / 2) / (2 * pi)) + 2;
    return -k < 3 * pi / 2 ? 1 : 2 * (size_t)((-k - 3 * pi / 2) / (2 * pi)) + 3;
}
