/* predict_unlike_modes: the modes of groups that differ in speed, by those of their twin (predict_unlike.c) */
#include "asgd/theory/predict_twin.h"
#include "asgd/theory/predict_unlike.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of what laws are apart, fitted to phase-type clusters of others of the same means and variances: what first order may
 * say of it, and what is stated. */
static const double LEAST = 1e-3, LIKELY = 1.4, LATE = 2, LOOSE = 4;

/* Of the twin: exactly and of first order, times in units of `slower` of the cluster's. */
typedef struct pair {
    tg_prediction  *exact, *first;
    tg_mode_course *exactly, *firstly; /* (modes) */
    double          slower;
} pair;

static void
close_pair(pair *p, size_t modes)
{
    for (size_t j = 0; p->exactly && j < 2 * modes; j++)
        tg_mode_course_free(&p->exactly[j]);
    free(p->exactly);
    tg_prediction_free(p->exact);
    tg_prediction_free(p->first);
}

static tg_status
open_pair(const tg_finite *f, const tg_unlike_twin *t, double *sigma2, pair *p)
{
    const double    step = f->c->step * fmin(f->twin[1] / f->limit, 1);
    tg_modes        m = *f->m;
    tg_predict_plan plan = *f->plan;

    p->slower = step / f->c->step;
    for (size_t j = 0; j < m.count; j++) sigma2[j] = f->m->sigma2[j] / p->slower;
    m.sigma2 = sigma2;
    m.minimum = t->minimum;
    plan.horizon /= p->slower;
    plan.single = false;
    plan.twin = true;
    plan.known[0] = f->twin[0];
    plan.known[1] = f->twin[1];
    plan.courses = plan.points > 0 ? p->exactly : NULL;
    TG_TRY(tg_predict_undoubted(&m, t->cluster, f->c->kind->name, f->c->number, step, &plan,
                                &p->exact));
    plan.level = TG_LEVEL_RENEWAL;
    plan.known[1] = f->twin[2];
    plan.courses = plan.points > 0 ? p->firstly : NULL;
    return tg_predict_undoubted(&m, t->cluster, f->c->kind->name, f->c->number, step, &plan,
                                &p->first);
}

/* The twin's own course where first order has none: half of it is stated. */
static tg_status
adopt(const pair *p, size_t j, tg_finite_mode *mode)
{
    const tg_mode_course *from = &p->exactly[j];

    mode->settles = true;
    mode->unstable = 0;
    mode->variance = p->exact->mode[j].variance;
    mode->error = 0.5;
    mode->bias = p->exact->mode[j].bias;
    mode->bias_error = fabs(mode->bias) / 2;
    mode->rate = p->exact->mode[j].rate * p->slower;
    mode->rate_error = mode->rate / 2;
    mode->root = -mode->rate;
    if (from->n == 0) return TG_OK;
    tg_mode_course_free(&mode->course);
    TG_TRY(tg_mode_course_create(from->dt * p->slower, from->n, &mode->course));
    memcpy(mode->course.mean, from->mean, from->n * sizeof *from->mean);
    memcpy(mode->course.second, from->second, from->n * sizeof *from->second);
    for (size_t i = 0; i < from->n; i++) mode->course.off[i] = from->second[i] / 2;
    mode->course.whole = from->whole;
    mode->course.end = from->end;
    mode->course.end_off = from->end / 2;
    return TG_OK;
}

/* Numbers that have a size of their own go by the ratio. */
static void
scale(double exact, double first, double *value, double *moved)
{
    const double ratio = exact / first;

    *moved = 0;
    if (!(ratio > 0) || !isfinite(ratio) || !isfinite(*value)) return;
    *moved = fabs(*value * (ratio - 1));
    *value *= ratio;
}

/* What is more is added; what is less is a share, so that something is left. */
static double
mended(double second, double exact, double first)
{
    return exact < first ? second * exact / first : second + exact - first;
}

/* Half of what is moved is stated. */
static void
mend_course(const pair *p, size_t j, tg_mode_course *c)
{
    const tg_mode_course *exact = &p->exactly[j], *first = &p->firstly[j];

    if (c->n == 0 || exact->n == 0 || first->n == 0) return;
    const double end =
        fmin(exact->dt * (double)(exact->n - 1), first->dt * (double)(first->n - 1));
    for (size_t i = 0; i < c->n; i++) {
        const double t = c->dt * (double)i / p->slower, old = c->second[i];
        const double now = mended(old, tg_mode_course_second(exact, t, NULL),
                                  tg_mode_course_second(first, t, NULL));
        if (!isfinite(now)) return;
        if (t <= end)
            c->mean[i] += tg_mode_course_mean(exact, t) - tg_mode_course_mean(first, t);
        c->second[i] = now;
        c->off[i] += fabs(now - old) / 2;
    }
    const double last = mended(c->end, exact->end, first->end);
    if (!isfinite(last)) return;
    c->end_off += fabs(last - c->end) / 2;
    c->end = last;
}

/* By an exponential twin: what first order misses of it is what it misses here. */
static tg_status
mend_roughly(const tg_finite *f, const pair *p, const tg_unlike_twin *t, size_t j,
             tg_finite_mode *mode)
{
    const tg_mode_prediction *exact = &p->exact->mode[j], *first = &p->first->mode[j];
    double                    moved;

    scale(exact->variance, first->variance, &mode->variance, &moved);
    if (isfinite(mode->variance))
        tg_unlike_state_variance(f, j, mode->variance > 0 ? moved / mode->variance : 0,
                                 mode);
    mode->bias += exact->bias - first->bias;
    mode->bias_error += fabs(exact->bias - first->bias);
    mend_course(p, j, &mode->course);
    TG_TRY(tg_unlike_state_course(f, j, mode));
    tg_unlike_doubt_course(f, t, j, &mode->course);
    scale(exact->rate, first->rate, &mode->rate, &moved);
    mode->rate_error +=
        2 * moved + 5 * tg_unlike_excess(f) / f->total * fabs(mode->rate); /* fitted */
    tg_unlike_doubt_rate(f, mode);
    return TG_OK;
}

/* ---- by a twin of the same variances ------------------------------------------------- */

/* value / of, as far as that is likely. */
static double
likely(double value, double of, double most)
{
    const double ratio = value / of;

    return ratio > 0 && isfinite(ratio) ? fmin(fmax(ratio, 1 - most), 1 + most) : 1;
}

/* Times at which DuDe-ASGD begins, even in probability. */
enum { BEGINNINGS = 64 };

static tg_status
lay_beginnings(const tg_cluster *c, double horizon, double *at)
{
    double waiting[BEGINNINGS];

    for (int i = 0; i < BEGINNINGS; i++) waiting[i] = 1 - (i + 0.5) / BEGINNINGS;
    return tg_predict_begin(c, horizon, waiting, at, BEGINNINGS);
}

/* E x^2 of runs that begin at these times, or at 0 where there are none. */
static double
begun(const tg_mode_course *c, const double *begin, double start, double t, double slower)
{
    double sum = 0;

    if (!begin) return tg_mode_course_second(c, t / slower, NULL);
    for (int i = 0; i < BEGINNINGS; i++)
        sum +=
            begin[i] < t ? tg_mode_course_second(c, (t - begin[i]) / slower, NULL) : start;
    return sum / BEGINNINGS;
}

/* The twin's course, and of what first order says of the laws' difference so much as is likely. */
static tg_status
follow_twin(const tg_finite *f, const pair *p, const tg_unlike_twin *t, size_t j,
            double error, tg_finite_mode *mode)
{
    const tg_mode_course *exact = &p->exactly[j], *first = &p->firstly[j],
                         old = mode->course;
    const double loose = f->whole ? 1 : LOOSE,
                 stated = (f->c->plain ? 0.95 : 1.3) * loose *
                          (0.15 + 0.65 * tg_unlike_share(f, j)) * f->apart,
                 start = f->m->start[j] * f->m->start[j];
    double own[BEGINNINGS], twin[BEGINNINGS],
        end = exact->dt * p->slower * (double)exact->n;
    tg_mode_course c;

    if (exact->n == 0) return TG_OK;
    if (exact->whole) {
        TG_TRY(lay_beginnings(f->c->cluster, end, own));
        TG_TRY(lay_beginnings(t->cluster, end, twin));
        for (int i = 0; i < BEGINNINGS; i++) twin[i] *= p->slower;
    }
    TG_TRY(tg_mode_course_create(exact->dt * p->slower, exact->n, &c));
    c.whole = exact->whole;
    for (size_t i = 0; i < c.n; i++) {
        const double at = c.dt * (double)i, rate = fmax(2 * mode->rate * at, 0);
        const double off = error + stated * (1 + fmin(rate, LATE) / 2);
        double       law = 1, there = 1;
        if (old.n && first->n) {
            law = begun(&old, c.whole ? own : NULL, start, at, 1);
            there = begun(first, c.whole ? twin : NULL, start, at, p->slower);
        }
        c.mean[i] = exact->mean[i];
        c.second[i] =
            exact->second[i] * likely(law, there, LIKELY * loose * loose * f->apart);
        c.off[i] = off * c.second[i];
    }
    c.end = mode->variance + mode->bias * mode->bias;
    c.end_off = mode->error * c.end;
    if (c.dt * (double)(c.n - 1) >= f->plan->horizon * (1 - 1e-9)) {
        c.end = c.second[c.n - 1];
        c.end_off = c.off[c.n - 1];
    }
    tg_mode_course_free(&mode->course);
    mode->course = c;
    return TG_OK;
}

/* How fast the mean is seen to settle: a spectrum has rates of jobs that nothing is seen of. */
static void
mend_rate(const tg_finite *f, const pair *p, size_t j, tg_finite_mode *mode)
{
    const double horizon = f->plan->horizon / p->slower;
    const double exact =
        tg_mode_course_rate(&p->exactly[j], p->exact->mode[j].bias, horizon);
    const double first =
        tg_mode_course_rate(&p->firstly[j], p->first->mode[j].bias, horizon);
    double moved;

    scale(exact, first, &mode->rate, &moved);
    mode->rate_error += moved + LIKELY * f->apart * fabs(mode->rate);
}

static tg_status
mend_finely(const tg_finite *f, const pair *p, const tg_unlike_twin *t, size_t j,
            tg_finite_mode *mode)
{
    const tg_mode_prediction *exact = &p->exact->mode[j], *first = &p->first->mode[j];
    const double share = tg_unlike_share(f, j), near = tg_unlike_near_limit(f, j);
    const double noise = (f->c->plain ? share * share : 0.45 + 1.8 * share) * f->apart;

    if (mode->settles && first->settles) {
        mode->bias += exact->bias - first->bias;
        mode->bias_error += fabs(exact->bias - first->bias);
    } else {
        mode->rate = exact->rate * p->slower;
        mode->bias = exact->bias;
        mode->bias_error = LIKELY * f->apart * fabs(exact->bias);
    }
    mode->settles = true;
    mode->unstable = 0;
    mode->variance =
        exact->variance * likely(mode->variance, first->variance, LIKELY * f->apart + near);
    mode->error = LEAST + noise + near;
    mend_rate(f, p, j, mode);
    TG_TRY(follow_twin(f, p, t, j, LEAST + near, mode));
    tg_unlike_doubt_course(f, t, j, &mode->course);
    return TG_OK;
}

static tg_status
mend_mode(const tg_finite *f, const pair *p, const tg_unlike_twin *t, size_t j,
          tg_finite_mode *mode)
{
    const tg_mode_prediction *exact = &p->exact->mode[j], *first = &p->first->mode[j];

    if (!(tg_finite_step(f, j) * f->total < f->limit)) return TG_OK;
    if (!isnan(f->apart) && exact->settles) return mend_finely(f, p, t, j, mode);
    if (!mode->settles || (!first->settles && exact->settles)) {
        TG_TRY(adopt(p, j, mode));
        tg_unlike_doubt_course(f, t, j, &mode->course);
    } else {
        TG_TRY(mend_roughly(f, p, t, j, mode));
    }
    return TG_OK;
}

tg_status
tg_unlike_modes(const tg_finite *f, tg_finite_mode *mode)
{
    const size_t   count = f->m->count;
    double        *sigma2 = malloc((count + 1) * sizeof *sigma2);
    pair           p = { .exactly = calloc(2 * count + 1, sizeof *p.exactly) };
    tg_unlike_twin t = { 0 };
    tg_status status = sigma2 && p.exactly ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    p.firstly = p.exactly + count;
    if (status == TG_OK) status = tg_unlike_twin_open(f, &t);
    if (status == TG_OK) status = open_pair(f, &t, sigma2, &p);
    for (size_t j = 0; j < count && status == TG_OK; j++)
        status = mend_mode(f, &p, &t, j, &mode[j]);
    tg_unlike_twin_close(&t);
    close_pair(&p, count);
    free(sigma2);
    return status;
}
