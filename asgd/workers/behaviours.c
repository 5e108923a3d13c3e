#include "asgd/workers/behaviour.h"

const tg_behaviour_kind tg_behaviour_plain = {
    .is = { "plain", "one gradient at the model that was read", "", NULL },
};

const tg_kind *const tg_behaviours[] = { &tg_behaviour_plain.is,
                                         &tg_behaviour_local_steps.is,
                                         &tg_behaviour_send_norm.is,
                                         &tg_behaviour_send_innovation.is, NULL };

tg_status
tg_behaviour_find(const char *name, tg_choice *out)
{
    return tg_choice_find(tg_behaviours, "behaviour", name, out);
}
