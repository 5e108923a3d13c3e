#include "study/open.h"

#include "study/cost.h"
#include "study/scene.h"
#include "study/tune.h"

#include <math.h>
#include <stdio.h>

static size_t
open_steps(const tg_study *study)
{
    size_t n = 0;

    for (size_t i = 0; i < study->algorithms; i++) n += isnan(study->algorithm[i].step);
    return n;
}

static void
tell(const tg_listener *l, const tg_study *study, size_t i, const tg_tuning *t)
{
    char end[80];

    if (isnan(study->target))
        snprintf(end, sizeof end, "mean loss over the last half %.4g", t->value);
    else if (t->reached)
        snprintf(end, sizeof end, "at the target after %.4g", t->value);
    else
        snprintf(end, sizeof end,
                 "the target is not reached within the horizon at any step");
    tg_listener_tell(l, TG_TOPIC_FOUND,
                     "tuned %s: step %.4g (best within %.3g to %.3g; %zu simulations, %s)",
                     study->algorithm[i].label, t->step, t->low, t->high, t->tries, end);
}

/* The step of algorithm i becomes a setting, as if the study had it. */
static tg_status
tune(const tg_listener *l, tg_study **study, size_t i, tg_progress *progress)
{
    char      path[64], value[32];
    tg_tuning found;
    tg_study *tuned = NULL;

    TG_TRY(tg_study_tune(*study, i, progress, &found));
    tell(l, *study, i, &found);
    snprintf(path, sizeof path, "algorithm[%zu].step", i);
    snprintf(value, sizeof value, "%.4g", found.step);
    TG_TRY(tg_study_with(*study, path, value, &tuned));
    tg_study_free(*study);
    *study = tuned;
    return TG_OK;
}

static tg_status
tune_all(const tg_listener *l, tg_study **study, size_t n)
{
    tg_progress *progress = NULL;
    tg_scene     s;

    TG_TRY(tg_scene_open(*study, 0, &s));
    tg_status status = tg_cost_of_tuning(l, &s, n);
    tg_scene_close(&s);
    if (status == TG_OK) status = tg_progress_create(l ? l->bar : NULL, &progress);
    tg_progress_stage(progress, "tune", n * TG_TUNE_TRIES);
    for (size_t i = 0; i < (*study)->algorithms && status == TG_OK; i++)
        if (isnan((*study)->algorithm[i].step)) status = tune(l, study, i, progress);
    tg_progress_free(progress);
    return status;
}

/* Takes the study. */
static tg_status
settle(tg_study *study, const tg_listener *l, tg_study **out)
{
    const size_t    n = open_steps(study);
    const tg_status status = n > 0 ? tune_all(l, &study, n) : TG_OK;

    if (status == TG_OK)
        *out = study;
    else
        tg_study_free(study);
    return status;
}

tg_status
tg_study_open(const char *path, const char *const *settings, size_t sets,
              const tg_listener *l, tg_study **out)
{
    tg_study *study = NULL;

    TG_TRY(tg_study_read(path, settings, sets, &study));
    return settle(study, l, out);
}

tg_status
tg_study_open_text(const char *text, const char *source, const char *const *settings,
                   size_t sets, const tg_listener *l, tg_study **out)
{
    tg_study *study = NULL;

    TG_TRY(tg_study_parse_with(text, source, settings, sets, &study));
    return settle(study, l, out);
}
