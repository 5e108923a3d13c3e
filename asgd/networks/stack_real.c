#include "asgd/networks/stack.h"

#include "asgd/networks/layer.h"
#include "core/parallel.h"

#include <string.h>

#define BATCH TG_AS(tg_stack_batch)

static const tg_layer_kind *
kind_of(const tg_layer *l)
{
    return (const tg_layer_kind *)TG_AS(tg_layers)[l->kind];
}

/* Rooms: outputs and what is kept, derivatives, losses, scratch. */
static real *
slopes(const tg_stack *s, const BATCH *b)
{
    return b->room + b->batch * s->values;
}

static real *
losses(const tg_stack *s, const BATCH *b)
{
    return slopes(s, b) + b->batch * s->slopes;
}

/* What comes out of the first `layers` layers. */
static const real *
after(const tg_stack *s, const BATCH *b, size_t layers)
{
    return layers > 0 ? b->room + b->batch * s->out[layers - 1] : b->in;
}

static real *
slope_after(const tg_stack *s, const BATCH *b, size_t layers)
{
    return layers > 0 ? slopes(s, b) + b->batch * s->slope[layers - 1] : NULL;
}

static PASS
pass(const tg_stack *s, const BATCH *b, size_t i)
{
    const tg_layer *l = &s->layer[i];

    return (PASS){ .layer = l,
                   .isa = b->isa,
                   .batch = b->batch,
                   .w = b->w + l->first,
                   .in = after(s, b, i),
                   .also = after(s, b, l->from),
                   .out = b->room + b->batch * s->out[i],
                   .kept = b->room + b->batch * s->kept[i],
                   .room = losses(s, b) + b->batch,
                   .label = b->label,
                   .noise = b->noise + l->noise,
                   .noise_row = s->noise,
                   .loss = losses(s, b) };
}

const real *
TG_AS(tg_stack_forward)(const tg_stack *s, const BATCH *b)
{
    memset(losses(s, b), 0, b->batch * sizeof(real));
    for (size_t i = 0; i < s->layers && !tg_stop_requested(); i++) {
        const PASS p = pass(s, b, i);
        kind_of(p.layer)->forward(&p);
    }
    return losses(s, b);
}

const real *
TG_AS(tg_stack_before)(const tg_stack *s, const BATCH *b)
{
    return after(s, b, s->layers - 1);
}

/* Derivatives are added up where they meet, from zeros on. */
static void
clear(const tg_stack *s, const BATCH *b, size_t i)
{
    memset(slope_after(s, b, i + 1), 0,
           b->batch * tg_shape_size(s->layer[i].out) * sizeof(real));
}

void
TG_AS(tg_stack_backward)(const tg_stack *s, const BATCH *b, real *dw)
{
    for (size_t i = 0; i < s->layers; i++)
        if (s->shared[i]) clear(s, b, i);
    for (size_t i = s->layers; i-- > 0 && !tg_stop_requested();) {
        PASS p = pass(s, b, i);
        p.dout = slope_after(s, b, i + 1);
        p.din = slope_after(s, b, i);
        if (i > 0 && !s->shared[i - 1] && p.din != p.dout) clear(s, b, i - 1);
        p.dalso = slope_after(s, b, p.layer->from);
        p.dw = dw + p.layer->first;
        kind_of(p.layer)->backward(&p);
    }
}
