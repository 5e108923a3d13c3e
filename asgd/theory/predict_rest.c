/* predict_rest: the loss that the modes leave out of a problem that is not quadratic, or has
 * more modes than are known */
#include "asgd/theory/predict_parts.h"

#include <math.h>

/* What the modes leave out of the initial loss: at best it decays like the slowest of them,
 * at worst like the least eigenvalue allows. The first is the prediction; *error receives
 * the geometric mean of the two. */
static double
unresolved(const tg_case *c, const tg_modes *m, const tg_prediction *p, double t,
           double *error)
{
    const double rest = m->start_loss - m->start_covered;
    const double least = c->step * c->weigh * c->lambda * m->least;

    *error = 0;
    if (!(rest > 1e-12 * m->start_loss)) return 0;
    *error = rest * exp(-(p->rate + fmin(least, p->rate)) * t);
    return rest * exp(-2 * p->rate * t);
}

/* What the modes leave out of the cost of the bias comes in as the slowest of them decays;
 * *error receives how much of it is still to come. */
static double
unresolved_bias(const tg_case *c, const tg_modes *m, const tg_prediction *p, double t,
                double *error)
{
    double rest = c->biased ? m->shift_loss : 0;

    for (size_t j = 0; j < m->count; j++)
        rest -= m->h[j] / 2 * p->mode[j].bias * p->mode[j].bias;
    const double come = 1 - exp(-p->rate * t);
    *error = p->stable ? fabs(rest) * (1 - come * come) : 0;
    return p->stable ? rest * come * come : 0;
}

/* Regular workers average their differences out: E CV^2 over what is delivered (predict_noise, at
 * frequency 0). Without variance there is no such number; Poisson's stands for it. */
static double
irregularity(const tg_case *c)
{
    double sum = 0;

    for (size_t g = 0; g < c->cluster->groups; g++) {
        const double cv = tg_delay_cv(c->cluster->law[g]);
        sum += (double)c->cluster->count[g] / tg_delay_mean(c->cluster->law[g]) /
               c->lambda * (isfinite(cv) ? cv * cv : 1);
    }
    return sum;
}

double
tg_predict_left_floor(const tg_case *c, const tg_modes *m)
{
    const double spread =
        c->biased && m->left_spread > 0 ? irregularity(c) * m->left_spread : 0;

    return c->step * c->weigh / 4 * (m->left_noise + spread);
}

/* It comes in as fast as the slowest mode at hand forgets, or as slowly as the least eigenvalue
 * allows; half way between, and half of the way as *error. */
static double
unresolved_noise(const tg_case *c, const tg_modes *m, const tg_prediction *p, double t,
                 double *error)
{
    const double least = fmin(c->step * c->weigh * c->lambda * m->least, p->rate);
    const double full = p->stable ? tg_predict_left_floor(c, m) : 0;
    const double fast = -expm1(-2 * p->rate * t), slow = -expm1(-2 * least * t);

    *error = full > 0 ? full * (fast - slow) / 2 : 0;
    return full > 0 ? full * (fast + slow) / 2 : 0;
}

double
tg_predict_rest(const tg_case *c, const tg_modes *m, const tg_prediction *p, double t,
                double *error)
{
    double       start_error, bias_error, noise_error;
    const double sum = unresolved(c, m, p, t, &start_error) +
                       unresolved_bias(c, m, p, t, &bias_error) +
                       unresolved_noise(c, m, p, t, &noise_error);

    *error = start_error + bias_error + noise_error;
    return sum;
}
