/* renewal_asgd: stationary variance of asynchronous SGD to first order in 1/P
 *
 *     V = V_0/(1 - c),     V_0 = e^2 lambda I,     I = int r^2,     C(z) = int r(t) r(t+z)
 *     c = sum_g (lambda_g/lambda) (2/I) int r dr_g
 *         + (e^2/I) sum_g lambda_g [ I^2 + 2 int U_g (D_g C)^2 - (1/m_g) int q_g^2 ]
 *     dr_g^ = e^2 X r^^2 - e phi_g G_g r^,   X = sum_g lambda_g phi_g^2 G_g,
 *     q_g^ = phi_g r^^2
 *
 * and the propagator form, with each group's own response r_g in every place. It has a
 * limit of stability of its own, and is the better one where groups differ: V = e^2 sum_g lambda_g I_g / (1 - q),
 *
 *     q = e^2 sum_g lambda_g ( I_g + [2 int U_g (D_g C_g)^2 - (1/m_g) int q_g^2] / I_g )
 *
 * Derived here, theory 3.6.
 */
#include "solver/renewal_parts.h"

#include "core/complexes.h"

#include <math.h>

enum { R, CORRELATION, AHEAD, Q, OWN, RESPONSES };

typedef struct mode {
    const tg_renewal *w;
    double            e;
    tg_renewal_work   k;
    double           *r, *c, *ahead, *q, *own; /* (n) */
    double complex   *field, *work;            /* (nz) r^; scratch */
} mode;

static tg_status
open(const tg_renewal *w, double e, mode *m)
{
    *m = (mode){ .w = w, .e = e };
    TG_TRY(tg_renewal_work_create(w, RESPONSES + w->groups, 2 + w->groups, &m->k));
    m->r = tg_renewal_real(&m->k, R);
    m->c = tg_renewal_real(&m->k, CORRELATION);
    m->ahead = tg_renewal_real(&m->k, AHEAD);
    m->q = tg_renewal_real(&m->k, Q);
    m->own = tg_renewal_real(&m->k, OWN);
    m->field = tg_renewal_complex(&m->k, 0);
    m->work = tg_renewal_complex(&m->k, 1);
    return TG_OK;
}

static double complex *
gain_of(mode *m, size_t g)
{
    return tg_renewal_complex(&m->k, 2 + g);
}

/* 2 int U_g (D_g C)^2 - (1/m_g) int q^2 of the response whose transform is `response` and
 * correlation m->c. */
static double
own_jumps(mode *m, size_t g, const double complex *response)
{
    const tg_zgrid       *grid = m->w->grid;
    const tg_renewal_law *l = &m->w->law[g];
    double                sum = 0;

    for (size_t k = 0; k < grid->nz; k++)
        m->work[k] = multiply(multiply(response[k], response[k]), l->phi[k]);
    tg_zgrid_function(grid, &m->k.room, m->work, 0, m->q);
    tg_renewal_law_ahead(grid, &m->k.room, l, m->c, m->ahead);
    for (size_t i = 0; i < grid->n; i++) sum += l->u[i] * m->ahead[i] * m->ahead[i];
    return 2 * sum - tg_zgrid_product(grid, m->q, m->q) / l->mean;
}

/* (2/I) int r dr_g. */
static double
own_mean(mode *m, size_t g, double energy)
{
    const tg_zgrid *grid = m->w->grid;

    for (size_t k = 0; k < grid->nz; k++) {
        double complex x = 0;
        for (size_t i = 0; i < m->w->groups; i++) {
            const double complex phi = m->w->law[i].phi[k];
            x += m->w->rate[i] * multiply(multiply(phi, phi), gain_of(m, i)[k]);
        }
        const double complex own = multiply(m->w->law[g].phi[k], gain_of(m, g)[k]);
        m->work[k] = multiply(m->e * m->field[k], m->e * multiply(x, m->field[k]) - own);
    }
    tg_zgrid_function(grid, &m->k.room, m->work, 0, m->own);
    return 2 * tg_zgrid_product(grid, m->r, m->own) / energy;
}

static double
first_order(mode *m, double energy)
{
    double sum = 0;

    for (size_t g = 0; g < m->w->groups; g++) {
        const double rate = m->w->rate[g];
        sum += rate / m->w->lambda * own_mean(m, g, energy);
        sum += m->e * m->e * rate * (energy + own_jumps(m, g, m->field) / energy);
    }
    return sum;
}

/* q and sum_g lambda_g I_g of the responses, whose transforms have taken the place of G. */
static double
propagate(mode *m, double *energy)
{
    const tg_zgrid *grid = m->w->grid;
    double          q = 0;

    *energy = 0;
    for (size_t g = 0; g < m->w->groups; g++) {
        const double *r = tg_renewal_real(&m->k, RESPONSES + g);
        tg_zgrid_correlate(grid, &m->k.room, r, r, m->c);
        const double own = m->c[0];
        *energy += m->w->rate[g] * own;
        q += m->e * m->e * m->w->rate[g] * (own + own_jumps(m, g, gain_of(m, g)) / own);
    }
    return q;
}

/* What the next order in 1/P may change, relative; CV = 1 is no law of its own but the exponential one's,
 * of which there is none. d is by how much the corrected response
 * has more energy, and 1/(1 - q^2) grows towards the loss of the mean square; the two forms
 * differ by what is left out. Source: fitted to the exact and simulated variances of
 * validation/reference (theory 3.6). */
static double
next_order(const tg_renewal *w, double d, double q, double spread)
{
    const double cv2 = w->law[0].cv2,
                 size = 0.45 * d * d * (1 + 2 / w->total) / (1 - q * q);

    return w->groups == 1 ? size * fmax(fabs(1 - cv2) / (1 + cv2), 0.1)
                          : fabs(spread) + 0.1 * size;
}

/* Which form: V_0/(1 - c) for one law as long as the response is not changed much; the
 * propagator form for groups, and where the mean field does not settle; between the two,
 * their geometric mean, since they err on either side. */
static void
choose(const tg_renewal *w, double one, double other, double d, tg_renewal_variance *v)
{
    const double half = fabs(log(one / other)) / 2;

    v->value = w->groups == 1 ? one : other;
    v->error = next_order(w, d, v->gain, one / other - 1);
    if (w->groups > 1 || d > -0.35) return;
    v->value = sqrt(one * other);
    v->error += half;
}

tg_status
tg_renewal_asgd_variance(const tg_renewal *w, double e, tg_renewal_variance *out)
{
    mode   m;
    double own, energy = NAN, c = NAN;

    TG_TRY(open(w, e, &m));
    const bool   settled = tg_renewal_respond(w, e, &m.k, RESPONSES);
    const double q = propagate(&m, &own);
    if (settled) {
        tg_renewal_field(w, e, m.field);
        tg_zgrid_function(w->grid, &m.k.room, m.field, 1, m.r);
        for (size_t g = 0; g < w->groups; g++)
            tg_renewal_own(w, g, &m.k.room, m.r, gain_of(&m, g));
        tg_zgrid_correlate(w->grid, &m.k.room, m.r, m.r, m.c);
        energy = m.c[0];
        c = first_order(&m, energy);
    }
    tg_renewal_work_free(&m.k);
    if (!isfinite(q) || (settled && !isfinite(c)))
        return tg_fail(TG_EDIVERGED, "the mean does not settle at e = %g", e);
    *out = (tg_renewal_variance){ .field = settled ? e * e * w->lambda * energy : INFINITY,
                                  .first = c,
                                  .gain = q };
    const double other = q < 1 ? e * e * own / (1 - q) : INFINITY;
    if (!settled || !(q < 1)) {
        out->value = other;
        out->error = q < 1 ? fmin(0.1 + 0.25 * q / (1 - q), 1) : INFINITY;
    } else {
        choose(w, out->field / (1 - fmin(c, 0.99)), other, own / (w->lambda * energy) - 1,
               out);
    }
    return TG_OK;
}
