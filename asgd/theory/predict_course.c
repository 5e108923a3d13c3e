/* predict_course: a case's loss in time, mode by mode */
#include "asgd/theory/mode_course.h"
#include "asgd/theory/predict_parts.h"

#include "core/parallel.h"
#include "solver/moments.h"

#include <math.h>
#include <stdlib.h>

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
    tg_mode one = { .loop = tg_case_loop(c, step * c->lambda * h * scale), .noise = white };
    double  gain = 0;

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
