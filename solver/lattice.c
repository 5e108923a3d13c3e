#include "solver/lattice.h"

#include "solver/lattice_matrix.h"
#include "solver/lattice_rule.h"

#include <klu.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* M = LU, kept for many right-hand sides. */
typedef struct factors {
    klu_common    common;
    klu_symbolic *symbolic;
    klu_numeric  *numeric;
} factors;

static int
factor(tg_moment_system *m, factors *f)
{
    klu_defaults(&f->common);
    f->symbolic = klu_analyze((int)m->size, m->begin, m->row, &f->common);
    f->numeric = f->symbolic
                     ? klu_factor(m->begin, m->row, m->value, f->symbolic, &f->common)
                     : NULL;
    return f->numeric != NULL;
}

static void
release(factors *f)
{
    if (f->numeric) klu_free_numeric(&f->numeric, &f->common);
    if (f->symbolic) klu_free_symbolic(&f->symbolic, &f->common);
}

/* The moments keep the cone of what can be moments invariant, so the rightmost eigenvalue
 * of M is real, and where it is < 0 it is the one nearest to 0: inverse iteration finds it.
 * The iterates of a stable system stay in the cone. */
static double
nearest_eigenvalue(const tg_moment_system *m, factors *f, double *u)
{
    double last = 0, now = 0;

    for (int i = 0; i < 500; i++) {
        double size = 0;
        for (size_t k = 0; k < m->size; k += m->each) size += u[k]; /* sum of E[x^2; N] */
        for (size_t k = 0; k < m->size; k++) u[k] /= size;
        klu_solve(f->symbolic, f->numeric, (int)m->size, 1, u, &f->common);
        size = 0;
        for (size_t k = 0; k < m->size; k += m->each) size += u[k];
        now = 1 / size;
        if (fabs(now - last) < 1e-12 * fabs(now)) break;
        last = now;
    }
    return now;
}

/* Cholesky: whether a (n, n), of which the upper triangle is read, is positive. */
static int
is_positive(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            for (size_t j = i; j < n; j++) a[i * n + j] -= a[k * n + i] * a[k * n + j];
        if (!(a[i * n + i] > 0)) return 0;
        const double root = sqrt(a[i * n + i]);
        for (size_t j = i; j < n; j++) a[i * n + j] /= root;
    }
    return 1;
}

/* -M^-1 f is moments, and the system settles, if and only if it is positive (the source lies inside
 * the cone): here E of (s, w_i) squared, for a worker of each phase of each state. */
static int
is_moment(const tg_moment_system *m, const tg_linear_rule *rule, const double *u)
{
    enum { MOST = TG_LINEAR_SERVER + TG_LINEAR_WORKER };
    const size_t phases = (size_t)m->phases, q = rule->q, p = rule->p, n = q + p;
    double       a[MOST * MOST];

    for (size_t s = 0; s < m->states; s++)
        for (size_t r = 0; r < phases; r++) {
            const double *v = u + s * m->each, N = m->count[s * phases + r];
            const double *x = v + q * q + r * q * p;
            const double *y = v + tg_lattice_squares(rule, m->phases, (int)r);
            if (N == 0) continue;
            for (size_t i = 0; i < q; i++) {
                for (size_t k = 0; k < q; k++) a[i * n + k] = v[i * q + k];
                for (size_t k = 0; k < p; k++) a[i * n + q + k] = x[i * p + k] / N;
            }
            for (size_t i = 0; i < p; i++)
                for (size_t k = 0; k < p; k++) a[(q + i) * n + q + k] = y[i * p + k] / N;
            for (size_t i = 0; i < n; i++) /* rounding; what a K-th delivery has emptied */
                a[i * n + i] = a[i * n + i] == 0 ? 1 : a[i * n + i] * (1 + 1e-9);
            if (!is_positive(a, n)) return 0;
        }
    return 1;
}

tg_status
tg_lattice_variance(const tg_lattice *l, double *variance, double *abscissa)
{
    const tg_linear_rule rule = tg_lattice_rule(l);
    tg_lattice           unit = *l; /* a source inside the cone whatever sigma is */
    tg_moment_system    *m = NULL;
    factors              f = { .symbolic = NULL };
    tg_status            status = TG_OK;
    double               sum = 0;

    unit.sigma = 1;
    if (!isfinite(l->sigma))
        return tg_fail(TG_EDOMAIN, "sigma must be finite, got %g", l->sigma);
    TG_TRY(tg_moment_system_create(&unit, 2, &m));
    double   *u = malloc(m->size * sizeof *u);
    const int factored = u && factor(m, &f);
    if (!factored && u && f.common.status == KLU_SINGULAR) {
        status = tg_fail(TG_EDOMAIN, "the mean square of %zu workers is on the boundary",
                         l->workers);
        goto done;
    }
    if (!factored) {
        status = tg_fail(TG_ENOMEM, "out of memory");
        goto done;
    }
    for (size_t k = 0; k < m->size; k++) u[k] = -m->source[k];
    klu_solve(f.symbolic, f.numeric, (int)m->size, 1, u, &f.common);
    if (!is_moment(m, &rule, u)) {
        status = tg_fail(TG_EDOMAIN, "the mean square of %zu workers does not settle",
                         l->workers);
        goto done;
    }
    for (size_t k = 0; k < m->size; k += m->each) sum += u[k];
    *variance = l->sigma * l->sigma * sum;
    if (abscissa) *abscissa = nearest_eigenvalue(m, &f, u);
done:
    release(&f);
    free(u);
    tg_moment_system_free(m);
    return status;
}
