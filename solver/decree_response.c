/* decree_response: how the mean of staleness by decree answers, and what lags scatter */
#include "solver/decree.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LISTEN = 1 << 20 /* operations between looks at the stop flag */ };
static const double NOTHING = 1e-18; /* of the largest value of a response */
static const double STEADY = 1e-11;  /* relative change of how fast it falls */
static const double GROWN = 1e120;

tg_status
tg_decree_lags(const double *weight, size_t most, double *late)
{
    double total = 0;

    for (size_t r = 0; r <= most; r++) {
        if (!(weight[r] >= 0) || !isfinite(weight[r]))
            return tg_fail(TG_EDOMAIN, "the weight of lag %zu must be >= 0, got %g", r,
                           weight[r]);
        total += weight[r];
    }
    if (!(total > 0) || !isfinite(total))
        return tg_fail(TG_EDOMAIN, "the weights of the lags must have a sum > 0, got %g",
                       total);
    for (size_t r = 0; r <= most; r++) late[r] = weight[r] / total;
    return TG_OK;
}

static tg_status
check(const tg_decree *d, double gain)
{
    if (d->workers == 0 || !(d->momentum.beta >= 0 && d->momentum.beta < 1))
        return tg_fail(TG_EDOMAIN, "expected workers and a momentum in [0, 1), got %zu, %g",
                       d->workers, d->momentum.beta);
    if (!(gain > 0) || !isfinite(gain))
        return tg_fail(TG_EDOMAIN, "a loop gain must be > 0, got %g", gain);
    return TG_OK;
}

/* ---- the mean ------------------------------------------------------------------------ */

/* The mean as it is followed: y, what it moves by, and the sum that momentum keeps. */
typedef struct following {
    const tg_decree *d;
    double           gain, kept, largest;
    double          *y, *move; /* (room) */
    size_t           n, room, work;
} following;

/* F's response in round k. */
static double
response(tg_decree_momentum m, size_t k)
{
    const double f = pow(m.beta, (double)k);

    return m.ahead ? m.beta * f + (k == 0) : f;
}

static tg_status
make_room(following *f)
{
    const size_t room = f->room ? 2 * f->room : 256;
    double      *y = realloc(f->y, room * sizeof *y);

    if (y) f->y = y;
    double *move = realloc(f->move, room * sizeof *move);
    if (move) f->move = move;
    if (!y || !move) return tg_fail(TG_ENOMEM, "out of memory");
    f->room = room;
    return TG_OK;
}

/* One round: y(k + 1) = y(k) + v(k), v the optimiser's move along g(k) = 1[k = 0] - K sum p_r y(k - r). */
static tg_status
advance(following *f)
{
    const tg_decree *d = f->d;
    const size_t     k = f->n - 1, most = d->most < k ? d->most : k;
    double           past = 0;

    if (f->n == f->room) TG_TRY(make_room(f));
    for (size_t r = 0; r <= most; r++) past += d->late[r] * f->y[k - r];
    const double g = (k == 0) - f->gain * past;
    f->kept = d->momentum.beta * f->kept + g;
    f->move[k] = d->momentum.ahead ? g + d->momentum.beta * f->kept : f->kept;
    f->y[k + 1] = f->y[k] + f->move[k];
    f->largest = fmax(f->largest, fabs(f->y[k + 1]));
    f->n++;
    if ((f->work += most + 1) < LISTEN) return TG_OK;
    f->work = 0;
    return tg_stop_check();
}

/* Whether nothing has been left of it since as many rounds as it remembers. */
static bool
is_over(const following *f, size_t window)
{
    double size = 0;

    for (size_t i = f->n - window; i < f->n; i++) size = fmax(size, fabs(f->y[i]));
    return size < NOTHING * f->largest;
}

/* How fast it falls, where that has been the same from round to round for as long as it remembers, and nothing else is
 * left of momentum; else NaN. */
static double
falls(const following *f, size_t window)
{
    const size_t k = f->n - 2;
    const double now = -f->move[k] / f->y[k];

    if (!(now > 0 && now < 1)) return NAN;
    for (size_t i = k - window; i < k; i++)
        if (!(fabs(-f->move[i] / f->y[i] - now) <= STEADY * now)) return NAN;
    return response(f->d->momentum, k) < NOTHING * fabs(f->move[k]) ? now : (double)NAN;
}

/* Follow it; *fall receives how fast it falls in the end, 1: nothing is left, NaN: not known. */
static tg_status
follow(following *f, size_t rounds, double *fall)
{
    const size_t window = f->d->most + 8;
    size_t       look = 2 * window;

    *fall = NAN;
    TG_TRY(make_room(f));
    f->y[0] = 0;
    for (f->n = 1; f->n <= rounds + 1;) {
        TG_TRY(advance(f));
        if (f->largest > GROWN) return TG_OK;
        if (f->n < look) continue;
        look = f->n + window;
        *fall = is_over(f, window) ? 1 : falls(f, window);
        if (!isnan(*fall)) return TG_OK;
    }
    return TG_OK;
}

/* ---- what lags scatter --------------------------------------------------------------- */

/* The variance over r of what a response has done since the lag: Var_r sum of value(i), k - r <= i < k. */
static double
scattered(const tg_decree *d, const double *value, size_t k)
{
    double sum = 0, mean = 0, square = 0;

    for (size_t r = 0; r <= d->most; r++) {
        mean += d->late[r] * sum;
        square += d->late[r] * sum * sum;
        if (r < k) sum += value[k - 1 - r];
    }
    return fmax(square - mean * mean, 0);
}

/* The three responses, of a worker to its own cache's noise, to another's, and of the model. */
typedef struct responses {
    double *own, *other, *model;
} responses;

static void
fill_responses(const following *f, tg_decree_mode *m, const responses *r)
{
    const double P = (double)m->d.workers, e = m->gain / P;
    double       sum = 0;

    for (size_t k = 0; k < m->n; k++) {
        const double own = response(m->d.momentum, k);
        m->follows[k] = sum += own;
        m->y[k] = f->y[k];
        r->other[k] = e / P * (own - f->move[k]);
        r->own[k] = e * own - r->other[k];
        r->model[k] = e * f->y[k];
        m->heard[k] = r->own[k] * r->own[k] + (P - 1) * r->other[k] * r->other[k];
        m->seen[k] = P * r->model[k] * r->model[k];
    }
}

static tg_status
fill_kernels(tg_decree_mode *m, const responses *r)
{
    const double P = (double)m->d.workers;
    size_t       work = 0;

    for (size_t k = 0; k < m->n; k++) {
        m->scatter[k] =
            P * (scattered(&m->d, r->own, k) + (P - 1) * scattered(&m->d, r->other, k));
        m->model[k] = scattered(&m->d, r->model, k);
        if ((work += 3 * m->d.most) < LISTEN) continue;
        work = 0;
        TG_TRY(tg_stop_check());
    }
    return TG_OK;
}

/* 1 - K sum of y up to k; where it settles from what is still to come, which does not cancel. */
static void
fill_left(tg_decree_mode *m)
{
    const size_t last = m->n - 1;

    if (!m->settled) {
        double sum = 0;
        for (size_t k = 0; k < m->n; k++) m->left[k] = 1 - m->gain * (sum += m->y[k]);
        return;
    }
    m->left[last] = m->gain * m->y[last] * (1 - m->fall) / m->fall;
    for (size_t k = last; k-- > 0;) m->left[k] = m->left[k + 1] + m->gain * m->y[k + 1];
}

static tg_status
fill(const following *f, tg_decree_mode *m)
{
    const size_t n = m->n;
    double   *block = malloc(7 * n * sizeof *block), *work = malloc(3 * n * sizeof *work);
    tg_status status = TG_OK;

    m->y = block;
    if (block && work) {
        const responses r = { work, work + n, work + 2 * n };
        m->left = block + n;
        m->scatter = block + 2 * n;
        m->model = block + 3 * n;
        m->heard = block + 4 * n;
        m->seen = block + 5 * n;
        m->follows = block + 6 * n;
        fill_responses(f, m, &r);
        fill_left(m);
        status = fill_kernels(m, &r);
    } else
        status = tg_fail(TG_ENOMEM, "out of memory");
    free(work);
    return status;
}

tg_status
tg_decree_open(const tg_decree *d, double gain, size_t rounds, tg_decree_mode *out)
{
    following      f = { .d = d, .gain = gain };
    tg_decree_mode m = { .d = *d, .gain = gain };

    TG_TRY(check(d, gain));
    tg_status status = follow(&f, rounds, &m.fall);
    m.settled = !isnan(m.fall);
    m.n = f.n - 1; /* of the last round the move is not known */
    if (status == TG_OK) status = fill(&f, &m);
    free(f.y);
    free(f.move);
    if (status == TG_OK)
        *out = m;
    else
        tg_decree_close(&m);
    return status;
}

void
tg_decree_close(tg_decree_mode *m)
{
    free(m->y);
    m->y = NULL;
}
