#include "asgd/theory/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096, BINS = 10, ROUNDS = 200 };

/* A way between workers and server. */
typedef struct way {
    bool      there, waits; /* takes time; transfers wait for each other */
    bool      shared;
    double    size, cv2; /* of a transfer alone: mean [time], CV^2 */
    double    servers, latency;
    tg_delay *alone;      /* its law; owned; NULL: it takes none */
    double   *X, *found;  /* (P + 1) ln X_j; pi_j(P - 1) */
    double    time, busy; /* mean on the way without latency; share */
} way;

/* ---- ways ---------------------------------------------------------------------------- */

static tg_status
open_way(const tg_link *l, size_t P, way *w)
{
    *w = (way){ .there = tg_link_takes_time(l), .latency = l->latency };
    if (!w->there) return TG_OK;
    if (l->transfer) {
        w->alone = tg_delay_keep(l->transfer);
    } else if (l->bandwidth > 0 && tg_link_bytes(l) > 0) {
        const double size = tg_link_bytes(l) / l->bandwidth;
        TG_TRY(tg_delay_create("constant", &size, &w->alone));
    }
    if (!w->alone) return TG_OK;
    w->size = w->time = tg_delay_mean(w->alone);
    w->cv2 = tg_delay_variance(w->alone) / (w->size * w->size);
    w->waits = l->kind.kind && l->kind.kind != &tg_link_none.is;
    if (!w->waits) return TG_OK;
    w->shared = l->kind.kind == &tg_link_shared.is;
    w->servers = l->kind.param[0];
    if (P > MOST)
        return tg_fail(TG_EDOMAIN, "a shared link is known of up to %d workers, got %zu",
                       MOST, P);
    w->X = malloc(2 * (P + 1) * sizeof *w->X);
    if (!w->X) return tg_fail(TG_ENOMEM, "out of memory");
    w->found = w->X + P + 1;
    w->X[0] = 0;
    for (size_t j = 1; j <= P; j++)
        w->X[j] = w->X[j - 1] + log(w->size / fmin((double)j, w->servers));
    return TG_OK;
}

static void
close_way(way *w)
{
    tg_delay_free(w->alone);
    free(w->X);
}

/* ---- product form -------------------------------------------------------------------- */

/* ln sum_i exp(a_i + b_{n-i}). */
static double
convolved(const double *a, const double *b, size_t n)
{
    double most = -INFINITY, sum = 0;

    for (size_t i = 0; i <= n; i++) most = fmax(most, a[i] + b[n - i]);
    for (size_t i = 0; i <= n; i++) sum += exp(a[i] + b[n - i] - most);
    return most + log(sum);
}

/* ln G of computing (mean Z) and another way (NULL: none), 0 .. P. */
static void
others(double Z, const way *w, size_t P, double *own, double *G)
{
    own[0] = 0;
    for (size_t j = 1; j <= P; j++) own[j] = own[j - 1] + log(Z / (double)j);
    for (size_t n = 0; n <= P; n++) G[n] = w && w->waits ? convolved(own, w->X, n) : own[n];
}

/* Mean time on a way of one server, met with a transfer under way of which (1 + CV^2)/2 is left: exact
 * for exponential ones (Reiser, Lavenberg 1980; the remainder: Reiser 1979). */
static double
time_of_one(const way *w, double Z, size_t P)
{
    double queue = 0, busy = 0, time = 0;

    for (size_t n = 1; n <= P; n++) {
        const double N = (double)n;
        time = w->size * (1 + queue - busy * (1 - w->cv2) / 2);
        time = fmax(time, fmax(N * w->size - Z, w->size));
        queue = N / (Z + time) * time;
        busy = N / (Z + time) * w->size;
    }
    return time;
}

/* pi_j(P - 1) of a way into found, its mean time and share; Z: computing, without the other way. */
static void
solve_way(way *w, const double *rest, double Z, size_t P)
{
    const double all = convolved(w->X, rest, P), less = convolved(w->X, rest, P - 1);
    const double lambda = exp(less - all);
    double       time = 0, serving = 0;

    for (size_t j = 0; j < P; j++) {
        const double n = (double)j + 1;
        w->found[j] = exp(w->X[j] + rest[P - 1 - j] - less);
        time += w->found[j] * w->size * fmax(n / w->servers, 1);
    }
    serving = lambda * w->size / fmin(w->servers, (double)P);
    w->busy = fmin(serving, 1);
    const double wait = time - w->size;
    w->time = w->size + wait * (w->shared ? 1 : 1 - (1 - w->cv2) / 2 * (1 - w->busy));
    if (!w->shared && w->servers == 1) w->time = time_of_one(w, Z, P);
}

/* Both ways, for workers that otherwise take Z. */
static tg_status
solve(double Z, way *up, way *down, size_t P)
{
    double *own = malloc(2 * (P + 1) * sizeof *own), *G = own + P + 1;

    if (!own) return tg_fail(TG_ENOMEM, "out of memory");
    if (up->waits) {
        others(Z, down, P, own, G);
        solve_way(up, G, Z + (down->waits ? down->time : 0), P);
    }
    if (down->waits) {
        others(Z, up, P, own, G);
        solve_way(down, G, Z + (up->waits ? up->time : 0), P);
    }
    free(own);
    return TG_OK;
}

/* Deliveries where every group's worker takes `more` beside its own job. */
static double
rate_with(const tg_cluster *c, double more)
{
    double sum = 0;

    for (size_t g = 0; g < c->groups; g++)
        sum += (double)c->count[g] / (tg_delay_mean(c->law[g]) + more);
    return sum;
}

/* What the workers of one mean would compute, so that all deliver as the groups do. */
static tg_status
find_point(const tg_cluster *c, way *up, way *down, tg_network *n)
{
    const double P = (double)c->workers;
    double       apart = up->latency + down->latency;

    if (!up->waits) apart += up->size;
    if (!down->waits) apart += down->size;
    double Z = 0;
    for (size_t g = 0; g < c->groups; g++)
        Z += (double)c->count[g] / P * (tg_delay_mean(c->law[g]) + apart);
    for (int i = 0; i < ROUNDS && (up->waits || down->waits); i++) {
        TG_TRY(solve(Z, up, down, c->workers));
        const double wait = (up->waits ? up->time : 0) + (down->waits ? down->time : 0);
        const double next = P / rate_with(c, apart + wait) - wait, moved = next / Z - 1;
        Z = next;
        if (fabs(moved) < 1e-10) break;
    }
    n->up = up->there ? up->time + up->latency : 0;
    n->down = down->there ? down->time + down->latency : 0;
    n->rate = rate_with(c, n->up + n->down);
    n->busy = fmax(up->busy, down->busy);
    return TG_OK;
}

/* ---- laws ---------------------------------------------------------------------------- */

/* Mean and variance of the time on the way behind j others. */
static void
behind(const way *w, double j, double *mean, double *variance)
{
    const double queue = fmax(j - w->servers + 1, 0), u = w->size;

    if (w->shared) {
        *mean = u * fmax((j + 1) / w->servers, 1);
        *variance = *mean * *mean;
        return;
    }
    *mean = u + queue * u / w->servers;
    *variance = w->cv2 * u * u + queue * w->cv2 * u * u / (w->servers * w->servers);
}

/* A gamma law of this mean and variance; a constant where it has none. */
static tg_status
law_of(double mean, double variance, tg_delay **out)
{
    const double cv2 = variance / (mean * mean);

    if (cv2 < 2e-6) return tg_delay_create("constant", &mean, out);
    return tg_delay_create("gamma", (const double[]){ fmin(1 / cv2, 1e5), mean }, out);
}

/* The time on the way: a mixture of gamma laws over how many are found, in bins of about even
 * probability, brought to the mean. */
static tg_status
law_of_way(const way *w, size_t P, tg_delay **out)
{
    tg_delay *part[BINS + 1] = { NULL };
    double    weight[BINS + 1] = { 0 };
    size_t    n = 0, j = 0;
    tg_status status = TG_OK;

    while (j < P && n <= BINS && status == TG_OK) {
        double p = 0, first = 0, second = 0, mean, variance;
        for (; j < P && (p < 1. / BINS || n == BINS); j++) {
            behind(w, (double)j, &mean, &variance);
            p += w->found[j];
            first += w->found[j] * mean;
            second += w->found[j] * (variance + mean * mean);
        }
        if (!(p > 1e-12)) continue;
        mean = first / p;
        weight[n] = p;
        status = law_of(mean, fmax(second / p - mean * mean, 0), &part[n]);
        n += status == TG_OK;
    }
    tg_delay *all = NULL;
    if (status == TG_OK)
        status = tg_delay_mixture((const tg_delay *const *)part, weight, n, &all);
    if (status == TG_OK) status = tg_delay_scaled(all, w->time / tg_delay_mean(all), out);
    tg_delay_free(all);
    for (size_t i = 0; i < n; i++) tg_delay_free(part[i]);
    return status;
}

/* The way's law, latency apart, or none. */
static tg_status
make_way(const way *w, size_t P, tg_delay **out)
{
    if (!w->alone) return TG_OK;
    if (w->waits) return law_of_way(w, P, out);
    *out = tg_delay_keep(w->alone);
    return TG_OK;
}

/* The sum of a group's own law and of what there is of the others (3). */
static tg_status
add_up(const tg_delay *own, tg_delay *const other[3], tg_delay **out)
{
    const tg_delay *part[4] = { own };
    size_t          n = 1;

    for (size_t i = 0; i < 3; i++)
        if (other[i]) part[n++] = other[i];
    if (n > 1) return tg_delay_sum(part, n, out);
    *out = tg_delay_keep(own);
    return TG_OK;
}

static tg_status
make_cluster(const tg_cluster *c, const way *up, const way *down, tg_cluster **out)
{
    const double latency = up->latency + down->latency;
    tg_delay    *other[3] = { NULL }, **law = calloc(c->groups, sizeof *law);

    tg_status status = law ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = make_way(up, c->workers, &other[0]);
    if (status == TG_OK) status = make_way(down, c->workers, &other[1]);
    if (status == TG_OK && latency > 0)
        status = tg_delay_create("constant", &latency, &other[2]);
    for (size_t g = 0; g < c->groups && status == TG_OK; g++)
        status = add_up(c->law[g], other, &law[g]);
    if (status == TG_OK)
        status = tg_cluster_create(c->groups, c->count, law, c->together, out);
    for (size_t g = 0; law && g < c->groups; g++) tg_delay_free(law[g]);
    for (int i = 0; i < 3; i++) tg_delay_free(other[i]);
    free(law);
    return status;
}

/* Round trips through a station that is busy are not independent: .03 of them, whatever the law. Of other
 * laws than the exponential, where processors are shared and of groups more, as far as the way is a part
 * of the round, most where the station is half busy; held against simulations of constant, gamma and
 * exponential transfers. */
static double
doubt_of(const way *w, double round, size_t groups)
{
    const double other = fmin(fabs(1 - w->cv2), 1);

    double part = other * (0.03 + 0.1 * (1 - w->busy));

    if (w->shared) part += other * 0.25 * w->busy;
    if (w->shared || groups > 1) part += 0.02;
    return 0.03 * w->busy * w->busy + w->time / round * part;
}

/* Round trips of c through what workers `between` make of the ways, which compute for as long from one transfer to the
 * next. */
static tg_status
make_network(const tg_cluster *c, const tg_cluster *between, const tg_link *up,
             const tg_link *down, tg_cluster **out, tg_network *network)
{
    way        ways[2] = { { 0 } };
    tg_network n = { 0 };

    if (!tg_cluster_renews(c))
        return tg_fail(TG_EDOMAIN, "a network is known of workers that renew");
    tg_status status = open_way(up, c->workers, &ways[0]);
    if (status == TG_OK) status = open_way(down, c->workers, &ways[1]);
    if (status == TG_OK) status = find_point(between, &ways[0], &ways[1], &n);
    if (status == TG_OK) status = make_cluster(c, &ways[0], &ways[1], out);
    for (int i = 0; i < 2; i++)
        if (ways[i].waits)
            n.doubt += doubt_of(&ways[i], (double)c->workers / n.rate, c->groups);
    close_way(&ways[0]);
    close_way(&ways[1]);
    if (status == TG_OK) *network = n;
    return status;
}

tg_status
tg_network_cluster(const tg_cluster *c, const tg_link *up, const tg_link *down,
                   tg_cluster **out, tg_network *network)
{
    return make_network(c, c, up, down, out, network);
}

tg_status
tg_network_thinned(const tg_cluster *c, const tg_link *up, double share, tg_cluster **out,
                   tg_network *network)
{
    const tg_link none = { 0 };
    tg_delay    **law = calloc(c->groups, sizeof *law);
    tg_cluster   *between = NULL;

    tg_status status = law ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->groups && status == TG_OK; g++)
        status = tg_delay_scaled(c->law[g], 1 / share, &law[g]);
    if (status == TG_OK)
        status = tg_cluster_create(c->groups, c->count, law, c->together, &between);
    if (status == TG_OK) status = make_network(c, between, up, &none, out, network);
    for (size_t g = 0; law && g < c->groups; g++) tg_delay_free(law[g]);
    free(law);
    tg_cluster_free(between);
    return status;
}
