/* net: a neural network on labelled images, as a problem of the simulator
 *
 *     F(x) = mean over the samples of the loss of the network with parameters x
 *
 * x is flat, layer after layer (stack.h). The network computes in float, the server in double;
 * a worker's gradient is of `batch` of its own samples, drawn with replacement, or of all of them
 * (batch 0). F is over the first `measured` samples, the score the share of the test images that
 * are classified right. Pixels are (byte - mean)/deviation, both of the channel over the training
 * images. A network with a gaussian layer draws N(0, 1) numbers for each sample of a minibatch after it,
 * from the stream of its job; a sample of F, and of a gradient of batch 0, always has the same. Of a
 * network with image_loss the score is 1 - sum |x - y|^2 / sum x^2 over the test images x and what it
 * makes of them.
 */
#ifndef TG_ASGD_NETWORKS_NET_H
#define TG_ASGD_NETWORKS_NET_H

#include "asgd/networks/images.h"
#include "asgd/networks/stack.h"
#include "asgd/problems/dataset.h"
#include "asgd/problems/problem.h"

typedef struct tg_net {
    tg_images train, test; /* test.samples 0: no score */
    tg_stack *stack;
    size_t    workers, batch, measured; /* 0 of the last two: all */
    tg_choice split;
    uint64_t  seed;
    tg_isa    isa; /* TG_ISA_BEST but for tests */
} tg_net;

/* The problem; images and stack are taken, *n is then empty. Owner of *out: the caller,
 * tg_problem_free(). Errors: TG_EDOMAIN workers 0, fewer samples than workers, another
 * shape than the stack's; TG_EINPUT a class without samples; TG_ENOMEM. On failure they still
 * belong to the caller. */
TG_CHECKED tg_status tg_problem_network(tg_net *n, tg_problem **out);

/* At x in double, through every sample that F is over, in fixed pieces over threads: F, its
 * gradient g, and hv = H v, H the exact Hessian, by duals (real.h). All (dim) but loss, of which
 * any may be NULL. Errors: TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_net_curve(const tg_problem *p, const double *x, const double *v,
                                  double *loss, double *g, double *hv);

#endif
