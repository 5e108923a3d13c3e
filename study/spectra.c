#include "study/spectra.h"

#include "asgd/problems/hessian.h"
#include "core/parallel.h"
#include "study/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Products with shift I + sign H, H the Hessian at x. */
typedef struct place {
    const tg_problem *problem;
    const double     *x;
    double            shift, sign;
} place;

static tg_status
product(const double *v, double *out, void *context)
{
    const place      *at = context;
    const tg_problem *p = at->problem;

    TG_TRY(p->kind->product(p->self, at->x, v, out));
    for (size_t j = 0; j < p->dim; j++) out[j] = at->shift * v[j] + at->sign * out[j];
    return TG_OK;
}

/* Eigenvalues to this part of the largest: training moves them by more. */
static const double CLOSE = 1e-6;

/* Both ends of the spectrum into value (2 top), falling. The least are those of the largest I - H, to
 * a part of the largest: a network has many near 0, which could not be told to a part of themselves. */
static tg_status
find_ends(const tg_problem *p, const double *x, size_t top, double *vector, double *value)
{
    place at = { p, x, 0, 1 };

    TG_TRY(tg_hessian_top(product, &at, p->dim, top, CLOSE, value, vector));
    at.shift = fabs(value[0]);
    at.sign = -1;
    TG_TRY(tg_hessian_top(product, &at, p->dim, top, CLOSE, value + top, vector));
    for (size_t i = 0; i < (top + 1) / 2; i++) {
        const double least = at.shift - value[top + i];
        value[top + i] = at.shift - value[2 * top - 1 - i];
        value[2 * top - 1 - i] = least;
    }
    return TG_OK;
}

/* Follow the replica to a time. */
static tg_status
follow(tg_sim *s, double time)
{
    tg_happening h;

    while (tg_sim_next(s) <= time) {
        TG_TRY(tg_sim_advance(s, &h));
        TG_TRY(tg_stop_check());
    }
    return isfinite(tg_sim_loss(s))
               ? TG_OK
               : tg_fail(TG_EDIVERGED, "the loss is not finite at time %g", time);
}

static tg_status
look(const tg_problem *p, tg_sim *s, size_t top, const double *time, tg_spectra *out)
{
    double   *vector = malloc(top * p->dim * sizeof *vector);
    tg_status status = vector ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t c = 0; c < out->checkpoints && status == TG_OK; c++) {
        status = follow(s, time[c]);
        out->step[c] = (double)tg_sim_updates(s);
        out->first[c + 1] = 2 * top * (c + 1);
        if (status == TG_OK)
            status = find_ends(p, tg_sim_model(s), top, vector, out->value + out->first[c]);
    }
    free(vector);
    return status;
}

static tg_status
allocate(size_t top, size_t times, tg_spectra *out)
{
    TG_TRY(tg_spectra_create(times, 2 * top * times, out));
    out->checkpoints = times;
    for (size_t i = 0; i < 2 * top * times; i++) out->weight[i] = 0.5 / (double)top;
    snprintf(out->took, sizeof out->took,
             "the %zu largest and the %zu least eigenvalues of the Hessian, by products",
             top, top);
    return TG_OK;
}

static tg_status
check(const tg_problem *p, size_t top, const double *time, size_t times)
{
    if (!p->kind->product)
        return tg_fail(TG_EDOMAIN,
                       "the objective %s has no products with its Hessian; a network has",
                       p->kind->name);
    if (top < 1 || 2 * top > p->dim)
        return tg_fail(TG_EDOMAIN, "expected 1 to %zu eigenvalues of each end, got %zu",
                       p->dim / 2, top);
    for (size_t c = 0; c < times; c++)
        if (!(time[c] >= (c > 0 ? time[c - 1] : 0)) || !isfinite(time[c]))
            return tg_fail(TG_EINPUT, "expected times that rise from 0, got %g", time[c]);
    return TG_OK;
}

tg_status
tg_study_spectra(const tg_study *study, size_t top, const double *time, size_t times,
                 tg_spectra *out)
{
    tg_scene   scene;
    tg_spectra s = { 0 };
    tg_sim    *sim = NULL;

    TG_TRY(tg_scene_open(study, 0, &scene));
    tg_status status = check(scene.problem, top, time, times);
    if (status == TG_OK) status = allocate(top, times, &s);
    if (status == TG_OK) {
        const tg_setup setup = tg_study_setup(study, 0, scene.problem, scene.cluster);
        status = tg_sim_create(&setup, 0, &sim);
    }
    if (status == TG_OK) status = look(scene.problem, sim, top, time, &s);
    tg_sim_free(sim);
    tg_scene_close(&scene);
    if (status == TG_OK)
        *out = s;
    else
        tg_spectra_free(&s);
    return status;
}
