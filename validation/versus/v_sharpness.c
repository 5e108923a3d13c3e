/* A network trained with full gradients sharpens until its loop is where a single run is lost, and stays
 * there: eta h P, with h the largest eigenvalue of its Hessian, is the threshold of the law of the workers and
 * of their number (Cohen et al. 2021 for one worker: 2; derived here for more: THEORY 3.9 has the thresholds).
 * Two tanh layers of 32, squared loss, 500 images of MNIST, eta P = .1 after a warm-up, the later half of a
 * training.
 * Without noise the gain hovers; how closely it does is no prediction, so TENTH of it is allowed. That is less than
 * what the number of workers and their law make: one worker's threshold must fail for sixteen constant ones and for
 * eight of Erlang-4. */
#include "validation/versus/versus.h"

#include "asgd/networks/net.h"
#include "asgd/problems/hessian.h"
#include "asgd/theory/predict_hits.h"

#include <pthread.h>

enum { SAMPLES = 500, SEEDS = 3, LOOKS = 10 };
static const double TENTH = 0.1, PRODUCT = 0.1, WARM = 100, HORIZON = 500, CLOSE = 1e-4;

typedef struct cell {
    const char *name, *law;
    size_t      workers;
    double      gain[SEEDS]; /* eta P h, mean over the looks */
} cell;

static tg_stack *
layers_for(tg_shape in)
{
    static const char *const name[] = { "dense", "tanh",  "dense",
                                        "tanh",  "dense", "squared_loss" };
    static const double      width[] = { 32, 0, 32, 0, 10, 0 };
    tg_choice                layer[6];
    tg_stack                *s;

    for (int i = 0; i < 6; i++) {
        must(tg_choice_find(tg_layers_single, "layer", name[i], &layer[i]));
        if (width[i] > 0) must(tg_choice_set(&layer[i], "width", width[i]));
    }
    must(tg_stack_create(in, 10, layer, 6, &s));
    return s;
}

static tg_problem *
network(size_t workers, uint64_t seed)
{
    const char *folder = getenv("TARDIGRAD_DATA");
    char        images[1000], labels[1000];
    tg_net      n = { .workers = workers, .seed = seed, .isa = TG_ISA_BEST };
    tg_problem *p;

    snprintf(images, sizeof images, "%s/mnist/train-images-idx3-ubyte.gz", folder);
    snprintf(labels, sizeof labels, "%s/mnist/train-labels-idx1-ubyte.gz", folder);
    must(tg_images_idx(images, labels, SAMPLES, &n.train));
    must(tg_choice_find(tg_splits, "split", "identical", &n.split));
    n.stack = layers_for(n.train.shape);
    must(tg_problem_network(&n, &p));
    return p;
}

typedef struct place {
    const tg_problem *problem;
    const double     *x;
} place;

static tg_status
product(const double *v, double *out, void *context)
{
    const place *at = context;

    return at->problem->kind->product(at->problem->self, at->x, v, out);
}

/* One at a time: ARPACK keeps state of its own. */
static double
sharpness(const tg_problem *p, const double *x)
{
    static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;
    double                *vector = malloc(p->dim * sizeof *vector), value;
    place                  at = { p, x };

    pthread_mutex_lock(&alone);
    must(tg_hessian_top(product, &at, p->dim, 1, CLOSE, &value, vector));
    pthread_mutex_unlock(&alone);
    free(vector);
    return value;
}

static tg_status
train(size_t index, size_t thread, void *context)
{
    cell          *c = (cell *)context + index / SEEDS;
    const uint64_t seed = index % SEEDS + 1;
    tg_cluster    *cluster = cluster_of(c->law, c->workers);
    tg_problem    *p = network(c->workers, seed);
    const double   step = PRODUCT / (double)c->workers;
    tg_setup       setup = tg_setup_of(p, cluster, tg_rule(&tg_rule_asgd), step, seed);
    tg_sim        *s;
    tg_happening   h;
    double         sum = 0;

    (void)thread;
    must(tg_choice_find(tg_schedules, "schedule", "constant", &setup.schedule));
    must(tg_choice_set(&setup.schedule, "warmup", WARM * (double)c->workers));
    must(tg_sim_create(&setup, 0, &s));
    for (int i = 1; i <= LOOKS; i++) {
        while (tg_sim_next(s) <= HORIZON / 2 * (1 + (double)i / LOOKS))
            must(tg_sim_advance(s, &h));
        sum += sharpness(p, tg_sim_model(s));
    }
    c->gain[seed - 1] = PRODUCT * sum / LOOKS;
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(cluster);
    return TG_OK;
}

/* Negative control: the same claim with the threshold of one worker. */
static int
is_told_from_one(const cell *c, const tg_stats *gain)
{
    const bool among = c->workers == 16 && !strcmp(c->name, "constant"),
               other = c->workers == 8 && !strcmp(c->name, "Erlang-4");
    tg_claim one = { .predicted = 2,
                     .simulated = gain->mean,
                     .error = tg_stats_error(gain),
                     .model_error = TENTH * 2 };

    if (!among && !other) return 1;
    tg_claim_judge(&one);
    if (one.judgement == TG_FAILS) return 1;
    printf("the claim cannot fail: %zu workers, %s, and 2\n", c->workers, c->name);
    return 0;
}

/* Where a single run is lost, and its standard error. */
static double
threshold(const cell *c, double *error)
{
    tg_cluster *cluster = cluster_of(c->law, c->workers);
    double      square, gain;

    must(tg_predict_step_square(1, cluster, &tg_asgd, &square));
    must(
        tg_predict_single(cluster, &tg_asgd, square * (double)c->workers, 1, &gain, error));
    tg_cluster_free(cluster);
    return gain;
}

int
main(void)
{
    static const char *const law[][2] = { { "constant", "{law: constant, value: 1}" },
                                          { "Erlang-4", "{law: gamma, shape: 4, mean: 1}" },
                                          { "exponential",
                                            "{law: exponential, mean: 1}" } };
    static const size_t      workers[] = { 1, 2, 4, 8, 16 };
    enum { LAWS = 3, COUNTS = 5, CELLS = LAWS * COUNTS };
    cell cells[CELLS];
    int  bad = 0;

    if (!getenv("TARDIGRAD_DATA")) {
        printf("TARDIGRAD_DATA does not name a folder with "
               "mnist/train-images-idx3-ubyte.gz\n");
        return 77;
    }
    for (int i = 0; i < CELLS; i++)
        cells[i] =
            (cell){ law[i / COUNTS][0], law[i / COUNTS][1], workers[i % COUNTS], { 0 } };
    must(tg_parallel_run((size_t)CELLS * SEEDS, 0, train, cells, NULL));
    claims_header();
    for (int i = 0; i < CELLS; i++) {
        tg_stats gain = { 0 };
        double   error;
        char     where[60];
        for (int k = 0; k < SEEDS; k++) tg_stats_add(&gain, cells[i].gain[k]);
        const double expected = threshold(&cells[i], &error);
        snprintf(where, sizeof where, "%zu workers, %s", cells[i].workers, cells[i].name);
        bad |= claim_row("eta h P late in training", where, expected,
                         TENTH * expected + 4 * error, gain.mean, tg_stats_error(&gain),
                         "single run");
        bad |= !is_told_from_one(&cells[i], &gain);
    }
    return bad;
}
