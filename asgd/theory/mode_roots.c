#include "asgd/theory/mode_roots.h"

#include "roots/zroots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the equation -------------------------------------------------------------------- */

/* Forty steps a job, and as many jobs as the mean field takes to settle, which it is to be seen to do,
 * but no more than can be followed: r while du lasts is the same on any. Beyond its threshold few, since
 * the fewer the faster r may grow. */
static tg_status
lay_grid(const tg_finite *f, double k, double threshold, tg_renewal **out)
{
    enum { STEPS = 40 };
    const double edge = (1 - k / fmin(threshold, 1e3)) / 2;
    const double jobs = edge > 0 ? fmin(30 + 5 / fmin(fmax(edge, 0.02), k), 300) : 14;
    const bool   slow = k < TG_FINITE_SLOW && f->way != TG_WAY_SINGLE;

    return tg_renewal_create(f->group, f->groups, (slow ? 0.02 / k : 1. / STEPS) * f->mean,
                             (size_t)(STEPS * (slow                      ? 50
                                               : f->way == TG_WAY_SINGLE ? 200
                                                                         : jobs)),
                             slow, out);
}

static tg_status
write_series(tg_mode_equation *q)
{
    const size_t n = tg_renewal_points(q->grid);
    size_t      *count = calloc(q->groups, sizeof *count);

    q->series = calloc(q->groups, sizeof *q->series);
    q->own = calloc(q->groups * n, sizeof *q->own);
    if (!count || !q->series || !q->own) {
        free(count);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    tg_status status = TG_OK;
    if (q->way != TG_WAY_SINGLE)
        status = tg_renewal_own_past(q->grid, q->e, q->own, count, &q->settles);
    for (size_t g = 0; g < q->groups; g++) {
        tg_corrected_group *s = &q->series[g];
        s->law = tg_renewal_weights(q->grid, g, &s->laws);
        s->rate = q->way == TG_WAY_SINGLE ? 1 - q->e : q->e * q->rate[g];
        s->own = q->own + g * n;
        s->owns = count[g];
        s->tail = s->laws == n;
    }
    free(count);
    return status;
}

/* s + e sum_g lambda_g/(1 + e + m_g s): a loop with the law of means m_g/(1 + e). */
static tg_status
close_exponential(tg_mode_equation *q)
{
    double *mean = calloc(q->groups, sizeof *mean);

    if (!mean) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < q->groups; g++) mean[g] = tg_delay_mean(q->law[g]) / (1 + q->e);
    const tg_status status =
        q->groups == 1 ? tg_delay_create("exponential", mean, &q->delay)
                       : tg_delay_hyperexponential(q->rate, mean, q->groups, &q->delay);
    free(mean);
    return status;
}

static tg_status
fill(const tg_finite *f, double k, double threshold, tg_mode_equation *q)
{
    q->law = calloc(f->groups, sizeof *q->law);
    q->rate = calloc(f->groups, sizeof *q->rate);
    if (!q->law || !q->rate) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < f->groups; g++) {
        q->law[g] = f->group[g].law;
        q->rate[g] = f->workers[g] * f->rate[g];
    }
    if (q->way == TG_WAY_EXPONENTIAL) return close_exponential(q);
    if (q->way == TG_WAY_CYCLE) return TG_OK;
    TG_TRY(lay_grid(f, k, threshold, &q->grid));
    return write_series(q);
}

tg_status
tg_mode_equation_open(const tg_finite *f, double h, double threshold, tg_mode_equation *out)
{
    const double e = f->c->step * h;
    const bool   exact =
        f->way == TG_WAY_SINGLE || f->way == TG_WAY_EXPONENTIAL || f->way == TG_WAY_CYCLE;
    tg_mode_equation q = { .level = exact ? TG_LEVEL_EXACT : TG_LEVEL_RENEWAL,
                           .way = f->way,
                           .groups = f->groups,
                           .e = e,
                           .damping = e * f->c->lambda,
                           .mean = f->mean,
                           .total = f->total,
                           .settles = true };

    *out = q;
    if (!f->c->plain || !f->c->solved)
        return tg_fail(TG_EDOMAIN,
                       "roots with a worker's own past are those of asynchronous SGD");
    const tg_status status = fill(f, e * f->total, threshold, &q);
    *out = q;
    return status;
}

void
tg_mode_equation_close(tg_mode_equation *q)
{
    free(q->law);
    free(q->rate);
    free(q->own);
    free(q->series);
    tg_renewal_free(q->grid);
    tg_delay_free(q->delay);
    *q = (tg_mode_equation){ 0 };
}

static tg_corrected
series_of(const tg_mode_equation *q)
{
    return (tg_corrected){ .dt = tg_renewal_step(q->grid),
                           .e = q->way == TG_WAY_SINGLE ? (double)NAN : q->e,
                           .groups = q->groups,
                           .group = q->series };
}

tg_loop
tg_mode_loop(const tg_mode_equation *q)
{
    return (tg_loop){ .a = q->damping / (1 + q->e), .delay = q->delay };
}

/* ---- workers in turn ----------------------------------------------------------------- */

/* z of the iteration as s = (P/T) ln z. */
static tg_status
find_in_turn(const tg_mode_equation *q, double line, tg_roots *out)
{
    const size_t   n = (size_t)q->total;
    const double   rate = q->total / q->mean;
    double        *share = calloc(n, sizeof *share);
    const tg_clock clock = { .step = q->e, .staleness = share, .count = n };
    tg_roots       r = { 0 };

    if (!share) return tg_fail(TG_ENOMEM, "out of memory");
    share[n - 1] = 1;
    const tg_status status = tg_zroots_outside(&clock, exp(line / rate), &r);
    free(share);
    TG_TRY(status);
    for (size_t i = 0; i < r.count; i++) {
        r.root[i].s = rate * clog(r.root[i].s);
        r.root[i].residual *= rate;
    }
    r.certificate.residual *= rate;
    r.certificate.contour = (tg_region){ line, HUGE_VAL, -HUGE_VAL, HUGE_VAL };
    *out = r;
    return TG_OK;
}

/* ---- answers ------------------------------------------------------------------------- */

tg_status
tg_mode_unstable(const tg_mode_equation *q, size_t *count, double *clearance)
{
    *clearance = NAN;
    if (q->way == TG_WAY_CYCLE) {
        tg_roots r;
        TG_TRY(find_in_turn(q, 0, &r));
        *count = r.certificate.winding;
        tg_roots_free(&r);
        return TG_OK;
    }
    if (q->delay) {
        const tg_loop l = tg_mode_loop(q);
        return tg_count_right_of(&l, 0, count, NULL);
    }
    const tg_corrected c = series_of(q);
    return tg_corrected_count(&c, 0, count, clearance, NULL);
}

tg_status
tg_mode_prove(const tg_mode_equation *q, size_t *count, bool *proved)
{
    const tg_renewing workers = { q->e, q->groups, q->law, q->rate };
    tg_proof          p = { 0 };
    tg_status         status = TG_EDOMAIN;

    *proved = false;
    if (q->delay) {
        const tg_loop l = tg_mode_loop(q);
        status = tg_loop_prove(&l, &p);
    } else if (q->level == TG_LEVEL_RENEWAL && q->settles)
        status = tg_corrected_prove(&workers, &p);
    if (status == TG_EDOMAIN || status == TG_EINPUT) return TG_OK;
    TG_TRY(status);
    *proved = p.verdict != TG_UNPROVED;
    if (*proved) *count = p.unstable;
    return TG_OK;
}

/* Where the first of the laws' transforms ends. */
static double
edge_of(const tg_mode_equation *q)
{
    double edge = -INFINITY;

    for (size_t g = 0; g < q->groups; g++) edge = fmax(edge, tg_delay_abscissa(q->law[g]));
    return edge;
}

tg_status
tg_mode_roots(const tg_mode_equation *q, double *line, tg_roots *out)
{
    const bool   given = !isnan(*line);
    const double least = -3 / q->mean;

    if (q->way == TG_WAY_CYCLE) {
        if (!given) *line = least;
        return find_in_turn(q, *line, out);
    }
    if (q->delay) {
        const tg_loop l = tg_mode_loop(q);
        if (!given) *line = least; /* a polynomial has roots anywhere */
        return tg_roots_right_of(&l, *line, out);
    }
    const tg_corrected c = series_of(q);
    const double       end = fmin(0.9 * edge_of(q), 0);
    const double edge = tg_corrected_line(&c, fmax(given ? fmin(*line, 0) : least, end));
    if (given && *line < edge)
        return tg_fail(TG_EDOMAIN,
                       "the line %g is not right of %g, where the equation of these "
                       "workers ends; that of "
                       "very many workers (level sde) goes on",
                       *line, edge);
    if (given) return tg_corrected_right_of(&c, *line, out);
    *line = edge;
    tg_status status = tg_corrected_right_of(&c, *line, out);
    for (int i = 0; i < 8 && status == TG_ENOCONV;
         i++) { /* near the end all bounds are bad */
        *line *= 0.75;
        status = tg_corrected_right_of(&c, *line, out);
    }
    return status;
}

tg_status
tg_cluster_equation(const tg_cluster *cluster, const tg_algorithm *rule, double step,
                    double h, tg_mode_equation *out)
{
    double                zero[1] = { 0 };
    const tg_predict_plan plan = { 0 };
    const tg_modes        m = {
               .count = 1, .h = &h, .start = zero, .sigma2 = zero, .shift = zero, .spread = zero
    };
    tg_case   c;
    tg_finite f;
    double    threshold = INFINITY;

    TG_TRY(tg_case_open(cluster, rule, step, &c));
    tg_status status = tg_case_threshold(&c, &threshold);
    if (status == TG_OK) status = tg_finite_open(&c, &m, &plan, &f);
    if (status == TG_OK) {
        status = tg_mode_equation_open(&f, h, threshold, out);
        if (status != TG_OK) tg_mode_equation_close(out);
        tg_finite_close(&f);
    }
    tg_case_close(&c);
    return status;
}
