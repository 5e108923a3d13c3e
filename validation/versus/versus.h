/* versus: predictions against simulation, a table of claims
 *
 * Each program prints its claims and fails if one does not hold: |simulated - predicted|
 * beyond the model error that the prediction states must be within 4 standard errors.
 */
#ifndef TG_VALIDATION_VERSUS_H
#define TG_VALIDATION_VERSUS_H

#include "asgd/theory/compare.h"
#include "core/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void
must(tg_status status)
{
    if (status == TG_OK) return;
    fprintf(stderr, "%s\n", tg_message());
    exit(1);
}

static inline tg_cluster *
cluster_of(const char *law_text, size_t workers)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    must(tg_delay_parse(law_text, &law));
    must(tg_cluster_create(1, &workers, &law, false, &c));
    tg_delay_free(law);
    return c;
}

/* One mode of curvature h with gradient noise sigma; minima (workers), or NULL. */
static inline tg_problem *
one_mode(double h, double start, double sigma, size_t workers, const double *minima)
{
    tg_problem *p = NULL;

    must(tg_problem_quadratic(1, &h, &start, &sigma, workers, minima, &p));
    return p;
}

static inline tg_modes
modes_of(const tg_problem *p, const tg_cluster *c)
{
    double  *weight = malloc(c->workers * sizeof *weight);
    tg_modes m = { 0 };

    tg_cluster_weights(c, weight);
    must(tg_problem_modes(p, weight, &m));
    free(weight);
    return m;
}

/* Time averages of x, x^2 and the loss over [warm, horizon], one value a replica. */
/* The simulator's rule of that name. */
static inline tg_choice
rule_of(const tg_algorithm *a)
{
    tg_choice c;

    must(tg_rule_find(a->name, &c));
    return c;
}

typedef struct averages {
    tg_stats x, square, loss;
} averages;

typedef struct average_job {
    const tg_setup *setup;
    double          warm, horizon;
    double (*one)[3];
} average_job;

static inline tg_status
average_one(size_t index, size_t thread, void *context)
{
    average_job *j = context;
    tg_sim      *s;
    double       t = 0, sum[3] = { 0 };
    tg_happening h;

    (void)thread;
    TG_TRY(tg_sim_create(j->setup, index, &s));
    while (t < j->horizon) {
        const double next = fmin(tg_sim_next(s), j->horizon),
                     stay = next - fmax(t, j->warm);
        const double x = *tg_sim_model(s);
        if (stay > 0) {
            sum[0] += x * stay;
            sum[1] += x * x * stay;
            sum[2] += tg_sim_loss(s) * stay;
        }
        t = next;
        if (t < j->horizon) must(tg_sim_advance(s, &h));
    }
    for (int k = 0; k < 3; k++) j->one[index][k] = sum[k] / (j->horizon - j->warm);
    tg_sim_free(s);
    return TG_OK;
}

static inline averages
average(const tg_setup *setup, double warm, double horizon, size_t replicas)
{
    average_job j = { setup, warm, horizon, calloc(replicas, sizeof *j.one) };
    averages    a = { .x = { 0 } };

    must(tg_parallel_run(replicas, 0, average_one, &j, NULL));
    for (size_t i = 0; i < replicas; i++) {
        tg_stats_add(&a.x, j.one[i][0]);
        tg_stats_add(&a.square, j.one[i][1]);
        tg_stats_add(&a.loss, j.one[i][2]);
    }
    free(j.one);
    return a;
}

static inline void
claims_header(void)
{
    printf("%-26s %-46s %13s %13s %10s %10s %6s %-9s\n", "claim", "where", "predicted",
           "simulated", "s.e.", "model", "z", "level");
}

/* Print a claim; returns 1 if it fails. */
static inline int
claim_row(const char *name, const char *where, double predicted, double model_error,
          double simulated, double error, const char *level)
{
    tg_claim c = { .predicted = predicted,
                   .simulated = simulated,
                   .error = error,
                   .model_error = model_error,
                   .unit = "",
                   .level = level };

    tg_claim_judge(&c);
    printf("%-26s %-46s %13.6g %13.6g %10.2g %10.2g %6.2f %-9s%s\n", name, where, predicted,
           simulated, error, model_error, c.z, level,
           c.judgement == TG_HOLDS   ? ""
           : c.judgement == TG_FAILS ? "  FAILS"
                                     : "  undecided");
    return c.judgement == TG_FAILS;
}

#endif
