#include "solver/mode.h"

#include <math.h>

tg_mode
tg_mode_asgd(double eta, double h, double sigma, double lambda, const tg_delay *delay,
             int jump)
{
    return (tg_mode){ .loop = { .a = eta * lambda * h, .delay = delay, .lambda = lambda },
                      .noise = eta * eta * lambda * sigma * sigma,
                      .jump = jump ? eta * eta * lambda * h * h : 0 };
}

tg_status
tg_mode_check(const tg_mode *m)
{
    TG_TRY(tg_loop_check(&m->loop));
    if (!(m->noise >= 0 && isfinite(m->noise)))
        return tg_fail(TG_EDOMAIN, "noise intensity must be >= 0, got %g", m->noise);
    if (!(m->jump >= 0 && isfinite(m->jump)))
        return tg_fail(TG_EDOMAIN, "jump coefficient must be >= 0, got %g", m->jump);
    return TG_OK;
}
