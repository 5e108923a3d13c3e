/* fill_objective: what is minimised, of a study */
#include "study/fill.h"

#include "core/spectrum.h"
#include "study/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUADRATIC "objective.quadratic"
#define SPECTRUM  QUADRATIC ".spectrum"
#define CHAIN     "objective.tridiagonal"
#define SOFTMAX   "objective.softmax"
#define LOGISTIC  "objective.logistic"
#define NETWORK   "objective.network"
#define RATINGS   "objective.factorisation"
#define LDA       "objective.lda"

static tg_status
fill_spectrum_law(tg_study *s)
{
    const tg_node    *root = s->root;
    const tg_spectrum law = { .count = tg_tree_whole(root, SPECTRUM ".count"),
                              .largest = tg_tree_number(root, SPECTRUM ".largest"),
                              .smallest = tg_tree_number(root, SPECTRUM ".smallest"),
                              .decay = tg_tree_number(root, SPECTRUM ".decay"),
                              .ratio = tg_tree_number(root, SPECTRUM ".ratio") };

    s->quadratic.dim = law.count;
    TG_FILL_LIST(s->quadratic.h, law.count);
    const tg_status status =
        tg_spectrum_fill(tg_tree_text(root, SPECTRUM ".law"), &law, s->quadratic.h);
    if (status == TG_OK) return TG_OK;
    return tg_fill_fail(tg_tree_node(root, SPECTRUM), "spectrum");
}

/* The checkpoint of a file that is asked for, or its last one. */
static tg_status
find_checkpoint(const tg_study *s, const tg_spectra *spectra, size_t *out)
{
    const tg_node *asked = tg_tree_node(s->root, SPECTRUM ".checkpoint");
    const double   step = tg_tree_number(s->root, SPECTRUM ".checkpoint");

    *out = spectra->checkpoints - 1;
    if (!asked) return TG_OK;
    for (*out = 0; *out < spectra->checkpoints; ++*out)
        if (spectra->step[*out] == step) return TG_OK;
    return tg_node_fail(asked, "checkpoint: the file has none of step %g, the last is %g",
                        step, spectra->step[spectra->checkpoints - 1]);
}

/* The positive eigenvalues of a file; how many are not is kept, to be told. */
static tg_status
fill_spectrum_file(tg_study *s)
{
    enum { QUANTILES = 100 };
    const size_t asked = tg_tree_whole(s->root, SPECTRUM ".count");
    tg_spectra   spectra = { 0 };
    char        *path = NULL;
    size_t       at = 0;

    TG_TRY(tg_tree_file(s->root, SPECTRUM ".file", &path));
    tg_status status = tg_spectra_read(path, &spectra);
    if (status == TG_OK) status = find_checkpoint(s, &spectra, &at);
    if (status == TG_OK)
        status = tg_spectra_fill(&spectra, at, asked ? asked : QUANTILES, &s->quadratic.h,
                                 &s->quadratic.dim);
    if (status == TG_OK) s->quadratic.curvature = tg_spectra_curvature(&spectra, at);
    tg_spectra_free(&spectra);
    free(path);
    return status;
}

static tg_status
fill_spectrum(tg_study *s)
{
    const tg_node *node = tg_tree_node(s->root, SPECTRUM);
    const bool     file = tg_tree_node(s->root, SPECTRUM ".file") != NULL;

    if (file == (tg_tree_node(s->root, SPECTRUM ".law") != NULL))
        return tg_node_fail(node, "spectrum: expected either a law or a file");
    if (file) return fill_spectrum_file(s);
    if (!tg_tree_node(s->root, SPECTRUM ".count"))
        return tg_node_fail(node, "spectrum: a law needs count, the number of eigenvalues");
    return fill_spectrum_law(s);
}

static tg_status
fill_eigenvalues(tg_study *s)
{
    const size_t listed = tg_tree_count(s->root, QUADRATIC ".eigenvalues");
    const bool   law = tg_tree_node(s->root, SPECTRUM) != NULL;

    if ((listed > 0) == law)
        return tg_node_fail(tg_tree_node(s->root, QUADRATIC),
                            "expected either eigenvalues or a spectrum");
    if (law) return fill_spectrum(s);
    s->quadratic.dim = listed;
    TG_FILL_LIST(s->quadratic.h, listed);
    for (size_t j = 0; j < listed; j++)
        s->quadratic.h[j] = tg_tree_item(s->root, j, QUADRATIC ".eigenvalues");
    return TG_OK;
}

/* (dim) values of a key that holds one number for all modes or one for each. */
static tg_status
fill_per_mode(const tg_study *s, const char *path, double *out)
{
    const tg_node *node = tg_tree_node(s->root, "%s", path);
    const size_t   dim = s->quadratic.dim;

    if (node && node->type == TG_NODE_LIST && node->count != dim)
        return tg_node_fail(node,
                            "expected one number or %zu, one for each eigenvalue, got %zu",
                            dim, node->count);
    if (node && node->type == TG_NODE_LIST) {
        for (size_t j = 0; j < dim; j++) out[j] = tg_tree_item(s->root, j, "%s", path);
        return TG_OK;
    }
    const double all = tg_tree_number(s->root, "%s", path); /* looked up once */
    for (size_t j = 0; j < dim; j++) out[j] = all;
    return TG_OK;
}

static tg_status
fill_quadratic(tg_study *s)
{
    tg_study_quadratic *q = &s->quadratic;

    TG_TRY(fill_eigenvalues(s));
    TG_FILL_LIST(q->start, 2 * q->dim);
    q->sigma = q->start + q->dim;
    q->spread = tg_tree_number(s->root, QUADRATIC ".minimum_spread");
    q->batch = tg_tree_whole(s->root, QUADRATIC ".noise.batch");
    q->label = tg_tree_number(s->root, QUADRATIC ".noise.label");
    s->objective = q->batch ? TG_LEAST_SQUARES : TG_QUADRATIC;
    TG_TRY(fill_per_mode(s, QUADRATIC ".start", q->start));
    TG_TRY(fill_per_mode(s, QUADRATIC ".noise.additive", q->sigma));
    for (size_t j = 0; j < q->dim; j++)
        if (q->batch > 0 && q->sigma[j] > 0)
            return tg_node_fail(tg_tree_node(s->root, QUADRATIC ".noise"),
                                "noise: expected additive or batch, not both");
    if (q->batch == 0 && q->label > 0)
        return tg_node_fail(tg_tree_node(s->root, QUADRATIC ".noise.label"),
                            "noise.label: needs noise.batch");
    return TG_OK;
}

static tg_status
fill_tridiagonal(tg_study *s)
{
    s->objective = TG_TRIDIAGONAL;
    s->tridiagonal =
        (tg_study_tridiagonal){ .dim = tg_tree_whole(s->root, CHAIN ".dim"),
                                .noise = tg_tree_number(s->root, CHAIN ".noise"),
                                .shared = !strcmp(tg_tree_text(s->root, CHAIN ".shared"),
                                                  "true") };
    return TG_OK;
}

static tg_status
fill_softmax(tg_study *s)
{
    s->objective = TG_SOFTMAX;
    s->softmax = (tg_study_softmax){ .images = tg_tree_text(s->root, SOFTMAX ".images"),
                                     .labels = tg_tree_text(s->root, SOFTMAX ".labels"),
                                     .samples = tg_tree_whole(s->root, SOFTMAX ".samples"),
                                     .batch = tg_tree_whole(s->root, SOFTMAX ".batch"),
                                     .modes = tg_tree_whole(s->root, SOFTMAX ".modes"),
                                     .settled = !strcmp(
                                         tg_tree_text(s->root, SOFTMAX ".settled"), "true"),
                                     .ridge = tg_tree_number(s->root, SOFTMAX ".ridge") };
    return tg_fill_choice(tg_tree_node(s->root, SOFTMAX ".split"), "identical", tg_splits,
                          &s->softmax.split);
}

static tg_status
fill_logistic(tg_study *s)
{
    s->objective = TG_LOGISTIC;
    s->logistic = (tg_study_logistic){
        .file = tg_tree_text(s->root, LOGISTIC ".file"),
        .samples = tg_tree_whole(s->root, LOGISTIC ".samples"),
        .plan = { .l2 = tg_tree_number(s->root, LOGISTIC ".l2"),
                  .nonconvex = tg_tree_number(s->root, LOGISTIC ".nonconvex"),
                  .batch = tg_tree_whole(s->root, LOGISTIC ".batch"),
                  .start = tg_tree_number(s->root, LOGISTIC ".start") }
    };
    return tg_fill_choice(tg_tree_node(s->root, LOGISTIC ".split"), "contiguous", tg_splits,
                          &s->logistic.split);
}

tg_status
tg_fill_objective(tg_study *s)
{
    const tg_node *objective = tg_tree_node(s->root, "objective");

    if (objective->count != 1)
        return tg_node_fail(objective, "objective: expected exactly one of: quadratic, "
                                       "tridiagonal, softmax, logistic, "
                                       "factorisation, lda, network");
    if (tg_tree_node(s->root, QUADRATIC)) return fill_quadratic(s);
    if (tg_tree_node(s->root, CHAIN)) return fill_tridiagonal(s);
    if (tg_tree_node(s->root, NETWORK)) return tg_fill_network(s);
    if (tg_tree_node(s->root, RATINGS)) return tg_fill_factorisation(s);
    if (tg_tree_node(s->root, LDA)) return tg_fill_lda(s);
    return tg_tree_node(s->root, SOFTMAX) ? fill_softmax(s) : fill_logistic(s);
}
