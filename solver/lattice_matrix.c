/* Two things happen to a worker i of phase p, N_p of which are there:
 *
 *   moves to q, rate move[p][q]:      x, y_i stay
 *   delivers and starts in q,         x' = x - e y_i - eta sigma xi,  y_i' = x'
 *     rate leave[p] start[q]:
 *
 * For the first moments of ASGD, summed over i in p, with m_r = [r = q] - [r = p]:
 *
 *   move      x' = N_p x          Y_r' = N_p Y_r + m_r Y_p
 *   deliver   x' = N_p x - e Y_p  Y_r' = (N_p - [r = p]) Y_r + [r = q] x'
 *
 * and for the second ones of any rule solver/lattice_rule.h;
 * flow from state N to N - 1_p + 1_q, and N loses its own at rate sum_p N_p (leave +
 * moves).
 */
#include "solver/lattice_matrix.h"

#include "solver/composition.h"
#include "solver/lattice_rule.h"

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
    tg_linear_rule    rule, flushed; /* of a delivery, and of the last of a cycle */
    size_t            places;        /* in a cycle */
    double           *work;          /* (2, each) */
    size_t            from, to;      /* states of the flow at hand */
    double            rate;          /* of one worker */
} builder;

static size_t
unknowns_of(const tg_lattice *l, int order)
{
    const tg_linear_rule rule = tg_lattice_rule(l);

    return order == 1 ? (size_t)(1 + l->law.n) : tg_lattice_moments(&rule, l->law.n);
}

tg_linear_rule
tg_lattice_rule(const tg_lattice *l)
{
    return l->rule ? *l->rule : tg_linear_asgd(l->eta, l->h);
}

static double
places_of(const tg_lattice *l)
{
    return l->rule && l->rule->cycle > 1 ? l->rule->cycle : 1;
}

double
tg_lattice_size(const tg_lattice *l)
{
    return tg_composition_number(l->workers, l->law.n) * places_of(l) *
           (double)unknowns_of(l, 2);
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

/* All second moments flow as the rule says: unit by unit. NULL: nothing is delivered. */
static void
flow_second(builder *b, int p, int q, double rate, const tg_linear_rule *delivers,
            double weight)
{
    const size_t each = b->m->each;
    const int    n = b->m->phases, *count = b->m->count + b->from * (size_t)n;
    double      *unit = b->work, *out = unit + each;

    for (size_t k = 0; k <= each; k++) { /* the last: noise */
        const double noise = k < each ? 0 : weight * b->l->sigma * b->l->sigma;
        memset(unit, 0, each * sizeof *unit);
        if (k < each) unit[k] = 1;
        if (delivers)
            tg_lattice_deliver(delivers, n, count, p, q, unit, noise, out);
        else
            tg_lattice_move(&b->rule, n, count, p, q, unit, out);
        for (size_t i = 0; i < each; i++) {
            if (k < each)
                add(b, b->to * each + i, b->from * each + k, rate * out[i]);
            else if (delivers)
                b->m->source[b->to * each + i] += rate * out[i];
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
    const size_t    each = b->m->states / b->places, place = s / each,
                 after = (place + 1) % b->places;
    const int             n = law->n, *count = b->m->count + s * (size_t)n;
    const tg_linear_rule *rule = after == 0 ? &b->flushed : &b->rule;
    double                out = 0;
    int                   next[TG_PHASE_MAX];

    b->from = s;
    for (int p = 0; p < n; p++) {
        const double workers = count[p];
        for (int q = 0; q < n && count[p]; q++) {
            const double deliver = law->leave[p] * law->start[q], move = law->move[p][q];
            if (deliver == 0 && move == 0) continue;
            memcpy(next, count, (size_t)n * sizeof *next);
            next[p]--;
            next[q]++;
            const size_t rank = tg_composition_rank(next, n);
            out += workers * (deliver + move);
            b->rate = move;
            b->to = place * each + rank;
            if (move > 0)
                b->m->order == 1 ? move_first(b, p, q, workers)
                                 : flow_second(b, p, q, move, NULL, weight);
            b->rate = deliver;
            b->to = after * each + rank;
            if (deliver > 0)
                b->m->order == 1 ? deliver_first(b, p, q, workers)
                                 : flow_second(b, p, q, deliver, rule, weight);
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

void
tg_moment_system_weights(const tg_moment_system *m, const tg_lattice *l, double *weight)
{
    double share[TG_PHASE_MAX];

    tg_phase_shares(&l->law, share);
    for (size_t s = 0; s < m->states; s++) {
        double log_weight = lgamma((double)l->workers + 1);
        for (int p = 0; p < m->phases; p++) {
            const int c = m->count[s * (size_t)m->phases + (size_t)p];
            if (c) log_weight += c * log(share[p]) - lgamma(c + 1.0);
        }
        weight[s] = exp(log_weight) / places_of(l);
    }
}

static tg_status
check(const tg_lattice *l)
{
    if (l->workers == 0 || l->law.n < 1) return tg_fail(TG_EDOMAIN, "there are no workers");
    if (!isfinite(l->eta) || !isfinite(l->h) || !(l->sigma >= 0 && isfinite(l->sigma)))
        return tg_fail(TG_EDOMAIN, "eta, h and sigma must be finite, sigma >= 0");
    if (l->rule && (l->rule->weights.power > 0 || l->rule->limit > 0))
        return tg_fail(TG_EDOMAIN,
                       "the lattice is of rules whose steps do not depend on staleness");
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
    if (order == 1 && l->rule)
        return tg_fail(TG_EDOMAIN, "the lattice's means are those of ASGD");
    tg_moment_system *m = calloc(1, sizeof *m);
    double           *weight = NULL;
    builder           b = { .l = l, .m = m, .rule = tg_lattice_rule(l) };
    int               done = 0;

    if (!m) return tg_fail(TG_ENOMEM, "out of memory");
    b.flushed = b.rule.cycle > 1 ? tg_linear_flushed(&b.rule) : b.rule;
    b.places = (size_t)places_of(l);
    m->order = order;
    m->phases = l->law.n;
    const size_t alike = (size_t)tg_composition_number(l->workers, m->phases);
    m->states = b.places * alike;
    m->each = unknowns_of(l, order);
    m->size = m->states * m->each;
    m->count = calloc(m->states * (size_t)m->phases, sizeof *m->count);
    m->source = calloc(m->size, sizeof *m->source);
    weight = malloc(m->states * sizeof *weight);
    b.work = malloc(2 * m->each * sizeof *b.work);
    if (m->count && m->source && weight && b.work) {
        tg_composition_list(l->workers, m->phases, m->count);
        for (size_t k = 1; k < b.places; k++)
            memcpy(m->count + k * alike * (size_t)m->phases, m->count,
                   alike * (size_t)m->phases * sizeof *m->count);
        tg_moment_system_weights(m, l, weight);
        for (size_t s = 0; s < m->states; s++) add_state(&b, s, weight[s]);
        done = compress(&b);
    }
    free(weight);
    free(b.work);
    free(b.list);
    if (done) {
        *out = m;
        return TG_OK;
    }
    tg_moment_system_free(m);
    return tg_fail(TG_ENOMEM, "out of memory for the moments of %zu workers", l->workers);
}
