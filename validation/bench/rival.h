/* rival: what a layer with weights is for who computes it as a baseline: square windows over images; a
 * dense layer sees images of one pixel */
#ifndef TG_VALIDATION_RIVAL_H
#define TG_VALIDATION_RIVAL_H

typedef struct rival_shape {
    long batch, side, in, out, size, stride, pad, out_side;
} rival_shape;

#endif
