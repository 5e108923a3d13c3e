#include "cli/study_run.h"

#include "cli/advice.h"
#include "cli/output.h"
#include "cli/stop.h"
#include "study/cost.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With the first scene: what all of them will take. */
static tg_status
check_cost(const study_run *r, const tg_scene *s)
{
    const tg_listener l = listener_of(r->arguments);

    TG_TRY(tg_cost_of_predictions(&l, s, r->n + study_curve_points(r)));
    TG_TRY(tg_cost_of_simulations(&l, s, r->workers, r->n));
    return tg_cost_of_hits(&l, s, r->workers, r->n);
}

static tg_status
run_scene(study_run *r, size_t index)
{
    tg_scene s;

    TG_TRY(tg_scene_open(r->study, r->workers[index], &s));
    s.level = r->level;
    s.records = r->records;
    s.single = index == r->own_index;
    s.metrics = s.single ? tg_study_metrics(s.study) : NULL;
    s.place = index;
    tg_status status = index == r->own_index ? check_cost(r, &s) : TG_OK;
    for (size_t k = 0; k < r->rules && status == TG_OK; k++) {
        outcome *o = &r->outcome[index * r->rules + k];
        status = tg_scene_predict_or_say(&s, k, &o->prediction, o->why, sizeof o->why);
        if (status == TG_OK) status = tg_scene_simulate(&s, k, r->progress, &o->simulation);
        if (status == TG_OK)
            status = tg_scene_hits(&s, k, o->simulation, &o->hits, &o->seen);
    }
    tg_scene_close(&s);
    return status;
}

/* ---- what the sweep says ------------------------------------------------------------- */

/* The next number of workers of the sweep above one of them; the last one after its end. */
static double
next_above(const study_run *r, double workers)
{
    for (size_t i = 0; i < r->n; i++)
        if ((double)r->workers[i] > workers) return (double)r->workers[i];
    return workers;
}

/* The largest number of workers of the sweep below this that was simulated to converge; 0: none. */
static double
last_settled(const study_run *r, size_t rule, double workers)
{
    double last = 0;

    for (size_t i = 0; i < r->n && (double)r->workers[i] < workers; i++)
        if (outcome_at(r, i, rule)->simulation->growth.outcome == TG_CONVERGES)
            last = (double)r->workers[i];
    return last;
}

/* Two claims about the sweep as a whole: the boundary within one grid step, and the best
 * number of workers within the region that is predicted to be within 5 % of the best. */
static tg_status
claim_advice(study_run *r, size_t rule, const char *label)
{
    const advice *v = &r->advice[rule];
    tg_claim      c = { .unit = "workers" };

    c.level = tg_level_name(outcome_at(r, r->own_index, rule)->prediction->level);

    snprintf(c.where, sizeof c.where, "%.40s sweep", label);
    if (isfinite(v->best_time)) {
        snprintf(c.name, sizeof c.name, "best number of those tried");
        c.predicted = v->tried;
        c.simulated = v->simulated_best;
        c.model_error = v->simulated_best < v->tried ? v->tried - v->tried_low
                                                     : v->tried_high - v->tried;
        tg_claim_judge(&c);
        tg_tally_add(&r->tally, c.judgement);
        TG_TRY(tg_claim_add(r->claims, &c));
    }
    if (isfinite(v->first_diverged)) {
        snprintf(c.name, sizeof c.name, "boundary of divergence");
        c.predicted = v->limit;
        c.simulated = v->first_diverged;
        c.model_error = c.simulated - last_settled(r, rule, c.simulated);
        if (c.predicted > c.simulated)
            c.model_error = next_above(r, c.simulated) - c.simulated;
        tg_claim_judge(&c);
        tg_tally_add(&r->tally, c.judgement);
        TG_TRY(tg_claim_add(r->claims, &c));
    }
    return TG_OK;
}

static tg_status
judge(study_run *r, size_t rule)
{
    char     where[80];
    tg_claim claim[TG_CLAIMS + TG_WAITINGS];

    const char *label = r->study->algorithm[rule].label;
    TG_TRY(advise(r, rule));
    for (size_t i = 0; i < r->n; i++) {
        const outcome *o = outcome_at(r, i, rule);
        snprintf(where, sizeof where, "%s P=%zu", label, r->workers[i]);
        size_t n = tg_compare(o->prediction, o->simulation, where, r->study->target, claim);
        if (o->hits.runs) n += tg_compare_hits(&o->hits, &o->seen, where, claim + n);
        for (size_t k = 0; k < n; k++) {
            TG_TRY(tg_claim_add(r->claims, &claim[k]));
            tg_tally_add(&r->tally, claim[k].judgement);
        }
    }
    return r->n > 1 ? claim_advice(r, rule, label) : TG_OK;
}

static void
drop_outcome(outcome *o)
{
    tg_prediction_free(o->prediction);
    tg_simulation_free(o->simulation);
    *o = (outcome){ 0 };
}

/* Keep the numbers of workers that every algorithm has finished. */
static void
keep_finished(study_run *r)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->n; i++) {
        outcome *row = &r->outcome[i * r->rules], *to = &r->outcome[kept * r->rules];
        bool     whole = true;
        for (size_t k = 0; k < r->rules; k++) whole = whole && row[k].simulation;
        for (size_t k = 0; k < r->rules; k++) {
            const outcome moved = row[k];
            row[k] = (outcome){ 0 };
            to[k] = moved;
            if (!whole) drop_outcome(&to[k]);
        }
        if (whole) r->workers[kept++] = r->workers[i];
    }
    r->n = kept;
    r->own_index = 0;
    while (r->own_index < kept && r->workers[r->own_index] != r->own) r->own_index++;
}

void
study_run_stopped(study_run *r)
{
    stop_saving();
    tg_stop_clear();
    r->stopped = true;
}

/* The study's own number of workers first, then the others. */
static tg_status
run_scenes(study_run *r)
{
    tg_status status = run_scene(r, r->own_index);

    for (size_t i = 0; i < r->n && status == TG_OK; i++)
        if (i != r->own_index) status = run_scene(r, i);
    if (tg_stop_requested() &&
        r->outcome[r->own_index * r->rules + r->rules - 1].simulation) {
        study_run_stopped(r);
        keep_finished(r);
        return TG_OK;
    }
    return status;
}

tg_status
study_run_compute(study_run *r)
{
    size_t used = 0;

    r->n = r->study->sweeps;
    r->own = r->study->workers;
    r->own_index = r->study->own;
    if (!(r->workers = malloc(r->n * sizeof *r->workers)))
        return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(r->workers, r->study->sweep_workers, r->n * sizeof *r->workers);
    r->rules = r->study->algorithms;
    r->outcome = calloc(r->n * r->rules, sizeof *r->outcome);
    r->advice = calloc(r->rules, sizeof *r->advice);
    if (!r->outcome || !r->advice) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(table_begin(r->arguments, r->study, tg_claim_columns, TG_CLAIM_COLUMNS,
                       &r->claims));
    tg_progress_stage(r->progress, "predict and simulate",
                      r->n * r->rules * r->study->replicas);
    TG_TRY(run_scenes(r));
    for (size_t k = 0; k < r->rules; k++) {
        const char *label = r->study->algorithm[k].label;
        used += (size_t)snprintf(r->labels + used, sizeof r->labels - used, "%s%s",
                                 k ? " " : "", label);
        if (used >= sizeof r->labels)
            return tg_fail(TG_EINPUT, "too many algorithms in one study");
        TG_TRY(judge(r, k));
    }
    return TG_OK;
}

void
study_run_free(study_run *r)
{
    for (size_t i = 0; r->outcome && i < r->n * r->rules; i++) drop_outcome(&r->outcome[i]);
    free(r->outcome);
    free(r->advice);
    free(r->workers);
    tg_table_free(r->claims);
    tg_table_free(r->figures);
}
