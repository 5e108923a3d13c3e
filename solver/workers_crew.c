#include "solver/workers_crew.h"

#include <math.h>
#include <stdlib.h>

size_t
tg_crew_workers(const tg_workers *w)
{
    size_t n = 0;

    for (size_t g = 0; g < w->groups; g++) n += w->group[g].workers;
    return n;
}

double
tg_crew_rate(const tg_workers *w)
{
    double rate = 0;

    for (size_t g = 0; g < w->groups; g++)
        rate += (double)w->group[g].workers / tg_delay_mean(w->group[g].law);
    return rate;
}

static tg_status
check(const tg_workers *w)
{
    if (tg_crew_workers(w) == 0 || w->paths == 0)
        return tg_fail(TG_EDOMAIN, "expected workers and paths, got %zu and %zu",
                       tg_crew_workers(w), w->paths);
    for (size_t g = 0; g < w->groups; g++) {
        const double mean = tg_delay_mean(w->group[g].law);
        if (!(mean > 0 && isfinite(mean)))
            return tg_fail(TG_EDOMAIN, "workers need a law of finite mean > 0, got %g",
                           mean);
    }
    return TG_OK;
}

/* ---- phases in equilibrium ----------------------------------------------------------- */

/* Quantiles evenly in the middle, then ever closer to 1 as the tail thins out. */
static tg_status
tabulate(const tg_delay *law, tg_phase_table *out)
{
    enum { EVEN = 512, TAIL = 256 };
    tg_phase_table p = { .t = malloc(3 * (EVEN + TAIL + 1) * sizeof(double)) };

    if (!p.t) return tg_fail(TG_ENOMEM, "out of memory");
    p.beyond = p.t + EVEN + TAIL + 1;
    p.below = p.beyond + EVEN + TAIL + 1;
    p.t[0] = p.below[0] = 0;
    p.beyond[0] = 1;
    for (size_t i = 0; i < EVEN + TAIL; i++) {
        const double beyond =
            i < EVEN ? 1 - (double)i / EVEN : exp2(-(double)(i - EVEN) / 8) / EVEN;
        const double t = tg_delay_quantile(law, 1 - beyond);
        const size_t k = p.n;
        if (!(t >= p.t[k] && isfinite(t))) continue;
        p.n++;
        p.t[k + 1] = t;
        p.beyond[k + 1] = beyond;
        p.below[k + 1] = p.below[k] + (t - p.t[k]) * (p.beyond[k] + beyond) / 2;
    }
    p.n++;
    *out = p;
    return TG_OK;
}

/* The phase below which a share u of all lies. */
static double
phase_at(const tg_phase_table *p, double u)
{
    size_t low = 0, high = p->n - 1;
    double left = u * p->below[high];

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (p->below[middle] <= left)
            low = middle;
        else
            high = middle;
    }
    const double width = p->t[high] - p->t[low], falls = p->beyond[low] - p->beyond[high];
    left -= p->below[low];
    if (!(width > 0)) return p->t[low];
    /* left = beyond s - falls s^2 / (2 width) */
    const double root = p->beyond[low] * p->beyond[low] - 2 * falls / width * left;
    return p->t[low] + 2 * left / (p->beyond[low] + sqrt(fmax(root, 0)));
}

tg_status
tg_crew_learn(const tg_workers *w, tg_phase_table **table)
{
    TG_TRY(check(w));
    tg_phase_table *made = calloc(w->groups, sizeof *made);
    tg_status       status = made ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < w->groups && status == TG_OK && !w->together; g++)
        status = tabulate(w->group[g].law, &made[g]);
    if (status == TG_OK)
        *table = made;
    else
        tg_crew_forget(w, made);
    return status;
}

void
tg_crew_forget(const tg_workers *w, tg_phase_table *table)
{
    for (size_t g = 0; table && g < w->groups; g++) free(table[g].t);
    free(table);
}

/* ---- the crew ------------------------------------------------------------------------ */

tg_status
tg_crew_open(const tg_workers *w, const tg_phase_table *table, tg_crew *out)
{
    tg_crew c = { .plan = w, .workers = tg_crew_workers(w) };

    c.group = calloc(w->groups, sizeof *c.group);
    c.of = malloc(2 * c.workers * sizeof *c.of);
    c.due = malloc(c.workers * sizeof *c.due);
    if (!c.group || !c.of || !c.due) {
        tg_crew_close(&c);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    c.heap = c.of + c.workers;
    for (size_t g = 0, i = 0; g < w->groups; g++) {
        c.group[g].law = w->group[g].law;
        c.group[g].phase = &table[g];
        for (size_t k = 0; k < w->group[g].workers; k++) c.of[i++] = g;
    }
    *out = c;
    return TG_OK;
}

void
tg_crew_close(tg_crew *c)
{
    free(c->group);
    free(c->of);
    free(c->due);
    *c = (tg_crew){ 0 };
}

static double
draw(tg_crew_group *g)
{
    enum { JOBS = sizeof g->job / sizeof *g->job };

    if (g->left == 0) {
        tg_delay_samples(g->law, &g->stream, g->job, JOBS);
        g->left = JOBS;
    }
    return g->job[--g->left];
}

static bool
is_before(const tg_crew *c, size_t a, size_t b)
{
    return c->due[a] < c->due[b] || (c->due[a] == c->due[b] && a < b);
}

static void
sink(tg_crew *c, size_t at)
{
    const size_t worker = c->heap[at];

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= c->workers) break;
        if (child + 1 < c->workers && is_before(c, c->heap[child + 1], c->heap[child]))
            child++;
        if (!is_before(c, c->heap[child], worker)) break;
        c->heap[at] = c->heap[child];
        at = child;
    }
    c->heap[at] = worker;
}

void
tg_crew_begin(tg_crew *c, uint64_t path)
{
    for (size_t g = 0; g < c->plan->groups; g++) {
        c->group[g].left = 0;
        c->group[g].stream = tg_rng_stream(c->plan->seed, TG_PURPOSE_WORKER,
                                           path * (uint64_t)c->plan->groups + g);
    }
    for (size_t i = 0; i < c->workers; i++) {
        tg_crew_group *g = &c->group[c->of[i]];
        c->heap[i] = i;
        c->due[i] =
            c->plan->together ? draw(g) : phase_at(g->phase, tg_rng_uniform(&g->stream));
    }
    for (size_t i = c->workers / 2; i-- > 0;) sink(c, i);
}

void
tg_crew_renew(tg_crew *c)
{
    const size_t i = c->heap[0];

    c->due[i] += draw(&c->group[c->of[i]]);
    sink(c, 0);
}
