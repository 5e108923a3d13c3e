/* What a random delay means: mean and variance at t = 2 of
 *
 *     dX = -X(t - T) dt + dW,   X = 1 on t <= 0,   T exponential with mean 1/2
 *
 * for each meaning, the table of THEORY.md 3.5. `step` is `distributed` but for O(dt),
 * which is stated as the model's error; arrivals come at rate 4. */
#include "validation/unit/equations.h"
#include "validation/versus/versus.h"

#include "solver/jump.h"
#include "solver/moments.h"
#include "solver/sdde.h"

enum { PATHS = 100000, NODES = 1000 };
static const double DT = .01, END = 2, RATE = 4;

static tg_stats
simulate(const tg_delay *law, tg_random_delay meaning)
{
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .noises = 1,
                             .diagonal = 1,
                             .law = law,
                             .meaning = meaning,
                             .drift = feedback,
                             .diffusion = unit_noise,
                             .history = one };
    const size_t      steps = (size_t)lround(END / DT);
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("rk"),
                            .paths = PATHS,
                            .steps = steps,
                            .every = steps,
                            .dt = DT,
                            .seed = 1 };
    tg_stats          s[2];

    must(tg_sdde_solve(&r, s, NULL));
    return s[1];
}

/* Gradients come at RATE, each with a delay of its own: eta = 1/RATE, and noise as strong.
 */
static tg_stats
simulate_arrivals(const tg_delay *law)
{
    const tg_jump_mode m = { 1, sqrt(RATE), 1 };
    const tg_jump      j = { .mode = &m,
                             .modes = 1,
                             .eta = 1 / RATE,
                             .lambda = RATE,
                             .delay = law,
                             .paths = PATHS,
                             .interval = END,
                             .rows = 2,
                             .seed = 1 };
    tg_stats           s[2];

    must(tg_jump_run(&j, s));
    return s[1];
}

static void
predict(const tg_delay *law, double jump, double *mean, double *variance)
{
    const tg_mode m = { .loop = { .a = 1, .delay = (tg_delay *)law },
                        .noise = 1,
                        .jump = jump };
    double        y[3], second[3];

    must(tg_moments_follow(&m, 1, END, 3, 0, NULL, y, second));
    *mean = y[2];
    *variance = second[2] - y[2] * y[2];
}

/* The mixture of the equations with one delay each, at the middle of equal shares. */
static void
predict_path(const tg_delay *law, double *mean, double *variance)
{
    double second = 0;

    *mean = 0;
    for (int k = 0; k < NODES; k++) {
        const double tau = tg_delay_quantile(law, (k + .5) / NODES);
        tg_delay    *d = NULL;
        double       y, v;
        must(tg_delay_create("constant", &tau, &d));
        predict(d, 0, &y, &v);
        tg_delay_free(d);
        *mean += y / NODES;
        second += (v + y * y) / NODES;
    }
    *variance = second - *mean * *mean;
}

static int
compare(const char *meaning, const tg_stats *s, double mean, double variance, double model)
{
    const double v = tg_stats_variance(s);
    const double error = v * sqrt(4 / s->n); /* 2 for a normal law, more for a mixture */

    return claim_row(meaning, "mean", mean, 0, s->mean, tg_stats_error(s), "sde") |
           claim_row(meaning, "variance", variance, model, v, error, "sde");
}

int
main(void)
{
    tg_delay *law = NULL;
    double    mean, variance;
    int       bad = 0;

    must(tg_delay_parse("{law: exponential, mean: 0.5}", &law));
    claims_header();
    tg_stats s = simulate(law, TG_DELAY_PATH);
    predict_path(law, &mean, &variance);
    bad |= compare("path", &s, mean, variance, 0);
    predict(law, 0, &mean, &variance);
    s = simulate(law, TG_DELAY_DISTRIBUTED);
    bad |= compare("distributed", &s, mean, variance, 0);
    s = simulate(law, TG_DELAY_STEP);
    bad |= compare("step", &s, mean, variance, DT);
    predict(law, 1 / RATE, &mean, &variance);
    s = simulate_arrivals(law);
    bad |= compare("arrival, rate 4", &s, mean, variance, 0);
    tg_delay_free(law);
    return bad;
}
