#include "asgd/predict_parts.h"

#include "solver/moments.h"
#include "solver/stationary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the cluster's side ------------------------------------------------------------------------------ */

/* E of the latest of all workers' first deliveries, int_0^inf (1 - prod_i G_i(t)) dt, with G the
 * law of T (all begin together) or of what is left of a job under way, (1/m) int_0^t (1 - F). */
static double
expected_latest(const tg_cluster *c)
{
    enum { GRID = 400 };
    double sum = 0, *left = calloc(c->groups, sizeof *left);

    if (!left) return NAN;
    for (size_t g = 0; g < c->groups; g++)
        sum = fmax(sum, c->count[g] ? tg_delay_mean(c->law[g]) : 0);
    const double dt = sum / GRID;
    sum = 0;
    for (double t = dt / 2; t < 1e5 * dt; t += dt) {
        double all = 1;
        for (size_t g = 0; g < c->groups; g++) {
            const double f = tg_delay_cdf(c->law[g], t);
            left[g] += (1 - f) * dt / tg_delay_mean(c->law[g]);
            all *= pow(c->together ? f : fmin(left[g], 1), (double)c->count[g]);
        }
        sum += (1 - all) * dt;
        if (all > 1 - 1e-6) break;
    }
    free(left);
    return sum;
}

/* DuDe-ASGD waits for every worker's first gradient. With all workers beginning together, the
 * renewal theorem says that arrivals lag the steady rate by (1 - CV^2) / 2 round trips. */
static double
waiting_time(const tg_case *c, const tg_cluster *cluster, const tg_algorithm *a)
{
    if (a == &tg_dude) return expected_latest(cluster);
    const double cv = tg_delay_cv(c->delay);
    return cluster->together ? fmax((1 - cv * cv) / 2, 0) * tg_delay_mean(c->delay) : 0;
}

/* The slots of DuDe-ASGD weigh equally, so groups of different speed need a filter that knows
 * them apart. */
static tg_status
open_groups(tg_case *c, const tg_cluster *cluster)
{
    c->filter = tg_filter_find("dude_groups");
    if (!(c->share = malloc(cluster->groups * sizeof *c->share)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < cluster->groups; g++)
        c->share[g] = (double)cluster->count[g] / (double)cluster->workers;
    return tg_delay_mixture((const tg_delay *const *)cluster->law, c->share, cluster->groups,
                            &c->slots);
}

static bool
in_groups(const tg_cluster *c)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] == 0) return false; /* a group scaled away: the others speak for all */
    return c->groups > 1;
}

tg_status
tg_case_open(const tg_cluster *cluster, const tg_algorithm *algorithm, double step, tg_case *out)
{
    tg_case c = { .filter = tg_filter_find(algorithm->filter), .step = step };

    if (!(step > 0) || !isfinite(step))
        return tg_fail(TG_EDOMAIN, "step must be > 0, got %g", step);
    if (!c.filter)
        return tg_fail(TG_EDOMAIN, "theory knows no filter for algorithm \"%s\"",
                       algorithm->name);
    TG_TRY(tg_cluster_delay(cluster, &c.delay));
    c.lambda = tg_cluster_rate(cluster);
    c.plain = algorithm == &tg_asgd;
    c.biased = algorithm != &tg_dude;
    c.wait = waiting_time(&c, cluster, algorithm);
    c.cluster = cluster;
    const tg_status status =
        algorithm == &tg_dude && in_groups(cluster) ? open_groups(&c, cluster) : TG_OK;
    if (status == TG_OK)
        *out = c;
    else
        tg_case_close(&c);
    return status;
}

void
tg_case_close(tg_case *c)
{
    tg_delay_free(c->delay);
    tg_delay_free(c->slots);
    free(c->share);
    *c = (tg_case){ 0 };
}

/* ---- one mode ----------------------------------------------------------------------------------------- */

tg_loop
tg_case_loop(const tg_case *c, double a)
{
    return (tg_loop){ .a = a,
                      .delay = c->slots ? c->slots : c->delay,
                      .filter = c->filter,
                      .lambda = c->lambda,
                      .group = (const tg_delay *const *)c->cluster->law,
                      .of_workers = c->share,
                      .groups = c->slots ? c->cluster->groups : 0 };
}

static tg_loop
loop_of(const tg_case *c, double h, double scale)
{
    return tg_case_loop(c, c->step * c->lambda * h * scale);
}

/* J: variance per unit of noise whose spectrum is the filter's. */
static tg_status
noise_gain(const tg_loop *l, double *gain)
{
    double energy;

    return tg_stationary_energy(l, &energy, gain);
}

tg_status
tg_case_mode(const tg_case *c, const tg_modes *m, size_t j, double scale, tg_mode_prediction *out)
{
    const double  h = m->h[j], per_gradient = c->step * c->step * c->lambda * scale;
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
    TG_TRY(noise_gain(&l, &white));
    if (m->spread[j] > 0 && c->biased) TG_TRY(tg_case_renewal(c, &l, &renewal));
    out->mean_square = per_gradient * h * h * white;
    out->settles = out->mean_square < 1;
    out->variance = per_gradient * (m->sigma2[j] * white + h * h * m->spread[j] * renewal);
    return TG_OK;
}

/* ---- trajectory --------------------------------------------------------------------------------------- */

/* y(t - wait) by linear interpolation; y(0) before that. */
static void
postpone(double *y, size_t n, double dt, double wait)
{
    const double shift = wait / dt;
    const size_t whole = (size_t)shift;
    const double part = shift - (double)whole;

    for (size_t i = n; i-- > 0;) {
        const double late = i > whole ? y[i - whole] : y[0];
        y[i] = (1 - part) * late + part * (i > whole + 1 ? y[i - whole - 1] : y[0]);
    }
}

/* h ((start - shift) y + shift)^2 / 2 and the variance's share h v / 2, v brought to its
 * stationary value. */
static tg_status
add_mode(const tg_case *c, const tg_modes *m, size_t j, const tg_mode_prediction *mode,
         double scale, const tg_predict_plan *plan, double *mean, double *second, double *loss)
{
    const double  h = m->h[j], x0 = m->start[j] - mode->bias;
    const double  white = c->step * c->step * c->lambda * scale * m->sigma2[j];
    tg_mode       one = { .loop = loop_of(c, h, scale), .noise = white };
    double        gain = 0;
    const size_t  n = plan->points;

    if (m->spread[j] > 0 && isfinite(mode->variance)) {
        TG_TRY(noise_gain(&one.loop, &gain));
        one.noise = mode->variance / gain; /* all noise as if white, of the right total */
    }
    TG_TRY(tg_moments_second(&one, x0, plan->horizon / scale, n, mean, second));
    for (size_t i = 0; i < n; i++) {
        const double y = mean[i] + mode->bias;
        loss[i] += h / 2 * (y * y + second[i] - mean[i] * mean[i]);
    }
    return TG_OK;
}

tg_status
tg_case_loss(const tg_case *c, const tg_modes *m, const tg_mode_prediction *mode, double scale,
             const tg_predict_plan *plan, double *loss)
{
    const size_t n = plan->points;
    double      *mean = malloc(2 * n * sizeof *mean);
    tg_status    status = TG_OK;

    if (!mean) return tg_fail(TG_ENOMEM, "out of memory");
    memset(loss, 0, n * sizeof *loss);
    for (size_t j = 0; j < m->count && status == TG_OK; j++)
        status = add_mode(c, m, j, &mode[j], scale, plan, mean, mean + n, loss);
    free(mean);
    if (status == TG_EDIVERGED) { /* beyond the finite range within the horizon */
        for (size_t i = 0; i < n; i++) loss[i] = INFINITY;
        return TG_OK;
    }
    if (status != TG_OK) return status;
    postpone(loss, n, plan->horizon / (double)(n - 1), c->wait);
    return TG_OK;
}
