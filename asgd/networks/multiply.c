#include "asgd/networks/multiply.h"

#include "asgd/networks/multiply_kernel.h"
#include "core/dispatch.h"

void
tg_multiply_single(tg_isa isa, const tg_multiply *p)
{
    TG_DISPATCH(tg_isa_resolve(isa), tg_multiply_single, p);
}

void
tg_multiply_double(tg_isa isa, const tg_multiply *p)
{
    TG_DISPATCH(tg_isa_resolve(isa), tg_multiply_double, p);
}

/* (a + h a')(b + h b') = ab + h (a b' + a' b): the first product takes b and b' side by side, the
 * second puts b where b' was. */
void
tg_multiply_dual(tg_isa isa, const tg_multiply *p)
{
    tg_multiply q = *p;

    for (int i = 0; i < 2; i++) {
        q.a_row[i] *= 2;
        q.a_term[i] *= 2;
        q.c_row[i] *= 2;
    }
    q.columns *= 2;
    q.b_term *= 2;
    tg_multiply_double(isa, &q);
    q.a = (const double *)p->a + 1;
    q.crossed = true;
    tg_multiply_double(isa, &q);
}
