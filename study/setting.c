#include "study/setting.h"

#include "study/decree.h"
#include "study/scene.h"

#include <stdlib.h>
#include <string.h>

/* Rounds by order statistics: all workers, the first K, or the first K gradients where workers
 * go on, which the table of rules has exactly if they are exponential. */
static bool
rounds_of(const tg_study *study, size_t algorithm, const tg_cluster *c, tg_rounds *out)
{
    const tg_study_algorithm *a = &study->algorithm[algorithm];
    const tg_kind            *kind = a->rule.kind;

    *out = (tg_rounds){ .gradients = c->workers };
    if (kind == &tg_rule_sync.is) return true;
    if (kind != &tg_rule_k_sync.is && kind != &tg_rule_k_batch_sync.is &&
        kind != &tg_rule_ringmaster.is)
        return false;
    if (kind ==
        &tg_rule_ringmaster.is) { /* r = 1: whoever is first ends the work of all others */
        out->gradients = 1;
        return true;
    }
    out->gradients = (size_t)a->rule.param[0];
    out->again = kind == &tg_rule_k_batch_sync.is;
    for (size_t g = 0; g < c->groups; g++)
        if (strcmp(tg_delay_name(c->law[g]), "exponential")) return true;
    return !out->again;
}

static tg_status
decreed(const tg_setting_source *s, tg_cluster *c, tg_setting *out)
{
    double            *weight = NULL;
    size_t             most = 0;
    tg_decree_momentum momentum;

    const tg_status status =
        tg_study_decree(s->study, s->algorithm, &weight, &most, &momentum);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    const tg_status made = tg_setting_decreed(c, weight, most, momentum, out);
    free(weight);
    return made;
}

tg_status
tg_study_setting_of_cluster(const tg_setting_source *s, tg_cluster *c, tg_setting *out)
{
    tg_rounds   rounds;
    const char *rule;
    double      number;

    const tg_status status = tg_study_theory(s->study, s->algorithm, &rule, &number);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    if (tg_study_is_decreed(s->study, s->algorithm)) return decreed(s, c, out);
    if (rounds_of(s->study, s->algorithm, c, &rounds))
        return tg_setting_rounds(c, &rounds, out);
    const double delta = tg_study_trigger(s->study, s->algorithm);
    if (delta > 0) return tg_setting_trigger(c, &s->study->uplink, delta, out);
    const tg_kind *kind = s->study->algorithm[s->algorithm].rule.kind;
    if (kind == &tg_rule_wait.is) return tg_setting_alone(c, out);
    if (kind == &tg_rule_uniform.is || kind == &tg_rule_shuffled.is)
        return tg_setting_assigned(c, kind == &tg_rule_shuffled.is, out);
    if (tg_link_takes_time(&s->study->uplink) || tg_link_takes_time(&s->study->downlink))
        return tg_setting_network(c, &s->study->uplink, &s->study->downlink, rule, number,
                                  out);
    return tg_setting_plain(c, rule, number, out);
}

tg_status
tg_study_setting(void *source, size_t workers, tg_setting *out)
{
    const tg_setting_source *s = source;
    tg_cluster              *c = NULL;

    TG_TRY(tg_study_cluster(s->study, workers, &c));
    return tg_study_setting_of_cluster(s, c, out);
}

tg_status
tg_study_setting_modes(void *source, size_t workers, tg_modes *out)
{
    const tg_setting_source *s = source;
    tg_scene                 one;

    TG_TRY(tg_scene_open(s->study, workers, &one));
    const tg_status status = tg_scene_modes(&one);
    if (status == TG_OK) {
        *out = one.modes;
        one.modes = (tg_modes){ 0 };
    }
    tg_scene_close(&one);
    return status;
}
