#include "roots/prove.h"

static tg_status
refuse(void)
{
    return tg_fail(TG_EINPUT,
                   "proofs need the library Arb: install libflint-arb-dev and build again");
}

tg_status
tg_loop_prove(const tg_loop *loop, tg_proof *out)
{
    (void)loop, (void)out;
    return refuse();
}

tg_status
tg_corrected_prove(const tg_renewing *workers, tg_proof *out)
{
    (void)workers, (void)out;
    return refuse();
}
