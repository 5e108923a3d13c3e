/* send: only what is worth its way
 *
 *     |g| > delta                 norm trigger
 *     |g - last sent| > delta     innovation trigger; 0 was sent before the first
 *
 * Who does not send reads the current model and begins again (THEORY.md 8).
 */
#include "asgd/workers/behaviour.h"

#include <math.h>
#include <string.h>

static size_t
keeps(size_t dim)
{
    return dim;
}

static bool
norm(const double *param, double *kept, size_t dim, const double *g)
{
    double square = 0;

    (void)kept;
    for (size_t j = 0; j < dim; j++) square += g[j] * g[j];
    return sqrt(square) > param[0];
}

static bool
innovation(const double *param, double *last, size_t dim, const double *g)
{
    double square = 0;

    for (size_t j = 0; j < dim; j++) square += (g[j] - last[j]) * (g[j] - last[j]);
    if (!(sqrt(square) > param[0])) return false;
    memcpy(last, g, dim * sizeof *last);
    return true;
}

static const tg_param param[] = {
    { "delta", "loss/x", "what must be exceeded", NAN, 0, 1e300, false, false },
    { 0 },
};

const tg_behaviour_kind tg_behaviour_send_norm = {
    .is = { "send_norm", "sends gradients longer than delta", "", param },
    .sends = norm,
};

const tg_behaviour_kind tg_behaviour_send_innovation = {
    .is = { "send_innovation",
            "sends gradients that differ by more than delta from its last",
            "Chen, Giannakis, Sun, Yin 2018 (LAG)", param },
    .keeps = keeps,
    .sends = innovation,
};
