#include "cli/output.h"
#include "study/sweep.h"

#include "asgd/theory/compare.h"

#include <stdio.h>

static tg_status
add_claims(tg_sweep *w, tg_scene *s, size_t algorithm, const tg_prediction *p,
           const tg_simulation *r)
{
    tg_claim   claim[TG_CLAIMS + TG_WAITINGS];
    tg_waiting hits, seen;
    char       where[80];

    const char *label = w->study->algorithm[algorithm].label;
    snprintf(where, sizeof where, "%s P=%zu", label, s->cluster->workers);
    size_t n = tg_compare(p, r, where, w->study->target, claim);
    TG_TRY(tg_scene_hits(s, algorithm, r, &hits, &seen));
    if (hits.runs) n += tg_compare_hits(&hits, &seen, where, claim + n);
    for (size_t i = 0; i < n; i++) {
        TG_TRY(tg_claim_add(w->table, &claim[i]));
        tg_tally_add(&w->tally, claim[i].judgement);
    }
    return TG_OK;
}

static tg_status
add_row(tg_sweep *w, tg_scene *s, size_t algorithm)
{
    tg_prediction *p = NULL;
    tg_simulation *r = NULL;

    tg_status status = tg_scene_predict(s, algorithm, &p);
    if (status == TG_OK) status = tg_scene_simulate(s, algorithm, w->progress, &r);
    if (status == TG_OK) status = add_claims(w, s, algorithm, p, r);
    tg_prediction_free(p);
    tg_simulation_free(r);
    return status;
}

static tg_status
run(const arguments *a)
{
    const tg_sweep_plan plan = { .name = "validation",
                                 .columns = tg_claim_columns,
                                 .count = TG_CLAIM_COLUMNS,
                                 .predicts = true,
                                 .simulates = true,
                                 .row = add_row };
    tg_tally            tally = { { 0 } };
    char                text[80];

    TG_TRY(tg_sweep_run(a, &plan, &tally));
    tg_tally_text(&tally, text);
    if (!given(a, "quiet")) fprintf(stderr, "predictions: %s\n", text);
    if (tally.of[TG_FAILS] == 0) return TG_OK;
    return tg_fail(TG_ENOCONV,
                   "%zu predictions are further from the simulation than their model "
                   "error and 4 standard errors",
                   tally.of[TG_FAILS]);
}

static const option options[] = { LEVEL_OPTION, RESUME_OPTION, { 0 } };

const command cmd_validate = {
    .name = "validate",
    .operands = "STUDY",
    .summary = "predictions against simulation, claim by claim",
    .doc = "Predict and simulate every algorithm and number of "
           "workers of a study and hold the two\n"
           "against each other: difference beyond the stated model "
           "error in standard errors, and\n"
           "whether the claim holds, fails, or is undecided because that "
           "error is more than a\n"
           "quarter of the value. Exit status 1 if one fails.",
    .options = options,
    .run = run
};
