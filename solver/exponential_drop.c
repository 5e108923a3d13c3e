/* exponential_drop: exponential workers whose gradients are dropped beyond a staleness
 *
 * One group of P. Versions count updates; a worker's age is how many versions came since it read.
 * A gradient of age a <= q moves x to x - e y - eta xi, a version more, and one of age > q
 * nothing; in both cases its worker reads anew. What a worker of age a <= q holds is the version
 * z_a, a versions back, so all there is to know is z = (z_0 = x, ..., z_q) and how many workers
 * are of each age, which is a Markov chain that does not look at x. E z_i z_k on each of its
 * states close (derived here, theory 3.3):
 *
 *     a <= q, chance n_a/P: z'_0 = z_0 - e z_a - eta xi, z'_{i+1} = z_i; all a version older, the worker 0
 *     else:                 z' = z; the worker 0
 *
 * In time as after deliveries, which are Poisson.
 */
#include "solver/exponential_flow.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LIMIT = 64, MOST_WORKERS = 64, MOST_DELIVERIES = 400000 };
static const double MOST_MOMENTS = 2e6;

typedef struct table {
    size_t  workers, ages, each; /* ages: q + 1; each: moments of a state */
    size_t  states, transitions;
    double  e, noise, centre, rate;
    double  choose[MOST_LIMIT + MOST_WORKERS + 2][MOST_LIMIT + 2];
    size_t *to, *from, *age; /* (transitions); age = ages: dropped */
    double *chance;          /* (transitions) */
} table;

/* States of n workers over k ages and "older". */
static double
states_of(const table *t, size_t n, size_t k)
{
    return t->choose[n + k][k];
}

static size_t
number_of(const table *t, const size_t *count)
{
    size_t left = t->workers, number = 0;

    for (size_t a = 0; a < t->ages; a++) {
        for (size_t v = 0; v < count[a]; v++)
            number += (size_t)states_of(t, left - v, t->ages - a - 1);
        left -= count[a];
    }
    return number;
}

/* The counts of a state, the inverse of number_of. */
static void
counts_of(const table *t, size_t number, size_t *count)
{
    size_t left = t->workers;

    for (size_t a = 0; a < t->ages; a++) {
        count[a] = 0;
        for (;;) {
            const size_t here = (size_t)states_of(t, left - count[a], t->ages - a - 1);
            if (number < here) break;
            number -= here;
            count[a]++;
        }
        left -= count[a];
    }
}

static void
add_transition(table *t, size_t from, const size_t *next, size_t age, double chance)
{
    t->from[t->transitions] = from;
    t->to[t->transitions] = number_of(t, next);
    t->age[t->transitions] = age;
    t->chance[t->transitions++] = chance;
}

static void
add_state(table *t, size_t s)
{
    size_t       count[MOST_LIMIT + 1], next[MOST_LIMIT + 1], older = t->workers;
    const double P = (double)t->workers;

    counts_of(t, s, count);
    for (size_t a = 0; a < t->ages; a++) {
        older -= count[a];
        if (count[a] == 0) continue;
        for (size_t k = 1; k < t->ages; k++) next[k] = count[k - 1] - (k - 1 == a);
        next[0] = 1;
        add_transition(t, s, next, a, (double)count[a] / P);
    }
    if (older == 0) return;
    memcpy(next, count, t->ages * sizeof *next);
    next[0]++;
    add_transition(t, s, next, t->ages, (double)older / P);
}

static void
close_table(table *t)
{
    free(t->to);
    free(t->chance);
    free(t);
}

static tg_status
open_table(const tg_exponential *e, table **out)
{
    const double limit = floor(e->rule.limit), workers = e->workers[0];

    if (e->groups != 1)
        return tg_fail(TG_EDOMAIN, "a limit of staleness is known of one group, not of %zu",
                       e->groups);
    if (!(limit <= MOST_LIMIT && workers <= MOST_WORKERS))
        return tg_fail(TG_EDOMAIN, "%g workers and a limit of %g are too many states",
                       workers, limit);
    table *t = calloc(1, sizeof *t);
    if (!t) return tg_fail(TG_ENOMEM, "out of memory");
    t->workers = (size_t)workers;
    t->ages = (size_t)limit + 1;
    t->each = t->ages * (t->ages + 1) / 2;
    for (size_t n = 0; n <= t->workers + t->ages; n++)
        for (size_t k = 0; k <= n && k <= t->ages; k++)
            t->choose[n][k] =
                k == 0 || k == n ? 1 : t->choose[n - 1][k - 1] + t->choose[n - 1][k];
    const double states = states_of(t, t->workers, t->ages);
    if (!(states * (double)t->each < MOST_MOMENTS)) {
        free(t);
        return tg_fail(TG_EDOMAIN, "%g workers and a limit of %g are too many states",
                       workers, limit);
    }
    t->states = (size_t)states;
    t->e = -e->rule.B[0];
    t->noise = e->rule.b[0] * e->rule.b[0] * e->sigma * e->sigma;
    t->centre = e->mark ? e->mark[0] * e->rule.b[0] / t->e : 0;
    t->rate = tg_exponential_rate(e);
    const size_t room = t->states * (t->ages + 1);
    t->to = malloc(3 * room * sizeof *t->to);
    t->chance = malloc(room * sizeof *t->chance);
    if (!t->to || !t->chance) {
        close_table(t);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    t->from = t->to + room;
    t->age = t->from + room;
    for (size_t s = 0; s < t->states; s++) add_state(t, s);
    *out = t;
    return TG_OK;
}

/* ---- delivery by delivery ------------------------------------------------------------ */

/* Chance, E z and E z z' (by rows, i <= k) of each state, now and next. */
typedef struct chain {
    double *chance, *first, *second, *room;
    size_t  size;
} chain;

static tg_status
open_chain(const table *t, double x0, chain *out)
{
    chain  c = { .size = t->states * (1 + t->ages + t->each) };
    size_t start[MOST_LIMIT + 1] = { t->workers };

    if (!(c.chance = calloc(2 * c.size, sizeof *c.chance)))
        return tg_fail(TG_ENOMEM, "out of memory");
    c.first = c.chance + t->states;
    c.second = c.first + t->states * t->ages;
    c.room = c.chance + c.size;
    const size_t s = number_of(t, start);
    c.chance[s] = 1;
    for (size_t i = 0; i < t->ages; i++) c.first[s * t->ages + i] = x0;
    for (size_t i = 0; i < t->each; i++) c.second[s * t->each + i] = x0 * x0;
    *out = c;
    return TG_OK;
}

static size_t
pair_of(const table *t, size_t i, size_t k)
{
    const size_t low = i < k ? i : k, high = i < k ? k : i;

    return low * t->ages - low * (low + 1) / 2 + high;
}

/* Add p times the moments after an update with a gradient of age a. */
static void
update(const table *t, size_t a, double p, double chance, const double *m, const double *Q,
       double *first, double *second)
{
    const double e = t->e;

    first[0] += p * (m[0] - e * m[a]);
    second[0] += p * (Q[0] - 2 * e * Q[pair_of(t, 0, a)] + e * e * Q[pair_of(t, a, a)] +
                      t->noise * chance);
    for (size_t i = 0; i + 1 < t->ages; i++) {
        first[i + 1] += p * m[i];
        second[i + 1] += p * (Q[i] - e * Q[pair_of(t, a, i)]);
        for (size_t k = i; k + 1 < t->ages; k++)
            second[pair_of(t, i + 1, k + 1)] += p * Q[pair_of(t, i, k)];
    }
}

static void
deliver_once(const table *t, chain *c)
{
    double *chance = c->room, *first = chance + t->states,
           *second = first + t->states * t->ages;

    memset(c->room, 0, c->size * sizeof *c->room);
    for (size_t i = 0; i < t->transitions; i++) {
        const size_t  from = t->from[i], to = t->to[i];
        const double  p = t->chance[i];
        const double *m = c->first + from * t->ages, *Q = c->second + from * t->each;
        if (c->chance[from] == 0) continue;
        chance[to] += p * c->chance[from];
        if (t->age[i] < t->ages) {
            update(t, t->age[i], p, c->chance[from], m, Q, first + to * t->ages,
                   second + to * t->each);
            continue;
        }
        for (size_t k = 0; k < t->ages; k++) first[to * t->ages + k] += p * m[k];
        for (size_t k = 0; k < t->each; k++) second[to * t->each + k] += p * Q[k];
    }
    c->room = c->chance;
    c->chance = chance;
    c->first = first;
    c->second = second;
}

static double
total(const double *x, size_t states, size_t each)
{
    double sum = 0;

    for (size_t s = 0; s < states; s++) sum += x[s * each];
    return sum;
}

static void
close_chain(chain *c)
{
    free(c->chance < c->room ? c->chance : c->room);
}

static tg_status
follow(const table *t, double x0, size_t count, double *mean, double *second)
{
    chain     c;
    tg_status status = open_chain(t, x0 - t->centre, &c);

    if (status != TG_OK) return status;
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        const double y = total(c.first, t->states, t->ages);
        mean[i] = y + t->centre;
        second[i] =
            total(c.second, t->states, t->each) + 2 * t->centre * y + t->centre * t->centre;
        deliver_once(t, &c);
        if (i % 16 == 0) status = tg_stop_check();
    }
    close_chain(&c);
    return status;
}

tg_status
tg_exponential_drop_steps(const tg_exponential *e, double x0, size_t count, double *mean,
                          double *second)
{
    table *t = NULL;

    TG_TRY(open_table(e, &t));
    const tg_status status = follow(t, x0, count, mean, second);
    close_table(t);
    return status;
}

/* ---- at rest ------------------------------------------------------------------------- */

/* Scale the moments, not the chances. */
static void
scale(const table *t, chain *c, double by)
{
    for (size_t i = 0; i < t->states * t->ages; i++) c->first[i] *= by;
    for (size_t i = 0; i < t->states * t->each; i++) c->second[i] *= by;
}

/* How E x^2 grows in one delivery in the end, without noise. */
static tg_status
square_growth(const table *t, chain *c, double *out)
{
    double last = 0;

    for (size_t i = 0; i < MOST_DELIVERIES; i++) {
        deliver_once(t, c);
        const double now = total(c->second, t->states, t->each);
        scale(t, c, 1 / now);
        *out = now;
        if (i > 20 * t->workers && fabs(now - last) < 4e-13 * now) return TG_OK;
        last = now;
        if (i % 16 == 0) TG_TRY(tg_stop_check());
    }
    return tg_fail(TG_ENOCONV, "the growth of the mean square was not found");
}

/* The same of E x. */
static tg_status
mean_growth(const table *t, chain *c, double complex *out)
{
    enum { ROUNDS = 80, SEEN = 8 };
    const size_t seen = SEEN * t->workers + 8;
    double      *way = malloc(seen * sizeof *way);

    if (!way) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < ROUNDS * t->workers; i++) {
        double size = 0;
        deliver_once(t, c);
        for (size_t k = 0; k < t->states * t->ages; k++) size += fabs(c->first[k]);
        scale(t, c, 1 / size);
    }
    for (size_t i = 0; i < seen; i++, deliver_once(t, c))
        way[i] = total(c->first, t->states, t->ages);
    *out = tg_exponential_dominant(way, seen);
    free(way);
    return TG_OK;
}

/* E x^2 about the centre: what noise makes of 0, up to where it goes on by a factor of `growth` < 1
 * a delivery, and then all of what is to come. */
static tg_status
settle(const table *t, chain *c, double growth, double *out)
{
    double last = 0, step = 0;

    for (size_t i = 0; i < MOST_DELIVERIES; i++) {
        deliver_once(t, c);
        const double now = total(c->second, t->states, t->each);
        const double other = fabs(now - last - growth * step);
        step = now - last;
        last = now;
        *out = now + step * growth / (1 - growth);
        const int alone = other <= 1e-12 * step || other <= 4e-16 * now;
        if (i > 20 * t->workers && alone) return TG_OK;
        if (i % 16 == 0) TG_TRY(tg_stop_check());
    }
    return TG_OK;
}

static tg_status
solve(const table *t, tg_exponential_rest *out)
{
    table          still = *t;
    double         square;
    double complex mean = NAN;
    chain          c;

    still.noise = 0;
    TG_TRY(open_chain(&still, 1, &c));
    tg_status status = square_growth(&still, &c, &square);
    close_chain(&c);
    if (status == TG_OK && (status = open_chain(&still, 1, &c)) == TG_OK) {
        status = mean_growth(&still, &c, &mean);
        close_chain(&c);
    }
    TG_TRY(status);
    out->square_abscissa = t->rate * (square - 1);
    out->mean_abscissa = t->rate * (creal(mean) - 1);
    out->mean = out->mean_abscissa < -1e-9 * t->rate ? t->centre : INFINITY;
    out->second = INFINITY;
    if (!(out->square_abscissa < -1e-9 * t->rate)) return TG_OK;
    TG_TRY(open_chain(t, 0, &c));
    status = settle(t, &c, square, &out->second);
    close_chain(&c);
    out->second += t->centre * t->centre;
    return status;
}

tg_status
tg_exponential_drop_rest(const tg_exponential *e, tg_exponential_rest *out)
{
    table *t = NULL;

    TG_TRY(open_table(e, &t));
    const tg_status status = solve(t, out);
    close_table(t);
    return status;
}
