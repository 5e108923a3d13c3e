#include "asgd/problems/logistic.h"

#include "asgd/problems/minimise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct logistic {
    tg_dataset  data;
    tg_logistic plan;
    size_t      dim;
    double      least; /* F*, or 0 */
} logistic;

static void
logistic_free(void *self)
{
    logistic *s = self;

    if (!s) return;
    tg_dataset_free(&s->data);
    free(s);
}

static void
logistic_start(const void *self, double *x)
{
    const logistic *s = self;

    for (size_t j = 0; j < s->dim; j++) x[j] = s->plan.start;
}

/* y a.x of a sample. */
static double
margin(const logistic *s, size_t sample, const double *x)
{
    const tg_dataset *d = &s->data;
    double            sum = 0;

    for (size_t k = d->row[sample]; k < d->row[sample + 1]; k++)
        sum += d->value[k] * x[d->feature[k]];
    return d->label[sample] ? sum : -sum;
}

/* g += weight times the gradient of log(1 + exp(-m)). */
static void
add_sample(const logistic *s, size_t sample, const double *x, double weight, double *g)
{
    const tg_dataset *d = &s->data;
    const double      pull = weight / (1 + exp(margin(s, sample, x)));
    const double      c = d->label[sample] ? -pull : pull;

    for (size_t k = d->row[sample]; k < d->row[sample + 1]; k++)
        g[d->feature[k]] += c * d->value[k];
}

static void
regularise(const logistic *s, const double *x, double *g)
{
    for (size_t j = 0; j < s->dim; j++) {
        const double u = 1 + x[j] * x[j];
        g[j] = s->plan.l2 * x[j] + s->plan.nonconvex * 2 * x[j] / (u * u);
    }
}

static void
logistic_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
                  double *scratch, double *g)
{
    const logistic   *s = self;
    const tg_dataset *d = &s->data;
    const size_t      part = tg_dataset_part(d, worker), first = d->begin[part],
                 size = d->begin[part + 1] - first;
    const size_t batch = s->plan.batch;

    (void)scratch;
    regularise(s, x, g);
    for (size_t i = 0; batch == 0 && i < size; i++)
        add_sample(s, d->owned[first + i], x, 1 / (double)size, g);
    for (size_t i = 0; i < batch; i++)
        add_sample(s, d->owned[first + tg_rng_below(draws, size)], x, 1 / (double)batch, g);
}

/* F and, unless NULL, its gradient: parts weigh the same. */
static tg_status
logistic_sum(const double *x, double *f, double *g, void *context)
{
    const logistic   *s = context;
    const tg_dataset *d = &s->data;
    double            penalty = 0;

    *f = 0;
    if (g) regularise(s, x, g);
    for (size_t part = 0; part < d->parts; part++) {
        const double share =
            1 / (double)(d->begin[part + 1] - d->begin[part]) / (double)d->parts;
        for (size_t i = d->begin[part]; i < d->begin[part + 1]; i++) {
            const double m = margin(s, d->owned[i], x);
            *f += share * (m > 0 ? log1p(exp(-m)) : log1p(exp(m)) - m);
            if (g) add_sample(s, d->owned[i], x, share, g);
        }
    }
    for (size_t j = 0; j < s->dim; j++)
        penalty += s->plan.l2 * x[j] * x[j] / 2 +
                   s->plan.nonconvex * x[j] * x[j] / (1 + x[j] * x[j]);
    *f += penalty;
    return TG_OK;
}

static double
logistic_loss(const void *self, const double *x, double *scratch)
{
    const logistic *s = self;
    double          f;

    (void)scratch;
    return logistic_sum(x, &f, NULL, (void *)self) == TG_OK ? f - s->least : (double)NAN;
}

static void
logistic_slope(const void *self, const double *x, double *scratch, double *g)
{
    double          f;
    const tg_status status = logistic_sum(x, &f, g, (void *)self);

    (void)scratch;
    (void)status; /* it cannot fail */
}

static const tg_problem_kind kind = { .name = "logistic",
                                      .doc = "logistic regression on a LIBSVM file",
                                      .start = logistic_start,
                                      .gradient = logistic_gradient,
                                      .loss = logistic_loss,
                                      .slope = logistic_slope,
                                      .free = logistic_free };

static tg_status
check(const tg_dataset *data, const tg_logistic *plan)
{
    if (!(plan->l2 >= 0) || !(plan->nonconvex >= 0) || !isfinite(plan->start))
        return tg_fail(TG_EDOMAIN,
                       "logistic regression needs l2 >= 0, nonconvex >= 0 and a finite "
                       "start, got %g, %g, %g",
                       plan->l2, plan->nonconvex, plan->start);
    if (data->classes != 2)
        return tg_fail(TG_EDOMAIN, "logistic regression needs 2 classes, the data have %zu",
                       data->classes);
    return TG_OK;
}

/* Until the gradient bounds the excess loss, |g|^2 / (2 l2), by 1e-12. */
static tg_status
find_least(logistic *s)
{
    double *x = calloc(s->dim, sizeof *x);

    if (!x) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_minimise(logistic_sum, s, "logistic objective", s->dim,
                                         sqrt(2 * s->plan.l2 * 1e-12), x, &s->least);
    free(x);
    return status;
}

tg_status
tg_problem_logistic(tg_dataset *data, const tg_logistic *plan, tg_problem **out)
{
    TG_TRY(check(data, plan));
    tg_problem *p = calloc(1, sizeof *p);
    logistic   *s = calloc(1, sizeof *s);
    tg_status   status = p && s ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        *s = (logistic){ .data = *data, .plan = *plan, .dim = data->features };
        if (plan->l2 > 0 && plan->nonconvex == 0) status = find_least(s);
    }
    if (status == TG_OK) {
        *p = (tg_problem){ &kind, s, s->dim, data->workers, 0 };
        *data = (tg_dataset){ 0 };
        *out = p;
        return TG_OK;
    }
    free(s);
    free(p);
    return status;
}
