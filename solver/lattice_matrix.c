/* Two things happen to a worker i of phase p, N_p of which are there:
 *
 *   moves to q, rate move[p][q]:      x, y_i stay
 *   delivers and starts in q,         x' = x - e y_i - eta sigma xi,  y_i' = x'
 *     rate leave[p] start[q]:
 *
 * Summed over i in p, with m_r = [r = q] - [r = p] (membership):
 *
 *   move      A' = N_p A      B_r' = N_p B_r + m_r B_p      C_r' = N_p C_r + m_r C_p
 *             D_rs' = N_p D_rs + m_s D_pr + m_r D_ps
 *   deliver   A' = N_p A - 2 e B_p + e^2 C_p + N_p eta^2 sigma^2 w(N)
 *             B_r' = G_r + [r=q] A',        G_r = N_p B_r - [r=p] B_p - e D_pr
 *             C_r' = N_p C_r - [r=p] C_p + [r=q] A'
 *             D_rs' = N_p D_rs - [s=p] D_pr - [r=p] D_ps + [s=q] G_r + [r=q] G_s
 *
 * flow from state N to N - 1_p + 1_q, and N loses its own at rate sum_p N_p (leave +
 * moves).
 */
#include "solver/lattice_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOMENTS_MAX 20000 /* about 10 s */

typedef struct entry {
    int    row, column;
    double value;
} entry;

typedef struct builder {
    const tg_lattice *l;
    tg_moment_system *m;
    entry            *list;
    size_t            count, room;
    int               failed;
    size_t            from, to; /* states of the flow at hand */
    double            rate;     /* of one worker */
} builder;

static double
binomial(size_t n, size_t k)
{
    double b = 1;

    for (size_t i = 1; i <= k; i++) b = b * (double)(n - k + i) / (double)i;
    return round(b);
}

static double
states_of(size_t workers, int phases)
{
    return binomial(workers + (size_t)phases - 1, (size_t)phases - 1);
}

static size_t
unknowns_of(int order, int n)
{
    return (size_t)(order == 1 ? 1 + n : 1 + 2 * n + n * (n + 1) / 2);
}

double
tg_lattice_size(const tg_lattice *l)
{
    return states_of(l->workers, l->law.n) * (double)unknowns_of(2, l->law.n);
}

/* Number of the state, in lexicographic order. */
static size_t
rank(const int *count, int n)
{
    size_t left = 0, number = 0;

    for (int p = 0; p < n; p++) left += (size_t)count[p];
    for (int p = 0; p + 1 < n; p++) {
        for (int v = 0; v < count[p]; v++)
            number += (size_t)states_of(left - (size_t)v, n - p - 1);
        left -= (size_t)count[p];
    }
    return number;
}

static void
list_states(tg_moment_system *m, size_t workers)
{
    const int n = m->phases;
    int       count[TG_PHASE_MAX] = { 0 };

    count[n - 1] = (int)workers;
    for (size_t s = 0; s < m->states; s++) {
        memcpy(m->count + s * (size_t)n, count, (size_t)n * sizeof *count);
        int last = n - 1; /* next: move the rest after the last place that can grow */
        while (last > 0 && count[last] == 0) last--;
        if (last == 0) break;
        const int rest = count[last];
        count[last] = 0;
        count[last - 1]++;
        count[n - 1] = rest - 1;
    }
}

static void
add(builder *b, size_t row, size_t column, double value)
{
    if (value == 0 || b->failed) return;
    if (b->count == b->room) {
        const size_t room = b->room ? 2 * b->room : 4096;
        entry       *more = realloc(b->list, room * sizeof *more);
        if (!more) {
            b->failed = 1;
            return;
        }
        b->list = more;
        b->room = room;
    }
    b->list[b->count++] = (entry){ (int)row, (int)column, value };
}

/* Unknown `to_k` of the state flowed to gains factor times unknown `from_k`. */
static void
flow(builder *b, size_t to_k, size_t from_k, double factor)
{
    add(b, b->to * b->m->each + to_k, b->from * b->m->each + from_k, b->rate * factor);
}

static size_t
first_(int p)
{
    return 1 + (size_t)p; /* Y_p, or B_p */
}

static size_t
square_(const builder *b, int p)
{
    return 1 + (size_t)(b->m->phases + p); /* C_p */
}

static size_t
pair_(const builder *b, int p, int q)
{
    const int n = b->m->phases, low = p < q ? p : q, high = p < q ? q : p;

    return (size_t)(1 + 2 * n + low * n - low * (low - 1) / 2 + high - low); /* D_pq */
}

/* Row k gains `factor` A' of a delivery from phase p. */
static void
flow_square(builder *b, size_t k, int p, double workers, double weight)
{
    const double e = b->l->eta * b->l->h, noise = b->l->eta * b->l->sigma;

    flow(b, k, 0, workers);
    flow(b, k, first_(p), -2 * e);
    flow(b, k, square_(b, p), e * e);
    b->m->source[b->to * b->m->each + k] += b->rate * workers * noise * noise * weight;
}

/* Row k gains G_r of a delivery from phase p. */
static void
flow_cross(builder *b, size_t k, int p, int r, double workers)
{
    flow(b, k, first_(r), workers - (r == p));
    flow(b, k, pair_(b, p, r), -b->l->eta * b->l->h);
}

static void
move_second(builder *b, int p, int q, double workers)
{
    const int n = b->m->phases;

    flow(b, 0, 0, workers);
    for (int r = 0; r < n; r++) {
        const int member = (r == q) - (r == p);
        flow(b, first_(r), first_(r), workers);
        flow(b, first_(r), first_(p), member);
        flow(b, square_(b, r), square_(b, r), workers);
        flow(b, square_(b, r), square_(b, p), member);
        for (int s = r; s < n; s++) {
            flow(b, pair_(b, r, s), pair_(b, r, s), workers);
            flow(b, pair_(b, r, s), pair_(b, p, r), (s == q) - (s == p));
            flow(b, pair_(b, r, s), pair_(b, p, s), member);
        }
    }
}

static void
deliver_second(builder *b, int p, int q, double workers, double weight)
{
    const int n = b->m->phases;

    flow_square(b, 0, p, workers, weight);
    for (int r = 0; r < n; r++) {
        flow_cross(b, first_(r), p, r, workers);
        if (r == q) flow_square(b, first_(r), p, workers, weight);
        flow(b, square_(b, r), square_(b, r), workers - (r == p));
        if (r == q) flow_square(b, square_(b, r), p, workers, weight);
        for (int s = r; s < n; s++) {
            const size_t k = pair_(b, r, s);
            flow(b, k, k, workers);
            if (s == p) flow(b, k, pair_(b, p, r), -1);
            if (r == p) flow(b, k, pair_(b, p, s), -1);
            if (s == q) flow_cross(b, k, p, r, workers);
            if (r == q) flow_cross(b, k, p, s, workers);
        }
    }
}

static void
move_first(builder *b, int p, int q, double workers)
{
    flow(b, 0, 0, workers);
    for (int r = 0; r < b->m->phases; r++) {
        flow(b, first_(r), first_(r), workers);
        flow(b, first_(r), first_(p), (r == q) - (r == p));
    }
}

static void
deliver_first(builder *b, int p, int q, double workers)
{
    const double e = b->l->eta * b->l->h;

    flow(b, 0, 0, workers);
    flow(b, 0, first_(p), -e);
    for (int r = 0; r < b->m->phases; r++)
        flow(b, first_(r), first_(r), workers - (r == p));
    flow(b, first_(q), 0, workers);
    flow(b, first_(q), first_(p), -e);
}

/* All that flows out of a state. */
static void
add_state(builder *b, size_t s, double weight)
{
    const tg_phase *law = &b->l->law;
    const int       n = law->n, *count = b->m->count + s * (size_t)n;
    double          out = 0;
    int             next[TG_PHASE_MAX];

    b->from = s;
    for (int p = 0; p < n; p++) {
        const double workers = count[p];
        for (int q = 0; q < n && count[p]; q++) {
            const double deliver = law->leave[p] * law->start[q], move = law->move[p][q];
            if (deliver == 0 && move == 0) continue;
            memcpy(next, count, (size_t)n * sizeof *next);
            next[p]--;
            next[q]++;
            b->to = rank(next, n);
            out += workers * (deliver + move);
            b->rate = move;
            if (move > 0)
                b->m->order == 1 ? move_first(b, p, q, workers)
                                 : move_second(b, p, q, workers);
            b->rate = deliver;
            if (deliver > 0)
                b->m->order == 1 ? deliver_first(b, p, q, workers)
                                 : deliver_second(b, p, q, workers, weight);
        }
    }
    for (size_t k = 0; k < b->m->each; k++)
        add(b, s * b->m->each + k, s * b->m->each + k, -out);
}

static int
by_column(const void *a, const void *b)
{
    const entry *x = a, *y = b;

    return x->column != y->column ? x->column - y->column : x->row - y->row;
}

/* Columns in order, entries of one place added up. */
static int
compress(builder *b)
{
    tg_moment_system *m = b->m;
    int               kept = -1;

    if (b->failed) return 0;
    qsort(b->list, b->count, sizeof *b->list, by_column);
    m->begin = calloc(m->size + 1, sizeof *m->begin);
    m->row = malloc((b->count + 1) * sizeof *m->row);
    m->value = malloc((b->count + 1) * sizeof *m->value);
    if (!m->begin || !m->row || !m->value) return 0;
    for (size_t i = 0; i < b->count; i++) {
        const entry *e = &b->list[i];
        if (i && e->column == e[-1].column && e->row == e[-1].row) {
            m->value[kept] += e->value;
            continue;
        }
        m->row[++kept] = e->row;
        m->value[kept] = e->value;
        m->begin[e->column + 1]++;
    }
    for (size_t c = 0; c < m->size; c++) m->begin[c + 1] += m->begin[c];
    return 1;
}

void
tg_moment_system_free(tg_moment_system *m)
{
    if (!m) return;
    free(m->count);
    free(m->begin);
    free(m->row);
    free(m->value);
    free(m->source);
    free(m);
}

/* The share of time a worker spends in each phase, from flow balance along the chain. */
static void
occupancy(const tg_phase *law, double *share)
{
    double sum = 0;

    for (int q = 0; q < law->n; q++) {
        double in = law->start[q], out = law->leave[q];
        for (int p = 0; p < q; p++) in += share[p] * law->move[p][q];
        for (int r = 0; r < law->n; r++) out += law->move[q][r];
        sum += share[q] = in / out;
    }
    for (int q = 0; q < law->n; q++) share[q] /= sum;
}

void
tg_moment_system_weights(const tg_moment_system *m, const tg_lattice *l, double *weight)
{
    double share[TG_PHASE_MAX];

    occupancy(&l->law, share);
    for (size_t s = 0; s < m->states; s++) {
        double log_weight = lgamma((double)l->workers + 1);
        for (int p = 0; p < m->phases; p++) {
            const int c = m->count[s * (size_t)m->phases + (size_t)p];
            if (c) log_weight += c * log(share[p]) - lgamma(c + 1.0);
        }
        weight[s] = exp(log_weight);
    }
}

static tg_status
check(const tg_lattice *l)
{
    if (l->workers == 0 || l->law.n < 1) return tg_fail(TG_EDOMAIN, "there are no workers");
    if (!isfinite(l->eta) || !isfinite(l->h) || !(l->sigma >= 0 && isfinite(l->sigma)))
        return tg_fail(TG_EDOMAIN, "eta, h and sigma must be finite, sigma >= 0");
    if (!(l->workers < 100000 && tg_lattice_size(l) <= MOMENTS_MAX))
        return tg_fail(TG_EDOMAIN,
                       "%zu workers of %d phases give %.3g moments, more than %d",
                       l->workers, l->law.n, tg_lattice_size(l), MOMENTS_MAX);
    return TG_OK;
}

tg_status
tg_moment_system_create(const tg_lattice *l, int order, tg_moment_system **out)
{
    TG_TRY(check(l));
    tg_moment_system *m = calloc(1, sizeof *m);
    double           *weight = NULL;
    builder           b = { .l = l, .m = m };
    int               done = 0;

    if (!m) return tg_fail(TG_ENOMEM, "out of memory");
    m->order = order;
    m->phases = l->law.n;
    m->states = (size_t)states_of(l->workers, m->phases);
    m->each = unknowns_of(order, m->phases);
    m->size = m->states * m->each;
    m->count = calloc(m->states * (size_t)m->phases, sizeof *m->count);
    m->source = calloc(m->size, sizeof *m->source);
    weight = malloc(m->states * sizeof *weight);
    if (m->count && m->source && weight) {
        list_states(m, l->workers);
        tg_moment_system_weights(m, l, weight);
        for (size_t s = 0; s < m->states; s++) add_state(&b, s, weight[s]);
        done = compress(&b);
    }
    free(weight);
    free(b.list);
    if (done) {
        *out = m;
        return TG_OK;
    }
    tg_moment_system_free(m);
    return tg_fail(TG_ENOMEM, "out of memory for the moments of %zu workers", l->workers);
}
