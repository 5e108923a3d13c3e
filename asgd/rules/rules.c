#include "asgd/rules/rule.h"

const tg_kind *const tg_rules[] = { &tg_rule_asgd.is,
                                    &tg_rule_sync.is,
                                    &tg_rule_k_sync.is,
                                    &tg_rule_k_batch_sync.is,
                                    &tg_rule_k_async.is,
                                    &tg_rule_fedbuff.is,
                                    &tg_rule_uniform.is,
                                    &tg_rule_shuffled.is,
                                    &tg_rule_drop.is,
                                    &tg_rule_wait.is,
                                    &tg_rule_ringmaster.is,
                                    &tg_rule_delay_adaptive.is,
                                    &tg_rule_koloskova.is,
                                    &tg_rule_staleness_aware.is,
                                    &tg_rule_polynomial.is,
                                    &tg_rule_fedasync.is,
                                    &tg_rule_dude.is,
                                    &tg_rule_mifa.is,
                                    &tg_rule_rennala.is,
                                    &tg_rule_malenia.is,
                                    &tg_rule_ringleader.is,
                                    &tg_rule_dc_asgd.is,
                                    &tg_rule_dc_asgd_adaptive.is,
                                    &tg_rule_local.is,
                                    &tg_rule_stale_uniform.is,
                                    &tg_rule_stale_constant.is,
                                    &tg_rule_stale_geometric.is,
                                    &tg_rule_stale_table.is,
                                    NULL };

tg_status
tg_rule_find(const char *name, tg_choice *out)
{
    return tg_choice_find(tg_rules, "algorithm", name, out);
}
