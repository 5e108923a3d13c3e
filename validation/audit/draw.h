/* draw: a random study from (seed, index)
 *
 * P is log-uniform on 1 .. 500; the laws of 1 to 3 groups come from the whole registry, with
 * coefficients of variation from 0 to beyond 3; up to 6 modes of condition 1 to 1e4; noise
 * none to large; minima that differ in three of ten; staggered or together; ASGD or DuDe;
 * learning rates up to 95 % of the mean field's limit, in one of eight beyond it; horizons
 * of a round trip to many times the slowest mode's, as far as the work allows.
 */
#ifndef TG_VALIDATION_DRAW_H
#define TG_VALIDATION_DRAW_H

#include "validation/versus/versus.h"

#include "core/loop.h"
#include "roots/threshold.h"
#include "study/study.h"

#include <stdarg.h>

enum { DRAW_GROUPS = 3, DRAW_MODES = 6, DRAW_TEXT = 8192 };

typedef struct draw {
    tg_rng      rng;
    char        text[DRAW_TEXT]; /* the study, but for what is decided last */
    size_t      used;
    const char *folder; /* for traces */
    uint64_t    seed, index;
    double      h_max, h_min, start_loss;
} draw;

static inline double
between(draw *d, double low, double high)
{
    return low + (high - low) * tg_rng_uniform(&d->rng);
}

static inline double
between_log(draw *d, double low, double high)
{
    return exp(between(d, log(low), log(high)));
}

static inline bool
chance(draw *d, double p)
{
    return tg_rng_uniform(&d->rng) < p;
}

__attribute__((format(printf, 2, 3))) static inline void
put(draw *d, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    d->used += (size_t)vsnprintf(d->text + d->used, DRAW_TEXT - d->used, format, list);
    va_end(list);
    if (d->used >= DRAW_TEXT) {
        fprintf(stderr, "study %llu is too long\n", (unsigned long long)d->index);
        exit(1);
    }
}

/* ---- laws, each of a mean ------------------------------------------------------------ */

static inline void put_law(draw *d, double mean, int depth);

static inline void
put_constant(draw *d, double m)
{
    put(d, "{law: constant, value: %.6g}", m);
}

static inline void
put_exponential(draw *d, double m)
{
    put(d, "{law: exponential, mean: %.6g}", m);
}

static inline void
put_shifted(draw *d, double m)
{
    const double share = between(d, 0.1, 0.9);

    put(d, "{law: shifted_exponential, shift: %.6g, mean: %.6g}", m * share,
        m * (1 - share));
}

static inline void
put_gamma(draw *d, double m)
{
    put(d, "{law: gamma, shape: %.6g, mean: %.6g}", between_log(d, 0.3, 30), m);
}

static inline void
put_erlang(draw *d, double m)
{
    put(d, "{law: erlang, stages: %d, mean: %.6g}", 1 + (int)between(d, 0, 8), m);
}

static inline void
put_hyperexponential(draw *d, double m)
{
    const double w = between(d, 0.5, 0.95), slow = m * between_log(d, 1.5, 6);
    const double fast = (m - (1 - w) * slow) / w;

    if (fast > 0.01 * m)
        put(d, "{law: hyperexponential, weights: [%.6g, %.6g], means: [%.6g, %.6g]}", w,
            1 - w, fast, slow);
    else
        put_exponential(d, m);
}

static inline void
put_uniform(draw *d, double m)
{
    const double half = between(d, 0.05, 1);

    put(d, "{law: uniform, min: %.6g, max: %.6g}", m * (1 - half), m * (1 + half));
}

static inline void
put_lognormal(draw *d, double m)
{
    put(d, "{law: lognormal, mean: %.6g, cv: %.6g}", m, between_log(d, 0.1, 3));
}

static inline void
put_weibull(draw *d, double m)
{
    put(d, "{law: weibull, shape: %.6g, mean: %.6g}", between_log(d, 0.5, 8), m);
}

static inline void
put_pareto(draw *d, double m)
{
    put(d, "{law: pareto, shape: %.6g, mean: %.6g}", between_log(d, 1.6, 10), m);
}

static inline void
put_truncated_normal(draw *d, double m)
{
    put(d, "{law: truncated_normal, mu: %.6g, sd: %.6g}", m, m * between(d, 0.1, 1));
}

static inline void
put_half_normal(draw *d, double m)
{
    put(d, "{law: half_normal, sd: %.6g}", 1.2533141373155 * m);
}

/* A trace of 200 observed times, written beside. */
static inline void
put_empirical(draw *d, double m)
{
    char name[512];

    snprintf(name, sizeof name, "%s/trace-%llu-%llu-%zu.csv", d->folder,
             (unsigned long long)d->seed, (unsigned long long)d->index, d->used);
    FILE *f = fopen(name, "w");
    if (!f) {
        perror(name);
        exit(1);
    }
    fprintf(f, "seconds\n");
    for (int i = 0; i < 200; i++)
        fprintf(f, "%.6g\n", m * (0.4 + 0.6 * -log(tg_rng_uniform(&d->rng))));
    fclose(f);
    put(d, "{law: empirical, file: %s, column: seconds}", name);
}

static inline void
put_mixture(draw *d, double m)
{
    put(d, "{mixture: [{weight: 0.9, ");
    for (int i = 0; i < 2; i++) {
        const double mean = i ? m * between_log(d, 2, 5) : m * 0.7;
        draw         part = *d; /* an entry carries its weight inside the law's braces */
        part.used = 0;
        put_law(&part, mean, 1);
        part.text[part.used] = 0;
        d->rng = part.rng;
        put(d, "%s%s", i ? ", {weight: 0.1, " : "", part.text + 1);
    }
    put(d, "]}");
}

static inline void
put_sum(draw *d, double m)
{
    const double share = between(d, 0.2, 0.8);

    put(d, "{sum: [");
    put_law(d, m * share, 1);
    put(d, ", ");
    put_law(d, m * (1 - share), 1);
    put(d, "]}");
}

static inline void
put_at_most(draw *d, double m)
{
    put(d, "{law: lognormal, mean: %.6g, cv: %.6g, at_most: %.6g}", m,
        between_log(d, 0.3, 2), m * between(d, 1.2, 5));
}

static const struct drawn_law {
    const char *name;
    void (*put)(draw *d, double mean);
} drawn_laws[] = { { "constant", put_constant },
                   { "exponential", put_exponential },
                   { "shifted_exponential", put_shifted },
                   { "gamma", put_gamma },
                   { "erlang", put_erlang },
                   { "hyperexponential", put_hyperexponential },
                   { "uniform", put_uniform },
                   { "lognormal", put_lognormal },
                   { "weibull", put_weibull },
                   { "pareto", put_pareto },
                   { "truncated_normal", put_truncated_normal },
                   { "half_normal", put_half_normal },
                   { "empirical", put_empirical },
                   { "mixture", put_mixture },
                   { "sum", put_sum },
                   { "at_most", put_at_most } };

enum { DRAWN_LAWS = sizeof drawn_laws / sizeof *drawn_laws, DRAWN_PLAIN = 12 };

/* Any law; inside another one (depth 1) a plain one. */
static inline void
put_law(draw *d, double mean, int depth)
{
    const uint64_t i = tg_rng_below(&d->rng, depth ? DRAWN_PLAIN : DRAWN_LAWS);

    drawn_laws[i].put(d, mean);
}

/* Every law of the registry is drawn. */
static inline void
check_laws(void)
{
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++) {
        size_t i = 0;
        while (i < DRAWN_LAWS && strcmp(drawn_laws[i].name, tg_delay_kind_name(*k))) i++;
        if (i < DRAWN_LAWS) continue;
        fprintf(stderr, "no study is drawn with the law %s\n", tg_delay_kind_name(*k));
        exit(1);
    }
}

/* ---- the parts of a study ------------------------------------------------------------ */

static inline void
put_objective(draw *d)
{
    const size_t modes = 1 + (chance(d, 0.6) ? tg_rng_below(&d->rng, DRAW_MODES) : 0);
    const double condition = between_log(d, 1, 1e4);

    d->h_max = d->h_min = 1;
    d->start_loss = 0;
    put(d, "objective: {quadratic: {eigenvalues: [1");
    for (size_t j = 1; j < modes; j++) {
        const double h = j == 1 ? 1 / condition : 1 / between_log(d, 1, condition);
        d->h_min = fmin(d->h_min, h);
        put(d, ", %.6g", h);
    }
    put(d, "], start: %.4g", between(d, -2, 2));
    const double noise = chance(d, 0.25) ? 0 : between_log(d, 0.01, 3);
    put(d, ", noise: {additive: %.4g}", noise);
    if (chance(d, 0.1)) put(d, ", minimum_spread: %.4g", between(d, 0.05, 1));
    put(d, "}}\n");
}

static inline void
put_workers(draw *d)
{
    const size_t total = (size_t)round(between_log(d, 1, 500.4));
    const double die = between(d, 0, 1), unit = between_log(d, 0.1, 10);
    size_t       groups = die < 0.6 ? 1 : die < 0.85 ? 2 : 3, left = total;
    const bool   minima = chance(d, 0.3);

    if (groups > total) groups = total;
    put(d, "workers:\n");
    for (size_t g = 0; g < groups; g++) {
        const size_t most = left - (groups - g - 1);
        const size_t count = g + 1 == groups ? left : 1 + tg_rng_below(&d->rng, most);
        put(d, "  - {count: %zu, compute: ", count);
        put_law(d, unit * (groups > 1 ? between_log(d, 0.3, 3) : 1), 0);
        if (minima) put(d, ", minimum: %.4g", between(d, -1, 1));
        put(d, "}\n");
        left -= count;
    }
    put(d, "workers_start: %s\n", chance(d, 0.8) ? "staggered" : "together");
}

/* The mean field's limit of the loop gain, capped where there is none; of DuDe-ASGD as if
 * all workers were one group. */
static inline double
limit_of(const tg_cluster *c, bool dude)
{
    tg_delay    *delay = NULL;
    tg_threshold t;

    must(tg_cluster_delay(c, &delay));
    const tg_loop loop = { .a = 1,
                           .delay = delay,
                           .filter = tg_filter_find(dude ? "dude" : "asgd"),
                           .lambda = tg_cluster_rate(c) };
    must(tg_loop_threshold(&loop, &t));
    tg_delay_free(delay);
    return fmin(t.gain, 3);
}

/* Learning rate, horizon and target, once the cluster is known. */
static inline void
put_times(draw *d)
{
    const double most = 2e5; /* updates of a replica */

    const bool   dude = chance(d, 0.5);
    tg_study    *study = NULL;
    tg_cluster  *c = NULL;
    const size_t here = d->used;

    put(d, "algorithm: {name: asgd, step: 1}\nhorizon: 1\n");
    must(tg_study_parse(d->text, "draw", &study));
    must(tg_study_cluster(study, 0, &c));
    const double share = chance(d, 0.125) ? between(d, 1.1, 2) : between_log(d, 0.03, 0.95);
    const double gain = share * limit_of(c, dude), lambda = tg_cluster_rate(c);
    const double step = gain / (double)c->workers, mean = (double)c->workers / lambda;
    const double slowest = 1 / (step * lambda * d->h_min);
    const double horizon = chance(d, 0.2) ? mean * between_log(d, 1, 10)
                                          : slowest * between_log(d, 1, 10) + 10 * mean;
    tg_cluster_free(c);
    tg_study_free(study);
    d->used = here;
    put(d, "algorithm: {name: %s, step: %.4g}\nhorizon: %.4g\ntarget: {loss: %.3g}\n",
        dude ? "dude" : "asgd", step, fmin(horizon, most / lambda),
        between_log(d, 1e-3, 0.5));
}

/* The study of this index, into d->text. */
static inline void
draw_study(draw *d, uint64_t seed, uint64_t index, const char *folder)
{
    *d = (draw){ .rng = tg_rng_stream(seed, TG_PURPOSE_TEST, index),
                 .folder = folder,
                 .seed = seed,
                 .index = index };
    put(d, "name: audit-%llu-%llu\nseed: %llu\n", (unsigned long long)seed,
        (unsigned long long)index, (unsigned long long)index + 1);
    put_objective(d);
    put_workers(d);
    put_times(d);
}

#endif
