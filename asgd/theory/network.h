/* network: workers behind a shared uplink or downlink, as workers that renew by their round trip
 *
 * Jobs go round: compute (everybody for himself, any law), the way to the server, the way back. Where
 * transfers are exponential, served in order by c servers or shared at min(1, c/j) each, the network has
 * product form and does not know the shapes of what is computed (Baskett, Chandy, Muntz, Palacios 1975):
 *
 *     pi_j(P) = X_j G_{P-j}/G_P,    X_j = prod_{i<=j} u/min(i, c),    lambda(P) = G_{P-1}/G_P
 *
 * with G the convolution of the stations, Z^j/j! for what nobody waits for. Who arrives finds pi(P - 1)
 * (arrival theorem), so behind j < c others a transfer takes exp(u), else the time of j - c + 1 departures
 * at rate c/u more (theory 7). Transfers of another law: what is waited is (1 + CV^2)/2 of that as far
 * as the station is not busy, which is exact for an open queue and for a full one (here). Groups see
 * one network of their mean, at a fixed point. The round trips are taken as independent. */
#ifndef TG_ASGD_NETWORK_H
#define TG_ASGD_NETWORK_H

#include "asgd/links/link.h"
#include "asgd/sim/cluster.h"
#include "core/status.h"

typedef struct tg_network {
    double rate;     /* lambda: deliveries [1/time] */
    double up, down; /* mean times on the way, latency with them [time] */
    double busy;     /* the larger share of time that a server of a link is busy */
    double doubt;    /* what product form may miss of a round trip, relative */
} tg_network;

/* The cluster whose laws are the round trips of c, into *out (owner: the caller), and what is known of
 * the network. Errors: TG_EDOMAIN workers that do not renew, more than 4096 where they wait for each
 * other; TG_ENOMEM. */
TG_CHECKED tg_status tg_network_cluster(const tg_cluster *c, const tg_link *up,
                                        const tg_link *down, tg_cluster **out,
                                        tg_network *network);

/* The same where only this share > 0 of what is computed goes up, at random: a worker computes for as many times
 * longer between two transfers. *out: round trips of what is sent; network->rate: of what is sent. */
TG_CHECKED tg_status tg_network_thinned(const tg_cluster *c, const tg_link *up,
                                        double share, tg_cluster **out,
                                        tg_network *network);

#endif
