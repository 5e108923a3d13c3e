#include "cli/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tg_status
scene_open(const tg_study *study, size_t workers, scene *out)
{
    scene s = { .study = study };

    tg_status status = tg_cluster_from_study(study, workers, &s.cluster);
    if (status == TG_OK)
        status = tg_problem_from_study(study, s.cluster->workers, &s.problem);
    if (status == TG_OK)
        *out = s;
    else
        scene_close(&s);
    return status;
}

/* Modes take long on real data, and a simulation does not need them. */
tg_status
scene_modes(scene *s)
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
scene_close(scene *s)
{
    tg_modes_free(&s->modes);
    tg_problem_free(s->problem);
    tg_cluster_free(s->cluster);
    *s = (scene){ 0 };
}

tg_status
study_rule(const tg_study *study, size_t i, const tg_algorithm **out)
{
    const char *name = tg_study_text(study, "algorithm[%zu].name", i);

    *out = tg_algorithm_find(name);
    if (*out) return TG_OK;
    return tg_fail(TG_EDOMAIN, "theory does not know the algorithm \"%s\" yet", name);
}

tg_status
study_server(const tg_study *study, size_t i, tg_choice *out)
{
    const tg_status status =
        tg_rule_find(tg_study_text(study, "algorithm[%zu].name", i), out);

    if (status != TG_EINPUT) return status;
    return tg_node_fail(tg_study_node(study, "algorithm[%zu].name", i), "%s", tg_message());
}

double
study_step(const tg_study *study, size_t i)
{
    return tg_study_number(study, "algorithm[%zu].step", i);
}

void
study_label(const tg_study *study, size_t i, char out[48])
{
    const char *name = tg_study_text(study, "algorithm[%zu].name", i);
    size_t      same = 1;

    for (size_t k = 0; k < i; k++)
        same += !strcmp(name, tg_study_text(study, "algorithm[%zu].name", k));
    if (same == 1)
        snprintf(out, 48, "%.40s", name);
    else
        snprintf(out, 48, "%.40s-%zu", name, same);
}

tg_status
study_check(const tg_study *study)
{
    tg_choice   rule;
    const char *name = tg_study_text(study, "name");

    if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..") ||
        strlen(name) > 200)
        return tg_node_fail(
            tg_study_node(study, "name"),
            "name: expected a word that can be a folder's name, got \"%.200s\"", name);
    for (size_t i = 0; i < tg_study_count(study, "sweep.workers"); i++) {
        const double n = tg_study_item(study, "sweep.workers", i);
        if (n != floor(n))
            return tg_node_fail(tg_study_node(study, "sweep.workers"),
                                "sweep.workers: expected whole numbers, got %g", n);
    }
    for (size_t i = 0; i < tg_study_count(study, "algorithm"); i++)
        TG_TRY(study_server(study, i, &rule));
    return TG_OK;
}

tg_status
level_of(const arguments *a, tg_level *out)
{
    const char *name = value_of(a, "level");

    *out = TG_LEVEL_BEST;
    return name ? tg_level_find(name, out) : TG_OK;
}

tg_status
scene_predict(scene *s, size_t algorithm, tg_prediction **out)
{
    const tg_algorithm   *rule = NULL;
    const tg_predict_plan plan = { .horizon = tg_study_number(s->study, "horizon"),
                                   .points = tg_study_whole(s->study, "points"),
                                   .target = tg_study_number(s->study, "target.loss"),
                                   .level = s->level,
                                   .single = s->single };

    TG_TRY(study_rule(s->study, algorithm, &rule));
    TG_TRY(scene_modes(s));
    return tg_predict(&s->modes, s->cluster, rule, study_step(s->study, algorithm), &plan,
                      out);
}

bool
is_of_one_row(tg_status status)
{
    return status == TG_EDOMAIN || status == TG_ENOCONV || status == TG_EDIVERGED;
}

/* A prediction of which only the modes are known. */
static tg_status
predict_nothing(const scene *s, tg_prediction **out)
{
    const size_t   n = s->modes.count, points = tg_study_whole(s->study, "points");
    tg_prediction *p = calloc(1, sizeof *p);

    if (p) p->mode = calloc(n, sizeof *p->mode);
    if (p) p->t = calloc(4 * points, sizeof *p->t);
    if (!p || !p->mode || !p->t) {
        tg_prediction_free(p);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    p->outcome = TG_UNDECIDED;
    p->workers = s->cluster->workers;
    p->modes = n;
    p->points = points;
    p->loss = p->t + points;
    p->low = p->loss + points;
    p->high = p->low + points;
    p->lambda = tg_cluster_rate(s->cluster);
    p->delay_mean = p->delay_cv = p->staleness = p->gain = p->threshold = p->step_limit =
        p->workers_limit = p->threshold_square = p->threshold_error = p->threshold_single =
            p->single_error = p->rate = p->rate_error = p->floor = p->floor_error =
                p->bias_loss = p->resolved = p->settle = p->settle_error = NAN;
    for (size_t i = 0; i < points; i++) {
        p->t[i] = tg_study_number(s->study, "horizon") * (double)i / (double)(points - 1);
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
scene_predict_or_say(scene *s, size_t algorithm, tg_prediction **out, char *why,
                     size_t size)
{
    const tg_status status = scene_predict(s, algorithm, out);

    *why = '\0';
    if (!is_of_one_row(status) || s->modes.count == 0) return status;
    snprintf(why, size, "%s", tg_message());
    return predict_nothing(s, out);
}

tg_status
scene_simulate(const scene *s, size_t algorithm, tg_progress *progress, tg_simulation **out)
{
    const tg_replicas_plan plan = { .horizon = tg_study_number(s->study, "horizon"),
                                    .points = tg_study_whole(s->study, "points"),
                                    .target = tg_study_number(s->study, "target.loss"),
                                    .replicas = tg_study_whole(s->study, "replicas"),
                                    .progress = progress };
    tg_setup               setup = { .problem = s->problem,
                                     .cluster = s->cluster,
                                     .step = study_step(s->study, algorithm),
                                     .seed = tg_study_whole(s->study, "seed") };

    TG_TRY(study_server(s->study, algorithm, &setup.rule));
    return tg_replicas_run(&setup, &plan, out);
}

size_t
scene_hit_paths(const scene *s)
{
    enum { FEWEST = 30, MOST = 1000 };
    const size_t replicas = tg_study_whole(s->study, "replicas");

    if (!(tg_study_number(s->study, "target.loss") > 0) || replicas < FEWEST) return 0;
    return replicas < MOST ? replicas : MOST;
}

tg_status
scene_hits(scene *s, size_t algorithm, const tg_simulation *r, tg_waiting *integrated,
           tg_waiting *simulated)
{
    const tg_hits_plan  plan = { .target = tg_study_number(s->study, "target.loss"),
                                 .horizon = tg_study_number(s->study, "horizon"),
                                 .paths = scene_hit_paths(s),
                                 .seed = tg_study_whole(s->study, "seed") };
    const tg_algorithm *rule = NULL;
    tg_hits_prediction  p;

    integrated->runs = simulated->runs = 0;
    TG_TRY(study_rule(s->study, algorithm, &rule));
    TG_TRY(scene_modes(s));
    if (plan.paths == 0 || !tg_predict_hits_apply(&s->modes, rule)) return TG_OK;
    TG_TRY(tg_predict_hits(&s->modes, s->cluster, rule, study_step(s->study, algorithm),
                           &plan, &p));
    TG_TRY(tg_waiting_of(r->hit, r->replicas, plan.horizon, simulated));
    *integrated = p.hit;
    return TG_OK;
}

static int
rising(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

tg_status
study_workers(const tg_study *study, size_t **workers, size_t *n, size_t *own)
{
    const size_t asked = tg_study_count(study, "sweep.workers");
    size_t      *list = malloc((asked + 1) * sizeof *list);
    size_t       kept = 0;

    if (!list) return tg_fail(TG_ENOMEM, "out of memory");
    *own = 0;
    for (size_t g = 0; g < tg_study_count(study, "workers"); g++)
        *own += tg_study_whole(study, "workers[%zu].count", g);
    for (size_t i = 0; i < asked; i++)
        list[i] = (size_t)tg_study_item(study, "sweep.workers", i);
    list[asked] = *own;
    qsort(list, asked + 1, sizeof *list, rising);
    for (size_t i = 0; i <= asked; i++)
        if (kept == 0 || list[kept - 1] != list[i]) list[kept++] = list[i];
    *workers = list;
    *n = kept;
    return TG_OK;
}
