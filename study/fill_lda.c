/* fill_lda: the keys of objective.lda (study/fill.h) */
#include "study/decree.h"
#include "study/fill.h"
#include "study/tree.h"

#define LDA     "objective.lda"
#define MADE_UP LDA ".synthetic"

tg_status
tg_fill_lda(tg_study *s)
{
    tg_study_lda  *l = &s->lda;
    const tg_node *root = s->root;
    const bool     made_up = tg_tree_node(root, MADE_UP) != NULL,
               counted = tg_tree_node(root, LDA ".bag_of_words") != NULL,
               texts = tg_tree_node(root, LDA ".texts") != NULL;

    s->objective = TG_LDA;
    if (made_up + counted + texts != 1)
        return tg_node_fail(tg_tree_node(root, LDA),
                            "lda: expected either bag_of_words, texts or synthetic");
    l->documents = tg_tree_whole(root, LDA ".documents");
    l->texts = texts;
    if (made_up)
        l->drawn = (tg_drawn){ .documents = tg_tree_whole(root, MADE_UP ".documents"),
                               .words = tg_tree_whole(root, MADE_UP ".words"),
                               .topics = tg_tree_whole(root, MADE_UP ".topics"),
                               .length = tg_tree_whole(root, MADE_UP ".length"),
                               .alpha = tg_tree_number(root, MADE_UP ".alpha"),
                               .beta = tg_tree_number(root, MADE_UP ".beta") };
    l->plan = (tg_lda){ .topics = tg_tree_whole(root, LDA ".topics"),
                        .batch = tg_tree_whole(root, LDA ".batch"),
                        .alpha = tg_tree_number(root, LDA ".alpha"),
                        .beta = tg_tree_number(root, LDA ".beta") };
    return TG_OK;
}

static bool
counts_only(const tg_study *s, size_t i)
{
    const tg_study_algorithm *a = &s->algorithm[i];
    const bool rule = a->rule.kind == &tg_rule_asgd.is || tg_study_is_decreed(s, i);

    return rule && a->step == 1 && a->clip == 0 && a->decay == 0 && !a->lag.part &&
           a->optimiser.kind == &tg_optimiser_sgd.is &&
           a->schedule.kind == &tg_schedule_constant.is && a->schedule.param[0] == 0 &&
           a->behaviour.kind == &tg_behaviour_plain.is;
}

tg_status
tg_check_lda(const tg_study *s)
{
    for (size_t i = 0; i < s->algorithms; i++)
        if (!counts_only(s, i))
            return tg_node_fail(tg_tree_node(s->root, "algorithm[%zu]", i),
                                "lda: counts move by whole differences: expected asgd or "
                                "stale_* with step: "
                                "1 and nothing else that shapes a step");
    return TG_OK;
}
