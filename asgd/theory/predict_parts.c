#include "asgd/theory/predict_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the cluster's side -------------------------------------------------------------- */

/* E of the latest of all workers' first deliveries, int_0^inf (1 - prod_i G_i(t)) dt, with
 * G the law of T (all begin together) or of what is left of a job under way, (1/m) int_0^t
 * (1 - F). Steps grow in proportion to t, so that heavy tails are followed to their end. */
static tg_status
expected_latest(const tg_cluster *c, double *out)
{
    const double fine = 0.002, rough = 0.005; /* of the largest mean; of t */
    double       largest = 0, sum = 0, *left = calloc(c->groups, sizeof *left);

    if (!left) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g]) largest = fmax(largest, tg_delay_mean(c->law[g]));
    for (double t = 0, all = 0, done = 0; all < 1 - 1e-6 && done < 1 - 1e-9;) {
        const double dt = fmax(fine * largest, rough * t);
        all = done = 1;
        for (size_t g = 0; g < c->groups; g++) {
            const double f = tg_delay_cdf(c->law[g], t + dt / 2);
            done = c->count[g] ? fmin(done, f) : done;
            left[g] += (1 - f) * dt / tg_delay_mean(c->law[g]);
            all *= pow(c->together ? f : fmin(left[g], 1), (double)c->count[g]);
        }
        sum += (1 - all) * dt;
        t += dt;
    }
    free(left);
    *out = sum;
    return TG_OK;
}

/* DuDe-ASGD waits for every worker's first gradient. With all workers beginning together,
 * the renewal theorem says that arrivals lag the steady rate by (1 - CV^2) / 2 round trips.
 */
static tg_status
waiting_time(const tg_case *c, const tg_cluster *cluster, double *out)
{
    if (!c->plain) return expected_latest(cluster, out);
    const double cv = tg_delay_cv(c->delay);
    *out = cluster->together ? fmax((1 - cv * cv) / 2, 0) * tg_delay_mean(c->delay) : 0;
    return TG_OK;
}

/* The slots of DuDe-ASGD weigh equally, so groups of different speed need a filter that
 * knows them apart. */
static tg_status
open_groups(tg_case *c, const tg_cluster *cluster)
{
    c->filter = tg_filter_find("dude_groups");
    if (!(c->share = malloc(cluster->groups * sizeof *c->share)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < cluster->groups; g++)
        c->share[g] = (double)cluster->count[g] / (double)cluster->workers;
    return tg_delay_mixture((const tg_delay *const *)cluster->law, c->share,
                            cluster->groups, &c->slots);
}

static bool
in_groups(const tg_cluster *c)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] == 0)
            return false; /* a group scaled away: the others speak for all */
    return c->groups > 1;
}

/* A number may make a rule ASGD: K = 1, momentum or exponent 0. */
static bool
is_asgd(const tg_linear_rule *r)
{
    return r->q == 1 && r->p == 1 && r->weights.power == 0 && r->limit == 0;
}

tg_status
tg_case_of_rule(const tg_cluster *cluster, const tg_linear_kind *kind, double number,
                double step, tg_case *out)
{
    tg_case c = {
        .kind = kind, .cluster = cluster, .step = step, .own = 1, .late = INFINITY
    };

    if (!(step > 0) || !isfinite(step))
        return tg_fail(TG_EDOMAIN, "step must be > 0, got %g", step);
    tg_linear_rule rule;
    TG_TRY(tg_linear_make(kind->name, step, 1, (double)cluster->workers, number, &rule));
    c.number = kind->number ? number : 0;
    c.weigh = rule.cycle > 0 ? 1 / rule.cycle : 1;
    const char *filter = is_asgd(&rule) ? "asgd" : kind->filter;
    c.filter = filter ? tg_filter_find(filter) : NULL;
    c.plain = rule.p < TG_LINEAR_WORKER;
    c.biased = c.plain;
    c.solved = !c.plain || is_asgd(&rule);
    TG_TRY(tg_cluster_delay(cluster, &c.delay));
    c.lambda = tg_cluster_rate(cluster);
    tg_status status = waiting_time(&c, cluster, &c.wait);
    if (status == TG_OK && !c.plain && in_groups(cluster))
        status = open_groups(&c, cluster);
    if (status == TG_OK && (rule.weights.power > 0 || rule.limit > 0))
        status = tg_case_weigh(&c, &rule);
    if (status == TG_OK && c.plain && cluster->together) status = tg_case_hurry(&c);
    if (status == TG_OK)
        *out = c;
    else
        tg_case_close(&c);
    return status;
}

tg_status
tg_case_open(const tg_cluster *cluster, const tg_algorithm *algorithm, double step,
             tg_case *out)
{
    const tg_linear_kind *kind = tg_linear_find(algorithm->filter);

    if (!kind)
        return tg_fail(TG_EDOMAIN, "theory knows no filter for algorithm \"%s\"",
                       algorithm->name);
    return tg_case_of_rule(cluster, kind, 0, step, out);
}

void
tg_case_close(tg_case *c)
{
    tg_delay_free(c->delay);
    tg_delay_free(c->slots);
    tg_delay_free(c->kept);
    free(c->share);
    *c = (tg_case){ 0 };
}

/* ---- one mode ------------------------------------------------------------------------ */

tg_loop
tg_case_loop(const tg_case *c, double a)
{
    return (tg_loop){ .a = a,
                      .delay = c->slots ? c->slots : c->delay,
                      .filter = c->filter,
                      .lambda = c->lambda,
                      .param = c->number,
                      .kept = c->kept,
                      .share = c->kept_share,
                      .power = c->kept_power,
                      .group = (const tg_delay *const *)c->cluster->law,
                      .of_workers = c->share,
                      .groups = c->slots ? c->cluster->groups : 0 };
}

static tg_loop
loop_of(const tg_case *c, double h, double scale)
{
    return tg_case_loop(c, c->step * c->weigh * c->lambda * h * scale);
}

tg_status
tg_case_mode(const tg_case *c, const tg_modes *m, size_t j, double scale,
             tg_mode_prediction *out)
{
    const double  step = c->step * c->weigh;
    const double  h = m->h[j], per_gradient = step * step * c->lambda * (scale *= c->own);
    const tg_loop l = loop_of(c, h, scale);
    double        white = INFINITY, renewal = 0;

    *out = (tg_mode_prediction){ .h = h,
                                 .a = l.a / scale,
                                 .gain = l.a * tg_delay_mean(c->delay),
                                 .bias = c->biased ? m->shift[j] : 0,
                                 .mean_square = INFINITY,
                                 .variance = INFINITY };
    TG_TRY(tg_case_roots(&l, out));
    out->re /= scale;
    out->im /= scale;
    out->rate = -out->re;
    if (out->unstable) return TG_OK;
    TG_TRY(tg_case_noise(c, &l, &white));
    if (m->spread[j] > 0 && c->biased) TG_TRY(tg_case_renewal(c, &l, &renewal));
    out->mean_square = per_gradient * h * h * white;
    out->settles = out->mean_square < 1;
    out->variance = per_gradient * (m->sigma2[j] * white + h * h * m->spread[j] * renewal) /
                    fmax(1 - c->jumps * out->mean_square, 1e-3);
    return TG_OK;
}
