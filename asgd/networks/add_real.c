/* add: out = in + what went into an earlier layer, or its projection, a window of 1 x 1 without bias
 * Source: He, Zhang, Ren, Sun 2016. */
#include "asgd/networks/convolve.h"
#include "asgd/networks/weights.h"

enum { BACK, PROJECT };

/* The stride with which `also` has the height of `in`. */
static tg_window
window(const tg_layer *l)
{
    const size_t stride = (l->also.height + l->in.height - 1) / l->in.height;

    return (tg_window){ .in = l->also, .out = l->in, .size = 1, .stride = stride };
}

static bool
same(tg_shape a, tg_shape b)
{
    return a.height == b.height && a.width == b.width && a.channels == b.channels;
}

static tg_status
shape(tg_layer *l)
{
    const tg_shape a = l->also, b = l->in;
    tg_window      w = window(l);

    if (l->param[PROJECT] > 0) {
        TG_TRY(tg_window_fit(&w, b.channels));
        l->count = tg_window_weights(&w);
        l->room = tg_window_room(&w);
    }
    if (!same(l->param[PROJECT] > 0 ? w.out : a, b))
        return tg_fail(TG_EDOMAIN, "%zu x %zu x %zu cannot be added to %zu x %zu x %zu%s",
                       a.height, a.width, a.channels, b.height, b.width, b.channels,
                       l->param[PROJECT] > 0 ? "" : "; project: 1 makes it fit");
    return tg_layer_same(l);
}

static void
start(const tg_layer *l, tg_rng *g, double *w)
{
    tg_weights_start(g, l->also.channels, l->count, w);
}

static void
forward(const PASS *p)
{
    const tg_window w = window(p->layer);
    const size_t    n = TG_AS(tg_pass_size)(p);

    if (p->layer->count > 0) {
        memcpy(p->out, p->in, n * sizeof *p->out);
        TG_AS(tg_convolve)(&w, p, p->w, p->also, p->out);
    } else
        for (size_t i = 0; i < n; i++) p->out[i] = p->in[i] + p->also[i];
}

static void
backward(const PASS *p)
{
    const tg_window w = window(p->layer);
    const size_t    n = TG_AS(tg_pass_size)(p);

    for (size_t i = 0; p->din && i < n; i++) p->din[i] += p->dout[i];
    if (p->layer->count > 0) {
        TG_AS(tg_convolve_weights)(&w, p, p->also, p->dout, p->dw);
        if (p->dalso) TG_AS(tg_convolve_inputs)(&w, p, p->w, p->dout, p->dalso);
    } else
        for (size_t i = 0; p->dalso && i < n; i++) p->dalso[i] += p->dout[i];
}

static const tg_param param[] = {
    { "back", "", "what went into the layer so many before this one is added", NAN, 1, 1000,
      false, true },
    { "project", "", "1: through weights that make its shape fit", 0, 0, 1, false, true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_add) = {
    .is = { "add", "a residual: what went into an earlier layer is added",
            "He, Zhang, Ren, Sun 2016", param },
    .shape = shape,
    .start = start,
    .forward = forward,
    .backward = backward,
};
