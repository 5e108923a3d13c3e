/* More than four workers of groups that differ in speed: what is stated of limits, floors and courses covers 95 % of what
 * is missed and is not many times that. Against simulated clusters (validation/reference/finite_p_groups.csv), drawn
 * from a seed that no constant was fitted to, within four standard errors of these; and against exact moments of
 * phase-type laws that are given under names the library does not take for such. */
#include "validation/unit/clusters.h"

#include "asgd/problems/problem.h"
#include "asgd/theory/predict.h"
#include "asgd/theory/predict_twin.h"
#include "core/rng.h"
#include "core/table.h"
#include "solver/lattice_groups.h"

enum { EIGHTHS = 8, GROUPS = 3, ROOM = 1024 };
enum { LIMITS, FLOORS, COURSES, KINDS };

/* Of one kind of number: what it is off by and what is stated, relative to what is true. */
typedef struct score {
    size_t asked, missed;
    double off[ROOM], said[ROOM];
} score;

static void
count(score *s, double value, double said, double is, double error)
{
    assert_true(s->asked < ROOM);
    s->missed += !(fabs(value - is) <= said + 4 * error + 1e-4 * is);
    s->off[s->asked] = fabs(value / is - 1);
    s->said[s->asked++] = said / is;
}

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, rising);
    return x[n / 2];
}

/* What is true of a cluster; errors of what is exact are 0. */
typedef struct truth {
    int       dude;
    size_t    groups, count[GROUPS];
    tg_delay *law[GROUPS];
    double    minimum[GROUPS];
    double    limit, limit_error, step, rest, rest_error, horizon;
    double    second[EIGHTHS + 1], error[EIGHTHS + 1];
} truth;

/* Of one mode, with h = 1 and noise .3, from 1; frees the laws. */
static tg_prediction *
predict_one(truth *t)
{
    const double    h = 1, x0 = 1, sigma = 0.3;
    double          minimum[64], weight[64], rate = 0;
    tg_cluster     *c = NULL;
    tg_problem     *problem = NULL;
    tg_modes        m = { 0 };
    tg_prediction  *p = NULL;
    size_t          n = 0;
    bool            own = false;
    tg_predict_plan plan = { .horizon = t->horizon, .points = EIGHTHS + 1, .target = NAN };

    assert_ok(tg_cluster_create(t->groups, t->count, t->law, false, &c));
    for (size_t g = 0; g < t->groups; g++)
        for (size_t i = 0; i < t->count[g]; i++) {
            minimum[n] = t->minimum[g];
            own = own || t->minimum[g] != 0;
            rate += weight[n++] = 1 / tg_delay_mean(t->law[g]);
        }
    for (size_t i = 0; i < n; i++) weight[i] /= rate;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, n, own ? minimum : NULL, &problem));
    assert_ok(tg_problem_modes(problem, weight, &m));
    assert_ok(tg_predict_rule(&m, c, t->dude ? "dude" : "asgd", 0, t->step, &plan, &p));
    tg_modes_free(&m);
    tg_problem_free(problem);
    tg_cluster_free(c);
    for (size_t g = 0; g < t->groups; g++) tg_delay_free(t->law[g]);
    return p;
}

static void
compare(truth *t, score *of)
{
    tg_prediction *p = predict_one(t);

    assert_int_equal(p->level, TG_LEVEL_RENEWAL);
    count(&of[LIMITS], p->threshold_square, p->threshold_error, t->limit, t->limit_error);
    if (isfinite(p->floor))
        count(&of[FLOORS], 2 * (p->floor + p->bias_loss), 2 * p->floor_error, t->rest,
              t->rest_error);
    for (size_t i = 1; i <= EIGHTHS && isfinite(p->loss[i]); i++)
        count(&of[COURSES], 2 * p->loss[i],
              2 * fmax(p->high[i] - p->loss[i], p->loss[i] - p->low[i]), t->second[i],
              t->error[i]);
    tg_prediction_free(p);
}

/* At most one in twenty is missed. */
static void
judge(const char *what, score *of)
{
    static const char *const name[KINDS] = { "limits", "floors", "courses" };

    for (int k = 0; k < KINDS; k++) {
        score       *s = &of[k];
        const double off = median(s->off, s->asked), said = median(s->said, s->asked);
        print_message("%s %s: %zu, missed %zu, off %.4f, stated %.4f\n", what, name[k],
                      s->asked, s->missed, off, said);
        assert_true(20 * s->missed <= s->asked);
        assert_true(said < 7 * off);
    }
}

/* ---- simulated clusters --------------------------------------------------------------- */

static void
read_group(const tg_table *table, size_t row, size_t g, truth *t)
{
    const size_t at = 1 + 3 * g, workers = (size_t)tg_table_number(table, row, at);

    if (workers == 0) return;
    t->count[t->groups] = workers;
    assert_ok(tg_delay_parse(tg_table_cell(table, row, at + 1).text, &t->law[t->groups]));
    t->minimum[t->groups++] = tg_table_number(table, row, at + 2);
}

static truth
read_truth(const tg_table *table, size_t row)
{
    const size_t at = 1 + 3 * GROUPS;
    truth        t = { .dude = !strcmp(tg_table_cell(table, row, 0).text, "dude"),
                       .limit = tg_table_number(table, row, at),
                       .limit_error = tg_table_number(table, row, at + 1),
                       .step = tg_table_number(table, row, at + 2),
                       .rest = tg_table_number(table, row, at + 3),
                       .rest_error = tg_table_number(table, row, at + 4),
                       .horizon = tg_table_number(table, row, at + 5) };

    for (size_t g = 0; g < GROUPS; g++) read_group(table, row, g, &t);
    for (size_t i = 1; i <= EIGHTHS; i++) {
        t.second[i] = tg_table_number(table, row, at + 4 + 2 * i);
        t.error[i] = tg_table_number(table, row, at + 5 + 2 * i);
    }
    return t;
}

static void
ask_simulated(score of[2][KINDS])
{
    tg_table *table = NULL;

    assert_ok(tg_table_read("validation/reference/finite_p_groups.csv", &table));
    assert_true(tg_table_rows(table) >= 40);
    for (size_t i = 0; i < tg_table_rows(table); i++) {
        truth t = read_truth(table, i);
        compare(&t, of[t.dude]);
    }
    tg_table_free(table);
}

/* ---- exact ones ----------------------------------------------------------------------- */

/* Two stages, or one of two: as gamma laws whose shapes are next to whole numbers. */
static tg_phase
draw_law(tg_rng *rng, double mean, tg_delay **law)
{
    char         text[512];
    tg_phase     p = { .n = 2, .exact = 1 };
    const double squared = 1 + 3 * tg_rng_uniform(rng);
    const double first = (1 + sqrt((squared - 1) / (squared + 1))) / 2;

    if (tg_rng_uniform(rng) < 0.5) {
        p.start[0] = 1;
        p.move[0][1] = p.leave[1] = 2 / mean;
        snprintf(text, sizeof text, "{law: gamma, shape: 2.000001, mean: %.17g}", mean);
    } else {
        p.start[0] = first;
        p.start[1] = 1 - first;
        p.leave[0] = 2 * first / mean;
        p.leave[1] = 2 * (1 - first) / mean;
        snprintf(text, sizeof text,
                 "{mixture: [{weight: %.17g, law: gamma, shape: 1.000001, mean: %.17g}, "
                 "{weight: %.17g, law: gamma, shape: 1.000001, mean: %.17g}]}",
                 first, 1 / p.leave[0], 1 - first, 1 / p.leave[1]);
    }
    assert_ok(tg_delay_parse(text, law));
    return p;
}

static tg_linear_rule
rule_of(const truth *t, double gain)
{
    const double P = (double)(t->count[0] + t->count[1]);

    return t->dude ? tg_linear_dude(gain / P, 1, P) : tg_linear_asgd(gain / P, 1);
}

static bool
settles(const truth *t, tg_lattice_groups l, double gain)
{
    const tg_linear_rule rule = rule_of(t, gain);
    double               stiffness;
    bool                 yes;

    l.rule = &rule;
    assert_ok(tg_lattice_groups_settles(&l, &yes, &stiffness));
    return yes;
}

/* The gain at which the mean square is lost, to 1e-4. */
static double
limit_of(const truth *t, tg_lattice_groups l)
{
    double low = 0.05, high = low;

    while (settles(t, l, high)) low = high, high *= 1.25;
    while (high - low > 1e-4 * low) {
        const double middle = (low + high) / 2;
        *(settles(t, l, middle) ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* Five to ten workers, speeds up to ten times apart. */
static truth
draw(tg_rng *rng, int dude)
{
    const size_t      P = 5 + tg_rng_below(rng, 6), one = 1 + tg_rng_below(rng, P - 1);
    truth             t = { .dude = dude, .groups = 2, .count = { one, P - one } };
    const double      mean = pow(10, 2 * tg_rng_uniform(rng) - 1);
    tg_lattice_group  group[2] = { { draw_law(rng, 1, &t.law[0]), t.count[0], 0 },
                                   { draw_law(rng, mean, &t.law[1]), t.count[1], 0 } };
    tg_lattice_groups l = { .group = group, .groups = 2, .sigma = 0.3, .waits = dude };
    tg_lattice_rest   rest;
    double            means[EIGHTHS + 1];

    t.limit = limit_of(&t, l);
    const double         gain = (0.1 + 0.8 * tg_rng_uniform(rng)) * t.limit;
    const tg_linear_rule rule = rule_of(&t, gain);
    l.rule = &rule;
    t.step = gain / (double)P;
    assert_ok(tg_lattice_groups_rest(&l, &rest));
    t.rest = rest.second;
    t.horizon = -4 / rest.square_abscissa + (dude ? 3 * fmax(mean, 1) : 0);
    assert_ok(tg_lattice_groups_transient(&l, 1, t.horizon, EIGHTHS + 1, means, t.second));
    return t;
}

static void
ask_exact(score of[2][KINDS])
{
    for (uint64_t i = 0; i < 40; i++) {
        tg_rng rng = tg_rng_stream(1128, TG_PURPOSE_TEST, i);
        truth  t = draw(&rng, i % 2);
        compare(&t, of[t.dude]);
    }
}

static void
test_covered_and_tight(void **state)
{
    static score of[2][KINDS];

    (void)state;
    ask_simulated(of);
    ask_exact(of);
    judge("asgd", of[0]);
    judge("dude", of[1]);
}

RUN(cmocka_unit_test(test_covered_and_tight))
