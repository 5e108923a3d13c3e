/* workers_growth: top Lyapunov exponents in the worker form, and where they are zero */
#include "core/parallel.h"
#include "solver/workers_crew.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounds of P deliveries between looks at the size of the state, and before it counts. */
enum { ROUNDS = 2, BURN = 10, LISTEN = 4096 };

typedef struct growth {
    const tg_workers     *w;
    const tg_phase_table *table;
    size_t                count, workers, looks; /* gains; P; looks that count */
    const double         *gain;
    double               *log; /* (paths, count) growth of each */
} growth;

/* The state at all gains; for DuDe-ASGD e is over P, and slots hold what was last delivered. */
typedef struct state {
    size_t  count, workers;
    bool    slots;
    double *x, *e, *sum; /* (count) */
    double *held, *slot; /* (workers, count) */
} state;

static tg_status
state_open(const growth *a, state *out)
{
    const size_t n = a->count, all = (a->workers + 1) * n;
    state        s = {
               n, a->workers, a->w->rule == TG_WORKERS_DUDE, NULL, NULL, NULL, NULL, NULL
    };

    if (!(s.x = malloc((2 * all + n) * sizeof *s.x)))
        return tg_fail(TG_ENOMEM, "out of memory");
    s.held = s.x + n;
    s.e = s.x + all;
    s.sum = s.e + n;
    s.slot = s.sum + n;
    for (size_t g = 0; g < n; g++)
        s.e[g] = a->gain[g] / (double)a->workers / (s.slots ? (double)a->workers : 1);
    *out = s;
    return TG_OK;
}

/* All hold one value; slots too. */
static void
state_begin(state *s)
{
    for (size_t i = 0; i < (s->workers + 1) * s->count; i++) s->x[i] = 1;
    for (size_t i = 0; i < s->workers * s->count; i++) s->slot[i] = 1;
    for (size_t g = 0; g < s->count; g++) s->sum[g] = (double)s->workers;
}

static void
deliver(state *s, size_t worker)
{
    double *held = s->held + worker * s->count;

    if (s->slots) {
        double *slot = s->slot + worker * s->count;
        for (size_t g = 0; g < s->count; g++) {
            s->sum[g] += held[g] - slot[g];
            slot[g] = held[g];
            held[g] = s->x[g] -= s->e[g] * s->sum[g];
        }
        return;
    }
    for (size_t g = 0; g < s->count; g++) held[g] = s->x[g] -= s->e[g] * held[g];
}

/* Divide the state at one gain by its largest value, whose logarithm is returned. Sums are made
 * anew, so that no rounding outlives the state it came from. */
static double
scale(state *s, size_t g)
{
    const size_t n = s->count;
    double       size = fabs(s->x[g]);

    for (size_t i = 0; i < s->workers; i++) {
        size = fmax(size, fabs(s->held[i * n + g]));
        if (s->slots) size = fmax(size, fabs(s->slot[i * n + g]));
    }
    if (!(size > 0)) return -INFINITY;
    s->x[g] /= size;
    for (size_t i = 0; i < s->workers; i++) s->held[i * n + g] /= size;
    if (!s->slots) return log(size);
    s->sum[g] = 0;
    for (size_t i = 0; i < s->workers; i++) s->sum[g] += s->slot[i * n + g] /= size;
    return log(size);
}

static tg_status
follow(const growth *a, tg_crew *crew, state *s, double *log)
{
    const size_t every = ROUNDS * a->workers;

    for (size_t look = 0; look < BURN / ROUNDS + a->looks; look++) {
        for (size_t i = 0; i < every; i++) {
            deliver(s, tg_crew_next(crew));
            tg_crew_renew(crew);
        }
        if (look * every % LISTEN < every) TG_TRY(tg_stop_check());
        for (size_t g = 0; g < a->count; g++) {
            const double size = scale(s, g);
            if (look >= BURN / ROUNDS || isinf(size)) log[g] += size;
        }
    }
    return TG_OK;
}

static tg_status
one_path(size_t path, size_t thread, void *context)
{
    const growth *a = context;
    tg_crew       crew;
    state         s = { 0 };

    (void)thread;
    TG_TRY(tg_crew_open(a->w, a->table, &crew));
    tg_status status = state_open(a, &s);
    if (status == TG_OK) {
        tg_crew_begin(&crew, path);
        state_begin(&s);
        status = follow(a, &crew, &s, a->log + path * a->count);
        free(s.x);
    }
    tg_crew_close(&crew);
    return status;
}

static tg_status
check(double deliveries, const double *gain, size_t count)
{
    if (!(deliveries >= 1 && deliveries < 1e12) || count == 0)
        return tg_fail(TG_EDOMAIN, "expected 1 .. 1e12 deliveries and a gain, got %g, %zu",
                       deliveries, count);
    for (size_t g = 0; g < count; g++)
        if (!(gain[g] > 0 && isfinite(gain[g])))
            return tg_fail(TG_EDOMAIN, "a gain must be > 0, got %g", gain[g]);
    return TG_OK;
}

static tg_status
run(growth *a, tg_stats *exponent)
{
    const tg_workers *w = a->w;
    const double      round = (double)(ROUNDS * a->workers * a->looks) / tg_crew_rate(w);

    a->log = calloc(w->paths * a->count, sizeof *a->log);
    if (!a->log) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_parallel_run(w->paths, w->threads, one_path, a, NULL);
    for (size_t g = 0; g < a->count && status == TG_OK; g++) {
        tg_stats s = { 0 };
        for (size_t p = 0; p < w->paths; p++)
            tg_stats_add(&s, a->log[p * a->count + g] / round);
        if (isnan(s.mean)) s = (tg_stats){ (double)w->paths, -INFINITY, 0 }; /* all is 0 */
        exponent[g] = s;
    }
    free(a->log);
    return status;
}

tg_status
tg_workers_exponents(const tg_workers *w, double deliveries, const double *gain,
                     size_t count, tg_stats *exponent)
{
    growth          a = { .w = w, .count = count, .gain = gain };
    tg_phase_table *table = NULL;

    TG_TRY(check(deliveries, gain, count));
    TG_TRY(tg_crew_learn(w, &table));
    a.table = table;
    a.workers = tg_crew_workers(w);
    a.looks = (size_t)ceil(deliveries / ROUNDS);
    const tg_status status = run(&a, exponent);
    tg_crew_forget(w, table);
    return status;
}

/* ---- the zero ------------------------------------------------------------------------ */

enum { GAINS = 16, FEWEST = 20 };

/* The first interval of rising gains over which the mean exponent turns positive; GAINS if
 * there is none. */
static size_t
first_crossing(const tg_stats *exponent)
{
    for (size_t i = 1; i < GAINS; i++)
        if (exponent[i].mean >= 0) return i - 1;
    return GAINS;
}

static void
spread_gains(double low, double high, double gain[GAINS])
{
    for (size_t i = 0; i < GAINS; i++)
        gain[i] = low * pow(high / low, (double)i / (GAINS - 1));
}

/* The zero on the line through two values, and its standard error; somewhere between where all is 0
 * at the first. */
static void
cross(const double *k, const tg_stats *e, double *gain, double *error)
{
    const double slope = (e[1].mean - e[0].mean) / (k[1] - k[0]);

    *gain = isfinite(slope) ? k[0] - e[0].mean / slope : (k[0] + k[1]) / 2;
    *error = isfinite(slope) ? tg_stats_error(&e[0]) / fabs(slope) : (k[1] - k[0]) / 2;
}

/* Each pass looks between the gains that the one before found it between, and a little beyond,
 * since that one was less exact; where it was mistaken, from there on. */
tg_status
tg_workers_threshold(const tg_workers *w, double deliveries, double low, double *gain,
                     double *error)
{
    enum { PASSES = 3 };
    static const double share[PASSES] = { 0.01, 0.05, 1 }; /* of the deliveries */
    const double        beyond = 1.1, fewest = fmin(deliveries, FEWEST), most = 200 * low;
    tg_stats            e[GAINS];
    double              k[GAINS], from = low, to = most;

    for (size_t pass = 0; pass < PASSES;) {
        spread_gains(from, to, k);
        TG_TRY(
            tg_workers_exponents(w, fmax(deliveries * share[pass], fewest), k, GAINS, e));
        const size_t at = first_crossing(e);
        if (pass == 0 && !(e[0].mean < 0))
            return tg_fail(TG_ENOCONV, "no run settles at a loop gain of %g", low);
        if (at == GAINS && to >= most) {
            *gain = INFINITY;
            *error = 0;
            return TG_OK;
        }
        if (at == GAINS) {
            from = to;
            to = most;
            continue;
        }
        from = k[at] / beyond;
        to = k[at + 1] * beyond;
        if (++pass == PASSES) cross(k + at, e + at, gain, error);
    }
    return TG_OK;
}
