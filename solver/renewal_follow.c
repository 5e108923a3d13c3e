/* renewal_follow: mean and spread of ASGD in time, to first order in 1/P
 *
 *     y(t) = x_0 - e sum_g lambda_g (x_0 - b_g) int_0^t r_g
 *     S(t) = e^2 sum_g lambda_g (sigma/h)^2 int_0^t r_g^2
 *     R(t) = e^2 sum_g n_g Var sum_k c(t_{k-1}) r_g(t - t_k)      (solver/renewal_spread.h)
 *     E x^2 = y^2 + Z,     Z = S + R + K * Z
 *
 * c = y - b_g is what a worker of the group reads (x_0 - b_g for t < 0), R the spread that
 * comes of each worker delivering at its own renewals: to first order in 1/P it is all there
 * is. With c = r and 0 before, R is the spread W of the response to one kick, so what is
 * kicked spreads again, K^ = W^ / (r^2)^, and Z settles at the rate of the second moments.
 * The integral of K is what the stationary variance says it is. Derived here, theory 3.8.
 */
#include "solver/renewal_spread.h"
double tg_beta_debug = -1;

#include <math.h>
#include <string.h>

/* ---- responses ----------------------------------------------------------------------- */

double
tg_renewal_minimum(const tg_renewal_mode *m, size_t g)
{
    return m->minimum ? m->minimum[g] : 0;
}

/* y where the workers are somewhere within a job at t = 0. */
static void
follow_mean(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k, size_t first,
            double *y)
{
    const size_t n = w->grid->n;
    const double e = m->e / tg_renewal_whole(w, k, first, w->groups, m->e, w->rate);

    y[0] = m->start;
    for (size_t i = 1; i < n; i++) y[i] = 0;
    for (size_t g = 0; g < w->groups; g++) {
        const double *r = tg_renewal_real(k, first + g);
        const double  pull =
            e * w->rate[g] * (m->start - tg_renewal_minimum(m, g)) * w->grid->dt / 2;
        for (size_t i = 1; i < n; i++) y[i] -= pull * (r[i - 1] + r[i]);
    }
    for (size_t i = 1; i < n; i++) y[i] += y[i - 1];
}

/* S into S, and e^2 sum_g lambda_g r_g^2 into shape. Returns S(inf) per unit of noise. */
static double
add_noise(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k, size_t first,
          double *shape, double *S)
{
    double sum = 0;

    memset(shape, 0, w->grid->n * sizeof *shape);
    for (size_t g = 0; g < w->groups; g++) {
        const double *r = tg_renewal_real(k, first + g);
        for (size_t i = 0; i < w->grid->n; i++)
            shape[i] += m->e * m->e * w->rate[g] * r[i] * r[i];
    }
    for (size_t i = 1; i < w->grid->n; i++) {
        sum += w->grid->dt / 2 * (shape[i - 1] + shape[i]);
        S[i] += m->noise * sum;
    }
    return sum;
}

/* ---- spread -------------------------------------------------------------------------- */

/* The responses of the groups, averaged over what is delivered. */
static void
average(const tg_renewal *w, tg_renewal_work *k, double *out)
{
    memset(out, 0, w->grid->n * sizeof *out);
    for (size_t g = 0; g < w->groups; g++)
        for (size_t i = 0; i < w->grid->n; i++)
            out[i] += w->rate[g] / w->lambda * tg_renewal_real(k, g)[i];
}

typedef struct correction {
    double *change, *R, *K; /* (n) on the fine grid */
} correction;

enum { Y, BEGUN, SUM, KICK, KICKED, OWN_ROWS };

/* What minima that differ within the group add: their variance times the spread of marks 1. */
static tg_status
spread_within(const tg_spread *of, double variance, tg_renewal_work *k, size_t rows,
              size_t free_rows)
{
    tg_spread s = *of;
    double   *one = tg_renewal_real(k, rows + Y);

    for (size_t i = 0; i < s.w->grid->n; i++) one[i] = sqrt(variance);
    s.c = one;
    s.before = sqrt(variance);
    return tg_spread_add(&s, k, free_rows, tg_renewal_real(k, rows + SUM));
}

/* Both spreads on the coarse grid: R into SUM, W into KICKED. */
static tg_status
spread_all(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k, size_t rows,
           size_t free_rows)
{
    const size_t n = w->grid->n;
    double *begun = tg_renewal_real(k, rows + BEGUN), *c = tg_renewal_real(k, rows + Y);

    for (size_t g = 0; g < w->groups; g++) {
        const double low = tg_renewal_minimum(m, g);
        tg_spread s = { .w = w, .group = g, .e = m->e, .q = tg_renewal_real(k, g), .c = c };
        for (size_t i = 0; i < n; i++) c[i] = begun[i] - low;
        s.before = m->start - low;
        s.begins = m->together;
        TG_TRY(tg_spread_add(&s, k, free_rows, tg_renewal_real(k, rows + SUM)));
        if (m->within && m->within[g] > 0)
            TG_TRY(spread_within(&s, m->within[g], k, rows, free_rows));
        s.c = tg_renewal_real(k, rows + KICK);
        s.before = 0;
        s.begins = false;
        TG_TRY(tg_spread_add(&s, k, free_rows, tg_renewal_real(k, rows + KICKED)));
    }
    return TG_OK;
}

/* R, K, and what beginning together changes of y: on `coarse`, brought to w's grid. */
static tg_status
correct(const tg_renewal *w, const tg_renewal *coarse, const tg_renewal_mode *m,
        const correction *out)
{
    const size_t    rows = coarse->groups, n = coarse->grid->n;
    tg_renewal_work k;
    tg_status       status = TG_OK;

    TG_TRY(tg_renewal_work_create(coarse, rows + OWN_ROWS + TG_SPREAD_REALS, rows + 2, &k));
    double *y = tg_renewal_real(&k, rows + Y), *begun = tg_renewal_real(&k, rows + BEGUN);
    (void)tg_renewal_respond(coarse, m->e, &k, 0);
    follow_mean(coarse, m, &k, 0, y);
    average(coarse, &k, tg_renewal_real(&k, rows + KICK));
    memcpy(begun, y, n * sizeof *y);
    memset(tg_renewal_real(&k, rows + SUM), 0, n * sizeof *y);
    memset(tg_renewal_real(&k, rows + KICKED), 0, n * sizeof *y);
    if (m->together) status = tg_renewal_begin(coarse, m, &k, 0, begun);
    if (status == TG_OK) status = spread_all(coarse, m, &k, rows, rows + OWN_ROWS);
    if (status == TG_OK) {
        tg_spread_kernel(coarse, &k, tg_renewal_real(&k, rows + KICK),
                         tg_renewal_real(&k, rows + KICKED));
        follow_mean(coarse, m, &k, 0, y);
        for (size_t i = 0; i < n; i++) begun[i] -= y[i];
        tg_spread_carry(coarse->grid, begun, w->grid, out->change);
        tg_spread_carry(coarse->grid, tg_renewal_real(&k, rows + SUM), w->grid, out->R);
        tg_spread_carry(coarse->grid, tg_renewal_real(&k, rows + KICKED), w->grid, out->K);
        const double end = 0.6 * coarse->grid->dt * (double)n; /* rounding from there on */
        for (size_t i = 0; i < w->grid->n; i++)
            if (w->grid->dt * (double)i > end) out->K[i] = 0;
    }
    tg_renewal_work_free(&k);
    return status;
}

/* ---- together ------------------------------------------------------------------------ */

enum { SHAPE, CHANGE, KERNEL, SPREAD, SCRATCH, ROWS };

static void
slow_spread(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k, size_t first,
            const double *mean, double *work, double *R)
{
    for (size_t g = 0; g < w->groups; g++) {
        const double    low = tg_renewal_minimum(m, g);
        const tg_spread s = {
            .w = w, .group = g, .e = m->e, .q = tg_renewal_real(k, first + g), .c = work
        };
        for (size_t i = 0; i < w->grid->n; i++) work[i] = mean[i] - low;
        tg_spread_add_slow(&s, k, SCRATCH, R);
        if (!m->within || !(m->within[g] > 0)) continue;
        for (size_t i = 0; i < w->grid->n; i++) work[i] = sqrt(m->within[g]);
        tg_spread_add_slow(&s, k, SCRATCH, R);
    }
}

/* K of the given shape and of integral q: its transform into one, or none. */
static bool
measure(const tg_renewal *w, tg_renewal_work *k, double *shape, double q,
        double complex *one)
{
    const double whole = tg_zgrid_integral(w->grid, shape);

    if (!(whole > 0) || !(q > 0)) return false;
    for (size_t i = 0; i < w->grid->n; i++) shape[i] *= q / whole;
    tg_zgrid_transform(w->grid, &k->room, shape, one);
    return true;
}

/* What workers that pull to marks keep up of R, which is `last` in the end; it sets in as noise
 * does, and is not fed back (theory 3.6). */
static void
marks_of(const tg_renewal *w, const double *shape, double last, double *out)
{
    out[0] = 0;
    for (size_t i = 1; i < w->grid->n; i++) out[i] = out[i - 1] + shape[i - 1] + shape[i];
    const double whole = out[w->grid->n - 1];
    for (size_t i = 0; i < w->grid->n && whole > 0; i++) out[i] *= last / whole;
}

static tg_status
follow(const tg_renewal *w, const tg_renewal *coarse, const tg_renewal_mode *m,
       const tg_renewal_variance *v, tg_renewal_work *k, double *y, double *Z, double *off)
{
    const size_t n = w->grid->n;
    double      *shape = tg_renewal_real(k, SHAPE), *change = tg_renewal_real(k, CHANGE),
           *K = tg_renewal_real(k, KERNEL), *R = tg_renewal_real(k, SPREAD);
    double complex *transform = tg_renewal_complex(k, 0);

    (void)tg_renewal_respond(w, m->e, k, ROWS);
    follow_mean(w, m, k, ROWS, y);
    memset(R, 0, n * sizeof *R);
    if (coarse) {
        TG_TRY(correct(w, coarse, m, &(correction){ change, R, K }));
        const double end = coarse->grid->dt * (double)(coarse->grid->n - 1);
        for (size_t i = 0; i < n && w->grid->dt * (double)i <= end; i++) y[i] += change[i];
    } else {
        if (m->together) TG_TRY(tg_renewal_begin(w, m, k, ROWS, y));
        slow_spread(w, m, k, ROWS, y, change, R);
    }
    const double white = add_noise(w, m, k, ROWS, shape, Z);
    const double q = isfinite(v->value) ? 1 - white / v->value : v->gain;
    const bool   feeds = measure(w, k, coarse ? K : shape, q, transform);
    if (coarse && feeds)
        tg_spread_continue(w, k, transform, y, m->minimum,
                           coarse->grid->dt * (double)(coarse->grid->n - 2), change, R);
    double *marks = change;
    memset(marks, 0, n * sizeof *marks);
    if (m->minimum) marks_of(w, shape, R[n - 1], marks);
    for (size_t i = 0; i < n; i++) off[i] = R[i] - marks[i];
    if (feeds) {
        tg_spread_feed(w, k, transform, Z);
        tg_spread_feed(w, k, transform, off);
    }
    for (size_t i = 0; i < n; i++) off[i] += marks[i];
    tg_spread_blend(w, m, R, off);
    for (size_t i = 0; i < n; i++) Z[i] += R[i];
    return TG_OK;
}

tg_status
tg_renewal_follow_asgd(const tg_renewal *w, const tg_renewal *coarse,
                       const tg_renewal_mode *m, const tg_renewal_variance *v, double *y,
                       double *Z, double *off)
{
    tg_renewal_work k;

    TG_TRY(tg_renewal_work_create(w, ROWS + w->groups, w->groups + 2, &k));
    const tg_status status = follow(w, coarse, m, v, &k, y, Z, off);
    tg_renewal_work_free(&k);
    return status;
}
