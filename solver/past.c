#include "solver/past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tg_past {
    size_t  dim, n;
    double *t, *x, *slope; /* (n), (n, dim), (n, dim) or NULL: linear */
};

static tg_status
check(size_t dim, size_t n, const double *t, const double *x)
{
    if (dim == 0 || n == 0)
        return tg_fail(TG_EDOMAIN, "a history of %zu rows and %zu components is none", n,
                       dim);
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(t[k]) || (k > 0 && !(t[k] > t[k - 1])))
            return tg_fail(TG_EDOMAIN, "times of a history must rise, row %zu has %g", k,
                           t[k]);
        for (size_t i = 0; i < dim; i++)
            if (!isfinite(x[k * dim + i]))
                return tg_fail(TG_EDOMAIN, "row %zu of the history has x[%zu] = %g", k, i,
                               x[k * dim + i]);
    }
    return TG_OK;
}

/* Weighted harmonic mean of the secants to either side; 0 at an extreme. */
static double
between(double left, double right, double d1, double d2)
{
    const double w1 = 2 * right + left, w2 = right + 2 * left;

    return d1 * d2 > 0 ? (w1 + w2) / (w1 / d1 + w2 / d2) : 0;
}

/* Three-point slope at an end, kept from overshooting. */
static double
at_end(double near, double far, double d1, double d2)
{
    const double s = ((2 * near + far) * d1 - near * d2) / (near + far);

    if (!(s * d1 > 0)) return 0;
    return d1 * d2 <= 0 && fabs(s) > 3 * fabs(d1) ? 3 * d1 : s;
}

static double
secant(const tg_past *p, size_t i, size_t k)
{
    return (p->x[(k + 1) * p->dim + i] - p->x[k * p->dim + i]) / (p->t[k + 1] - p->t[k]);
}

static void
make_slopes(tg_past *p)
{
    const size_t  n = p->n, dim = p->dim;
    const double *t = p->t;

    for (size_t i = 0; i < dim; i++) {
        double *s = p->slope + i;
        if (n == 2) s[0] = s[dim] = secant(p, i, 0);
        if (n <= 2) continue;
        for (size_t k = 1; k + 1 < n; k++)
            s[k * dim] = between(t[k] - t[k - 1], t[k + 1] - t[k], secant(p, i, k - 1),
                                 secant(p, i, k));
        s[0] = at_end(t[1] - t[0], t[2] - t[1], secant(p, i, 0), secant(p, i, 1));
        s[(n - 1) * dim] = at_end(t[n - 1] - t[n - 2], t[n - 2] - t[n - 3],
                                  secant(p, i, n - 2), secant(p, i, n - 3));
    }
}

tg_status
tg_past_create(size_t dim, size_t n, const double *t, const double *x, tg_past_kind kind,
               tg_past **out)
{
    TG_TRY(check(dim, n, t, x));
    tg_past *p = calloc(1, sizeof *p);
    double  *memory = calloc(n + 2 * n * dim, sizeof *memory);

    if (!p || !memory) {
        free(p);
        free(memory);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *p = (tg_past){ .dim = dim, .n = n, .t = memory, .x = memory + n };
    memcpy(p->t, t, n * sizeof *t);
    memcpy(p->x, x, n * dim * sizeof *x);
    if (kind == TG_PAST_CUBIC) {
        p->slope = p->x + n * dim;
        make_slopes(p);
    }
    *out = p;
    return TG_OK;
}

void
tg_past_free(tg_past *p)
{
    if (p) free(p->t);
    free(p);
}

/* The last row at or before t; t lies in the table. */
static size_t
row_before(const tg_past *p, double t)
{
    size_t low = 0, high = p->n - 1;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (p->t[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

tg_status
tg_past_at(double t, double *x, void *past)
{
    const tg_past *p = past;
    const size_t   dim = p->dim;

    if (isnan(t)) return tg_fail(TG_EDOMAIN, "a history has no value at NaN");
    if (t <= p->t[0] || p->n == 1 || t >= p->t[p->n - 1]) {
        memcpy(x, p->x + (t <= p->t[0] ? 0 : (p->n - 1) * dim), dim * sizeof *x);
        return TG_OK;
    }
    const size_t  k = row_before(p, t);
    const double  h = p->t[k + 1] - p->t[k], u = (t - p->t[k]) / h, v = 1 - u;
    const double *a = p->x + k * dim, *b = a + dim;
    for (size_t i = 0; i < dim; i++) {
        x[i] = v * a[i] + u * b[i];
        if (!p->slope) continue;
        const double *s = p->slope + k * dim + i, rise = b[i] - a[i];
        x[i] += u * v * (v * (h * s[0] - rise) - u * (h * s[dim] - rise));
    }
    return TG_OK;
}
