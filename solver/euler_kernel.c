/* Four steps of the Euler-Maruyama recursion of ensemble.h for a block of paths. The
 * normals are used where they arise, and a path's value stays in a register from step to
 * step; rows may be each other's (a lag of fewer than four steps reads what was just
 * written), so each lane is finished before the next begins. */
#include "solver/euler_kernel.h"
#include "core/normals_single.h"

static inline void
four_steps(const tg_euler4 *s, size_t i, const vd noise[4])
{
    vd x = load((const double *)s->x + i);

    for (int q = 0; q < 4; q++) {
        x = s->keep * x + s->far * load((const double *)s->far_row[q] + i) + noise[q];
        if (s->near != 0) x += s->near * load((const double *)s->near_row[q] + i);
        store((double *)s->out[q] + i, x);
    }
}

void
TG_KERNEL(tg_euler)(const tg_euler4 *s)
{
    uint64_t key[20], word[2][TG_EULER_PATHS];

    schedule(s->seed, key);
    words_across(key, s->high, s->first, s->block, s->paths, word[0], word[1]);
    for (size_t i = 0; i < s->paths; i += LANES) {
        vu even, odd;
        vd z[4];

        memcpy(&even, word[0] + i, sizeof even);
        memcpy(&odd, word[1] + i, sizeof odd);
        box_muller(even, s->noise, &z[0], &z[1]);
        box_muller(odd, s->noise, &z[2], &z[3]);
        four_steps(s, i, z);
    }
}

static inline void
four_steps_single(const tg_euler4 *s, size_t i, const vf noise[4])
{
    const float keep = (float)s->keep, far = (float)s->far, near = (float)s->near;
    vf          x = load_single((const float *)s->x + i);

    for (int q = 0; q < 4; q++) {
        x = keep * x + far * load_single((const float *)s->far_row[q] + i) + noise[q];
        if (near != 0) x += near * load_single((const float *)s->near_row[q] + i);
        store_single((float *)s->out[q] + i, x);
    }
}

void
TG_KERNEL(tg_euler_single)(const tg_euler4 *s)
{
    uint64_t     key[20];
    uint32_t     part[4][TG_EULER_PATHS];
    const halves w = { { part[0], part[1] }, { part[2], part[3] } };

    schedule(s->seed, key);
    halves_across(key, s->high, s->first, s->block, s->paths, &w);
    for (size_t i = 0; i < s->paths; i += LANES_SINGLE) {
        vw low, high;
        vf z[4];

        for (int k = 0; k < 2; k++) {
            memcpy(&low, w.low[k] + i, sizeof low);
            memcpy(&high, w.high[k] + i, sizeof high);
            box_muller_single(low, high, (float)s->noise, &z[2 * k], &z[2 * k + 1]);
        }
        four_steps_single(s, i, z);
    }
}
