/* renewal_follow_dude: mean and spread of DuDe-ASGD in time, to first order in 1/n
 *
 *     y(t) = x_0 - e lambda x_0 int_0^t r
 *     S'(t) = 2 e^2 (sigma/h)^2 r(t) int_0^t r(s) N(t - s) ds,  N = mu^2 sum_g lambda_g E(T_g - .)_+
 *     R(t) = e^2 sum_g n_g Var sum_k B_k                        (solver/renewal_spread.h)
 *     E x^2 = y^2 + Z,     Z = S + R + K * Z,     K^ = W^ / (r^2)^
 *
 * r answers a kick of x at an arrival; all slots hold gradients at x_0 when t = 0. S is
 * brought to the stationary variance. Derived here, theory 3.8.
 */
#include "solver/renewal_spread.h"
extern double tg_beta_debug;

#include <math.h>
#include <string.h>

/* mu^2 sum_g lambda_g E(T_g - t)_+ into out: slots hold the noise of a gradient for a job. */
static void
noise_of_slots(const tg_renewal *w, double *work, double *tail, double *out)
{
    const double mu = w->lambda / w->total;

    memset(out, 0, w->grid->n * sizeof *out);
    for (size_t g = 0; g < w->groups; g++) {
        double sum = 0;
        for (size_t i = 0; i < w->grid->n; i++) {
            sum += w->law[g].p[i];
            work[i] = fmax(1 - sum, 0) + w->law[g].p[i] / 2;
        }
        tg_zgrid_tail(w->grid, work, tail);
        for (size_t i = 0; i < w->grid->n; i++) out[i] += mu * mu * w->rate[g] * tail[i];
    }
}

/* y and S: y = x_0 - e lambda x_0 int r, S' = 2 e^2 (sigma/h)^2 r(t) int_0^t r(s) N(t - s) ds,
 * N the noise of slots. Both (n); `work` and `held` are used up. */
static void
integrate_dude(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k,
               size_t row, const double complex *response, double *held, double *work,
               double *mean, double *S)
{
    const tg_zgrid *grid = w->grid;
    double complex *product = tg_renewal_complex(k, 0);
    const double   *r = tg_renewal_real(k, row), step = grid->dt / 2;
    const double pull = m->e * w->lambda / tg_renewal_whole(w, k, row, 1, m->e, &w->lambda);

    tg_zgrid_transform(grid, &k->room, held, product);
    for (size_t i = 0; i < grid->nz; i++) product[i] *= response[i];
    tg_zgrid_function(grid, &k->room, product, 0, work);
    mean[0] = m->start;
    S[0] = 0;
    for (size_t i = 1; i < grid->n; i++) {
        mean[i] = mean[i - 1] - step * pull * m->start * (r[i - 1] + r[i]);
        S[i] = S[i - 1] + step * (r[i - 1] * work[i - 1] + r[i] * work[i]);
    }
}

/* The mean of all slots, sum_g (n_g/n) (f_g F_g * y), y = before for t < 0, into z (n). */
static void
mean_slot(const tg_renewal *w, tg_renewal_work *k, const double *y, double before,
          double *work, double *z)
{
    const tg_zgrid *grid = w->grid;
    double complex *one = tg_renewal_complex(k, 0);

    for (size_t i = 0; i < grid->n; i++) work[i] = y[i] - before;
    tg_zgrid_transform(grid, &k->room, work, one);
    for (size_t i = 0; i < grid->nz; i++) {
        double complex p = 0;
        for (size_t g = 0; g < w->groups; g++) {
            const double complex phi = w->law[g].phi[i];
            p += w->workers[g] / w->total * phi * (1 - phi) / (grid->s[i] * w->law[g].mean);
        }
        one[i] *= p;
    }
    tg_zgrid_function(grid, &k->room, one, 0, z);
    for (size_t i = 0; i < grid->n; i++) z[i] += before;
}

enum { RESPONSE, HOLD, CONTENT, SLOT, WORK, SUM, KICKED, OWN_ROWS };

/* e^2 sum_g n_g Var sum_k B_k of contents c (n) that were `before` for t < 0, into out. */
static tg_status
spread_all(const tg_renewal *w, tg_renewal_work *k, double e, const double *c,
           double before, double *out)
{
    const double *r = tg_renewal_real(k, RESPONSE);
    double       *hold = tg_renewal_real(k, HOLD), *slot = tg_renewal_real(k, SLOT);
    const double  mu = w->lambda / w->total;

    hold[0] = 0;
    for (size_t i = 1; i < w->grid->n; i++)
        hold[i] = hold[i - 1] + mu * w->grid->dt * (r[i - 1] + r[i]) / 2;
    mean_slot(w, k, c, before, tg_renewal_real(k, WORK), slot);
    memset(out, 0, w->grid->n * sizeof *out);
    for (size_t g = 0; g < w->groups; g++) {
        const tg_spread s = { .w = w,
                              .group = g,
                              .e = e,
                              .q = hold,
                              .r = r,
                              .z = slot,
                              .c = c,
                              .before = before };
        TG_TRY(tg_spread_add(&s, k, OWN_ROWS, out));
    }
    return TG_OK;
}

/* R and K on `coarse`, brought to w's grid. */
static tg_status
correct(const tg_renewal *w, const tg_renewal *coarse, const tg_renewal_mode *m, double *R,
        double *K)
{
    const tg_zgrid *grid = coarse->grid;
    const size_t    n = grid->n;
    tg_renewal_work k;

    TG_TRY(tg_renewal_work_create(coarse, OWN_ROWS + TG_SPREAD_REALS, 3, &k));
    double complex *one = tg_renewal_complex(&k, 0), *response = tg_renewal_complex(&k, 1);
    double         *r = tg_renewal_real(&k, RESPONSE), *y = tg_renewal_real(&k, CONTENT),
           *sum = tg_renewal_real(&k, SUM), *kicked = tg_renewal_real(&k, KICKED);
    tg_status status = tg_renewal_dude_speed(coarse, m->e, one, one, response);
    tg_zgrid_function(grid, &k.room, response, 1, r);
    const double pull = m->e * coarse->lambda /
                        tg_renewal_whole(coarse, &k, RESPONSE, 1, m->e, &coarse->lambda);
    y[0] = m->start;
    for (size_t i = 1; i < n; i++)
        y[i] = y[i - 1] - grid->dt / 2 * pull * m->start * (r[i - 1] + r[i]);
    if (status == TG_OK) status = spread_all(coarse, &k, m->e, y, m->start, sum);
    if (status == TG_OK) status = spread_all(coarse, &k, m->e, r, 0, kicked);
    if (status == TG_OK) {
        tg_spread_kernel(coarse, &k, r, kicked);
        tg_spread_carry(grid, sum, w->grid, R);
        tg_spread_carry(grid, kicked, w->grid, K);
        const double end = 0.6 * grid->dt * (double)n; /* rounding from there on */
        for (size_t i = 0; i < w->grid->n; i++)
            if (w->grid->dt * (double)i > end) K[i] = 0;
    }
    tg_renewal_work_free(&k);
    return status;
}

enum { R, HELD, K, SPREAD, SCRATCH, ROWS };

/* Where x hardly moves during some jobs: slots hold it as it is, and what is left is how many
 * arrivals there are. R; no K. */
static void
count_arrivals(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k,
               const double *r, const double *y, double *sum, double *kernel)
{
    memset(sum, 0, w->grid->n * sizeof *sum);
    memset(kernel, 0, w->grid->n * sizeof *kernel);
    for (size_t g = 0; g < w->groups; g++) {
        const tg_spread s = { .w = w, .group = g, .e = m->e, .q = r, .c = y };
        tg_spread_add_slow(&s, k, SCRATCH, sum);
    }
}

/* CV^2 of what is delivered. */
static double
variation(const tg_renewal *w)
{
    double sum = 0;

    for (size_t g = 0; g < w->groups; g++) sum += w->rate[g] / w->lambda * w->law[g].cv2;
    return fmin(sum, 10);
}

static tg_status
follow(const tg_renewal *w, const tg_renewal *coarse, const tg_renewal_mode *m,
       const tg_renewal_variance *v, tg_renewal_work *k, double *y, double *Z, double *off)
{
    const tg_zgrid *grid = w->grid;
    double         *r = tg_renewal_real(k, R), *held = tg_renewal_real(k, HELD),
           *kernel = tg_renewal_real(k, K), *sum = tg_renewal_real(k, SPREAD),
           *work = tg_renewal_real(k, SCRATCH);
    double complex *one = tg_renewal_complex(k, 0), *response = tg_renewal_complex(k, 2);

    TG_TRY(tg_renewal_dude_speed(w, m->e, one, one, response));
    tg_zgrid_function(grid, &k->room, response, 1, r);
    noise_of_slots(w, kernel, work, held);
    integrate_dude(w, m, k, R, response, held, work, y, Z);
    if (coarse)
        TG_TRY(correct(w, coarse, m, sum, kernel));
    else
        count_arrivals(w, m, k, r, y, sum, kernel);
    const double q = fmin(tg_zgrid_integral(grid, kernel), 0.95), end = Z[grid->n - 1];
    const double rough = fmax(variation(w), 1);
    const double whole = isfinite(v->value) ? v->value * (1 - q) : v->field;
    for (size_t i = 0; i < grid->n; i++) Z[i] *= m->noise * whole / end;
    tg_zgrid_transform(grid, &k->room, kernel, one);
    if (coarse)
        tg_spread_continue(w, k, one, y, false,
                           coarse->grid->dt * (double)(coarse->grid->n - 2), work, sum);
    memcpy(off, sum, grid->n * sizeof *sum);
    tg_spread_feed(w, k, one, Z);
    tg_spread_feed(w, k, one, off);
    tg_spread_blend(w, m, sum, off);
    for (size_t i = 0; i < grid->n; i++) {
        Z[i] += sum[i];
        off[i] *= rough;
    }
    return TG_OK;
}

tg_status
tg_renewal_follow_dude(const tg_renewal *w, const tg_renewal *coarse,
                       const tg_renewal_mode *m, const tg_renewal_variance *v, double *y,
                       double *Z, double *off)
{
    tg_renewal_work k;

    TG_TRY(tg_renewal_work_create(w, ROWS, 3, &k));
    const tg_status status = follow(w, coarse, m, v, &k, y, Z, off);
    tg_renewal_work_free(&k);
    return status;
}
