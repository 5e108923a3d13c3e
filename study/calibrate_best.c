/* calibrate_best: what would have been best for the study, in a sentence or two */
#include "study/calibrate.h"

#include "study/setting.h"

#include <math.h>

static const tg_schedule_row *
row_of(const tg_schedule *s, size_t workers)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->row[i].workers == workers) return &s->row[i];
    return NULL;
}

static tg_status
say(const tg_calibration *c, const tg_sayings *s, const tg_schedule *plan)
{
    const size_t           P = c->scene.cluster->workers;
    const double           target = c->study->target + c->sight.fit.least;
    const tg_schedule_row *own = row_of(plan, P), *best = &plan->best;

    if (!own || !isfinite(best->time))
        return tg_fit_say(s, "best",
                          "Best: by theory no step reaches the loss %.4g, to which "
                          "this run came, for good within its time.",
                          target);
    TG_TRY(
        tg_fit_say(s, "best",
                   "Best: to come to the loss %.4g, as this run did in its last half, %zu "
                   "workers (of up to %zu) at step %.3g would take %.4g s by theory; %s "
                   "binds.",
                   target, best->workers, 4 * P, best->step, best->time,
                   tg_binding_name(best->binds)));
    if (!isfinite(own->time)) return TG_OK;
    return tg_fit_say(
        s, "best step",
        "The %zu workers that there were take %.4g s at their best step, %.3g; the "
        "run's was %.3g.",
        P, own->time, own->step, c->step);
}

tg_status
tg_calibrated_say_best(const tg_calibration *c, const tg_sayings *s)
{
    const size_t           P = c->scene.cluster->workers;
    size_t                 workers[4], n = 0;
    tg_setting_source      source = { c->study, 0 };
    tg_schedule           *plan = NULL;
    const tg_schedule_task task = { .setting = tg_study_setting,
                                    .modes = tg_study_setting_modes,
                                    .context = &source,
                                    .target = c->study->target,
                                    .horizon = 2 * c->horizon,
                                    .step = c->step,
                                    .high = INFINITY,
                                    .workers = workers,
                                    .count = 4,
                                    .bytes = 0 };
    tg_schedule_task       with = task;

    if (isnan(c->study->target) || !c->predicted || !s->words->stream) return TG_OK;
    for (size_t i = 0; i < 4; i++) {
        const size_t k = i == 0 ? (P + 1) / 2 : P << (i - 1);
        if (n == 0 || k > workers[n - 1]) workers[n++] = k;
    }
    with.count = n;
    const tg_status status = tg_schedule_make(&with, &plan);
    if (tg_scene_is_of_one_row(status)) return TG_OK;
    TG_TRY(status);
    const tg_status said = say(c, s, plan);
    tg_schedule_free(plan);
    return said;
}
