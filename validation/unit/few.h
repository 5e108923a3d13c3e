/* few: exact moments of a few workers, each with a phase-type law of its own, under ASGD or DuDe-ASGD
 *
 * The state is (x, what worker i has read, DuDe-ASGD's slots, 1) and the phase each worker is in; its second
 * moments in every configuration of phases obey one linear equation, which is written out entry by entry:
 * nothing is shared with the library's engines.
 */
#ifndef TG_VALIDATION_FEW_H
#define TG_VALIDATION_FEW_H

#include "validation/unit/check.h"

#include <lapacke.h>
#include <string.h>

enum {
    FEW_WORKERS = 3,
    FEW_STATE = 2 * FEW_WORKERS + 2,
    FEW_PAIRS = FEW_STATE * (FEW_STATE + 1) / 2
};

/* Two phases: begins in either, leaves at these rates, to the other or to the end. */
typedef struct few_law {
    double begin[2], rate[2], on; /* on: share of phase 0 that goes on to phase 1 */
} few_law;

static inline few_law
few_exponential(double mean)
{
    return (few_law){ { 1, 0 }, { 1 / mean, 1 / mean }, 0 };
}

static inline few_law
few_erlang(double mean)
{
    return (few_law){ { 1, 0 }, { 2 / mean, 2 / mean }, 1 };
}

/* Balanced means: p / rate is the same of both. */
static inline few_law
few_hyper(double mean, double squared_cv)
{
    const double p = (1 + sqrt((squared_cv - 1) / (squared_cv + 1))) / 2;

    return (few_law){ { p, 1 - p }, { 2 * p / mean, 2 * (1 - p) / mean }, 0 };
}

typedef struct few {
    size_t  workers;
    few_law law[FEW_WORKERS];
    int     dude;
    double  step, noise; /* e; variance of a gradient's noise over h^2 */
} few;

static inline size_t
few_states(const few *f)
{
    return 2 + f->workers * (f->dude ? 2 : 1);
}

/* What a delivery of worker i does to the state: to = L from + b xi. */
static inline void
few_delivery(const few *f, size_t i, double L[FEW_STATE][FEW_STATE], double *b)
{
    const size_t d = few_states(f), P = f->workers, slot = 1 + P;

    memset(L, 0, sizeof(double[FEW_STATE][FEW_STATE]));
    for (size_t k = 0; k < d; k++) L[k][k] = 1, b[k] = 0;
    if (f->dude) {
        L[slot + i][slot + i] = 0;
        L[slot + i][1 + i] = b[slot + i] = 1;
        for (size_t k = 0; k < P; k++)
            for (size_t c = 0; c < d; c++) L[0][c] -= f->step / (double)P * L[slot + k][c];
        b[0] = -f->step / (double)P;
    } else {
        L[0][1 + i] = b[0] = -f->step;
    }
    memcpy(L[1 + i], L[0], sizeof L[0]);
    b[1 + i] = b[0];
}

static inline size_t
few_pair(size_t d, size_t i, size_t k)
{
    return i <= k ? i * d - i * (i + 1) / 2 + k : few_pair(d, k, i);
}

/* The flow of all moments, (n, n) row by row; n = configurations times pairs. Owner: the caller. */
static inline double *
few_flow(const few *f, size_t *size)
{
    const size_t d = few_states(f), pairs = d * (d + 1) / 2, all = (size_t)1 << f->workers,
                 n = all * pairs;
    double *A = calloc(n * n, sizeof *A);

    assert_non_null(A);
    for (size_t w = 0; w < f->workers; w++) {
        const few_law *law = &f->law[w];
        double         L[FEW_STATE][FEW_STATE], b[FEW_STATE];
        few_delivery(f, w, L, b);
        for (size_t c = 0; c < all; c++) {
            const size_t phase = c >> w & 1, other = c ^ (size_t)1 << w;
            const double on = phase == 0 ? law->on : 0, rate = law->rate[phase];
            for (size_t k = 0; k < pairs; k++) {
                A[(c * pairs + k) * n + c * pairs + k] -= rate;
                A[(other * pairs + k) * n + c * pairs + k] += rate * on;
            }
            for (size_t begin = 0; begin < 2; begin++) {
                const size_t to = (c & ~((size_t)1 << w)) | begin << w;
                const double r = rate * (1 - on) * law->begin[begin];
                for (size_t i = 0; i < d && r > 0; i++)
                    for (size_t k = i; k < d; k++) {
                        double *row = A + (to * pairs + few_pair(d, i, k)) * n + c * pairs;
                        for (size_t p = 0; p < d; p++)
                            for (size_t q = 0; q < d; q++)
                                row[few_pair(d, p, q)] += r * L[i][p] * L[k][q];
                        row[pairs - 1] += r * f->noise * b[i] * b[k];
                    }
            }
        }
    }
    *size = n;
    return A;
}

/* Which of a configuration's pairs are moments of x and what is read; the others are means and 1. */
static inline int
few_is_square(size_t d, size_t pair)
{
    for (size_t i = 0; i < d; i++)
        if (few_pair(d, i, d - 1) == pair) return 0;
    return 1;
}

/* Largest real part of the second moments' own flow. */
static inline double
few_abscissa(const few *f)
{
    size_t       n, m = 0;
    double      *A = few_flow(f, &n), largest = -INFINITY;
    const size_t d = few_states(f), pairs = d * (d + 1) / 2;
    size_t      *at = malloc(n * sizeof *at);
    double      *B = malloc(n * n * sizeof *B), *re = malloc(2 * n * sizeof *re);

    assert_true(at && B && re);
    for (size_t i = 0; i < n; i++)
        if (few_is_square(d, i % pairs)) at[m++] = i;
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < m; k++) B[i * m + k] = A[at[i] * n + at[k]];
    assert_int_equal(LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (int)m, B, (int)m, re,
                                   re + n, NULL, 1, NULL, 1),
                     0);
    for (size_t i = 0; i < m; i++) largest = fmax(largest, re[i]);
    free(A);
    free(at);
    free(B);
    free(re);
    return largest;
}

/* The step at which these stop falling, to 1e-4. */
static inline double
few_limit(few f)
{
    double low = 0, high = 0.05;

    for (f.step = high; few_abscissa(&f) < 0; f.step = high) low = high, high *= 1.5;
    while (high - low > 1e-4 * low) {
        f.step = (low + high) / 2;
        *(few_abscissa(&f) < 0 ? &low : &high) = f.step;
    }
    return (low + high) / 2;
}

/* Probability of a configuration when jobs are met at any time. */
static inline double
few_met(const few *f, size_t c)
{
    double p = 1;

    for (size_t w = 0; w < f->workers; w++) {
        const few_law *l = &f->law[w];
        const double   first = l->begin[0] / l->rate[0],
                     second = (l->begin[1] + l->begin[0] * l->on) / l->rate[1];
        p *= (c >> w & 1 ? second : first) / (first + second);
    }
    return p;
}

/* Stationary E x^2: A_squares m = - what the noise brings in each configuration. */
static inline double
few_floor(const few *f)
{
    size_t       n, m = 0;
    double      *A = few_flow(f, &n), floor = 0;
    const size_t d = few_states(f), pairs = d * (d + 1) / 2;
    size_t      *at = malloc(n * sizeof *at);
    double      *B = malloc(n * n * sizeof *B), *v = calloc(n, sizeof *v);
    int         *pivot = malloc(n * sizeof *pivot);

    assert_true(at && B && v && pivot);
    for (size_t i = 0; i < n; i++)
        if (few_is_square(d, i % pairs)) at[m++] = i;
    for (size_t i = 0; i < m; i++) {
        for (size_t k = 0; k < m; k++) B[i * m + k] = A[at[i] * n + at[k]];
        for (size_t c = 0; c * pairs < n; c++)
            v[i] -= A[at[i] * n + c * pairs + pairs - 1] * few_met(f, c);
    }
    assert_int_equal(LAPACKE_dgesv(LAPACK_ROW_MAJOR, (int)m, 1, B, (int)m, pivot, v, 1), 0);
    for (size_t i = 0; i < m; i++)
        if (at[i] % pairs == 0) floor += v[i];
    free(A);
    free(at);
    free(B);
    free(v);
    free(pivot);
    return floor;
}

/* E x^2 at times 0, dt, .. (points), all having read x = 1 at 0 and every slot a gradient there, with its noise:
 * by a series of e^(A dt). */
static inline void
few_course(const few *f, double dt, size_t points, double *second)
{
    size_t       n;
    double      *A = few_flow(f, &n);
    const size_t d = few_states(f), pairs = d * (d + 1) / 2;
    double      *x = calloc(3 * n, sizeof *x), *term = x + n, *next = term + n, size = 0;

    assert_non_null(x);
    for (size_t i = 0; i < n; i++) {
        double row = 0;
        for (size_t k = 0; k < n; k++) row += fabs(A[i * n + k]);
        size = fmax(size, row);
        x[i] = few_met(f, i / pairs);
    }
    for (size_t c = 0; c * pairs < n; c++)
        for (size_t w = 0; f->dude && w < f->workers; w++) {
            const size_t slot = 1 + f->workers + w;
            x[c * pairs + few_pair(d, slot, slot)] += f->noise * few_met(f, c);
        }
    const double parts = ceil(size * dt);
    for (size_t i = 0; i < points; i++) {
        second[i] = 0;
        for (size_t c = 0; c * pairs < n; c++) second[i] += x[c * pairs];
        for (double part = 0; part < parts && i + 1 < points; part++) {
            memcpy(term, x, n * sizeof *x);
            for (int order = 1; order < 18; order++) {
                for (size_t r = 0; r < n; r++) {
                    next[r] = 0;
                    for (size_t k = 0; k < n; k++) next[r] += A[r * n + k] * term[k];
                    next[r] *= dt / parts / order;
                }
                memcpy(term, next, n * sizeof *x);
                for (size_t r = 0; r < n; r++) x[r] += term[r];
            }
        }
    }
    free(A);
    free(x);
}

#endif
