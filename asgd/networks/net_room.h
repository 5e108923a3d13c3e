/* net_room: what the files of a network share. Private. */
#ifndef TG_ASGD_NETWORKS_NET_ROOM_H
#define TG_ASGD_NETWORKS_NET_ROOM_H

#include "asgd/networks/net.h"

typedef struct tg_net_self {
    tg_net     n;
    tg_dataset owners;       /* who owns which samples, nothing else */
    size_t     together;     /* samples that pass at once */
    float     *mean, *scale; /* (width, channels): of a line of pixels */
} tg_net_self;

/* The pixels of a sample as numbers, (shape). */
void tg_net_see(const tg_net_self *s, const tg_images *d, size_t sample, float *out);

/* Fill mean and scale, by the training images. */
void tg_net_standardise(tg_net_self *s);

/* The stream of the N(0, 1) numbers that a sample always has, of which its network takes some. */
tg_rng tg_net_noise(const tg_net_self *s, const tg_images *d, size_t sample);

/* As tg_net_curve(). */
TG_CHECKED tg_status tg_net_sums(const tg_net_self *self, const double *x, const double *v,
                                 double *loss, double *g, double *hv);

#endif
