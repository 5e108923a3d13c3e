/* gauss: the Gauss collocation method with s stages
 *
 *     Y_i      = y_0 + h sum_j A_ij f(Y_j),         A_ij = int_0^{c_i} l_j
 *     y(theta) = y_0 + h sum_j B_j(theta) f(Y_j)
 *
 * with c the Gauss-Legendre nodes on [0, 1], l_j their Lagrange polynomials, B_j(theta) =
 * int_0^theta l_j. Order 2 s at the ends of a step, s + 1 inside (Hairer, Norsett, Wanner
 * 1993, II.7). Private to solver/.
 */
#ifndef TG_SOLVER_GAUSS_H
#define TG_SOLVER_GAUSS_H

#define TG_GAUSS_MAX 10

typedef struct tg_gauss {
    int    s;
    double c[TG_GAUSS_MAX], b[TG_GAUSS_MAX]; /* nodes and weights on [0, 1] */
    double A[TG_GAUSS_MAX][TG_GAUSS_MAX];
    double power[TG_GAUSS_MAX][TG_GAUSS_MAX]; /* l_j(x) = sum_k power[j][k] (x - 1/2)^k */
} tg_gauss;

/* The method with 1 <= s <= TG_GAUSS_MAX stages. */
tg_gauss tg_gauss_make(int s);

/* B (s) at theta. */
void tg_gauss_dense(const tg_gauss *g, double theta, double *B);

/* Invert the s x s matrix m in place; s <= TG_GAUSS_MAX. Returns 0 if it is singular. */
int tg_gauss_invert(int s, double m[TG_GAUSS_MAX][TG_GAUSS_MAX]);

#endif
