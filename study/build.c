/* build: the cluster and the objective that a study describes */
#include "asgd/problems/softmax.h"
#include "asgd/sim/metric.h"
#include "study/build_network.h"
#include "study/replay.h"
#include "study/study.h"
#include "study/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first worker of group g where there are so many in all, groups keeping their proportions:
 * cumulative rounding, so that the total is met exactly. */
static size_t
first_of(const tg_study *study, size_t g, size_t workers)
{
    double before = 0;

    for (size_t i = 0; i < g; i++) before += (double)study->group[i].count;
    return (size_t)round((double)workers * before / (double)study->workers);
}

static size_t
count_of(const tg_study *study, size_t g, size_t workers)
{
    return first_of(study, g + 1, workers) - first_of(study, g, workers);
}

/* Speeds and factors of every group. */
static tg_status
furnish(const tg_study *study, tg_cluster *c)
{
    for (size_t g = 0; g < study->groups; g++) {
        const tg_study_group *group = &study->group[g];
        const size_t          first = first_of(study, g, c->workers),
                     n = count_of(study, g, c->workers);
        if (n == 0) continue;
        if (group->spread)
            TG_TRY(tg_cluster_spread(c, first, n, group->spread, study->seed));
        if (group->pace.choice.kind != &tg_pace_constant.is ||
            group->pace.choice.param[0] != 1)
            TG_TRY(tg_cluster_set_pace(c, first, n, &group->pace));
    }
    return study->replay ? tg_study_replay(study, c) : TG_OK;
}

tg_status
tg_study_cluster(const tg_study *study, size_t workers, tg_cluster **out)
{
    size_t     *count = calloc(study->groups, sizeof *count);
    tg_delay  **law = calloc(study->groups, sizeof *law);
    tg_cluster *c = NULL;
    tg_status   status = count && law ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < study->groups && status == TG_OK; g++) {
        count[g] = count_of(study, g, workers > 0 ? workers : study->workers);
        law[g] = study->group[g].law;
    }
    if (status == TG_OK)
        status = tg_cluster_create(study->groups, count, law, study->together, &c);
    free(law);
    free(count);
    if (status == TG_OK) status = furnish(study, c);
    if (status == TG_OK)
        *out = c;
    else
        tg_cluster_free(c);
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

    for (size_t g = 0, w = 0; g < study->groups; g++) {
        const tg_study_group *group = &study->group[g];
        const size_t          n = count_of(study, g, c->workers);
        for (size_t i = 0; i < n; i++, w++)
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
    if (status == TG_OK) status = tg_labels_check(data.label, data.samples, labels);
    if (status == TG_OK) status = tg_dataset_split(&data, workers, &x->split, study->seed);
    if (status == TG_OK)
        status = tg_problem_softmax(&data, x->ridge, x->batch, x->modes, x->settled, out);
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
    if (status == TG_OK) status = tg_labels_check(data.label, data.samples, file);
    if (status == TG_OK) status = tg_dataset_split(&data, workers, &x->split, study->seed);
    if (status == TG_OK) status = tg_problem_logistic(&data, &x->plan, out);
    tg_dataset_free(&data);
    free(file);
    return status;
}

/* ---- factorisation ------------------------------------------------------------------- */

static tg_status
read_ratings(const tg_study *study, tg_ratings *out)
{
    const tg_study_factorisation *x = &study->factorisation;
    char                         *file = NULL;

    if (x->planted.count > 0) return tg_ratings_planted(&x->planted, study->seed, out);
    tg_status status = tg_tree_file(study->root, "objective.factorisation.ratings", &file);
    if (status == TG_OK) status = tg_ratings_read(file, x->samples, out);
    free(file);
    return status;
}

static tg_status
build_factorisation(const tg_study *study, size_t workers, tg_problem **out)
{
    tg_factorisation plan = study->factorisation.plan;
    tg_ratings       ratings = { 0 };
    tg_status        status = read_ratings(study, &ratings);

    plan.workers = workers;
    plan.seed = study->seed;
    if (status == TG_OK)
        status = tg_ratings_hold_out(&ratings, study->factorisation.test, study->seed);
    if (status == TG_OK) status = tg_problem_factorisation(&ratings, &plan, out);
    tg_ratings_free(&ratings);
    return status;
}

/* ---- topics --------------------------------------------------------------------------- */

static tg_status
read_corpus(const tg_study *study, tg_corpus *out)
{
    const tg_study_lda *x = &study->lda;
    char               *file = NULL;

    if (x->drawn.documents > 0) return tg_corpus_drawn(&x->drawn, study->seed, out);
    tg_status status = tg_tree_file(
        study->root, x->texts ? "objective.lda.texts" : "objective.lda.bag_of_words",
        &file);
    if (status == TG_OK)
        status = x->texts ? tg_corpus_texts(file, x->documents, out)
                          : tg_corpus_read(file, x->documents, out);
    free(file);
    return status;
}

static tg_status
build_lda(const tg_study *study, size_t workers, tg_problem **out)
{
    tg_lda    plan = study->lda.plan;
    tg_corpus corpus = { 0 };
    tg_status status = read_corpus(study, &corpus);

    plan.workers = workers;
    plan.seed = study->seed;
    if (status == TG_OK) status = tg_problem_lda(&corpus, &plan, out);
    tg_corpus_free(&corpus);
    return status;
}

/* ---- all ----------------------------------------------------------------------------- */

tg_status
tg_study_problem(const tg_study *study, const tg_cluster *cluster, tg_problem **out)
{
    switch (study->objective) {
    case TG_SOFTMAX:
        return build_softmax(study, cluster->workers, out);
    case TG_TRIDIAGONAL:
        return tg_problem_tridiagonal(study->tridiagonal.dim, study->tridiagonal.noise,
                                      study->tridiagonal.shared, cluster->workers, out);
    case TG_LOGISTIC:
        return build_logistic(study, cluster->workers, out);
    case TG_FACTORISATION:
        return build_factorisation(study, cluster->workers, out);
    case TG_LDA:
        return build_lda(study, cluster->workers, out);
    case TG_NETWORK:
        return tg_build_network(study, cluster->workers, out);
    default:
        return build_quadratic(study, cluster, out);
    }
}

const tg_kind *const *
tg_study_metrics(const tg_study *study)
{
    return study->coherence ? tg_metrics_coherent : tg_metrics;
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
                       .behaviour = a->behaviour,
                       .uplink = study->uplink,
                       .downlink = study->downlink,
                       .clip = a->clip,
                       .decay = a->decay,
                       .lag = a->lags ? &a->lag : NULL };
}
