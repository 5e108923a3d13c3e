/* The generator of x' = A x + sum B_l E x(t - T_l) on polynomials through N + 1 Chebyshev
 * points theta_j of [-longest delay, 0]: differentiation everywhere but at theta_0 = 0,
 * where the equation stands. E p(-T) is a mean over quantiles: it only has to be near.
 * Source: Breda, Maset, Vermiglio 2005; differentiation matrix: Trefethen 2000.
 */
#include "core/complexes.h"
#include "roots/system_impl.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUANTILES = 200 };

static const double pi = 3.14159265358979323846;

static double
point(size_t j, size_t n)
{
    return cos(pi * (double)j / (double)n);
}

static double
weight(size_t j, size_t n)
{
    return (j == 0 || j == n ? 0.5 : 1) * (j % 2 ? -1 : 1);
}

/* Values at x of the Lagrange polynomials through the points, by the barycentric formula.
 */
static void
add_lagrange(double x, size_t n, double factor, double *row)
{
    double total = 0;

    for (size_t j = 0; j <= n; j++) {
        if (x == point(j, n)) {
            row[j] += factor;
            return;
        }
        total += weight(j, n) / (x - point(j, n));
    }
    for (size_t j = 0; j <= n; j++)
        row[j] += factor * weight(j, n) / (x - point(j, n)) / total;
}

static double
longest_delay(const tg_system *s)
{
    double longest = 0;

    for (size_t l = 0; l < s->terms; l++)
        longest = fmax(longest, tg_delay_quantile(s->term[l].delay, 1 - 1e-6));
    return longest;
}

/* E l_j(-T) for every j. */
static void
expectation(const tg_delay *d, double longest, size_t n, double *row)
{
    const size_t m = tg_delay_variance(d) > 0 ? QUANTILES : 1;

    memset(row, 0, (n + 1) * sizeof *row);
    for (size_t i = 0; i < m; i++) {
        const double t =
            m > 1 ? tg_delay_quantile(d, ((double)i + 0.5) / (double)m) : tg_delay_mean(d);
        add_lagrange(fmax(-1, 1 - 2 * t / longest), n, 1 / (double)m, row);
    }
}

static void
assemble(const tg_system *s, double longest, size_t n, double *row, double *a)
{
    const size_t dim = s->n, size = dim * (n + 1);

    for (size_t i = 0; i < dim; i++)
        for (size_t j = 0; j < dim; j++) a[i * size + j] = s->instant[i * dim + j];
    for (size_t l = 0; l < s->terms; l++) {
        expectation(s->term[l].delay, longest, n, row);
        for (size_t k = 0; k <= n; k++)
            for (size_t i = 0; i < dim; i++)
                for (size_t j = 0; j < dim; j++)
                    a[i * size + k * dim + j] += row[k] * s->term[l].matrix[i * dim + j];
    }
    for (size_t k = 1; k <= n; k++) {
        double diagonal = 0;
        for (size_t j = 0; j <= n; j++) {
            if (j == k) continue;
            const double d =
                weight(j, n) / weight(k, n) / (point(k, n) - point(j, n)) * 2 / longest;
            diagonal -= d;
            for (size_t i = 0; i < dim; i++) a[(k * dim + i) * size + j * dim + i] = d;
        }
        for (size_t i = 0; i < dim; i++) a[(k * dim + i) * size + k * dim + i] = diagonal;
    }
}

tg_status
tg_system_collocate(const tg_system *s, size_t nodes, double complex **out, size_t *count)
{
    const double    longest = longest_delay(s);
    const size_t    n = longest > 0 ? nodes : 0, size = s->n * (n + 1);
    double         *a = calloc(size * size, sizeof *a), *row = calloc(n + 1, sizeof *row);
    double         *re = malloc(size * sizeof *re), *im = malloc(size * sizeof *im);
    double complex *z = malloc(size * sizeof *z);
    tg_status       status =
        a && row && re && im && z ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) {
        if (n > 0) {
            assemble(s, longest, n, row, a);
        } else {
            for (size_t i = 0; i < size * size; i++) a[i] = s->instant[i];
            for (size_t l = 0; l < s->terms; l++)
                for (size_t i = 0; i < size * size; i++) a[i] += s->term[l].matrix[i];
        }
        if (LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)size, a, (lapack_int)size,
                          re, im, NULL, 1, NULL, 1))
            status =
                tg_fail(TG_ENOCONV, "the eigenvalues of the collocation did not converge");
    }
    for (size_t i = 0; status == TG_OK && i < size; i++) z[i] = complex_of(re[i], im[i]);
    free(a);
    free(row);
    free(re);
    free(im);
    if (status != TG_OK) {
        free(z);
        return status;
    }
    *out = z;
    *count = size;
    return TG_OK;
}
