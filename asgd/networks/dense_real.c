/* dense: out_o = b_o + sum_i in_i W[i, o], W row-major, then b */
#include "asgd/networks/weights.h"

static tg_status
shape(tg_layer *l)
{
    const size_t inputs = tg_shape_size(l->in), outputs = (size_t)l->param[0];

    l->out = (tg_shape){ 1, 1, outputs };
    l->count = (inputs + 1) * outputs;
    l->share = inputs + outputs;
    return TG_OK;
}

static void
start(const tg_layer *l, tg_rng *g, double *w)
{
    const size_t inputs = tg_shape_size(l->in), outputs = l->out.channels;

    tg_weights_start(g, inputs, inputs * outputs, w);
    memset(w + inputs * outputs, 0, outputs * sizeof *w);
}

static void
forward(const PASS *p)
{
    const size_t inputs = tg_shape_size(p->layer->in), outputs = p->layer->out.channels;
    const tg_multiply q = { .rows = { 1, p->batch },
                            .terms = { 1, inputs },
                            .columns = outputs,
                            .a = p->in,
                            .a_row = { 0, (ptrdiff_t)inputs },
                            .a_term = { 0, 1 },
                            .b = p->w,
                            .b_term = outputs,
                            .c = p->out,
                            .c_row = { 0, (ptrdiff_t)outputs } };

    TG_AS(tg_weights_bias)(p->batch, outputs, p->w + inputs * outputs, p->out);
    TG_AS(tg_multiply)(p->isa, &q);
}

/* dW[i, o] += sum_b in[b, i] dout[b, o] */
static void
weights(const PASS *p)
{
    const size_t inputs = tg_shape_size(p->layer->in), outputs = p->layer->out.channels;
    const tg_multiply q = { .rows = { 1, inputs },
                            .terms = { 1, p->batch },
                            .columns = outputs,
                            .a = p->in,
                            .a_row = { 0, 1 },
                            .a_term = { 0, (ptrdiff_t)inputs },
                            .b = p->dout,
                            .b_term = outputs,
                            .c = p->dw,
                            .c_row = { 0, (ptrdiff_t)outputs } };

    TG_AS(tg_multiply)(p->isa, &q);
    TG_AS(tg_weights_sum)(p->batch, outputs, p->dout, p->dw + inputs * outputs);
}

/* din[b, i] += sum_o W[i, o] dout[b, o], samples side by side: W is read as it lies. */
static void
inputs_of(const PASS *p)
{
    const size_t inputs = tg_shape_size(p->layer->in), outputs = p->layer->out.channels,
                 batch = p->batch;
    real             *turned = p->room, *sum = turned + outputs * batch;
    const tg_multiply q = { .rows = { 1, inputs },
                            .terms = { 1, outputs },
                            .columns = batch,
                            .a = p->w,
                            .a_row = { 0, (ptrdiff_t)outputs },
                            .a_term = { 0, 1 },
                            .b = turned,
                            .b_term = batch,
                            .c = sum,
                            .c_row = { 0, (ptrdiff_t)batch } };

    for (size_t b = 0; b < batch; b++)
        for (size_t o = 0; o < outputs; o++)
            turned[o * batch + b] = p->dout[b * outputs + o];
    memset(sum, 0, inputs * batch * sizeof *sum);
    TG_AS(tg_multiply)(p->isa, &q);
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < inputs; i++) p->din[b * inputs + i] += sum[i * batch + b];
}

static void
backward(const PASS *p)
{
    weights(p);
    if (p->din) inputs_of(p);
}

static const tg_param param[] = {
    { "width", "", "outputs", NAN, 1, 1e6, false, true },
    { 0 },
};

const tg_layer_kind TG_AS(tg_layer_dense) = {
    .is = { "dense", "every output from every input", "", param },
    .shape = shape,
    .start = start,
    .forward = forward,
    .backward = backward,
};
