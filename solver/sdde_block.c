#include "solver/sdde_block.h"

#include "core/normals.h"

#include <math.h>
#include <string.h>

#define BLOCK TG_SDDE_BLOCK

/* Of those whose values are looked up: a chain holds what it needs. */
static double
longest_delay(const tg_sdde_run *run, const tg_chain *chain)
{
    const tg_sdde *eq = run->eq;
    const int      random = eq->law && eq->meaning != TG_DELAY_CONSTANT;
    double         longest = random && chain->phases == 0 ? tg_sdde_past_longest(eq) : 0;

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

const double *
tg_sdde_block_x(const tg_sdde_block *b)
{
    return tg_sdde_block_row(b, b->now + b->plan->slots);
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
        double *to = tg_sdde_block_row(b, b->plan->slots - back);
        for (size_t i = 0; i < eq->dim; i++)
            for (size_t k = 0; k < BLOCK; k++) to[i * BLOCK + k] = b->phi[i];
    }
    TG_TRY(tg_sdde_past_begin(b));
    for (size_t k = 0; k < BLOCK && eq->law; k++) {
        b->draw[k] = tg_rng_stream(b->plan->run->seed, TG_PURPOSE_DELAY, first + k);
        b->lag[k] = tg_delay_sample(eq->law, &b->draw[k]);
    }
    return TG_OK;
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
    s->next = tg_sdde_block_row(b, b->now + 1 + b->plan->slots);
    if (!(s->past = tg_sdde_past_row(b))) {
        TG_TRY(tg_sdde_past_fetch(b, b->now, b->lagged));
        s->past = b->lagged;
    }
    if (s->eq->noises) draw_noise(b);
    TG_TRY(b->plan->run->method->step(s));
    if (b->plan->areas)
        memcpy(b->noise + b->now % b->plan->slots * n, s->g, n * sizeof *s->g);
    TG_TRY(tg_sdde_past_move(b));
    b->now++;
    return TG_OK;
}
