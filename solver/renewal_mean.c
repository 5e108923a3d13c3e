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

#include "core/complexes.h"

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
                 const double *square, double *variance, double *error)
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
    *variance = q < 1 ? sum / (1 - q * q * q) : INFINITY;
    *error = 0.8 * q;
    return TG_OK;
}

/* ---- root ---------------------------------------------------------------------------- */

typedef struct mean {
    const tg_renewal *w;
    tg_renewal_rule   rule;
    double            e, share; /* share of the correction that is in force */
    const double     *r, *rho, *sum_r, *sum_rho; /* (n) */
    size_t            end;                       /* r is rounding from here on */
} mean;

/* sum_i a_i b_i z^i (b NULL: 1). */
static double complex
generate(size_t n, const double *a, const double *b, double complex z)
{
    double complex sum = 0, power = 1;

    for (size_t i = 0; i < n; i++, power = multiply(power, z))
        sum += a[i] * (b ? b[i] : 1) * power;
    return sum;
}

/* Points that du_g times what is made of r has, the rest being rounding that z^i would raise. */
static size_t
known(const mean *m, size_t g)
{
    const size_t du = m->w->law[g].known;

    return du < m->end ? du : m->end;
}

/* sum_i du_i f_i z^i. On a slow grid f is what it is at 0 for as long as du lasts, whose integral
 * is (CV^2 - 1)/2. */
static double complex
own_sum(const mean *m, size_t g, const double *f, double complex z)
{
    const tg_renewal_law *l = &m->w->law[g];

    return m->w->slow ? f[0] * (l->cv2 - 1) / 2 : generate(known(m, g), l->du, f, z);
}

static double complex
asgd(const mean *m, double complex s, double complex z)
{
    const tg_renewal *w = m->w;
    double complex    f = s;

    for (size_t g = 0; g < w->groups; g++) {
        const double complex phi = generate(w->grid->n, w->law[g].p, NULL, z);
        const double complex own = 1 + own_sum(m, g, m->r, z);
        f += m->e * w->rate[g] * phi / (1 + m->share * m->e * phi * own);
    }
    return f;
}

static double complex
dude(const mean *m, double complex s, double complex z)
{
    const tg_renewal *w = m->w;
    const size_t      all = w->grid->n;
    const double      mu = w->lambda / w->total;
    double complex    p = 0, change = 0;

    for (size_t g = 0; g < w->groups; g++) {
        const double complex phi = generate(all, w->law[g].p, NULL, z);
        p += w->workers[g] / w->total * phi * (1 - phi) / (s * w->law[g].mean);
    }
    for (size_t g = 0; g < w->groups; g++) {
        const double         time = w->law[g].mean;
        const double complex phi = generate(all, w->law[g].p, NULL, z);
        const double complex hold = (1 - phi) / (s * time);
        const double complex wait = m->e * mu * phi * (1 - phi);
        const double complex read =
            -(m->e * p * (1 + own_sum(m, g, m->r, z)) + wait * own_sum(m, g, m->sum_r, z));
        change +=
            m->e / w->total * w->workers[g] *
                (phi * hold * w->lambda * read + phi * (1 - hold) / time) -
            m->e * w->rate[g] *
                (m->e * p * own_sum(m, g, m->rho, z) + wait * own_sum(m, g, m->sum_rho, z));
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

/* r and its like into x (ROWS). */
enum { R, RHO, SUM_R, SUM_RHO, ROWS };

static tg_status
respond(const tg_renewal *w, tg_renewal_rule rule, double e, tg_renewal_work *k, double **x)
{
    double complex       *f = tg_renewal_complex(k, 0), *one = tg_renewal_complex(k, 1);
    const double complex *s = w->grid->s;

    for (size_t i = 0; i < ROWS; i++) x[i] = tg_renewal_real(k, i);
    if (rule == TG_RENEWAL_DUDE) {
        TG_TRY(tg_renewal_dude_speed(w, e, f, one, tg_renewal_complex(k, 2)));
        for (size_t i = 0; i < w->grid->nz; i++) one[i] = f[i] / s[i];
        tg_zgrid_function(w->grid, &k->room, one, 0, x[SUM_R]);
        /* 1/r^ = s + e lambda p, so rho^ = p r^ = (1 - s r^)/(e lambda) */
        for (size_t i = 0; i < w->grid->nz; i++)
            one[i] = (1 - s[i] * f[i]) / (e * w->lambda);
        tg_zgrid_function(w->grid, &k->room, one, 0, x[RHO]);
        for (size_t i = 0; i < w->grid->nz; i++) one[i] /= s[i];
        tg_zgrid_function(w->grid, &k->room, one, 0, x[SUM_RHO]);
    } else {
        tg_renewal_field(w, e, f);
    }
    tg_zgrid_function(w->grid, &k->room, f, 1, x[R]);
    return TG_OK;
}

static size_t
end_of(const tg_renewal *w, const double *r, double small)
{
    size_t end = w->grid->n;

    while (end > 64 && !(fabs(r[end - 1]) > small)) end--;
    return end;
}

/* The two exponentials through the late part of r, as far as it is above rounding: r(t + 2d) =
 * c_1 r(t + d) + c_2 r(t) by least squares (Prony 1795). The slower one. */
static double complex
guess(const tg_renewal *w, const double *r)
{
    const double job = w->total / w->lambda;
    const size_t end = end_of(w, r, 1e-5);
    const double times = 0.4 * job / w->grid->dt;
    const size_t d = (size_t)fmax(fmin((double)end / 8, times < 1 ? 1e9 : times), 1);
    double       aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
    for (size_t i = end / 3; i + 2 * d < end; i++) {
        const double a = r[i + d], b = r[i], y = r[i + 2 * d];
        aa += a * a, ab += a * b, bb += b * b, ay += a * y, by += b * y;
    }
    const double         det = aa * bb - ab * ab;
    const double         one = (ay * bb - by * ab) / det, two = (by * aa - ay * ab) / det;
    const double complex root = csqrt(one * one / 4 + two + 0 * I);
    const double complex p = one / 2 + root, q = one / 2 - root;
    const double complex z = cabs(p) >= cabs(q) ? p : q;
    if (!(det > 1e-6 * aa * bb)) return log(fabs(ab / bb)) / ((double)d * w->grid->dt);
    return clog(z) / ((double)d * w->grid->dt);
}

/* Renewals of nearly constant times take long to become even: what du_g has more than it falls like
 * exp(-2 pi^2 CV^2 t/m). Under DuDe-ASGD, whose slots carry a step on, the sums over it converge
 * where that is faster than x settles. */
static bool
forgets(const tg_renewal *w, tg_renewal_rule rule, double complex root)
{
    for (size_t g = 0; g < w->groups; g++)
        if (20 * w->law[g].cv2 / w->law[g].mean < 2 * fabs(creal(root)) &&
            rule == TG_RENEWAL_DUDE && !w->slow)
            return false;
    return true;
}

tg_status
tg_renewal_root(const tg_renewal *w, tg_renewal_rule rule, double e, double complex *field,
                double complex *root)
{
    enum { STAGES = 4 };
    tg_renewal_work k;
    double         *x[ROWS];
    double complex  s = NAN;
    bool            found = true;

    TG_TRY(tg_renewal_work_create(w, ROWS, 3, &k));
    const tg_status status = respond(w, rule, e, &k, x);
    mean            m = { w, rule, e, 0, x[R], x[RHO], x[SUM_R], x[SUM_RHO], 0 };
    if (status == TG_OK) {
        s = guess(w, x[R]);
        m.end = end_of(w, x[R], 1e-10);
    }
    for (int i = 0; status == TG_OK && i <= STAGES && found; i++) {
        m.share = (double)i / STAGES;
        found = polish(&m, &s);
        if (i > 0) continue;
        *field = s;
        if (!forgets(w, rule, s)) break;
    }
    tg_renewal_work_free(&k);
    TG_TRY(status);
    if (!found) return tg_fail(TG_ENOCONV, "the root of the corrected mean was lost");
    *root = s;
    return TG_OK;
}
