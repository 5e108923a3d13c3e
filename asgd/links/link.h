/* link: the way between the workers and the server
 *
 * A transfer has a size, the time that it takes alone: a draw of its law, or
 *
 *     bytes compression / bandwidth
 *
 * Those that have come are served in the order of coming, at most `most` at once, and each of n
 * that are served moves on at the rate r(n) <= 1; the others wait. What has left the link arrives
 * `latency` later, which keeps nobody waiting.
 */
#ifndef TG_ASGD_LINKS_LINK_H
#define TG_ASGD_LINKS_LINK_H

#include "core/delay.h"
#include "core/kind.h"

typedef struct tg_link {
    tg_choice       kind;        /* of tg_links; NULL: as `none` */
    const tg_delay *transfer;    /* borrowed [time]; NULL: by bytes */
    double          bytes;       /* of what is sent, before compression */
    double          compression; /* factor of the bytes; 0: they are sent as they are */
    double          bandwidth;   /* [bytes/time]; 0: as much as one likes */
    double          latency;     /* [time] */
} tg_link;

typedef struct tg_link_kind {
    tg_kind is;
    double (*most)(const double *param);           /* served at once; inf: all */
    double (*rate)(const double *param, double n); /* r(n) > 0, n >= 1 */
} tg_link_kind;

extern const tg_kind *const tg_links[]; /* heads of tg_link_kind, NULL-terminated */

/* The link of that name. Errors: TG_EINPUT, with the nearest name. */
TG_CHECKED tg_status tg_link_find(const char *name, tg_choice *out);

/* Whether a transfer takes any time, so that there is something to simulate. */
bool tg_link_takes_time(const tg_link *l);

double tg_link_bytes(const tg_link *l); /* of a transfer, compressed */

/* The size of a transfer [time]; what it draws comes from g. */
double tg_link_size(const tg_link *l, tg_rng *g);

/* Errors: TG_EDOMAIN parameters out of range, a link on which transfers wait for each other and
 * neither law nor bandwidth. */
TG_CHECKED tg_status tg_link_check(const tg_link *l);

extern const tg_link_kind tg_link_none, tg_link_fifo, tg_link_shared;

#endif
