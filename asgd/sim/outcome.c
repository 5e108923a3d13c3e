#include "asgd/sim/outcome.h"

const char *
tg_outcome_name(tg_outcome o)
{
    static const char *const name[] = { "converges", "diverges", "undecided" };

    return name[o];
}
