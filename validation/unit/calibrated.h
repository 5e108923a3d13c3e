/* calibrated: runs of known workers and objectives, and what tardigrad calibrate makes of them */
#ifndef TG_VALIDATION_CALIBRATED_H
#define TG_VALIDATION_CALIBRATED_H

#include "validation/unit/check.h"

#include "asgd/sim/server.h"
#include "core/rng.h"
#include "study/answer.h"
#include "study/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a run is put down: its log and its loss curve. */
typedef struct recorded {
    char folder[64], log[80], curve[80];
} recorded;

static inline recorded
recorded_make(void)
{
    recorded r = { .folder = "/tmp/tardigrad-calibrated-XXXXXX" };

    assert_non_null(mkdtemp(r.folder));
    snprintf(r.log, sizeof r.log, "%s/log.csv", r.folder);
    snprintf(r.curve, sizeof r.curve, "%s/curve.csv", r.folder);
    return r;
}

static inline void
recorded_remove(const recorded *r)
{
    (void)unlink(r->log);
    (void)unlink(r->curve);
    (void)rmdir(r->folder);
}

static inline void
put_job(void *context, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    if (tg_fate_delivered(fate) && tg_sim_now(s) > job->began)
        fprintf(context, "w%u,%.17g,%.17g\n", job->worker, job->began, tg_sim_now(s));
}

/* One run of a study's first algorithm, replica `number`: loss `above` what the study says, at so many points. */
static inline void
record(const recorded *r, const char *study, uint64_t number, size_t points, double above)
{
    tg_study *s = NULL;
    tg_scene  scene;
    tg_sim   *sim = NULL;
    FILE     *log = fopen(r->log, "w"), *curve = fopen(r->curve, "w");

    assert_true(log && curve);
    assert_ok(tg_study_parse(study, "recorded", &s));
    assert_ok(tg_scene_open(s, 0, &scene));
    tg_setup setup = tg_study_setup(s, 0, scene.problem, scene.cluster);
    assert_ok(tg_sim_create(&setup, number, &sim));
    fprintf(log, "worker,start,end\n");
    fprintf(curve, "time,loss\n");
    tg_sim_watch(sim, put_job, log);
    for (size_t i = 0; i < points; i++) {
        const double t = s->horizon * (double)i / (double)(points - 1);
        tg_happening what;
        while (tg_sim_next(sim) <= t) assert_ok(tg_sim_advance(sim, &what));
        fprintf(curve, "%.17g,%.17g\n", t, above + tg_sim_loss(sim));
    }
    fclose(log);
    fclose(curve);
    tg_sim_free(sim);
    tg_scene_close(&scene);
    tg_study_free(s);
}

/* tardigrad calibrate, with options up to NULL. */
static inline tg_status
calibrate(const recorded *r, const char *const *option, tg_answer *out)
{
    tg_ask ask = { .manual = &tg_answer_calibrate.is, .operand = r->log };
    char   loss[100];

    snprintf(loss, sizeof loss, "loss=%s", r->curve);
    assert_ok(tg_ask_option(&ask, loss));
    for (; *option; option++) assert_ok(tg_ask_option(&ask, *option));
    return tg_answer_ask(&tg_answer_calibrate, ask, NULL, out);
}

/* A number of the table of parameters: column 3, its low 4, its high 5; NaN: it is not there. */
static inline double
parameter(const tg_answer *a, const char *name, const char *of, size_t column)
{
    const tg_table *t = a->table[0];

    for (size_t i = 0; i < tg_table_rows(t); i++)
        if (!strcmp(tg_table_cell(t, i, 0).text, name) &&
            !strcmp(tg_table_cell(t, i, 1).text, of))
            return tg_table_number(t, i, column);
    return NAN;
}

static inline bool
covers(const tg_answer *a, const char *name, const char *of, double truth)
{
    return parameter(a, name, of, 4) <= truth * (1 + 1e-6) &&
           truth <= parameter(a, name, of, 5) * (1 + 1e-6);
}

/* How many effects outside the study are seen, or whether this one is. */
static inline size_t
effects_seen(const tg_answer *a, const char *name)
{
    const tg_table *t = a->table[2];
    size_t          n = 0;

    for (size_t i = 0; i < tg_table_rows(t); i++)
        n += !strcmp(tg_table_cell(t, i, 4).text, "seen") &&
             (!name || !strcmp(tg_table_cell(t, i, 0).text, name));
    return n;
}

/* ---- random runs inside the model ------------------------------------------------------- */

typedef struct truth {
    char   study[1200];
    size_t workers, modes;
    double mean, cv, h[2], sigma, step;
} truth;

static inline double
between(tg_rng *g, double low, double high)
{
    return low * pow(high / low, tg_rng_uniform(g));
}

/* Some 3000 jobs of 2 to 32 workers of one law; the steepest mode falls by e^-15 to e^-60, a second one by a
 * quarter to an eighth of that; the noise floor is a thousandth of the start to three hundredths, of two modes to
 * five thousandths, since more hides one of them. */
static inline truth
truth_draw(uint64_t number)
{
    static const char *const law[] = { "gamma, shape", "lognormal, cv", "weibull, shape",
                                       "exponential" };
    tg_rng                   g = tg_rng_stream(11, TG_PURPOSE_TEST, number);
    truth                    t = { .workers = 2 + (size_t)tg_rng_below(&g, 31),
                                   .modes = 1 + (size_t)(number % 2),
                                   .mean = between(&g, .1, 10),
                                   .step = between(&g, .005, .05) };
    char                     text[120];
    tg_delay                *made = NULL;
    const size_t             which = (size_t)tg_rng_below(&g, 4);
    const double             shape = which == 1 ? between(&g, .2, .9) : between(&g, 1, 5);

    if (which == 3)
        snprintf(text, sizeof text, "{law: exponential, mean: %.6g}", t.mean);
    else if (which == 1)
        snprintf(text, sizeof text, "{law: lognormal, mean: %.6g, cv: %.6g}", t.mean,
                 shape);
    else
        snprintf(text, sizeof text, "{law: %s: %.6g, mean: %.6g}", law[which], shape,
                 t.mean);
    assert_ok(tg_delay_parse(text, &made));
    t.mean = tg_delay_mean(made);
    t.cv = tg_delay_cv(made);
    tg_delay_free(made);
    const double P = (double)t.workers, horizon = 3000 * t.mean / P,
                 top =
                     (t.modes == 1 ? between(&g, 15, 60) : between(&g, 30, 60)) * P / 3000,
                 excess = between(&g, .1, 10);
    t.h[t.modes - 1] = top / (t.step * P);
    if (t.modes == 2) t.h[0] = t.h[1] / between(&g, 4, 8);
    const double share = t.modes == 2 ? between(&g, .2, .6) : 1,
                 floor = excess * between(&g, 1e-3, t.modes == 2 ? 5e-3 : 3e-2);
    t.sigma = sqrt(4 * floor / (t.step * (double)t.modes));
    snprintf(
        t.study, sizeof t.study,
        "seed: %u\nobjective: {quadratic: {eigenvalues: [%.17g, %.17g], start: [%.17g, "
        "%.17g], "
        "noise: {additive: %.17g}}}\nworkers: [{count: %zu, compute: %s}]\n"
        "workers_start: together\nalgorithm: {name: asgd, step: %.17g}\nhorizon: %.17g\n",
        (unsigned)number + 1, t.h[0], t.h[t.modes - 1], sqrt(2 * share * excess / t.h[0]),
        sqrt(2 * (1 - share) * excess / t.h[t.modes - 1]), t.sigma, t.workers, text, t.step,
        horizon);
    if (t.modes == 1)
        snprintf(t.study, sizeof t.study,
                 "seed: %u\nobjective: {quadratic: {eigenvalues: [%.17g], start: [%.17g], "
                 "noise: {additive: %.17g}}}\nworkers: [{count: %zu, compute: %s}]\n"
                 "workers_start: together\nalgorithm: {name: asgd, step: %.17g}\nhorizon: "
                 "%.17g\n",
                 (unsigned)number + 1, t.h[0], sqrt(2 * excess / t.h[0]), t.sigma,
                 t.workers, text, t.step, horizon);
    return t;
}

#endif
