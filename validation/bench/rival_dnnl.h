/* rival_dnnl: convolutions by oneDNN, in the layouts that it likes best, as a baseline; a dense layer is
 * one on images of one pixel */
#ifndef TG_VALIDATION_RIVAL_DNNL_H
#define TG_VALIDATION_RIVAL_DNNL_H

#include "validation/bench/bench.h"
#include "validation/bench/rival.h"

#include <dnnl.h>
#include <stdbool.h>

#define RIVAL_NAME "its layers with weights by oneDNN"

void omp_set_num_threads(int n);

/* Forward, to the weights, to the inputs. */
typedef struct rival {
    dnnl_engine_t    engine;
    dnnl_stream_t    stream;
    dnnl_primitive_t way[3];
    dnnl_exec_arg_t  arg[3][4];
    int              args[3];
} rival;

static inline void
rival_must(dnnl_status_t status)
{
    if (status == dnnl_success) return;
    fprintf(stderr, "oneDNN: status %d\n", (int)status);
    exit(1);
}

static inline dnnl_memory_desc_t
rival_md(int n, const dnnl_dims_t dims)
{
    dnnl_memory_desc_t md;

    rival_must(dnnl_memory_desc_init_by_tag(&md, n, dims, dnnl_f32, dnnl_format_tag_any));
    return md;
}

static inline void
rival_argument(rival *r, int way, const_dnnl_primitive_desc_t pd, int name,
               dnnl_query_t what)
{
    const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(pd, what, 0);
    dnnl_memory_t             memory;
    void                     *data;

    rival_must(dnnl_memory_create(&memory, md, r->engine, DNNL_MEMORY_ALLOCATE));
    rival_must(dnnl_memory_get_data_handle(memory, &data));
    for (size_t i = 0; i < dnnl_memory_desc_get_size(md) / sizeof(float); i++)
        ((float *)data)[i] = (float)(i % 17) / 17 - 0.5f;
    r->arg[way][r->args[way]++] = (dnnl_exec_arg_t){ name, memory };
}

static inline void
rival_make(rival *r, const rival_shape *s)
{
    const dnnl_dims_t src = { s->batch, s->in, s->side, s->side },
                      dst = { s->batch, s->out, s->out_side, s->out_side },
                      wei = { s->out, s->in, s->size, s->size },
                      strides = { s->stride, s->stride }, low = { s->pad, s->pad };
    const long        right = (s->out_side - 1) * s->stride + s->size - s->side - s->pad;
    const dnnl_dims_t high = { right, right };
    const dnnl_memory_desc_t x = rival_md(4, src), y = rival_md(4, dst),
                             w = rival_md(4, wei);
    const dnnl_alg_kind_t   direct = dnnl_convolution_auto;
    dnnl_convolution_desc_t d[3];
    dnnl_primitive_desc_t   pd[3];

    *r = (rival){ 0 };
    omp_set_num_threads(1);
    rival_must(dnnl_engine_create(&r->engine, dnnl_cpu, 0));
    rival_must(dnnl_stream_create(&r->stream, r->engine, dnnl_stream_default_flags));
    rival_must(dnnl_convolution_forward_desc_init(&d[0], dnnl_forward_training, direct, &x,
                                                  &w, NULL, &y, strides, low, high));
    rival_must(dnnl_convolution_backward_weights_desc_init(&d[1], direct, &x, &w, NULL, &y,
                                                           strides, low, high));
    rival_must(dnnl_convolution_backward_data_desc_init(&d[2], direct, &x, &w, &y, strides,
                                                        low, high));
    for (int i = 0; i < 3; i++) {
        rival_must(
            dnnl_primitive_desc_create(&pd[i], &d[i], NULL, r->engine, i ? pd[0] : NULL));
        rival_must(dnnl_primitive_create(&r->way[i], pd[i]));
    }
    rival_argument(r, 0, pd[0], DNNL_ARG_SRC, dnnl_query_src_md);
    rival_argument(r, 0, pd[0], DNNL_ARG_WEIGHTS, dnnl_query_weights_md);
    rival_argument(r, 0, pd[0], DNNL_ARG_DST, dnnl_query_dst_md);
    rival_argument(r, 1, pd[1], DNNL_ARG_SRC, dnnl_query_src_md);
    rival_argument(r, 1, pd[1], DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md);
    rival_argument(r, 1, pd[1], DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md);
    rival_argument(r, 2, pd[2], DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md);
    rival_argument(r, 2, pd[2], DNNL_ARG_WEIGHTS, dnnl_query_weights_md);
    rival_argument(r, 2, pd[2], DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md);
    for (int i = 0; i < 3; i++) dnnl_primitive_desc_destroy(pd[i]);
}

static inline void
rival_run(rival *r, bool inputs)
{
    for (int i = 0; i < (inputs ? 3 : 2); i++)
        rival_must(dnnl_primitive_execute(r->way[i], r->stream, r->args[i], r->arg[i]));
    rival_must(dnnl_stream_wait(r->stream));
}

static inline void
rival_free(rival *r)
{
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < r->args[i]; k++) dnnl_memory_destroy(r->arg[i][k].memory);
        dnnl_primitive_destroy(r->way[i]);
    }
    dnnl_stream_destroy(r->stream);
    dnnl_engine_destroy(r->engine);
}

#endif
