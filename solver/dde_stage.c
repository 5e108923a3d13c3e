/* One step from t, x over h:
 *
 *   1 F_i from the extrapolated slope of the step before (after a kink: f at its begin);
 *   2 Y_i = x + h sum A_ij F_j, F_i = f(t + c_i h, Y_i, lagged), until F stands still;
 *   3 the slope p' of the dense output misses f between the nodes by a multiple of
 *     w(z) = prod (z - c_i); error of p = rho h |p'(z) - f(t + z h, p(z))| with
 *     rho = max_theta |int_0^theta w| / |w(z)|, at the step's end and at a point inside;
 *   4 (dde.c) accept where error <= tolerance; next h by error^(-1/(s+1)).
 */
#include "solver/dde_machine.h"

#include <math.h>
#include <string.h>

#define SWEEPS_MAX 14

/* prod (z - c_i) */
static double
node_polynomial(const tg_gauss *g, double z)
{
    double product = 1;

    for (int j = 0; j < g->s; j++) product *= z - g->c[j];
    return product;
}

static double
lagrange(const tg_gauss *g, int j, double at)
{
    double l = 1;

    for (int m = 0; m < g->s; m++)
        if (m != j) l *= (at - g->c[m]) / (g->c[j] - g->c[m]);
    return l;
}

/* rho at the end of the step, and at an inner point half way between two nodes. */
void
tg_dde_make_estimates(tg_dde_machine *m)
{
    const tg_gauss *g = &m->gauss;
    double          integral = 0, largest = 0;

    for (int k = 0; k < 1000; k++) {
        integral += node_polynomial(g, (k + 0.5) / 1000) / 1000;
        largest = fmax(largest, fabs(integral));
    }
    m->inner = (g->c[g->s / 2 - 1] + g->c[g->s / 2]) / 2;
    m->rho = largest / node_polynomial(g, 1);
    m->inner_rho = largest / fabs(node_polynomial(g, m->inner));
    for (int j = 0; j < g->s; j++) {
        m->end_weight[j] = lagrange(g, j, 1);
        m->inner_weight[j] = lagrange(g, j, m->inner);
    }
    tg_gauss_dense(g, m->inner, m->inner_dense);
}

/* x at a lagged time, which may lie inside the step at hand. */
static tg_status
look(tg_dde_machine *m, double at, size_t j, double *out)
{
    const size_t n = m->eq->dim;
    double       B[TG_GAUSS_MAX];

    if (at <= m->t) return tg_dde_look(m->s, at, &m->hint[j], out);
    tg_gauss_dense(&m->gauss, (at - m->t) / m->h, B);
    for (size_t i = 0; i < n; i++) {
        out[i] = m->x[i];
        for (int k = 0; k < m->gauss.s; k++)
            out[i] += m->h * B[k] * m->F[(size_t)k * n + i];
    }
    return TG_OK;
}

tg_status
tg_dde_delays_at(tg_dde_machine *m, double t, const double *x)
{
    if (m->eq->tau || !m->eq->delays) return TG_OK; /* checked before the run */
    TG_TRY(m->eq->lag(t, x, m->tau, m->eq->context));
    for (size_t j = 0; j < m->eq->delays; j++)
        if (!(m->tau[j] >= 0 && isfinite(m->tau[j])))
            return tg_fail(TG_EDOMAIN,
                           "delay %zu must be >= 0 and finite, got %g at t = %g", j,
                           m->tau[j], t);
    return TG_OK;
}

tg_status
tg_dde_slope(tg_dde_machine *m, double t, const double *x, double *past, int known,
             double *dx)
{
    const size_t n = m->eq->dim;

    if (!known) {
        TG_TRY(tg_dde_delays_at(m, t, x));
        for (size_t j = 0; j < m->eq->delays; j++)
            TG_TRY(look(m, t - m->tau[j], j, past + j * n));
    }
    m->s->evaluations++;
    return m->eq->slope(t, x, past, dx, m->eq->context);
}

void
tg_dde_note(tg_dde_machine *m, double t, const double *dx)
{
    for (size_t i = 0; i < m->eq->dim; i++)
        if (!isfinite(dx[i])) {
            m->lost = i + 1;
            m->lost_at = t;
        }
}

tg_status
tg_dde_lost(const tg_dde_machine *m)
{
    return tg_fail(TG_EDIVERGED, "the slope of x[%zu] is not finite at t = %g", m->lost - 1,
                   m->lost_at);
}

static void
predict(tg_dde_machine *m)
{
    const size_t n = m->eq->dim;
    const int    s = m->gauss.s;

    for (int i = 0; i < s; i++)
        for (size_t k = 0; k < n; k++) m->F[(size_t)i * n + k] = m->f_end[k];
    if (m->last_h == 0) return;
    for (int i = 0; i < s; i++) {
        const double at = 1 + m->gauss.c[i] * m->h / m->last_h;
        if (at > 2.2) return; /* too far to extrapolate */
        for (size_t k = 0; k < n; k++) m->F[(size_t)i * n + k] = 0;
        for (int j = 0; j < s; j++) {
            const double l = lagrange(&m->gauss, j, at);
            for (size_t k = 0; k < n; k++)
                m->F[(size_t)i * n + k] += l * m->last_F[(size_t)j * n + k];
        }
    }
}

static double
scale(const tg_dde_machine *m, size_t k)
{
    return m->absolute + m->relative * fabs(m->x[k]);
}

/* x + h sum_j a_j F_j */
void
tg_dde_combine(const tg_dde_machine *m, const double *a, double *out)
{
    const size_t n = m->eq->dim;

    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        for (int j = 0; j < m->gauss.s; j++) sum += a[j] * m->F[(size_t)j * n + k];
        out[k] = m->x[k] + m->h * sum;
    }
}

/* One sweep over the stages; *change is how much they moved, in tolerances. */
static tg_status
sweep(tg_dde_machine *m, int known, double *change)
{
    const size_t n = m->eq->dim;

    *change = 0;
    for (int i = 0; i < m->gauss.s; i++) {
        tg_dde_combine(m, m->gauss.A[i], m->stage);
        TG_TRY(tg_dde_slope(m, m->t + m->gauss.c[i] * m->h, m->stage,
                            m->lagged + (size_t)i * m->eq->delays * n, known,
                            m->new_F + (size_t)i * n));
    }
    for (size_t k = 0; k < (size_t)m->gauss.s * n; k++) {
        const double moved = m->h * fabs(m->new_F[k] - m->F[k]) / scale(m, k % n);
        *change = moved <= *change ? *change : moved; /* NaN wins */
    }
    double *swap = m->F;
    m->F = m->new_F;
    m->new_F = swap;
    return TG_OK;
}

static double
shortest(const tg_dde_machine *m)
{
    double tau = INFINITY;

    for (size_t j = 0; j < m->eq->delays; j++) tau = fmin(tau, m->tau[j]);
    return tau;
}

/* By how much, in tolerances, p' (weights l_j) misses the slope in new_F, times h rho. */
static double
missed(const tg_dde_machine *m, const double *l, double rho)
{
    const size_t n = m->eq->dim;
    double       error = 0;

    for (size_t k = 0; k < n; k++) {
        double p = 0;
        for (int j = 0; j < m->gauss.s; j++) p += l[j] * m->F[(size_t)j * n + k];
        const double e = rho * m->h * fabs(p - m->new_F[k]) / scale(m, k);
        error = e <= error ? error : e;
    }
    return isnan(error) ? INFINITY : error;
}

/* Steps 1 to 3; *error in tolerances, inf where the sweeps did not converge. */
tg_status
tg_dde_attempt(tg_dde_machine *m, double *error)
{
    const size_t n = m->eq->dim;
    const int    settled = m->eq->tau && m->h <= shortest(m);
    double       change = INFINITY, before;
    int          sweeps = 0;

    m->lost = 0;
    predict(m);
    do {
        before = change;
        TG_TRY(sweep(m, settled && sweeps > 0, &change));
        if (!(change < 1e10) || ++sweeps > SWEEPS_MAX || (sweeps > 3 && change > before)) {
            for (int i = 0; i < m->gauss.s; i++)
                tg_dde_note(m, m->t + m->gauss.c[i] * m->h, m->F + (size_t)i * n);
            *error = INFINITY;
            return TG_OK;
        }
    } while (change > 0.02);
    tg_dde_combine(m, m->gauss.b, m->next);
    TG_TRY(tg_dde_slope(m, m->t + m->h, m->next, m->past, 0, m->new_F));
    *error = missed(m, m->end_weight, m->rho);
    memcpy(m->end_slope, m->new_F, n * sizeof *m->end_slope);
    tg_dde_combine(m, m->inner_dense, m->stage);
    TG_TRY(tg_dde_slope(m, m->t + m->inner * m->h, m->stage, m->past, 0, m->new_F));
    *error = fmax(*error, missed(m, m->inner_weight, m->inner_rho));
    if (*error < INFINITY) return TG_OK;
    tg_dde_note(m, m->t + m->h, m->end_slope);
    tg_dde_note(m, m->t + m->inner * m->h, m->new_F);
    return TG_OK;
}

/* p' misses f by what changes its sign at every node, so that it adds up to no more than the most of
 * it between two nodes, times their distance; four times that, for where that most is not known. */
tg_status
tg_dde_attempt_between(tg_dde_machine *m, double *error)
{
    const tg_gauss *g = &m->gauss;

    *error = 0;
    for (int i = 0; i <= g->s; i++) {
        const double low = i > 0 ? g->c[i - 1] : 0, high = i < g->s ? g->c[i] : 1;
        const double z = (low + high) / 2;
        double       weight[TG_GAUSS_MAX], dense[TG_GAUSS_MAX];
        for (int j = 0; j < g->s; j++) weight[j] = lagrange(g, j, z);
        tg_gauss_dense(g, z, dense);
        tg_dde_combine(m, dense, m->stage);
        TG_TRY(tg_dde_slope(m, m->t + z * m->h, m->stage, m->past, 0, m->new_F));
        *error = fmax(*error, missed(m, weight, 4 * (high - low)));
    }
    return TG_OK;
}
