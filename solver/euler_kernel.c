/* Four steps of the Euler-Maruyama recursion of ensemble.h for a block of paths. The normals are
 * used where they arise, and a path's value stays in a register from step to step; rows may be
 * each other's (a lag of fewer than four steps reads what was just written), so each lane is
 * finished before the next begins. */
#include "solver/euler_kernel.h"
#include "core/normals_inline.h"

static inline void
four_steps(const tg_euler4 *s, size_t i, const vd noise[4])
{
    vd x = load(s->x + i);

    for (int q = 0; q < 4; q++) {
        x = s->keep * x + s->far * load(s->far_row[q] + i) + noise[q];
        if (s->near != 0) x += s->near * load(s->near_row[q] + i);
        store(s->out[q] + i, x);
    }
}

void
TG_KERNEL(tg_euler)(const tg_euler4 *s)
{
    uint64_t key[20], word[2][TG_EULER_PATHS];

    schedule(s->seed, key);
    words_across(key, s->high, s->first, s->block, TG_EULER_PATHS, word[0], word[1]);
    for (size_t i = 0; i < TG_EULER_PATHS; i += LANES) {
        vu even, odd;
        vd z[4];

        memcpy(&even, word[0] + i, sizeof even);
        memcpy(&odd, word[1] + i, sizeof odd);
        box_muller(even, s->noise, &z[0], &z[1]);
        box_muller(odd, s->noise, &z[2], &z[3]);
        four_steps(s, i, z);
    }
}
