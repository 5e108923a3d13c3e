/* renewal_dude: stationary variance of DuDe-ASGD to first order in 1/n
 *
 * The server holds the newest gradient of each of n workers and moves by -(eta/n) times
 * their sum at each arrival (Wang, Sun, Wai, Zhang 2024). Group g: n_g workers, law phi_g,
 * mean m_g, F_g = (1 - phi_g)/(s m_g); lambda = sum n_g/m_g, mu = lambda/n,
 *
 *     p = sum_g (n_g/n) phi_g F_g,   r^ = 1/(s + e lambda p),   rho^ = p r^,
 *     rho_g^ = phi_g F_g r^,         C = autocorrelation of r,  X_g = mu^2 C * E(T_g - |.|)_+
 *     V_0 = e^2 sum_g lambda_g X_g(0),    V = V_0 / (1 - c),    c = V_1 / V_0
 *
 * V_1 adds, for the noise of one worker of group g: what its own slot does at its own
 * arrivals (own, excess, response), and what the jitter of every other worker l does to it,
 * as the arrivals that apply it (AA), as slots that hold what it moved (BB), and both (AB).
 * Derived here, theory 3.7.
 */
#include "solver/renewal_parts.h"

#include <math.h>
#include <stdlib.h>

enum {
    RESP,
    RHO,
    INT_R,
    INT_RHO,
    CORR,
    CROSS,
    LAM,
    GAM,
    TAIL_R,
    TAIL_RHO, /* shared */
    SURVIVAL,
    X0,
    X1,
    X2,
    RHO_G,
    CROSS_G,
    LAM_CROSS, /* of g */
    DX,
    DDX,
    DGAM,
    DDGAM,
    DSLOPE,
    DDSLOPE,
    DLAM,
    DDLAM,
    RHO_L,
    CORR_L,
    CROSS_A,
    CROSS_B,
    WORK_A,
    WORK_B,
    REALS
};
enum { FIELD, P, SPEC_C, CHANGE, KAPPA, SPEC, ONE, COMPLEXES };

typedef struct mode {
    const tg_renewal *w;
    const tg_zgrid   *grid;
    double            e, mu;
    tg_renewal_work   k;
    double           *x[REALS];
    double complex   *f[COMPLEXES];
} mode;

static tg_status
open(const tg_renewal *w, double e, mode *m)
{
    *m = (mode){ .w = w, .grid = w->grid, .e = e, .mu = w->lambda / w->total };
    TG_TRY(tg_renewal_work_create(w, REALS, COMPLEXES, &m->k));
    for (size_t i = 0; i < REALS; i++) m->x[i] = tg_renewal_real(&m->k, i);
    for (size_t i = 0; i < COMPLEXES; i++) m->f[i] = tg_renewal_complex(&m->k, i);
    return TG_OK;
}

/* F_g = (1 - phi)/(s m). */
static double complex
hold(const mode *m, size_t g, size_t k)
{
    const tg_renewal_law *l = &m->w->law[g];

    return (1 - l->phi[k]) / (m->grid->s[k] * l->mean);
}

/* The function with transform r^ times that of phi_g F_g. */
static void
held_by(mode *m, size_t g, double *out)
{
    for (size_t k = 0; k < m->grid->nz; k++)
        m->f[ONE][k] = m->f[FIELD][k] * m->w->law[g].phi[k] * hold(m, g, k);
    tg_zgrid_function(m->grid, &m->k.room, m->f[ONE], 0, out);
}

static void
respond(mode *m)
{
    const tg_zgrid *grid = m->grid;
    tg_zroom       *room = &m->k.room;

    for (size_t k = 0; k < grid->nz; k++) {
        double complex p = 0;
        for (size_t g = 0; g < m->w->groups; g++)
            p += m->w->workers[g] / m->w->total * m->w->law[g].phi[k] * hold(m, g, k);
        m->f[P][k] = p;
        m->f[FIELD][k] = 1 / (grid->s[k] + m->e * m->w->lambda * p);
    }
    tg_zgrid_function(grid, room, m->f[FIELD], 1, m->x[RESP]);
    for (size_t k = 0; k < grid->nz; k++) m->f[ONE][k] = m->f[FIELD][k] * m->f[P][k];
    tg_zgrid_function(grid, room, m->f[ONE], 0, m->x[RHO]);
    for (size_t k = 0; k < grid->nz; k++) m->f[ONE][k] /= grid->s[k];
    tg_zgrid_function(grid, room, m->f[ONE], 0, m->x[INT_RHO]);
    for (size_t k = 0; k < grid->nz; k++) m->f[ONE][k] = m->f[FIELD][k] / grid->s[k];
    tg_zgrid_function(grid, room, m->f[ONE], 0, m->x[INT_R]);
}

static void
correlate(mode *m)
{
    tg_zgrid_correlate(m->grid, &m->k.room, m->x[RESP], m->x[RESP], m->x[CORR]);
    tg_zgrid_mirrored(m->grid, &m->k.room, m->x[CORR], 1, m->f[SPEC_C]);
    tg_zgrid_tail(m->grid, m->x[CORR], m->x[LAM]);
    tg_zgrid_tail(m->grid, m->x[LAM], m->x[GAM]);
    tg_zgrid_tail(m->grid, m->x[RESP], m->x[TAIL_R]);
    tg_zgrid_tail(m->grid, m->x[RHO], m->x[TAIL_RHO]);
}

static void
generate(mode *m, const double *du, const double *x, double complex *out)
{
    for (size_t i = 0; i < m->grid->n; i++) m->k.room.line[i] = du[i] * x[i];
    tg_zgrid_generate(m->grid, &m->k.room, m->k.room.line, out);
}

/* What group g adds to the change of the characteristic function, and to kappa. */
static void
add_change(mode *m, size_t g)
{
    const tg_renewal_law *l = &m->w->law[g];
    const double          e = m->e, lambda = m->w->lambda, n = m->w->total, mean = l->mean;
    double complex       *own = m->f[SPEC], *rho = m->k.room.one, *r = m->f[ONE],
                   *slot = m->k.room.two;

    generate(m, l->du, m->x[RESP], own);
    generate(m, l->du, m->x[RHO], rho);
    generate(m, l->du, m->x[INT_R], r);
    generate(m, l->du, m->x[INT_RHO], slot);
    for (size_t k = 0; k < m->grid->nz; k++) {
        const double complex phi = l->phi[k], f = hold(m, g, k), p = m->f[P][k];
        const double complex G = 1 + own[k], wait = e * m->mu * phi * (1 - phi);
        const double complex read = -(e * p * G + wait * r[k]);
        m->f[CHANGE][k] +=
            e / n * m->w->workers[g] * (phi * f * lambda * read + phi * (1 - f) / mean) -
            e * m->w->rate[g] * (e * p * rho[k] + wait * slot[k]);
        m->f[KAPPA][k] -=
            m->w->rate[g] / lambda * e * (m->mu * mean * G * phi * f + rho[k]);
    }
}

static void
change_all(mode *m)
{
    for (size_t k = 0; k < m->grid->nz; k++) m->f[CHANGE][k] = m->f[KAPPA][k] = 0;
    for (size_t g = 0; g < m->w->groups; g++) add_change(m, g);
}

/* ---- noise of one worker of group g -------------------------------------------------- */

/* X_g, X_g', X_g''. */
static void
pulse(mode *m, size_t g)
{
    const tg_zgrid       *grid = m->grid;
    const tg_renewal_law *l = &m->w->law[g];
    tg_zroom             *room = &m->k.room;
    double               *survival = m->x[SURVIVAL], *tail = m->x[WORK_A];
    const double          scale = m->mu * m->mu;
    double                sum = 0;

    for (size_t i = 0; i < grid->n; i++) {
        sum += l->p[i];
        survival[i] = 1 - sum + l->p[i] / 2;
    }
    tg_zgrid_tail(grid, survival, tail);
    tg_zgrid_mirrored(grid, room, tail, 1, m->f[SPEC]);
    tg_zgrid_behind(grid, room, m->f[SPEC_C], m->f[SPEC], m->x[X0]);
    tg_zgrid_mirrored(grid, room, survival, -1, m->f[SPEC]);
    tg_zgrid_behind(grid, room, m->f[SPEC_C], m->f[SPEC], m->x[X1]);
    tg_zgrid_ahead(grid, room, l->spectrum, m->f[SPEC_C], m->x[X2]);
    tg_zgrid_behind(grid, room, l->spectrum, m->f[SPEC_C], m->x[WORK_B]);
    for (size_t i = 0; i < grid->n; i++) {
        m->x[X0][i] *= scale * grid->dt;
        m->x[X1][i] *= -scale * grid->dt;
        m->x[X2][i] = scale * (m->x[X2][i] + m->x[WORK_B][i] - 2 * m->x[CORR][i]);
    }
}

static void
ahead(mode *m, size_t g, const double *f, double *out)
{
    tg_renewal_law_ahead(m->grid, &m->k.room, &m->w->law[g], f, out);
}

/* S[f,h] = int U (f h - f Dh - h Df) + int u f h, U with and u without its atom at 0. */
static double
own_pairs(mode *m, size_t g, const double *f, const double *h)
{
    const tg_renewal_law *l = &m->w->law[g];
    double                sum = 0;

    ahead(m, g, f, m->x[WORK_A]);
    ahead(m, g, h, m->x[WORK_B]);
    for (size_t i = 0; i < m->grid->n; i++)
        sum += l->u[i] * (f[i] * h[i] - f[i] * m->x[WORK_B][i] - m->x[WORK_A][i] * h[i]) +
               l->more[i] * f[i] * h[i];
    return sum;
}

/* Its slot: own + excess + response. */
static double
own_slot(mode *m, size_t g)
{
    const tg_zgrid *grid = m->grid;
    const double    mean = m->w->law[g].mean, e = m->e, mu = m->mu;

    ahead(m, g, m->x[LAM], m->x[WORK_A]);
    const double own = 2 * mu / m->w->total * (m->x[LAM][0] - m->x[WORK_A][0]);
    held_by(m, g, m->x[RHO_G]);
    tg_zgrid_correlate(grid, &m->k.room, m->x[RHO_G], m->x[RESP], m->x[CROSS_G]);
    tg_zgrid_tail(grid, m->x[CROSS_G], m->x[LAM_CROSS]);
    const double pairs = mu * mean * own_pairs(m, g, m->x[TAIL_R], m->x[LAM_CROSS]) +
                         own_pairs(m, g, m->x[TAIL_RHO], m->x[LAM]);
    const double overlap = mu * mean * tg_zgrid_product(grid, m->x[RHO_G], m->x[X0]) +
                           tg_zgrid_product(grid, m->x[RHO], m->x[X0]);
    for (size_t k = 0; k < grid->nz; k++)
        m->f[ONE][k] =
            m->f[KAPPA][k] - 1 / (mean * m->w->lambda) - m->f[CHANGE][k] * m->f[FIELD][k];
    tg_zgrid_sequence(grid, &m->k.room, m->f[ONE], m->x[WORK_A]);
    const double response = 2 * tg_zgrid_dot(grid, m->x[WORK_A], m->x[X0]);
    return own - 2 * e * mu * mu * pairs + 2 * e / mean * overlap + response;
}

/* ---- jitter of the workers of group l ------------------------------------------------ */

static double
arrivals(mode *m, size_t l)
{
    double sum = 0;

    for (size_t i = 0; i < m->grid->n; i++)
        sum += m->w->law[l].du[i] * m->x[X2][i] * m->x[CORR][i];
    return m->w->rate[l] / (m->w->lambda * m->w->lambda) *
           (-m->x[X2][0] * m->x[CORR][0] - 2 * sum);
}

static double
slots(mode *m, size_t l)
{
    const tg_renewal_law *law = &m->w->law[l];
    double              **x = m->x, sum = 0;

    ahead(m, l, x[X0], x[DX]);
    ahead(m, l, x[DX], x[DDX]);
    ahead(m, l, x[GAM], x[DGAM]);
    ahead(m, l, x[DGAM], x[DDGAM]);
    for (size_t i = 0; i < m->grid->n; i++) {
        const double g = x[DDGAM][i] - x[DGAM][i];
        sum += law->more[i] * x[DX][i] * g - law->u[i] * g * x[DDX][i];
    }
    const double both = x[DDGAM][0] - 2 * x[DGAM][0] + x[GAM][0];
    const double kept = x[LAM][0] * law->mean - x[GAM][0] + x[DGAM][0];
    const double moved = 2 * (x[X0][0] * kept + x[DX][0] * both + sum) / law->mean -
                         2 * tg_zgrid_product(m->grid, x[X0], x[CORR_L]);
    return m->w->workers[l] * m->e * m->e * m->mu * m->mu * moved;
}

static double
arrivals_and_slots(mode *m, size_t l)
{
    const tg_renewal_law *law = &m->w->law[l];
    double              **x = m->x, sum = 0, plain = 0;

    ahead(m, l, x[X1], x[DSLOPE]);
    ahead(m, l, x[DSLOPE], x[DDSLOPE]);
    ahead(m, l, x[LAM], x[DLAM]);
    ahead(m, l, x[DLAM], x[DDLAM]);
    for (size_t i = 0; i < m->grid->n; i++) {
        sum += law->u[i] * x[LAM][i] * x[DDSLOPE][i] -
               law->more[i] *
                   (x[X1][i] * (x[DLAM][i] - x[DDLAM][i]) + x[DSLOPE][i] * x[LAM][i]);
        x[WORK_A][i] = x[CROSS_A][i] - x[CROSS_B][i];
    }
    sum += x[DSLOPE][0] * (x[LAM][0] - x[DLAM][0]);
    plain = tg_zgrid_product(m->grid, x[X1], x[WORK_A]);
    return -2 * m->e * m->mu / m->w->lambda * m->w->workers[l] * (sum + plain) / law->mean;
}

static double
jitter(mode *m, size_t l)
{
    held_by(m, l, m->x[RHO_L]);
    tg_zgrid_correlate(m->grid, &m->k.room, m->x[RHO_L], m->x[RHO_L], m->x[CORR_L]);
    tg_zgrid_correlate(m->grid, &m->k.room, m->x[RHO_L], m->x[RESP], m->x[CROSS_A]);
    tg_zgrid_correlate(m->grid, &m->k.room, m->x[RESP], m->x[RHO_L], m->x[CROSS_B]);
    return arrivals(m, l) + slots(m, l) + arrivals_and_slots(m, l);
}

/* ch = s + e lambda p / (1 - change/(e lambda p)), of the same first order as adding the
 * change, and right for few workers too; a kick of x at an arrival is answered by 1/(ch (1 -
 * kappa)), which leaves a constant stream of gradients what it is. */
tg_status
tg_renewal_dude_speed(const tg_renewal *w, double e, double complex *field,
                      double complex *speed, double complex *answer)
{
    mode m;

    TG_TRY(open(w, e, &m));
    respond(&m);
    change_all(&m);
    for (size_t k = 0; k < w->grid->nz; k++) {
        const double complex p = e * w->lambda * m.f[P][k];
        field[k] = m.f[FIELD][k];
        speed[k] = w->grid->s[k] + p / (1 - m.f[CHANGE][k] / p);
        answer[k] = 1 / (speed[k] * (1 - m.f[KAPPA][k]));
    }
    tg_renewal_work_free(&m.k);
    return TG_OK;
}

tg_status
tg_renewal_dude_variance(const tg_renewal *w, double e, tg_renewal_variance *out)
{
    mode   m;
    double field = 0, slots_of_its_own = 0, jitters = 0, poisson = 0;

    TG_TRY(open(w, e, &m));
    respond(&m);
    correlate(&m);
    change_all(&m);
    for (size_t g = 0; g < w->groups; g++) {
        pulse(&m, g);
        const double weight = e * e * w->rate[g];
        field += weight * m.x[X0][0];
        poisson -= weight * m.x[X2][0] * m.x[CORR][0] / w->lambda;
        slots_of_its_own += weight * own_slot(&m, g);
        for (size_t l = 0; l < w->groups; l++) jitters += weight * jitter(&m, l);
    }
    tg_renewal_work_free(&m.k);
    const double more = slots_of_its_own + jitters;
    if (!isfinite(more) || !(field > 0))
        return tg_fail(TG_EDIVERGED, "the mean does not settle at e = %g", e);
    const double c = more / field;
    *out = (tg_renewal_variance){ .field = field,
                                  .first = c,
                                  .value = c < 1 ? field / (1 - c) : INFINITY,
                                  .gain = jitters / poisson,
                                  .error = 0.3 * fabs(slots_of_its_own) / field / w->total *
                                           (1 + 2 / w->total) };
    return TG_OK;
}
