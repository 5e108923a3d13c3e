/* fill_factorisation: the keys of objective.factorisation (study/fill.h) */
#include "asgd/problems/dataset.h"
#include "study/fill.h"
#include "study/tree.h"

#define RATINGS "objective.factorisation"
#define MADE_UP RATINGS ".synthetic"

tg_status
tg_fill_factorisation(tg_study *s)
{
    tg_study_factorisation *f = &s->factorisation;
    const tg_node          *root = s->root;
    const bool              made_up = tg_tree_node(root, MADE_UP) != NULL;

    s->objective = TG_FACTORISATION;
    if (made_up == (tg_tree_node(root, RATINGS ".ratings") != NULL))
        return tg_node_fail(tg_tree_node(root, RATINGS),
                            "factorisation: expected either ratings or synthetic");
    f->samples = tg_tree_whole(root, RATINGS ".samples");
    f->test = tg_tree_number(root, RATINGS ".test");
    if (made_up)
        f->planted = (tg_planted){ .users = tg_tree_whole(root, MADE_UP ".users"),
                                   .items = tg_tree_whole(root, MADE_UP ".items"),
                                   .count = tg_tree_whole(root, MADE_UP ".count"),
                                   .rank = tg_tree_whole(root, MADE_UP ".rank"),
                                   .noise = tg_tree_number(root, MADE_UP ".noise") };
    f->plan = (tg_factorisation){ .rank = tg_tree_whole(root, RATINGS ".rank"),
                                  .l2 = tg_tree_number(root, RATINGS ".l2"),
                                  .batch = tg_tree_whole(root, RATINGS ".batch"),
                                  .start = tg_tree_number(root, RATINGS ".start"),
                                  .centred = !made_up };
    return tg_fill_choice(tg_tree_node(root, RATINGS ".split"), "identical", tg_splits,
                          &f->plan.split);
}
