#include "solver/zgrid.h"

#include "core/complexes.h"
#include "solver/planner.h"

#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What wraps around is e^-damping of what it was; at the grid's end rounding has grown by
 * e^{damping n/padded}. Padded fourfold both come to some 1e-13, twofold to 1e-11, at half the
 * cost: that is for long grids. */
static const size_t SHORT = 1000;

static double
damping(const tg_zgrid *g)
{
    return g->padded >= 4 * g->n ? 32 : 25;
}

static void
plan(tg_zgrid *g)
{
    double       *x = fftw_alloc_real(g->padded);
    fftw_complex *z = fftw_alloc_complex(g->nz);

    tg_planner_lock();
    if (x && z) {
        g->forward = fftw_plan_dft_r2c_1d((int)g->padded, x, z, FFTW_ESTIMATE);
        g->backward = fftw_plan_dft_c2r_1d((int)g->padded, z, x, FFTW_ESTIMATE);
    }
    tg_planner_unlock();
    fftw_free(x);
    fftw_free(z);
}

static void
fill(tg_zgrid *g)
{
    const double sigma = damping(g) / ((double)g->padded * g->dt);
    const double step = 2 * 3.14159265358979323846 / (double)g->padded;

    for (size_t i = 0; i < g->n; i++) {
        g->decay[i] = exp(-sigma * g->dt * (double)i);
        g->growth[i] = 1 / g->decay[i];
    }
    for (size_t i = 0; i < g->nz; i++) {
        const double complex z = exp(-sigma * g->dt) * cexp(-I * step * (double)i);
        g->s[i] = 2 / g->dt * (1 - z) / (1 + z);
    }
}

tg_status
tg_zgrid_create(double dt, size_t n, tg_zgrid **out)
{
    if (!(dt > 0) || !isfinite(dt) || n < 2)
        return tg_fail(TG_EDOMAIN, "a grid needs a step > 0 and two points, got %g, %zu",
                       dt, n);
    tg_zgrid *g = calloc(1, sizeof *g);
    if (g) {
        *g = (tg_zgrid){ .dt = dt, .n = n, .padded = 8 };
        while (g->padded < (n <= SHORT ? 4 : 2) * n) g->padded *= 2;
        g->nz = g->padded / 2 + 1;
        g->decay = malloc(2 * n * sizeof *g->decay);
        g->growth = g->decay ? g->decay + n : NULL;
        g->s = malloc(g->nz * sizeof *g->s);
        plan(g);
    }
    if (!g || !g->decay || !g->s || !g->forward || !g->backward) {
        tg_zgrid_free(g);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    fill(g);
    *out = g;
    return TG_OK;
}

void
tg_zgrid_free(tg_zgrid *g)
{
    if (!g) return;
    tg_planner_lock();
    if (g->forward) fftw_destroy_plan(g->forward);
    if (g->backward) fftw_destroy_plan(g->backward);
    tg_planner_unlock();
    free(g->decay);
    free(g->s);
    free(g);
}

/* ---- room ---------------------------------------------------------------------------- */

static size_t
aligned(size_t n)
{
    return (n + 7) / 8 * 8;
}

double *
tg_zgrid_reals(const tg_zgrid *g, size_t rows)
{
    return fftw_alloc_real(rows * aligned(g->n));
}

double complex *
tg_zgrid_complexes(const tg_zgrid *g, size_t rows)
{
    return fftw_alloc_complex(rows * aligned(g->nz));
}

void
tg_zgrid_release(void *rows)
{
    fftw_free(rows);
}

tg_status
tg_zroom_create(const tg_zgrid *g, tg_zroom *out)
{
    tg_zroom r = { fftw_alloc_real(g->padded), tg_zgrid_complexes(g, 1),
                   tg_zgrid_complexes(g, 1) };

    if (!r.line || !r.one || !r.two) {
        tg_zroom_free(&r);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = r;
    return TG_OK;
}

void
tg_zroom_free(tg_zroom *r)
{
    fftw_free(r->line);
    fftw_free(r->one);
    fftw_free(r->two);
}

/* ---- transforms ---------------------------------------------------------------------- */

void
tg_zgrid_generate(const tg_zgrid *g, tg_zroom *r, const double *x, double complex *out)
{
    for (size_t i = 0; i < g->n; i++) r->line[i] = x[i] * g->decay[i];
    memset(r->line + g->n, 0, (g->padded - g->n) * sizeof *r->line);
    fftw_execute_dft_r2c(g->forward, r->line, out);
}

void
tg_zgrid_transform(const tg_zgrid *g, tg_zroom *r, const double *x, double complex *out)
{
    tg_zgrid_generate(g, r, x, out);
    for (size_t k = 0; k < g->nz; k++) out[k] = g->dt * (out[k] - x[0] / 2);
}

/* The inverse transform destroys its input, so it takes a copy. */
static void
back(const tg_zgrid *g, tg_zroom *r, double scale, double *out)
{
    fftw_execute_dft_c2r(g->backward, r->one, r->line);
    scale /= (double)g->padded;
    for (size_t i = 0; i < g->n; i++) out[i] = r->line[i] * scale;
}

/* The same of what was damped. */
static void
back_growing(const tg_zgrid *g, tg_zroom *r, double scale, double *out)
{
    fftw_execute_dft_c2r(g->backward, r->one, r->line);
    scale /= (double)g->padded;
    for (size_t i = 0; i < g->n; i++) out[i] = r->line[i] * (scale * g->growth[i]);
}

void
tg_zgrid_sequence(const tg_zgrid *g, tg_zroom *r, const double complex *f, double *out)
{
    memcpy(r->one, f, g->nz * sizeof *f);
    back_growing(g, r, 1, out);
}

void
tg_zgrid_function(const tg_zgrid *g, tg_zroom *r, const double complex *f, double jump,
                  double *out)
{
    jump *= g->dt / 2;
    for (size_t k = 0; k < g->nz; k++)
        r->one[k] = complex_of(creal(f[k]) + jump, cimag(f[k]));
    back_growing(g, r, 1 / g->dt, out);
}

void
tg_zgrid_spectrum(const tg_zgrid *g, tg_zroom *r, const double *x, double complex *out)
{
    memcpy(r->line, x, g->n * sizeof *x);
    memset(r->line + g->n, 0, (g->padded - g->n) * sizeof *r->line);
    fftw_execute_dft_r2c(g->forward, r->line, out);
}

void
tg_zgrid_mirrored(const tg_zgrid *g, tg_zroom *r, const double *x, int sign,
                  double complex *out)
{
    memset(r->line, 0, g->padded * sizeof *r->line);
    for (size_t i = 1; i < g->n; i++) {
        r->line[i] = x[i];
        r->line[g->padded - i] = sign * x[i];
    }
    r->line[0] = sign > 0 ? x[0] : 0;
    fftw_execute_dft_r2c(g->forward, r->line, out);
}

void
tg_zgrid_ahead(const tg_zgrid *g, tg_zroom *r, const double complex *x,
               const double complex *y, double *out)
{
    for (size_t k = 0; k < g->nz; k++) r->one[k] = multiply(conj(x[k]), y[k]);
    back(g, r, 1, out);
}

void
tg_zgrid_behind(const tg_zgrid *g, tg_zroom *r, const double complex *x,
                const double complex *y, double *out)
{
    for (size_t k = 0; k < g->nz; k++) r->one[k] = multiply(x[k], y[k]);
    back(g, r, 1, out);
}

void
tg_zgrid_correlate(const tg_zgrid *g, tg_zroom *r, const double *x, const double *y,
                   double *out)
{
    tg_zgrid_spectrum(g, r, x, r->two);
    if (x == y) {
        for (size_t k = 0; k < g->nz; k++) r->one[k] = abs_squared(r->two[k]);
    } else {
        tg_zgrid_spectrum(g, r, y, r->one);
        for (size_t k = 0; k < g->nz; k++) r->one[k] = multiply(r->one[k], conj(r->two[k]));
    }
    back(g, r, g->dt, out);
    for (size_t i = 0; i < g->n; i++) out[i] -= g->dt * x[0] * y[i] / 2;
}

/* ---- sums ---------------------------------------------------------------------------- */

double
tg_zgrid_dot(const tg_zgrid *g, const double *x, const double *y)
{
    double sum = 0;

    for (size_t i = 0; i < g->n; i++) sum += x[i] * y[i];
    return sum;
}

double
tg_zgrid_product(const tg_zgrid *g, const double *x, const double *y)
{
    const size_t last = g->n - 1;

    return g->dt * (tg_zgrid_dot(g, x, y) - (x[0] * y[0] + x[last] * y[last]) / 2);
}

double
tg_zgrid_integral(const tg_zgrid *g, const double *x)
{
    double sum = -(x[0] + x[g->n - 1]) / 2;

    for (size_t i = 0; i < g->n; i++) sum += x[i];
    return sum * g->dt;
}

void
tg_zgrid_tail(const tg_zgrid *g, const double *x, double *out)
{
    out[g->n - 1] = 0;
    for (size_t i = g->n - 1; i-- > 0;) out[i] = out[i + 1] + g->dt * (x[i] + x[i + 1]) / 2;
}
