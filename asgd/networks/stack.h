/* stack: layers on one another, laid out in a flat vector of parameters and in memory
 *
 * The last layer is a loss. Layer i gets what layer i - 1 gives out, the first one the data.
 */
#ifndef TG_ASGD_NETWORKS_STACK_H
#define TG_ASGD_NETWORKS_STACK_H

#include "asgd/networks/place.h"
#include "core/isa.h"

#include <complex.h>
#include <stdint.h>

typedef struct tg_stack {
    size_t    layers, dim, classes;
    tg_layer *layer;              /* (layers) */
    size_t   *out, *kept, *slope; /* (layers) where each has its numbers, a sample */
    bool     *shared;             /* (layers) whether an add takes its output too */
    size_t    values, slopes, share, scratch; /* numbers a sample in all; scratch: apart */
    size_t    noise;                          /* N(0, 1) numbers that a sample takes */
    bool      image; /* its loss compares with the image, not with the label */
    double    work;  /* multiply-adds of a forward pass of a sample */
} tg_stack;

/* Lay out layers, choices of tg_layers_single, for images of this shape and so many classes.
 * Owner of *out: the caller, tg_stack_free().
 * Errors: TG_EDOMAIN they do not fit: which, and both shapes; a loss that is not the last, or
 * gets another number of classes; TG_ENOMEM. */
TG_CHECKED tg_status tg_stack_create(tg_shape in, size_t classes, const tg_choice *layer,
                                     size_t layers, tg_stack **out);
void                 tg_stack_free(tg_stack *s);

/* Initial parameters w (dim), of this seed. */
void tg_stack_start(const tg_stack *s, uint64_t seed, double *w);

/* Numbers of room that the passes need for a batch. */
size_t tg_stack_room(const tg_stack *s, size_t batch);

/* A batch and where it is worked on. After a stop request passes end early, with numbers that mean
 * nothing. */
#define TG_STACK_PASSES(name, number)                                                        \
    typedef struct tg_stack_batch_##name {                                                   \
        tg_isa         isa;                                                                  \
        size_t         batch;                                                                \
        const number  *w, *in; /* (dim), (batch, shape) */                                   \
        const uint8_t *label;  /* (batch) */                                                 \
        number        *room;   /* tg_stack_room() */                                         \
        const number  *noise;  /* (batch, noise); NULL: it takes none */                     \
    } tg_stack_batch_##name;                                                                 \
    /* The losses, (batch), and what goes into the loss, (batch, its shape); in the room. */ \
    const number *tg_stack_forward_##name(const tg_stack              *s,                    \
                                          const tg_stack_batch_##name *b);                   \
    const number *tg_stack_before_##name(const tg_stack              *s,                     \
                                         const tg_stack_batch_##name *b);                    \
    /* After it: dw (dim) += the derivative of their mean. */                                \
    void tg_stack_backward_##name(const tg_stack *s, const tg_stack_batch_##name *b,         \
                                  number *dw)

TG_STACK_PASSES(single, float);
TG_STACK_PASSES(double, double);
TG_STACK_PASSES(dual, double complex);

#endif
