#include "study/fill.h"

#include "study/tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_fill_fail(const tg_node *node, const char *what)
{
    char message[512];

    snprintf(message, sizeof message, "%s", tg_message());
    return tg_node_fail(node, "%s: %s", what, message);
}

tg_status
tg_fill_choice(const tg_node *node, const char *fallback, const tg_kind *const *registry,
               tg_choice *out)
{
    const tg_node *name =
        node && node->type == TG_NODE_MAP ? tg_node_find(node, "name") : node;

    TG_TRY(tg_choice_find(registry, "choice", name ? name->text : fallback, out));
    for (size_t i = 0; node && node->type == TG_NODE_MAP && i < node->count; i++) {
        const size_t at = tg_kind_param(out->kind, node->item[i].key);
        if (at == SIZE_MAX) continue;
        TG_TRY(tg_node_number_or_inf(&node->item[i], &out->param[at]));
    }
    return TG_OK;
}

/* ---- workers ------------------------------------------------------------------------- */

static tg_status
fill_start(tg_study *s)
{
    const char *word = tg_tree_text(s->root, "workers_start");

    s->together = !strcmp(word, "together");
    if (s->together || !strcmp(word, "staggered")) return TG_OK;
    return tg_node_fail(tg_tree_node(s->root, "workers_start"),
                        "workers_start: expected staggered or together, got \"%s\"", word);
}

/* A speed by a list of times has it in two keys beside it. */
static tg_status
fill_pace(tg_study *s, size_t g)
{
    tg_pace       *pace = &s->group[g].pace;
    const tg_node *root = s->root, *speed = tg_tree_node(root, "workers[%zu].speed", g);
    const size_t   n = tg_tree_count(root, "workers[%zu].speed_times", g);
    double        *list;

    TG_TRY(tg_fill_choice(speed, "constant", tg_paces, &pace->choice));
    if (pace->choice.kind == &tg_pace_straggler.is &&
        pace->choice.param[0] >= (double)s->group[g].count)
        return tg_node_fail(speed,
                            "speed: the group has %zu workers, there is no worker %g",
                            s->group[g].count, pace->choice.param[0]);
    if (n != tg_tree_count(root, "workers[%zu].speed_values", g))
        return tg_node_fail(tg_tree_node(root, "workers[%zu]", g),
                            "speed_times and speed_values: expected as many of each");
    if (n > 0) {
        TG_FILL_LIST(list, 2 * n);
        *pace = (tg_pace){ pace->choice, list, list + n, n };
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = tg_tree_item(root, i, "workers[%zu].speed_times", g);
        list[n + i] = tg_tree_item(root, i, "workers[%zu].speed_values", g);
    }
    if (tg_pace_check(pace) == TG_OK) return TG_OK;
    return tg_fill_fail(speed ? speed : tg_tree_node(root, "workers[%zu]", g), "speed");
}

static tg_status
fill_group(tg_study *s, size_t g)
{
    tg_study_group *group = &s->group[g];
    const tg_node  *minimum = tg_tree_node(s->root, "workers[%zu].minimum", g);

    group->name = tg_tree_text(s->root, "workers[%zu].name", g);
    group->count = tg_tree_whole(s->root, "workers[%zu].count", g);
    s->workers += group->count;
    if (minimum) {
        group->minima = tg_tree_count(s->root, "workers[%zu].minimum", g);
        TG_FILL_LIST(group->minimum, group->minima);
        for (size_t i = 0; i < group->minima; i++)
            group->minimum[i] = tg_tree_item(s->root, i, "workers[%zu].minimum", g);
    }
    TG_TRY(fill_pace(s, g));
    const tg_node *spread = tg_tree_node(s->root, "workers[%zu].spread", g);
    if (spread) TG_TRY(tg_delay_from_node(spread, &group->spread));
    return tg_delay_from_node(tg_tree_node(s->root, "workers[%zu].compute", g),
                              &group->law);
}

static tg_status
fill_workers(tg_study *s)
{
    s->groups = tg_tree_count(s->root, "workers");
    TG_FILL_LIST(s->group, s->groups);
    for (size_t g = 0; g < s->groups; g++) TG_TRY(fill_group(s, g));
    return fill_start(s);
}

/* ---- links --------------------------------------------------------------------------- */

static tg_status
fill_link(const tg_study *s, const char *way, tg_link *out)
{
    const tg_node *root = s->root, *node = tg_tree_node(root, "%s", way);
    const tg_node *law = tg_tree_node(root, "%s.transfer", way);
    tg_delay      *transfer = NULL;

    if (!node) return TG_OK;
    TG_TRY(
        tg_fill_choice(tg_tree_node(root, "%s.kind", way), "none", tg_links, &out->kind));
    out->bytes = tg_tree_number(root, "%s.bytes", way);
    out->compression = tg_tree_number(root, "%s.compression", way);
    out->bandwidth = tg_tree_number(root, "%s.bandwidth", way);
    out->latency = tg_tree_number(root, "%s.latency", way);
    if (law) TG_TRY(tg_delay_from_node(law, &transfer));
    out->transfer = transfer;
    return tg_link_check(out) == TG_OK ? TG_OK : tg_fill_fail(node, way);
}

/* ---- algorithms ---------------------------------------------------------------------- */

static void
fill_label(const tg_study *s, size_t i, char label[48])
{
    const char *name = s->algorithm[i].rule.kind->name;
    size_t      same = 1;

    for (size_t k = 0; k < i; k++)
        same += s->algorithm[k].rule.kind == s->algorithm[i].rule.kind;
    if (same == 1)
        snprintf(label, 48, "%.40s", name);
    else
        snprintf(label, 48, "%.40s-%zu", name, same);
}

/* (count) whole numbers of a list. */
static tg_status
fill_whole_list(const tg_study *s, size_t i, const char *key, size_t count, size_t *out)
{
    for (size_t k = 0; k < count; k++) {
        const double n = tg_tree_item(s->root, k, "algorithm[%zu].%s", i, key);
        if (n != floor(n))
            return tg_node_fail(tg_tree_node(s->root, "algorithm[%zu].%s", i, key),
                                "%s: expected whole numbers, got %g", key, n);
        out[k] = (size_t)n;
    }
    return TG_OK;
}

/* Weights of lags, and stages of a pipeline; parts begin where those before them end. */
static tg_status
fill_lag(tg_study *s, size_t i)
{
    tg_study_algorithm *a = &s->algorithm[i];
    const size_t        weights = tg_tree_count(s->root, "algorithm[%zu].lag_weights", i),
                 sizes = tg_tree_count(s->root, "algorithm[%zu].stage_sizes", i),
                 lags = tg_tree_count(s->root, "algorithm[%zu].stage_lags", i);
    double *weight;
    size_t *part, *extra;

    if (weights == 0 && a->rule.kind == &tg_rule_stale_table.is)
        return tg_node_fail(tg_tree_node(s->root, "algorithm[%zu]", i),
                            "stale_table needs lag_weights");
    if (weights + sizes + lags == 0) return TG_OK;
    a->lags = true;
    if (strncmp(a->rule.kind->name, "stale_", 6) != 0)
        return tg_node_fail(tg_tree_node(s->root, "algorithm[%zu]", i),
                            "lags and stages are for rules stale_*, not for %s",
                            a->rule.kind->name);
    if (sizes != lags)
        return tg_node_fail(tg_tree_node(s->root, "algorithm[%zu]", i),
                            "expected as many stage_lags as stage_sizes, got %zu and %zu",
                            lags, sizes);
    if (weights > 0) {
        TG_FILL_LIST(weight, weights);
        a->lag.weight = weight;
        a->lag.most = weights - 1;
        for (size_t k = 0; k < weights; k++)
            weight[k] = tg_tree_item(s->root, k, "algorithm[%zu].lag_weights", i);
    }
    if (sizes == 0) return TG_OK;
    TG_FILL_LIST(part, sizes);
    a->lag.part = part;
    TG_FILL_LIST(extra, sizes);
    a->lag.extra = extra;
    a->lag.parts = sizes;
    TG_TRY(fill_whole_list(s, i, "stage_sizes", sizes, part + 1));
    TG_TRY(fill_whole_list(s, i, "stage_lags", sizes, extra));
    for (size_t k = 1; k <= sizes; k++) part[k] += part[k - 1];
    return TG_OK;
}

static tg_status
fill_algorithm(tg_study *s, size_t i)
{
    tg_study_algorithm *a = &s->algorithm[i];
    const tg_node      *root = s->root;

    TG_TRY(
        tg_fill_choice(tg_tree_node(root, "algorithm[%zu]", i), NULL, tg_rules, &a->rule));
    TG_TRY(tg_fill_choice(tg_tree_node(root, "algorithm[%zu].optimiser", i), "sgd",
                          tg_optimisers, &a->optimiser));
    TG_TRY(tg_fill_choice(tg_tree_node(root, "algorithm[%zu].schedule", i), "constant",
                          tg_schedules, &a->schedule));
    TG_TRY(tg_fill_choice(tg_tree_node(root, "algorithm[%zu].behaviour", i), "plain",
                          tg_behaviours, &a->behaviour));
    const bool open = !strcmp(tg_tree_text(root, "algorithm[%zu].step", i), "tune");
    a->step = open ? NAN : tg_tree_number(root, "algorithm[%zu].step", i);
    TG_TRY(fill_lag(s, i));
    a->clip = tg_tree_number(root, "algorithm[%zu].clip", i);
    a->decay = tg_tree_number(root, "algorithm[%zu].weight_decay", i);
    fill_label(s, i, a->label);
    return TG_OK;
}

static tg_status
fill_algorithms(tg_study *s)
{
    s->algorithms = tg_tree_count(s->root, "algorithm");
    TG_FILL_LIST(s->algorithm, s->algorithms);
    for (size_t i = 0; i < s->algorithms; i++) TG_TRY(fill_algorithm(s, i));
    return TG_OK;
}

/* ---- the rest ------------------------------------------------------------------------ */

static int
rising(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* The numbers of workers to try, the study's own among them. */
static tg_status
fill_sweep(tg_study *s)
{
    const size_t asked = tg_tree_count(s->root, "sweep.workers");

    TG_FILL_LIST(s->sweep_workers, asked + 1);
    for (size_t i = 0; i < asked; i++) {
        const double n = tg_tree_item(s->root, i, "sweep.workers");
        if (n != floor(n))
            return tg_node_fail(tg_tree_node(s->root, "sweep.workers"),
                                "sweep.workers: expected whole numbers, got %g", n);
        s->sweep_workers[i] = (size_t)n;
    }
    s->sweep_workers[asked] = s->workers;
    qsort(s->sweep_workers, asked + 1, sizeof *s->sweep_workers, rising);
    for (size_t i = 0; i <= asked; i++)
        if (s->sweeps == 0 || s->sweep_workers[s->sweeps - 1] != s->sweep_workers[i])
            s->sweep_workers[s->sweeps++] = s->sweep_workers[i];
    while (s->sweep_workers[s->own] != s->workers) s->own++;
    s->sweep_steps = tg_tree_count(s->root, "sweep.step");
    TG_FILL_LIST(s->sweep_step, s->sweep_steps);
    for (size_t i = 0; i < s->sweep_steps; i++)
        s->sweep_step[i] = tg_tree_item(s->root, i, "sweep.step");
    return TG_OK;
}

/* Rising whole numbers, each once; returns how many. */
static size_t
settle_numbers(size_t *number, size_t n)
{
    size_t kept = 0;

    qsort(number, n, sizeof *number, rising);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || number[kept - 1] != number[i]) number[kept++] = number[i];
    return kept;
}

/* Those listed, or those of the sweep, or in ratios of about the root of 2. */
static tg_status
fill_schedule_workers(tg_study *s)
{
    tg_study_schedule *d = &s->schedule;
    const size_t       listed = tg_tree_count(s->root, "schedule.workers");

    TG_FILL_LIST(d->workers, 64 + listed + s->sweeps);
    for (size_t i = 0; i < listed; i++) {
        const double n = tg_tree_item(s->root, i, "schedule.workers");
        if (n != floor(n))
            return tg_node_fail(tg_tree_node(s->root, "schedule.workers"),
                                "schedule.workers: expected whole numbers, got %g", n);
        d->workers[d->count++] = (size_t)n;
    }
    for (size_t i = 0; listed == 0 && s->sweeps > 1 && i < s->sweeps; i++)
        d->workers[d->count++] = s->sweep_workers[i];
    for (double n = 1;
         d->count < 60 && listed == 0 && s->sweeps == 1 && n <= 4 * (double)s->workers;
         n = ceil(1.3 * n))
        d->workers[d->count++] = (size_t)n;
    if (listed == 0) d->workers[d->count++] = s->workers;
    d->count = settle_numbers(d->workers, d->count);
    return TG_OK;
}

static tg_status
fill_schedule(tg_study *s)
{
    static const char *const words[] = { "time", "gradients", "bytes", "price" };
    tg_study_schedule       *d = &s->schedule;
    const char              *least = tg_tree_text(s->root, "schedule.least");
    const size_t             ends = tg_tree_count(s->root, "schedule.step");

    d->least = TG_LEAST_TIME;
    while (d->least < TG_LEAST_PRICE && strcmp(least, words[d->least]) != 0) d->least++;
    if (strcmp(least, words[d->least]) != 0)
        return tg_node_fail(tg_tree_node(s->root, "schedule.least"),
                            "schedule.least: expected time, gradients, bytes or price, got "
                            "\"%s\"",
                            least);
    d->targets = tg_tree_count(s->root, "schedule.targets");
    TG_FILL_LIST(d->target, d->targets + 1);
    for (size_t i = 0; i < d->targets; i++)
        d->target[i] = tg_tree_item(s->root, i, "schedule.targets");
    if (d->targets == 0 && s->target > 0) d->target[d->targets++] = s->target;
    d->low = ends ? tg_tree_item(s->root, 0, "schedule.step") : 0;
    d->high = ends ? tg_tree_item(s->root, 1, "schedule.step") : INFINITY;
    if (ends && (ends != 2 || !(d->high > d->low)))
        return tg_node_fail(
            tg_tree_node(s->root, "schedule.step"),
            "schedule.step: expected the least and the largest, [low, high]");
    d->steps = tg_tree_whole(s->root, "schedule.steps");
    d->price = tg_tree_number(s->root, "schedule.price");
    return fill_schedule_workers(s);
}

static tg_status
fill_name(tg_study *s)
{
    s->name = tg_tree_text(s->root, "name");
    if (*s->name && !strchr(s->name, '/') && strcmp(s->name, ".") &&
        strcmp(s->name, "..") && strlen(s->name) <= 200)
        return TG_OK;
    return tg_node_fail(tg_tree_node(s->root, "name"),
                        "name: expected a word that can be a folder's name, got \"%.200s\"",
                        s->name);
}

tg_status
tg_study_fill(tg_study *s)
{
    TG_TRY(fill_name(s));
    s->seed = tg_tree_whole(s->root, "seed");
    s->target = tg_tree_number(s->root, "target.loss");
    s->horizon = tg_tree_number(s->root, "horizon");
    s->replicas = tg_tree_whole(s->root, "replicas");
    s->points = tg_tree_whole(s->root, "points");
    s->coherence = !strcmp(tg_tree_text(s->root, "coherence"), "true");
    TG_TRY(tg_fill_objective(s));
    TG_TRY(fill_workers(s));
    TG_TRY(fill_link(s, "uplink", &s->uplink));
    TG_TRY(fill_link(s, "downlink", &s->downlink));
    s->replay = tg_tree_text(s->root, "replay");
    TG_TRY(fill_algorithms(s));
    if (s->objective == TG_LDA) TG_TRY(tg_check_lda(s));
    TG_TRY(fill_sweep(s));
    return fill_schedule(s);
}
