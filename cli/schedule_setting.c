#include "cli/schedule_setting.h"

#include "cli/scene.h"

tg_status
schedule_setting(void *source, size_t workers, tg_setting *out)
{
    const schedule_source *s = source;
    tg_setting             at = { .noise = 1 };

    TG_TRY(study_theory(s->study, s->algorithm, &at.rule, &at.number));
    TG_TRY(tg_study_cluster(s->study, workers, &at.cluster));
    at.gradients = at.uploads = tg_cluster_rate(at.cluster);
    *out = at;
    return TG_OK;
}

tg_status
schedule_modes(void *source, size_t workers, tg_modes *out)
{
    const schedule_source *s = source;
    scene                  one;

    TG_TRY(scene_open(s->study, workers, &one));
    const tg_status status = scene_modes(&one);
    if (status == TG_OK) {
        *out = one.modes;
        one.modes = (tg_modes){ 0 };
    }
    scene_close(&one);
    return status;
}
