/* What the two methods with a corrector share: x^ is the Euler-Maruyama step, hats are
 * coefficients there, and the drift is that of the trapezoidal rule, (f + f^)/2. Lagged
 * values are taken on the grid at both ends, so the rule's order survives them (derived
 * here). */
#include "solver/sdde_step.h"

tg_status
tg_sdde_predict(tg_sdde_step *s)
{
    const tg_sdde *eq = s->eq;

    TG_TRY(tg_sdde_evaluate(s));
    tg_sdde_euler(s);
    TG_TRY(tg_sdde_fetch_next(s));
    return eq->drift(s->count, s->t + s->dt, s->next, s->past2, s->f2, eq->context);
}

void
tg_sdde_correct(tg_sdde_step *s)
{
    for (size_t k = 0; k < s->eq->dim * s->count; k++) s->f[k] = (s->f[k] + s->f2[k]) / 2;
    tg_sdde_euler(s);
}
