/* A problem and a server rule of one's own, against the installed library:
 *
 *     cc outliers.c $(pkg-config --cflags --libs tardigrad) -lm -o outliers
 *
 * Nine workers fit a circle to points that each of them measures, F(c, r) = E (|p - c| - r)^2 / 2;
 * one has a broken sensor, whose points are all elsewhere. A step by the mean of nine gradients
 * is led astray, one by their median in each coordinate is not. Prints loss after 400 time units
 * and time to a loss of 0.01, each with its standard error, by rule.
 */
#include <asgd/sim/replicas.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIM = 3, WORKERS = 9, BROKEN = 4, ANGLES = 64 };

/* ---- the problem --------------------------------------------------------------------- */

static const double circle[DIM] = { 2, 1, 3 }, noise = 0.1;

static void
start(const void *self, double *x)
{
    (void)self;
    memcpy(x, (const double[DIM]){ 0, 0, 1 }, DIM * sizeof *x);
}

/* grad (|p - c| - r)^2 / 2 = (|p - c| - r) (-(p - c)/|p - c|, -1) at a point p near the circle. All
 * that is random comes from `draws`, which belongs to this gradient alone. */
static void
gradient(const void *self, size_t worker, const double *x, tg_rng *draws, double *scratch,
         double *g)
{
    const double angle = 2 * acos(-1) * tg_rng_uniform(draws);
    const double radius = circle[2] + noise * tg_rng_normal(draws);
    double p[2] = { circle[0] + radius * cos(angle), circle[1] + radius * sin(angle) };

    (void)self, (void)scratch;
    if (worker == BROKEN) p[0] = p[1] = -20;
    const double a = p[0] - x[0], b = p[1] - x[1], d = hypot(a, b), off = d - x[2];
    g[0] = -off * a / d;
    g[1] = -off * b / d;
    g[2] = -off;
}

/* F without the broken sensor and the noise, over even angles. */
static double
loss(const void *self, const double *x, double *scratch)
{
    double sum = 0;

    (void)self, (void)scratch;
    for (int i = 0; i < ANGLES; i++) {
        const double angle = 2 * acos(-1) * i / ANGLES;
        const double a = circle[0] + circle[2] * cos(angle) - x[0],
                     b = circle[1] + circle[2] * sin(angle) - x[1];
        sum += pow(hypot(a, b) - x[2], 2) / 2;
    }
    return sum / ANGLES;
}

static const tg_problem_kind fit_kind = { .name = "circle",
                                          .doc = "a circle through points",
                                          .cheap_loss = false,
                                          .start = start,
                                          .gradient = gradient,
                                          .loss = loss };
static const tg_problem      fit = { .kind = &fit_kind, .dim = DIM, .workers = WORKERS };

/* ---- the rule ------------------------------------------------------------------------ */

/* Its room, zero at the start: a count, then k gradients. */
typedef struct buffer {
    size_t count;
    double g[];
} buffer;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    return sizeof(buffer) + (size_t)param[0] * dim * sizeof(double);
}

static double
median(const double *g, size_t n, size_t stride)
{
    for (size_t i = 0;; i++) {
        size_t below = 0, equal = 0;
        for (size_t k = 0; k < n; k++) {
            below += g[k * stride] < g[i * stride];
            equal += g[k * stride] == g[i * stride];
        }
        if (below <= n / 2 && below + equal > n / 2) return g[i * stride];
    }
}

/* Every k-th gradient the model steps by the median; whoever delivered reads again. */
static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    buffer      *b = room_;
    const size_t dim = tg_sim_dim(s), k = (size_t)tg_sim_param(s)[0];
    double       step[DIM];

    TG_TRY(tg_sim_gradient(s, job, b->g + b->count * dim));
    if (++b->count == k) {
        for (size_t j = 0; j < dim; j++) step[j] = median(b->g + j, k, dim);
        b->count = 0;
        TG_TRY(tg_sim_step(s, step, 1));
    }
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "k", "", "gradients a step, odd", 9, 1, 99, false, true }, { 0 }
};
static const tg_rule_kind rule_median = {
    .is = { "median", "a step by the median of every K gradients", "", param },
    .room = room,
    .deliver = deliver,
};

/* ---- the run ------------------------------------------------------------------------- */

static tg_status
run(const tg_cluster *cluster, tg_choice rule)
{
    const tg_setup         setup = tg_setup_of(&fit, cluster, rule, 0.1, 1);
    const tg_replicas_plan plan = {
        .horizon = 400, .points = 101, .target = 0.01, .replicas = 40
    };
    tg_simulation *s;

    TG_TRY(tg_replicas_run(&setup, &plan, &s));
    const tg_stats *last = &s->loss[s->points - 1];
    printf("%s,%g,%g,%g,%g\n", rule.kind->name, last->mean, tg_stats_error(last), s->settle,
           s->settle_error);
    tg_simulation_free(s);
    return TG_OK;
}

int
main(void)
{
    const size_t count = WORKERS;
    tg_delay    *law = NULL;
    tg_cluster  *cluster = NULL;
    tg_choice    mean = tg_rule(&tg_rule_fedbuff), robust = tg_rule(&rule_median);
    tg_status    status = tg_delay_parse("{law: gamma, shape: 4, mean: 1}", &law);

    if (status == TG_OK) status = tg_cluster_create(1, &count, &law, false, &cluster);
    if (status == TG_OK) status = tg_choice_set(&mean, "k", 9);
    puts("rule,loss,loss_error,settle,settle_error");
    if (status == TG_OK) status = run(cluster, mean);
    if (status == TG_OK) status = run(cluster, robust);
    if (status != TG_OK) fprintf(stderr, "%s\n", tg_message());
    tg_cluster_free(cluster);
    tg_delay_free(law);
    return status != TG_OK;
}
