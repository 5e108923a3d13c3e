#include "solver/dde.h"

#include "solver/dde_machine.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES 2e9
enum { SLIDE = 1000 }; /* steps */

#define LOOKS 8

enum { MANY = 8, REFUSALS = 3 }; /* delays; of a step that passes kinks */

static double
blur(const tg_dde_machine *m, double t)
{
    return tg_dde_blur(m->t1 - m->t0, t);
}

/* Kinks come in order. Those of so high a level that the method does not see them are not
 * kept; of two at one time the lower level stays. */
static tg_status
add_kink(tg_dde_machine *m, double t, int level)
{
    tg_dde_kink *const last = m->kink_count > 0 ? &m->kinks[m->kink_count - 1] : NULL;

    if (level > m->gauss.s + 1) return TG_OK;
    if (last && t - last->t <= blur(m, t)) {
        if (level < last->level) last->level = level;
        return TG_OK;
    }
    if (m->kink_count == m->kink_room) {
        const size_t room = m->kink_room ? 2 * m->kink_room : 64;
        tg_dde_kink *more = realloc(m->kinks, room * sizeof *more);
        if (!more) return tg_fail(TG_ENOMEM, "out of memory for %zu kinks", room);
        m->kinks = more;
        m->kink_room = room;
    }
    m->kinks[m->kink_count++] = (tg_dde_kink){ t, level };
    return TG_OK;
}

/* When t - tau_j meets the kink ahead of it. */
static double
meeting(const tg_dde_machine *m, size_t j)
{
    const size_t k = m->kink_ahead[j];

    return m->tau[j] > 0 && k < m->kink_count ? m->kinks[k].t + m->tau[j] : INFINITY;
}

/* Constant delays: the next t at which a lagged argument meets a kink, and one more than
 * that kink's level, the lowest of those met. */
static double
next_kink(const tg_dde_machine *m, int *level)
{
    double       next = INFINITY;
    const double now = m->t + blur(m, m->t);

    if (!m->eq->tau) return next;
    for (size_t j = 0; j < m->eq->delays; j++) {
        while (meeting(m, j) <= now) m->kink_ahead[j]++;
        next = fmin(next, meeting(m, j));
    }
    for (size_t j = 0; next < INFINITY && j < m->eq->delays; j++)
        if (meeting(m, j) <= next + blur(m, next)) {
            const int its = m->kinks[m->kink_ahead[j]].level + 1;
            if (*level == 0 || its < *level) *level = its;
        }
    return next;
}

/* With many delays weak kinks are many: from level 2 on they are passed as long as the error allows
 * that. Then the next that is not; only the first of all has level 0. */
static double
next_strong(tg_dde_machine *m, double kink, int *level)
{
    double next = INFINITY;

    if (*level < 2 || m->refused >= REFUSALS || m->eq->delays < MANY) return kink;
    for (size_t j = 0; j < m->eq->delays; j++)
        if (m->kink_ahead[j] == 0 && meeting(m, j) < next) next = meeting(m, j);
    *level = 1;
    return next;
}

/* The error of a step that passes kinks, of which the usual estimate knows little. */
static tg_status
judge_passing(tg_dde_machine *m, double *error)
{
    double between = 0;

    if (*error <= 1) TG_TRY(tg_dde_attempt_between(m, &between));
    *error = fmax(*error, between);
    if (!(*error <= 1)) m->refused++;
    return TG_OK;
}

/* How many kinks lie before t - tau_j at theta of the step tried; they are in order. */
static tg_status
kinks_before(tg_dde_machine *m, double theta, size_t j, size_t *number)
{
    double B[TG_GAUSS_MAX];
    size_t low = 0, high = m->kink_count;

    tg_gauss_dense(&m->gauss, theta, B);
    tg_dde_combine(m, B, m->stage);
    TG_TRY(tg_dde_delays_at(m, m->t + theta * m->h, m->stage));
    const double at = m->t + theta * m->h - m->tau[j];
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (m->kinks[middle].t < at)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return TG_OK;
}

/* Delays that vary: where in the step tried does t - tau_j pass a kink, up or down? Seen at
 * LOOKS points, located by bisection on the trial's dense output; inf if nowhere. The first
 * look is a little after the begin, which may itself be such a place. */
static tg_status
passed_kink(tg_dde_machine *m, double *when, int *level)
{
    *when = INFINITY;
    for (size_t j = 0; !m->eq->tau && j < m->eq->delays; j++) {
        double low = 1e-3, high;
        size_t first, now;
        TG_TRY(kinks_before(m, low, j, &first));
        for (int look = 1; look <= LOOKS; look++, low = high) {
            TG_TRY(kinks_before(m, high = (double)look / LOOKS, j, &now));
            if (now == first) continue;
            size_t passed = now;
            for (int bit = 0; bit < 50; bit++) {
                const double middle = (low + high) / 2;
                TG_TRY(kinks_before(m, middle, j, &now));
                if (now != first) passed = now;
                *(now == first ? &low : &high) = middle;
            }
            if (m->t + high * m->h < *when) {
                *when = m->t + high * m->h;
                *level = m->kinks[passed < first ? passed : first].level + 1;
            }
            break;
        }
    }
    return TG_OK;
}

static tg_status
accept(tg_dde_machine *m)
{
    const size_t n = m->eq->dim;
    double      *swap;

    for (size_t k = 0; k < n; k++)
        if (!isfinite(m->next[k]))
            return tg_fail(TG_EDIVERGED, "x[%zu] left the finite range at t = %g", k,
                           m->t + m->h);
    TG_TRY(tg_dde_append(m->s, &m->gauss, m->h, m->x, m->F));
    memcpy(m->x, m->next, n * sizeof *m->x);
    memcpy(m->f_end, m->end_slope, n * sizeof *m->x);
    swap = m->last_F;
    m->last_F = m->F;
    m->F = swap;
    m->last_h = m->h;
    m->t = m->s->begin[m->s->count];
    return TG_OK;
}

/* The slope at t, which no smaller step can mend. */
static tg_status
slope_here(tg_dde_machine *m)
{
    m->lost = 0;
    TG_TRY(tg_dde_slope(m, m->t, m->x, m->past, 0, m->f_end));
    tg_dde_note(m, m->t, m->f_end);
    return m->lost ? tg_dde_lost(m) : TG_OK;
}

/* After a kink nothing is extrapolated, and the slope is the one to its right. */
static tg_status
pass(tg_dde_machine *m, int level)
{
    TG_TRY(add_kink(m, m->t, level));
    m->last_h = 0;
    return slope_here(m);
}

/* The step to try: up to `ahead` where that is near, half the way where it is not far. */
static double
fit_step(double h, double t, double ahead)
{
    if (t + h > ahead - 0.05 * h) return ahead - t;
    return t + 2 * h > ahead ? (ahead - t) / 2 : h;
}

/* One step, if it is accepted; *ended by an event. */
static tg_status
advance(tg_dde_machine *m, int *ended)
{
    int          level = 0, fixed = 0;
    const double wish = m->h, kink = next_kink(m, &fixed);
    const double strong = next_strong(m, kink, &fixed);
    const double ahead = strong < m->t1 - blur(m, m->t1) ? strong : m->t1;
    double       error, when = INFINITY;
    int          order = m->gauss.s + 1; /* at which the error falls */

    m->h = fit_step(m->h, m->t, ahead);
    int landing = m->h == ahead - m->t;
    if (!(m->h > blur(m, m->t) / 10))
        return m->lost ? tg_dde_lost(m)
                       : tg_dde_too_small(m->t1 - m->t0, m->t, "stiff, or singular");
    TG_TRY(tg_dde_attempt(m, &error));
    if (kink < m->t + m->h - blur(m, m->t)) {
        TG_TRY(judge_passing(m, &error));
        order = 4;
    }
    if (error < INFINITY) TG_TRY(passed_kink(m, &when, &level));
    if (when < m->t + m->h * (1 - 1e-9)) {
        m->h = fmax(when - m->t, 10 * blur(m, m->t)); /* again, up to the kink */
        landing = 0;
        TG_TRY(tg_dde_attempt(m, &error));
    }
    const double factor = fmin(6, fmax(0.2, 0.9 * pow(error, -1.0 / order)));
    if (!(error <= 1)) {
        m->h *= fmin(factor, 0.7);
        return TG_OK;
    }
    const double taken = m->h;
    TG_TRY(accept(m));
    m->refused = 0;
    if (landing) m->t = m->s->begin[m->s->count] = ahead; /* without rounding */
    TG_TRY(tg_dde_watch(m->s, ended));
    m->h = taken < wish ? fmax(wish, taken * factor) : taken * factor;
    if (*ended) return TG_OK;
    if (landing && ahead < m->t1 && fixed) return pass(m, fixed);
    return level ? pass(m, level) : TG_OK;
}

static double
first_step(const tg_dde_machine *m)
{
    double rate = 0;

    for (size_t k = 0; k < m->eq->dim; k++)
        rate = fmax(rate, fabs(m->f_end[k]) / (fabs(m->x[k]) + m->absolute / m->relative));
    return fmin(m->t1 - m->t0, rate > 0 ? 0.1 / rate : m->t1 - m->t0);
}

/* A delay that depends on the state may keep x on its own kink: the solution slides along it,
 * in steps as short as rounding lets them be. And a long one is kept whole in memory. */
static tg_status
watch_progress(const tg_dde_machine *m, double *since)
{
    const size_t steps = m->s->count;
    const double bytes = 8.0 * (double)steps * (double)((m->gauss.s + 1u) * m->eq->dim);

    if (bytes > MOST_BYTES)
        return tg_fail(
            TG_ENOCONV,
            "%zu steps up to t = %g take %.3g bytes, more than %.3g: end earlier, or "
            "allow larger errors",
            steps, m->t, bytes, MOST_BYTES);
    if (steps % SLIDE) return TG_OK;
    if (steps && m->t - *since < 1e-6 * (m->t - m->t0))
        return tg_fail(
            TG_ENOCONV,
            "the solution slides at t = %.10g: %d steps went no further than %.3g; "
            "a delay keeps up with a kink of the past",
            m->t, SLIDE, m->t - *since);
    *since = m->t;
    return TG_OK;
}

static tg_status
run(tg_dde_machine *m)
{
    int    ended = 0;
    size_t seen = 0;
    double since = m->t0;

    m->t = m->t0;
    TG_TRY(tg_dde_begin(m->eq, m->t0, m->x));
    TG_TRY(tg_dde_watch_begin(m->s));
    TG_TRY(add_kink(m, m->t0, 0));
    if (m->eq->tau) memcpy(m->tau, m->eq->tau, m->eq->delays * sizeof *m->tau);
    TG_TRY(slope_here(m));
    m->h = first_step(m);
    while (m->t < m->t1 && !ended) {
        TG_TRY(tg_stop_check());
        TG_TRY(advance(m, &ended));
        if (m->s->count != seen) TG_TRY(watch_progress(m, &since));
        seen = m->s->count;
    }
    return TG_OK;
}

/* One block for all the vectors of a run. */
static double *
lay_out(tg_dde_machine *m)
{
    const size_t n = m->eq->dim, s = (size_t)m->gauss.s, d = m->eq->delays;
    double *block = malloc((5 * n + d + d * n + 3 * s * n + s * d * n) * sizeof *block);
    double *at = block;

    if (!block) return NULL;
    m->x = at, at += n;
    m->next = at, at += n;
    m->f_end = at, at += n;
    m->stage = at, at += n;
    m->end_slope = at, at += n;
    m->tau = at, at += d;
    m->past = at, at += d * n;
    m->F = at, at += s * n;
    m->new_F = at, at += s * n;
    m->last_F = at, at += s * n;
    m->lagged = at;
    return block;
}

tg_status
tg_dde_solve(const tg_dde *eq, double t0, double t1, double relative, double absolute,
             int stages, tg_dde_solution **out)
{
    TG_TRY(tg_dde_check(eq, t0, t1, relative, absolute));
    if (stages != 0 && !(stages >= 2 && stages <= TG_GAUSS_MAX))
        return tg_fail(TG_EDOMAIN, "stages must be 2 .. %d, got %d", TG_GAUSS_MAX, stages);
    const int      chosen = stages ? stages : relative > 1e-5 ? 5 : relative > 1e-9 ? 7 : 8;
    tg_dde_machine m = { .eq = eq,
                         .gauss = tg_gauss_make(chosen),
                         .relative = relative,
                         .absolute = absolute,
                         .t0 = t0,
                         .t1 = t1 };
    tg_status      status = TG_OK;
    double        *block = lay_out(&m);

    tg_dde_make_estimates(&m);
    m.hint = calloc(eq->delays + 1, sizeof *m.hint);
    m.kink_ahead = calloc(eq->delays + 1, sizeof *m.kink_ahead);
    if (!block || !m.hint || !m.kink_ahead)
        status = tg_fail(TG_ENOMEM, "out of memory");
    else
        status = tg_dde_solution_create(eq, chosen, t0, &m.s);
    if (status == TG_OK) status = run(&m);
    free(block);
    free(m.hint);
    free(m.kink_ahead);
    free(m.kinks);
    if (status == TG_OK)
        *out = m.s;
    else
        tg_dde_solution_free(m.s);
    return status;
}
