#include "study/tune.h"

#include "asgd/sim/replicas.h"
#include "core/parallel.h"

#include <math.h>

typedef struct search {
    const tg_study  *study;
    tg_setup         setup;
    tg_replicas_plan plan;
    tg_progress     *progress;
    tg_tuning        best;
    double           standing; /* the merit of not moving */
} search;

/* Where the target is not reached within the horizon, more than that by how far away it is. */
static double
merit(const search *a, const tg_simulation *r, bool *reached)
{
    const double target = a->plan.target, last = r->loss[r->points - 1].mean;

    *reached = isnan(target) ? isfinite(r->floor.mean) : isfinite(r->settle);
    if (isnan(target)) return r->floor.mean;
    if (*reached) return r->settle;
    return a->plan.horizon * (2 + fmax(0, log(last / target)));
}

static tg_status
try_step(search *a, double log_step, double *value)
{
    tg_simulation *r = NULL;
    bool           reached;

    a->setup.step = exp(log_step);
    TG_TRY(tg_replicas_run(&a->setup, &a->plan, &r));
    const tg_status status = tg_stop_check(); /* some replicas are not all */
    *value = merit(a, r, &reached);
    if (isnan(*value)) *value = INFINITY;
    tg_simulation_free(r);
    TG_TRY(status);
    tg_progress_tick(a->progress);
    if (a->best.tries++ == 0 || *value < a->best.value) {
        a->best.value = *value;
        a->best.step = a->setup.step;
        a->best.reached = reached;
    }
    return TG_OK;
}

/* Three steps in a row, x apart by a factor, of which none has a better neighbour in sight. */
typedef struct bracket {
    double x[3], value[3];
} bracket;

/* From the first one up or down, by factors of four, as long as that helps; from where all diverges
 * only down. */
static tg_status
walk(search *a, bracket *b, int way)
{
    enum { MOST = 40 };
    const double by = way * log(4);
    const int    end = way > 0 ? 2 : 0;

    for (int n = 0; b->value[end] < 0.999 * b->value[1] || isinf(b->value[1]); n++) {
        if (n == MOST)
            return tg_fail(TG_EDIVERGED, "step: tune: no step down to %.3g converges",
                           exp(b->x[1]));
        b->x[2 - end] = b->x[1];
        b->value[2 - end] = b->value[1];
        b->x[1] = b->x[end];
        b->value[1] = b->value[end];
        b->x[end] += by;
        TG_TRY(try_step(a, b->x[end], &b->value[end]));
    }
    return TG_OK;
}

static tg_status
find_bracket(search *a, double first, bracket *b)
{
    for (int i = 0; i < 3; i++) {
        b->x[i] = log(first) + (i - 1) * log(4);
        TG_TRY(try_step(a, b->x[i], &b->value[i]));
    }
    if (isfinite(b->value[1]) && b->value[2] < b->value[1]) return walk(a, b, 1);
    return walk(a, b, -1);
}

static tg_status
golden_section(search *a, bracket *b)
{
    const double share = (sqrt(5) - 1) / 2, tolerance = log(1.05);
    double       low = b->x[0], high = b->x[2], x[2], value[2];

    for (int i = 0; i < 2; i++) {
        x[i] = i ? low + share * (high - low) : high - share * (high - low);
        TG_TRY(try_step(a, x[i], &value[i]));
    }
    while (high - low > 2 * tolerance) {
        const int worse = value[0] < value[1]; /* its side is cut off */
        *(worse ? &high : &low) = x[worse];
        x[worse] = x[!worse];
        value[worse] = value[!worse];
        x[!worse] = worse ? high - share * (high - low) : low + share * (high - low);
        TG_TRY(try_step(a, x[!worse], &value[!worse]));
    }
    a->best.low = fmin(exp(low), a->best.step);
    a->best.high = fmax(exp(high), a->best.step);
    return TG_OK;
}

/* 1/(2 h) of a quadratic of one eigenvalue: the loss over the square of the gradient, which has the
 * unit of a step whatever those of loss and model are. */
static tg_status
first_step(search *a, double *out)
{
    tg_sim *s = NULL;

    a->setup.step = 1;
    TG_TRY(tg_sim_create(&a->setup, 0, &s));
    const double loss = tg_sim_loss(s), slope = tg_sim_slope(s);
    tg_sim_free(s);
    a->standing = isnan(a->plan.target)
                      ? loss
                      : a->plan.horizon * (2 + fmax(0, log(loss / a->plan.target)));
    *out = loss / (slope * slope);
    if (!(*out > 0) || !isfinite(*out)) *out = 0.1;
    return TG_OK;
}

static tg_status
search_step(search *a)
{
    double  first;
    bracket b;

    TG_TRY(first_step(a, &first));
    TG_TRY(find_bracket(a, first, &b));
    TG_TRY(golden_section(a, &b));
    if (a->best.value < 0.999 * a->standing) return TG_OK;
    return tg_fail(TG_EDIVERGED,
                   "step: tune: no step improves on the start within the horizon");
}

tg_status
tg_study_tune(const tg_study *study, size_t i, tg_progress *progress, tg_tuning *out)
{
    tg_cluster *cluster = NULL;
    tg_problem *problem = NULL;
    search      a = { .study = study, .progress = progress };

    tg_status status = tg_study_cluster(study, 0, &cluster);
    if (status == TG_OK) status = tg_study_problem(study, cluster, &problem);
    if (status == TG_OK) {
        a.setup = tg_study_setup(study, i, problem, cluster);
        a.plan = (tg_replicas_plan){ .horizon = study->horizon,
                                     .points = 2,
                                     .target = study->target,
                                     .replicas = study->replicas < TG_TUNE_REPLICAS
                                                     ? study->replicas
                                                     : TG_TUNE_REPLICAS };
        status = search_step(&a);
    }
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    if (status == TG_OK) *out = a.best;
    return status;
}
