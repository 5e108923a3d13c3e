/* A network as a problem: against softmax regression, which is another program, the same bytes on
 * every instruction set and for any threads, and what it refuses. */
#include "validation/unit/check.h"

#include "asgd/networks/models.h"
#include "asgd/networks/net.h"
#include "asgd/problems/hessian.h"
#include "asgd/problems/softmax_sums.h"
#include "asgd/sim/replicas.h"
#include "study/scene.h"
#include "study/spectra.h"

#include <lapacke.h>

enum { WORKERS = 3, CLASSES = 4 };

static tg_choice
split(const char *name)
{
    tg_choice c;

    assert_ok(tg_choice_find(tg_splits, "split", name, &c));
    return c;
}

/* The parts of a network by name on made-up images. */
static tg_net
parts(const char *model, tg_shape shape, size_t samples)
{
    tg_net             n = { .workers = WORKERS,
                             .batch = 8,
                             .split = split("contiguous"),
                             .seed = 7,
                             .isa = TG_ISA_BEST };
    const tg_synthetic w = { shape, samples, CLASSES, 1 };
    tg_choice          c;
    tg_layer_list      l = { 0 };

    assert_ok(tg_images_synthetic(&w, 2, 0, &n.train));
    assert_ok(tg_images_synthetic(&w, 2, 1, &n.test));
    assert_ok(tg_choice_find(tg_models, "model", model, &c));
    if (!strcmp(model, "dnn")) c.param[1] = 20;
    if (!strcmp(model, "resnet")) c.param[1] = c.param[2] = 4;
    assert_ok(tg_model_layers(&c, shape, CLASSES, &l));
    assert_ok(tg_stack_create(shape, CLASSES, l.layer, l.count, &n.stack));
    tg_layer_list_free(&l);
    return n;
}

static tg_problem *
problem_of(const char *model, tg_shape shape, size_t samples, tg_isa isa)
{
    tg_net      n = parts(model, shape, samples);
    tg_problem *p = NULL;

    n.isa = isa;
    assert_ok(tg_problem_network(&n, &p));
    assert_true(!n.train.pixel && !n.stack);
    return p;
}

/* ---- softmax regression -------------------------------------------------------------- */

/* The same images, standardised as those of `scale` are, as a data set of the other program. */
static tg_dataset
same_data(const tg_images *im, const tg_images *scale)
{
    const size_t pixels = tg_shape_size(im->shape), features = pixels + 1;
    tg_dataset   d = { .samples = im->samples, .features = features, .classes = CLASSES };
    double       mean = 0, square = 0;
    tg_choice    how = split("identical");

    for (size_t i = 0; i < scale->samples * pixels; i++) mean += scale->pixel[i];
    mean /= (double)(scale->samples * pixels);
    for (size_t i = 0; i < scale->samples * pixels; i++)
        square += (scale->pixel[i] - mean) * (scale->pixel[i] - mean);
    const double deviation = sqrt(square / (double)(scale->samples * pixels));
    d.row = malloc((im->samples + 1) * sizeof *d.row);
    d.feature = malloc(im->samples * features * sizeof *d.feature);
    d.value = malloc(im->samples * features * sizeof *d.value);
    d.label = malloc(im->samples);
    for (size_t i = 0; i <= im->samples; i++) d.row[i] = i * features;
    for (size_t i = 0; i < im->samples; i++) {
        d.label[i] = im->label[i];
        for (size_t f = 0; f < features; f++) {
            d.feature[i * features + f] = (uint32_t)f;
            d.value[i * features + f] =
                f == pixels ? 1 : (im->pixel[i * pixels + f] - mean) / deviation;
        }
    }
    assert_ok(tg_dataset_split(&d, 1, &how, 1));
    return d;
}

/* The share of samples whose likeliest class is their own. */
static double
share_right(const tg_dataset *d, const double *x)
{
    double right = 0;

    for (size_t i = 0; i < d->samples; i++) {
        double p[CLASSES], most = 0;
        tg_softmax_sample(d, i, x, p);
        for (int c = 0; c < CLASSES; c++) most = fmax(most, p[c]);
        right += p[d->label[i]] == most;
    }
    return right / (double)d->samples;
}

/* mlr is softmax regression with the intercepts last: loss, gradient and curvature agree to the
 * accuracy of pixels in float. */
static void
test_softmax(void **state)
{
    const tg_shape shape = { 4, 5, 1 };
    enum { DIM = 21 * CLASSES };
    const double even[] = { 1 };
    double       x[DIM], v[DIM], g[DIM], hv[DIM], g2[DIM], hv2[DIM], loss, loss2;
    tg_net       n = parts("mlr", shape, 200);
    tg_dataset   d = same_data(&n.train, &n.train), unseen = same_data(&n.test, &n.train);
    tg_problem  *p = NULL;
    tg_rng       r = tg_rng_stream(3, TG_PURPOSE_TEST, 0);

    (void)state;
    assert_ok(tg_problem_network(&n, &p));
    assert_int_equal(p->dim, DIM);
    for (int j = 0; j < DIM; j++) {
        x[j] = tg_rng_normal(&r);
        v[j] = tg_rng_normal(&r);
    }
    assert_ok(tg_net_curve(p, x, v, &loss, g, hv));
    assert_ok(tg_softmax_sum(&d, even, x, &loss2, g2));
    assert_ok(tg_softmax_product(&d, even, x, v, hv2));
    assert_near(loss, loss2, 2e-6 * loss2);
    for (int j = 0; j < DIM; j++) {
        assert_near(g[j], g2[j], 2e-6);
        assert_near(hv[j], hv2[j], 2e-5);
    }
    double *scratch = calloc(p->scratch, sizeof *scratch);
    assert_near(p->kind->loss(p->self, x, scratch), loss2, 3e-6 * loss2);
    assert_near(p->kind->score(p->self, x, scratch), share_right(&unseen, x), 1e-15);
    tg_dataset_free(&unseen);
    free(scratch);
    tg_dataset_free(&d);
    tg_problem_free(p);
}

/* ---- gradients ----------------------------------------------------------------------- */

/* Gradients are those of the exact one in the mean, keyed by worker and job, of own samples. */
static void
test_gradient(void **state)
{
    enum { JOBS = 400 };
    tg_problem  *p = problem_of("dnn", (tg_shape){ 4, 4, 1 }, 240, TG_ISA_BEST);
    const size_t dim = p->dim;
    double      *x = malloc(5 * dim * sizeof *x), *g = x + dim, *sum = g + dim,
           *square = sum + dim, *exact = square + dim;
    double *scratch = calloc(p->scratch, sizeof *scratch), away = 0;

    (void)state;
    p->kind->start(p->self, x);
    memset(sum, 0, 2 * dim * sizeof *sum);
    for (uint32_t w = 0; w < WORKERS; w++)
        for (uint32_t job = 0; job < JOBS; job++) {
            tg_rng draws = tg_rng_of(1, TG_PURPOSE_SHAKE, w, job);
            p->kind->gradient(p->self, w, x, &draws, scratch, g);
            for (size_t j = 0; j < dim; j++) {
                sum[j] += g[j] / (WORKERS * JOBS);
                square[j] += g[j] * g[j] / (WORKERS * JOBS);
            }
        }
    assert_ok(tg_net_curve(p, x, NULL, NULL, exact, NULL));
    for (size_t j = 0; j < dim; j++) {
        const double error = sqrt((square[j] - sum[j] * sum[j]) / (WORKERS * JOBS));
        away += square[j] == 0 ? 0 : fabs(sum[j] - exact[j]) > 3 * error;
        assert_near(sum[j], exact[j], 5 * error + 1e-6);
    }
    assert_true(away < 0.02 * (double)dim);
    tg_rng one = tg_rng_of(1, TG_PURPOSE_SHAKE, 1, 5), same = one, other;
    p->kind->gradient(p->self, 1, x, &one, scratch, sum);
    memset(scratch, 0x55, p->scratch * sizeof *scratch);
    p->kind->gradient(p->self, 1, x, &same, scratch, square);
    assert_memory_equal(sum, square, dim * sizeof *sum);
    other = tg_rng_of(1, TG_PURPOSE_SHAKE, 1, 5);
    p->kind->gradient(p->self, 2, x, &other, scratch, square);
    assert_true(memcmp(sum, square, dim * sizeof *sum) != 0);
    free(scratch);
    free(x);
    tg_problem_free(p);
}

/* ---- autoencoders -------------------------------------------------------------------- */

/* With all samples the noise is theirs: the workers' mean gradient is the exact one. In a minibatch it is the
 * job's: another job, other noise, even of the same sample. */
static void
test_noise(void **state)
{
    const tg_shape shape = { 3, 4, 1 };
    tg_net         n = parts("vae", shape, 60);
    tg_problem    *p = NULL;

    (void)state;
    n.batch = 0;
    assert_ok(tg_problem_network(&n, &p));
    const size_t dim = p->dim;
    double      *x = malloc(4 * dim * sizeof *x), *g = x + dim, *mean = g + dim,
           *exact = mean + dim, loss;
    double *scratch = calloc(p->scratch, sizeof *scratch);
    p->kind->start(p->self, x);
    memset(mean, 0, dim * sizeof *mean);
    for (size_t w = 0; w < WORKERS; w++) {
        p->kind->gradient(p->self, w, x, NULL, scratch, g);
        for (size_t j = 0; j < dim; j++) mean[j] += g[j] / WORKERS;
    }
    assert_ok(tg_net_curve(p, x, NULL, &loss, exact, NULL));
    for (size_t j = 0; j < dim; j++) assert_near(mean[j], exact[j], 2e-5);
    assert_near(p->kind->loss(p->self, x, scratch), loss, 1e-5 * loss);
    p->kind->slope(p->self, x, scratch, g);
    for (size_t j = 0; j < dim; j++) assert_near(g[j], exact[j], 2e-5);
    tg_problem_free(p);
    n = parts("vae", shape, 12);
    n.batch = 1;
    assert_ok(tg_problem_network(&n, &p));
    size_t same = 0;
    for (uint32_t job = 0; job < 40; job++) { /* 4 samples a worker */
        tg_rng draws = tg_rng_of(1, TG_PURPOSE_SHAKE, 0, job);
        p->kind->gradient(p->self, 0, x, &draws, scratch, g);
        for (uint32_t k = 0; k < job; k++) {
            tg_rng before = tg_rng_of(1, TG_PURPOSE_SHAKE, 0, k);
            p->kind->gradient(p->self, 0, x, &before, scratch, mean);
            same += !memcmp(g, mean, dim * sizeof *g);
        }
    }
    assert_int_equal(same, 0);
    free(scratch);
    free(x);
    tg_problem_free(p);
}

/* The least that an autoencoder without layers between can come to on these samples: of the eigenvalues e of
 * their second moments the `latent` largest that are above 1 cost (1 + log e)/2, the others e/2.
 * Source: Tipping, Bishop 1999; Lucas et al. 2019. */
static double
linear_bound(const tg_images *d, size_t latent)
{
    enum { PIXELS = 16 };
    double       mean = 0, square = 0, moment[PIXELS * PIXELS] = { 0 }, e[PIXELS], sum = 0;
    const size_t n = d->samples * PIXELS;

    for (size_t i = 0; i < n; i++) mean += d->pixel[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (d->pixel[i] - mean) * (d->pixel[i] - mean) / (double)n;
    for (size_t s = 0; s < d->samples; s++)
        for (size_t i = 0; i < PIXELS * PIXELS; i++)
            moment[i] += (d->pixel[s * PIXELS + i / PIXELS] - mean) *
                         (d->pixel[s * PIXELS + i % PIXELS] - mean) / square /
                         (double)d->samples;
    assert_int_equal(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'N', 'U', PIXELS, moment, PIXELS, e),
                     0);
    for (size_t i = 0; i < PIXELS; i++)
        sum += i + latent >= PIXELS && e[i] > 1 ? (1 + log(e[i])) / 2 : e[i] / 2;
    return sum;
}

/* Trained by Adam on made-up images of four classes it comes below the best linear one, from above what
 * no encoder at all costs. */
static void
test_autoencoder(void **state)
{
    const tg_shape         shape = { 4, 4, 1 };
    tg_net                 n = parts("vae", shape, 300);
    const double           linear = linear_bound(&n.train, 8), one[] = { 1 };
    size_t                 count = WORKERS;
    tg_delay              *law = NULL;
    tg_cluster            *c = NULL;
    tg_problem            *p = NULL;
    tg_simulation         *s = NULL;
    const tg_replicas_plan plan = {
        .horizon = 1500, .points = 4, .target = NAN, .replicas = 2, .threads = 1
    };

    (void)state;
    assert_ok(tg_problem_network(&n, &p));
    assert_ok(tg_delay_create("constant", one, &law));
    assert_ok(tg_cluster_create(1, &count, &law, true, &c));
    tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_stale_uniform), .003, 1);
    u.rule.param[0] = 4;
    u.optimiser = tg_choice_of(&tg_optimiser_adam.is);
    assert_ok(tg_replicas_run(&u, &plan, &s));
    print_message("minus the bound: %.3f at the start, %.3f at the end, of the best linear "
                  "one %.3f\n",
                  s->loss[0].mean, s->loss[3].mean, linear);
    assert_true(s->loss[0].mean > 8 && linear < 8);
    assert_true(s->loss[3].mean < linear);
    tg_simulation_free(s);
    tg_cluster_free(c);
    tg_delay_free(law);
    tg_problem_free(p);
}

/* ---- the same bytes ------------------------------------------------------------------ */

static void
train(const char *model, tg_isa isa, size_t threads, double *loss, double *score)
{
    enum { POINTS = 6 };
    tg_problem            *p = problem_of(model, (tg_shape){ 8, 8, 2 }, 60, isa);
    const double           gamma[] = { 4, 1 };
    size_t                 count = WORKERS;
    tg_delay              *law = NULL;
    tg_cluster            *c = NULL;
    tg_choice              rule;
    const tg_replicas_plan plan = {
        .horizon = 6, .points = POINTS, .target = NAN, .replicas = 4, .threads = threads
    };
    tg_simulation *s = NULL;

    assert_ok(tg_delay_create("gamma", gamma, &law));
    assert_ok(tg_cluster_create(1, &count, &law, true, &c));
    assert_ok(tg_choice_find(tg_rules, "rule", "asgd", &rule));
    const tg_setup u = tg_setup_of(p, c, rule, strcmp(model, "vae") ? 0.05 : 2e-5, 1);
    assert_ok(tg_replicas_run(&u, &plan, &s));
    for (int i = 0; i < POINTS; i++) loss[i] = s->loss[i].mean;
    assert_true(loss[POINTS - 1] < loss[0]);
    double *x = malloc(p->dim * sizeof *x), *scratch = calloc(p->scratch, sizeof *scratch);
    p->kind->start(p->self, x);
    *score = p->kind->score(p->self, x, scratch);
    assert_true((*score >= 0 || !strcmp(model, "vae")) && *score <= 1);
    free(x);
    free(scratch);
    tg_simulation_free(s);
    tg_cluster_free(c);
    tg_delay_free(law);
    tg_problem_free(p);
}

static void
test_same_bytes(void **state)
{
    static const char *const model[] = { "mlr", "dnn", "cnn_small", "resnet", "vae" };

    (void)state;
    for (int m = 0; m < 5; m++) {
        double want[6], got[6], score, again;
        train(model[m], TG_ISA_PLAIN, 1, want, &score);
        for (int isa = 0; isa < TG_ISA_COUNT; isa++) {
            if (!tg_isa_available((tg_isa)isa)) continue;
            train(model[m], (tg_isa)isa, 1, got, &again);
            assert_memory_equal(got, want, sizeof want);
            assert_true(again == score);
        }
        for (size_t threads = 2; threads <= 4; threads *= 2) {
            train(model[m], TG_ISA_BEST, threads, got, &again);
            assert_memory_equal(got, want, sizeof want);
        }
    }
}

/* ---- curvature ----------------------------------------------------------------------- */

typedef struct at {
    const tg_problem *p;
    const double     *x;
} at;

static tg_status
product(const double *v, double *out, void *context)
{
    const at *a = context;

    return tg_net_curve(a->p, a->x, v, NULL, NULL, out);
}

/* The top eigenpairs, of the same bytes for any threads, leave no residual. */
static void
test_spectrum(void **state)
{
    enum { TOP = 4 };
    static const char *const threads[] = { "1", "2", "4" };
    tg_problem  *p = problem_of("cnn_small", (tg_shape){ 8, 8, 1 }, 40, TG_ISA_BEST);
    const size_t dim = p->dim;
    double      *x = malloc((2 + TOP) * dim * sizeof *x), *hv = x + dim, *vector = hv + dim;
    double       value[3][TOP];

    (void)state;
    p->kind->start(p->self, x);
    for (int k = 0; k < 3; k++) {
        setenv("TARDIGRAD_THREADS", threads[k], 1);
        assert_ok(
            tg_hessian_top(product, &(at){ p, x }, dim, TOP, 1e-10, value[k], vector));
        assert_memory_equal(value[k], value[0], sizeof value[0]);
    }
    unsetenv("TARDIGRAD_THREADS");
    for (int i = 0; i < TOP; i++) {
        assert_true(value[0][i] > 0 && (i == 0 || value[0][i] <= value[0][i - 1]));
        assert_ok(product(vector + (size_t)i * dim, hv, &(at){ p, x }));
        for (size_t j = 0; j < dim; j++)
            assert_near(hv[j], value[0][i] * vector[(size_t)i * dim + j],
                        1e-8 * value[0][0]);
    }
    free(x);
    tg_problem_free(p);
}

/* Both ends of a spectrum most of which is 0, since there are more parameters than losses, against a dense
 * solver. */
static void
test_ends(void **state)
{
    enum { TOP = 3 };
    const double time = 5;
    tg_study    *study = NULL;
    tg_scene     scene;
    tg_spectra   s = { 0 };
    tg_sim      *sim = NULL;
    tg_happening h;

    (void)state;
    assert_ok(tg_study_parse(
        "objective: {network: {model: {name: dnn, depth: 1, width: 8}, batch: 0,\n"
        "  data: {synthetic: {samples: 6, classes: 2, height: 3, width: 3}}}}\n"
        "workers: {count: 3, compute: {law: exponential, mean: 1}}\n"
        "algorithm: {name: asgd, step: 0.01}\nhorizon: 10\n",
        "here", &study));
    assert_ok(tg_study_spectra(study, TOP, &time, 1, &s));
    assert_ok(tg_scene_open(study, 0, &scene));
    const tg_setup setup = tg_study_setup(study, 0, scene.problem, scene.cluster);
    assert_ok(tg_sim_create(&setup, 0, &sim));
    while (tg_sim_next(sim) <= time) assert_ok(tg_sim_advance(sim, &h));
    const size_t dim = scene.problem->dim;
    double *H = calloc(dim * dim + 2 * dim, sizeof *H), *v = H + dim * dim, *w = v + dim;
    for (size_t j = 0; j < dim; j++) {
        v[j] = 1;
        assert_ok(
            tg_net_curve(scene.problem, tg_sim_model(sim), v, NULL, NULL, H + j * dim));
        v[j] = 0;
    }
    assert_int_equal(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'N', 'U', (int)dim, H, (int)dim, w),
                     0);
    size_t flat = 0;
    for (size_t j = 0; j < dim; j++) flat += fabs(w[j]) < 1e-6 * w[dim - 1];
    assert_true(flat > dim / 2);
    for (size_t i = 0; i < TOP; i++) {
        assert_near(s.value[i], w[dim - 1 - i], 2e-6 * w[dim - 1]);
        assert_near(s.value[2 * TOP - 1 - i], w[i], 2e-6 * w[dim - 1]);
    }
    free(H);
    tg_sim_free(sim);
    tg_spectra_free(&s);
    tg_scene_close(&scene);
    tg_study_free(study);
}

/* ---- batches ------------------------------------------------------------------------- */

/* The mean over workers of gradients of batches of that size, 0: of all samples, by enough draws, and the
 * gradient of F by duals, (dim) each; returns dim. Both are of 1200 samples, which do not pass at once. */
static size_t
gradients(size_t batch, int draws, double **mean, double **exact)
{
    tg_net      n = parts("dnn", (tg_shape){ 4, 4, 1 }, 1200);
    tg_problem *p = NULL;

    n.batch = batch;
    assert_ok(tg_problem_network(&n, &p));
    const size_t dim = p->dim;
    double      *x = malloc(2 * dim * sizeof *x), *g = x + dim;
    double      *scratch = calloc(p->scratch, sizeof *scratch);
    *mean = calloc(dim, sizeof **mean);
    *exact = calloc(dim, sizeof **exact);
    p->kind->start(p->self, x);
    for (int i = 0; i < draws; i++)
        for (size_t w = 0; w < WORKERS; w++) {
            tg_rng draw = tg_rng_of(3, TG_PURPOSE_NOISE, (uint32_t)w, (uint32_t)i);
            p->kind->gradient(p->self, w, x, &draw, scratch, g);
            for (size_t j = 0; j < dim; j++) (*mean)[j] += g[j] / (WORKERS * draws);
        }
    assert_ok(tg_net_curve(p, x, NULL, NULL, *exact, NULL));
    free(scratch);
    free(x);
    tg_problem_free(p);
    return dim;
}

static double
distance(const double *a, const double *b, size_t n)
{
    double sum = 0, norm = 0;

    for (size_t j = 0; j < n; j++) {
        sum += (a[j] - b[j]) * (a[j] - b[j]);
        norm += b[j] * b[j];
    }
    return sqrt(sum / norm);
}

/* Three equal shares make F: exactly without draws, by the law of large numbers with them, also where a
 * batch passes in pieces. */
static void
test_batches(void **state)
{
    double *mean, *exact, far[2];

    (void)state;
    const size_t dim = gradients(0, 1, &mean, &exact);
    assert_true(distance(mean, exact, dim) < 1e-5);
    free(mean);
    free(exact);
    for (int k = 0; k < 2; k++) {
        gradients(k ? 1500 : 100, 10, &mean, &exact);
        far[k] = distance(mean, exact, dim);
        free(mean);
        free(exact);
    }
    assert_true(far[1] < .1 && far[0] > 2 * far[1] &&
                far[0] < 8 * far[1]); /* like 15^-1/2 */
}

/* ---- what is refused ----------------------------------------------------------------- */

static void
refused(tg_net *n, tg_status status, const char *words)
{
    tg_problem *p = NULL;

    assert_fails(tg_problem_network(n, &p), status, words);
    assert_null(p);
    tg_images_free(&n->train);
    tg_images_free(&n->test);
    tg_stack_free(n->stack);
}

static void
test_refused(void **state)
{
    const tg_shape shape = { 4, 4, 1 };
    tg_net         n = parts("mlr", shape, 40);

    (void)state;
    n.workers = 0;
    refused(&n, TG_EDOMAIN, "a network needs workers");
    n = parts("mlr", shape, 40);
    n.workers = 41;
    refused(&n, TG_EDOMAIN, "40 samples cannot be split over 41 workers");
    n = parts("mlr", shape, 40);
    for (int i = 0; i < 40; i++) n.train.label[i] = 3;
    refused(&n, TG_EINPUT, "training data: class 0 of 4 has no sample");
    n = parts("mlr", shape, 40);
    n.train.shape = (tg_shape){ 2, 8, 1 };
    refused(&n, TG_EDOMAIN, "images of 2 x 8 x 1 for a network of 4 x 4 x 1");
    n = parts("mlr", shape, 40);
    n.test.shape = (tg_shape){ 2, 8, 1 };
    refused(&n, TG_EDOMAIN, "test images of 2 x 8 x 1, training images of 4 x 4 x 1");
    n = parts("mlr", shape, 40);
    n.test.classes = 5;
    refused(&n, TG_EINPUT, "test data have 5 classes");
}

/* The first layer whose numbers are not finite, and the update after which that was. */
static void
test_sick(void **state)
{
    tg_net      n = parts("dnn", (tg_shape){ 4, 4, 1 }, 40);
    tg_problem *p = NULL;
    char        text[48];

    (void)state;
    const size_t second = n.stack->layer[2].first;
    assert_ok(tg_problem_network(&n, &p));
    double *x = malloc(p->dim * sizeof *x), *scratch = calloc(p->scratch, sizeof *scratch);
    p->kind->start(p->self, x);
    p->kind->sick(p->self, x, scratch, text, sizeof text);
    assert_string_equal(text, "");
    x[second] = NAN;
    p->kind->sick(p->self, x, scratch, text, sizeof text);
    assert_string_equal(text, "layer 3, dense");
    free(x);
    free(scratch);
    tg_problem_free(p);
}

RUN(cmocka_unit_test(test_softmax), cmocka_unit_test(test_gradient),
    cmocka_unit_test(test_noise), cmocka_unit_test(test_autoencoder),
    cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_spectrum),
    cmocka_unit_test(test_ends), cmocka_unit_test(test_batches),
    cmocka_unit_test(test_refused), cmocka_unit_test(test_sick))
