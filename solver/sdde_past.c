/* The past of a block of paths: lagged values from the ring, from history, from what a law
 * remembers. */
#include "solver/sdde_block.h"

#include <math.h>
#include <string.h>

#define BLOCK TG_SDDE_BLOCK

double
tg_sdde_past_longest(const tg_sdde *eq)
{
    return tg_delay_quantile(eq->law, 1 - 1e-9);
}

/* Row of x at a step >= -slots, counted so that it is never negative. */
double *
tg_sdde_block_row(const tg_sdde_block *b, size_t shifted)
{
    return b->ring + shifted % b->plan->slots * b->step.eq->dim * BLOCK;
}

/* The oldest step that is in the ring, with the next one. */
static double
oldest(const tg_sdde_block *b)
{
    return (double)b->now + 3 - (double)b->plan->slots;
}

/* Whether step at - lag is not in the ring but in the history, which is put into phi. */
static tg_status
recall(const tg_sdde_block *b, size_t at, double lag, int *recalled)
{
    const tg_sdde *eq = b->step.eq;
    const double   then = (double)at - lag;

    *recalled = then < oldest(b) && then <= 0;
    return *recalled ? eq->history(then * b->step.dt, b->phi, eq->context) : TG_OK;
}

/* Where step at - lag (lag a real number of steps) lies in the ring: between rows *low and
 * *low + 1, at `share` from the first. Values before the ring begins are its oldest. What
 * is whole and what is not comes of the lag alone, so that it stays what it is however long
 * the run. */
static double
place(const tg_sdde_block *b, size_t at, double lag, size_t *low)
{
    const double nearest = round(lag), begin = oldest(b);
    const int    on_grid = fabs(lag - nearest) < 1e-9 * (1 + lag);
    const double whole = on_grid ? nearest : ceil(lag);
    const double first = (double)at - whole;

    *low = (size_t)(fmax(first, begin) + (double)b->plan->slots);
    return on_grid || first < begin ? 0 : whole - lag;
}

/* out (n, BLOCK) += weight x(at - lag) for all paths alike. */
static tg_status
gather(const tg_sdde_block *b, size_t at, double lag, double weight, double *out)
{
    const size_t n = b->step.eq->dim * BLOCK;
    size_t       low;
    int          recalled;

    TG_TRY(recall(b, at, lag, &recalled));
    for (size_t k = 0; recalled && k < n; k++) out[k] += weight * b->phi[k / BLOCK];
    if (recalled) return TG_OK;
    const double  share = place(b, at, lag, &low), rest = weight * (1 - share);
    const double *x = tg_sdde_block_row(b, low), *y = tg_sdde_block_row(b, low + 1);
    for (size_t k = 0; share == 0 && k < n; k++) out[k] += weight * x[k];
    for (size_t k = 0; share > 0 && k < n; k++)
        out[k] += rest * x[k] + weight * share * y[k];
    return TG_OK;
}

/* The chain's state at 0: of what X was, in steps of dt or, where that are very many, of more. */
static tg_status
begin_chain(tg_sdde_block *b)
{
    const tg_sdde *eq = b->step.eq;
    const double   longest = tg_sdde_past_longest(eq);
    const size_t   n = eq->dim, steps = (size_t)fmin(ceil(longest / b->step.dt), 1e5) + 1;
    const double   h = fmax(b->step.dt, longest / (double)steps);
    const tg_chain c = tg_chain_make(eq->law, h);
    double        *z[] = { b->held, b->moved }, *x[] = { b->lagged, b->lagged + n };

    TG_TRY(eq->history(-h * (double)steps, x[0], eq->context));
    for (size_t i = 0; i < c.phases; i++) memcpy(z[0] + i * n, x[0], n * sizeof **x);
    for (size_t k = steps; k-- > 0;) {
        TG_TRY(eq->history(-h * (double)k, x[1], eq->context));
        tg_chain_move(&c, n, z[0], x[0], x[1], z[1], b->phi);
        double *const swap[] = { z[1], z[0], x[1], x[0] };
        memcpy(z, swap, sizeof z);
        memcpy(x, swap + 2, sizeof x);
    }
    for (size_t i = 0; i < c.phases * n; i++) /* (phases, n) is spread over the paths */
        b->moved[c.phases * n * (BLOCK - 1) + i] = z[0][i];
    for (size_t i = 0; i < c.phases * n; i++)
        for (size_t k = 0; k < BLOCK; k++)
            b->held[i * BLOCK + k] = b->moved[c.phases * n * (BLOCK - 1) + i];
    return TG_OK;
}

/* The running sum anew, against what rounding leaves in it. */
static tg_status
sum_flat(tg_sdde_block *b)
{
    const tg_flat *f = &b->plan->flat;

    memset(b->held, 0, b->step.eq->dim * BLOCK * sizeof *b->held);
    for (double l = f->first; l <= f->last; l++) TG_TRY(gather(b, b->now, l, 1, b->held));
    return TG_OK;
}

/* The running sum one step on: the next value enters, the oldest leaves. */
static tg_status
move_flat(tg_sdde_block *b, double *sum)
{
    const tg_flat *f = &b->plan->flat;

    TG_TRY(gather(b, b->now + 1, f->first, 1, sum));
    return gather(b, b->now, f->last, -1, sum);
}

/* out (n) += four rows, weighted */
static void
add_four(size_t n, const double *w, const double *const *x, double *out)
{
    for (size_t k = 0; k < n; k++)
        out[k] += w[0] * x[0][k] + w[1] * x[1][k] + w[2] * x[2][k] + w[3] * x[3][k];
}

/* The average over a law of phase type, now or after a step. */
static void
gather_chain(const tg_sdde_block *b, size_t at, double *out)
{
    const tg_chain *c = &b->plan->chain;
    const size_t    n = b->step.eq->dim * BLOCK;

    if (at > b->now) {
        tg_chain_move(c, n, b->held, b->step.x, b->step.next, b->moved, out);
        return;
    }
    for (size_t i = 0; i < c->phases; i++)
        for (size_t k = 0; k < n && c->start[i] > 0; k++)
            out[k] += c->start[i] * b->held[i * n + k];
}

/* The part of a uniform law that runs along. */
static tg_status
gather_flat(const tg_sdde_block *b, size_t at, double *out)
{
    const tg_flat *f = &b->plan->flat;
    const size_t   n = b->step.eq->dim * BLOCK;

    for (size_t k = 0; k < n; k++) out[k] += f->weight * b->held[k];
    if (at == b->now) return TG_OK;
    TG_TRY(gather(b, at, f->first, f->weight, out));
    return gather(b, b->now, f->last, -f->weight, out);
}

/* The average over a law: whole lags, which are rows of the ring as far as it goes. */
static tg_status
gather_law(const tg_sdde_block *b, size_t at, double *out)
{
    const tg_lags *l = &b->plan->lags;
    const size_t   n = b->step.eq->dim * BLOCK, first = at + b->plan->slots;
    double        *past = b->phi + b->step.eq->dim; /* (n) history, summed */
    int            recalled;
    size_t         q = 0;

    if (b->plan->chain.phases) {
        gather_chain(b, at, out);
        return TG_OK;
    }
    if (b->plan->flat.weight > 0) TG_TRY(gather_flat(b, at, out));
    for (; q + 4 <= l->count && (double)at - l->lag[q + 3] >= oldest(b); q += 4) {
        const double *x[4];
        for (size_t i = 0; i < 4; i++)
            x[i] = tg_sdde_block_row(b, first - (size_t)l->lag[q + i]);
        add_four(n, l->weight + q, x, out);
    }
    memset(past, 0, b->step.eq->dim * sizeof *past);
    for (; q < l->count; q++) {
        TG_TRY(recall(b, at, l->lag[q], &recalled));
        for (size_t i = 0; recalled && i < b->step.eq->dim; i++)
            past[i] += l->weight[q] * b->phi[i];
        if (!recalled) TG_TRY(gather(b, at, l->lag[q], l->weight[q], out));
    }
    for (size_t k = 0; k < n; k++) out[k] += past[k / BLOCK];
    return TG_OK;
}

/* Where a path's own lag lies: the row before it in the ring, the next one, and the share of that. */
typedef struct between {
    size_t low, high;
    double share;
} between;

/* place() for a lag that is in the ring at `slot`, at the step's slot. */
static between
place_each(const tg_sdde_block *b, size_t slot, double lag)
{
    const size_t slots = b->plan->slots;
    const double small = 1e-9 * (1 + lag);
    size_t       whole = (size_t)lag;
    double       share = 0;

    if (lag - (double)whole > small) {
        whole++;
        share = (double)whole - lag;
        if (share < small) share = 0;
    }
    const size_t low = slot >= whole ? slot - whole : slot + slots - whole;
    return (between){ low, low + 1 < slots ? low + 1 : 0, share };
}

/* The same with a delay of its own for each path. */
static tg_status
gather_each(const tg_sdde_block *b, size_t at, double *out)
{
    const size_t n = b->step.eq->dim * BLOCK, slot = (at + b->plan->slots) % b->plan->slots;
    const double begin = oldest(b);

    for (size_t k = 0; k < BLOCK; k++) {
        const double lag = b->lag[k] / b->step.dt;
        size_t       low;
        int          recalled;
        if (lag + 1 <= (double)at - begin) {
            const between w = place_each(b, slot, lag);
            const double *x = b->ring + w.low * n, *y = b->ring + w.high * n;
            for (size_t i = k; i < n; i += BLOCK)
                out[i] = w.share > 0 ? (1 - w.share) * x[i] + w.share * y[i] : x[i];
            continue;
        }
        TG_TRY(recall(b, at, lag, &recalled));
        for (size_t i = k; recalled && i < n; i += BLOCK) out[i] = b->phi[i / BLOCK];
        if (recalled) continue;
        const double  share = place(b, at, lag, &low);
        const double *x = tg_sdde_block_row(b, low),
                     *y = tg_sdde_block_row(b, low + (share > 0));
        for (size_t i = k; i < n; i += BLOCK) out[i] = (1 - share) * x[i] + share * y[i];
    }
    return TG_OK;
}

/* The one row that holds the lagged values now, if it is one: nothing to gather. */
const double *
tg_sdde_past_row(const tg_sdde_block *b)
{
    const tg_sdde *eq = b->step.eq;
    size_t         low;

    if (eq->delays != 1 || eq->meaning != TG_DELAY_CONSTANT) return NULL;
    const double lag = eq->tau[0] / b->step.dt;
    if ((double)b->now - lag < oldest(b) || place(b, b->now, lag, &low) != 0) return NULL;
    return tg_sdde_block_row(b, low);
}

/* Lagged values at step `at`, (m, n, BLOCK). */
tg_status
tg_sdde_past_fetch(const tg_sdde_block *b, size_t at, double *out)
{
    const tg_sdde *eq = b->step.eq;
    const size_t   n = eq->dim * BLOCK;

    memset(out, 0, eq->delays * n * sizeof *out);
    for (size_t j = 0; j < eq->delays; j++)
        if (j > 0 || eq->meaning == TG_DELAY_CONSTANT)
            TG_TRY(gather(b, at, eq->tau[j] / b->step.dt, 1, out + j * n));
        else if (eq->meaning == TG_DELAY_DISTRIBUTED)
            TG_TRY(gather_law(b, at, out));
        else
            TG_TRY(gather_each(b, at, out));
    return TG_OK;
}

tg_status
tg_sdde_fetch_next(tg_sdde_step *s)
{
    const tg_sdde_block *b = s->block;

    return tg_sdde_past_fetch(b, b->now + 1, s->past2); /* s->next is a row of the ring */
}

/* What the law remembers, one step on. */
tg_status
tg_sdde_past_move(tg_sdde_block *b)
{
    const tg_flat *f = &b->plan->flat;
    double        *moved = b->moved;

    if (b->plan->chain.phases) {
        tg_chain_move(&b->plan->chain, b->step.eq->dim * BLOCK, b->held, b->step.x,
                      b->step.next, moved, b->lagged);
        b->moved = b->held;
        b->held = moved;
    }
    if (f->weight == 0) return TG_OK;
    if ((b->now + 1) % (size_t)(4 * (f->last - f->first)) != 0)
        return move_flat(b, b->held);
    b->now++;
    const tg_status status = sum_flat(b);
    b->now--;
    return status;
}

tg_status
tg_sdde_past_begin(tg_sdde_block *b)
{
    if (b->plan->chain.phases) TG_TRY(begin_chain(b));
    return b->plan->flat.weight > 0 ? sum_flat(b) : TG_OK;
}
