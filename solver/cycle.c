#include "solver/cycle.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double PI = 3.14159265358979323846;

double
tg_cycle_limit(size_t workers)
{
    return 2 * sin(PI / (2 * (2 * (double)workers - 1)));
}

/* The last P values of a recursion y_{k+1} = y_k - e y_{k-P+1}. */
typedef struct past {
    double *y; /* (P) y_k at k mod P */
    size_t  k;
} past;

static double
latest(const past *p, size_t workers)
{
    return p->y[p->k % workers];
}

static void
advance(past *p, size_t workers, double e)
{
    const size_t next = (p->k + 1) % workers; /* holds y_{k-P+1} */
    const double now = latest(p, workers);

    p->y[next] = now - e * p->y[next];
    p->k++;
}

/* Until what came in as many updates as it had taken up to then adds less than rounding. */
tg_status
tg_cycle_variance(const tg_cycle *c, double *out)
{
    enum { MOST = 40000000 };
    const size_t n = c->workers;
    past         psi = { calloc(n, sizeof *psi.y), 0 };
    double       sum = 0, before = 0;

    if (!psi.y) return tg_fail(TG_ENOMEM, "out of memory");
    psi.y[0] = 1;
    tg_status status = TG_OK;
    if (!(c->e < tg_cycle_limit(n)))
        status = tg_fail(TG_EDOMAIN, "%zu workers do not settle with e = %g", n, c->e);
    for (size_t k = 0, look = 64 * n; status == TG_OK; k++) {
        const double y = latest(&psi, n);
        sum += y * y;
        advance(&psi, n, c->e);
        if (k < look) continue;
        if (sum - before <= 1e-14 * sum) break;
        before = sum;
        look *= 2;
        if (k > MOST)
            status =
                tg_fail(TG_ENOCONV, "%d updates do not tell how wide it settles", MOST);
    }
    free(psi.y);
    if (status == TG_OK) *out = c->e * c->e * c->v * sum;
    return status;
}

/* Moments after each of the first `last` updates. */
static tg_status
by_update(const tg_cycle *c, size_t last, double *mean, double *second)
{
    const size_t n = c->workers;
    past       mu = { malloc(n * sizeof *mu.y), 0 }, psi = { calloc(n, sizeof *psi.y), 0 };
    const bool whole = mu.y && psi.y;
    double     noise = 0;

    for (size_t i = 0; whole && i < n; i++) mu.y[i] = c->start;
    if (whole) psi.y[0] = 1;
    for (size_t k = 0; whole && k <= last; k++) {
        const double m = latest(&mu, n), y = latest(&psi, n);
        mean[k] = m;
        second[k] = m * m + noise;
        noise += c->e * c->e * c->v * y * y;
        advance(&mu, n, c->e);
        advance(&psi, n, c->e);
    }
    free(mu.y);
    free(psi.y);
    return whole ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
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
    double   *square = mu + last + 1;
    tg_status status = by_update(c, last, mu, square);
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        const double turn = dt * (double)i / c->time, whole = floor(turn + 1e-12);
        const double r = fmin(fmax(turn - whole, 0), 1);
        const size_t first = (size_t)whole * c->workers;
        mean[i] = over_binomial(mu + first, c->workers, r);
        second[i] = over_binomial(square + first, c->workers, r);
    }
    free(mu);
    return status;
}
