/* asgd: x <- x - step g, at every arrival, with whatever gradient comes
 * Source: Tsitsiklis, Bertsekas, Athans 1986; Yu, Chen, Poor 2024. */
#include "asgd/algorithm.h"

static size_t
no_state(size_t dim, size_t workers)
{
    (void)dim;
    (void)workers;
    return 0;
}

static bool
arrive(tg_server *s, size_t worker, const double *gradient)
{
    (void)worker;
    for (size_t j = 0; j < s->dim; j++) s->x[j] -= s->step * gradient[j];
    return true;
}

const tg_algorithm tg_asgd = { .name = "asgd",
                               .doc =
                                   "asynchronous SGD: each gradient is applied on arrival",
                               .filter = "asgd",
                               .state = no_state,
                               .arrive = arrive };
