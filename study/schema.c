/* schema: every key a study may have. Order here is the order in help and man page. */
#include "study/schema.h"

#include "asgd/links/link.h"
#include "asgd/networks/models.h"
#include "asgd/networks/place.h"
#include "asgd/optimisers/optimiser.h"
#include "asgd/problems/dataset.h"
#include "asgd/rules/rule.h"
#include "asgd/workers/behaviour.h"
#include "asgd/workers/pace.h"

#include <math.h>
#include <string.h>

#define MAP(path, required, doc)                                                           \
    {                                                                                      \
        path, TG_KEY_MAP, 0, 0, 0, required, "", NULL, doc, NULL, NULL                     \
    }
#define LIST(path, required, doc, registry, what)                                          \
    {                                                                                      \
        path, TG_KEY_LIST, 0, 0, 0, required, "", NULL, doc, registry, what                \
    }
#define CHOICE(path, fallback, doc, registry, what)                                        \
    {                                                                                      \
        path, TG_KEY_CHOICE, 0, 0, 0, 0, "", fallback, doc, registry, what                 \
    }
#define TEXT(path, required, fallback, doc)                                                \
    {                                                                                      \
        path, TG_KEY_TEXT, 0, 0, 0, required, "", fallback, doc, NULL, NULL                \
    }

#define LINK(path, way)                                                                    \
    MAP(path, 0, "the way " way),                                                          \
        CHOICE(path ".kind", "none", "who waits for whom", tg_links, "link"),              \
        { path ".transfer",                                                                \
          TG_KEY_LAW,                                                                      \
          0,                                                                               \
          0,                                                                               \
          0,                                                                               \
          0,                                                                               \
          "time",                                                                          \
          NULL,                                                                            \
          "law of a transfer alone (or bytes and bandwidth)",                              \
          NULL,                                                                            \
          NULL },                                                                          \
        LINK_NUMBER(path ".bytes", 0, "bytes", "0", "of what is sent"),                    \
        LINK_NUMBER(path ".compression", 1, "", "1", "factor of the bytes"),               \
        LINK_NUMBER(path ".bandwidth", 0, "bytes/time", "0", "0: as much as one likes"),   \
        LINK_NUMBER(path ".latency", 0, "time", "0",                                       \
                    "after the transfer, of each its own")
#define LINK_NUMBER(path, open, unit, fallback, doc)                                       \
    {                                                                                      \
        path, TG_KEY_NUMBER, 0, INFINITY, open, 0, unit, fallback, doc, NULL, NULL         \
    }

const tg_key tg_schema[] = {
    TEXT("name", 0, "study", "name of the study; its output folder is out/NAME"),
    { "seed", TG_KEY_WHOLE, 0, 0x1p53, 0, 0, "", "1", "seed of all random streams", NULL,
      NULL },

    MAP("objective", 1, "what is minimised: one of the following"),
    MAP("objective.quadratic", 0,
        "F(x) = sum of h_i (x_i - b_i)^2 / 2 over eigenvalues h_i"),
    { "objective.quadratic.eigenvalues", TG_KEY_NUMBERS, 0, INFINITY, 1, 0, "loss/x^2",
      NULL, "eigenvalues of the Hessian (or give a spectrum)", NULL, NULL },
    MAP("objective.quadratic.spectrum", 0, "eigenvalues by a law instead of a list"),
    TEXT("objective.quadratic.spectrum.law", 0, NULL,
         "power, geometric, uniform or marchenko_pastur"),
    TEXT("objective.quadratic.spectrum.file", 0, NULL,
         "instead of a law: eigenvalues or a density as tardigrad spectrum reads them"),
    { "objective.quadratic.spectrum.checkpoint", TG_KEY_NUMBER, -INFINITY, INFINITY, 0, 0,
      "", NULL, "of several in the file the one of this step (default: the last)", NULL,
      NULL },
    { "objective.quadratic.spectrum.count", TG_KEY_WHOLE, 1, 1e6, 0, 0, "", NULL,
      "number of eigenvalues of a law; quantiles of a density in a file (default 100)",
      NULL, NULL },
    { "objective.quadratic.spectrum.largest", TG_KEY_NUMBER, 0, INFINITY, 1, 0, "loss/x^2",
      "1", "largest eigenvalue", NULL, NULL },
    { "objective.quadratic.spectrum.smallest", TG_KEY_NUMBER, 0, INFINITY, 1, 0, "loss/x^2",
      "0.01", "smallest eigenvalue (geometric, uniform)", NULL, NULL },
    { "objective.quadratic.spectrum.decay", TG_KEY_NUMBER, 0, 100, 0, 0, "", "1",
      "h_i = largest / i^decay (power)", NULL, NULL },
    { "objective.quadratic.spectrum.ratio", TG_KEY_NUMBER, 0, 1, 1, 0, "", "0.5",
      "features over samples, <= 1 (marchenko_pastur)", NULL, NULL },
    { "objective.quadratic.start", TG_KEY_NUMBERS, -INFINITY, INFINITY, 0, 0, "x", "1",
      "starting point along each eigenvector", NULL, NULL },
    { "objective.quadratic.minimum_spread", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "x", "0",
      "standard deviation of the workers' own minima b_i (heterogeneous data), centred",
      NULL, NULL },
    MAP("objective.quadratic.noise", 0, "noise of one stochastic gradient"),
    { "objective.quadratic.noise.additive", TG_KEY_NUMBERS, 0, INFINITY, 0, 0, "loss/x",
      "0", "its standard deviation along each eigenvector", NULL, NULL },
    { "objective.quadratic.noise.batch", TG_KEY_WHOLE, 0, 1e9, 0, 0, "", "0",
      "least squares: gradients from so many samples drawn afresh, features N(0, h_i); 0: "
      "not",
      NULL, NULL },
    { "objective.quadratic.noise.label", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "", "0",
      "standard deviation of a sample's label (with batch)", NULL, NULL },

    MAP("objective.tridiagonal", 0,
        "Nesterov's worst case, x'Ax/2 - b'x, a chain of springs"),
    { "objective.tridiagonal.dim", TG_KEY_WHOLE, 1, 1e7, 0, 1, "", NULL, "coordinates",
      NULL, NULL },
    { "objective.tridiagonal.noise", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "loss/x", "0",
      "standard deviation of the noise of a coordinate of a gradient", NULL, NULL },
    { "objective.tridiagonal.shared", TG_KEY_TRUTH, 0, 0, 0, 0, "", "false",
      "one draw of the noise for all coordinates of a gradient", NULL, NULL },

    MAP("objective.softmax", 0, "softmax regression on an IDX data set (MNIST)"),
    TEXT("objective.softmax.images", 1, NULL, "IDX file of images, plain or .gz"),
    TEXT("objective.softmax.labels", 1, NULL, "IDX file of labels, plain or .gz"),
    { "objective.softmax.samples", TG_KEY_WHOLE, 1, 1e9, 0, 0, "", "1000000000",
      "use at most so many samples from the start", NULL, NULL },
    { "objective.softmax.ridge", TG_KEY_NUMBER, 0, INFINITY, 1, 0, "loss/x^2", "0.01",
      "coefficient r of the penalty r |x|^2 / 2", NULL, NULL },
    { "objective.softmax.batch", TG_KEY_WHOLE, 1, 1e9, 0, 0, "", "32",
      "minibatch of a gradient", NULL, NULL },
    CHOICE("objective.softmax.split", "identical", "who owns which samples", tg_splits,
           "split"),
    { "objective.softmax.modes", TG_KEY_WHOLE, 1, 1000, 0, 0, "", "20",
      "top Hessian eigenvalues to compute", NULL, NULL },
    { "objective.softmax.settled", TG_KEY_TRUTH, 0, 0, 0, 0, "", "false",
      "runs begin at the minimum, not at x = 0: does the step keep them there?", NULL,
      NULL },

    MAP("objective.logistic", 0, "logistic regression on a LIBSVM file of two classes"),
    TEXT("objective.logistic.file", 1, NULL, "LIBSVM file, plain or .gz"),
    { "objective.logistic.samples", TG_KEY_WHOLE, 1, 1e9, 0, 0, "", "1000000000",
      "use at most so many samples from the start", NULL, NULL },
    { "objective.logistic.l2", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "loss/x^2", "0",
      "coefficient l of the penalty l |x|^2 / 2", NULL, NULL },
    { "objective.logistic.nonconvex", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "loss", "0",
      "coefficient l of the penalty l sum x^2 / (1 + x^2)", NULL, NULL },
    { "objective.logistic.batch", TG_KEY_WHOLE, 0, 1e9, 0, 0, "", "32",
      "minibatch of a gradient; 0: all samples of the worker", NULL, NULL },
    { "objective.logistic.start", TG_KEY_NUMBER, -INFINITY, INFINITY, 0, 0, "x", "0",
      "starting point, the same in every coordinate", NULL, NULL },
    CHOICE("objective.logistic.split", "contiguous", "who owns which samples", tg_splits,
           "split"),

    MAP("objective.factorisation", 0, "factors of users and items from ratings"),
    TEXT("objective.factorisation.ratings", 0, NULL,
         "MovieLens' ratings.dat or u.data, plain or .gz"),
    MAP("objective.factorisation.synthetic", 0,
        "instead of a file: made up, from planted factors"),
    { "objective.factorisation.synthetic.users", TG_KEY_WHOLE, 1, 1e6, 0, 1, "", NULL,
      "who rate", NULL, NULL },
    { "objective.factorisation.synthetic.items", TG_KEY_WHOLE, 1, 1e6, 0, 1, "", NULL,
      "that are rated", NULL, NULL },
    { "objective.factorisation.synthetic.count", TG_KEY_WHOLE, 2, 1e8, 0, 1, "", NULL,
      "ratings, of different pairs", NULL, NULL },
    { "objective.factorisation.synthetic.rank", TG_KEY_WHOLE, 1, 1000, 0, 0, "", "5",
      "of the planted factors", NULL, NULL },
    { "objective.factorisation.synthetic.noise", TG_KEY_NUMBER, 0, 1000, 0, 0, "", "0",
      "standard deviation of the noise of a rating, that of the factors' product being 1",
      NULL, NULL },
    { "objective.factorisation.samples", TG_KEY_WHOLE, 2, 1e9, 0, 0, "", "1000000000",
      "use at most so many ratings from the start of the file", NULL, NULL },
    { "objective.factorisation.test", TG_KEY_NUMBER, 0, 0.9, 0, 0, "", "0.1",
      "share of the ratings held out to test, drawn at random", NULL, NULL },
    { "objective.factorisation.rank", TG_KEY_WHOLE, 1, 1000, 0, 0, "", "5",
      "factors of a user or an item", NULL, NULL },
    { "objective.factorisation.l2", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "loss/x^2", "0",
      "coefficient l of each rating's penalty l (|u|^2 + |v|^2) / 2", NULL, NULL },
    { "objective.factorisation.batch", TG_KEY_WHOLE, 0, 1e9, 0, 0, "", "32",
      "ratings of a gradient; 0: all of the worker", NULL, NULL },
    { "objective.factorisation.start", TG_KEY_NUMBER, 0, INFINITY, 1, 0, "x", "0.1",
      "standard deviation of the factors at the start", NULL, NULL },
    CHOICE("objective.factorisation.split", "identical",
           "who owns which ratings; its classes are groups of users", tg_splits, "split"),

    MAP("objective.lda", 0,
        "topics of documents by Gibbs sampling; the step is 1, an update a difference of "
        "counts"),
    TEXT("objective.lda.bag_of_words", 0, NULL,
         "UCI's docword.*.txt, plain or .gz: the corpus"),
    TEXT("objective.lda.texts", 0, NULL,
         "or a folder of texts, each file a document; words are runs of three letters and "
         "more"),
    MAP("objective.lda.synthetic", 0, "or made up: drawn from planted topics"),
    { "objective.lda.synthetic.documents", TG_KEY_WHOLE, 1, 1e8, 0, 1, "", NULL,
      "of the corpus", NULL, NULL },
    { "objective.lda.synthetic.words", TG_KEY_WHOLE, 1, 1e7, 0, 1, "", NULL,
      "of the vocabulary", NULL, NULL },
    { "objective.lda.synthetic.topics", TG_KEY_WHOLE, 1, 1e5, 0, 1, "", NULL,
      "that are planted", NULL, NULL },
    { "objective.lda.synthetic.length", TG_KEY_WHOLE, 1, 1e7, 0, 0, "", "100",
      "tokens of a document", NULL, NULL },
    { "objective.lda.synthetic.alpha", TG_KEY_NUMBER, 0, 1e6, 1, 0, "", "0.1",
      "of the Dirichlet distribution of a document over topics", NULL, NULL },
    { "objective.lda.synthetic.beta", TG_KEY_NUMBER, 0, 1e6, 1, 0, "", "0.1",
      "of the Dirichlet distribution of a topic over words", NULL, NULL },
    { "objective.lda.documents", TG_KEY_WHOLE, 1, 1e9, 0, 0, "", "1000000000",
      "use at most so many documents from the start", NULL, NULL },
    { "objective.lda.topics", TG_KEY_WHOLE, 1, 1e5, 0, 0, "", "10",
      "K, that are looked for", NULL, NULL },
    { "objective.lda.alpha", TG_KEY_NUMBER, 0, 1e6, 1, 0, "", "0.1",
      "prior of the topics of a document", NULL, NULL },
    { "objective.lda.beta", TG_KEY_NUMBER, 0, 1e6, 1, 0, "", "0.1",
      "prior of the words of a topic", NULL, NULL },
    { "objective.lda.batch", TG_KEY_WHOLE, 0, 1e9, 0, 0, "", "0",
      "documents of a job, in turn; 0: all of the worker", NULL, NULL },

    MAP("objective.network", 0, "a neural network on labelled images"),
    CHOICE("objective.network.model", NULL, "a network by name (or its layers)", tg_models,
           "model"),
    LIST("objective.network.layers", 0,
         "its layers in their order, the last of them a loss", tg_layers_single, "layer"),
    TEXT("objective.network.layers[].name", 1, NULL, "what the layer does"),
    MAP("objective.network.data", 1,
        "where the images are: IDX files, a folder, or made up"),
    TEXT("objective.network.data.images", 0, NULL, "IDX file of images, plain or .gz"),
    TEXT("objective.network.data.labels", 0, NULL, "IDX file of labels, plain or .gz"),
    TEXT("objective.network.data.test_images", 0, NULL, "the same to test"),
    TEXT("objective.network.data.test_labels", 0, NULL, "the same to test"),
    TEXT(
        "objective.network.data.cifar", 0, NULL,
        "folder with CIFAR-10's binary files data_batch_N.bin and test_batch.bin, plain or "
        ".gz"),
    MAP("objective.network.data.synthetic", 0,
        "made up: a random picture for each class, and noise"),
    { "objective.network.data.synthetic.samples", TG_KEY_WHOLE, 2, 1e7, 0, 1, "", NULL,
      "to train", NULL, NULL },
    { "objective.network.data.synthetic.test", TG_KEY_WHOLE, 0, 1e7, 0, 0, "", "0",
      "to test", NULL, NULL },
    { "objective.network.data.synthetic.classes", TG_KEY_WHOLE, 2, 255, 0, 0, "", "10",
      "of images", NULL, NULL },
    { "objective.network.data.synthetic.height", TG_KEY_WHOLE, 1, 1000, 0, 0, "", "8",
      "of an image", NULL, NULL },
    { "objective.network.data.synthetic.width", TG_KEY_WHOLE, 1, 1000, 0, 0, "", "8",
      "of an image", NULL, NULL },
    { "objective.network.data.synthetic.channels", TG_KEY_WHOLE, 1, 100, 0, 0, "", "1",
      "of a pixel", NULL, NULL },
    { "objective.network.data.synthetic.noise", TG_KEY_NUMBER, 0, 100, 0, 0, "", "1",
      "standard deviation of the noise, that of the pictures being 1", NULL, NULL },
    { "objective.network.samples", TG_KEY_WHOLE, 1, 1e9, 0, 0, "", "1000000000",
      "use at most so many samples from the start", NULL, NULL },
    { "objective.network.batch", TG_KEY_WHOLE, 0, 1e6, 0, 0, "", "32",
      "minibatch of a gradient; 0: all samples of the worker", NULL, NULL },
    { "objective.network.measured", TG_KEY_WHOLE, 0, 1e9, 0, 0, "", "0",
      "the loss is told over the first so many samples; 0: over all", NULL, NULL },
    CHOICE("objective.network.split", "identical", "who owns which samples", tg_splits,
           "split"),

    LIST("workers", 1, "groups of workers", NULL, NULL),
    TEXT("workers[].name", 0, "", "name of the group"),
    { "workers[].count", TG_KEY_WHOLE, 1, 1e7, 0, 1, "", NULL, "workers in the group", NULL,
      NULL },
    { "workers[].compute", TG_KEY_LAW, 0, 0, 0, 1, "time", NULL,
      "law of a worker's round trip", NULL, NULL },
    { "workers[].minimum", TG_KEY_NUMBERS, -INFINITY, INFINITY, 0, 0, "x", "0",
      "the workers' own minimum b_i: one for the group, or one for each of its workers",
      NULL, NULL },
    CHOICE("workers[].speed", "constant", "how fast they are as time goes on", tg_paces,
           "speed"),
    { "workers[].speed_times", TG_KEY_NUMBERS, 0, INFINITY, 0, 0, "time", NULL,
      "speed: schedule: when the speed changes, rising", NULL, NULL },
    { "workers[].speed_values", TG_KEY_NUMBERS, 0, INFINITY, 0, 0, "1", NULL,
      "speed: schedule: the speed from each of these times on", NULL, NULL },
    { "workers[].spread", TG_KEY_LAW, 0, 0, 0, 0, "", NULL,
      "law, of mean 1, of a factor of each worker's own on the times of its jobs", NULL,
      NULL },
    TEXT("workers_start", 0, "staggered",
         "staggered: at t = 0 every worker is somewhere in its job; together: all begin at "
         "0"),

    TEXT("replay", 0, NULL,
         "table of events (simulate --events) whose times are taken job for job"),

    LINK("uplink", "from the workers to the server"),
    LINK("downlink", "from the server to the workers"),

    LIST("algorithm", 1,
         "server rules to run with their parameters; one, or several to compare", tg_rules,
         "algorithm"),
    TEXT("algorithm[].name", 1, NULL, "the rule: tardigrad help study lists them"),
    { "algorithm[].step", TG_KEY_STEP, 0, INFINITY, 1, 1, "x^2/loss", NULL,
      "learning rate; tune: the one that is found to be best by simulation", NULL, NULL },
    CHOICE("algorithm[].optimiser", "sgd",
           "how the model moves along what the rule gives it", tg_optimisers, "optimiser"),
    CHOICE("algorithm[].schedule", "constant", "the learning rate over steps", tg_schedules,
           "schedule"),
    CHOICE("algorithm[].behaviour", "plain", "what workers do between reading and sending",
           tg_behaviours, "behaviour"),
    { "algorithm[].clip", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "loss/x", "0",
      "largest norm of a direction; 0: any", NULL, NULL },
    { "algorithm[].weight_decay", TG_KEY_NUMBER, 0, INFINITY, 0, 0, "loss/x^2", "0",
      "weight decay", NULL, NULL },

    { "algorithm[].lag_weights", TG_KEY_NUMBERS, 0, INFINITY, 0, 0, "", NULL,
      "stale_table: weights of a lag of 0, 1, 2, .. rounds", NULL, NULL },
    { "algorithm[].stage_sizes", TG_KEY_NUMBERS, 1, 1e9, 0, 0, "", NULL,
      "stale_*: coordinates of each stage of a pipeline, in their order", NULL, NULL },
    { "algorithm[].stage_lags", TG_KEY_NUMBERS, 0, 4096, 0, 0, "rounds", NULL,
      "stale_*: further rounds that the moves of each stage come late", NULL, NULL },

    MAP("target", 0, "when the work is done"),
    { "target.loss", TG_KEY_NUMBER, 0, INFINITY, 1, 1, "loss", NULL,
      "excess loss F - F* to reach and stay below", NULL, NULL },
    { "horizon", TG_KEY_NUMBER, 0, INFINITY, 1, 1, "time", NULL, "time simulated", NULL,
      NULL },
    { "replicas", TG_KEY_WHOLE, 1, 1e7, 0, 0, "", "100", "independent simulations", NULL,
      NULL },
    { "points", TG_KEY_WHOLE, 2, 1e6, 0, 0, "", "241", "points of the time grid", NULL,
      NULL },
    { "coherence", TG_KEY_TRUTH, 0, 0, 0, 0, "", "false",
      "study also holds exact gradients against earlier ones, at the points of the grid",
      NULL, NULL },
    MAP("sweep", 0, "values to try, each in turn"),
    { "sweep.workers", TG_KEY_NUMBERS, 1, 1e7, 0, 0, "", NULL,
      "total workers; groups keep their proportions", NULL, NULL },
    { "sweep.step", TG_KEY_NUMBERS, 0, INFINITY, 1, 0, "x^2/loss", NULL,
      "learning rates of the region figure (default: chosen around the boundary)", NULL,
      NULL },

    MAP("schedule", 0, "what tardigrad schedule looks for"),
    TEXT("schedule.least", 0, "time",
         "of what the least is sought: time, gradients, bytes (of the uplink) or price"),
    { "schedule.targets", TG_KEY_NUMBERS, 0, INFINITY, 1, 0, "loss", NULL,
      "excess losses to come to, each in turn (default: target.loss)", NULL, NULL },
    { "schedule.workers", TG_KEY_NUMBERS, 1, 1e7, 0, 0, "", NULL,
      "numbers of workers in the table; the best is sought among all between (default: "
      "sweep.workers, or from 1 to four times the study's)",
      NULL, NULL },
    { "schedule.step", TG_KEY_NUMBERS, 0, INFINITY, 1, 0, "x^2/loss", NULL,
      "least and largest learning rate allowed (default: any)", NULL, NULL },
    { "schedule.steps", TG_KEY_WHOLE, 2, 1000, 0, 0, "", "40",
      "learning rates of the map of times", NULL, NULL },
    { "schedule.price", TG_KEY_NUMBER, 0, INFINITY, 1, 0, "1/time", "1",
      "price of a worker in a unit of time", NULL, NULL },
    { 0 },
};

/* "workers[3].count" -> "workers[].count"; 0 if it does not fit. */
static int
schema_path(const char *path, char *out, size_t room)
{
    size_t n = 0;

    for (; *path; path++) {
        if (n + 1 >= room) return 0;
        out[n++] = *path;
        if (*path == '[') path += strcspn(path, "]") - 1;
    }
    out[n] = '\0';
    return 1;
}

const tg_key *
tg_schema_find(const char *path)
{
    char wanted[256];

    if (!schema_path(path, wanted, sizeof wanted)) return NULL;
    for (const tg_key *k = tg_schema; k->path; k++)
        if (!strcmp(k->path, wanted)) return k;
    return NULL;
}
