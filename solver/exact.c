#include "solver/exact.h"

#include "solver/observer.h"

#include "core/normals.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK  128
#define JOBS   64
#define LEVELS 4

/* One mode's step: the lag in steps, h^k/k!, and J = root z. */
typedef struct step {
    double a, b, g, x0, power[LEVELS + 1];
    double root[LEVELS][LEVELS]; /* lower triangle */
    size_t lag;
} step;

/* Cholesky's factor of cov(J^i, J^j), taken at h = 1 and scaled: sqrt(h) h^i in row i. */
static void
factor(double h, double root[LEVELS][LEVELS])
{
    static const double factorial[] = { 1, 1, 2, 6 };

    for (int i = 0; i < LEVELS; i++)
        for (int j = 0; j <= i; j++) {
            double sum = 1 / (factorial[i] * factorial[j] * (i + j + 1));
            for (int k = 0; k < j; k++) sum -= root[i][k] * root[j][k];
            root[i][j] = i == j ? sqrt(sum) : sum / root[j][j];
        }
    for (int i = 0; i < LEVELS; i++)
        for (int j = 0; j <= i; j++) root[i][j] *= sqrt(h) * pow(h, i);
}

static tg_status
make_step(const tg_linear *m, double h, step *out)
{
    const double lag = round(m->tau / h);
    step         s = { .a = m->a, .b = m->b, .g = m->g, .x0 = m->x0, .lag = (size_t)lag };

    if (!(fabs(m->tau / h - lag) < 1e-9 * (1 + lag)))
        return tg_fail(TG_EDOMAIN, "the step %g does not divide the delay %g", h, m->tau);
    if (s.lag == 0) {
        s.b += s.a;
        s.a = 0;
    }
    s.power[0] = 1;
    for (int k = 1; k <= LEVELS; k++) s.power[k] = s.power[k - 1] * h / k;
    factor(h, s.root);
    *out = s;
    return TG_OK;
}

typedef struct run {
    const tg_ensemble *e;
    const step        *steps; /* (modes) */
    size_t             rows, slots, size, blocks;
    double            *scratch; /* (threads, size) */
    tg_stats          *stats;   /* (JOBS, modes, rows) */
    char              *done;
    double            *kept;
    tg_observer        observer;
} run;

typedef struct block {
    const run *r;
    size_t     thread, mode, first, n;
    double    *ring, *z; /* (slots, LEVELS + 1, BLOCK): X^1 .. X^LEVELS, x_n; (4, BLOCK) */
    double     x[BLOCK];
    tg_stats  *stats;
} block;

static double *
levels_at(const block *b, size_t step_number)
{
    return b->ring + step_number % b->r->slots * LEVELS * BLOCK;
}

/* X^LEVELS down to X^0, which is the next x. The ring's row of this step is that of lag + 1
 * steps ago or older: it is written after the row of `lag` steps ago has been read. */
static void
advance(block *b, const step *s, size_t n)
{
    const double *old = levels_at(b, n + b->r->slots - s->lag);
    double       *now = levels_at(b, n + b->r->slots);

    tg_normals_across(TG_ISA_BEST, b->r->e->seed, TG_PURPOSE_PATH,
                      b->first + ((uint64_t)b->mode << 40), n, 1, BLOCK, BLOCK, b->z);
    for (size_t i = 0; i < BLOCK; i++) {
        const double x = b->x[i];
        double       X = x * s->power[LEVELS];
        for (int k = LEVELS - 1; k >= 0; k--) {
            double J = 0;
            for (int j = 0; j <= k; j++) J += s->root[k][j] * b->z[(size_t)j * BLOCK + i];
            const double above = X; /* X^{k+1} of this step */
            X = x * s->power[k] - s->b * above - s->a * old[(size_t)k * BLOCK + i] +
                s->g * J;
            now[(size_t)k * BLOCK + i] = above;
        }
        b->x[i] = X;
    }
}

static tg_status
record(const block *b, size_t at)
{
    const tg_ensemble *e = b->r->e;
    const size_t       row = at / e->every;
    tg_stats           s = { .n = (double)b->n };
    double            *seen = tg_observer_at(&b->r->observer, b->thread, row, b->mode);

    if (seen) memcpy(seen, b->x, sizeof b->x);
    for (size_t i = 0; i < b->n; i++) s.mean += b->x[i] / s.n;
    for (size_t i = 0; i < b->n; i++) s.m2 += (b->x[i] - s.mean) * (b->x[i] - s.mean);
    tg_stats_merge(&b->stats[row], &s);
    for (size_t i = 0; i < b->n && b->first + i < e->keep; i++)
        b->r->kept[((b->first + i) * e->modes + b->mode) * b->r->rows + row] = b->x[i];
    if (isfinite(s.m2)) return TG_OK;
    return tg_fail(TG_EDIVERGED, "mode %zu left the finite range before t = %g", b->mode,
                   (double)at * e->dt);
}

static tg_status
run_block(block *b)
{
    const tg_ensemble *e = b->r->e;
    const step        *s = &b->r->steps[b->mode];

    for (size_t slot = 0; slot < b->r->slots; slot++)
        for (size_t k = 0; k < LEVELS; k++)
            for (size_t i = 0; i < BLOCK; i++)
                b->ring[(slot * LEVELS + k) * BLOCK + i] = s->x0 * s->power[k + 1];
    for (size_t i = 0; i < BLOCK; i++) b->x[i] = s->x0;
    TG_TRY(record(b, 0));
    for (size_t n = 0; n < e->steps; n++) {
        advance(b, s, n);
        if ((n + 1) % e->every == 0) TG_TRY(record(b, n + 1));
    }
    return TG_OK;
}

static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run               *r = context;
    const tg_ensemble *e = r->e;
    block b = { .r = r, .thread = thread, .ring = r->scratch + thread * r->size };

    b.z = b.ring + r->slots * LEVELS * BLOCK;
    for (size_t k = job * r->blocks / JOBS; k < (job + 1) * r->blocks / JOBS; k++) {
        b.first = k * BLOCK;
        b.n = e->paths - b.first < BLOCK ? e->paths - b.first : BLOCK;
        for (b.mode = 0; b.mode < e->modes; b.mode++) {
            b.stats = r->stats + (job * e->modes + b.mode) * r->rows;
            TG_TRY(run_block(&b));
        }
        tg_observer_take(&r->observer, job, thread, b.n);
    }
    r->done[job] = 1;
    return TG_OK;
}

static void
merge(const run *r, tg_stats *stats)
{
    const size_t cells = r->e->modes * r->rows;

    memset(stats, 0, cells * sizeof *stats);
    for (size_t job = 0; job < JOBS; job++)
        for (size_t i = 0; r->done[job] && i < cells; i++)
            tg_stats_merge(&stats[i], &r->stats[job * cells + i]);
    tg_observer_report(&r->observer, r->done);
}

static tg_status
run_all(run *r, size_t threads, step *steps, tg_stats *stats)
{
    const tg_ensemble *e = r->e;

    for (size_t i = 0; i < e->modes; i++) {
        TG_TRY(make_step(&e->mode[i], e->dt, &steps[i]));
        if (steps[i].lag + 2 > r->slots) r->slots = steps[i].lag + 2;
    }
    r->size = (r->slots * LEVELS + 4) * BLOCK;
    r->scratch = aligned_alloc(64, threads * r->size * sizeof *r->scratch);
    if (!r->scratch) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(tg_observer_open(e->observe, r->rows, e->modes, BLOCK, JOBS, threads,
                            &r->observer));
    const tg_status status = tg_parallel_run(JOBS, threads, run_job, r, NULL);
    if (status == TG_OK || status == TG_ESTOP) merge(r, stats);
    return status;
}

tg_status
tg_exact_run(const tg_ensemble *e, tg_stats *stats, double *kept)
{
    TG_TRY(tg_ensemble_check(e));
    const size_t threads = e->threads ? e->threads : tg_parallel_threads();
    step        *steps = calloc(e->modes, sizeof *steps);
    run          r = { .e = e,
                       .steps = steps,
                       .rows = tg_ensemble_rows(e),
                       .slots = 2,
                       .blocks = (e->paths + BLOCK - 1) / BLOCK,
                       .kept = kept };
    r.stats = calloc(JOBS * e->modes * r.rows, sizeof *r.stats);
    r.done = calloc(JOBS, 1);
    const tg_status status = steps && r.stats && r.done
                                 ? run_all(&r, threads, steps, stats)
                                 : tg_fail(TG_ENOMEM, "out of memory");
    tg_observer_close(&r.observer);
    free(r.scratch);
    free(r.stats);
    free(r.done);
    free(steps);
    return status;
}
