/* exponential_aged: exponential workers whose steps depend on staleness
 *
 * One group of P, all deliveries updates, each worker's with chance p = 1/P. The age of what a
 * worker holds is the number of deliveries since it read, and the staleness of what it delivers
 * its age then. Moments by age close (derived here, theory 3.3): S = E x^2 and, summed over
 * workers i and pairs i != k, X_a = E x y_i, Y_a = E y_i^2 of age a, Z_ab = E y_i y_k of ages a, b:
 *
 *     S' = S - 2 e p sum c_a X_a + p sum c_a^2 (e^2 Y_a + eta^2 sigma^2 N_a)
 *     X'_0 = Y'_0 = S',   N'_0 = 1,   X'_{a+1} = (1 - p) X_a - e p sum_b c_b Z_ab
 *     Y'_{a+1} = (1 - p) Y_a,   N'_{a+1} = (1 - p) N_a,   Z'_{a+1,b+1} = (1 - 2p) Z_ab
 *     Z'_{0,b} = Z'_{b,0} = X'_b (b > 0)
 *
 * A mode that goes like z^t has Y_a = ((1-p)/z)^a S, Z_ab = ((1-2p)/z)^min(a,b) X_|a-b|, and X
 * from a linear system: the largest real z is where the first line holds. Ages end where fewer
 * than 1e-15 of the workers are older.
 */
#include "solver/exponential_flow.h"

#include "core/complexes.h"
#include "core/parallel.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct aged {
    size_t  ages;
    double  p, e, eta, noise; /* noise: eta^2 sigma^2 */
    double  centre;           /* where the mean settles */
    double  rate;
    double *c; /* (ages) */
} aged;

enum { MOST_AGES = 3000 };

static tg_status
open_aged(const tg_exponential *e, aged *out)
{
    aged a = { .p = 1 / e->workers[0], .rate = tg_exponential_rate(e) };

    if (e->groups != 1)
        return tg_fail(TG_EDOMAIN, "steps by staleness are known of one group, not of %zu",
                       e->groups);
    a.ages = a.p < 1 ? (size_t)fmin(ceil(-35 / log1p(-a.p)), 1e9) : 1;
    if (a.ages > MOST_AGES)
        return tg_fail(TG_EDOMAIN, "%g workers are too many for moments by age",
                       e->workers[0]);
    a.e = -e->rule.B[0];
    a.eta = -e->rule.b[0];
    a.noise = a.eta * a.eta * e->sigma * e->sigma;
    a.centre = e->mark ? -e->mark[0] * a.eta / a.e : 0;
    a.c = malloc(a.ages * sizeof *a.c);
    if (!a.c) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < a.ages; i++) a.c[i] = tg_weights_at(&e->rule.weights, (double)i);
    *out = a;
    return TG_OK;
}

/* ---- delivery by delivery ------------------------------------------------------------ */

/* All moments about the centre. Z is kept by diagonals: a shift of both ages is a step of
 * `now`, the place of age 0. */
typedef struct crowd {
    double  S, m;
    double *X, *Y, *N, *M; /* (ages); M = sum_i E y_i */
    double *Z;             /* (ages, ages) */
    double *next;          /* (ages) */
} crowd;

static tg_status
gather_crowd(const aged *a, double x0, crowd *out)
{
    const size_t n = a->ages;
    const double P = 1 / a->p;
    crowd        c = { .S = x0 * x0, .m = x0 };

    if (!(c.X = calloc(5 * n + n * n, sizeof *c.X)))
        return tg_fail(TG_ENOMEM, "out of memory");
    c.Y = c.X + n;
    c.N = c.Y + n;
    c.M = c.N + n;
    c.next = c.M + n;
    c.Z = c.next + n;
    c.X[0] = c.Y[0] = P * x0 * x0;
    c.M[0] = P * x0;
    c.N[0] = P;
    c.Z[0] = P * (P - 1) * x0 * x0;
    *out = c;
    return TG_OK;
}

/* f_{a+1} = (1 - p) f_a, f_0 = first. */
static void
older(const aged *a, double first, double *f)
{
    for (size_t i = a->ages; i-- > 1;) f[i] = (1 - a->p) * f[i - 1];
    f[0] = first;
}

static void
deliver_once(const aged *a, double noise, crowd *c)
{
    const size_t n = a->ages;
    double       S = c->S, m = c->m;

    for (size_t i = 0; i < n; i++) {
        const double w = a->c[i];
        S += a->p *
             (w * w * (a->e * a->e * c->Y[i] + noise * c->N[i]) - 2 * a->e * w * c->X[i]);
        m -= a->p * a->e * w * c->M[i];
    }
    c->next[0] = S;
    for (size_t i = 0; i + 1 < n; i++) {
        double pulled = 0;
        for (size_t k = 0; k < n; k++) pulled += a->c[k] * c->Z[i * n + k];
        c->next[i + 1] = (1 - a->p) * c->X[i] - a->e * a->p * pulled;
    }
    for (size_t i = n; i-- > 1;)
        for (size_t k = n; k-- > 1;)
            c->Z[i * n + k] = (1 - 2 * a->p) * c->Z[(i - 1) * n + k - 1];
    c->Z[0] = 0;
    for (size_t i = 1; i < n; i++) c->Z[i] = c->Z[i * n] = c->next[i];
    memcpy(c->X, c->next, n * sizeof *c->X);
    older(a, S, c->Y);
    older(a, m, c->M);
    older(a, 1, c->N);
    c->S = S;
    c->m = m;
}

static tg_status
follow(const aged *a, double x0, size_t count, double *mean, double *second)
{
    crowd     c;
    tg_status status = gather_crowd(a, x0 - a->centre, &c);

    if (status == TG_OK) {
        for (size_t t = 0; t < count && status == TG_OK; t++) {
            mean[t] = c.m + a->centre;
            second[t] = c.S + 2 * a->centre * c.m + a->centre * a->centre;
            deliver_once(a, a->noise, &c);
            if (t % 64 == 0) status = tg_stop_check();
        }
        free(c.X);
    }
    return status;
}

tg_status
tg_exponential_aged_steps(const tg_exponential *e, double x0, size_t count, double *mean,
                          double *second)
{
    aged a;

    TG_TRY(open_aged(e, &a));
    const double    work = (double)a.ages * (double)a.ages * (double)count;
    const tg_status status =
        work < 1e10
            ? follow(&a, x0, count, mean, second)
            : tg_fail(TG_EDOMAIN, "%zu deliveries are too many to follow by age", count);
    free(a.c);
    return status;
}

/* ---- at rest ------------------------------------------------------------------------- */

/* X_a / S (ages) of a mode z^t, by the linear system; work (ages, ages). */
static tg_status
shape(const aged *a, double z, double *work, double *X)
{
    const size_t n = a->ages;
    const double both = (1 - 2 * a->p) / z;
    lapack_int  *pivot = malloc(n * sizeof *pivot);

    if (!pivot) return tg_fail(TG_ENOMEM, "out of memory");
    memset(work, 0, n * n * sizeof *work);
    memset(X, 0, n * sizeof *X);
    X[0] = 1;
    for (size_t i = 0; i < n; i++) work[i * n + i] = 1;
    for (size_t i = 0; i + 1 < n; i++) {
        double *row = work + (i + 1) * n, power = 1;
        row[i] -= (1 - a->p) / z;
        for (size_t k = 0; k < n; k++) {
            if (k != i) row[k > i ? k - i : i - k] += a->e * a->p / z * a->c[k] * power;
            if (k < i) power *= both;
        }
    }
    const lapack_int failed =
        LAPACKE_dgesv(LAPACK_ROW_MAJOR, (lapack_int)n, 1, work, (lapack_int)n, pivot, X, 1);
    free(pivot);
    return failed ? tg_fail(TG_ENOCONV, "moments by age are singular") : TG_OK;
}

/* z less what a mode z^t makes of S = 1 in one delivery; *push: what noise adds to it, over
 * eta^2 sigma^2, at z = 1. */
static tg_status
excess(const aged *a, double z, double *work, double *out, double *push)
{
    double *X = work + a->ages * a->ages, power = 1, square = 0, sum = z - 1;

    TG_TRY(shape(a, z, work, X));
    for (size_t i = 0; i < a->ages; i++, power *= (1 - a->p) / z) {
        sum += a->p * a->c[i] * (2 * a->e * X[i] - a->e * a->e * a->c[i] * power);
        square += a->p * a->c[i] * a->c[i] * power;
    }
    *out = sum;
    if (push) *push = square;
    return TG_OK;
}

/* The growth of S in one delivery, from where it has come to in `rounds` of P deliveries. */
static tg_status
grow(const aged *a, size_t rounds, double *out)
{
    crowd c;

    TG_TRY(gather_crowd(a, 1, &c));
    const size_t steps = rounds * (size_t)ceil(1 / a->p);
    double       ratio = 0;
    tg_status    status = TG_OK;
    for (size_t t = 0; t < steps && status == TG_OK; t++) {
        const double before = c.S;
        deliver_once(a, 0, &c);
        ratio = c.S / before;
        if (t % 64 == 0) status = tg_stop_check();
    }
    free(c.X);
    *out = ratio;
    return status;
}

/* The largest real z by secants from where a mode without noise has come to. */
static tg_status
largest(const aged *a, double *work, double *out)
{
    double z[2], f[2];

    TG_TRY(grow(a, 12, &z[0]));
    z[1] = z[0] * (1 + 1e-5);
    TG_TRY(excess(a, z[0], work, &f[0], NULL));
    for (int i = 0; i < 30; i++) {
        TG_TRY(excess(a, z[1], work, &f[1], NULL));
        if (f[1] == f[0]) break;
        const double next = z[1] - f[1] * (z[1] - z[0]) / (f[1] - f[0]);
        z[0] = z[1];
        f[0] = f[1];
        z[1] = next;
        if (fabs(z[1] - z[0]) < 1e-14) break;
    }
    *out = z[1];
    return isfinite(z[1]) ? TG_OK : tg_fail(TG_ENOCONV, "no growth of the mean square");
}

/* z - 1 + e p sum c_a ((1-p)/z)^a and its derivative. */
static double complex
mean_excess(const aged *a, double complex z, double complex *slope)
{
    double complex       sum = z - 1, power = 1, down = 1;
    const double complex each = (1 - a->p) / z;

    for (size_t i = 0; i < a->ages; i++) {
        sum += a->e * a->p * a->c[i] * power;
        down -= a->e * a->p * a->c[i] * power * (double)i / z;
        power = multiply(power, each);
    }
    *slope = down;
    return sum;
}

/* Newton from the mean's way: two exponentials through a late part of it. */
static tg_status
mean_speed(const aged *a, double complex *out)
{
    const size_t n = a->ages, steps = 6 * (size_t)ceil(1 / a->p) + 8;
    double      *m = calloc(steps + n, sizeof *m);

    if (!m) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) m[i] = 1;
    for (size_t t = n; t < n + steps; t++) {
        double power = a->p * a->e;
        m[t] = m[t - 1];
        for (size_t i = 0; i < n; i++, power *= 1 - a->p)
            m[t] -= power * a->c[i] * m[t - 1 - i];
    }
    double complex z = tg_exponential_dominant(m + n + steps / 2, steps - steps / 2), slope;
    free(m);
    for (int i = 0; i < 60; i++) {
        const double complex move = mean_excess(a, z, &slope) / slope;
        z -= move;
        if (cabs(move) < 1e-15) break;
    }
    *out = z;
    return TG_OK;
}

static tg_status
solve(const aged *a, double *work, tg_exponential_rest *out)
{
    double         z, now, push;
    double complex mean = NAN;

    TG_TRY(mean_speed(a, &mean));
    TG_TRY(largest(a, work, &z));
    out->mean_abscissa = a->rate * (creal(mean) - 1);
    out->square_abscissa = a->rate * (z - 1);
    out->mean = out->mean_abscissa < -1e-12 * a->rate ? a->centre : INFINITY;
    out->second = INFINITY;
    if (!(out->square_abscissa < -1e-12 * a->rate)) return TG_OK;
    TG_TRY(excess(a, 1, work, &now, &push));
    out->second = a->noise * push / now + a->centre * a->centre;
    return TG_OK;
}

tg_status
tg_exponential_aged_rest(const tg_exponential *e, tg_exponential_rest *out)
{
    aged a;

    TG_TRY(open_aged(e, &a));
    double         *work = malloc((a.ages + 1) * a.ages * sizeof *work);
    const tg_status status =
        work ? solve(&a, work, out) : tg_fail(TG_ENOMEM, "out of memory");
    free(work);
    free(a.c);
    return status;
}
