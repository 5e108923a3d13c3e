/* How fast phi F may change above a height: where phi has a pole or a branch point on the
 * real axis, much more slowly than beside it. Products of the bounds of phi and of F; derived
 * here, theory 4. */
#include "core/loop.h"

#include <math.h>
#include <string.h>

/* |F| and |F'| of F = (1 - phi)/(s m), by |s| >= height. */
static double
held(const tg_delay *d, double left, double height)
{
    const double m = tg_delay_mean(d);
    double       slope;
    const double phi = tg_delay_largest(d, left, height, &slope);
    const double gain = (1 + phi) / (m * height);
    const double gain_slope = (slope / m + gain) / height;

    return slope * gain + phi * gain_slope;
}

static double
held_groups(const tg_loop *l, double left, double height)
{
    double sum = 0;

    for (size_t g = 0; g < l->groups; g++)
        sum += l->of_workers[g] * held(l->group[g], left, height);
    return sum;
}

/* |F| <= 1/r, |F'| <= (beta/lambda)/r^2 with r the least |1 - beta + beta s/lambda|. */
static double
remembered(const tg_loop *l, double left, double height)
{
    const double rate = l->param / l->lambda;
    const double r = hypot(fmax(0, 1 - l->param + rate * left), rate * height);
    double       slope;
    const double phi = tg_delay_largest(l->delay, left, height, &slope);

    return slope / r + phi * rate / (r * r);
}

/* F = 1 + beta of that. */
static double
looking_ahead(const tg_loop *l, double left, double height)
{
    double slope;

    tg_delay_largest(l->delay, left, height, &slope);
    return slope + l->param * remembered(l, left, height);
}

/* F is the transform of a bounded hold. */
static double
buffered(const tg_loop *l, double left, double height)
{
    double         slope;
    double complex gain_slope;
    const double   phi = tg_delay_largest(l->delay, left, height, &slope);
    const double   gain = creal(l->filter->gain(l, left, 0, 0, &gain_slope));

    return slope * gain + phi * fabs(creal(gain_slope));
}

double
tg_loop_steepest(const tg_loop *l, double left, double height)
{
    const char *name = l->filter ? l->filter->name : "asgd";
    double      slope;

    if (!strcmp(name, "dude")) return held(l->delay, left, height);
    if (!strcmp(name, "dude_groups")) return held_groups(l, left, height);
    if (!strcmp(name, "heavy_ball")) return remembered(l, left, height);
    if (!strcmp(name, "nesterov")) return looking_ahead(l, left, height);
    if (!strcmp(name, "fedbuff")) return buffered(l, left, height);
    if (!strcmp(name, "asgd")) {
        tg_delay_largest(l->delay, left, height, &slope);
        return slope;
    }
    tg_delay_largest(l->kept, left, height, &slope); /* drop, delay_adaptive */
    return l->share * slope;
}
