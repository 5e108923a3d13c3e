#include "asgd/rules/rule.h"

const tg_kind *const tg_rules[] = { &tg_rule_asgd.is, &tg_rule_dude.is, NULL };

tg_status
tg_rule_find(const char *name, tg_choice *out)
{
    return tg_choice_find(tg_rules, "algorithm", name, out);
}
