/* Coefficients of a step: which part of dt it takes, how many levels and normals, and their
 * weights. Integrals over the step are Gauss sums on panels over which e^{-bv} changes
 * little; the factor of the covariance of J^0, J^1, ... is that of Gram and Schmidt applied
 * to the functions themselves, twice, so that it keeps its digits where the covariance,
 * near a Hilbert matrix, would lose them. All is in units of h, X^k in those of h^k: v from 0
 * to 1, a h and b h for a and b, g sqrt(h) for g, so that no unit of time is too short or
 * too long. */
#include "solver/exact_block.h"
#include "solver/gauss.h"

#include <math.h>

#define LEVELS   TG_EXACT_LEVELS
#define SUBS     10000 /* steps to dt, at most */
#define RATE_MAX 1e300 /* of b h: above it nothing is left after a step either */

enum { STAGES = 10, PANELS = 51, NODES = STAGES * PANELS };
static const double SMALL = 1e-12; /* what may be left out of x, or of its variance */

/* v and its weights in int_0^1 .. dv; f^k(v) = e^{-bv} v^k/k! sqrt(weight). */
typedef struct nodes {
    int    n;
    double v[NODES], root[NODES], f[LEVELS][NODES];
} nodes;

/* Panels of at most 2/|b|; what lies beyond v = 100/b is not seen. */
static void
fill_nodes(double b, int levels, nodes *out)
{
    const tg_gauss gauss = tg_gauss_make(STAGES);
    const double   range = b > 100 ? 100 / b : 1;
    const int      panels = (int)fmax(1, ceil(fabs(b) * range / 2));

    out->n = panels * STAGES;
    for (int i = 0; i < out->n; i++) {
        const double width = range / panels;
        const double v = width * (i / STAGES + gauss.c[i % STAGES]);
        out->v[i] = v;
        out->root[i] = sqrt(width * gauss.b[i % STAGES]);
        double power = exp(-b * v); /* e^{-bv} v^k/k! */
        for (int k = 0; k < levels; k++, power *= v / k)
            out->f[k][i] = power * out->root[i];
    }
}

static double
product(int n, const double *x, const double *y)
{
    double sum = 0;

    for (int i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

/* f_k = sum_j root_kj q_j with orthonormal q_j, which take the place of f_j. */
static void
factor(nodes *f, int levels, double root[LEVELS][LEVELS])
{
    for (int k = 0; k < levels; k++) {
        for (int j = 0; j < 2 * k; j++) {
            const double part = product(f->n, f->f[k], f->f[j % k]);
            for (int i = 0; i < f->n; i++) f->f[k][i] -= part * f->f[j % k][i];
            root[k][j % k] += part;
        }
        root[k][k] = sqrt(product(f->n, f->f[k], f->f[k]));
        for (int i = 0; i < f->n; i++) f->f[k][i] /= root[k][k];
    }
}

/* Normals of a step that x feels; |a|^k of level k comes through. One that is left out is
 * so at all levels: what it would bring is independent of the rest, and only its square is
 * missing. */
static void
count_draws(tg_exact_step *s)
{
    double through = 1;

    s->draws = 1;
    for (int k = 0; k < s->levels; k++, through *= fabs(s->a))
        for (int j = s->draws; j <= k; j++)
            if (through * fabs(s->root[k][j]) > sqrt(SMALL) * s->root[0][0])
                s->draws = j + 1;
}

/* In units of h: s->a, b and g are those of the equation times h, h and sqrt(h). */
static void
fill(tg_exact_step *s, double b, double g)
{
    nodes  f;
    double share = 1; /* |a|^k I_k: what X^k means for x */

    fill_nodes(b, LEVELS, &f);
    s->power[0] = exp(-b);
    s->past[0] = 1;
    while (share > SMALL && s->a != 0 && s->levels < LEVELS) {
        const int k = ++s->levels;
        s->past[k] = product(f.n, f.f[k - 1], f.root);
        s->power[k] = s->power[k - 1] / k;
        share = pow(fabs(s->a), k) * s->past[k];
    }
    factor(&f, s->levels ? s->levels : 1, s->root);
    count_draws(s);
    for (int k = 0; k < LEVELS; k++)
        for (int j = 0; j <= k; j++) s->root[k][j] *= g;
}

/* The fewest steps to dt that make |a| h <= 1, growth by e^8 at most, and h divide tau. */
static tg_status
choose(const tg_linear *m, double b, double dt, tg_exact_step *s)
{
    const double least = fmax(1, ceil(fmax(fabs(s->a), -b / 8) * dt));

    for (double sub = least; sub < least + 100 && sub <= SUBS; sub++) {
        const double lag = s->a != 0 ? m->tau / dt * sub : 0;
        if (!(fabs(lag - round(lag)) < 1e-10 * (1 + lag))) continue;
        if (s->a != 0 && lag < .5) continue;
        s->sub = (size_t)sub;
        s->lag = (size_t)fmin(round(lag), 1e15);
        return TG_OK;
    }
    if (!(least <= SUBS))
        return tg_fail(TG_EDOMAIN, "a step of %g has %g parts, take a shorter one", dt,
                       least);
    return tg_fail(TG_EDOMAIN,
                   "no step of %g/n up to n = %g divides the delay %g: exact steps need a "
                   "grid that the delay is on",
                   dt, fmin(least + 99, SUBS), m->tau);
}

tg_status
tg_exact_step_make(const tg_linear *m, double dt, tg_exact_step *out)
{
    const int     lagged = m->tau > 1e-10 * dt;
    const double  b = m->b + (lagged ? 0 : m->a);
    tg_exact_step s = { .a = lagged ? m->a : 0, .x0 = m->x0 };

    TG_TRY(choose(m, b, dt, &s));
    const double h = dt / (double)s.sub;
    s.a *= h;
    fill(&s, fmin(b * h, RATE_MAX), m->g * sqrt(h));
    *out = s;
    return TG_OK;
}

void
tg_exact_step_shorten(tg_exact_step *s, size_t steps)
{
    if ((double)steps * (double)s->sub < (double)s->lag) s->lag = steps * s->sub;
}
