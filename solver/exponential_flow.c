#include "solver/exponential_flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The rule's matrices with a last entry of s that stays what it is: 1, so that the moments
 * with it are the means, and marks are entries of A and D. */
static tg_linear_rule
with_constant(const tg_linear_rule *r)
{
    const size_t   q = r->q, p = r->p;
    tg_linear_rule out = *r;

    memset(out.A, 0, sizeof out.A);
    memset(out.D, 0, sizeof out.D);
    for (size_t i = 0; i < q; i++) {
        for (size_t k = 0; k < q; k++) out.A[i * (q + 1) + k] = r->A[i * q + k];
        for (size_t k = 0; k < p; k++) out.D[k * (q + 1) + i] = r->D[k * q + i];
    }
    out.A[(q + 1) * (q + 1) - 1] = 1;
    for (size_t k = 0; k < p; k++) out.B[q * p + k] = out.C[q * p + k] = 0;
    out.b[q] = 0;
    out.q = q + 1;
    return out;
}

static tg_layout
lay_out(const tg_exponential *e)
{
    tg_layout l = {
        .e = e, .r = with_constant(&e->rule), .p = e->rule.p, .groups = e->groups
    };

    l.q = l.r.q;
    l.size =
        l.q * l.q + l.groups * (l.q * l.p + l.p * l.p) + l.groups * l.groups * l.p * l.p;
    return l;
}

double *
tg_layout_x(const tg_layout *l, const double *v, size_t g)
{
    return (double *)v + l->q * l->q + g * l->q * l->p;
}

double *
tg_layout_y(const tg_layout *l, const double *v, size_t g)
{
    return (double *)v + l->q * l->q + l->groups * l->q * l->p + g * l->p * l->p;
}

double *
tg_layout_z(const tg_layout *l, const double *v, size_t g, size_t h)
{
    return tg_layout_y(l, v, l->groups) + (g * l->groups + h) * l->p * l->p;
}

/* out (m, n) += s a (m, k) b (k, n), each transposed where its flag is set. */
static void
add_product(double s, const double *a, int ta, const double *b, int tb, size_t m, size_t k,
            size_t n, double *out)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t l = 0; l < k; l++)
                sum +=
                    (ta ? a[l * m + i] : a[i * k + l]) * (tb ? b[j * k + l] : b[l * n + j]);
            out[i * n + j] += s * sum;
        }
}

/* E u u' for u = sum_i L_i v_i needs E v_i v_k' for every pair: here v = (s, w_j, W). The
 * second moments of these three, gathered. */
typedef struct gathered {
    double ss[9], sw[6], sW[6], ww[4], wW[4], WW[4];
} gathered;

static void
add(double s, const double *a, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] += s * a[i];
}

/* E W w_k' for a worker k of group h. */
static void
sum_with(const tg_layout *l, const double *v, size_t h, double *out)
{
    memset(out, 0, 4 * sizeof *out);
    add(1, tg_layout_y(l, v, h), l->p * l->p, out);
    for (size_t i = 0; i < l->groups; i++)
        add(l->e->workers[i] - (i == h), tg_layout_z(l, v, i, h), l->p * l->p, out);
}

static gathered
gather(const tg_layout *l, const double *v, size_t g)
{
    const size_t q = l->q, p = l->p;
    gathered     m = { 0 };
    double       with[4];

    memcpy(m.ss, v, q * q * sizeof *v);
    memcpy(m.sw, tg_layout_x(l, v, g), q * p * sizeof *v);
    memcpy(m.ww, tg_layout_y(l, v, g), p * p * sizeof *v);
    for (size_t h = 0; h < l->groups; h++) {
        add(l->e->workers[h], tg_layout_x(l, v, h), q * p, m.sW);
        sum_with(l, v, h, with);
        add(l->e->workers[h], with, p * p, m.WW);
    }
    sum_with(l, v, g, with);
    for (size_t i = 0; i < p; i++)
        for (size_t k = 0; k < p; k++) m.wW[i * p + k] = with[k * p + i];
    return m;
}

/* The rule of a delivery of this group. */
static tg_linear_rule
of_group(const tg_layout *l, size_t g)
{
    const double   mark = l->e->mark ? l->e->mark[g] : 0;
    tg_linear_rule r = l->r;

    for (size_t i = 0; i + 1 < l->q; i++) r.A[i * l->q + l->q - 1] = r.b[i] * mark;
    for (size_t i = 0; i < l->p; i++) r.D[i * l->q + l->q - 1] = r.c[i] * mark;
    return r;
}

/* E u z' with u = A s + B w + C W, given E s z', E w z', E W z' (rows of z: n). */
static void
moved(const tg_layout *l, const tg_linear_rule *r, const double *s, const double *w,
      const double *W, size_t n, double *out)
{
    const size_t q = l->q, p = l->p;

    memset(out, 0, q * n * sizeof *out);
    add_product(1, r->A, 0, s, 0, q, q, n, out);
    add_product(1, r->B, 0, w, 0, q, p, n, out);
    add_product(1, r->C, 0, W, 0, q, p, n, out);
}

static void
transpose(const double *a, size_t m, size_t n, double *out)
{
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < n; k++) out[k * m + i] = a[i * n + k];
}

/* The deliverer's moments after the delivery: S = E ss', X = E s w', Y = E w w'. */
static void
deliver(const tg_layout *l, const tg_linear_rule *r, const gathered *m, double noise,
        double *S, double *X, double *Y)
{
    const size_t q = l->q, p = l->p;
    double ws[6] = { 0 }, Ws[6] = { 0 }, Ww[4] = { 0 }, us[9], uw[6], uW[6], su[9], wu[6],
           Wu[6];

    transpose(m->sw, q, p, ws);
    transpose(m->sW, q, p, Ws);
    transpose(m->wW, p, p, Ww);
    moved(l, r, m->ss, ws, Ws, q, us);    /* E s+ s' */
    moved(l, r, m->sw, m->ww, Ww, p, uw); /* E s+ w' */
    moved(l, r, m->sW, m->wW, m->WW, p, uW);
    transpose(us, q, q, su);
    transpose(uw, q, p, wu);
    transpose(uW, q, p, Wu);
    moved(l, r, su, wu, Wu, q, S);
    for (size_t i = 0; i < l->q; i++)
        for (size_t k = 0; k < l->q; k++) S[i * q + k] += noise * r->b[i] * r->b[k];
    /* w+ = D s+ + E w + c xi */
    memset(X, 0, q * p * sizeof *X);
    add_product(1, S, 0, r->D, 1, q, q, p, X);
    add_product(1, uw, 0, r->E, 1, q, p, p, X);
    for (size_t i = 0; i < l->q; i++)
        for (size_t k = 0; k < p; k++) X[i * p + k] += noise * r->b[i] * r->c[k];
    memset(Y, 0, p * p * sizeof *Y);
    add_product(1, r->D, 0, X, 0, p, q, p, Y);
    double wX[4] = { 0 }; /* E w w+' = E w (D s+ + E w)' */
    add_product(1, wu, 0, r->D, 1, p, q, p, wX);
    add_product(1, m->ww, 0, r->E, 1, p, p, p, wX);
    add_product(1, r->E, 0, wX, 0, p, p, p, Y);
    for (size_t i = 0; i < p; i++) { /* E c xi w+', w+ = ... + D b xi + c xi */
        double moved_by[2] = { r->c[0], r->c[1] };
        for (size_t k = 0; k < p; k++)
            for (size_t j = 0; j < l->q; j++) moved_by[k] += r->D[k * q + j] * r->b[j];
        for (size_t k = 0; k < p; k++) Y[i * p + k] += noise * r->c[i] * moved_by[k];
    }
}

/* v after one delivery of group g, averaged over which worker of it. */
static void
step(const tg_layout *l, const double *v, size_t g, double noise, double *out)
{
    const size_t         q = l->q, p = l->p;
    const double         n = l->e->workers[g];
    const tg_linear_rule r = of_group(l, g);
    const gathered       m = gather(l, v, g);
    double               X[6], Y[4], other[6], with[4], z[4];

    deliver(l, &r, &m, noise, out, X, Y);
    for (size_t h = 0; h < l->groups; h++) {
        const double *zgh = tg_layout_z(l, v, g, h);
        sum_with(l, v, h, with);
        moved(l, &r, tg_layout_x(l, v, h), zgh, with, p, other); /* E s+ w_k' */
        memset(z, 0, sizeof z);
        add_product(1, r.D, 0, other, 0, p, q, p, z);
        add_product(1, r.E, 0, zgh, 0, p, p, p, z); /* E w_j+ w_k' */
        const double share = h == g ? 1 / n : 0;
        for (size_t i = 0; i < q * p; i++)
            tg_layout_x(l, out, h)[i] = share * X[i] + (1 - share) * other[i];
        for (size_t i = 0; i < p * p; i++)
            tg_layout_y(l, out, h)[i] =
                share * Y[i] + (1 - share) * tg_layout_y(l, v, h)[i];
        for (size_t i = 0; i < p; i++)
            for (size_t k = 0; k < p; k++) {
                double *to = tg_layout_z(l, out, g, h), *back = tg_layout_z(l, out, h, g);
                const double here = z[i * p + k], there = z[k * p + i];
                if (h != g) {
                    to[i * p + k] = (1 - 1 / n) * zgh[i * p + k] + here / n;
                    back[k * p + i] = to[i * p + k];
                } else {
                    to[i * p + k] = n > 1
                                        ? (1 - 2 / n) * zgh[i * p + k] + (here + there) / n
                                        : zgh[i * p + k];
                }
            }
    }
}

/* dv/dt = sum_g n_g rate_g (step_g v - v), noise aside: out (size). */
static void
flow(const tg_layout *l, const double *v, double noise, double *work, double *out)
{
    memset(out, 0, l->size * sizeof *out);
    for (size_t g = 0; g < l->groups; g++) {
        const double rate = l->e->workers[g] * l->e->rate[g];
        memcpy(work, v, l->size * sizeof *v);
        step(l, v, g, noise, work);
        for (size_t i = 0; i < l->size; i++) out[i] += rate * (work[i] - v[i]);
    }
}

/* ---- the matrix ---------------------------------------------------------------------- */

/* Where the transpose of a moment is. */
static size_t
mirror(const tg_layout *l, size_t at)
{
    const size_t q = l->q, p = l->p, y = q * q + l->groups * q * p,
                 z = y + l->groups * p * p;

    if (at < q * q) return at % q * q + at / q;
    if (at < y) return at;
    const size_t base = at < z ? y : z, k = (at - base) % (p * p),
                 pair = (at - base) / (p * p);
    const size_t to = at < z ? pair : pair % l->groups * l->groups + pair / l->groups;
    return base + to * p * p + k % p * p + k / p;
}

static void
classify(const tg_layout *l, tg_part *of)
{
    const size_t last = l->q - 1;

    for (size_t i = 0; i < l->size; i++)
        of[i] = mirror(l, i) < i ? TG_PART_UNUSED : TG_PART_SQUARE;
    for (size_t i = 0; i <= last; i++)
        of[i * l->q + last] = i < last ? TG_PART_MEAN : TG_PART_CONSTANT;
    for (size_t g = 0; g < l->groups; g++) {
        for (size_t k = 0; k < l->p; k++)
            of[l->q * l->q + (g * l->q + last) * l->p + k] = TG_PART_MEAN;
        const size_t z = l->q * l->q + l->groups * (l->q + l->p) * l->p +
                         (g * l->groups + g) * l->p * l->p;
        for (size_t k = 0; k < l->p * l->p && l->e->workers[g] <= 1; k++)
            of[z + k] = TG_PART_UNUSED;
    }
}

void
tg_flow_free(tg_flow *f)
{
    free(f->m);
    free(f->of);
}

tg_status
tg_flow_create(const tg_exponential *e, tg_flow *out)
{
    tg_flow      f = { .l = lay_out(e) };
    const size_t n = f.l.size;

    f.m = calloc(n * n + 4 * n, sizeof *f.m);
    f.of = calloc(n, sizeof *f.of);
    if (!f.m || !f.of) {
        tg_flow_free(&f);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    f.source = f.m + n * n;
    double *unit = f.source + n, *work = unit + n, *column = work + n;
    classify(&f.l, f.of);
    flow(&f.l, unit, e->sigma * e->sigma, work, f.source);
    for (size_t k = 0; k < n; k++) {
        unit[k] = unit[mirror(&f.l, k)] = 1;
        flow(&f.l, unit, 0, work, column);
        memset(unit, 0, n * sizeof *unit);
        for (size_t i = 0; i < n; i++) f.m[i * n + k] = column[i];
    }
    *out = f;
    return TG_OK;
}

/* The rows and columns of these parts, in order: out (n, n), where they stand (n). */
size_t
tg_flow_select(const tg_flow *f, tg_part low, tg_part high, double *out, size_t *at)
{
    size_t n = 0;

    for (size_t i = 0; i < f->l.size; i++)
        if (f->of[i] >= low && f->of[i] <= high) at[n++] = i;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) out[i * n + k] = f->m[at[i] * f->l.size + at[k]];
    return n;
}

/* All workers hold x0, and slots a gradient at it. */
void
tg_layout_begin(const tg_layout *l, double x0, double *v)
{
    const double h_x0 = l->p > 1 ? l->r.E[l->p] * x0 : 0; /* E = (0 0; h 0) */
    double       s[TG_LINEAR_SERVER] = { x0 };

    s[l->q - 1] = 1;
    for (size_t i = 0; i < l->q; i++)
        for (size_t k = 0; k < l->q; k++) v[i * l->q + k] = s[i] * s[k];
    for (size_t g = 0; g < l->groups; g++) {
        const double mark = l->e->mark ? l->e->mark[g] : 0;
        const double w[2] = { x0, h_x0 + l->r.c[1] * mark };
        for (size_t i = 0; i < l->q; i++)
            for (size_t k = 0; k < l->p; k++)
                tg_layout_x(l, v, g)[i * l->p + k] = s[i] * w[k];
        for (size_t h = 0; h < l->groups; h++) {
            const double other = l->e->mark ? l->e->mark[h] : 0;
            const double u[2] = { x0, h_x0 + l->r.c[1] * other };
            for (size_t i = 0; i < l->p; i++)
                for (size_t k = 0; k < l->p; k++) {
                    tg_layout_z(l, v, g, h)[i * l->p + k] = w[i] * u[k];
                    tg_layout_y(l, v, g)[i * l->p + k] = w[i] * w[k];
                }
        }
        if (l->p > 1)
            tg_layout_y(l, v, g)[3] += l->r.c[1] * l->r.c[1] * l->e->sigma * l->e->sigma;
    }
}
