#include "solver/lattice_rule.h"

#include <string.h>

enum { SERVER = TG_LINEAR_SERVER, WORKER = TG_LINEAR_WORKER };
enum { SS = SERVER * SERVER, SW = SERVER * WORKER, WW = WORKER * WORKER };

typedef struct space {
    const tg_linear_rule *r;
    size_t                q, p, n; /* n: phases */
} space;

static space
space_of(const tg_linear_rule *rule, int phases)
{
    return (space){ rule, rule->q, rule->p, (size_t)phases };
}

static size_t
at_x(const space *s, size_t r)
{
    return s->q * s->q + r * s->q * s->p;
}

static size_t
at_y(const space *s, size_t r)
{
    return at_x(s, s->n) + r * s->p * s->p;
}

/* r <= t. */
static size_t
at_z(const space *s, size_t r, size_t t)
{
    return at_y(s, s->n) + (r * s->n - r * (r + 1) / 2 + t) * s->p * s->p;
}

size_t
tg_lattice_moments(const tg_linear_rule *rule, int phases)
{
    const space s = space_of(rule, phases);

    return at_z(&s, s.n - 1, s.n - 1) + s.p * s.p;
}

size_t
tg_lattice_squares(const tg_linear_rule *rule, int phases, int r)
{
    const space s = space_of(rule, phases);

    return at_y(&s, (size_t)r);
}

/* out (m, n) += by a (m, k) b, b (k, n), or (n, k) and transposed. */
static void
add(double by, const double *a, const double *b, int transposed, size_t m, size_t k,
    size_t n, double *out)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l < k; l++)
                out[i * n + j] +=
                    by * a[i * k + l] * (transposed ? b[j * k + l] : b[l * n + j]);
}

/* out (m, m) += a + a', a (m, m). */
static void
add_both(const double *a, size_t m, double *out)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) out[i * m + j] += a[i * m + j] + a[j * m + i];
}

static void
add_plain(double by, const double *a, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] += by * a[i];
}

/* Z_rt with rows of r, whichever is smaller. */
static void
pair(const space *s, const double *v, size_t r, size_t t, double *out)
{
    const double *z = v + (r <= t ? at_z(s, r, t) : at_z(s, t, r));

    for (size_t i = 0; i < s->p; i++)
        for (size_t k = 0; k < s->p; k++)
            out[i * s->p + k] = r <= t ? z[i * s->p + k] : z[k * s->p + i];
}

/* ---- a move -------------------------------------------------------------------------- */

void
tg_lattice_move(const tg_linear_rule *rule, int phases, const int *count, int p, int q,
                const double *v, double *out)
{
    const space  s = space_of(rule, phases);
    const size_t from = (size_t)p, to = (size_t)q, x = s.q * s.p, w = s.p * s.p;
    const double all = count[p];
    double       other[WW];

    memset(out, 0, tg_lattice_moments(rule, phases) * sizeof *out);
    add_plain(all, v, s.q * s.q, out);
    for (size_t r = 0; r < s.n; r++) {
        const double stay = all - (r == from);
        add_plain(stay, v + at_x(&s, r), x, out + at_x(&s, r));
        add_plain(stay, v + at_y(&s, r), w, out + at_y(&s, r));
        for (size_t t = r; t < s.n; t++)
            add_plain(stay - (t == from), v + at_z(&s, r, t), w, out + at_z(&s, r, t));
    }
    add_plain(1, v + at_x(&s, from), x, out + at_x(&s, to));
    add_plain(1, v + at_y(&s, from), w, out + at_y(&s, to));
    for (size_t t = 0; t < s.n; t++) {
        if (t >= to) { /* i is the first of the pair ... */
            pair(&s, v, from, t, other);
            add_plain(1, other, w, out + at_z(&s, to, t));
        }
        if (t <= to) { /* ... or the second */
            pair(&s, v, t, from, other);
            add_plain(1, other, w, out + at_z(&s, t, to));
        }
    }
}

/* ---- a delivery ---------------------------------------------------------------------- */

/* Sums over i of phase p, all before the delivery: E w_i W', E s W', E W W'. */
typedef struct gathered {
    double wW[WW], sW[SW], WW_[WW];
} gathered;

static gathered
gather(const space *s, const double *v, size_t p)
{
    gathered g = { { 0 }, { 0 }, { 0 } };
    double   other[WW];

    add_plain(1, v + at_y(s, p), s->p * s->p, g.wW);
    for (size_t r = 0; r < s->n; r++) {
        pair(s, v, p, r, other);
        add_plain(1, other, s->p * s->p, g.wW);
        add_plain(1, v + at_x(s, r), s->q * s->p, g.sW);
        add_plain(1, v + at_y(s, r), s->p * s->p, g.WW_);
        for (size_t t = 0; t < s->n; t++) {
            pair(s, v, r, t, other);
            add_plain(1, other, s->p * s->p, g.WW_);
        }
    }
    return g;
}

/* E s+ s+'. */
static void
server(const space *s, const double *v, const gathered *g, size_t p, double all,
       double noise, double *out)
{
    const tg_linear_rule *r = s->r;
    double                half[SS] = { 0 }, work[SW];

    memset(out, 0, s->q * s->q * sizeof *out);
    memset(work, 0, sizeof work);
    add(1, v + at_x(s, p), r->B, 1, s->q, s->p, s->q, half); /* E s (B w)' */
    add(all, g->sW, r->C, 1, s->q, s->p, s->q, half);
    double cross[SS] = { 0 };
    add(1, r->A, half, 0, s->q, s->q, s->q, cross);
    add(1, g->wW, r->C, 1, s->p, s->p, s->q, work); /* E w (C W)' (p, q) */
    add(1, r->B, work, 0, s->q, s->p, s->q, cross);
    add_both(cross, s->q, out);
    double squares[SS] = { 0 };
    add(all, v, r->A, 1, s->q, s->q, s->q, squares);
    add(1, r->A, squares, 0, s->q, s->q, s->q, out);
    memset(work, 0, sizeof work);
    add(1, v + at_y(s, p), r->B, 1, s->p, s->p, s->q, work);
    add(1, r->B, work, 0, s->q, s->p, s->q, out);
    memset(work, 0, sizeof work);
    add(all, g->WW_, r->C, 1, s->p, s->p, s->q, work);
    add(1, r->C, work, 0, s->q, s->p, s->q, out);
    for (size_t i = 0; i < s->q; i++)
        for (size_t k = 0; k < s->q; k++) out[i * s->q + k] += noise * r->b[i] * r->b[k];
}

/* E s+ w_i' (q, p) of the deliverers, as they were. */
static void
with_deliverer(const space *s, const double *v, const gathered *g, size_t p, double *out)
{
    double Ww[WW];

    for (size_t i = 0; i < s->p; i++)
        for (size_t k = 0; k < s->p; k++) Ww[i * s->p + k] = g->wW[k * s->p + i];
    memset(out, 0, s->q * s->p * sizeof *out);
    add(1, s->r->A, v + at_x(s, p), 0, s->q, s->q, s->p, out);
    add(1, s->r->B, v + at_y(s, p), 0, s->q, s->p, s->p, out);
    add(1, s->r->C, Ww, 0, s->q, s->p, s->p, out);
}

/* E s+ w_k' (q, p) of the others of phase r, summed over both. */
static void
with_others(const space *s, const double *v, size_t p, size_t r, double stay, double *out)
{
    const gathered g = gather(s, v, r);
    double         z[WW], Ww[WW];

    for (size_t i = 0; i < s->p; i++)
        for (size_t k = 0; k < s->p; k++) Ww[i * s->p + k] = g.wW[k * s->p + i];
    pair(s, v, p, r, z);
    memset(out, 0, s->q * s->p * sizeof *out);
    add(stay, s->r->A, v + at_x(s, r), 0, s->q, s->q, s->p, out);
    add(1, s->r->B, z, 0, s->q, s->p, s->p, out);
    add(stay, s->r->C, Ww, 0, s->q, s->p, s->p, out);
}

/* The deliverers' own X and Y after it, from S+ and E s+ w_i'. */
static void
add_deliverer(const space *s, const double *v, size_t p, double noise, const double *S,
              const double *G, double *X, double *Y)
{
    const tg_linear_rule *r = s->r;
    double                sw[SW] = { 0 }, cross[WW] = { 0 }, work[WW] = { 0 };

    add(1, S, r->D, 1, s->q, s->q, s->p, sw);
    add_plain(1, sw, s->q * s->p, X);
    add(1, G, r->E, 1, s->q, s->p, s->p, X);
    add(1, r->D, sw, 0, s->p, s->q, s->p, Y);
    double ge[SW] = { 0 };
    add(1, G, r->E, 1, s->q, s->p, s->p, ge);
    add(1, r->D, ge, 0, s->p, s->q, s->p, cross);
    for (size_t i = 0; i < s->p; i++) { /* D b c' */
        double db = 0;
        for (size_t k = 0; k < s->q; k++) db += r->D[i * s->q + k] * r->b[k];
        for (size_t k = 0; k < s->p; k++) {
            cross[i * s->p + k] += noise * db * r->c[k];
            Y[i * s->p + k] += noise * r->c[i] * r->c[k];
        }
    }
    add_both(cross, s->p, Y);
    add(1, v + at_y(s, p), r->E, 1, s->p, s->p, s->p, work);
    add(1, r->E, work, 0, s->p, s->p, s->p, Y);
    for (size_t i = 0; i < s->q; i++)
        for (size_t k = 0; k < s->p; k++) X[i * s->p + k] += noise * r->b[i] * r->c[k];
}

void
tg_lattice_deliver(const tg_linear_rule *rule, int phases, const int *count, int p, int q,
                   const double *v, double noise, double *out)
{
    const space    s = space_of(rule, phases);
    const size_t   from = (size_t)p, to = (size_t)q, x = s.q * s.p, w = s.p * s.p;
    const double   all = count[p];
    const gathered g = gather(&s, v, from);
    double         G[SW], H[SW], new[WW], z[WW];

    memset(out, 0, tg_lattice_moments(rule, phases) * sizeof *out);
    noise *= all;
    server(&s, v, &g, from, all, noise, out);
    with_deliverer(&s, v, &g, from, G);
    add_deliverer(&s, v, from, noise, out, G, out + at_x(&s, to), out + at_y(&s, to));
    for (size_t r = 0; r < s.n; r++) {
        const double stay = all - (r == from);
        with_others(&s, v, from, r, stay, H);
        add_plain(1, H, x, out + at_x(&s, r));
        add_plain(stay, v + at_y(&s, r), w, out + at_y(&s, r));
        for (size_t t = r; t < s.n; t++)
            add_plain(stay - (t == from), v + at_z(&s, r, t), w, out + at_z(&s, r, t));
        memset(new, 0, sizeof new); /* E w_i+ w_k', k of r */
        pair(&s, v, from, r, z);
        add(1, rule->D, H, 0, s.p, s.q, s.p, new);
        add(1, rule->E, z, 0, s.p, s.p, s.p, new);
        if (r >= to) add_plain(1, new, w, out + at_z(&s, to, r));
        for (size_t i = 0; i < s.p && r <= to; i++)
            for (size_t k = 0; k < s.p; k++)
                out[at_z(&s, r, to) + i * s.p + k] += new[k * s.p + i];
    }
}
