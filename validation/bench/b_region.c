/* A chart of stability: what 200 x 200 settings cost, tables of three boundaries and all. The baseline
 * is the same chart with every cell solved for itself, from a row of it in the same process; the
 * residual is the largest relative difference of a rate in that row, whose workers lie between the numbers of
 * which rates are found: a cubic in 1/P (asgd/theory/gain_course.h) is good to 2e-4. */
#define BENCH_CLOCK CLOCK_THREAD_CPUTIME_ID
#include "validation/bench/bench.h"

#include "asgd/theory/finite_rate.h"
#include "core/table.h"
#include "study/answer.h"

#include <math.h>

enum { SIDE = 200, WORKERS = 32, RATE = 7 /* a column */ };
static const double LOW = 0.001, HIGH = 0.1, EIGENVALUE[] = { 1, 0.5, 0.2, 0.1 };
static const char   text[] =
    "objective: {quadratic: {eigenvalues: [1, 0.5, 0.2, 0.1], start: 1, noise: {additive: "
    "0.1}}}\n"
    "workers: [{count: 32, compute: {law: gamma, shape: 4, mean: 1}}]\n"
    "algorithm: {name: asgd, step: 0.01}\ntarget: {loss: 0.01}\nhorizon: 120\n";

static tg_answer answer;

static void
chart(void *context)
{
    tg_ask ask = { .manual = &tg_answer_region.is };

    tg_answer_free(&answer);
    answer = (tg_answer){ 0 };
    must(tg_ask_option(&ask, "x=algorithm.step=0.001:0.1:200"));
    must(tg_ask_option(&ask, "y=workers[0].count=1:200:200"));
    must(tg_answer_ask(&tg_answer_region, ask, context, &answer));
}

/* ---- laws by quadrature ---------------------------------------------------------------- */

typedef struct heavy {
    tg_study   *study;
    const char *x, *y;
} heavy;

static void
chart_heavy(void *context)
{
    const heavy *h = context;
    tg_ask       ask = { .manual = &tg_answer_region.is };

    tg_answer_free(&answer);
    answer = (tg_answer){ 0 };
    must(tg_ask_option(&ask, h->x));
    must(tg_ask_option(&ask, h->y));
    must(tg_answer_ask(&tg_answer_region, ask, h->study, &answer));
}

/* The quickstart's problem by so many groups of lognormal workers; a NumPy script took 1.25 s for one
 * group, 50 x 50, on the design document's machine. The residual is that of the rate in the first
 * cell, where slow steps decay at eta lambda h. */
static int
bench_heavy(const char *name, size_t groups, heavy h, int repeats, double bound)
{
    char  *study = malloc(256 + 96 * groups), *at = study;
    double arrivals = 0;

    if (!study) exit(1);
    at += sprintf(at, "objective: {quadratic: {eigenvalues: [1, 0.5, 0.2, 0.1], start: 1, "
                      "noise: {additive: 0.1}}}\nworkers:\n");
    for (size_t g = 0; g < groups; g++) {
        const double mean = 1 + 0.02 * (double)g;
        at += sprintf(at, "  - {count: 1, compute: {law: lognormal, mean: %g, cv: 0.5}}\n",
                      mean);
        arrivals += 1 / mean;
    }
    sprintf(at, "algorithm: {name: asgd, step: 0.01}\ntarget: {loss: 0.01}\n"
                "horizon: 120\n");
    must(tg_study_parse(study, "bench", &h.study));
    const timing t = measure_few(chart_heavy, &h, repeats);
    const double rate = tg_table_number(answer.table[0], 0, RATE);
    tg_answer_free(&answer);
    answer = (tg_answer){ 0 };
    tg_study_free(h.study);
    free(study);
    return report(name, t, 1e3, "ms", bound, groups == 1 ? 1.25 / t.min : NAN,
                  fabs(rate / (0.001 * arrivals * 0.1) - 1), 2e-2);
}

/* One row of the chart, every mode of every cell solved. */
static void
solve_row(void *context)
{
    double      *rate = context;
    const size_t workers = WORKERS;
    const char  *law = "{law: gamma, shape: 4, mean: 1}";
    tg_delay    *delay;
    tg_cluster  *cluster;
    tg_case      c;

    must(tg_delay_parse(law, &delay));
    must(tg_cluster_create(1, &workers, &delay, false, &cluster));
    must(tg_case_open(cluster, &tg_asgd, LOW, &c));
    const tg_finite_rate f = tg_finite_rate_of(&c);
    for (size_t i = 0; i < SIDE; i++) {
        const double step = LOW + (HIGH - LOW) * (double)i / (SIDE - 1);
        rate[i] = INFINITY;
        for (size_t j = 0; j < 4; j++) {
            tg_mode_prediction m = { .a = step * WORKERS * EIGENVALUE[j] };
            const tg_loop      l = tg_case_loop(&c, m.a);
            double complex     root;
            must(tg_case_roots(&l, &m));
            rate[i] = fmin(
                rate[i], tg_finite_rate_at(&f, &l, WORKERS, m.re + fabs(m.im) * I, &root));
        }
    }
    tg_case_close(&c);
    tg_cluster_free(cluster);
    tg_delay_free(delay);
}

int
main(void)
{
    tg_study *study;
    double    rate[SIDE];

    setenv("TARDIGRAD_THREADS", "1", 1);
    report_header();
    must(tg_study_parse(text, "bench", &study));
    const timing whole = measure(chart, study, 1), row = measure(solve_row, rate, 1);
    double       off = 0;
    for (size_t i = 0; i < SIDE; i++) {
        const double r = tg_table_number(answer.table[0], (WORKERS - 1) * SIDE + i, RATE);
        off = fmax(off, fabs(r / rate[i] - 1));
    }
    tg_answer_free(&answer);
    answer = (tg_answer){ 0 };
    tg_study_free(study);
    int bad = report("region 200 x 200, three boundaries", whole, 1e3, "ms", 150,
                     SIDE * row.min / whole.min, off, 2e-4);
    bad |= bench_heavy(
        "lognormal workers, 50 x 50 (NumPy's, published)", 1,
        (heavy){ .x = "x=algorithm.step=0.001:0.1:50", .y = "y=workers[0].count=1:200:50" },
        3, 200);
    return bad | bench_heavy("100 groups of lognormal workers, 10 x 10", 100,
                             (heavy){ .x = "x=algorithm.step=0.001:0.05:10",
                                      .y = "y=workers[0].count=1:20:10" },
                             1, 1000);
}
