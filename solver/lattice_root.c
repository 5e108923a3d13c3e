/* lattice_root: how the means of solver/lattice.h settle, by inverse iteration */
#include "solver/lattice.h"
#include "solver/lattice_matrix.h"

#include <klu.h>
#include <math.h>
#include <stdlib.h>

typedef struct shifted {
    klu_common      common;
    klu_symbolic   *symbolic;
    klu_numeric    *numeric;
    int             size;
    double         *value; /* (entries) complex: M - shift */
    double complex *u;     /* (size) */
} shifted;

static void
shifted_close(shifted *s)
{
    if (s->numeric) klu_z_free_numeric(&s->numeric, &s->common);
    if (s->symbolic) klu_free_symbolic(&s->symbolic, &s->common);
    free(s->value);
    free(s->u);
}

static tg_status
shifted_open(tg_moment_system *m, double complex shift, shifted *s)
{
    const size_t entries = (size_t)m->begin[m->size];

    *s = (shifted){ .size = (int)m->size,
                    .value = calloc(2 * entries, sizeof *s->value),
                    .u = malloc(m->size * sizeof *s->u) };
    klu_defaults(&s->common);
    if (!s->value || !s->u) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t column = 0; column < m->size; column++)
        for (int k = m->begin[column]; k < m->begin[column + 1]; k++) {
            const bool diagonal = (size_t)m->row[k] == column;
            s->value[2 * k] = m->value[k] - (diagonal ? creal(shift) : 0);
            s->value[2 * k + 1] = diagonal ? -cimag(shift) : 0;
        }
    s->symbolic = klu_analyze(s->size, m->begin, m->row, &s->common);
    if (s->symbolic)
        s->numeric = klu_z_factor(m->begin, m->row, s->value, s->symbolic, &s->common);
    if (s->numeric) return TG_OK;
    return s->common.status == KLU_SINGULAR
               ? tg_fail(TG_ENOCONV, "the guess is a root to the last digit")
               : tg_fail(TG_ENOMEM, "out of memory");
}

/* Each solve divides what each eigenvector is of u by the distance of its eigenvalue. */
static tg_status
iterate(shifted *s, double complex shift, double complex *root)
{
    const size_t   n = (size_t)s->size;
    double complex last = INFINITY;

    for (size_t k = 0; k < n; k++) s->u[k] = 1 + 0.5 * sin((double)k + 1);
    for (int i = 0; i < 300; i++) {
        double size = 0;
        size_t at = 0;
        for (size_t k = 0; k < n; k++)
            if (cabs(s->u[k]) > size) size = cabs(s->u[at = k]);
        const double complex unit = s->u[at];
        for (size_t k = 0; k < n; k++) s->u[k] /= unit;
        klu_z_solve(s->symbolic, s->numeric, s->size, 1, (double *)s->u, &s->common);
        *root = shift + 1 / s->u[at];
        if (cabs(*root - last) <= 1e-12 * cabs(*root)) return TG_OK;
        last = *root;
    }
    return tg_fail(TG_ENOCONV, "two roots are equally near");
}

tg_status
tg_lattice_root(const tg_lattice *l, double complex guess, double complex *root)
{
    tg_moment_system *m = NULL;
    shifted           s;

    TG_TRY(tg_moment_system_create(l, 1, &m));
    tg_status status = shifted_open(m, guess, &s);
    if (status == TG_OK) status = iterate(&s, guess, root);
    shifted_close(&s);
    tg_moment_system_free(m);
    return status;
}
