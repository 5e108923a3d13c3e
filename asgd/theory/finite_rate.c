#include "asgd/theory/finite_rate.h"

#include "core/complexes.h"

#include <math.h>
#include <stdlib.h>

/* E e^{rT} is finite for r below this. */
static double
edge_of(const tg_delay *law)
{
    tg_delay_pole pole[64];
    const size_t  count = tg_delay_poles(law, pole, 64);
    double        edge = -tg_delay_abscissa(law);

    for (size_t i = 0; i < count && i < 64; i++) edge = fmin(edge, -pole[i].at);
    return edge;
}

double
tg_single_rate(const tg_delay *law, double e)
{
    const double theta = fabs(1 - e), edge = edge_of(law), sign = theta <= 1 ? -1 : 1;
    double       low = 0, high = 0.1 / tg_delay_mean(law);

    if (theta == 0) return INFINITY;
    while ((sign > 0 || high < edge) && high < 1e12 / tg_delay_mean(law) &&
           sign * (theta * creal(tg_delay_laplace(law, sign * high, NULL)) - 1) > 0) {
        low = high;
        high *= 2;
    }
    if (sign < 0) high = fmin(high, edge);
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        const double value = theta * creal(tg_delay_laplace(law, sign * middle, NULL));
        *(sign * (value - 1) > 0 ? &low : &high) = middle;
    }
    if (sign > 0) return -low;
    return high < edge * (1 - 1e-9) ? low : NAN;
}

tg_finite_rate
tg_finite_rate_of(const tg_case *one)
{
    tg_finite_rate f = { .known = false };
    tg_phase       law;
    size_t         groups = 0;

    for (size_t g = 0; g < one->cluster->groups; g++) groups += one->cluster->count[g] > 0;
    if (!one->plain || !one->solved || groups != 1) return f;
    f.constant = tg_delay_cv(one->delay) == 0;
    f.known = f.constant || (tg_phase_from_delay(one->delay, &law) == TG_OK &&
                             tg_phase_renewal(&law, f.t, f.c, &f.terms) == TG_OK);
    return f;
}

/* ---- roots --------------------------------------------------------------------------- */

typedef struct equation {
    const tg_finite_rate *f;
    const tg_loop        *l;
    double                e, workers, mean;
} equation;

static double complex
value(const equation *q, double complex s)
{
    if (q->f->constant) { /* z^P - z^(P-1) + e over z^(P-1), by s */
        const double complex z = cexp(s * q->mean / q->workers);
        return (z - 1 + q->e / cpow(z, q->workers - 1)) * q->workers / q->mean;
    }
    const double complex phi = tg_delay_laplace(q->l->delay, s, NULL);
    double complex       own = 1;
    for (size_t k = 0; k < q->f->terms; k++)
        own += divide(q->f->c[k], tg_loop_value(q->l, s - q->f->t[k], NULL));
    return s + divide(q->l->a * phi, 1 + q->e * multiply(phi, own));
}

/* Secant steps from s; NaN: lost. */
static double complex
polish(const equation *q, double complex s)
{
    const double   scale = cabs(s) + q->l->a * 1e-3;
    double complex b = s + 1e-4 * scale * (cimag(s) == 0 ? 1 : 1 + I), fa = value(q, s),
                   a = s;

    for (int i = 0; i < 30; i++) {
        const double complex fb = value(q, b);
        if (fb == fa) return b;
        const double complex next = b - fb * (b - a) / (fb - fa);
        if (!isfinite(cabs(next))) return NAN;
        a = b;
        fa = fb;
        b = next;
        if (cabs(b - a) <= 1e-11 * scale) return b;
    }
    return NAN;
}

/* From the field's root as 1/P comes to what it is. */
double
tg_finite_rate_at(const tg_finite_rate *f, const tg_loop *l, double workers,
                  double complex from, double complex *root)
{
    const int    stages = workers < 8 ? 3 : workers < 30 ? 2 : 1;
    const double mean = tg_delay_mean(l->delay), edge = tg_loop_abscissa(l);

    *root = from;
    if (workers == 1) {
        const double rate = tg_single_rate(l->delay, l->a * mean);
        *root = -rate;
        return rate;
    }
    double complex s = from;
    for (int i = 1; i <= stages; i++) {
        const double share = (double)i / stages;
        equation     q = { f, l, l->a * mean * share / workers, workers, mean };
        if (f->constant) { /* the whole equation at more workers */
            q.workers = workers / share;
            q.e = l->a * mean / q.workers;
        }
        s = polish(&q, s);
        if (!(creal(s) > edge)) return NAN;
    }
    *root = creal(s) + fabs(cimag(s)) * I;
    return -creal(s);
}

tg_status
tg_finite_rate_roots(const tg_case *c, double a, double workers, double complex *field,
                     double complex *root)
{
    const tg_finite_rate f = tg_finite_rate_of(c);
    const tg_loop        l = tg_case_loop(c, a);
    tg_mode_prediction   m = { .a = a };

    *field = *root = NAN;
    const tg_status status = tg_case_roots(&l, &m);
    if (status == TG_ENOCONV || (status == TG_OK && !m.exponential)) return TG_OK;
    TG_TRY(status);
    *field = complex_of(m.re, fabs(m.im));
    if (!f.known || isnan(tg_finite_rate_at(&f, &l, workers, *field, root))) *root = NAN;
    return TG_OK;
}
