/* build: the cluster and the objective that a study describes */
#include "asgd/problems/softmax.h"
#include "study/study.h"
#include "study/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scale counts to a new total: cumulative rounding, so that the total is met exactly. */
static void
scale(size_t groups, size_t *count, size_t workers)
{
    double total = 0, before = 0;
    size_t placed = 0;

    for (size_t g = 0; g < groups; g++) total += (double)count[g];
    for (size_t g = 0; g < groups; g++) {
        before += (double)count[g];
        const size_t end = (size_t)round((double)workers * before / total);
        count[g] = end - placed;
        placed = end;
    }
}

tg_status
tg_study_cluster(const tg_study *study, size_t workers, tg_cluster **out)
{
    size_t    *count = calloc(study->groups, sizeof *count);
    tg_delay **law = calloc(study->groups, sizeof *law);
    tg_status  status = count && law ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < study->groups && status == TG_OK; g++) {
        count[g] = study->group[g].count;
        law[g] = study->group[g].law;
    }
    if (status == TG_OK && workers > 0) scale(study->groups, count, workers);
    if (status == TG_OK)
        status = tg_cluster_create(study->groups, count, law, study->together, out);
    free(law);
    free(count);
    return status;
}

/* ---- quadratic ----------------------------------------------------------------------- */

/* A centred random spread on top of what the groups say. */
static void
spread_minima(const tg_study *study, size_t workers, double *minima)
{
    const size_t dim = study->quadratic.dim;
    tg_rng       rng = tg_rng_stream(study->seed, TG_PURPOSE_START, 0);

    for (size_t j = 0; j < dim; j++) {
        double mean = 0;
        for (size_t w = 0; w < workers; w++) {
            const double b = study->quadratic.spread * tg_rng_normal(&rng);
            minima[w * dim + j] += b;
            mean += b / (double)workers;
        }
        for (size_t w = 0; w < workers; w++) minima[w * dim + j] -= mean;
    }
}

/* Minima of a worker: its group's, whose list is used in turn, plus the spread. */
static void
fill_minima(const tg_study *study, const tg_cluster *c, double *minima)
{
    const size_t dim = study->quadratic.dim;

    for (size_t g = 0, w = 0; g < c->groups; g++) {
        const tg_study_group *group = &study->group[g];
        for (size_t i = 0; i < c->count[g]; i++, w++)
            for (size_t j = 0; group->minimum && j < dim; j++)
                minima[w * dim + j] = group->minimum[i % group->minima];
    }
    if (study->quadratic.spread > 0) spread_minima(study, c->workers, minima);
}

static bool
has_minima(const tg_study *study)
{
    for (size_t g = 0; g < study->groups; g++)
        if (study->group[g].minimum) return true;
    return study->quadratic.spread > 0;
}

static tg_status
build_quadratic(const tg_study *study, const tg_cluster *c, tg_problem **out)
{
    const tg_study_quadratic *q = &study->quadratic;
    double                   *minima = NULL;

    if (has_minima(study)) {
        minima = calloc(c->workers * q->dim, sizeof *minima);
        if (!minima) return tg_fail(TG_ENOMEM, "out of memory");
        fill_minima(study, c, minima);
    }
    const tg_status status =
        q->batch > 0 ? tg_problem_least_squares(q->dim, q->h, q->start, q->batch, q->label,
                                                c->workers, minima, out)
                     : tg_problem_quadratic(q->dim, q->h, q->start, q->sigma, c->workers,
                                            minima, out);
    free(minima);
    return status;
}

/* ---- softmax ------------------------------------------------------------------------- */

static tg_status
build_softmax(const tg_study *study, size_t workers, tg_problem **out)
{
    const tg_study_softmax *x = &study->softmax;
    char                   *images = NULL, *labels = NULL;
    tg_dataset              data = { 0 };
    tg_status status = tg_tree_file(study->root, "objective.softmax.images", &images);

    if (status == TG_OK)
        status = tg_tree_file(study->root, "objective.softmax.labels", &labels);
    if (status == TG_OK) status = tg_dataset_read(images, labels, x->samples, &data);
    if (status == TG_OK) status = tg_dataset_split(&data, workers, &x->split, study->seed);
    if (status == TG_OK)
        status = tg_problem_softmax(&data, x->ridge, x->batch, x->modes, out);
    tg_dataset_free(&data);
    free(images);
    free(labels);
    return status;
}

/* ---- logistic ------------------------------------------------------------------------ */

static tg_status
build_logistic(const tg_study *study, size_t workers, tg_problem **out)
{
    const tg_study_logistic *x = &study->logistic;
    char                    *file = NULL;
    tg_dataset               data = { 0 };
    tg_status status = tg_tree_file(study->root, "objective.logistic.file", &file);

    if (status == TG_OK) status = tg_libsvm_read(file, x->samples, &data);
    if (status == TG_OK) status = tg_dataset_split(&data, workers, &x->split, study->seed);
    if (status == TG_OK) status = tg_problem_logistic(&data, &x->plan, out);
    tg_dataset_free(&data);
    free(file);
    return status;
}

/* ---- all ----------------------------------------------------------------------------- */

tg_status
tg_study_problem(const tg_study *study, const tg_cluster *cluster, tg_problem **out)
{
    switch (study->objective) {
    case TG_SOFTMAX:
        return build_softmax(study, cluster->workers, out);
    case TG_LOGISTIC:
        return build_logistic(study, cluster->workers, out);
    default:
        return build_quadratic(study, cluster, out);
    }
}

tg_setup
tg_study_setup(const tg_study *study, size_t i, const tg_problem *problem,
               const tg_cluster *cluster)
{
    const tg_study_algorithm *a = &study->algorithm[i];

    return (tg_setup){ .problem = problem,
                       .cluster = cluster,
                       .rule = a->rule,
                       .step = a->step,
                       .seed = study->seed,
                       .optimiser = a->optimiser,
                       .schedule = a->schedule,
                       .clip = a->clip,
                       .decay = a->decay };
}
