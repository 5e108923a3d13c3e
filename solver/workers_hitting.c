/* workers_hitting: when the loss of one run is at a level, in the worker form */
#include "core/normals.h"
#include "core/parallel.h"
#include "solver/workers_crew.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NORMALS = 256, LISTEN = 4096 };

typedef struct hitting {
    const tg_workers     *w;
    const tg_workers_run *run;
    const tg_phase_table *table;
    size_t                workers;
    double               *hit, *settled;
    unsigned char        *finished; /* (paths) */
} hitting;

/* One path: x, what each worker holds and last delivered, and noise to come. */
typedef struct walk {
    const hitting *a;
    tg_crew        crew;
    double        *x, *shake, *held, *slot, *sum;
    bool          *delivered; /* (workers), of which some are `missing` */
    size_t         missing, left;
    bool           noisy;
    tg_rng         noise;
} walk;

static tg_status
walk_open(const hitting *a, walk *out)
{
    const size_t n = a->run->modes, p = a->workers;
    const bool   slots = a->w->rule == TG_WORKERS_DUDE;
    walk         w = { .a = a };

    TG_TRY(tg_crew_open(a->w, a->table, &w.crew));
    w.x = calloc(2 * n + p * n * (slots ? 2 : 1) + n + NORMALS, sizeof *w.x);
    w.delivered = calloc(p, sizeof *w.delivered);
    if (!w.x || !w.delivered) {
        free(w.x);
        free(w.delivered);
        tg_crew_close(&w.crew);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    w.sum = w.x + n;
    w.shake = w.sum + n;
    w.held = w.shake + NORMALS + n;
    w.slot = slots ? w.held + p * n : NULL;
    for (size_t j = 0; j < n; j++) w.noisy = w.noisy || a->run->mode[j].sigma > 0;
    *out = w;
    return TG_OK;
}

static void
walk_close(walk *w)
{
    free(w->x);
    free(w->delivered);
    tg_crew_close(&w->crew);
}

static void
walk_begin(walk *w, uint64_t path)
{
    const tg_workers_run *r = w->a->run;

    tg_crew_begin(&w->crew, path);
    w->noise = tg_rng_stream(w->a->w->seed, TG_PURPOSE_SHAKE, path);
    w->left = 0;
    w->missing = w->slot ? w->a->workers : 0;
    for (size_t j = 0; j < r->modes; j++) w->x[j] = r->mode[j].start;
    for (size_t i = 0; i < w->a->workers; i++)
        memcpy(w->held + i * r->modes, w->x, r->modes * sizeof *w->x);
}

/* Normals are drawn for NORMALS / modes deliveries at a time, at least for one. */
static const double *
next_noise(walk *w)
{
    const size_t n = w->a->run->modes, lot = n > NORMALS ? n : NORMALS / n * n;

    if (w->left == 0) {
        tg_rng_normals(&w->noise, w->shake, lot);
        w->left = lot;
    }
    w->left -= n;
    return w->shake + w->left;
}

/* The gradient at what the worker holds, in place of it. */
static void
gradient(walk *w, size_t worker, double *g)
{
    const tg_workers_run *r = w->a->run;
    const double         *xi = w->noisy ? next_noise(w) : NULL;

    for (size_t j = 0; j < r->modes; j++) {
        const tg_workers_mode *m = &r->mode[j];
        if (r->minimum) g[j] -= r->minimum[j * w->a->workers + worker];
        g[j] *= m->h;
        if (xi) g[j] += m->sigma * xi[j];
    }
}

/* Fill a slot, and say whether the model moves: it does once all were filled before. */
static bool
fill_slot(walk *w, size_t worker, const double *g)
{
    const size_t n = w->a->run->modes;
    double      *slot = w->slot + worker * n;
    const bool   moves = w->missing == 0;

    for (size_t j = 0; j < n; j++) {
        w->sum[j] += g[j] - slot[j];
        slot[j] = g[j];
    }
    w->missing -= !w->delivered[worker];
    w->delivered[worker] = true;
    return moves;
}

static void
deliver(walk *w)
{
    const tg_workers_run *r = w->a->run;
    const size_t          worker = tg_crew_next(&w->crew);
    double               *held = w->held + worker * r->modes;

    gradient(w, worker, held);
    if (!w->slot)
        for (size_t j = 0; j < r->modes; j++) w->x[j] -= r->step * held[j];
    else if (fill_slot(w, worker, held))
        for (size_t j = 0; j < r->modes; j++)
            w->x[j] -= r->step / (double)w->a->workers * w->sum[j];
    memcpy(held, w->x, r->modes * sizeof *held);
    tg_crew_renew(&w->crew);
}

static double
loss(const walk *w)
{
    double sum = 0;

    for (size_t j = 0; j < w->a->run->modes; j++)
        sum += w->a->run->mode[j].h / 2 * w->x[j] * w->x[j];
    return sum;
}

/* The loss is constant between deliveries. A run that has left the finite range neither hits
 * nor settles any more. */
static tg_status
follow(walk *w, double *hit, double *settled)
{
    const tg_workers_run *r = w->a->run;
    double                now = 0;

    *hit = *settled = INFINITY;
    for (size_t i = 0;; i++) {
        const double value = loss(w);
        if (value <= r->level && isinf(*hit)) *hit = now;
        if (value <= r->level && isinf(*settled)) *settled = now;
        if (!(value <= r->level)) *settled = INFINITY;
        if (!isfinite(value) || (!w->a->settled && isfinite(*hit))) return TG_OK;
        now = w->crew.due[tg_crew_next(&w->crew)];
        if (now > r->horizon) return TG_OK;
        deliver(w);
        if (i % LISTEN == 0) TG_TRY(tg_stop_check());
    }
}

static tg_status
one_path(size_t path, size_t thread, void *context)
{
    hitting *a = context;
    walk     w;
    double   settled;

    (void)thread;
    TG_TRY(walk_open(a, &w));
    walk_begin(&w, path);
    const tg_status status = follow(&w, &a->hit[path], &settled);
    walk_close(&w);
    if (status == TG_OK && a->settled) a->settled[path] = settled;
    a->finished[path] = status == TG_OK;
    return status;
}

static tg_status
check(const tg_workers_run *r)
{
    if (r->modes == 0 || !(r->step > 0 && isfinite(r->step)))
        return tg_fail(TG_EDOMAIN, "expected modes and a step > 0, got %zu and %g",
                       r->modes, r->step);
    if (!(r->level > 0) || !(r->horizon > 0 && isfinite(r->horizon)))
        return tg_fail(TG_EDOMAIN, "expected a level and a horizon > 0, got %g and %g",
                       r->level, r->horizon);
    return TG_OK;
}

tg_status
tg_workers_hitting(const tg_workers *w, const tg_workers_run *run, double *hit,
                   double *settled, size_t *done)
{
    hitting         a = { .w = w, .run = run, .hit = hit, .settled = settled };
    tg_phase_table *table = NULL;

    *done = 0;
    TG_TRY(check(run));
    TG_TRY(tg_crew_learn(w, &table));
    a.table = table;
    a.workers = tg_crew_workers(w);
    a.finished = calloc(w->paths, 1);
    const tg_status status = a.finished
                                 ? tg_parallel_run(w->paths, w->threads, one_path, &a, NULL)
                                 : tg_fail(TG_ENOMEM, "out of memory");
    while (a.finished && *done < w->paths && a.finished[*done]) ++*done;
    free(a.finished);
    tg_crew_forget(w, table);
    return status;
}
