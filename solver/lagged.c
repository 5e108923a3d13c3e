#include "solver/lagged.h"

#include "solver/gauss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STAGES 8

/* One step: Y = r 1 - h b A Y - h a A G, G the stages one delay ago, so
 * Y = one r + lag G with one = (1 + h b A)^-1 1, lag = -h a (1 + h b A)^-1 A. */
typedef struct step {
    tg_gauss gauss;
    double   a, b, h;
    double   one[STAGES], lag[STAGES][STAGES];
} step;

typedef struct state {
    double r, sum, square;
} state;

static size_t
steps_per_delay(double a, double b, double tau)
{
    return (size_t)fmax(1, ceil(2 * (fabs(a) + fabs(b)) * tau));
}

double
tg_lagged_steps(double a, double b, double tau, double horizon)
{
    return horizon / tau * (double)steps_per_delay(a, b, tau);
}

static step
make_step(double a, double b, double h)
{
    step   s = { .gauss = tg_gauss_make(STAGES), .a = a, .b = b, .h = h };
    double m[TG_GAUSS_MAX][TG_GAUSS_MAX];

    for (int i = 0; i < STAGES; i++)
        for (int j = 0; j < STAGES; j++) m[i][j] = (i == j) + h * b * s.gauss.A[i][j];
    tg_gauss_invert(STAGES, m);
    for (int i = 0; i < STAGES; i++)
        for (int j = 0; j < STAGES; j++) {
            s.one[i] += m[i][j];
            for (int k = 0; k < STAGES; k++)
                s.lag[i][k] -= h * a * m[i][j] * s.gauss.A[j][k];
        }
    return s;
}

static void
stages(const step *s, double r, const double *G, double *Y)
{
    for (int i = 0; i < STAGES; i++) {
        double sum = s->one[i] * r;
        for (int j = 0; j < STAGES; j++) sum += s->lag[i][j] * G[j];
        Y[i] = sum;
    }
}

/* The state a share of the step on, B the integrated Lagrange polynomials there. */
static state
advance(const step *s, state x, const double *G, const double *Y, const double *B)
{
    for (int j = 0; j < STAGES; j++) {
        x.r += s->h * B[j] * (-s->b * Y[j] - s->a * G[j]);
        x.sum += s->h * B[j] * Y[j];
        x.square += s->h * B[j] * Y[j] * Y[j];
    }
    return x;
}

tg_status
tg_lagged_fill(double a, double b, double tau, double dt, size_t n, double *r, double *sum,
               double *square)
{
    const size_t m = steps_per_delay(a, b, tau);
    const step   s = make_step(a, b, tau / (double)m);
    double(*past)[STAGES] = calloc(m, sizeof *past), Y[STAGES], B[STAGES];
    state x = { 1, 0, 0 };

    if (!past) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0, i = 0; i < n; k++) { /* step k ends at (k + 1) h */
        double *G = past[k % m];
        stages(&s, x.r, G, Y);
        for (; i < n && (double)i * dt < s.h * (double)(k + 1); i++) {
            tg_gauss_dense(&s.gauss, (double)i * dt / s.h - (double)k, B);
            const state at = advance(&s, x, G, Y, B);
            r[i] = at.r;
            sum[i] = at.sum;
            square[i] = at.square;
        }
        x = advance(&s, x, G, Y, s.gauss.b);
        memcpy(G, Y, sizeof Y);
    }
    free(past);
    if (isfinite(r[n - 1]) && isfinite(square[n - 1])) return TG_OK;
    return tg_fail(TG_EDIVERGED, "the mean leaves the finite range before t = %g",
                   dt * (double)(n - 1));
}
