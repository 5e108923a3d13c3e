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

tg_status
tg_exponential_abscissa(double *m, size_t n, double roots, double *out)
{
    double *value = malloc(2 * n * sizeof *value);

    if (!value) return tg_fail(TG_ENOMEM, "out of memory");
    const lapack_int failed =
        LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, m, (lapack_int)n, value,
                      value + n, NULL, (lapack_int)n, NULL, (lapack_int)n);
    *out = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double size = hypot(value[i], value[n + i]);
        const double angle = atan2(value[n + i], value[i]) / roots;
        *out = fmax(*out, roots == 1 ? value[i] : pow(size, 1 / roots) * cos(angle));
    }
    free(value);
    return failed ? tg_fail(TG_ENOCONV, "eigenvalues of the moments: LAPACK says %d",
                            (int)failed)
                  : TG_OK;
}

double
tg_exponential_rate(const tg_exponential *e)
{
    double sum = 0;

    for (size_t g = 0; g < e->groups; g++) sum += e->workers[g] * e->rate[g];
    return sum;
}

double complex
tg_exponential_dominant(const double *m, size_t n)
{
    double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;

    for (size_t t = 0; t + 2 < n; t++) {
        aa += m[t + 1] * m[t + 1];
        ab += m[t + 1] * m[t];
        bb += m[t] * m[t];
        ay += m[t + 1] * m[t + 2];
        by += m[t] * m[t + 2];
    }
    const double det = aa * bb - ab * ab;
    if (!(det > 1e-10 * aa * bb)) return ab / bb;
    const double         one = (ay * bb - by * ab) / det, two = (by * aa - ay * ab) / det;
    const double complex root = csqrt(one * one / 4 + two + 0 * I);
    return cabs(one / 2 + root) >= cabs(one / 2 - root) ? one / 2 + root : one / 2 - root;
}

/* ---- stationary ---------------------------------------------------------------------- */

/* 0 = m v + source for the moments of these parts, the constant being 1. */
static tg_status
settle(const tg_flow *f, tg_part low, tg_part high, double *work, size_t *at, double *v)
{
    const size_t n = tg_flow_select(f, low, high, work, at), one = f->l.q * f->l.q - 1;
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

static tg_status
solve(const tg_flow *f, double *work, size_t *at, double *v, tg_exponential_rest *out)
{
    const double edge = -1e-12 * f->l.e->rate[0]; /* on it is not settled */
    size_t       n = tg_flow_select(f, TG_PART_MEAN, TG_PART_MEAN, work, at);

    out->mean = out->second = INFINITY;
    TG_TRY(tg_exponential_abscissa(work, n, 1, &out->mean_abscissa));
    n = tg_flow_select(f, TG_PART_SQUARE, TG_PART_SQUARE, work, at);
    TG_TRY(tg_exponential_abscissa(work, n, 1, &out->square_abscissa));
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

static tg_status
plain_rest(const tg_exponential *e, tg_exponential_rest *out)
{
    tg_flow f;

    TG_TRY(tg_flow_create(e, &f));
    const size_t n = f.l.size;
    double      *work = malloc((n * n + 2 * n) * sizeof *work);
    size_t      *at = malloc(n * sizeof *at);
    tg_status    status = work && at ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = solve(&f, work, at, work + n * n + n, out);
    free(work);
    free(at);
    tg_flow_free(&f);
    return status;
}

/* Rules whose moments need more than the flow's: how they settle, and delivery by delivery. */
typedef struct way {
    tg_status (*rest)(const tg_exponential *e, tg_exponential_rest *out);
    tg_status (*steps)(const tg_exponential *e, double x0, size_t count, double *mean,
                       double *second);
} way;

static way
way_of(const tg_exponential *e)
{
    if (e->rule.limit > 0)
        return (way){ tg_exponential_drop_rest, tg_exponential_drop_steps };
    if (e->rule.weights.power > 0)
        return (way){ tg_exponential_aged_rest, tg_exponential_aged_steps };
    if (e->rule.cycle > 0)
        return (way){ tg_exponential_cycle_rest, tg_exponential_cycle_steps };
    return (way){ plain_rest, NULL };
}

tg_status
tg_exponential_stationary(const tg_exponential *e, double *mean, double *second,
                          double *square_abscissa, double *mean_abscissa)
{
    tg_exponential_rest s;

    TG_TRY(check(e));
    TG_TRY(way_of(e).rest(e, &s));
    if (mean) *mean = s.mean;
    if (second) *second = s.second;
    if (square_abscissa) *square_abscissa = s.square_abscissa;
    if (mean_abscissa) *mean_abscissa = s.mean_abscissa;
    return TG_OK;
}

/* ---- transient ----------------------------------------------------------------------- */

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
    const size_t n = tg_flow_select(f, TG_PART_CONSTANT, TG_PART_SQUARE, m, at),
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

    tg_layout_begin(&f->l, x0, v);
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

static tg_status
by_flow(const tg_exponential *e, double x0, double horizon, size_t n, double *mean,
        double *second)
{
    tg_flow f;

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

/* How many deliveries there are at most, to 1e-15, where `mu` are expected. */
static double
most(double mu)
{
    return ceil(mu + 9 * sqrt(mu) + 40);
}

/* sum_j e^-mu mu^j/j! step_j, steps (count). */
static double
mix(const double *step, double count, double mu)
{
    const double from = fmax(floor(mu - 9 * sqrt(mu) - 10), 0), to = fmin(most(mu), count);
    double       sum = 0, all = 0;

    for (double j = from; j < to; j++) {
        const double p = mu > 0 ? exp(j * log(mu) - mu - lgamma(j + 1)) : j == 0;
        sum += p * step[(size_t)j];
        all += p;
    }
    return sum / all;
}

/* Deliveries are Poisson whatever x does: moments in time are a mean of those delivery by
 * delivery. */
static tg_status
by_steps(const tg_exponential *e, const way *w, double x0, double horizon, size_t n,
         double *mean, double *second)
{
    const double mu = tg_exponential_rate(e) * horizon, count = most(mu);

    if (!(count < 1e8))
        return tg_fail(TG_EDOMAIN, "%g deliveries are too many to follow", mu);
    double *step = malloc(2 * (size_t)count * sizeof *step), *square = step + (size_t)count;
    tg_status status = step ? w->steps(e, x0, (size_t)count, step, square)
                            : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        const double to = mu * (double)i / (double)(n - 1);
        if (mean) mean[i] = mix(step, count, to);
        if (second) second[i] = mix(square, count, to);
    }
    free(step);
    return status;
}

tg_status
tg_exponential_transient(const tg_exponential *e, double x0, double horizon, size_t n,
                         double *mean, double *second)
{
    TG_TRY(check(e));
    if (n < 2 || !(horizon > 0) || !isfinite(horizon) || !isfinite(x0))
        return tg_fail(TG_EDOMAIN, "expected a horizon > 0 and two points, got %g, %zu",
                       horizon, n);
    const way w = way_of(e);
    return w.steps ? by_steps(e, &w, x0, horizon, n, mean, second)
                   : by_flow(e, x0, horizon, n, mean, second);
}
