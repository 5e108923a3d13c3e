/* convolve: a window that moves over images, as products (multiply.h)
 *
 *     out[y, x, o] += sum_{u, v, i} in[s y + u - pad, s x + v - pad, i] W[u, v, i, o]
 *
 * Terms go by u, v, i, zeros around the image among them; those of dW by y, x; those of din by
 * the out that see it, y, x, o rising. One image after the other, whose border is laid around a
 * copy in `room`. Private.
 */
#ifndef TG_ASGD_NETWORKS_CONVOLVE_H
#define TG_ASGD_NETWORKS_CONVOLVE_H

#include "asgd/networks/layer.h"

typedef struct tg_window {
    tg_shape in, out;
    size_t   size, stride, pad;
} tg_window;

/* The shape of what comes out. Errors: TG_EDOMAIN the window does not fit into the image. */
TG_CHECKED tg_status tg_window_fit(tg_window *w, size_t channels);
size_t               tg_window_weights(const tg_window *w);
size_t               tg_window_room(const tg_window *w); /* numbers */

/* Each adds to its last argument but `room`; weights (size, size, channels, channels). */
void TG_AS(tg_convolve)(const tg_window *w, const PASS *p, const real *weight,
                        const real *in, real *out);
void TG_AS(tg_convolve_weights)(const tg_window *w, const PASS *p, const real *in,
                                const real *dout, real *dweight);
void TG_AS(tg_convolve_inputs)(const tg_window *w, const PASS *p, const real *weight,
                               const real *dout, real *din);

#endif
