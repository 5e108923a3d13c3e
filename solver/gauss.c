#include "solver/gauss.h"

#include <math.h>

/* The roots of Legendre's polynomial by Newton from Tricomi's guess, moved to [0, 1]. */
static void
nodes(tg_gauss *g)
{
    const int s = g->s;

    for (int i = 0; i < s; i++) {
        double x = -cos(acos(-1) * (i + 0.75) / (s + 0.5)), slope = 1;
        for (int pass = 0; pass < 20; pass++) {
            double p = 1, before = 0;
            for (int k = 1; k <= s; k++) {
                const double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                before = p;
                p = next;
            }
            slope = s * (x * p - before) / (x * x - 1);
            x -= p / slope;
            if (fabs(p / slope) < 1e-15) break;
        }
        g->c[i] = (1 + x) / 2;
        g->b[i] = 1 / ((1 - x * x) * slope * slope);
    }
}

static void
lagrange(tg_gauss *g)
{
    for (int j = 0; j < g->s; j++) {
        double *l = g->power[j];
        int     degree = 0;
        l[0] = 1;
        for (int m = 0; m < g->s; m++) { /* times (x - c_m) / (c_j - c_m) */
            if (m == j) continue;
            const double scale = 1 / (g->c[j] - g->c[m]);
            l[++degree] = 0;
            for (int k = degree; k >= 0; k--)
                l[k] = ((k ? l[k - 1] : 0) - (g->c[m] - 0.5) * l[k]) * scale;
        }
    }
}

tg_gauss
tg_gauss_make(int s)
{
    tg_gauss g = { .s = s };
    double   B[TG_GAUSS_MAX];

    nodes(&g);
    lagrange(&g);
    for (int i = 0; i < s; i++) {
        tg_gauss_dense(&g, g.c[i], B);
        for (int j = 0; j < s; j++) g.A[i][j] = B[j];
    }
    return g;
}

/* sum_k power_k u^(k+1) / (k+1) */
static double
antiderivative(const double *power, int s, double u)
{
    double sum = 0;

    for (int k = s - 1; k >= 0; k--) sum = sum * u + power[k] / (k + 1);
    return sum * u;
}

void
tg_gauss_dense(const tg_gauss *g, double theta, double *B)
{
    for (int j = 0; j < g->s; j++)
        B[j] = antiderivative(g->power[j], g->s, theta - 0.5) -
               antiderivative(g->power[j], g->s, -0.5);
}

/* Gauss-Jordan with row pivots. */
int
tg_gauss_invert(int s, double m[TG_GAUSS_MAX][TG_GAUSS_MAX])
{
    double inverse[TG_GAUSS_MAX][TG_GAUSS_MAX] = { { 0 } };

    for (int i = 0; i < s; i++) inverse[i][i] = 1;
    for (int k = 0; k < s; k++) {
        int pivot = k;
        for (int i = k + 1; i < s; i++)
            if (fabs(m[i][k]) > fabs(m[pivot][k])) pivot = i;
        if (!(fabs(m[pivot][k]) > 0)) return 0;
        for (int j = 0; j < s; j++) {
            const double x = m[k][j], y = inverse[k][j];
            m[k][j] = m[pivot][j];
            m[pivot][j] = x;
            inverse[k][j] = inverse[pivot][j];
            inverse[pivot][j] = y;
        }
        const double scale = 1 / m[k][k];
        for (int j = 0; j < s; j++) {
            m[k][j] *= scale;
            inverse[k][j] *= scale;
        }
        for (int i = 0; i < s; i++) {
            const double factor = m[i][k];
            for (int j = 0; i != k && j < s; j++) {
                m[i][j] -= factor * m[k][j];
                inverse[i][j] -= factor * inverse[k][j];
            }
        }
    }
    for (int i = 0; i < s; i++)
        for (int j = 0; j < s; j++) m[i][j] = inverse[i][j];
    return 1;
}
