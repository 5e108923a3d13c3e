#include "solver/exponential_flow.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static tg_status
check(const tg_exponential *e)
{
    if (e->groups == 0) return tg_fail(TG_EDOMAIN, "expected at least one group");
    for (size_t g = 0; g < e->groups; g++)
        if (!(e->workers[g] >= 1) || !(e->rate[g] > 0) ||
            !isfinite(e->workers[g] * e->rate[g]))
            return tg_fail(TG_EDOMAIN, "a group needs workers >= 1 and a rate > 0");
    if (!(e->sigma >= 0) || !isfinite(e->sigma))
        return tg_fail(TG_EDOMAIN, "sigma must be >= 0, got %g", e->sigma);
    return TG_OK;
}

/* The rows and columns of these parts, in order: out (n, n), where they stand (n). */
static size_t
select_parts(const tg_flow *f, tg_part low, tg_part high, double *out, size_t *at)
{
    size_t n = 0;

    for (size_t i = 0; i < f->l.size; i++)
        if (f->of[i] >= low && f->of[i] <= high) at[n++] = i;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) out[i * n + k] = f->m[at[i] * f->l.size + at[k]];
    return n;
}

/* The largest real tg_part of the eigenvalues; m (n, n) is used up. */
static tg_status
abscissa(double *m, size_t n, double *out)
{
    double *value = malloc(2 * n * sizeof *value);

    if (!value) return tg_fail(TG_ENOMEM, "out of memory");
    const lapack_int failed =
        LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, m, (lapack_int)n, value,
                      value + n, NULL, (lapack_int)n, NULL, (lapack_int)n);
    *out = -INFINITY;
    for (size_t i = 0; i < n; i++) *out = fmax(*out, value[i]);
    free(value);
    return failed ? tg_fail(TG_ENOCONV, "eigenvalues of the moments: LAPACK says %d",
                            (int)failed)
                  : TG_OK;
}

/* ---- stationary ---------------------------------------------------------------------- */

/* 0 = m v + source for the moments of these parts, the constant being 1. */
static tg_status
settle(const tg_flow *f, tg_part low, tg_part high, double *work, size_t *at, double *v)
{
    const size_t n = select_parts(f, low, high, work, at), one = f->l.q * f->l.q - 1;
    double      *right = work + n * n;
    lapack_int  *pivot = malloc(n * sizeof *pivot);

    if (!pivot) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        right[i] = -f->source[at[i]] - f->m[at[i] * f->l.size + one];
    const lapack_int failed = LAPACKE_dgesv(LAPACK_ROW_MAJOR, (lapack_int)n, 1, work,
                                            (lapack_int)n, pivot, right, 1);
    free(pivot);
    if (failed) return tg_fail(TG_ENOCONV, "the moments are at the edge of stability");
    for (size_t i = 0; i < n; i++) v[at[i]] = right[i];
    return TG_OK;
}

typedef struct stationary {
    double mean, second, mean_abscissa, square_abscissa;
} stationary;

static tg_status
solve(const tg_flow *f, double *work, size_t *at, double *v, stationary *out)
{
    const double edge = -1e-12 * f->l.e->rate[0]; /* on it is not settled */
    size_t       n = select_parts(f, TG_PART_MEAN, TG_PART_MEAN, work, at);

    out->mean = out->second = INFINITY;
    TG_TRY(abscissa(work, n, &out->mean_abscissa));
    n = select_parts(f, TG_PART_SQUARE, TG_PART_SQUARE, work, at);
    TG_TRY(abscissa(work, n, &out->square_abscissa));
    if (out->mean_abscissa < edge) {
        TG_TRY(settle(f, TG_PART_MEAN, TG_PART_MEAN, work, at, v));
        out->mean = v[f->l.q - 1];
    }
    if (out->square_abscissa < edge) {
        TG_TRY(settle(f, TG_PART_MEAN, TG_PART_SQUARE, work, at, v));
        out->second = v[0];
    }
    return TG_OK;
}

tg_status
tg_exponential_stationary(const tg_exponential *e, double *mean, double *second,
                          double *square_abscissa, double *mean_abscissa)
{
    tg_flow    f;
    stationary s;

    TG_TRY(check(e));
    TG_TRY(tg_flow_create(e, &f));
    const size_t n = f.l.size;
    double      *work = malloc((n * n + 2 * n) * sizeof *work);
    size_t      *at = malloc(n * sizeof *at);
    tg_status    status = work && at ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = solve(&f, work, at, work + n * n + n, &s);
    free(work);
    free(at);
    tg_flow_free(&f);
    if (status != TG_OK) return status;
    if (mean) *mean = s.mean;
    if (second) *second = s.second;
    if (square_abscissa) *square_abscissa = s.square_abscissa;
    if (mean_abscissa) *mean_abscissa = s.mean_abscissa;
    return TG_OK;
}

/* ---- transient ----------------------------------------------------------------------- */

/* All workers hold x0, and slots a gradient at it. */
static void
begin(const tg_layout *l, double x0, double *v)
{
    const double h_x0 = l->p > 1 ? l->r.E[l->p] * x0 : 0; /* E = (0 0; h 0) */
    double       s[TG_LINEAR_SERVER] = { x0 };

    s[l->q - 1] = 1;
    for (size_t i = 0; i < l->q; i++)
        for (size_t k = 0; k < l->q; k++) v[i * l->q + k] = s[i] * s[k];
    for (size_t g = 0; g < l->groups; g++) {
        const double mark = l->e->mark ? l->e->mark[g] : 0;
        const double w[2] = { x0, h_x0 + l->r.c[1] * mark };
        for (size_t i = 0; i < l->q; i++)
            for (size_t k = 0; k < l->p; k++)
                tg_layout_x(l, v, g)[i * l->p + k] = s[i] * w[k];
        for (size_t h = 0; h < l->groups; h++) {
            const double other = l->e->mark ? l->e->mark[h] : 0;
            const double u[2] = { x0, h_x0 + l->r.c[1] * other };
            for (size_t i = 0; i < l->p; i++)
                for (size_t k = 0; k < l->p; k++) {
                    tg_layout_z(l, v, g, h)[i * l->p + k] = w[i] * u[k];
                    tg_layout_y(l, v, g)[i * l->p + k] = w[i] * w[k];
                }
        }
        if (l->p > 1)
            tg_layout_y(l, v, g)[3] += l->r.c[1] * l->r.c[1] * l->e->sigma * l->e->sigma;
    }
}

static void
multiply(const double *a, const double *b, size_t n, double *out)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)n, (int)n, 1, a,
                (int)n, b, (int)n, 0, out, (int)n);
}

/* e^m in place, by Taylor's series of m / 2^k, squared k times: out, work, power (n, n). */
static void
exponentiate(double *m, size_t n, double *work, double *power)
{
    double norm = 0;
    int    squarings = 0;

    for (size_t i = 0; i < n * n; i++) norm = fmax(norm, fabs(m[i]));
    for (norm *= (double)n; norm > 0.5; norm /= 2) squarings++;
    const double scale = ldexp(1, -squarings);
    for (size_t i = 0; i < n * n; i++) {
        m[i] *= scale;
        power[i] = i % (n + 1) == 0;
    }
    for (int k = 18; k > 0; k--) { /* Horner: 1 + m/k (...) */
        multiply(m, power, n, work);
        for (size_t i = 0; i < n * n; i++) power[i] = work[i] / k + (i % (n + 1) == 0);
    }
    for (; squarings > 0; squarings--) {
        multiply(power, power, n, work);
        memcpy(power, work, n * n * sizeof *power);
    }
    memcpy(m, power, n * n * sizeof *m);
}

/* The flow over `dt` of all moments that are used; the constant carries the noise. */
static size_t
propagator(const tg_flow *f, double dt, double *m, double *work, double *power, size_t *at)
{
    const size_t n = select_parts(f, TG_PART_CONSTANT, TG_PART_SQUARE, m, at),
                 one = f->l.q * f->l.q - 1;

    for (size_t k = 0; k < n; k++)
        if (at[k] == one)
            for (size_t i = 0; i < n; i++) m[i * n + k] += f->source[at[i]];
    for (size_t i = 0; i < n * n; i++) m[i] *= dt;
    exponentiate(m, n, work, power);
    return n;
}

static void
march(const tg_flow *f, double x0, double dt, size_t points, double *work, size_t *at,
      double *mean, double *second)
{
    const size_t all = f->l.size;
    double *m = work, *one = m + all * all, *two = one + all * all, *v = two + all * all;

    begin(&f->l, x0, v);
    const size_t n = propagator(f, dt, m, one, two, at);
    double      *now = one, *next = one + n;
    for (size_t i = 0; i < n; i++) now[i] = v[at[i]];
    for (size_t i = 0; i < points; i++) {
        for (size_t k = 0; k < n; k++) v[at[k]] = now[k];
        if (mean) mean[i] = v[f->l.q - 1];
        if (second) second[i] = v[0];
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)n, 1, m, (int)n, now, 1, 0,
                    next, 1);
        memcpy(now, next, n * sizeof *now);
    }
}

tg_status
tg_exponential_transient(const tg_exponential *e, double x0, double horizon, size_t n,
                         double *mean, double *second)
{
    tg_flow f;

    TG_TRY(check(e));
    if (n < 2 || !(horizon > 0) || !isfinite(horizon) || !isfinite(x0))
        return tg_fail(TG_EDOMAIN, "expected a horizon > 0 and two points, got %g, %zu",
                       horizon, n);
    TG_TRY(tg_flow_create(e, &f));
    const size_t all = f.l.size;
    double      *work = calloc(3 * all * all + all, sizeof *work);
    size_t      *at = malloc(all * sizeof *at);
    tg_status    status = work && at ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        march(&f, x0, horizon / (double)(n - 1), n, work, at, mean, second);
    free(work);
    free(at);
    tg_flow_free(&f);
    return status;
}
