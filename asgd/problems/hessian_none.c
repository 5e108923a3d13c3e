/* hessian_none: stands in where ARPACK-NG was not there at build time */
#include "asgd/problems/hessian.h"

tg_status
tg_hessian_top(tg_product product, void *context, size_t dim, size_t count,
               double tolerance, double *value, double *vector)
{
    (void)product, (void)context, (void)dim, (void)count, (void)tolerance, (void)value,
        (void)vector;
    return tg_fail(TG_EINPUT, "this build has no ARPACK, so it cannot compute Hessian "
                              "eigenvalues: install libarpack2-dev and build again");
}
