#include "solver/cycle.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double PI = 3.14159265358979323846;

double
tg_cycle_limit(size_t workers, bool dude)
{
    const double n = (double)workers, w = PI / (3 * n - 2);

    return dude && workers > 1 ? 2 * n * sin(w / 2) * sin(w / 2) / sin(n * w / 2)
                               : 2 * sin(PI / (2 * (2 * n - 1)));
}

/* The recursion y_{k+1} = y_k - (e/M) pull, pull = sum_{i<M} y_{k-P+1-i}; width = sum_{i<M} y_{k-i}. */
typedef struct recursion {
    double *y; /* (room) y_k at k mod room */
    size_t  room, k, slots, lag;
    double  share, pull, width; /* share: e/M */
} recursion;

static tg_status
open(const tg_cycle *c, double first, double before, recursion *out)
{
    recursion r = { .slots = c->dude ? c->workers : 1, .lag = c->workers - 1 };

    r.room = r.slots + r.lag + 1;
    r.share = c->e / (double)r.slots;
    r.y = malloc(r.room * sizeof *r.y);
    if (!r.y) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < r.room; i++) r.y[i] = before;
    r.y[0] = first;
    r.pull = before * (double)r.slots + (r.lag == 0 ? first - before : 0);
    r.width = before * (double)(r.slots - 1) + first;
    *out = r;
    return TG_OK;
}

static double
back(const recursion *r, size_t lag)
{
    return r->y[(r->k + r->room - lag) % r->room];
}

static void
advance(recursion *r)
{
    const double next = back(r, 0) - r->share * r->pull;
    const double leaves = back(r, r->lag + r->slots - 1), narrows = back(r, r->slots - 1);

    r->k++;
    r->y[r->k % r->room] = next;
    r->pull += back(r, r->lag) - leaves;
    r->width += next - narrows;
}

static double
square(double x)
{
    return x * x;
}

/* Until what came in as many updates as it had taken up to then adds less than rounding. */
tg_status
tg_cycle_variance(const tg_cycle *c, double *out)
{
    enum { MOST = 40000000 };
    recursion psi;
    double    sum = 0, before = 0;

    if (!(c->e < tg_cycle_limit(c->workers, c->dude)))
        return tg_fail(TG_EDOMAIN, "%zu workers do not settle with e = %g", c->workers,
                       c->e);
    TG_TRY(open(c, 1, 0, &psi));
    tg_status status = TG_OK;
    for (size_t k = 0, look = 64 * c->workers; status == TG_OK; k++) {
        sum += square(psi.share * psi.width);
        advance(&psi);
        if (k < look) continue;
        if (sum - before <= 1e-14 * sum) break;
        before = sum;
        look *= 2;
        if (k > MOST)
            status =
                tg_fail(TG_ENOCONV, "%d updates do not tell how wide it settles", MOST);
    }
    free(psi.y);
    if (status == TG_OK) *out = c->v * sum;
    return status;
}

/* sum_{j=2}^P (Psi_{k-1} - Psi_{k-j})^2 at k = 1 .. last, times `scale`, added to out. */
static tg_status
add_first_slots(const tg_cycle *c, size_t last, double scale, double *out)
{
    const size_t n = c->workers;
    recursion    psi;
    double       sum = 0, squares = 0, *all = malloc((last + 1) * sizeof *all);

    if (!all) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = open(c, 1, 0, &psi);
    for (size_t k = 1; status == TG_OK && k <= last; k++) {
        const double now = (k > 1 ? all[k - 2] : 0) + back(&psi, 0);
        all[k - 1] = now;
        out[k] += scale * fmax((double)(n - 1) * now * now - 2 * now * sum + squares, 0);
        sum += now;
        squares += now * now;
        if (k >= n) {
            sum -= all[k - n];
            squares -= square(all[k - n]);
        }
        advance(&psi);
    }
    if (status == TG_OK) free(psi.y);
    free(all);
    return status;
}

/* Moments after each of the first `last` updates. */
static tg_status
by_update(const tg_cycle *c, size_t last, double *mean, double *second)
{
    recursion mu, psi;
    double    noise = 0;

    TG_TRY(open(c, c->start, c->start, &mu));
    const tg_status status = open(c, 1, 0, &psi);
    if (status != TG_OK) {
        free(mu.y);
        return status;
    }
    for (size_t k = 0; k <= last; k++) {
        mean[k] = back(&mu, 0);
        second[k] = square(mean[k]) + noise;
        noise += c->v * square(psi.share * psi.width);
        advance(&mu);
        advance(&psi);
    }
    free(mu.y);
    free(psi.y);
    return c->dude ? add_first_slots(c, last, c->v * square(psi.share), second) : TG_OK;
}

/* The mean of f_0 .. f_P over a binomial number, from its likeliest value outwards. */
static double
over_binomial(const double *f, size_t workers, double r)
{
    const double n = (double)workers;
    const size_t top = (size_t)fmin(floor((n + 1) * r), n);
    const double peak =
        r > 0 && r < 1
            ? exp(lgamma(n + 1) - lgamma((double)top + 1) - lgamma(n - (double)top + 1) +
                  (double)top * log(r) + (n - (double)top) * log1p(-r))
            : 1;
    double sum = peak * f[top], p = peak;

    for (size_t j = top; j < workers && p > 1e-18 && r > 0; j++) {
        p *= (n - (double)j) / ((double)j + 1) * r / (1 - r);
        sum += p * f[j + 1];
    }
    p = peak;
    for (size_t j = top; j > 0 && p > 1e-18 && r < 1; j--) {
        p *= (double)j / (n - (double)j + 1) * (1 - r) / r;
        sum += p * f[j - 1];
    }
    return sum;
}

tg_status
tg_cycle_transient(const tg_cycle *c, double dt, size_t n, double *mean, double *second)
{
    const size_t turns = (size_t)(dt * (double)(n - 1) / c->time) + 2,
                 last = turns * c->workers;
    double *mu = malloc(2 * (last + 1) * sizeof *mu);

    if (!mu) return tg_fail(TG_ENOMEM, "out of memory");
    double   *squares = mu + last + 1;
    tg_status status = by_update(c, last, mu, squares);
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        const double turn = dt * (double)i / c->time, whole = floor(turn + 1e-12);
        const double r = c->together ? 0 : fmin(fmax(turn - whole, 0), 1);
        const bool   waits = c->dude && whole < 1;
        const size_t first = waits ? 0 : (size_t)(whole - c->dude) * c->workers;
        mean[i] = over_binomial(mu + first, c->workers, waits ? 0 : r);
        second[i] = over_binomial(squares + first, c->workers, waits ? 0 : r);
    }
    free(mu);
    return status;
}
