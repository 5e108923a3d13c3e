/* schedule: the learning rate over steps, as a factor of the one given
 *
 *     k counts steps from 0; over the first `warmup` of them the factor rises to its value as
 *     (k + 1) / warmup
 */
#include "asgd/optimisers/optimiser.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

static double
warm(double warmup, double k, double factor)
{
    return k + 1 < warmup ? factor * (k + 1) / warmup : factor;
}

static double
constant(const double *param, uint64_t k)
{
    return warm(param[0], (double)k, 1);
}

static double
inverse_sqrt(const double *param, uint64_t k)
{
    return warm(param[0], (double)k, 1 / sqrt(1 + (double)k / param[1]));
}

static double
cosine(const double *param, uint64_t k)
{
    const double part = fmin((double)k / param[1], 1);

    return warm(param[0], (double)k, param[2] + (1 - param[2]) * (1 + cos(PI * part)) / 2);
}

static double
step(const double *param, uint64_t k)
{
    return warm(param[0], (double)k, pow(param[2], floor((double)k / param[1])));
}

#define WARMUP                                                                             \
    {                                                                                      \
        "warmup", "updates", "updates over which the rate rises", 0, 0, 1e15, false, true  \
    }

static const tg_param constant_param[] = { WARMUP, { 0 } };

static const tg_param inverse_param[] = {
    WARMUP,
    { "after", "updates", "1/sqrt(1 + k/after)", 1, 0, 1e15, true, false },
    { 0 },
};

static const tg_param cosine_param[] = {
    WARMUP,
    { "updates", "updates", "length of the half wave", NAN, 0, 1e15, true, false },
    { "least", "", "the factor at its end", 0, 0, 1, false, false },
    { 0 },
};

static const tg_param step_param[] = {
    WARMUP,
    { "every", "updates", "updates between drops", NAN, 0, 1e15, true, false },
    { "factor", "", "what each drop multiplies by", 0.1, 0, 1, true, false },
    { 0 },
};

const tg_schedule_kind tg_schedule_constant = {
    .is = { "constant", "the rate as given", "", constant_param },
    .factor = constant,
};

const tg_schedule_kind tg_schedule_inverse_sqrt = {
    .is = { "inverse_sqrt", "falls like 1/sqrt(k)", "Robbins, Monro 1951", inverse_param },
    .factor = inverse_sqrt,
};

const tg_schedule_kind tg_schedule_cosine = {
    .is = { "cosine", "half a cosine wave", "Loshchilov, Hutter 2017", cosine_param },
    .factor = cosine,
};

const tg_schedule_kind tg_schedule_step = {
    .is = { "step", "drops by a factor at even distances", "", step_param },
    .factor = step,
};
