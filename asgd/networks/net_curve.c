/* net_curve: the exact gradient and curvature of a network over its samples */
#include "asgd/networks/net_room.h"
#include "asgd/networks/real.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 16 };

/* One sum over all samples, in pieces that do not depend on threads. */
typedef struct sum {
    const tg_net_self *self;
    double complex    *w; /* (dim) */
    double complex    *g; /* (PIECES, dim) */
    double             loss[PIECES];
} sum;

typedef struct room {
    double complex *in, *noise, *room, *dw;
    float          *image;
    uint8_t        *label;
} room;

static void
close_room(room *r)
{
    free(r->in);
    free(r->noise);
    free(r->room);
    free(r->dw);
    free(r->image);
    free(r->label);
}

/* Few enough that what lies between the layers stays near. */
static size_t
together_of(const tg_net_self *s)
{
    enum { MOST = 64 };

    return s->together < MOST ? s->together : MOST;
}

static bool
open_room(const tg_net_self *self, room *r)
{
    const tg_net *n = &self->n;
    const size_t  size = tg_shape_size(n->train.shape), together = together_of(self);

    *r = (room){ .in = malloc(together * size * sizeof *r->in),
                 .noise = malloc((together * n->stack->noise + 1) * sizeof *r->noise),
                 .room = malloc(tg_stack_room(n->stack, together) * sizeof *r->room),
                 .dw = malloc(n->stack->dim * sizeof *r->dw),
                 .image = malloc(size * sizeof *r->image),
                 .label = malloc(together) };
    return r->in && r->noise && r->room && r->dw && r->image && r->label;
}

static void
add_batch(sum *s, const room *r, size_t piece, size_t first, size_t batch)
{
    const tg_net             *n = &s->self->n;
    const size_t              size = tg_shape_size(n->train.shape), dim = n->stack->dim;
    const double              share = 1 / (double)n->measured;
    const tg_stack_batch_dual b = { .isa = n->isa,
                                    .batch = batch,
                                    .w = s->w,
                                    .in = r->in,
                                    .label = r->label,
                                    .noise = r->noise,
                                    .room = r->room };

    for (size_t k = 0; k < batch; k++) {
        tg_net_see(s->self, &n->train, first + k, r->image);
        for (size_t i = 0; i < size; i++) r->in[k * size + i] = (double)r->image[i];
        r->label[k] = n->train.label[first + k];
        tg_rng g = tg_net_noise(s->self, &n->train, first + k);
        for (size_t i = 0; i < n->stack->noise; i++)
            r->noise[k * n->stack->noise + i] = (double)(float)tg_rng_normal(&g);
    }
    memset(r->dw, 0, dim * sizeof *r->dw);
    const double complex *loss = tg_stack_forward_dual(n->stack, &b);
    for (size_t k = 0; k < batch; k++) s->loss[piece] += share * creal(loss[k]);
    tg_stack_backward_dual(n->stack, &b, r->dw);
    for (size_t j = 0; j < dim; j++)
        s->g[piece * dim + j] += share * (double)batch * r->dw[j];
}

static tg_status
add_piece(size_t piece, size_t thread, void *context)
{
    sum               *s = context;
    const tg_net_self *self = s->self;
    const size_t       together = together_of(self);
    const size_t       from = piece * self->n.measured / PIECES,
                 to = (piece + 1) * self->n.measured / PIECES;
    tg_status status = TG_OK;
    room      r;

    (void)thread;
    if (!open_room(self, &r)) status = tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = from, batch; status == TG_OK && i < to; i += batch) {
        batch = to - i < together ? to - i : together;
        add_batch(s, &r, piece, i, batch);
        status = tg_stop_check();
    }
    close_room(&r);
    return status;
}

static void
hand_out(const sum *s, size_t dim, double *loss, double *g, double *hv)
{
    if (loss) *loss = 0;
    for (size_t i = 0; loss && i < PIECES; i++) *loss += s->loss[i];
    for (size_t j = 0; j < dim; j++) {
        double complex all = 0;
        for (size_t i = 0; i < PIECES; i++) all += s->g[i * dim + j];
        if (g) g[j] = creal(all);
        if (hv) hv[j] = cimag(all) / TG_DUAL;
    }
}

tg_status
tg_net_sums(const tg_net_self *self, const double *x, const double *v, double *loss,
            double *g, double *hv)
{
    const size_t dim = self->n.stack->dim;
    sum          s = { .self = self,
                       .w = malloc(dim * sizeof *s.w),
                       .g = calloc(PIECES * dim, sizeof *s.g) };
    tg_status    status = s.w && s.g ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t j = 0; status == TG_OK && j < dim; j++)
        s.w[j] = complex_of(x[j], v ? TG_DUAL * v[j] : 0);
    if (status == TG_OK) status = tg_parallel_run(PIECES, 0, add_piece, &s, NULL);
    if (status == TG_OK) hand_out(&s, dim, loss, g, hv);
    free(s.w);
    free(s.g);
    return status;
}

tg_status
tg_net_curve(const tg_problem *p, const double *x, const double *v, double *loss, double *g,
             double *hv)
{
    return tg_net_sums(p->self, x, v, loss, g, hv);
}
