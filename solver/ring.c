#include "solver/ring.h"

#include "solver/planner.h"

#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
plan(tg_ring *r)
{
    tg_planner_lock();
    r->forward = fftw_plan_dft_r2c_1d((int)r->length, r->line, r->circle, FFTW_ESTIMATE);
    r->back = fftw_plan_dft_c2r_1d((int)r->length, r->circle, r->line, FFTW_ESTIMATE);
    tg_planner_unlock();
}

void
tg_ring_free(tg_ring *r)
{
    if (!r) return;
    tg_planner_lock();
    if (r->forward) fftw_destroy_plan(r->forward);
    if (r->back) fftw_destroy_plan(r->back);
    tg_planner_unlock();
    fftw_free(r->circle);
    free(r);
}

tg_status
tg_ring_create(size_t n, double growth, tg_ring **out)
{
    tg_ring *r = calloc(1, sizeof *r);

    if (!r) return tg_fail(TG_ENOMEM, "out of memory");
    r->n = n;
    r->length = 4;
    while (r->length < 2 * n) r->length *= 2;
    r->points = r->length / 2 + 1;
    r->rho = pow(10, -11.0 / (double)r->length) / growth;
    const size_t aligned = (r->points + 3) / 4 * 4;
    r->circle = fftw_alloc_complex(aligned + r->length / 2 + 4 * r->points);
    if (r->circle) {
        r->line = (double *)(r->circle + aligned);
        r->room = r->circle + aligned + r->length / 2;
        plan(r);
    }
    if (r->forward && r->back) {
        *out = r;
        return TG_OK;
    }
    tg_ring_free(r);
    return tg_fail(TG_ENOMEM, "out of memory for a transform of %zu points", n);
}

double complex
tg_ring_point(const tg_ring *r, size_t k)
{
    const double angle = 2 * acos(-1) * (double)k / (double)r->length;

    return r->rho * (cos(angle) - I * sin(angle));
}

void
tg_ring_forward(tg_ring *r, const double *x, double complex *X)
{
    double scale = 1;

    for (size_t i = 0; i < r->n; i++, scale *= r->rho) r->line[i] = x[i] * scale;
    memset(r->line + r->n, 0, (r->length - r->n) * sizeof *r->line);
    fftw_execute(r->forward);
    memcpy(X, r->circle, r->points * sizeof *X);
}

void
tg_ring_back(tg_ring *r, const double complex *X, double *x)
{
    double scale = 1 / (double)r->length;

    memcpy(r->circle, X, r->points * sizeof *X);
    fftw_execute(r->back);
    for (size_t i = 0; i < r->n; i++, scale /= r->rho) x[i] = r->line[i] * scale;
}
