#include "asgd/theory/assigned.h"

#include "asgd/theory/queue.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FINE = 24, MOST = 4096, BINS = 9 };
static const double REST = 60;      /* mean times of a job until queues are at rest */
static const double FULLEST = 0.92; /* share of the time that the slowest is busy */
#define PILING "jobs pile up with the slow workers; they are simulated"

typedef struct net {
    tg_queue *q; /* (groups) */
    size_t    groups;
    bool      shuffled;
    double    dt, done, u; /* done: deliveries of a worker in this step */
} net;

/* ---- a step -------------------------------------------------------------------------- */

/* Jobs for this share of the workers. */
static void
assign(net *n, double jobs)
{
    const double left = 1 - n->u, chance = n->shuffled ? fmin(jobs / left, 1) : jobs;

    for (size_t g = 0; g < n->groups; g++) tg_queue_give(&n->q[g], 0, n->shuffled, chance);
    if (!n->shuffled) return;
    n->u += jobs;
    if (n->u < 1 - 1e-12) return;
    n->u -= 1;
    for (size_t g = 0; g < n->groups; g++) {
        tg_queue_turn(&n->q[g]);
        tg_queue_give(&n->q[g], 0, 1, n->u);
    }
}

/* Half of what a step ends is given out before it, half after it. */
static void
advance(net *n)
{
    assign(n, n->done / 2);
    n->done = 0;
    for (size_t g = 0; g < n->groups; g++)
        n->done += n->q[g].share * tg_queue_work(&n->q[g]);
    assign(n, n->done / 2);
}

/* ---- what is found ------------------------------------------------------------------- */

/* ln of sums over how n stations of these mean times share 0 .. n jobs. */
static tg_status
closed_sums(const tg_cluster *c, double **out)
{
    const size_t n = c->workers;
    double      *G = calloc(n + 1, sizeof *G), unit = 0, scale = 0;

    if (!G) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g]) unit = fmax(unit, tg_delay_mean(c->law[g]));
    G[0] = 1;
    for (size_t g = 0; g < c->groups; g++)
        for (size_t i = 0; i < c->count[g]; i++) {
            const double x = tg_delay_mean(c->law[g]) / unit;
            for (size_t k = 1; k <= n; k++) G[k] += x * G[k - 1];
            if (G[n] > 1e200) {
                for (size_t k = 0; k <= n; k++) G[k] *= 1e-200;
                scale += log(1e200);
            }
        }
    for (size_t k = 0; k <= n; k++) G[k] = log(G[k]) + scale;
    *out = G;
    return TG_OK;
}

/* The chance to find j jobs in a queue of mean time m (over the longest) among n - 1, and the same of
 * independent queues, geometric of the ratio m G(n - 1)/G(n) of them. */
static double
closed_over_open(const double *G, size_t n, double x, size_t j)
{
    const double ratio = x * exp(G[n - 1] - G[n]);

    if (j > n - 1) return 0;
    const double less = j < n - 1 ? x * exp(G[n - 2 - j] - G[n - 1 - j]) : 0;
    const double closed =
        exp((double)j * log(x) + G[n - 1 - j] - G[n - 1]) * (1 - fmin(less, 1));
    return closed / (pow(ratio, (double)j) * (1 - fmin(ratio, 1 - 1e-12)));
}

/* The chances of what is found, as if in a closed network, tilted to the mean number that uniform assignment has
 * whatever the laws: n - 1 other jobs over n workers. */
static void
close_network(net *n, const double *G, size_t P, double unit)
{
    const double others = 1 - 1 / (double)P;
    double       low = 0.2, high = 3;

    for (size_t g = 0; g < n->groups; g++) {
        tg_found *s = &n->q[g].seen;
        for (size_t j = 0; j <= TG_QUEUE_JOBS; j++) {
            const double more = closed_over_open(G, P, n->q[g].mean / unit, j);
            s->p[j] *= more, s->left[j] *= more, s->square[j] *= more;
        }
    }
    for (int i = 0; i < 60 && !n->shuffled; i++) {
        const double tilt = sqrt(low * high);
        double       mean = 0;
        for (size_t g = 0; g < n->groups; g++) {
            double all = 0, sum = 0, power = 1;
            for (size_t j = 0; j <= TG_QUEUE_JOBS; j++, power *= tilt) {
                all += power * n->q[g].seen.p[j];
                sum += power * n->q[g].seen.p[j] * (double)j;
            }
            mean += n->q[g].share * sum / all;
        }
        *(mean < others ? &low : &high) = tilt;
    }
    for (size_t g = 0; g < n->groups && !n->shuffled; g++) {
        tg_found *s = &n->q[g].seen;
        double    power = 1;
        for (size_t j = 0; j <= TG_QUEUE_JOBS; j++, power *= sqrt(low * high))
            s->p[j] *= power, s->left[j] *= power, s->square[j] *= power;
    }
}

/* A gamma law of this mean and variance; a constant where it has none. */
static tg_status
law_of(double mean, double variance, tg_delay **out)
{
    const double cv2 = variance / (mean * mean);

    if (cv2 < 2e-6) return tg_delay_create("constant", &mean, out);
    return tg_delay_create("gamma", (const double[]){ fmin(1 / cv2, 1e5), mean }, out);
}

/* The laws of a job's time with a group's worker, by how many it finds: its own time where there are none;
 * else gamma laws, of those in bins. *total: their weights' sum. */
static tg_status
laws_of_queue(const tg_queue *q, double dt, tg_delay **part, double *weight, size_t *parts,
              double *total)
{
    static const size_t ends[BINS] = { 1, 2, 3, 4, 5, 7, 10, 16, TG_QUEUE_JOBS + 1 };
    const double        own = tg_delay_variance(q->law);

    part[*parts] = tg_delay_keep(q->law);
    weight[(*parts)++] = q->seen.p[0];
    *total += q->seen.p[0];
    for (size_t b = 0, j = 1; b + 1 < BINS; b++) {
        double p = 0, m1 = 0, m2 = 0;
        for (; j < ends[b + 1]; j++) {
            if (!(q->seen.p[j] > 0)) continue;
            const double all = q->seen.p[j];
            const double left = q->seen.left[j] / q->seen.p[j] * dt,
                         square = q->seen.square[j] / q->seen.p[j] * dt * dt;
            const double mean = left + (double)j * q->mean;
            p += all;
            m1 += all * mean;
            m2 += all * (mean * mean + fmax(square - left * left, 0) + (double)j * own);
        }
        if (!(p > 1e-9)) continue;
        TG_TRY(law_of(m1 / p, fmax(m2 / p - m1 * m1 / p / p, 0), &part[*parts]));
        weight[(*parts)++] = p;
        *total += p;
    }
    return TG_OK;
}

static tg_status
make_law(net *n, const tg_cluster *c, double dt, tg_delay **out)
{
    const size_t P = c->workers;
    double      *G = NULL, *weight = calloc(n->groups * BINS, sizeof *weight), unit = 0;
    tg_delay   **part = calloc(n->groups * BINS, sizeof(tg_delay *));
    size_t       parts = 0;
    tg_status    status =
        weight && part ? closed_sums(c, &G) : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < n->groups; g++) unit = fmax(unit, n->q[g].mean);
    if (status == TG_OK && G[P - 1] - G[P] > log(FULLEST))
        status = tg_fail(TG_EDOMAIN, PILING);
    if (status == TG_OK) close_network(n, G, P, unit);
    for (size_t g = 0; g < n->groups && status == TG_OK; g++) {
        const size_t from = parts;
        double       own = 0;
        status = laws_of_queue(&n->q[g], dt, part, weight, &parts, &own);
        for (size_t i = from; i < parts; i++) weight[i] *= n->q[g].share / own;
    }
    if (status == TG_OK)
        status = tg_delay_mixture((const tg_delay *const *)part, weight, parts, out);
    for (size_t i = 0; part && i < parts; i++) tg_delay_free(part[i]);
    free(part);
    free(weight);
    free(G);
    return status;
}

/* ---- all of it ----------------------------------------------------------------------- */

/* The step that keeps the mean time: jobs end at the end of a step, half of one late. */
static double
true_step(const net *n)
{
    double grid = 0, mean = 0;

    for (size_t g = 0; g < n->groups; g++) {
        grid += n->q[g].share * n->q[g].left[0];
        mean += n->q[g].share * n->q[g].mean;
    }
    return mean / grid;
}

/* To rest, with the deliveries by each time, of one worker, in `count` (steps + 1). */
static tg_status
come_to_rest(net *n, size_t steps, double *count)
{
    double beyond = 0, all = 0;

    count[0] = 0;
    for (size_t i = 0; i < steps; i++) {
        if (i == steps / 2)
            for (size_t g = 0; g < n->groups; g++)
                memset(&n->q[g].seen, 0, sizeof n->q[g].seen);
        advance(n);
        count[i + 1] = count[i] + n->done;
        if (i % 16 == 0) TG_TRY(tg_stop_check());
    }
    for (size_t g = 0; g < n->groups; g++)
        for (size_t j = 0; j <= TG_QUEUE_JOBS; j++) {
            all += n->q[g].seen.p[j];
            beyond += j + 2 > TG_QUEUE_JOBS ? n->q[g].seen.p[j] : 0;
        }
    if (beyond > 1e-4 * all)
        return tg_fail(TG_EDOMAIN,
                       "jobs pile up with the slow workers; they are simulated");
    return TG_OK;
}

/* By how much the deliveries so far are ahead of those at rest, which n workers are by (n - 1)/n. */
static void
find_ahead(const double *count, size_t steps, double dt, double few, tg_assigned *out)
{
    const size_t half = steps / 2;
    const double each = (count[steps] - count[half]) / (double)(steps - half);

    out->every = dt * (double)half / (TG_ASSIGNED_TIMES - 1);
    for (size_t i = 0; i < TG_ASSIGNED_TIMES; i++) {
        const double at = (double)half * (double)i / (TG_ASSIGNED_TIMES - 1);
        const size_t k = (size_t)fmin(floor(at), (double)half - 1);
        const double now = count[k] + (at - (double)k) * (count[k + 1] - count[k]);
        out->ahead[i] = few * dt * (now / each - at);
    }
}

/* Fitted to simulations of exponential, gamma and constant times. Jobs of one queue follow each other, of which
 * independent jobs know nothing; under permutations of regular workers that never mixes. */
static double
doubt_of(const net *n, double P)
{
    double cv2 = 0, mean = 0, square = 0;

    for (size_t g = 0; g < n->groups; g++) {
        const double m = n->q[g].mean, cv = tg_delay_cv(n->q[g].law);
        cv2 += n->q[g].share * fmin(cv * cv, 9);
        mean += n->q[g].share * m;
        square += n->q[g].share * m * m;
    }
    const double uneven = sqrt(fmax(square / (mean * mean) - 1, 0));
    const double regular = n->shuffled ? fmax(1 - sqrt(cv2), 0) : 0;
    return 0.015 + (0.2 + 0.15 * fmax(cv2 - 1, 0)) / P + 0.2 * regular * regular +
           0.1 * uneven;
}

static tg_status
solve(net *n, const tg_cluster *c, double scale, tg_cluster **out, tg_assigned *network)
{
    const double P = (double)c->workers, dt = true_step(n);
    const size_t steps = (size_t)(REST * scale / n->dt);
    double      *count = malloc((steps + 1) * sizeof *count);
    tg_delay    *law = NULL;

    if (!count) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = come_to_rest(n, steps, count);
    if (status == TG_OK) status = make_law(n, c, dt, &law);
    if (status == TG_OK) status = tg_cluster_create(1, &c->workers, &law, false, out);
    if (status == TG_OK) {
        find_ahead(count, steps, dt, 1 - 1 / P, network);
        network->rate = P / tg_delay_mean(law);
        network->doubt = doubt_of(n, P);
    }
    tg_delay_free(law);
    free(count);
    return status;
}

static tg_status
check(const tg_cluster *c)
{
    if (!tg_cluster_renews(c))
        return tg_fail(TG_EDOMAIN, "assignment is known of workers that renew");
    if (c->workers > MOST)
        return tg_fail(TG_EDOMAIN, "assignment is known of up to %d workers, got %zu", MOST,
                       c->workers);
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] && !isfinite(tg_delay_variance(c->law[g])))
            return tg_fail(TG_EDOMAIN, "assignment is not known of times without variance");
    return TG_OK;
}

tg_status
tg_assigned_cluster(const tg_cluster *c, bool shuffled, tg_cluster **out,
                    tg_assigned *network)
{
    net    n = { .shuffled = shuffled };
    double least = INFINITY, mean = 0;

    TG_TRY(check(c));
    for (size_t g = 0; g < c->groups; g++) {
        if (c->count[g] == 0) continue;
        least = fmin(least, tg_delay_mean(c->law[g]));
        mean += (double)c->count[g] / (double)c->workers * tg_delay_mean(c->law[g]);
    }
    n.dt = fmax(least, mean / 4) / FINE;
    if (!(n.q = calloc(c->groups, sizeof *n.q))) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = TG_OK;
    for (size_t g = 0; g < c->groups && status == TG_OK; g++)
        if (c->count[g]) status = tg_queue_open(c, g, n.dt, &n.q[n.groups++]);
    *network = (tg_assigned){ 0 };
    if (status == TG_OK) status = solve(&n, c, mean, out, network);
    for (size_t g = 0; g < n.groups; g++)
        free(n.q[g].f < n.q[g].next ? n.q[g].f : n.q[g].next);
    free(n.q);
    return status;
}
