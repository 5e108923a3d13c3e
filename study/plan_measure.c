/* plan_measure: what the blocks of a plan take here, by a few that are short */
#include "study/cost.h"
#include "study/plan.h"

#include "core/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* So long each algorithm is looked at [s]; the first run reads data, and does not count. */
static const double LOOK = 1;
enum { FEWEST = 2, MOST = 40 };

/* The study with one replica, and a horizon of which one takes no more than LOOK. */
static tg_status
shorten(const tg_study *study, double seconds, tg_study **out)
{
    tg_study *one = NULL;
    char      horizon[32];

    TG_TRY(tg_study_with(study, "replicas", "1", &one));
    snprintf(horizon, sizeof horizon, "%.6g", study->horizon * fmin(1, LOOK / seconds));
    const tg_status status = tg_study_with(one, "horizon", horizon, out);
    tg_study_free(one);
    return status;
}

static double
cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The least time that block `number` takes. */
static tg_status
time_block(const tg_work *w, size_t number, double *out)
{
    double least = INFINITY, all = 0;

    for (int i = 0; i < FEWEST || (i < MOST && all < LOOK); i++) {
        void        *data = NULL;
        size_t       size;
        const double since = cpu_seconds();
        TG_TRY(tg_stop_check());
        TG_TRY(w->block(number, w->context, &data, &size));
        free(data);
        const double took = cpu_seconds() - since;
        if (i > 0) least = fmin(least, took);
        all += took;
    }
    *out = least;
    return TG_OK;
}

/* Seconds here over those that were counted, of algorithm k. */
static tg_status
compare(const tg_study *study, size_t k, double replica, double *ratio)
{
    tg_study *one = NULL;
    tg_plan   plan = { 0 };
    double    took = NAN;

    TG_TRY(shorten(study, replica, &one));
    tg_status status = tg_plan_simulations(one, NULL, &plan);
    if (status == TG_OK) status = tg_plan_price(&plan);
    const size_t number = study->own * study->algorithms + k;
    if (status == TG_OK) status = time_block(&plan.work, number, &took);
    if (status == TG_OK) *ratio = took / plan.cost[number];
    tg_plan_close(&plan);
    tg_study_free(one);
    return status;
}

tg_status
tg_plan_measure(const tg_study *study, tg_plan *p)
{
    const size_t rules = study->algorithms;

    TG_TRY(tg_plan_price(p));
    const double each = (double)study->replicas / (double)p->work.each;
    for (size_t k = 0; k < rules; k++) {
        double ratio = 1;
        TG_TRY(compare(study, k, p->cost[study->own * rules + k] / each, &ratio));
        for (size_t i = 0; i < study->sweeps; i++) p->cost[i * rules + k] *= ratio;
    }
    return TG_OK;
}
