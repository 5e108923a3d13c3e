#include "asgd/theory/predict_parts.h"

#include "asgd/theory/mode_course.h"

#include "core/parallel.h"
#include "solver/moments.h"

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

/* ---- trajectory ---------------------------------------------------------------------- */

/* y(t - wait) at the coarse grid's points, by linear interpolation on a grid `every` times
 * finer; y(0) before that. */
static void
postpone(const double *fine, size_t every, double *y, size_t n, double dt, double wait)
{
    for (size_t i = 0; i < n; i++) {
        const double at = fmax((double)(i * every) - wait / dt, 0), whole = floor(at);
        const size_t k = (size_t)whole;
        const double next = k + 1 <= (n - 1) * every ? fine[k + 1] : fine[k];
        y[i] = at == whole ? fine[k] : fine[k] + (at - whole) * (next - fine[k]);
    }
}

/* int (1 - F) / mean over [from, to], by Simpson's rule in steps of a sixteenth of the
 * mean. */
static double
overdue(const tg_delay *law, double from, double to)
{
    const double mean = tg_delay_mean(law), parts = ceil(16 * (to - from) / mean);
    const double step = (to - from) / parts;
    double       sum = 0;

    for (double k = 0; k < parts; k++) {
        const double t = from + k * step;
        sum += 6 - tg_delay_cdf(law, t) - 4 * tg_delay_cdf(law, t + step / 2) -
               tg_delay_cdf(law, t + step);
    }
    return sum * step / (6 * mean);
}

/* Share of clusters in which every worker has delivered by k dt, into all (n). A worker
 * that is met at any time has the rest of its round trip to go, of density (1 - F) / mean.
 */
static tg_status
delivered(const tg_cluster *c, double dt, double *all, size_t n)
{
    double *rest = calloc(c->groups, sizeof *rest);

    if (!rest) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < n; k++) {
        const double t = (double)k * dt;
        all[k] = 1;
        for (size_t g = 0; g < c->groups; g++) {
            const double f = tg_delay_cdf(c->law[g], t);
            if (f >= 1) rest[g] = 1;
            all[k] *= pow(c->together ? f : fmin(rest[g], 1), (double)c->count[g]);
            if (rest[g] < 1) rest[g] += overdue(c->law[g], t, t + dt);
        }
    }
    free(rest);
    return TG_OK;
}

/* The same for a random wait: the mean over the time at which the last worker delivered. */
static tg_status
await_all(const tg_cluster *c, const double *fine, size_t every, double *y, size_t n,
          double dt)
{
    const size_t m = (n - 1) * every + 1;
    double      *all = malloc(m * sizeof *all);

    if (!all) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = delivered(c, dt, all, m);
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        const size_t at = i * every;
        y[i] = (1 - all[at]) * fine[0] + all[0] * fine[at];
        for (size_t k = 1; k <= at; k++) y[i] += (all[k] - all[k - 1]) * fine[at - k];
    }
    free(all);
    return status;
}

/* Points of n, `every` [time] apart, by which a mode is at rest to rounding: the mean is at its rate, and the square
 * a share 1 - mean_square slower. */
static size_t
points_moving(const tg_mode_prediction *mode, double every, size_t n)
{
    static const double folds = 45;
    const double        rate = mode->rate * fmin(1 - mode->mean_square, 1);

    if (mode->effective || !mode->exponential || !(mode->rate > 0 && rate > 0)) return n;
    return (size_t)fmin((double)n, folds / rate / every + 2);
}

/* One mode's share of the loss, a job of its own. */
typedef struct shares {
    const tg_case            *c;
    const tg_modes           *m;
    const tg_mode_prediction *mode;
    double                    scale, every; /* between points [time] */
    size_t                    n, resolution;
    double                   *share;   /* (count, n) */
    tg_mode_course           *courses; /* (count) or NULL: not kept */
    double                   *work;    /* (threads, 3 n) */
} shares;

/* A mode's moments from x0 on, with what comes of few workers. course: (3, n) response, mean, second. */
static tg_status
follow_mode(const shares *s, size_t j, const tg_mode *one, double x0, double *course)
{
    const tg_case *c = s->c;
    const double   scale = s->scale * c->own, e = c->step * c->weigh * s->m->h[j];
    const size_t   n = s->n, moving = points_moving(&s->mode[j], s->every, n);
    const double   end = s->every * (double)(moving - 1);
    double        *r = course, *mean = r + n, *second = mean + n;

    TG_TRY(tg_moments_follow(one, x0, end / scale, moving, s->resolution, r, mean, second));
    if (c->every > 0) TG_TRY(tg_case_push(c, end, moving, mean, second));
    if (c->jumps > 0 && isfinite(s->mode[j].mean_square))
        TG_TRY(tg_case_jump(c, e, s->every / scale, moving, r, mean, second));
    for (size_t i = moving; i < n; i++) mean[i] = 0, second[i] = second[moving - 1];
    return TG_OK;
}

/* h ((start - shift) y + shift)^2 / 2 and the variance's share h v / 2, v brought to its
 * stationary value. */
static tg_status
add_mode(const shares *s, size_t j, double *course, double *loss)
{
    const tg_case            *c = s->c;
    const tg_modes           *m = s->m;
    const tg_mode_prediction *mode = &s->mode[j];
    const double              h = m->h[j], x0 = m->start[j] - mode->bias;
    const double              scale = s->scale * c->own, step = c->step * c->weigh;
    const double              white = step * step * c->lambda * scale * m->sigma2[j];
    const double             *mean = course + s->n, *second = mean + s->n;
    tg_mode                   one = { .loop = loop_of(c, h, scale), .noise = white };
    double                    gain = 0;

    if (c->jumps > 0 && mode->mean_square < 1)
        one.noise /= fmax(1 - c->jumps * mode->mean_square, 1e-3);
    if (m->spread[j] > 0 && isfinite(mode->variance)) {
        TG_TRY(tg_case_noise(c, &one.loop, &gain));
        one.noise = mode->variance / gain; /* all noise as if white, of the right total */
    }
    TG_TRY(follow_mode(s, j, &one, x0, course));
    for (size_t i = 0; i < s->n; i++) {
        const double y = mean[i] + mode->bias;
        loss[i] += h / 2 * (y * y + second[i] - mean[i] * mean[i]);
    }
    return TG_OK;
}

/* The mode's course, of this mean. */
static tg_status
keep_course(const shares *s, size_t j, const double *mean)
{
    tg_mode_course *c = &s->courses[j];

    TG_TRY(tg_mode_course_create(s->every, s->n, c));
    for (size_t i = 0; i < s->n; i++) {
        c->mean[i] = mean[i] + s->mode[j].bias;
        c->second[i] = 2 * s->share[j * s->n + i] / s->m->h[j];
    }
    c->end = c->second[s->n - 1];
    return TG_OK;
}

static tg_status
share_of_mode(size_t j, size_t thread, void *context)
{
    const shares *s = context;
    double       *work = s->work + thread * 3 * s->n;

    TG_TRY(add_mode(s, j, work, s->share + j * s->n));
    return s->courses ? keep_course(s, j, work + s->n) : TG_OK;
}

/* Sum over the modes, in their order, of what they add to the loss on a grid of n points.
 */
static tg_status
sum_modes(shares *s, double *sum)
{
    const size_t threads = tg_parallel_threads(), count = s->m->count;

    s->share = calloc(count * s->n, sizeof *s->share);
    s->work = malloc(threads * 3 * s->n * sizeof *s->work);
    tg_status status = s->share && s->work ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = tg_parallel_run(count, threads, share_of_mode, s, NULL);
    for (size_t k = 0; k < count * s->n && status == TG_OK; k++)
        sum[k % s->n] += s->share[k];
    free(s->share);
    free(s->work);
    return status;
}

/* On a grid fine enough to be postponed, pushed and spread by jumps: 480 intervals at least, if there is
 * anything of these. */
tg_status
tg_case_loss(const tg_case *c, const tg_modes *m, const tg_mode_prediction *mode,
             double scale, const tg_predict_plan *plan, double *loss)
{
    const size_t intervals = plan->points - 1;
    const bool   fine_too = c->wait > 0 || c->every > 0 || c->jumps > 0;
    const size_t every = fine_too && intervals < 480 ? (479 + intervals) / intervals : 1;
    const size_t n = every * intervals + 1;
    double      *fine = calloc(n, sizeof *fine);
    shares       s = { .c = c,
                       .m = m,
                       .mode = mode,
                       .scale = scale,
                       .every = plan->horizon / (double)(n - 1),
                       .n = n,
                       .resolution = plan->quick ? 12 : 0,
                       .courses = scale == 1 ? plan->courses : NULL };

    if (!fine) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = sum_modes(&s, fine);
    if (status == TG_OK && !c->plain)
        status = await_all(c->cluster, fine, every, loss, plan->points, s.every);
    else if (status == TG_OK)
        postpone(fine, every, loss, plan->points, s.every, c->wait);
    free(fine);
    if (status != TG_EDIVERGED) return status;
    for (size_t i = 0; i < plan->points; i++)
        loss[i] = INFINITY; /* out of range by the end */
    return TG_OK;
}
