/* constant: always as fast; straggler: one of the group is slower */
#include "asgd/workers/pace.h"

#include <math.h>

enum { SPEED };
enum { WORKER, FACTOR };

static const tg_param constant_params[] = {
    { "speed", "1", "work done in a unit of time", 1, 0, 1e100, true, false },
    { 0 },
};

static double
constant_fixed(const tg_pace *p, size_t place)
{
    (void)place;
    return p->choice.param[SPEED];
}

const tg_pace_kind tg_pace_constant = {
    .is = { "constant", "the worker is always as fast", "", constant_params },
    .fixed = constant_fixed,
};

static const tg_param straggler_params[] = {
    { "worker", "", "which of the group, from 0", 0, 0, 1e9, false, true },
    { "factor", "1", "how many times as long its jobs take", NAN, 0, 1e100, true, false },
    { 0 },
};

static double
straggler_fixed(const tg_pace *p, size_t place)
{
    return (double)place == p->choice.param[WORKER] ? 1 / p->choice.param[FACTOR] : 1;
}

const tg_pace_kind tg_pace_straggler = {
    .is = { "straggler", "one worker of the group is slower than the others", "",
            straggler_params },
    .fixed = straggler_fixed,
};
