/* A worker i at place r, N_r of which are there, moves on or delivers and begins anew, at t. With W_r the sum of w
 * over the others at r, who keep it,
 *
 *     s+ = A s + (B + C) w_i + C sum_r W_r + b xi,     w_i+ = D s+ + E w_i + c xi
 *
 * (a move keeps both). Summed over i at r, products of s, w_i and W are moments of N again:
 *
 *     s s'      N_r S        w_i w_i'  Y_r         W_t W_u'  (N_r - [t = r] - [u = r]) Z_tu, and of t = u
 *     s w_i'    X_r          w_i W_t'  Z_rt                  (N_r - [t = r]) Y_t more
 *     s W_t'    (N_r - [t = r]) X_t
 */
#include "solver/lattice_groups_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 5000 };

/* ---- entries ------------------------------------------------------------------------- */

typedef struct entry {
    int    row, column;
    double value;
} entry;

/* One kind of vector: s, w_i, or W_r as 2 + r. */
enum { SERVER, OWN, OTHERS };

typedef struct builder {
    tg_group_system *m;
    entry           *list;
    size_t           count, room;
    bool             failed;
    size_t from, to, place, next; /* configurations and places of the flow at hand */
    double rate;                  /* of one worker */
    /* what s+ and w_i+ have of s, w_i and each W_r: (q or p, q or p) */
    double of[2][3][9];
} builder;

static void
add(builder *b, int row, int column, double value)
{
    if (b->count == b->room) {
        const size_t room = b->room ? 2 * b->room : 4096;
        entry       *more = realloc(b->list, room * sizeof *more);
        if (!more) {
            b->failed = true;
            return;
        }
        b->list = more;
        b->room = room;
    }
    b->list[b->count++] = (entry){ row, column, value };
}

static void
bring(builder *b, int row, double noise, double constant)
{
    tg_group_system *m = b->m;
    const double     weight = m->weight[b->from];

    if ((m->sources & (m->sources - 1)) == 0) { /* room for a power of two */
        tg_group_source *more = realloc(m->source, 2 * (m->sources + 1) * sizeof *more);
        b->failed = b->failed || !more;
        if (!more) return;
        m->source = more;
    }
    m->source[m->sources++] = (tg_group_source){ row, (int)b->from, noise, constant };
    m->noise[row] += weight * noise;
    m->constant[row] += weight * constant;
}

/* The configuration flowed to gains at `row` so many times an element of the one that it comes from. */
static void
flow(builder *b, size_t row, size_t element, double value)
{
    tg_group_system *m = b->m;
    const int        to = m->unknown[b->to * m->each + row],
              at = m->unknown[b->from * m->each + element];

    if (to < 0 || value == 0 || b->failed) return;
    if (at >= 0)
        add(b, to, at, b->rate * value);
    else if (element == tg_group_s(m, m->q - 1, m->q - 1))
        bring(b, to, 0, b->rate * value);
}

static size_t
width(const tg_group_system *m, size_t kind)
{
    return kind == SERVER ? m->q : m->p;
}

/* So many times element (i, k) of the product of two kinds of vectors, summed over the workers at hand. */
static void
flow_product(builder *b, size_t row, size_t u, size_t v, size_t i, size_t k, double value)
{
    const tg_group_system *m = b->m;
    const double           all = m->count[b->from * m->places + b->place];
    const double           stay = all - (u == OTHERS + b->place),
                 both = stay - (v == OTHERS + b->place);

    if (u > v) {
        flow_product(b, row, v, u, k, i, value);
        return;
    }
    if (v == SERVER) {
        flow(b, row, tg_group_s(m, i, k), value * all);
    } else if (u == SERVER && v == OWN) {
        flow(b, row, tg_group_x(m, b->place, i, k), value);
    } else if (u == SERVER) {
        flow(b, row, tg_group_x(m, v - OTHERS, i, k), value * both);
    } else if (v == OWN) {
        flow(b, row, tg_group_y(m, b->place, i, k), value);
    } else if (u == OWN) {
        flow(b, row, tg_group_z(m, b->place, v - OTHERS, i, k), value);
    } else {
        flow(b, row, tg_group_z(m, u - OTHERS, v - OTHERS, i, k), value * both);
        if (u == v) flow(b, row, tg_group_y(m, u - OTHERS, i, k), value * stay);
    }
}

/* Element (i, k) of a changed vector (SERVER or OWN) with one that stays ... */
static void
flow_half(builder *b, size_t row, size_t changed, size_t i, size_t other, size_t k,
          double value)
{
    const size_t kinds = OTHERS + b->m->places;

    for (size_t u = 0; u < kinds; u++) {
        const double *of = b->of[changed][u < OTHERS ? u : OTHERS];
        const size_t  n = width(b->m, u);
        for (size_t a = 0; a < n; a++)
            if (of[i * n + a] != 0)
                flow_product(b, row, u, other, a, k, value * of[i * n + a]);
    }
}

/* ... and with another changed one. */
static void
flow_both(builder *b, size_t row, size_t one, size_t i, size_t two, size_t k)
{
    const size_t kinds = OTHERS + b->m->places;

    for (size_t v = 0; v < kinds; v++) {
        const double *of = b->of[two][v < OTHERS ? v : OTHERS];
        const size_t  n = width(b->m, v);
        for (size_t a = 0; a < n; a++)
            if (of[k * n + a] != 0) flow_half(b, row, one, i, v, a, of[k * n + a]);
    }
}

/* What all have that did not move. */
static void
flow_others(builder *b, size_t r)
{
    tg_group_system *m = b->m;
    const double     all = m->count[b->from * m->places + b->place],
                 stay = all - (r == b->place);

    for (size_t i = 0; i < m->p; i++)
        for (size_t k = 0; k < m->p; k++) {
            if (i <= k) flow(b, tg_group_y(m, r, i, k), tg_group_y(m, r, i, k), stay);
            for (size_t t = r; t < m->places; t++)
                if (t > r || i <= k)
                    flow(b, tg_group_z(m, r, t, i, k), tg_group_z(m, r, t, i, k),
                         stay - (t == b->place));
        }
    for (size_t i = 0; i < m->q; i++)
        for (size_t k = 0; k < m->p; k++)
            flow_half(b, tg_group_x(m, r, i, k), SERVER, i, OTHERS + r, k, 1);
    for (size_t i = 0; i < m->p; i++)
        for (size_t k = 0; k < m->p; k++) /* a pair of one place is counted both ways */
            flow_half(b, tg_group_z(m, b->next, r, i, k), OWN, i, OTHERS + r, k,
                      1 + (r == b->next && i == k));
}

static void
flow_all(builder *b)
{
    tg_group_system *m = b->m;

    for (size_t i = 0; i < m->q; i++)
        for (size_t k = i; k < m->q; k++)
            flow_both(b, tg_group_s(m, i, k), SERVER, i, SERVER, k);
    for (size_t i = 0; i < m->q; i++)
        for (size_t k = 0; k < m->p; k++)
            flow_both(b, tg_group_x(m, b->next, i, k), SERVER, i, OWN, k);
    for (size_t i = 0; i < m->p; i++)
        for (size_t k = i; k < m->p; k++)
            flow_both(b, tg_group_y(m, b->next, i, k), OWN, i, OWN, k);
    for (size_t r = 0; r < m->places; r++)
        if (m->count[b->from * m->places + r] > (r == b->place)) flow_others(b, r);
}

/* out (m, n) += a (m, k) b (k, n). */
static void
multiply(const double *a, const double *b, size_t m, size_t k, size_t n, double *out)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l < k; l++) out[i * n + j] += a[i * k + l] * b[l * n + j];
}

static void
stay(builder *b)
{
    memset(b->of, 0, sizeof b->of);
    for (size_t i = 0; i < b->m->q; i++) b->of[SERVER][SERVER][i * (b->m->q + 1)] = 1;
    for (size_t i = 0; i < b->m->p; i++) b->of[OWN][OWN][i * (b->m->p + 1)] = 1;
}

static void
deliver(builder *b, const tg_linear_rule *r)
{
    const size_t q = b->m->q, p = b->m->p;

    memset(b->of, 0, sizeof b->of);
    memcpy(b->of[SERVER][SERVER], r->A, q * q * sizeof(double));
    memcpy(b->of[SERVER][OTHERS], r->C, q * p * sizeof(double));
    for (size_t i = 0; i < q * p; i++) b->of[SERVER][OWN][i] = r->B[i] + r->C[i];
    for (size_t kind = 0; kind < 3; kind++)
        multiply(r->D, b->of[SERVER][kind], p, q, kind == SERVER ? q : p, b->of[OWN][kind]);
    for (size_t i = 0; i < p * p; i++) b->of[OWN][OWN][i] += r->E[i];
}

static void
shake(builder *b, const tg_linear_rule *r)
{
    tg_group_system *m = b->m;
    const double     by = b->rate * m->count[b->from * m->places + b->place];
    const int       *to = m->unknown + b->to * m->each;
    double           w[TG_LINEAR_WORKER] = { 0 };

    multiply(r->D, r->b, m->p, m->q, 1, w);
    for (size_t i = 0; i < m->p; i++) w[i] += r->c[i];
    for (size_t i = 0; i + 1 < m->q; i++)
        for (size_t k = i; k + 1 < m->q; k++)
            bring(b, to[tg_group_s(m, i, k)], by * r->b[i] * r->b[k], 0);
    for (size_t i = 0; i + 1 < m->q; i++)
        for (size_t k = 0; k < m->p; k++)
            bring(b, to[tg_group_x(m, b->next, i, k)], by * r->b[i] * w[k], 0);
    for (size_t i = 0; i < m->p; i++)
        for (size_t k = i; k < m->p; k++)
            bring(b, to[tg_group_y(m, b->next, i, k)], by * w[i] * w[k], 0);
}

/* All that flows out of a configuration. */
static void
add_configuration(builder *b, const tg_lattice_groups *l, size_t c)
{
    tg_group_system *m = b->m;
    double           out = 0;
    int              next[TG_LATTICE_PLACES];

    b->from = c;
    memcpy(next, m->count + c * m->places, m->places * sizeof *next);
    for (size_t g = 0, first = 0; g < l->groups; first += (size_t)l->group[g++].law.n)
        for (int p = 0; p < l->group[g].law.n; p++)
            for (int q = 0; q < l->group[g].law.n; q++) {
                const tg_phase *law = &l->group[g].law;
                const double    moves = law->move[p][q],
                             delivers = law->leave[p] * law->start[q];
                b->place = first + (size_t)p;
                b->next = first + (size_t)q;
                if (next[b->place] == 0 || moves + delivers == 0) continue;
                out += next[b->place] * (moves + delivers);
                next[b->place]--;
                next[b->next]++;
                b->to = tg_group_number(l, next);
                next[b->place]++;
                next[b->next]--;
                if ((b->rate = moves) > 0) {
                    stay(b);
                    flow_all(b);
                }
                if ((b->rate = delivers) > 0) {
                    deliver(b, &m->rule[b->place]);
                    flow_all(b);
                    shake(b, &m->rule[b->place]);
                }
            }
    for (size_t k = 0; k < m->each; k++) {
        const int at = m->unknown[c * m->each + k];
        if (at >= 0) add(b, at, at, -out);
    }
}

/* By columns, entries of one place added up. */
static bool
compress(builder *b)
{
    tg_group_system *m = b->m;
    int             *at = malloc((m->size + 1) * sizeof *at), kept = 0;
    entry           *sorted = malloc((b->count + 1) * sizeof *sorted);

    m->begin = calloc(m->size + 2, sizeof *m->begin);
    m->row = malloc((b->count + 1) * sizeof *m->row);
    m->value = malloc((b->count + 1) * sizeof *m->value);
    const bool room = at && sorted && m->begin && m->row && m->value && !b->failed;
    for (size_t i = 0; room && i < b->count; i++) m->begin[b->list[i].column + 2]++;
    for (size_t c = 0; room && c < m->size; c++) m->begin[c + 2] += m->begin[c + 1];
    for (size_t i = 0; room && i < b->count; i++)
        sorted[m->begin[b->list[i].column + 1]++] = b->list[i];
    for (size_t r = 0; room && r < m->size; r++) at[r] = -1;
    for (size_t c = 0; room && c < m->size; c++) {
        const int first = kept, end = m->begin[c + 1];
        for (int i = c ? m->begin[c] : 0; i < end; i++) {
            const entry *e = &sorted[i];
            if (at[e->row] < first) {
                at[e->row] = kept;
                m->row[kept] = e->row;
                m->value[kept++] = 0;
            }
            m->value[at[e->row]] += e->value;
        }
        sorted[c].row = first; /* no longer needed: columns have at least their diagonal */
    }
    for (size_t c = 0; room && c < m->size; c++) m->begin[c] = sorted[c].row;
    if (room) m->begin[m->size] = kept;
    free(at);
    free(sorted);
    return room;
}

/* s = (.., 1), and the mark a part of what moves s and w. */
static tg_linear_rule
rule_of(const tg_linear_rule *r, double mark)
{
    const size_t   q = r->q, n = q + 1, p = r->p;
    tg_linear_rule out = *r;

    out.q = n;
    memset(out.A, 0, sizeof out.A);
    memset(out.B, 0, sizeof out.B);
    memset(out.C, 0, sizeof out.C);
    memset(out.D, 0, sizeof out.D);
    for (size_t i = 0; i < q; i++) {
        memcpy(out.A + i * n, r->A + i * q, q * sizeof *r->A);
        memcpy(out.B + i * p, r->B + i * p, p * sizeof *r->B);
        memcpy(out.C + i * p, r->C + i * p, p * sizeof *r->C);
        out.A[i * n + q] = mark * r->b[i];
    }
    out.A[q * n + q] = 1;
    out.b[q] = 0;
    for (size_t i = 0; i < p; i++) {
        memcpy(out.D + i * n, r->D + i * q, q * sizeof *r->D);
        out.D[i * n + q] = mark * r->c[i];
    }
    return out;
}

void
tg_group_system_free(tg_group_system *m)
{
    free(m->count);
    free(m->unknown);
    free(m->weight);
    free(m->begin);
    free(m->row);
    free(m->value);
    free(m->noise);
    free(m->source);
    *m = (tg_group_system){ 0 };
}

static tg_status
fill(const tg_lattice_groups *l, tg_group_system *m)
{
    builder b = { .m = m };

    if (!(m->noise = calloc(2 * m->size, sizeof *m->noise)))
        return tg_fail(TG_ENOMEM, "out of memory");
    m->constant = m->noise + m->size;
    for (size_t g = 0, place = 0; g < l->groups; g++)
        for (int p = 0; p < l->group[g].law.n; p++, place++) {
            m->rule[place] = rule_of(l->rule, l->group[g].mark);
            m->group[place] = (int)g;
        }
    for (size_t c = 0; c < m->configurations; c++) add_configuration(&b, l, c);
    const bool done = compress(&b);
    free(b.list);
    return done ? TG_OK : tg_fail(TG_ENOMEM, "out of memory for %zu moments", m->size);
}

tg_status
tg_group_system_create(const tg_lattice_groups *l, tg_group_system *out)
{
    tg_group_system m = { 0 };
    const double    size = tg_lattice_groups_size(l);

    if (!(size <= MOST))
        return tg_fail(TG_EDOMAIN, "%g moments of %zu groups, more than %d", size,
                       l->groups, MOST);
    if (!(l->sigma >= 0 && isfinite(l->sigma)))
        return tg_fail(TG_EDOMAIN, "sigma must be >= 0, got %g", l->sigma);
    tg_status status = tg_group_layout(l, &m);
    if (status == TG_OK) status = fill(l, &m);
    if (status == TG_OK)
        *out = m;
    else
        tg_group_system_free(&m);
    return status;
}
