#include "study/scene.h"

#include "study/decree.h"
#include "study/setting.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_scene_open(const tg_study *study, size_t workers, tg_scene *out)
{
    tg_scene s = { .study = study };

    tg_status status = tg_study_cluster(study, workers, &s.cluster);
    if (status == TG_OK) status = tg_study_problem(study, s.cluster, &s.problem);
    if (status == TG_OK)
        *out = s;
    else
        tg_scene_close(&s);
    return status;
}

/* Modes take long on real data, and a simulation does not need them. */
tg_status
tg_scene_modes(tg_scene *s)
{
    if (s->modes.count > 0) return TG_OK;
    double *weight = malloc(s->cluster->workers * sizeof *weight);
    if (!weight) return tg_fail(TG_ENOMEM, "out of memory");
    tg_cluster_weights(s->cluster, weight);
    const tg_status status = tg_problem_modes(s->problem, weight, &s->modes);
    free(weight);
    return status;
}

void
tg_scene_close(tg_scene *s)
{
    tg_modes_free(&s->modes);
    tg_problem_free(s->problem);
    tg_cluster_free(s->cluster);
    *s = (tg_scene){ 0 };
}

/* Whether no worker's speed changes. */
static bool
is_steady(const tg_study *study)
{
    for (size_t g = 0; g < study->groups; g++) {
        const tg_kind *kind = study->group[g].pace.choice.kind;
        if (kind != &tg_pace_constant.is && kind != &tg_pace_straggler.is) return false;
    }
    return true;
}

/* Rounds crowd on a link all at once, and jobs in queues have their own network. */
static bool
is_beside_links(const tg_study_algorithm *a)
{
    return a->rule.kind == &tg_rule_uniform.is || a->rule.kind == &tg_rule_shuffled.is ||
           a->rule.kind == &tg_rule_ringmaster.is || a->rule.kind == &tg_rule_wait.is ||
           a->rule.kind == &tg_rule_sync.is || a->rule.kind == &tg_rule_k_sync.is ||
           a->rule.kind == &tg_rule_k_batch_sync.is ||
           ((const tg_rule_kind *)a->rule.kind)->late != NULL;
}

/* Of behaviours that of send_norm, where gradients are ASGD's steps and their noise is known wherever x is. */
static bool
is_known_trigger(const tg_study *study, const tg_study_algorithm *a)
{
    return a->behaviour.kind == &tg_behaviour_send_norm.is &&
           a->rule.kind == &tg_rule_asgd.is && a->optimiser.kind == &tg_optimiser_sgd.is &&
           study->objective == TG_QUADRATIC && !tg_link_takes_time(&study->downlink);
}

double
tg_study_trigger(const tg_study *study, size_t i)
{
    const tg_study_algorithm *a = &study->algorithm[i];

    return is_known_trigger(study, a) ? a->behaviour.param[0] : 0;
}

/* What is there beside rule and optimiser that theory does not know; NULL: nothing. */
static const char *
unknown_setting(const tg_study *study, const tg_study_algorithm *a)
{
    if (a->clip > 0) return "clip";
    if (a->decay > 0) return "weight_decay";
    if (a->schedule.kind != &tg_schedule_constant.is || a->schedule.param[0] > 0)
        return "schedule";
    if (a->behaviour.kind != &tg_behaviour_plain.is && !is_known_trigger(study, a))
        return "behaviour";
    if (tg_link_takes_time(&study->uplink) && is_beside_links(a)) return "uplink";
    if (tg_link_takes_time(&study->downlink) && is_beside_links(a)) return "downlink";
    return is_steady(study) ? NULL : "workers' speed";
}

/* The value of a parameter of the rule; 0 if it has none of that name. */
static double
rule_value(const tg_study_algorithm *a, const char *param)
{
    const size_t at = tg_kind_param(a->rule.kind, param);

    return at == SIZE_MAX ? 0 : a->rule.param[at];
}

/* The rules of theory's table with the parameter that is their number. */
static const struct {
    const tg_rule_kind *kind;
    const char *number, *none; /* none: a parameter that must be as it is by default */
} known[] = { { &tg_rule_asgd, NULL, NULL },
              { &tg_rule_dude, NULL, "arrivals" },
              { &tg_rule_fedbuff, "k", NULL },
              { &tg_rule_k_batch_sync, "k", NULL },
              { &tg_rule_delay_adaptive, NULL, NULL },
              { &tg_rule_drop, "limit", "by_arrivals" },
              { &tg_rule_sync, NULL, NULL },
              { &tg_rule_k_sync, "k", NULL },
              { &tg_rule_staleness_aware, NULL, NULL },
              { &tg_rule_polynomial, "exponent", NULL },
              { &tg_rule_koloskova, "smoothness", NULL },
              { &tg_rule_uniform, NULL, NULL },
              { &tg_rule_shuffled, NULL, NULL },
              { &tg_rule_ringmaster, "r", NULL },
              { &tg_rule_wait, "limit", NULL } };

/* Of limits that abort or wait only the tightest: nothing is ever stale. */
static bool
is_loose(const tg_study_algorithm *a)
{
    return (a->rule.kind == &tg_rule_ringmaster.is && rule_value(a, "r") > 1) ||
           (a->rule.kind == &tg_rule_wait.is && rule_value(a, "limit") > 0);
}

tg_status
tg_study_theory(const tg_study *study, size_t i, const char **rule, double *number)
{
    const tg_study_algorithm *a = &study->algorithm[i];
    const bool                momentum = a->optimiser.kind == &tg_optimiser_heavy_ball.is ||
                          a->optimiser.kind == &tg_optimiser_nesterov.is;
    const bool sgd = a->optimiser.kind == &tg_optimiser_sgd.is;

    const char *unknown = unknown_setting(study, a);
    if (unknown)
        return tg_fail(TG_EDOMAIN, "theory does not know %s with this %s yet", a->label,
                       unknown);
    if (is_loose(a))
        return tg_fail(
            TG_EDOMAIN,
            "theory does not know %s with a limit that lets gradients be stale yet",
            a->label);
    if (tg_study_is_decreed(study, i)) {
        *rule = "asgd"; /* in rounds at caches that are late: study/decree.h */
        *number = 0;
        return TG_OK;
    }
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (a->rule.kind != &known[k].kind->is) continue;
        const size_t none = known[k].none ? tg_kind_param(a->rule.kind, known[k].none) : 0;
        if (known[k].none && a->rule.param[none] != a->rule.kind->param[none].fallback)
            break;
        *rule = momentum ? a->optimiser.kind->name : a->rule.kind->name;
        *number = momentum          ? a->optimiser.param[0]
                  : known[k].number ? rule_value(a, known[k].number)
                                    : 0;
        if (sgd || (momentum && k == 0)) return TG_OK;
    }
    return tg_fail(TG_EDOMAIN, "theory does not know the rule %s%s%s yet",
                   a->rule.kind->name, sgd ? "" : " with optimiser ",
                   sgd ? "" : a->optimiser.kind->name);
}

tg_status
tg_study_rule(const tg_study *study, size_t i, const tg_algorithm **out)
{
    const char *rule;
    double      number;

    TG_TRY(tg_study_theory(study, i, &rule, &number));
    if (tg_link_takes_time(&study->uplink) || tg_link_takes_time(&study->downlink))
        return tg_fail(TG_EDOMAIN,
                       "behind links only the prediction of %s is known to "
                       "theory yet",
                       study->algorithm[i].label);
    const bool other = tg_study_trigger(study, i) > 0 || tg_study_is_decreed(study, i);
    *out = other ? NULL : tg_algorithm_find(rule);
    if (*out) return TG_OK;
    return tg_fail(TG_EDOMAIN, "only the prediction of %s is known to theory yet",
                   study->algorithm[i].label);
}

static tg_status
predict_modes(const tg_scene *s, size_t algorithm, const tg_modes *modes,
              const tg_predict_plan *plan, tg_prediction **out)
{
    const tg_setting_source source = { s->study, algorithm };
    tg_setting              setting;

    TG_TRY(tg_study_setting((void *)&source, s->cluster->workers, &setting));
    const tg_status status =
        tg_setting_predict(&setting, modes, s->study->algorithm[algorithm].step, plan, out);
    tg_setting_free(&setting);
    return status;
}

tg_status
tg_scene_predict(tg_scene *s, size_t algorithm, tg_prediction **out)
{
    const tg_predict_plan plan = { .horizon = s->study->horizon,
                                   .points = s->study->points,
                                   .target = s->study->target,
                                   .level = s->level,
                                   .single = s->single };

    TG_TRY(tg_scene_modes(s));
    return predict_modes(s, algorithm, &s->modes, &plan, out);
}

/* The mode with the largest eigenvalue, with the sums that it has itself. */
static tg_modes
steepest(const tg_scene *s)
{
    const tg_modes *m = &s->modes;
    size_t          top = 0;

    for (size_t j = 1; j < m->count; j++)
        if (m->h[j] > m->h[top]) top = j;
    return (tg_modes){ .count = 1,
                       .h = m->h + top,
                       .start = m->start + top,
                       .sigma2 = m->sigma2 + top,
                       .shift = m->shift + top,
                       .spread = m->spread + top,
                       .minimum =
                           m->minimum ? m->minimum + top * s->cluster->workers : NULL,
                       .least = m->h[top],
                       .start_largest = m->start_largest };
}

tg_status
tg_scene_limits(tg_scene *s, size_t algorithm, tg_prediction **out)
{
    const tg_predict_plan plan = { .horizon = s->study->horizon,
                                   .target = NAN,
                                   .level = s->level };

    TG_TRY(tg_scene_modes(s));
    const tg_modes top = steepest(s);
    return predict_modes(s, algorithm, &top, &plan, out);
}

bool
tg_scene_is_of_one_row(tg_status status)
{
    return status == TG_EDOMAIN || status == TG_ENOCONV || status == TG_EDIVERGED;
}

/* A prediction of which only the modes are known, if they are. */
static tg_status
predict_nothing(const tg_scene *s, tg_prediction **out)
{
    const size_t   n = s->modes.count, points = s->study->points;
    tg_prediction *p = NULL;

    TG_TRY(tg_prediction_create(n, points, &p));
    p->outcome = TG_UNDECIDED;
    p->workers = s->cluster->workers;
    p->lambda = tg_cluster_rate(s->cluster);
    p->delay_mean = p->delay_cv = p->staleness = p->gain = p->threshold = p->step_limit =
        p->workers_limit = p->threshold_square = p->threshold_error = p->threshold_single =
            p->single_error = p->clearance = p->rate = p->rate_error = p->floor =
                p->floor_error = p->bias_loss = p->resolved = p->settle = p->settle_error =
                    NAN;
    for (size_t i = 0; i < points; i++) {
        p->t[i] = s->study->horizon * (double)i / (double)(points - 1);
        p->loss[i] = p->low[i] = p->high[i] = NAN;
    }
    for (size_t j = 0; j < n; j++)
        p->mode[j] = (tg_mode_prediction){ .h = s->modes.h[j],
                                           .a = NAN,
                                           .gain = NAN,
                                           .re = NAN,
                                           .im = NAN,
                                           .rate = NAN,
                                           .mean_square = NAN,
                                           .variance = NAN,
                                           .bias = NAN,
                                           .bias_error = NAN };
    *out = p;
    return TG_OK;
}

tg_status
tg_scene_predict_or_say(tg_scene *s, size_t algorithm, tg_prediction **out, char *why,
                        size_t size)
{
    const tg_status status = tg_scene_predict(s, algorithm, out);

    *why = '\0';
    if (!tg_scene_is_of_one_row(status)) return status;
    snprintf(why, size, "%s", tg_message());
    return predict_nothing(s, out);
}

size_t
tg_scene_first_block(const tg_scene *s, size_t algorithm)
{
    return (s->place * s->study->algorithms + algorithm) *
           tg_replicas_batches(s->study->replicas);
}

static tg_replicas_plan
replicas_of(const tg_scene *s, size_t algorithm)
{
    return (tg_replicas_plan){ .horizon = s->study->horizon,
                               .points = s->study->points,
                               .target = s->study->target,
                               .replicas = s->study->replicas,
                               .metrics = s->metrics,
                               .records = s->records,
                               .first = tg_scene_first_block(s, algorithm) };
}

tg_status
tg_scene_simulate(const tg_scene *s, size_t algorithm, tg_progress *progress,
                  tg_simulation **out)
{
    const tg_setup   setup = tg_study_setup(s->study, algorithm, s->problem, s->cluster);
    tg_replicas_plan plan = replicas_of(s, algorithm);

    plan.progress = progress;
    return tg_replicas_run(&setup, &plan, out);
}

tg_status
tg_scene_block(const tg_scene *s, size_t algorithm, size_t index, void **data, size_t *size)
{
    const tg_setup setup = tg_study_setup(s->study, algorithm, s->problem, s->cluster);
    const tg_replicas_plan plan = replicas_of(s, algorithm);

    return tg_replicas_batch(&setup, &plan, index, data, size);
}

size_t
tg_scene_hit_paths(const tg_scene *s)
{
    enum { FEWEST = 30, MOST = 1000 };
    const size_t replicas = s->study->replicas;

    if (!(s->study->target > 0) || replicas < FEWEST) return 0;
    return replicas < MOST ? replicas : MOST;
}

tg_status
tg_scene_hits(tg_scene *s, size_t algorithm, const tg_simulation *r, tg_waiting *integrated,
              tg_waiting *simulated)
{
    const tg_hits_plan  plan = { .target = s->study->target,
                                 .horizon = s->study->horizon,
                                 .paths = tg_scene_hit_paths(s),
                                 .seed = s->study->seed };
    const tg_algorithm *rule = NULL;
    tg_hits_prediction  p;

    integrated->runs = simulated->runs = 0;
    if (tg_study_rule(s->study, algorithm, &rule) != TG_OK) return TG_OK;
    const tg_status status = tg_scene_modes(s);
    if (status != TG_OK) return tg_scene_is_of_one_row(status) ? TG_OK : status;
    if (plan.paths == 0 || !tg_predict_hits_apply(&s->modes, rule)) return TG_OK;
    TG_TRY(tg_predict_hits(&s->modes, s->cluster, rule, s->study->algorithm[algorithm].step,
                           &plan, &p));
    TG_TRY(tg_waiting_of(r->hit, r->replicas, plan.horizon, simulated));
    *integrated = p.hit;
    return TG_OK;
}
