#include "solver/lattice_groups_matrix.h"

#include <klu.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_MEANS = 160 }; /* whose eigenvalues take longer than all else */

/* A diagonal block of M, the means' or the squares', and its factors. */
typedef struct block {
    int           n, first;
    int          *begin, *row;
    double       *value;
    klu_common    common;
    klu_symbolic *symbolic;
    klu_numeric  *numeric;
} block;

static void
close_block(block *b)
{
    if (b->numeric) klu_free_numeric(&b->numeric, &b->common);
    if (b->symbolic) klu_free_symbolic(&b->symbolic, &b->common);
    free(b->begin);
    free(b->value);
}

/* The rows and columns from `first` up to `end`. */
static tg_status
open_block(const tg_group_system *m, size_t first, size_t end, block *b)
{
    const size_t n = end - first, room = (size_t)(m->begin[end] - m->begin[first]);
    int          kept = 0;

    *b = (block){ .n = (int)n, .first = (int)first };
    b->begin = malloc((n + 1 + room) * sizeof *b->begin);
    b->value = malloc((room + 1) * sizeof *b->value);
    if (!b->begin || !b->value) return tg_fail(TG_ENOMEM, "out of memory");
    b->row = b->begin + n + 1;
    for (size_t c = 0; c < n; c++) {
        b->begin[c] = kept;
        for (int i = m->begin[first + c]; i < m->begin[first + c + 1]; i++) {
            if (m->row[i] < b->first || m->row[i] >= (int)end) continue;
            b->row[kept] = m->row[i] - b->first;
            b->value[kept++] = m->value[i];
        }
    }
    b->begin[n] = kept;
    klu_defaults(&b->common);
    b->common.btf = 0; /* all is one block, which BTF's matching fills in */
    b->symbolic = klu_analyze(b->n, b->begin, b->row, &b->common);
    b->numeric = b->symbolic
                     ? klu_factor(b->begin, b->row, b->value, b->symbolic, &b->common)
                     : NULL;
    return b->symbolic ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

static void
solve(block *b, double *u)
{
    klu_solve(b->symbolic, b->numeric, b->n, 1, u, &b->common);
}

/* Cholesky: whether a (n, n), of which the upper triangle is read, is positive. */
static bool
is_positive(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            for (size_t j = i; j < n; j++) a[i * n + j] -= a[k * n + i] * a[k * n + j];
        if (!(a[i * n + i] > 0)) return false;
        const double root = sqrt(a[i * n + i]);
        for (size_t j = i; j < n; j++) a[i * n + j] /= root;
    }
    return true;
}

static double
element(const tg_group_system *m, const double *u, size_t c, size_t key)
{
    const int at = m->unknown[c * m->each + key];

    return at < 0 ? 0 : u[at];
}

/* E of (s, w_i) squared, s without the constant, for a worker at place r. */
static bool
is_moment(const tg_group_system *m, const double *u, size_t c, size_t r)
{
    enum { MOST = TG_LINEAR_SERVER + TG_LINEAR_WORKER };
    const size_t q = m->q - 1, n = q + m->p;
    const double N = m->count[c * m->places + r];
    double       a[MOST * MOST];

    for (size_t i = 0; i < q; i++) {
        for (size_t k = 0; k < q; k++) a[i * n + k] = element(m, u, c, tg_group_s(m, i, k));
        for (size_t k = 0; k < m->p; k++)
            a[i * n + q + k] = element(m, u, c, tg_group_x(m, r, i, k)) / N;
    }
    for (size_t i = 0; i < m->p; i++)
        for (size_t k = 0; k < m->p; k++)
            a[(q + i) * n + q + k] = element(m, u, c, tg_group_y(m, r, i, k)) / N;
    for (size_t i = 0; i < n; i++) a[i * n + i] *= 1 + 1e-9; /* rounding */
    return is_positive(a, n);
}

/* -M^-1 f is moments, and the system settles, if and only if it is positive, where f is inside the cone of moments:
 * what noise brings to each configuration is not, but what comes of it is. */
static bool
are_moments(const tg_group_system *m, const double *u)
{
    for (size_t c = 0; c < m->configurations; c++)
        for (size_t r = 0; r < m->places; r++)
            if (m->count[c * m->places + r] && !is_moment(m, u, c, r)) return false;
    return true;
}

static double
sum_squares(const tg_group_system *m, const double *u)
{
    double sum = 0;

    for (size_t c = 0; c < m->configurations; c++)
        sum += element(m, u, c, tg_group_s(m, 0, 0));
    return sum;
}

/* The rightmost eigenvalue is real, as moments stay moments, and where it is < 0 the one nearest to 0. */
static double
nearest(const tg_group_system *m, block *b, double *u)
{
    double last = 0, now = 0;

    for (int i = 0; i < 500; i++) {
        const double size = sum_squares(m, u);
        for (size_t k = m->means; k < m->size; k++) u[k] /= size;
        solve(b, u + m->means);
        now = 1 / sum_squares(m, u);
        if (fabs(now - last) < 1e-12 * fabs(now)) break;
        last = now;
    }
    return now;
}

/* Of the means, whose eigenvalues need not be real. */
static tg_status
slowest_mean(const block *b, double *out)
{
    const size_t n = (size_t)b->n;
    double      *a = calloc(n * n + 2 * n, sizeof *a), *re = a + n * n, most = -INFINITY;

    if (!a) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t c = 0; c < n; c++)
        for (int i = b->begin[c]; i < b->begin[c + 1]; i++)
            a[c * n + (size_t)b->row[i]] = b->value[i];
    const lapack_int failed = LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', b->n, a, b->n, re,
                                            re + n, NULL, 1, NULL, 1);
    for (size_t i = 0; i < n; i++) most = fmax(most, re[i]);
    free(a);
    if (failed)
        return tg_fail(TG_ENOCONV, "eigenvalues of the means: LAPACK says %d", (int)failed);
    *out = most;
    return TG_OK;
}

/* u += M u of the means in what moves the squares. */
static void
add_means(const tg_group_system *m, const double *means, double *u)
{
    for (size_t c = 0; c < m->means; c++)
        for (int i = m->begin[c]; i < m->begin[c + 1]; i++)
            if (m->row[i] >= (int)m->means) u[m->row[i]] += m->value[i] * means[c];
}

static tg_status
rest(const tg_lattice_groups *l, const tg_group_system *m, block *mean, block *square,
     double *u, tg_lattice_rest *out)
{
    double *v = u + m->size;

    if (m->means <= MANY_MEANS) TG_TRY(slowest_mean(mean, &out->mean_abscissa));
    if (!square->numeric || !mean->numeric) return TG_OK; /* on the boundary */
    for (size_t k = 0; k < m->size; k++) u[k] = -m->noise[k];
    solve(square, u + m->means);
    if (!are_moments(m, u)) return TG_OK;
    memcpy(v, u, m->size * sizeof *v);
    out->square_abscissa = nearest(m, square, v);
    if (!(out->square_abscissa < 0)) return TG_OK;
    for (size_t k = 0; k < m->means; k++) v[k] = -m->constant[k];
    solve(mean, v);
    out->mean = 0;
    for (size_t c = 0; c < m->configurations; c++)
        out->mean += element(m, v, c, tg_group_s(m, 0, m->q - 1));
    for (size_t k = m->means; k < m->size; k++) v[k] = m->constant[k];
    add_means(m, v, v);
    for (size_t k = m->means; k < m->size; k++) v[k] *= -1;
    solve(square, v + m->means);
    out->second = sum_squares(m, v) + l->sigma * l->sigma * sum_squares(m, u);
    return TG_OK;
}

tg_status
tg_lattice_groups_rest(const tg_lattice_groups *l, tg_lattice_rest *out)
{
    tg_group_system m = { 0 };
    tg_lattice_rest r = { INFINITY, INFINITY, NAN, NAN };
    block           mean = { 0 }, square = { 0 };

    TG_TRY(tg_group_system_create(l, &m));
    double   *u = calloc(2 * m.size, sizeof *u);
    tg_status status = u ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = open_block(&m, 0, m.means, &mean);
    if (status == TG_OK) status = open_block(&m, m.means, m.size, &square);
    if (status == TG_OK) status = rest(l, &m, &mean, &square, u, &r);
    if (status == TG_OK) *out = r;
    close_block(&mean);
    close_block(&square);
    free(u);
    tg_group_system_free(&m);
    return status;
}

tg_status
tg_lattice_groups_settles(const tg_lattice_groups *l, bool *yes, double *stiffness)
{
    tg_group_system m = { 0 };
    block           square = { 0 };

    TG_TRY(tg_group_system_create(l, &m));
    double   *u = calloc(m.size, sizeof *u);
    tg_status status =
        u ? open_block(&m, m.means, m.size, &square) : tg_fail(TG_ENOMEM, "out of memory");
    *yes = false;
    *stiffness = 0;
    if (status == TG_OK && square.numeric) {
        for (size_t k = m.means; k < m.size; k++) u[k] = -m.noise[k];
        solve(&square, u + m.means);
        *yes = are_moments(&m, u);
        *stiffness = (*yes ? 1 : -1) / fabs(sum_squares(&m, u));
    }
    close_block(&square);
    free(u);
    tg_group_system_free(&m);
    return status;
}
