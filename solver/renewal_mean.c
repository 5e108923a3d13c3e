/* renewal_mean: where the mean goes and how fast, to first order in 1/P
 *
 *     ch(s) = s + e sum_g lambda_g phi_g / (1 + e phi_g G_g(s))                         ASGD
 *
 * and for DuDe-ASGD theory 3.7. Both are sums over the grid at any s right of where du r
 * grows. Its rightmost root is followed from the mean field's as the correction is brought
 * in. With minima b_g the mean of ASGD settles where sum_g lambda_g (x - b_g)/(1 + e G_g(0))
 * = 0. Derived here, theory 3.6.
 */
#include "solver/renewal_parts.h"

#include <math.h>

tg_status
tg_renewal_bias(const tg_renewal *w, double e, const double *minimum, double *bias)
{
    tg_renewal_work k;
    double          weight = 0, sum = 0;

    if (!(e > 0) || !isfinite(e)) return tg_fail(TG_EDOMAIN, "e must be > 0, got %g", e);
    TG_TRY(tg_renewal_work_create(w, 1, 1, &k));
    double *r = tg_renewal_real(&k, 0);
    tg_renewal_field(w, e, tg_renewal_complex(&k, 0));
    tg_zgrid_function(w->grid, &k.room, tg_renewal_complex(&k, 0), 1, r);
    for (size_t g = 0; g < w->groups; g++) {
        const double own = 1 + tg_zgrid_dot(w->grid, w->law[g].du, r);
        weight += w->rate[g] / (1 + e * own);
        sum += w->rate[g] / (1 + e * own) * minimum[g];
    }
    tg_renewal_work_free(&k);
    if (!isfinite(sum / weight))
        return tg_fail(TG_EDIVERGED, "the mean does not settle at e = %g", e);
    *bias = sum / weight;
    return TG_OK;
}

/* e^2 sum_g lambda_g mu_g^2 (C_g(0) + 2 int du_g C_g), the atom at 0 apart, and what feeds it
 * back: the integral of K is 1 - e^2 sum_g lambda_g I_g / V. */
tg_status
tg_renewal_marks(const tg_renewal *w, double e, const tg_renewal_variance *v,
                 const double *square, double *variance)
{
    tg_renewal_work k;
    double          sum = 0, white = 0;

    TG_TRY(tg_renewal_work_create(w, w->groups + 1, w->groups + 2, &k));
    double *c = tg_renewal_real(&k, w->groups);
    (void)tg_renewal_respond(w, e, &k, 0);
    for (size_t g = 0; g < w->groups; g++) {
        const double *r = tg_renewal_real(&k, g), scale = e * e * w->rate[g];
        tg_zgrid_correlate(w->grid, &k.room, r, r, c);
        white += scale * c[0];
        sum +=
            scale * square[g] * fmax(c[0] + 2 * tg_zgrid_dot(w->grid, w->law[g].du, c), 0);
    }
    tg_renewal_work_free(&k);
    const double q = isfinite(v->value) ? fmax(1 - white / v->value, 0) : 1;
    *variance = q < 1 ? sum / (1 - q) : INFINITY;
    return TG_OK;
}

/* ---- root ---------------------------------------------------------------------------- */

typedef struct mean {
    const tg_renewal *w;
    tg_renewal_rule   rule;
    double            e, share; /* share of the correction that is in force */
    const double     *r, *rho, *sum_r, *sum_rho; /* (n) */
} mean;

/* sum_i a_i b_i z^i (b NULL: 1). */
static double complex
generate(size_t n, const double *a, const double *b, double complex z)
{
    double complex sum = 0, power = 1;

    for (size_t i = 0; i < n; i++, power *= z) sum += a[i] * (b ? b[i] : 1) * power;
    return sum;
}

static double complex
asgd(const mean *m, double complex s, double complex z)
{
    const tg_renewal *w = m->w;
    double complex    f = s;

    for (size_t g = 0; g < w->groups; g++) {
        const double complex phi = generate(w->grid->n, w->law[g].p, NULL, z);
        const double complex own = 1 + generate(w->grid->n, w->law[g].du, m->r, z);
        f += m->e * w->rate[g] * phi / (1 + m->share * m->e * phi * own);
    }
    return f;
}

static double complex
dude(const mean *m, double complex s, double complex z)
{
    const tg_renewal *w = m->w;
    const size_t      n = w->grid->n;
    const double      mu = w->lambda / w->total;
    double complex    p = 0, change = 0;

    for (size_t g = 0; g < w->groups; g++) {
        const double complex phi = generate(n, w->law[g].p, NULL, z);
        p += w->workers[g] / w->total * phi * (1 - phi) / (s * w->law[g].mean);
    }
    for (size_t g = 0; g < w->groups; g++) {
        const double        *du = w->law[g].du, time = w->law[g].mean;
        const double complex phi = generate(n, w->law[g].p, NULL, z);
        const double complex hold = (1 - phi) / (s * time);
        const double complex wait = m->e * mu * phi * (1 - phi);
        const double complex read = -(m->e * p * (1 + generate(n, du, m->r, z)) +
                                      wait * generate(n, du, m->sum_r, z));
        change += m->e / w->total * w->workers[g] *
                      (phi * hold * w->lambda * read + phi * (1 - hold) / time) -
                  m->e * w->rate[g] *
                      (m->e * p * generate(n, du, m->rho, z) +
                       wait * generate(n, du, m->sum_rho, z));
    }
    p *= m->e * w->lambda;
    return s + p / (1 - m->share * change / p);
}

static double complex
characteristic(const mean *m, double complex s)
{
    const double complex half = s * m->w->grid->dt / 2, z = (1 - half) / (1 + half);

    return m->rule == TG_RENEWAL_DUDE ? dude(m, s, z) : asgd(m, s, z);
}

/* Secant steps from s. */
static bool
polish(const mean *m, double complex *s)
{
    const double   scale = cabs(*s) + m->e * m->w->lambda * 1e-3;
    double complex a = *s, b = a + 1e-4 * scale, fa = characteristic(m, a);

    for (int i = 0; i < 40; i++) {
        const double complex fb = characteristic(m, b);
        if (fb == fa || !isfinite(cabs(fb))) return false;
        const double complex next = b - fb * (b - a) / (fb - fa);
        a = b;
        fa = fb;
        b = next;
        if (cabs(b - a) <= 1e-10 * scale) {
            *s = b;
            return isfinite(cabs(b));
        }
    }
    return false;
}

tg_status
tg_renewal_root(const tg_renewal *w, tg_renewal_rule rule, double e, double complex field,
                double complex *root)
{
    enum { R, RHO, SUM_R, SUM_RHO, ROWS, STAGES = 4 };
    tg_renewal_work k;
    double complex  s = field;
    bool            found = true;

    TG_TRY(tg_renewal_work_create(w, ROWS, 3, &k));
    double complex *f = tg_renewal_complex(&k, 0), *one = tg_renewal_complex(&k, 1);
    double         *x[ROWS];
    for (size_t i = 0; i < ROWS; i++) x[i] = tg_renewal_real(&k, i);
    if (rule == TG_RENEWAL_DUDE) {
        TG_TRY(tg_renewal_dude_speed(w, e, f, one, tg_renewal_complex(&k, 2)));
        const double complex *grid_s = w->grid->s;
        for (size_t i = 0; i < w->grid->nz; i++) one[i] = f[i] / grid_s[i];
        tg_zgrid_function(w->grid, &k.room, one, 0, x[SUM_R]);
        /* 1/r^ = s + e lambda p, so rho^ = p r^ = (1 - s r^)/(e lambda) */
        for (size_t i = 0; i < w->grid->nz; i++)
            one[i] = (1 - grid_s[i] * f[i]) / (e * w->lambda);
        tg_zgrid_function(w->grid, &k.room, one, 0, x[RHO]);
        for (size_t i = 0; i < w->grid->nz; i++) one[i] /= grid_s[i];
        tg_zgrid_function(w->grid, &k.room, one, 0, x[SUM_RHO]);
    } else {
        tg_renewal_field(w, e, f);
    }
    tg_zgrid_function(w->grid, &k.room, f, 1, x[R]);
    mean m = { w, rule, e, 0, x[R], x[RHO], x[SUM_R], x[SUM_RHO] };
    for (int i = 1; i <= STAGES && found; i++) {
        m.share = (double)i / STAGES;
        found = polish(&m, &s);
    }
    tg_renewal_work_free(&k);
    if (!found) return tg_fail(TG_ENOCONV, "the root of the corrected mean was lost");
    *root = s;
    return TG_OK;
}
