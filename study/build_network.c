#include "study/build_network.h"

#include "asgd/networks/models.h"
#include "asgd/problems/dataset.h"
#include "study/tree.h"

#include <stdio.h>
#include <stdlib.h>

#define DATA "objective.network.data"

/* ---- data ---------------------------------------------------------------------------- */

static tg_status
read_idx(const tg_study *s, bool test, size_t limit, tg_images *out)
{
    char     *images = NULL, *labels = NULL;
    tg_status status =
        tg_tree_file(s->root, test ? DATA ".test_images" : DATA ".images", &images);

    if (status == TG_OK)
        status =
            tg_tree_file(s->root, test ? DATA ".test_labels" : DATA ".labels", &labels);
    if (status == TG_OK) status = tg_images_idx(images, labels, limit, out);
    if (status == TG_OK && !test)
        status = tg_labels_check(out->label, out->samples, labels);
    free(images);
    free(labels);
    return status;
}

static tg_status
read_cifar(const tg_study *s, tg_net *n)
{
    char     *folder = NULL;
    tg_status status = tg_tree_file(s->root, DATA ".cifar", &folder);

    if (status == TG_OK)
        status = tg_images_cifar_folder(folder, false, s->network.samples, &n->train);
    if (status == TG_OK) status = tg_images_cifar_folder(folder, true, SIZE_MAX, &n->test);
    free(folder);
    return status;
}

static tg_status
make_up(const tg_study *s, tg_net *n)
{
    tg_synthetic what = s->network.synthetic;

    TG_TRY(tg_images_synthetic(&what, s->seed, 0, &n->train));
    what.samples = s->network.test;
    return what.samples > 0 ? tg_images_synthetic(&what, s->seed, 1, &n->test) : TG_OK;
}

static tg_status
read_data(const tg_study *s, tg_net *n)
{
    if (s->network.synthetic.samples > 0) return make_up(s, n);
    if (tg_tree_node(s->root, DATA ".cifar")) return read_cifar(s, n);
    TG_TRY(read_idx(s, false, s->network.samples, &n->train));
    return tg_tree_node(s->root, DATA ".test_images")
               ? read_idx(s, true, SIZE_MAX, &n->test)
               : TG_OK;
}

/* ---- layers -------------------------------------------------------------------------- */

static tg_status
stack_layers(const tg_study *s, tg_net *n)
{
    const tg_study_network *of = &s->network;
    tg_layer_list           named = { 0 };

    if (of->model.kind)
        TG_TRY(tg_model_layers(&of->model, n->train.shape, n->train.classes, &named));
    const tg_status status = of->model.kind
                                 ? tg_stack_create(n->train.shape, n->train.classes,
                                                   named.layer, named.count, &n->stack)
                                 : tg_stack_create(n->train.shape, n->train.classes,
                                                   of->layer, of->layers, &n->stack);
    tg_layer_list_free(&named);
    if (status != TG_EDOMAIN) return status;
    char message[400];
    snprintf(message, sizeof message, "%s", tg_message());
    return tg_node_fail(tg_tree_node(s->root, "objective.network"), "network: %s", message);
}

tg_status
tg_build_network(const tg_study *study, size_t workers, tg_problem **out)
{
    tg_net    n = { .workers = workers,
                    .batch = study->network.batch,
                    .measured = study->network.measured,
                    .split = study->network.split,
                    .seed = study->seed };
    tg_status status = read_data(study, &n);

    if (status == TG_OK) status = stack_layers(study, &n);
    if (status == TG_OK) status = tg_problem_network(&n, out);
    tg_images_free(&n.train);
    tg_images_free(&n.test);
    tg_stack_free(n.stack);
    return status;
}
