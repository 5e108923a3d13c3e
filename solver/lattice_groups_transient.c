/* u' = M u + f from u(0). With R the largest rate at which configurations end, 1 + M/R is what the next of events at
 * rate R does to the moments (some of them do nothing), and these are Poisson whatever happens:
 *
 *     u(t) = sum_k e^-Rt (Rt)^k/k! u_k,     u_k+1 = u_k + (M u_k + f)/R
 *
 * to rounding, in as many products as there are events. Where these are too many CVODE, as in
 * solver/lattice_transient.c, from when all have begun. */
#include "solver/lattice_groups_integrate.h"
#include "solver/lattice_groups_wait.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MANY_EVENTS = 20000,
                    FEW = 1e-10; /* a chance: that they still wait is not seen */

static void
put(const tg_group_system *m, size_t c, size_t key, double value, double *u)
{
    const int at = m->unknown[c * m->each + key];

    if (at >= 0) u[at] = value;
}

/* x0 and 1 at the server; a worker holds x0 and, as its gradient of the last time, what a delivery of x0 makes of it. */
static void
begin(const tg_lattice_groups *l, const tg_group_system *m, double x0, const double *weight,
      double *u)
{
    const double s[TG_LINEAR_SERVER] = { [0] = x0, [1] = m->q == 2 ? 1 : 0, [2] = 1 };
    double       w[TG_LATTICE_PLACES][TG_LINEAR_WORKER];

    for (size_t r = 0; r < m->places; r++)
        for (size_t i = 0; i < m->p; i++) {
            w[r][i] = l->rule->D[i * l->rule->q] * x0 + l->rule->E[i * m->p] * x0;
            if (i) w[r][i] += l->rule->c[i] * l->group[m->group[r]].mark;
        }
    for (size_t c = 0; c < m->configurations; c++) {
        const int   *N = m->count + c * m->places;
        const double p = weight[c];
        for (size_t i = 0; i < m->q; i++)
            for (size_t k = i; k < m->q; k++)
                put(m, c, tg_group_s(m, i, k), p * s[i] * s[k], u);
        for (size_t r = 0; r < m->places; r++) {
            for (size_t i = 0; i < m->q; i++)
                for (size_t k = 0; k < m->p; k++)
                    put(m, c, tg_group_x(m, r, i, k), p * N[r] * s[i] * w[r][k], u);
            for (size_t i = 0; i < m->p; i++)
                for (size_t k = 0; k < m->p; k++) {
                    const double shaken =
                        i && k ? l->rule->c[i] * l->rule->c[k] * l->sigma * l->sigma : 0;
                    if (i <= k)
                        put(m, c, tg_group_y(m, r, i, k),
                            p * N[r] * (w[r][i] * w[r][k] + shaken), u);
                    for (size_t t = r; t < m->places; t++)
                        put(m, c, tg_group_z(m, r, t, i, k),
                            p * N[r] * (N[t] - (r == t)) * w[r][i] * w[t][k], u);
                }
        }
    }
}

/* A run at work. */
typedef struct machine {
    tg_group_system m;
    double         *u, *source; /* (size) */
} machine;

static void
dismantle(machine *c)
{
    free(c->u);
    tg_group_system_free(&c->m);
}

static tg_status
open_machine(const tg_lattice_groups *l, double x0, machine *c)
{
    TG_TRY(tg_group_system_create(l, &c->m));
    const size_t size = c->m.size;

    if (!(c->u = calloc(2 * size, sizeof *c->u)))
        return tg_fail(TG_ENOMEM, "out of memory for %zu moments", size);
    c->source = c->u + size;
    for (size_t k = 0; k < size; k++)
        c->source[k] = c->m.constant[k] + l->sigma * l->sigma * c->m.noise[k];
    if (!l->waits) begin(l, &c->m, x0, c->m.weight, c->u);
    return TG_OK;
}

/* ---- event by event ------------------------------------------------------------------ */

/* How many there are at most, to 1e-15, where `mu` are expected. */
static double
most(double mu)
{
    return ceil(mu + 9 * sqrt(mu) + 40);
}

/* e^-mu mu^k/k! */
static double
chance(double k, double mu)
{
    return exp(k * log(fmax(mu, 1e-300)) - mu - lgamma(k + 1));
}

/* After an event. */
typedef struct seen {
    double mean, second;
} seen;

static void
add_share(double share, const seen *from, seen *to, double *all)
{
    *all += share;
    to->mean += share * from->mean;
    to->second += share * from->second;
}

/* sum_k e^-mu mu^k/k! of a sequence (count), from the middle to both sides. Beyond doubles all is infinite. */
static void
mix(const seen *after, double count, double mu, double *mean, double *second)
{
    const size_t middle = (size_t)floor(mu), end = (size_t)fmin(most(mu), count);
    const double first = chance((double)middle, mu);
    double       p = first, all = 0;
    seen         sum = { 0, 0 };

    add_share(p, &after[middle], &sum, &all);
    for (size_t k = middle; k > 0 && p > 1e-17 * first; k--) {
        p *= (double)k / mu;
        add_share(p, &after[k - 1], &sum, &all);
    }
    p = first;
    for (size_t k = middle + 1; k < end && p > 1e-17 * first; k++) {
        p *= mu / (double)k;
        add_share(p, &after[k], &sum, &all);
    }
    const bool finite = isfinite(sum.mean) && isfinite(sum.second);
    *mean = finite ? sum.mean / all : INFINITY;
    *second = finite ? sum.second / all : INFINITY;
}

/* Those that have yet to begin. */
typedef struct waiting {
    tg_group_wait wait;
    double       *there, *begun; /* (configurations) */
    double *start; /* (size) moments at the beginning, of one run in each configuration */
    int    *configuration; /* (size) */
    double  left, x0;      /* the chance of them */
} waiting;

static void
close_waiting(waiting *w)
{
    tg_group_wait_close(&w->wait);
    free(w->there);
    free(w->configuration);
}

static tg_status
open_waiting(const tg_lattice_groups *l, const tg_group_system *m, double x0, waiting *w)
{
    const size_t n = m->configurations;

    w->x0 = x0;
    if (!l->waits) return TG_OK;
    w->there = malloc((2 * n + m->size) * sizeof *w->there);
    w->configuration = malloc(m->size * sizeof *w->configuration);
    if (!w->there || !w->configuration) return tg_fail(TG_ENOMEM, "out of memory");
    w->begun = w->there + n;
    w->start = w->begun + n;
    for (size_t c = 0; c < n; c++) {
        w->begun[c] = 1;
        for (size_t k = 0; k < m->each; k++)
            if (m->unknown[c * m->each + k] >= 0)
                w->configuration[m->unknown[c * m->each + k]] = (int)c;
    }
    begin(l, m, x0, w->begun, w->start);
    TG_TRY(tg_group_wait_open(l, m, &w->wait));
    w->left = tg_group_wait_chances(&w->wait, m, w->there);
    return TG_OK;
}

/* slope less what the noise and the constant do only to those that have begun; then an event of the others. */
static void
wait_on(const tg_lattice_groups *l, const tg_group_system *m, double rate, waiting *w,
        double *slope)
{
    const double squared = l->sigma * l->sigma;

    for (size_t i = 0; i < m->sources; i++) {
        const tg_group_source *s = &m->source[i];
        slope[s->row] -= w->there[s->configuration] * (squared * s->noise + s->constant);
    }
    tg_group_wait_step(&w->wait, m, rate, w->begun);
    for (size_t k = 0; k < m->size; k++)
        slope[k] += rate * w->begun[w->configuration[k]] * w->start[k];
    w->left = tg_group_wait_chances(&w->wait, m, w->there);
}

/* The expected number of events at which nobody waits any more, to 1e-15, where that is so after `i` of them. */
static double
all_begun(double i)
{
    return i + 9 * sqrt(i) + 40;
}

typedef struct events {
    double  rate, mu, count; /* `mu` are expected by the end, at most `count` come */
    seen   *after;           /* (room) */
    size_t  room;
    double *last; /* (size) u at the end */
} events;

static bool
make_room(events *e, size_t i)
{
    if (i < e->room) return true;
    seen *more = realloc(e->after, 2 * (i + 1) * sizeof *more);
    if (!more) return false;
    e->after = more;
    e->room = 2 * (i + 1);
    return true;
}

/* To the end, or, where `early`, when all have begun. */
static tg_status
run_events(const tg_lattice_groups *l, bool early, waiting *w, machine *c, events *e,
           double *slope)
{
    double *u = c->u;

    for (double i = 0; i < e->count; i++) {
        if (fmod(i, 64) == 0) TG_TRY(tg_stop_check());
        if (!make_room(e, (size_t)i))
            return tg_fail(TG_ENOMEM, "out of memory for %g events", e->count);
        seen        *now = &e->after[(size_t)i];
        const double share = chance(i, e->mu);
        tg_group_observe(&c->m, u, &now->mean, &now->second);
        now->mean += w->left * w->x0;
        now->second += w->left * w->x0 * w->x0;
        for (size_t k = 0; k < c->m.size && share > 0; k++) e->last[k] += share * u[k];
        tg_group_flow(&c->m, c->source, u, slope);
        if (w->left > 1e-16) wait_on(l, &c->m, e->rate, w, slope);
        if (early && w->left < FEW && most(all_begun(i)) < e->count)
            e->mu = all_begun(i), e->count = most(e->mu), early = false;
        for (size_t k = 0; k < c->m.size; k++) u[k] += slope[k] / e->rate;
    }
    return TG_OK;
}

/* To the time *end, where u has its moments then: the horizon, or, where that has too many events, when all have
 * begun. */
static tg_status
by_events(const tg_lattice_groups *l, waiting *w, double horizon, size_t n, double *end,
          machine *c, double *mean, double *second)
{
    const size_t size = c->m.size;
    double      *slope = calloc(2 * size, sizeof *slope);
    events       e = { .rate = tg_lattice_groups_rate(l), .last = slope + size };

    if (!slope) return tg_fail(TG_ENOMEM, "out of memory for %zu moments", size);
    e.mu = e.rate * horizon;
    e.count = most(e.mu);
    const tg_status status = run_events(l, e.mu >= MANY_EVENTS, w, c, &e, slope);
    *end = e.mu < e.rate * horizon ? e.mu / e.rate : horizon;
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        const double at = horizon * (double)i / (double)(n - 1);
        if (at <= *end || *end == horizon) /* rounding */
            mix(e.after, e.count, e.rate * at, &mean[i], &second[i]);
    }
    memcpy(c->u, e.last, size * sizeof *e.last);
    free(e.after);
    free(slope);
    return status;
}

double
tg_lattice_groups_rate(const tg_lattice_groups *l)
{
    double sum = 0;

    for (size_t g = 0; g < l->groups; g++) {
        double most = 0;
        for (int p = 0; p < l->group[g].law.n; p++) {
            double out = l->group[g].law.leave[p];
            for (int q = 0; q < l->group[g].law.n; q++) out += l->group[g].law.move[p][q];
            most = fmax(most, out);
        }
        sum += (double)l->group[g].workers * most;
    }
    return sum;
}

tg_status
tg_lattice_groups_transient(const tg_lattice_groups *l, double x0, double horizon, size_t n,
                            double *mean, double *second)
{
    machine c = { .source = NULL };
    waiting w = { .there = NULL };

    if (n < 2 || !(horizon > 0) || !isfinite(horizon) || !isfinite(x0))
        return tg_fail(TG_EDOMAIN, "expected a horizon > 0 and two points, got %g, %zu",
                       horizon, n);
    double    end = 0;
    tg_status status = open_machine(l, x0, &c);
    if (status == TG_OK) status = open_waiting(l, &c.m, x0, &w);
    if (status == TG_OK && (l->waits || tg_lattice_groups_rate(l) * horizon < MANY_EVENTS))
        status = by_events(l, &w, horizon, n, &end, &c, mean, second);
    if (status == TG_OK && end < horizon)
        status = tg_group_integrate(&c.m, c.source, x0 != 0 ? x0 * x0 : 1e-3, end, horizon,
                                    n, c.u, mean, second);
    close_waiting(&w);
    dismantle(&c);
    return status;
}
