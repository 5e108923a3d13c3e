/* Four steps of the Euler-Maruyama recursion of ensemble.h for a block of paths. A path's
 * value stays in a register from step to step; rows may be each other's (a lag of fewer
 * than four steps reads what was just written), so each lane is finished before the next
 * begins. */
#include "solver/euler_kernel.h"
#include "core/simd.h"

void
TG_KERNEL(tg_euler)(const tg_euler4 *s, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        vd x = load(s->x + i);
        for (int q = 0; q < 4; q++) {
            x = s->keep * x + s->far * load(s->far_row[q] + i) +
                s->noise * load(s->z[q] + i);
            if (s->near != 0) x += s->near * load(s->near_row[q] + i);
            store(s->out[q] + i, x);
        }
    }
}
