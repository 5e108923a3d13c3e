#include "asgd/networks/stack.h"

#include "asgd/networks/layer.h"
#include "core/memory.h"

#include <stdio.h>
#include <stdlib.h>

static const tg_layer_kind *
kind_of(const tg_layer *l)
{
    return (const tg_layer_kind *)tg_layers_single[l->kind];
}

void
tg_stack_free(tg_stack *s)
{
    if (!s) return;
    free(s->layer);
    free(s->out);
    free(s->shared);
    free(s);
}

/* ---- shapes -------------------------------------------------------------------------- */

static tg_status
fail_at(tg_status status, const tg_layer *l, size_t i)
{
    return tg_fail_within(status, "layer %zu, %s on %zu x %zu x %zu", i + 1,
                          tg_layers_single[l->kind]->name, l->in.height, l->in.width,
                          l->in.channels);
}

/* What an add takes, by its `back`. */
static tg_status
find_added(tg_stack *s, size_t i)
{
    tg_layer    *l = &s->layer[i];
    const size_t at = tg_kind_param(tg_layers_single[l->kind], "back");

    if (at == SIZE_MAX) return TG_OK;
    if (l->param[at] == 0) { /* the image */
        l->also = s->layer[0].in;
        return TG_OK;
    }
    if (!(l->param[at] <= (double)i))
        return tg_fail(TG_EDOMAIN, "only %zu layers come before it, back is %g", i,
                       l->param[at]);
    l->from = i - (size_t)l->param[at];
    l->also = s->layer[l->from].in;
    if (l->from > 0) s->shared[l->from - 1] = true;
    return TG_OK;
}

static tg_status
lay(tg_stack *s, size_t i)
{
    tg_layer *l = &s->layer[i];

    TG_TRY(find_added(s, i));
    TG_TRY(kind_of(l)->shape(l));
    const size_t in = tg_shape_size(l->in), out = tg_shape_size(l->out);
    TG_TRY(tg_memory_check(
        16.0 * ((double)s->dim + (double)l->count + (double)in + (double)out),
        "make it narrower"));
    l->first = s->dim;
    s->dim += l->count;
    s->work += (double)l->count * (double)(l->out.height * l->out.width) + 8 * (double)in;
    if (kind_of(l)->loss != (i + 1 == s->layers))
        return tg_fail(TG_EDOMAIN, "the last layer, and no other, must be a loss");
    l->noise = s->noise;
    s->noise += l->draws;
    s->image = kind_of(l)->image;
    if (kind_of(l)->loss && !s->image && l->in.channels != s->classes)
        return tg_fail(TG_EDOMAIN, "the data have %zu classes", s->classes);
    return TG_OK;
}

/* Whether layer i works on what the one before it gives out, which nobody else looks at. */
static bool
in_place(const tg_stack *s, size_t i)
{
    return i > 0 && i < s->layers && kind_of(&s->layer[i])->in_place && !s->shared[i - 1];
}

static void
place_outputs(tg_stack *s)
{
    for (size_t i = 0; i < s->layers; i++) {
        const tg_layer *l = &s->layer[i];
        const size_t    out = in_place(s, i) ? 0 : tg_shape_size(l->out);
        s->out[i] = out > 0 ? s->values : s->out[i - 1];
        s->kept[i] = s->values + out;
        s->values += out + l->kept;
        if (l->room > s->scratch) s->scratch = l->room;
        if (l->share > s->share) s->share = l->share;
    }
}

/* The derivative of a layer's output is in one of two rooms by turns; it has its own where an add
 * contributes to it long before. */
static void
place_slopes(tg_stack *s)
{
    size_t most = 0, turn = 0;

    for (size_t i = 0; i < s->layers; i++)
        if (tg_shape_size(s->layer[i].out) > most) most = tg_shape_size(s->layer[i].out);
    s->slopes = 2 * most;
    for (size_t i = s->layers; i-- > 0;)
        if (s->shared[i]) {
            s->slope[i] = s->slopes;
            s->slopes += tg_shape_size(s->layer[i].out);
        } else if (in_place(s, i + 1))
            s->slope[i] = s->slope[i + 1];
        else {
            turn = !turn;
            s->slope[i] = turn * most;
        }
}

static size_t
place_of(const tg_kind *kind)
{
    size_t i = 0;

    while (tg_layers_single[i] != kind) i++;
    return i;
}

static tg_status
fill(tg_stack *s, tg_shape in, const tg_choice *layer)
{
    for (size_t i = 0; i < s->layers; i++) {
        tg_layer *l = &s->layer[i];
        *l = (tg_layer){ .kind = place_of(layer[i].kind),
                         .in = i > 0 ? s->layer[i - 1].out : in };
        for (size_t k = 0; k < TG_MOST_PARAMS; k++) l->param[k] = layer[i].param[k];
        tg_status status = tg_choice_check(&layer[i]);
        if (status == TG_OK) status = lay(s, i);
        if (status != TG_OK) return fail_at(status, l, i);
    }
    if (s->dim == 0) return tg_fail(TG_EDOMAIN, "no layer of the network has parameters");
    place_outputs(s);
    place_slopes(s);
    return TG_OK;
}

tg_status
tg_stack_create(tg_shape in, size_t classes, const tg_choice *layer, size_t layers,
                tg_stack **out)
{
    tg_stack *s = calloc(1, sizeof *s);

    if (s) {
        *s = (tg_stack){ .layers = layers, .classes = classes };
        s->layer = calloc(layers + 1, sizeof *s->layer);
        s->out = calloc(3 * layers + 1, sizeof *s->out);
        s->shared = calloc(layers + 1, sizeof *s->shared);
    }
    tg_status status =
        s && s->layer && s->out && s->shared ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK && layers == 0)
        status = tg_fail(TG_EDOMAIN, "a network needs layers, the last of them a loss");
    if (status == TG_OK) {
        s->kept = s->out + layers;
        s->slope = s->kept + layers;
        status = fill(s, in, layer);
    }
    if (status == TG_OK)
        *out = s;
    else
        tg_stack_free(s);
    return status;
}

/* ---- use ----------------------------------------------------------------------------- */

void
tg_stack_start(const tg_stack *s, uint64_t seed, double *w)
{
    for (size_t i = 0; i < s->layers; i++) {
        const tg_layer *l = &s->layer[i];
        tg_rng          g = tg_rng_stream(seed, TG_PURPOSE_START, i);
        if (kind_of(l)->start) kind_of(l)->start(l, &g, w + l->first);
    }
}

size_t
tg_stack_room(const tg_stack *s, size_t batch)
{
    return batch * (s->values + s->slopes + s->share + 1) + s->scratch;
}
