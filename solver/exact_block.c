#include "solver/exact_block.h"

#include "core/normals.h"
#include "core/rng.h"

#include <math.h>

#define BLOCK  TG_EXACT_BLOCK
#define LEVELS TG_EXACT_LEVELS

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

tg_status
tg_exact_step_make(const tg_linear *m, double h, tg_exact_step *out)
{
    const double  lag = round(m->tau / h);
    tg_exact_step s = { .a = m->a, .b = m->b, .g = m->g, .x0 = m->x0 };

    if (!(fabs(m->tau / h - lag) < 1e-9 * (1 + lag)))
        return tg_fail(TG_EDOMAIN, "the step %g does not divide the delay %g", h, m->tau);
    s.lag = (size_t)lag;
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

double
tg_exact_block_size(double slots)
{
    return (slots * LEVELS + 4) * BLOCK;
}

static double *
levels_at(const tg_exact_block *b, size_t step_number)
{
    return b->ring + step_number % b->slots * LEVELS * BLOCK;
}

void
tg_exact_block_start(tg_exact_block *b, const tg_exact_step *s, size_t slots,
                     double *memory)
{
    b->step = s;
    b->now = 0;
    b->slots = slots;
    b->ring = memory;
    b->z = memory + slots * LEVELS * BLOCK;
    for (size_t slot = 0; slot < slots; slot++)
        for (size_t k = 0; k < LEVELS; k++)
            for (size_t i = 0; i < BLOCK; i++)
                b->ring[(slot * LEVELS + k) * BLOCK + i] = s->x0 * s->power[k + 1];
    for (size_t i = 0; i < BLOCK; i++) b->x[i] = s->x0;
}

/* X^LEVELS down to X^0, which is the next x. The ring's row of this step is that of lag + 1
 * steps ago or older: it is written after the row of `lag` steps ago has been read. */
void
tg_exact_block_advance(tg_exact_block *b)
{
    const tg_exact_step *s = b->step;
    const size_t         n = b->now++;
    const double        *old = levels_at(b, n + b->slots - s->lag);
    double              *now = levels_at(b, n + b->slots);

    tg_normals_across(TG_ISA_BEST, b->seed, TG_PURPOSE_PATH,
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
