/* place: a layer of a network in its place: what goes in and out, and where its parameters are
 *
 * Activations are (batch, height, width, channels), channels last.
 */
#ifndef TG_ASGD_NETWORKS_PLACE_H
#define TG_ASGD_NETWORKS_PLACE_H

#include "core/kind.h"

typedef struct tg_shape {
    size_t height, width, channels;
} tg_shape;

static inline size_t
tg_shape_size(tg_shape s)
{
    return s.height * s.width * s.channels;
}

/* A layer in its place. */
typedef struct tg_layer {
    size_t   kind; /* place in the registry */
    double   param[TG_MOST_PARAMS];
    size_t   from; /* of add and image_loss: how many layers come before what is added */
    tg_shape in, also, out; /* also: what is added */
    size_t   first, count;  /* its parameters in the flat vector */
    size_t   kept;          /* numbers a sample that forward leaves to backward */
    size_t   room, share;   /* scratch: numbers, and those a sample */
    size_t noise, draws; /* of a sample's N(0, 1) numbers: where its own begin, how many */
} tg_layer;

/* What layers there are; the same for each kind of number. */
extern const tg_kind *const tg_layers_single[], *const tg_layers_double[],
                                                    *const tg_layers_dual[];

#endif
