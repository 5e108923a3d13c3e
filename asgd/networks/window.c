/* window: what a window needs, whatever the numbers (asgd/networks/convolve.h) */
#include "asgd/networks/convolve.h"

tg_status
tg_window_fit(tg_window *w, size_t channels)
{
    const size_t height = w->in.height + 2 * w->pad, width = w->in.width + 2 * w->pad;

    if (height < w->size || width < w->size)
        return tg_fail(TG_EDOMAIN, "a window of %zu x %zu does not fit into %zu x %zu",
                       w->size, w->size, height, width);
    if (w->pad >= w->size)
        return tg_fail(TG_EDOMAIN, "pad must be below the window's size %zu, got %zu",
                       w->size, w->pad);
    w->out = (tg_shape){ (height - w->size) / w->stride + 1,
                         (width - w->size) / w->stride + 1, channels };
    return TG_OK;
}

size_t
tg_window_weights(const tg_window *w)
{
    return w->size * w->size * w->in.channels * w->out.channels;
}

/* An image with its border, in or out; the weights turned round. */
size_t
tg_window_room(const tg_window *w)
{
    const size_t in =
        (w->in.height + 2 * w->pad) * (w->in.width + 2 * w->pad) * w->in.channels;
    const size_t around = 2 * w->size + w->pad;
    const size_t out = (w->out.height + around) * (w->out.width + around) * w->out.channels;

    return (in > out ? in : out) + tg_window_weights(w);
}
