/* predict_certificate: what the verdict rests on: the roots right of 0 of the steepest mode's mean
 *
 * Counted by the argument principle in steps that no root can pass, of the equation with the workers'
 * own past in it; proved in ball arithmetic where that has a closed form. The mean square is lost no
 * later than the mean, so a mode that settles has none: where one is counted all the same, the level
 * contradicts itself, and the verdict is left open.
 */
#include "asgd/theory/mode_roots.h"

#include <math.h>

static size_t
steepest(const tg_modes *m)
{
    size_t top = 0;

    for (size_t j = 1; j < m->count; j++)
        if (m->h[j] > m->h[top]) top = j;
    return top;
}

/* What cannot be counted is not certified, and no failure. */
static tg_status
certify(const tg_mode_equation *q, tg_prediction *p)
{
    size_t          count;
    double          clearance;
    bool            proved = false;
    const tg_status status = tg_mode_unstable(q, &count, &clearance);

    if (status == TG_ENOCONV || status == TG_EDOMAIN) return TG_OK;
    TG_TRY(status);
    p->certificate = TG_COUNTED;
    p->right = count;
    p->clearance = clearance;
    TG_TRY(tg_mode_prove(q, &count, &proved));
    if (proved && count == p->right) p->certificate = TG_PROVED;
    return TG_OK;
}

tg_status
tg_predict_certify(const tg_finite_run *r)
{
    const tg_finite *f = r->f;
    const size_t     top = steepest(f->m);
    tg_mode_equation q;

    if (f->plan->quick || !f->c->plain || !f->c->solved) return TG_OK;
    tg_status status = tg_mode_equation_open(f, f->m->h[top], r->p->threshold, &q);
    if (status == TG_OK) status = certify(&q, r->p);
    tg_mode_equation_close(&q);
    TG_TRY(status);
    if (r->p->certificate != TG_UNCOUNTED && r->p->right && r->mode[top].settles)
        r->p->outcome = TG_UNDECIDED;
    return TG_OK;
}
