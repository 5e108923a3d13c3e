#include "solver/sdde_block.h"

#include "core/normals.h"

#include <math.h>
#include <string.h>

#define BLOCK TG_SDDE_BLOCK

static double
longest_of_law(const tg_sdde *eq)
{
    return tg_delay_quantile(eq->law, 1 - 1e-9);
}

/* Of those whose values are looked up: a chain holds what it needs. */
static double
longest_delay(const tg_sdde_run *run, const tg_chain *chain)
{
    const tg_sdde *eq = run->eq;
    const int      random = eq->law && eq->meaning != TG_DELAY_CONSTANT;
    double         longest = random && chain->phases == 0 ? longest_of_law(eq) : 0;

    for (size_t j = random; j < eq->delays; j++) longest = fmax(longest, eq->tau[j]);
    return longest;
}

/* A ring holds the longest delay or the whole run, what is shorter: older values are
 * history. */
tg_sdde_plan
tg_sdde_plan_make(const tg_sdde_run *run)
{
    const tg_sdde *eq = run->eq;
    tg_sdde_plan   p = { .run = run, .sub = run->sub ? run->sub : 1 };

    if (eq->law && eq->meaning == TG_DELAY_DISTRIBUTED)
        p.chain = tg_chain_make(eq->law, run->dt);
    if (eq->law && eq->meaning == TG_DELAY_DISTRIBUTED && p.chain.phases == 0)
        p.flat = tg_lags_flat(eq->law, run->dt, &p.lags);
    const double longest = ceil(longest_delay(run, &p.chain) / run->dt);
    const double steps = fmin(longest, (double)run->steps) + 4;
    p.areas = run->method->diagonal_only && eq->lagged_slope;
    p.slots = (size_t)fmin(steps, 1e12); /* more than there is memory for */
    p.sub_slots = p.slots * p.sub;
    p.rows = run->steps / run->every + 1;
    return p;
}

void
tg_sdde_plan_weigh(tg_sdde_plan *p)
{
    const tg_sdde *eq = p->run->eq;

    if (eq->meaning == TG_DELAY_DISTRIBUTED && p->chain.phases == 0 && p->flat.weight == 0)
        p->lags = tg_lags_make(eq->law, p->run->dt, (double)p->run->steps);
}

/* Every array of a block in turn; with memory NULL only counted, in a number that does not
 * overflow. */
static double
lay_out(tg_sdde_block *b, const tg_sdde_plan *p, double *memory)
{
    const tg_sdde *eq = p->run->eq;
    const double   n = (double)eq->dim * BLOCK, m = (double)eq->delays * n;
    const double   w = (double)eq->noises * BLOCK,
                 wide = eq->diagonal ? n : n * (double)eq->noises;
    tg_sdde_step *s = &b->step;
    const double  slots = (double)p->slots;
    const double  held = n * (double)(p->flat.weight > 0 ? 1 : p->chain.phases);
    const struct {
        double **array;
        double   size;
    } parts[] = { { &b->ring, slots * n },
                  { &b->noise, p->areas ? slots * n : 0 },
                  { &b->increment, p->areas ? slots * (double)p->sub * w : 0 },
                  { &b->z, 4 * w },
                  { &b->lagged, m },
                  { &b->phi, n },
                  { &b->held, held },
                  { &b->moved, (double)p->chain.phases * n },
                  { &s->past2, m },
                  { &s->slope, m + n },
                  { &b->sum, w },
                  { (double **)&s->area, p->areas ? m : 0 },
                  { &s->f, n },
                  { &s->f2, n },
                  { &s->g, wide },
                  { &s->g2, wide } };
    double at = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (memory) *parts[i].array = memory + (size_t)at;
        at += parts[i].size;
    }
    if (!p->areas) s->area = NULL;
    return at;
}

double
tg_sdde_block_size(const tg_sdde_plan *p)
{
    tg_sdde_block b;

    return lay_out(&b, p, NULL);
}

void
tg_sdde_block_place(tg_sdde_block *b, const tg_sdde_plan *p, double *memory)
{
    *b = (tg_sdde_block){ .plan = p, .memory = memory };
    lay_out(b, p, memory);
    b->step.eq = p->run->eq;
    b->step.count = BLOCK;
    b->step.dt = p->run->dt;
    b->step.block = b;
}

/* Row of x at a step >= -slots, counted so that it is never negative. */
static double *
row(const tg_sdde_block *b, size_t shifted)
{
    return b->ring + shifted % b->plan->slots * b->step.eq->dim * BLOCK;
}

const double *
tg_sdde_block_x(const tg_sdde_block *b)
{
    return row(b, b->now + b->plan->slots);
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
    const double *x = row(b, low), *y = row(b, low + 1);
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
    const double   longest = longest_of_law(eq);
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

tg_status
tg_sdde_block_start(tg_sdde_block *b, size_t first)
{
    const tg_sdde *eq = b->step.eq;

    b->first = first;
    b->now = 0;
    if (b->plan->areas) {
        memset(b->noise, 0, b->plan->slots * eq->dim * BLOCK * sizeof *b->noise);
        memset(b->increment, 0,
               b->plan->sub_slots * eq->noises * BLOCK * sizeof *b->increment);
    }
    for (size_t back = 0; back < b->plan->slots; back++) {
        TG_TRY(eq->history(-(double)back * b->step.dt, b->phi, eq->context));
        double *to = row(b, b->plan->slots - back);
        for (size_t i = 0; i < eq->dim; i++)
            for (size_t k = 0; k < BLOCK; k++) to[i * BLOCK + k] = b->phi[i];
    }
    if (b->plan->chain.phases) TG_TRY(begin_chain(b));
    if (b->plan->flat.weight > 0) TG_TRY(sum_flat(b));
    for (size_t k = 0; k < BLOCK && eq->law; k++) {
        b->draw[k] = tg_rng_stream(b->plan->run->seed, TG_PURPOSE_DELAY, first + k);
        b->lag[k] = tg_delay_sample(eq->law, &b->draw[k]);
    }
    return TG_OK;
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
        for (size_t i = 0; i < 4; i++) x[i] = row(b, first - (size_t)l->lag[q + i]);
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
        const double *x = row(b, low), *y = row(b, low + (share > 0));
        for (size_t i = k; i < n; i += BLOCK) out[i] = (1 - share) * x[i] + share * y[i];
    }
    return TG_OK;
}

/* The one row that holds the lagged values now, if it is one: nothing to gather. */
static const double *
single_row(const tg_sdde_block *b)
{
    const tg_sdde *eq = b->step.eq;
    size_t         low;

    if (eq->delays != 1 || eq->meaning != TG_DELAY_CONSTANT) return NULL;
    const double lag = eq->tau[0] / b->step.dt;
    if ((double)b->now - lag < oldest(b) || place(b, b->now, lag, &low) != 0) return NULL;
    return row(b, low);
}

/* Lagged values at step `at`, (m, n, BLOCK). */
static tg_status
fetch(const tg_sdde_block *b, size_t at, double *out)
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

    return fetch(b, b->now + 1, s->past2); /* s->next is a row of the ring */
}

/* Before t = 0 nothing moved, and its increments are 0: the noise of the first step will
 * do. */
const double *
tg_sdde_past_noise(const tg_sdde_step *s, size_t delay)
{
    const tg_sdde_block *b = s->block;
    const double         back = round(s->eq->tau[delay] / s->dt);

    if (back < 1 || b->now == 0) return s->g;
    const size_t step = back < (double)b->now ? b->now - (size_t)back : 0;
    return b->noise + step % b->plan->slots * s->eq->dim * BLOCK;
}

/* Sub-increment `number` of all channels, (w, BLOCK). Four come of one Philox block. */
static double *
draw_increment(tg_sdde_block *b, uint64_t number)
{
    const size_t w = b->step.eq->noises;
    const double root = sqrt(b->step.dt / (double)b->plan->sub);

    for (size_t c = 0; c < w && number % 4 == 0; c++)
        tg_normals_across(TG_ISA_BEST, b->plan->run->seed, TG_PURPOSE_PATH, b->first,
                          number / 4 * w + c, root, BLOCK, w * BLOCK, b->z + c * BLOCK);
    return b->z + number % 4 * w * BLOCK;
}

/* area_j += (W_lag - its value at the step's begin + half its move) dW, over one sub-step.
 * Before t = 0 W_lag stands still. */
static void
add_areas(tg_sdde_block *b, uint64_t number, const double *dW, double *lagged)
{
    const tg_sdde *eq = b->step.eq;
    const size_t   w = eq->noises * BLOCK;
    const double   delta = b->step.dt / (double)b->plan->sub;

    for (size_t j = 0; j < eq->delays; j++) {
        const double back = round(eq->tau[j] / delta);
        if (back > (double)number) continue;
        const double *old =
            b->increment + (number - (uint64_t)back) % b->plan->sub_slots * w;
        double *area = (double *)b->step.area + j * w;
        for (size_t k = 0; k < w; k++) {
            area[k] +=
                (lagged[j * w + k] + old[k] / 2) * dW[k] - (back > 0 ? 0 : delta / 2);
            lagged[j * w + k] += old[k];
        }
    }
}

static void
draw_noise(tg_sdde_block *b)
{
    const tg_sdde *eq = b->step.eq;
    const size_t   w = eq->noises * BLOCK, sub = b->plan->sub;
    double        *lagged = b->step.past2;

    if (sub == 1 && !b->plan->areas) {
        b->step.dW = draw_increment(b, b->now);
        return;
    }
    b->step.dW = b->sum;
    memset(b->sum, 0, w * sizeof *b->sum);
    if (b->plan->areas) {
        memset((double *)b->step.area, 0, eq->delays * w * sizeof *lagged);
        memset(lagged, 0, eq->delays * w * sizeof *lagged);
    }
    for (uint64_t number = b->now * sub; number < (b->now + 1) * sub; number++) {
        const double *part = draw_increment(b, number);
        for (size_t k = 0; k < w; k++) b->sum[k] += part[k];
        if (!b->plan->areas) continue;
        memcpy(b->increment + number % b->plan->sub_slots * w, part, w * sizeof *part);
        add_areas(b, number, part, lagged);
    }
}

/* What the law remembers, one step on. */
static tg_status
move_memory(tg_sdde_block *b)
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

/* The next of each path, after the one it began with. */
static void
draw_lags(tg_sdde_block *b)
{
    const tg_delay *law = b->step.eq->law;

    if (tg_delay_samples_across(law, b->plan->run->seed, TG_PURPOSE_DELAY, b->first,
                                b->now + 1, BLOCK, b->lag))
        return;
    for (size_t k = 0; k < BLOCK; k++) b->lag[k] = tg_delay_sample(law, &b->draw[k]);
}

tg_status
tg_sdde_block_advance(tg_sdde_block *b)
{
    const size_t  n = b->step.eq->dim * BLOCK;
    tg_sdde_step *s = &b->step;

    s->t = (double)b->now * s->dt;
    s->x = tg_sdde_block_x(b);
    if (s->eq->meaning == TG_DELAY_STEP) draw_lags(b);
    s->next = row(b, b->now + 1 + b->plan->slots);
    if (!(s->past = single_row(b))) {
        TG_TRY(fetch(b, b->now, b->lagged));
        s->past = b->lagged;
    }
    if (s->eq->noises) draw_noise(b);
    TG_TRY(b->plan->run->method->step(s));
    if (b->plan->areas)
        memcpy(b->noise + b->now % b->plan->slots * n, s->g, n * sizeof *s->g);
    TG_TRY(move_memory(b));
    b->now++;
    return TG_OK;
}
