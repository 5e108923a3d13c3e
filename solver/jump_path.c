#include "solver/jump_path.h"

#include "core/normals.h"

#include <math.h>
#include <stdlib.h>

#define BATCH TG_JUMP_BATCH
#define ROOM  1024 /* arrivals at first; doubled when they are used up */

tg_status
tg_jump_path_check(const tg_jump *j, double horizon)
{
    if (j->modes == 0 || !isfinite(j->eta))
        return tg_fail(TG_EDOMAIN, "%zu modes and learning rate %g make no equation",
                       j->modes, j->eta);
    for (size_t i = 0; i < j->modes; i++)
        if (!isfinite(j->mode[i].h + j->mode[i].sigma + j->mode[i].x0))
            return tg_fail(TG_EDOMAIN, "mode %zu: h, sigma and x0 must be finite", i);
    if (!j->delay) return tg_fail(TG_EDOMAIN, "there is no delay law");
    if (!(j->lambda > 0 && isfinite(j->lambda)))
        return tg_fail(TG_EDOMAIN, "the arrival rate must be > 0, got %g", j->lambda);
    if (!(j->lambda * horizon < 1e8))
        return tg_fail(TG_EDOMAIN, "%.3g arrivals to a path are more than 1e8",
                       j->lambda * horizon);
    return TG_OK;
}

double
tg_jump_path_memory(const tg_jump *j, double horizon)
{
    const double arrivals = j->lambda * horizon;
    const double most = arrivals + 6 * sqrt(arrivals) + 2;
    const double room = ROOM * exp2(ceil(log2(fmax(most / ROOM, 1))));

    return sizeof(double) * (room * (1 + (double)j->modes) + BATCH * (double)j->modes);
}

tg_status
tg_jump_path_open(tg_jump_path *p, const tg_jump *j)
{
    *p = (tg_jump_path){ .j = j, .normal = malloc(BATCH * j->modes * sizeof *p->normal) };
    return p->normal ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

void
tg_jump_path_close(tg_jump_path *p)
{
    free(p->time);
    free(p->value);
    free(p->normal);
    *p = (tg_jump_path){ 0 };
}

static tg_status
grow(tg_jump_path *p)
{
    const size_t room = p->room ? 2 * p->room : ROOM;
    double      *time = realloc(p->time, room * sizeof *time);
    if (time) p->time = time;
    double *value = realloc(p->value, room * p->j->modes * sizeof *value);
    if (value) p->value = value;
    if (!time || !value) return tg_fail(TG_ENOMEM, "out of memory for %zu arrivals", room);
    p->room = room;
    return TG_OK;
}

tg_status
tg_jump_path_start(tg_jump_path *p, uint64_t seed, size_t index)
{
    if (p->room == 0) TG_TRY(grow(p));
    p->arrival = tg_rng_stream(seed, TG_PURPOSE_ARRIVAL, index);
    p->law = tg_rng_stream(seed, TG_PURPOSE_DELAY, index);
    p->noise = tg_rng_stream(seed, TG_PURPOSE_NOISE, index);
    p->time[0] = p->t = 0;
    for (size_t i = 0; i < p->j->modes; i++) p->value[i] = p->j->mode[i].x0;
    p->count = 1;
    p->n = 0;
    return TG_OK;
}

const double *
tg_jump_path_x(const tg_jump_path *p)
{
    return p->value + (p->count - 1) * p->j->modes;
}

double
tg_jump_path_next(tg_jump_path *p)
{
    p->t += tg_rng_exponential(&p->arrival) / p->j->lambda;
    return p->t;
}

/* The row of x(t-), that of the arrival before t; arrivals are even enough that a guess is
 * near. */
static size_t
row_before(const tg_jump_path *p, double t)
{
    size_t low = 0, high = p->count; /* time[low] < t <= time[high] */

    if (!(t > 0)) return 0;
    for (double back = p->j->lambda * (p->t - t) + 4; back < (double)p->count; back *= 2) {
        const size_t i = p->count - (size_t)back;
        if (p->time[i] < t) {
            low = i;
            break;
        }
        high = i;
    }
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (p->time[middle] < t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void
draw(tg_jump_path *p)
{
    tg_delay_samples(p->j->delay, &p->law, p->delay, BATCH);
    tg_rng_normals(&p->noise, p->normal, BATCH * p->j->modes);
}

tg_status
tg_jump_path_arrive(tg_jump_path *p)
{
    const tg_jump *j = p->j;
    const size_t   modes = j->modes, at = p->n++ % BATCH;

    if (p->count == p->room) TG_TRY(grow(p));
    if (at == 0) draw(p);
    const double *x = tg_jump_path_x(p), *normal = p->normal + at * modes;
    const double *past = p->value + row_before(p, p->t - p->delay[at]) * modes;
    double       *next = p->value + p->count * modes;

    for (size_t i = 0; i < modes; i++) {
        next[i] = x[i] - j->eta * (j->mode[i].h * past[i] + j->mode[i].sigma * normal[i]);
        if (!(fabs(next[i]) < 1e150))
            return tg_fail(TG_EDIVERGED,
                           "a path of the jump form left the finite range at t = %g", p->t);
    }
    p->time[p->count++] = p->t;
    return TG_OK;
}
