#include "solver/chain.h"

#include "solver/chain_kernel.h"

#include "core/dispatch.h"

#include <math.h>
#include <string.h>

enum { WIDE = TG_PHASE_MAX + 2 }; /* phases, X and its slope */

typedef double square[WIDE][WIDE];

static void
multiply(size_t n, square a, square b, square out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) sum += a[i][k] * b[k][j];
            out[i][j] = sum;
        }
}

/* e^m - 1 in place by Taylor's series of m / 2^k, then k times (1 + e)^2 - 1 = 2 e + e^2: what is
 * small of it keeps its digits. */
static void
exponential_less_one(size_t n, square m)
{
    square power, sum, room;
    double size = 0;
    int    halvings = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) size = fmax(size, fabs(m[i][j]));
    for (size *= (double)n; size > 0.5; size /= 2) halvings++;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum[i][j] = power[i][j] = m[i][j] = ldexp(m[i][j], -halvings);
    for (int k = 2; k < 20; k++) {
        multiply(n, power, m, room);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) sum[i][j] += power[i][j] = room[i][j] / k;
    }
    for (; halvings > 0; halvings--) {
        multiply(n, sum, sum, room);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) sum[i][j] = 2 * sum[i][j] + room[i][j];
    }
    memcpy(m, sum, sizeof(square));
}

/* d/du of (z, X, X') dt = (S z + l X, X', 0) dt over a step. */
static void
generator(const tg_phase *p, double dt, square m)
{
    const size_t n = (size_t)p->n;

    memset(m, 0, sizeof(square));
    for (size_t i = 0; i < n; i++) {
        double out = p->leave[i];
        for (size_t j = 0; j < n; j++) {
            m[i][j] = dt * p->move[i][j];
            out += p->move[i][j];
        }
        m[i][i] = -dt * out;
        m[i][n] = dt * p->leave[i];
    }
    m[n][n + 1] = 1; /* X' dt: what X moves by */
}

tg_chain
tg_chain_make(const tg_delay *law, double dt)
{
    tg_chain c = { 0 };
    tg_phase p;
    square   m;

    if (!(tg_delay_mean(law) > 0 && isfinite(tg_delay_variance(law)))) return c;
    if (tg_phase_from_delay(law, &p) != TG_OK || !p.exact) return c;
    const size_t n = (size_t)p.n;
    generator(&p, dt, m);
    exponential_less_one(n + 2, m);
    for (size_t i = 0; i < n; i++) {
        c.start[i] = p.start[i];
        c.new[i] = m[i][n + 1];
        c.old[i] = m[i][n] - m[i][n + 1];
        for (size_t j = 0; j < n; j++) c.keep[i][j] = m[i][j] + (i == j);
        c.first[i] = n;
        for (size_t j = n; j-- > 0;)
            if (c.keep[i][j] != 0) c.first[i] = j;
        for (size_t j = 0; j < n; j++)
            if (c.keep[i][j] != 0) c.last[i] = j;
        if (c.first[i] == n) c.first[i] = c.last[i] = i; /* nothing is left of it */
    }
    c.phases = n;
    return c;
}

void
tg_chain_move(const tg_chain *c, size_t n, const double *z, const double *x,
              const double *x_next, double *next, double *mean)
{
    TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_chain_move, c, n, z, x, x_next, next, mean);
}
