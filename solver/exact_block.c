#include "solver/exact_block.h"

#include "core/normals.h"
#include "core/rng.h"

#define BLOCK TG_EXACT_BLOCK

static size_t
quads(const tg_exact_step *s)
{
    return ((size_t)s->draws + 3) / 4;
}

double
tg_exact_block_size(const tg_exact_step *s)
{
    return (((double)s->lag + 1) * s->levels + 4 * (double)quads(s)) * BLOCK;
}

static double *
levels_at(const tg_exact_block *b, size_t n)
{
    return b->ring + n % (b->step->lag + 1) * (size_t)b->step->levels * BLOCK;
}

void
tg_exact_block_start(tg_exact_block *b, const tg_exact_step *s, double *memory)
{
    b->step = s;
    b->now = 0;
    b->ring = memory;
    b->z = memory + (s->lag + 1) * (size_t)s->levels * BLOCK;
    for (size_t row = 0; row < (s->lag + 1) * (size_t)s->levels; row++)
        for (size_t i = 0; i < BLOCK; i++)
            b->ring[row * BLOCK + i] = s->x0 * s->past[row % (size_t)s->levels + 1];
    for (size_t i = 0; i < BLOCK; i++) b->x[i] = s->x0;
}

/* X = p_k x - a X^{k+1}_{n-m} + g J^k; the last level ends with its first term. */
static void
level(const tg_exact_block *b, int k, const double *old, double *X)
{
    const tg_exact_step *s = b->step;
    const double         p = s->power[k], a = k < s->levels ? s->a : 0;
    const int draws = k > 0 && k == s->levels ? 0 : k < s->draws ? k + 1 : s->draws;

    for (size_t i = 0; i < BLOCK; i++) X[i] = p * b->x[i] - (a != 0 ? a * old[i] : 0);
    for (int j = 0; j < draws; j++) {
        const double  root = s->root[k][j];
        const double *z = b->z + (size_t)j * BLOCK;
        for (size_t i = 0; i < BLOCK; i++) X[i] += root * z[i];
    }
}

/* The next x, level 0, comes last: the others are made of this one. */
void
tg_exact_block_move(tg_exact_block *b, size_t n)
{
    const int     L = b->step->levels;
    const double *old =
        levels_at(b, n + 1); /* lag steps before n, or lag + 1 ring rows on */
    double *now = levels_at(b, n);

    for (int k = L; k > 0; k--)
        level(b, k, old + (size_t)k * BLOCK, now + (size_t)(k - 1) * BLOCK);
    level(b, 0, old, b->x);
}

void
tg_exact_block_advance(tg_exact_block *b)
{
    const tg_exact_step *s = b->step;

    for (size_t n = b->now * s->sub; n < (b->now + 1) * s->sub; n++) {
        for (size_t c = 0; c < quads(s); c++)
            tg_normals_across(TG_ISA_BEST, b->seed, TG_PURPOSE_PATH,
                              b->first + ((uint64_t)b->mode << 40), n * quads(s) + c, 1,
                              BLOCK, BLOCK, b->z + 4 * c * BLOCK);
        tg_exact_block_move(b, n);
    }
    b->now++;
}
