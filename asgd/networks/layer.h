/* layer: one map of a network, with its derivative
 *
 * Activations are (batch, height, width, channels), channels last. A kind of layer is a described
 * value: the shapes it fits, its parameters in the flat vector, forward and backward. It is
 * written once and compiled for each kind of number (real.h), so that there are as many
 * registries, tg_layers_single to tg_layers_dual, alike but for that. Private.
 */
#ifndef TG_ASGD_NETWORKS_LAYER_H
#define TG_ASGD_NETWORKS_LAYER_H

#include "asgd/networks/multiply.h"
#include "asgd/networks/place.h"
#include "asgd/networks/real.h"
#include "core/rng.h"

/* What a layer works on. Derivatives are of the mean loss over the batch; din, dalso and dw are
 * added to, and NULL where nobody wants them. */
typedef struct TG_AS(tg_pass) {
    const tg_layer *layer;
    tg_isa          isa;
    size_t          batch;
    const real     *w, *in, *also, *dout;
    real           *out, *din, *dalso, *dw, *kept, *room;
    const uint8_t  *label;     /* (batch) */
    const real     *noise;     /* N(0, 1) numbers, the layer's draws of each sample ... */
    size_t          noise_row; /* ... so far apart */
    real           *loss;      /* (batch), to be added to */
} TG_AS(tg_pass);

#define PASS TG_AS(tg_pass)

typedef struct tg_layer_kind {
    tg_kind is;
    bool    loss;  /* the last of a network, and no other ... */
    bool    image; /* ... which compares with the image, not with the label */
    /* out may be in, and then din is dout, which is not added to; where out is not in, dout becomes 0, so
     * that the layer before may look at its own out all the same. */
    bool in_place;
    /* From in, also and param: out, count, kept, room. Errors: TG_EDOMAIN they do not fit. */
    tg_status (*shape)(tg_layer *l);
    /* Initial values of its parameters; NULL: it has none. */
    void (*start)(const tg_layer *l, tg_rng *g, double *w);
    void (*forward)(const PASS *p);
    void (*backward)(const PASS *p);
} tg_layer_kind;

extern const tg_layer_kind TG_AS(tg_layer_dense), TG_AS(tg_layer_convolution),
    TG_AS(tg_layer_relu), TG_AS(tg_layer_softplus), TG_AS(tg_layer_tanh),
    TG_AS(tg_layer_max_pool), TG_AS(tg_layer_mean_pool), TG_AS(tg_layer_group_norm),
    TG_AS(tg_layer_add), TG_AS(tg_layer_gaussian), TG_AS(tg_layer_softmax_loss),
    TG_AS(tg_layer_squared_loss), TG_AS(tg_layer_image_loss);

/* out = in, of a map that does each number by itself. */
static inline tg_status
tg_layer_same(tg_layer *l)
{
    l->out = l->in;
    return TG_OK;
}

/* Numbers of the whole batch that go in. */
static inline size_t
TG_AS(tg_pass_size)(const PASS *p)
{
    return p->batch * tg_shape_size(p->layer->in);
}

#endif
