#include "study/cost.h"

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
say(const tg_study *study, size_t i, const tg_tuning *t)
{
    const tg_study_algorithm *a = &study->algorithm[i];

    fprintf(stderr, "tuned %s: step %.4g (best within %.3g to %.3g; %zu simulations, ",
            a->label, t->step, t->low, t->high, t->tries);
    if (isnan(study->target))
        fprintf(stderr, "mean loss over the last half %.4g)\n", t->value);
    else if (t->reached)
        fprintf(stderr, "at the target after %.4g)\n", t->value);
    else
        fprintf(stderr, "the target is not reached within the horizon at any step)\n");
}

/* The step of algorithm i becomes a setting, as if the study had it. */
static tg_status
tune(const arguments *a, tg_study **study, size_t i, tg_progress *progress)
{
    char      path[64], value[32];
    tg_tuning found;
    tg_study *tuned = NULL;

    TG_TRY(tg_study_tune(*study, i, progress, &found));
    if (!given(a, "quiet")) say(*study, i, &found);
    snprintf(path, sizeof path, "algorithm[%zu].step", i);
    snprintf(value, sizeof value, "%.4g", found.step);
    TG_TRY(tg_study_with(*study, path, value, &tuned));
    tg_study_free(*study);
    *study = tuned;
    return TG_OK;
}

static tg_status
tune_all(const arguments *a, tg_study **study, size_t n)
{
    tg_progress *progress = NULL;
    tg_scene     s;

    TG_TRY(tg_scene_open(*study, 0, &s));
    tg_status status = tg_cost_of_tuning(a, &s, n);
    tg_scene_close(&s);
    if (status == TG_OK)
        status = tg_progress_create(given(a, "quiet") ? NULL : stderr, &progress);
    tg_progress_stage(progress, "tune", n * TG_TUNE_TRIES);
    for (size_t i = 0; i < (*study)->algorithms && status == TG_OK; i++)
        if (isnan((*study)->algorithm[i].step)) status = tune(a, study, i, progress);
    tg_progress_free(progress);
    return status;
}

tg_status
tg_study_open(const arguments *a, const char *file, tg_study **out)
{
    tg_study *study = NULL;

    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    const size_t    n = open_steps(study);
    const tg_status status = n > 0 ? tune_all(a, &study, n) : TG_OK;
    if (status == TG_OK)
        *out = study;
    else
        tg_study_free(study);
    return status;
}
