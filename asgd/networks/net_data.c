/* net_data: the images that a network sees */
#include "asgd/networks/net_room.h"

#include <math.h>

void
tg_net_see(const tg_net_self *s, const tg_images *d, size_t sample, float *out)
{
    const size_t   line = d->shape.width * d->shape.channels;
    const uint8_t *pixel = d->pixel + sample * d->shape.height * line;

    for (size_t y = 0; y < d->shape.height; y++, pixel += line, out += line)
        for (size_t i = 0; i < line; i++)
            out[i] = ((float)pixel[i] - s->mean[i]) * s->scale[i];
}

tg_rng
tg_net_noise(const tg_net_self *s, const tg_images *d, size_t sample)
{
    const uint64_t seed = tg_rng_mix(s->n.seed, TG_PURPOSE_NOISE);

    return tg_rng_stream(d == &s->n.test ? ~seed : seed, TG_PURPOSE_DATA, sample);
}

/* Mean and deviation of each channel, over whole numbers; a channel of one value stays 0. */
void
tg_net_standardise(tg_net_self *s)
{
    const tg_images *d = &s->n.train;
    const size_t     channels = d->shape.channels, line = d->shape.width * channels;
    const size_t     n = d->samples * d->shape.height * d->shape.width;

    for (size_t c = 0; c < channels; c++) {
        uint64_t sum = 0, square = 0;
        for (size_t i = 0; i < n; i++) {
            const uint64_t v = d->pixel[i * channels + c];
            sum += v;
            square += v * v;
        }
        const double m = (double)sum / (double)n, v = (double)square / (double)n - m * m;
        for (size_t i = c; i < line; i += channels) {
            s->mean[i] = (float)m;
            s->scale[i] = v > 0 ? (float)(1 / sqrt(v)) : 0;
        }
    }
}
