#include "asgd/theory/mode_table.h"

#include "asgd/theory/mode_course.h"
#include "asgd/theory/predict_like.h"
#include "asgd/theory/predict_twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* k/L of the rows, and the columns u = (e^{i STEP} - 1)/2. */
static const double rows[TG_TABLE_ROWS] = { 0.003, 0.02, 0.05, 0.09, 0.14, 0.2,
                                            0.27,  0.34, 0.42, 0.5,  0.58, 0.66,
                                            0.74,  0.81, 0.87, 0.92, 0.96, 0.985 };
static const double LATEST = 80,
                    STEP = 0.031958518018770206; /* ln(1 + 2 LATEST) / (TIMES - 1) */

static double
time_of(size_t i)
{
    return expm1(STEP * (double)i) / 2;
}

/* What rows are found between by: ln k for large gains, k for small ones. */
static double
place_of(double part)
{
    return log(part + 0.05);
}

/* u of a unit of time. */
static double
scale_of(double k, double mean)
{
    return k / ((1 + 2 * k) * mean);
}

/* ---- filling ------------------------------------------------------------------------- */

/* Every row from 1, with so little noise that it tells no more than V; some also from 0 with noise of
 * (sigma/h)^2 = 1, since B is smooth. */
enum { NOISY = 8, MODES = TG_TABLE_ROWS + NOISY };
static const size_t noisy[NOISY] = { 0, 3, 6, 8, 10, 12, 14, 16 };
/* Rows of smaller gains are asked of later times. */
static const double WITHIN = 3;
/* Of a rate, and of one over the horizon, between numbers of workers; and over P^2. */
static const double RATE = 0.01, EFFECTIVE = 0.05, FEW = 0.5;
static const double LITTLE = 1e-18, FAINT = 1e-9;

typedef struct room {
    double         h[MODES], start[MODES], sigma2[MODES], zero[MODES];
    tg_mode_course course[MODES];
} room;

static tg_modes
modes_of(room *r, size_t count)
{
    return (tg_modes){ .count = count,
                       .h = r->h,
                       .start = r->start,
                       .sigma2 = r->sigma2,
                       .shift = r->zero,
                       .spread = r->zero,
                       .least = r->h[0],
                       .start_loss = 1,
                       .start_covered = 1 };
}

/* Level sde's limit, or that of workers like these where it is less: rows are of level sde and go no further. */
static tg_status
lower_limit(const tg_cluster *c, const char *rule, double number, double step,
            tg_prediction *p)
{
    const double sde = p->threshold_square;

    if (p->level != TG_LEVEL_SDE) return TG_OK;
    TG_TRY(tg_predict_like(c, rule, number, step, 400, p));
    if (p->threshold_square <= sde) return TG_OK;
    p->threshold_error += p->threshold_square - sde;
    p->threshold_square = sde;
    return TG_OK;
}

/* Gain per step and eigenvalue, the limit, and the mean time of a job. */
static tg_status
find_limit(const tg_cluster *c, const char *rule, double number, tg_mode_table *out)
{
    room                 *r = calloc(1, sizeof *r);
    tg_prediction        *p = NULL;
    const tg_predict_plan plan = { .horizon = 1, .quick = true };

    if (!r) return tg_fail(TG_ENOMEM, "out of memory");
    const double step = 0.1 / (double)c->workers;
    r->h[0] = 1;
    const tg_modes m = modes_of(r, 1);
    tg_status      status = tg_predict_undoubted(&m, c, rule, number, step, &plan, &p);
    if (status == TG_OK) status = lower_limit(c, rule, number, step, p);
    if (status == TG_OK) {
        out->workers = out->size = (double)c->workers;
        out->mean = (double)c->workers / p->lambda;
        out->share = p->gain / step / (double)c->workers;
        out->limit = fmin(p->threshold_square, 1e4);
        out->limit_error = p->threshold_error;
    }
    tg_prediction_free(p);
    free(r);
    return status;
}

tg_status
tg_mode_table_limit(const tg_cluster *c, const char *rule, double number, double *limit)
{
    tg_mode_table  *t = calloc(1, sizeof *t);
    const tg_status status =
        t ? find_limit(c, rule, number, t) : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) *limit = t->limit;
    free(t);
    return status;
}

static void
lay_modes(const tg_mode_table *t, double step, room *r)
{
    for (size_t i = 0; i < MODES; i++) {
        const size_t row = i < TG_TABLE_ROWS ? i : noisy[i - TG_TABLE_ROWS];
        const double h = rows[row] * t->limit / (t->share * step * t->size);
        r->h[i] = h;
        r->start[i] = i < TG_TABLE_ROWS;
        r->sigma2[i] = h * h * (i < TG_TABLE_ROWS ? LITTLE : 1);
    }
}

/* A rate over the horizon is over that which was asked for. */
static double
rate_of(const tg_mode_prediction *mode, const tg_mode_course *c, double horizon)
{
    const double rate = mode->effective ? tg_mode_course_rate(c, 0, horizon) : NAN;

    return isnan(rate) ? mode->rate : rate;
}

/* y and Z of a row from its course as long as that goes on, and on at their rates. What is as good as nothing is the same in
 * all rows and tables: between one that goes on down and one that does not ln Z would be anything. */
static void
take_start(tg_mode_table *t, size_t i, const tg_prediction *p, double horizon,
           const tg_mode_course *c)
{
    const double k = rows[i] * t->limit, scale = scale_of(k, t->mean),
                 end = fmin(horizon, c->dt * (double)(c->n - 1) * (1 - 1e-9));
    double slope = 0;

    t->variance[i] = k / (t->size * p->mode[i].variance / LITTLE);
    t->rate[i] = fmax(rate_of(&p->mode[i], c, horizon / WITHIN) * t->mean / k, 0);
    t->decay[i] = fmin(t->rate[i], 1 - rows[i]);
    for (size_t j = 0; j < TG_TABLE_TIMES; j++) {
        const double at = fmin(time_of(j) / scale, end), y = tg_mode_course_mean(c, at);
        const double beyond = time_of(j) / scale - at;
        t->mean_of[i][j] = fabs(y) > FAINT ? y * exp(t->decay[i] * at * k / t->mean) : 0;
        if (beyond > 0) {
            t->spread[i][j] =
                fmax(t->spread[i][j - 1] + slope * (time_of(j) - time_of(j - 1)),
                     2 * log(FAINT));
            continue;
        }
        t->spread[i][j] =
            log(fmax(tg_mode_course_second(c, at, NULL) - y * y, FAINT * FAINT));
        if (j >= 8)
            slope = fmin(
                (t->spread[i][j] - t->spread[i][j - 8]) / (time_of(j) - time_of(j - 8)), 0);
    }
}

/* B of the rows that have it, and of all rows by lines through the nearest two. */
static void
take_noise(tg_mode_table *t, const tg_prediction *p, const room *r)
{
    double B[NOISY];
    size_t known = 0;

    while (known < NOISY && r->course[TG_TABLE_ROWS + known].n > 0 &&
           isfinite(p->mode[TG_TABLE_ROWS + known].variance))
        known++;
    for (size_t j = 0; j < TG_TABLE_TIMES && known > 1; j++) {
        for (size_t n = 0; n < known; n++)
            B[n] = tg_mode_course_second(
                       &r->course[TG_TABLE_ROWS + n],
                       time_of(j) / scale_of(rows[noisy[n]] * t->limit, t->mean), NULL) /
                   p->mode[TG_TABLE_ROWS + n].variance;
        for (size_t i = 0, n = 0; i < t->rows; i++) {
            while (n + 2 < known && noisy[n + 1] < i) n++;
            const double low = place_of(rows[noisy[n]]),
                         high = place_of(rows[noisy[n + 1]]);
            const double w = fmax((place_of(rows[i]) - low) / (high - low), 0);
            t->noise[i][j] = fmin(fmax(B[n] + w * (B[n + 1] - B[n]), 0), 1.2);
        }
    }
}

/* Past the horizon a row takes the next one's, as of smaller gains it is the same. */
static void
take_later(tg_mode_table *t, double horizon)
{
    for (size_t i = t->rows - 1; i-- > 0;)
        for (size_t j = 0; j < TG_TABLE_TIMES; j++) {
            if (time_of(j) <= horizon * scale_of(rows[i] * t->limit, t->mean)) continue;
            t->mean_of[i][j] = t->mean_of[i + 1][j];
            t->spread[i][j] = t->spread[i + 1][j];
            t->noise[i][j] = t->noise[i + 1][j];
        }
}

/* How many rows settle and have a course. */
static size_t
rows_known(const tg_prediction *p, const room *r)
{
    size_t n = 0;

    while (n < TG_TABLE_ROWS && isfinite(p->mode[n].variance) && p->mode[n].variance > 0 &&
           r->course[n].n > 0)
        n++;
    return n;
}

static tg_status
fill(const tg_cluster *c, const char *rule, double number, double horizon, room *r,
     tg_mode_table *t)
{
    tg_prediction *p = NULL;
    const double   step = 0.1 / (double)c->workers;

    TG_TRY(find_limit(c, rule, number, t));
    lay_modes(t, step, r);
    const double          points = fmin(fmax(16 * horizon / t->mean, 240), 4000);
    const tg_predict_plan plan = { .horizon = WITHIN * horizon,
                                   .points = (size_t)points + 1,
                                   .quick = true,
                                   .courses = r->course };
    const tg_modes        m = modes_of(r, MODES);
    TG_TRY(tg_predict_undoubted(&m, c, rule, number, step, &plan, &p));
    t->rows = rows_known(p, r);
    t->whole = r->course[0].whole;
    t->effective = p->mode[0].effective;
    for (size_t i = 0; i < t->rows; i++)
        take_start(t, i, p, WITHIN * horizon, &r->course[i]);
    take_noise(t, p, r);
    tg_prediction_free(p);
    if (t->rows < 5) return tg_fail(TG_ENOCONV, "%s: no gain is found to settle", rule);
    take_later(t, WITHIN * horizon);
    return TG_OK;
}

tg_status
tg_mode_table_fill(const tg_cluster *c, const char *rule, double number, double horizon,
                   tg_mode_table *out)
{
    room          *r = calloc(1, sizeof *r);
    tg_mode_table *t = calloc(1, sizeof *t);
    tg_status      status =
        r && t ? fill(c, rule, number, horizon, r, t) : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) *out = *t;
    for (size_t j = 0; r && j < MODES; j++) tg_mode_course_free(&r->course[j]);
    free(r);
    free(t);
    return status;
}

/* ---- between numbers of workers ------------------------------------------------------ */

/* All that is kept is smooth in 1/P. */
void
tg_mode_table_between(const tg_mode_table *const *node, size_t nodes, double workers,
                      double size, double mean, tg_mode_table *out)
{
    double limit = 0;

    memset(out, 0, sizeof *out);
    out->workers = workers;
    out->size = size;
    out->mean = mean;
    out->rows = TG_TABLE_ROWS;
    out->share = node[0]->share;
    out->whole = node[0]->whole;
    out->effective = node[nodes - 1]->effective;
    for (size_t n = 0; n < nodes; n++) {
        const tg_mode_table *t = node[n];
        double               w = 1;
        for (size_t o = 0; o < nodes; o++)
            if (o != n)
                w *= (1 / workers - 1 / node[o]->workers) /
                     (1 / t->workers - 1 / node[o]->workers);
        limit += w * log(t->limit);
        out->limit_error += w * t->limit_error;
        out->rows = t->rows < out->rows ? t->rows : out->rows;
        for (size_t i = 0; i < TG_TABLE_ROWS; i++) {
            out->variance[i] += w * t->variance[i];
            out->rate[i] += w * t->rate[i];
            out->decay[i] += w * t->decay[i];
            for (size_t j = 0; j < TG_TABLE_TIMES; j++) {
                out->mean_of[i][j] += w * t->mean_of[i][j];
                out->spread[i][j] += w * t->spread[i][j];
                out->noise[i][j] += w * t->noise[i][j];
            }
        }
    }
    out->limit = exp(limit);
    out->limit_error = fabs(out->limit_error);
}

/* ---- use ----------------------------------------------------------------------------- */

/* How much the slopes before and after differ from that between i and i + 1. */
static double
bend_of(const double *x, size_t i, size_t n)
{
    const double slope = x[i + 1] - x[i];
    const double before = i > 0 ? fabs(slope - (x[i] - x[i - 1])) : 0;
    const double after = i + 2 < n ? fabs(x[i + 2] - x[i + 1] - slope) : 0;

    return fmax(before, after);
}

tg_table_row
tg_mode_table_row(const tg_mode_table *t, double k)
{
    const double part = fmin(fmax(k / t->limit, rows[0]), rows[t->rows - 1]);
    const double at = place_of(part);
    size_t       i = 0;
    tg_table_row r = { .scale = scale_of(k, t->mean) };
    double       variance = 0, decay = 0;

    while (i + 2 < t->rows && rows[i + 1] < part) i++;
    r.first = i > 0 ? i - 1 : 0;
    if (r.first + 4 > t->rows) r.first = t->rows - 4;
    for (size_t a = 0; a < 4; a++) {
        const double x = place_of(rows[r.first + a]);
        r.weight[a] = 1;
        for (size_t b = 0; b < 4; b++)
            if (b != a)
                r.weight[a] *=
                    (at - place_of(rows[r.first + b])) / (x - place_of(rows[r.first + b]));
        variance += r.weight[a] * t->variance[r.first + a];
        decay += r.weight[a] * t->decay[r.first + a];
    }
    const double left = fmin((t->limit - k) / ((1 - rows[t->rows - 1]) * t->limit), 1);
    const double over = (part - rows[i]) / (rows[i + 1] - rows[i]);
    r.variance = k / (t->size * fmax(variance * left, 1e-9));
    r.rate = (t->rate[i] + over * (t->rate[i + 1] - t->rate[i])) * k / t->mean;
    r.rate_error =
        bend_of(t->rate, i, t->rows) * over * (1 - over) * 2 * k / t->mean +
        ((t->effective ? EFFECTIVE : RATE) + FEW / (t->workers * t->workers)) * r.rate;
    r.decay = fmax(decay, 0) * k / t->mean;
    return r;
}

/* Weights of four columns, the third of which follows the point, at v between the middle two. */
static void
weigh_times(double v, double w[4])
{
    w[0] = -v * (v - 1) * (v - 2) / 6;
    w[1] = (v + 1) * (v - 1) * (v - 2) / 2;
    w[2] = -(v + 1) * v * (v - 2) / 2;
    w[3] = (v + 1) * v * (v - 1) / 6;
}

void
tg_mode_table_at(const tg_mode_table *t, const tg_table_row *r, double time, double *start,
                 double *noise)
{
    const double u = r->scale * time, at = log1p(2 * u) / STEP;
    const double most = TG_TABLE_TIMES - 1 - 1e-9;
    const double place = at < most ? at : most;
    const size_t j = (size_t)place;
    const double v = place - (double)j;
    const size_t four = j < 1 ? 0 : j + 3 > TG_TABLE_TIMES ? TG_TABLE_TIMES - 4 : j - 1;
    double       y = 0, z = 0, b = 0, c[4];

    weigh_times(place - (double)four - 1, c);

    for (size_t i = 0; i < 4; i++) {
        const double *mean = t->mean_of[r->first + i] + four,
                     *own = t->noise[r->first + i] + j,
                     *spread = t->spread[r->first + i] + j, w = r->weight[i];
        y += w * (c[0] * mean[0] + c[1] * mean[1] + c[2] * mean[2] + c[3] * mean[3]);
        z += w * (spread[0] + v * (spread[1] - spread[0]));
        b += w * (own[0] + v * (own[1] - own[0]));
    }
    y *= exp(-r->decay * time);
    *start = y * y + exp(z - (at > most ? 2 * r->rate * (time - LATEST / r->scale) : 0));
    *noise = b > 0 ? b * r->variance : 0;
}
