#include "solver/hitting.h"

#include "solver/hitting_kind.h"
#include "solver/survival.h"

#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOT    1024 /* paths between two looks at the standard error */
#define FEWEST 30   /* times without which that says nothing */

static const tg_hitting_kind *
kind_of(const tg_hitting *p)
{
    if (p->sdde) return &tg_hitting_sdde;
    if (p->jump) return &tg_hitting_jump;
    return p->exact ? &tg_hitting_exact : &tg_hitting_linear;
}

static size_t
threads_of(const tg_hitting *p)
{
    return p->threads ? p->threads : tg_parallel_threads();
}

/* For each path two times, here and at the caller's, whether it ended, its place in the
 * estimate and what the estimate takes to sort it. */
double
tg_hitting_memory(const tg_hitting *p)
{
    const double each = 4 * sizeof(double) + 1 + sizeof(tg_survival) + 2 * sizeof(double);

    return (double)p->paths * each + kind_of(p)->memory(p, threads_of(p));
}

static tg_status
check_loss(const tg_hitting *p, size_t dim)
{
    if (!p->h && p->component >= dim)
        return tg_fail(TG_EDOMAIN, "component %zu of %zu is not there", p->component, dim);
    for (size_t i = 0; p->h && i < dim; i++) {
        if (!(p->h[i] >= 0 && isfinite(p->h[i])))
            return tg_fail(TG_EDOMAIN, "eigenvalue %zu must be >= 0, got %g", i, p->h[i]);
        if (p->shift && !isfinite(p->shift[i]))
            return tg_fail(TG_EDOMAIN, "shift %zu must be finite, got %g", i, p->shift[i]);
    }
    return TG_OK;
}

tg_status
tg_hitting_check(const tg_hitting *p)
{
    if (!!p->mode + !!p->sdde + !!p->jump != 1)
        return tg_fail(TG_EDOMAIN, "one equation is needed: mode, sdde or jump");
    const tg_hitting_kind *kind = kind_of(p);
    if (kind->dim(p) == 0 || p->paths == 0)
        return tg_fail(TG_EDOMAIN, "modes and paths must be >= 1");
    if (!p->jump && !(p->dt > 0 && isfinite(p->dt)))
        return tg_fail(TG_EDOMAIN, "the step must be > 0, got %g", p->dt);
    if (!(p->horizon > 0 && p->horizon / (p->jump ? 1 : p->dt) < 1e10))
        return tg_fail(TG_EDOMAIN, "the horizon must be > 0 and < 1e10 steps, got %g",
                       p->horizon);
    if (!isfinite(p->level) || !(p->error >= 0))
        return tg_fail(TG_EDOMAIN, "level %g and standard error %g make no question",
                       p->level, p->error);
    TG_TRY(kind->check(p));
    TG_TRY(check_loss(p, kind->dim(p)));
    return tg_memory_check(tg_hitting_memory(p), "take fewer paths or longer steps");
}

typedef struct run {
    const tg_hitting      *p;
    const tg_hitting_kind *kind;
    void                  *state;
    tg_sight               sight;
    size_t                 first;         /* path the round begins with */
    double                *hit, *settled; /* (paths); settled NULL: not asked for */
    char                  *done;          /* (blocks) of the round */
} run;

/* A block of the round. */
static tg_status
run_block(size_t job, size_t thread, void *context)
{
    const run   *r = context;
    const size_t first = r->first + job * r->kind->block, rest = r->p->paths - first;
    tg_watch     w = { .sight = &r->sight };

    w.n = rest < r->kind->block ? rest : r->kind->block;
    TG_TRY(r->kind->run(r->state, thread, first, &w));
    const size_t lost = tg_watch_report(&w, r->p->horizon, r->hit + first,
                                        r->settled ? r->settled + first : NULL);
    if (lost < w.n)
        return tg_fail(TG_EDIVERGED, "path %zu left the finite range", first + lost);
    r->done[job] = 1;
    return TG_OK;
}

static const double *
times(const run *r)
{
    return r->p->settle ? r->settled : r->hit;
}

static tg_status
summarise(const run *r, size_t n, tg_hits *out)
{
    const double   horizon = r->p->horizon, *time = times(r);
    unsigned char *ended = malloc(n);
    tg_survival   *s = malloc(n * sizeof *s);
    tg_status      status = ended && s ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    size_t         count = 0;
    tg_hits        h = { .paths = n };

    for (size_t i = 0; status == TG_OK && i < n; i++) {
        ended[i] = time[i] < horizon;
        h.hit += r->hit[i] < horizon;
        h.settled += r->settled && r->settled[i] < horizon;
    }
    if (status == TG_OK) status = tg_survival_estimate(time, ended, n, 1.96, s, &count);
    if (status == TG_OK) {
        tg_survival_mean(s, count, horizon, &h.mean, &h.error);
        *out = h;
    }
    free(ended);
    free(s);
    return status;
}

/* What is known of the paths of the lots so far. */
typedef struct tally {
    tg_stats time;  /* cut off at the horizon */
    size_t   there; /* how many were not */
} tally;

/* Take paths from .. to - 1 in; 1 if the mean's error is as asked and enough of them got there
 * to know it. Where all that is cut off is cut off at the horizon, Greenwood's error is
 * sqrt(m2) / n. */
static int
enough(const run *r, size_t from, size_t to, tally *seen)
{
    for (size_t i = from; i < to; i++) {
        tg_stats_add(&seen->time, times(r)[i]);
        seen->there += times(r)[i] < r->p->horizon;
    }
    return r->p->error > 0 && seen->there >= FEWEST &&
           sqrt(seen->time.m2) / seen->time.n <= r->p->error * (1 - 1e-12);
}

static int
whole(const run *r, size_t from, size_t to)
{
    for (size_t i = (from - r->first) / r->kind->block; from < to; i++) {
        if (!r->done[i]) return 0;
        from += r->kind->block;
    }
    return 1;
}

/* Lots that are run at once: all, or so many that every thread has work. */
static size_t
round_size(const tg_hitting *p, const tg_hitting_kind *kind)
{
    const size_t lots = 2 * threads_of(p) * kind->block / LOT;

    if (p->error == 0 || p->paths < (lots + 1) * LOT) return p->paths;
    return lots > 0 ? lots * LOT : LOT;
}

/* Round after round until the paths are used up or the error is as asked; lots are looked
 * at one by one, so neither rounds nor what runs beyond the last lot needed shows. */
static tg_status
run_rounds(run *r, tg_hits *out)
{
    const size_t paths = r->p->paths, most = round_size(r->p, r->kind);
    tally        seen = { { 0 }, 0 };
    tg_status    status = TG_OK;
    size_t       n = 0; /* paths of the lots finished */
    int          over = 0;

    while (status == TG_OK && !over && n < paths) {
        const size_t end = paths - n < most ? paths : n + most;
        r->first = n;
        memset(r->done, 0, (end - n + r->kind->block - 1) / r->kind->block);
        status = tg_parallel_run((end - n + r->kind->block - 1) / r->kind->block,
                                 threads_of(r->p), run_block, r, NULL);
        while (!over && n < end) {
            const size_t next = end - n < LOT ? end : n + LOT;
            if (!whole(r, n, next)) break;
            over = enough(r, n, next, &seen);
            n = next;
        }
    }
    if (over) status = TG_OK; /* what failed was not needed */
    if (n > 0 && (status == TG_OK || status == TG_ESTOP)) TG_TRY(summarise(r, n, out));
    return status;
}

/* The results of a run that has some. */
static void
hand_out(const run *r, const tg_hits *h, double *hit, double *settled, tg_hits *out)
{
    if (h->paths == 0) return;
    if (hit) memcpy(hit, r->hit, h->paths * sizeof *hit);
    if (settled) memcpy(settled, r->settled, h->paths * sizeof *settled);
    *out = *h;
}

tg_status
tg_hitting_run(const tg_hitting *p, double *hit, double *settled, tg_hits *out)
{
    tg_hits h = { 0 };

    TG_TRY(tg_hitting_check(p));
    run       r = { .p = p, .kind = kind_of(p) };
    const int settle = p->settle || settled;
    r.sight = (tg_sight){ .dim = r.kind->dim(p),
                          .component = p->component,
                          .h = p->h,
                          .shift = p->shift,
                          .level = p->level,
                          .settle = settle,
                          .grid_only = p->grid_only };
    r.hit = malloc(p->paths * sizeof *r.hit);
    r.settled = settle ? malloc(p->paths * sizeof *r.settled) : NULL;
    r.done = malloc(round_size(p, r.kind) / r.kind->block + 1);
    tg_status status = r.kind->prepare(p, threads_of(p), &r.state);
    if (status == TG_OK && !(r.hit && r.done && (r.settled || !settle)))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        status = run_rounds(&r, &h);
        hand_out(&r, &h, hit, settled, out);
    }
    if (r.state) r.kind->release(r.state);
    free(r.hit);
    free(r.settled);
    free(r.done);
    return status;
}
