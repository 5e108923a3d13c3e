/* fill_network: the keys of objective.network (study/fill.h) */
#include "asgd/networks/models.h"
#include "study/fill.h"
#include "study/tree.h"

#include <stdlib.h>

#define NETWORK "objective.network"
#define MADE_UP NETWORK ".data.synthetic"

static tg_status
fill_layers(tg_study *s)
{
    tg_study_network *n = &s->network;
    const tg_node    *model = tg_tree_node(s->root, NETWORK ".model");

    n->layers = tg_tree_count(s->root, NETWORK ".layers");
    if ((model != NULL) == (n->layers > 0))
        return tg_node_fail(tg_tree_node(s->root, NETWORK),
                            "network: expected either a model or layers");
    if (model) return tg_fill_choice(model, NULL, tg_models, &n->model);
    n->layer = calloc(n->layers, sizeof *n->layer);
    if (!n->layer) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n->layers; i++)
        TG_TRY(tg_fill_choice(tg_tree_node(s->root, NETWORK ".layers[%zu]", i), NULL,
                              tg_layers_single, &n->layer[i]));
    return TG_OK;
}

/* One source of images, of which all files are named. */
static tg_status
check_sources(const tg_study *s)
{
    static const char *const pair[] = { "images", "labels", "test_images", "test_labels" };
    const tg_node           *data = tg_tree_node(s->root, NETWORK ".data");
    bool                     there[4];

    for (int i = 0; i < 4; i++) there[i] = tg_node_find(data, pair[i]) != NULL;
    if (there[0] != there[1] || there[2] != there[3] || (there[2] && !there[0]))
        return tg_node_fail(data, "data: expected images and labels, and with them or not "
                                  "test_images and test_labels");
    if (there[0] + (tg_node_find(data, "cifar") != NULL) +
            (tg_node_find(data, "synthetic") != NULL) ==
        1)
        return TG_OK;
    return tg_node_fail(data,
                        "data: expected either images and labels, cifar or synthetic");
}

tg_status
tg_fill_network(tg_study *s)
{
    tg_study_network *n = &s->network;
    const tg_node    *root = s->root;

    s->objective = TG_NETWORK;
    TG_TRY(fill_layers(s));
    TG_TRY(check_sources(s));
    n->samples = tg_tree_whole(root, NETWORK ".samples");
    n->batch = tg_tree_whole(root, NETWORK ".batch");
    n->measured = tg_tree_whole(root, NETWORK ".measured");
    if (tg_tree_node(root, MADE_UP)) {
        n->test = tg_tree_whole(root, MADE_UP ".test");
        n->synthetic =
            (tg_synthetic){ .shape = { tg_tree_whole(root, MADE_UP ".height"),
                                       tg_tree_whole(root, MADE_UP ".width"),
                                       tg_tree_whole(root, MADE_UP ".channels") },
                            .samples = tg_tree_whole(root, MADE_UP ".samples"),
                            .classes = tg_tree_whole(root, MADE_UP ".classes"),
                            .noise = tg_tree_number(root, MADE_UP ".noise") };
    }
    return tg_fill_choice(tg_tree_node(root, NETWORK ".split"), "identical", tg_splits,
                          &n->split);
}
