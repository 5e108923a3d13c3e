#include "solver/renewal_parts.h"

#include "core/complexes.h"

#include <math.h>
#include <stdlib.h>

static tg_status
fill(tg_renewal *w, const tg_renewal_group *group, double dt, size_t n, bool slow)
{
    tg_zroom room;

    TG_TRY(tg_zgrid_create(dt, n, &w->grid));
    TG_TRY(tg_zroom_create(w->grid, &room));
    tg_status status = TG_OK;
    for (size_t g = 0; g < w->groups && status == TG_OK; g++) {
        status = tg_renewal_law_create(w->grid, &room, group[g].law, slow, &w->law[g]);
        if (status != TG_OK) break;
        w->workers[g] = group[g].workers;
        w->rate[g] = group[g].workers / w->law[g].mean;
        w->total += w->workers[g];
        w->lambda += w->rate[g];
        if (!(group[g].workers > 0) || !isfinite(group[g].workers))
            status =
                tg_fail(TG_EDOMAIN, "a group needs workers > 0, got %g", group[g].workers);
    }
    tg_zroom_free(&room);
    return status;
}

tg_status
tg_renewal_create(const tg_renewal_group *group, size_t count, double dt, size_t n,
                  bool slow, tg_renewal **out)
{
    if (count == 0) return tg_fail(TG_EDOMAIN, "a cluster needs a group of workers");
    tg_renewal *w = calloc(1, sizeof *w);
    if (w) {
        w->groups = count;
        w->slow = slow;
        w->law = calloc(count, sizeof *w->law);
        w->workers = calloc(2 * count, sizeof *w->workers);
    }
    if (!w || !w->law || !w->workers) {
        tg_renewal_free(w);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    w->rate = w->workers + count;
    const tg_status status = fill(w, group, dt, n, slow);
    if (status == TG_OK)
        *out = w;
    else
        tg_renewal_free(w);
    return status;
}

void
tg_renewal_free(tg_renewal *w)
{
    if (!w) return;
    for (size_t g = 0; w->law && g < w->groups; g++) tg_renewal_law_free(&w->law[g]);
    tg_zgrid_free(w->grid);
    free(w->law);
    free(w->workers);
    free(w);
}

double
tg_renewal_rate(const tg_renewal *w)
{
    return w->lambda;
}

double
tg_renewal_step(const tg_renewal *w)
{
    return w->grid->dt;
}

size_t
tg_renewal_points(const tg_renewal *w)
{
    return w->grid->n;
}

tg_status
tg_renewal_work_create(const tg_renewal *w, size_t reals, size_t transforms,
                       tg_renewal_work *out)
{
    tg_renewal_work k = { .row = (w->grid->n + 7) / 8 * 8,
                          .crow = (w->grid->nz + 7) / 8 * 8 };

    TG_TRY(tg_zroom_create(w->grid, &k.room));
    k.real = tg_zgrid_reals(w->grid, reals);
    k.transform = tg_zgrid_complexes(w->grid, transforms);
    if (!k.real || !k.transform) {
        tg_renewal_work_free(&k);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = k;
    return TG_OK;
}

void
tg_renewal_work_free(tg_renewal_work *k)
{
    tg_zroom_free(&k->room);
    tg_zgrid_release(k->real);
    tg_zgrid_release(k->transform);
}

double *
tg_renewal_real(tg_renewal_work *k, size_t row)
{
    return k->real + row * k->row;
}

double complex *
tg_renewal_complex(tg_renewal_work *k, size_t row)
{
    return k->transform + row * k->crow;
}

void
tg_renewal_field(const tg_renewal *w, double e, double complex *out)
{
    for (size_t k = 0; k < w->grid->nz; k++) {
        double complex f = w->grid->s[k];
        for (size_t g = 0; g < w->groups; g++) f += e * w->rate[g] * w->law[g].phi[k];
        out[k] = inverse(f);
    }
}

void
tg_renewal_own(const tg_renewal *w, size_t g, tg_zroom *room, const double *r,
               double complex *out)
{
    for (size_t i = 0; i < w->grid->n; i++) room->line[i] = w->law[g].du[i] * r[i];
    tg_zgrid_generate(w->grid, room, room->line, out);
    for (size_t k = 0; k < w->grid->nz; k++) out[k] += 1;
}

void
tg_renewal_speed(const tg_renewal *w, double e, const double complex *gain, size_t stride,
                 double complex *out)
{
    for (size_t k = 0; k < w->grid->nz; k++) {
        double complex f = w->grid->s[k];
        for (size_t g = 0; g < w->groups; g++) {
            const double complex phi = w->law[g].phi[k];
            f += multiply(e * w->rate[g] * phi,
                          inverse(1 + e * multiply(phi, gain[g * stride + k])));
        }
        out[k] = f;
    }
}

void
tg_renewal_answer(const tg_renewal *w, double e, size_t g, const double complex *speed,
                  const double complex *gain, double complex *out)
{
    for (size_t k = 0; k < w->grid->nz; k++)
        out[k] = inverse(multiply(speed[k], 1 + e * multiply(w->law[g].phi[k], gain[k])));
}

tg_status
tg_renewal_stationary(const tg_renewal *w, tg_renewal_rule rule, double e,
                      tg_renewal_variance *out)
{
    if (!(e > 0) || !isfinite(e)) return tg_fail(TG_EDOMAIN, "e must be > 0, got %g", e);
    return rule == TG_RENEWAL_DUDE ? tg_renewal_dude_variance(w, e, out)
                                   : tg_renewal_asgd_variance(w, e, out);
}

/* The order of the grid's error in its step. */
static double
order_of(const tg_renewal *w)
{
    double least = INFINITY;

    for (size_t g = 0; g < w->groups; g++) least = fmin(least, w->law[g].cv2);
    return least < 0.01 ? 1 : 2;
}

tg_status
tg_renewal_checked(const tg_renewal *w, const tg_renewal *rough, tg_renewal_rule rule,
                   double e, tg_renewal_variance *out)
{
    const double        ratio = rough->grid->dt / w->grid->dt;
    tg_renewal_variance fine, coarse;

    if (!(ratio > 1))
        return tg_fail(TG_EDOMAIN, "expected a rougher grid, its step is %g times", ratio);
    TG_TRY(tg_renewal_stationary(w, rule, e, &fine));
    TG_TRY(tg_renewal_stationary(rough, rule, e, &coarse));
    fine.grid = 2 * fabs(coarse.value / fine.value - 1) / (pow(ratio, order_of(w)) - 1);
    if (isnan(fine.grid)) fine.grid = INFINITY;
    *out = fine;
    return TG_OK;
}
