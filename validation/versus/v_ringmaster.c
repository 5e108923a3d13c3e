/* The setup of Ringmaster ASGD (Maranjyan, Tyurin, Richtarik 2025): Nesterov's quadratic
 * with d = 1729, the same sigma N(0, 1) in every coordinate, sigma = .01, n = 6174 workers
 * whose jobs take 1 + sqrt i + |N(0, i + 1)|, i = 0 .. n - 1, 2000 units of time. Another
 * program's three seeds gave steps and losses in the ranges shown; means must agree within
 * 4 standard errors, by the spread between seeds here. Its Rennala aborts what is under way
 * when the model steps, which is K-batch-sync; without aborts it is slower. */
#include "validation/versus/versus.h"

#include <time.h>

enum { N = 6174, D = 1729, THEIRS = 3 };

typedef struct entry {
    const char         *name;
    const tg_rule_kind *rule;
    const char         *param;
    double              value, step;
    uint64_t            seeds;
    double              updates[2], loss[2]; /* ranges of the other program; NAN: none */
} entry;

static const entry table[] = {
    { "ringmaster, R 6",
      &tg_rule_ringmaster,
      "r",
      6,
      .25,
      6,
      { 3005, 3012 },
      { .0038, .0055 } },
    { "k_batch_sync, k 6",
      &tg_rule_k_batch_sync,
      "k",
      6,
      1,
      6,
      { 464, 468 },
      { .0042, .0059 } },
    { "rennala, batch 6", &tg_rule_rennala, "batch", 6, 1, 6, { NAN, NAN }, { NAN, NAN } },
    { "delay_adaptive",
      &tg_rule_delay_adaptive,
      NULL,
      0,
      3.2e-4,
      4,
      { 166048, 166182 },
      { .0703, .0705 } },
};

static tg_cluster *
cluster(void)
{
    static tg_delay *law[N];
    static size_t    count[N];
    tg_cluster      *c = NULL;
    char             text[128];

    for (size_t i = 0; i < N; i++) {
        count[i] = 1;
        snprintf(text, sizeof text,
                 "{sum: [{law: constant, value: %.17g}, {law: half_normal, sd: %.17g}]}",
                 1 + sqrt((double)i), sqrt((double)i + 1));
        must(tg_delay_parse(text, &law[i]));
    }
    must(tg_cluster_create(N, count, law, true, &c));
    for (size_t i = 0; i < N; i++) tg_delay_free(law[i]);
    return c;
}

/* Whether the middle of their three values cannot be one of ours. */
static int
outside(const tg_stats *ours, const double range[2])
{
    const double sd = tg_stats_error(ours) * sqrt((double)ours->n);
    const double error = sd * sqrt(1. / (double)ours->n + 1. / THEIRS);

    return fabs(ours->mean - (range[0] + range[1]) / 2) >
           4 * error + (range[1] - range[0]) / 2;
}

static int
row(const entry *e, const tg_problem *p, const tg_cluster *c)
{
    tg_choice     rule = tg_rule(e->rule);
    tg_stats      updates = { 0 }, loss = { 0 };
    const clock_t began = clock();

    if (e->param) must(tg_choice_set(&rule, e->param, e->value));
    const tg_setup setup = tg_setup_of(p, c, rule, e->step, 1);
    for (uint64_t r = 0; r < e->seeds; r++) {
        tg_sim      *s = NULL;
        tg_happening h;
        must(tg_sim_create(&setup, r, &s));
        while (tg_sim_next(s) <= 2000) must(tg_sim_advance(s, &h));
        tg_stats_add(&updates, (double)tg_sim_updates(s));
        tg_stats_add(&loss, tg_sim_loss(s));
        tg_sim_free(s);
    }
    const int bad = outside(&updates, e->updates) || outside(&loss, e->loss);
    char      theirs[2][32] = { "-", "-" };
    if (!isnan(e->loss[0])) {
        snprintf(theirs[0], sizeof *theirs, "%.0f..%.0f", e->updates[0], e->updates[1]);
        snprintf(theirs[1], sizeof *theirs, "%.4f..%.4f", e->loss[0], e->loss[1]);
    }
    printf("%-18s %8.0f +- %-4.0f %16s %9.5f +- %-8.5f %16s %5.2f s%s\n", e->name,
           updates.mean, tg_stats_error(&updates), theirs[0], loss.mean,
           tg_stats_error(&loss), theirs[1],
           (double)(clock() - began) / CLOCKS_PER_SEC / (double)e->seeds,
           bad ? "  OUTSIDE" : "");
    return bad;
}

int
main(void)
{
    tg_cluster *c = cluster();
    tg_problem *p = NULL;
    int         bad = 0;

    must(tg_problem_tridiagonal(D, .01, true, N, &p));
    printf("%-18s %16s %16s %21s %16s %7s\n", "rule", "updates", "theirs", "f - f*",
           "theirs", "a run");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) bad += row(&table[i], p, c);
    tg_problem_free(p);
    tg_cluster_free(c);
    return bad > 0;
}
