/* laws: one description of every kind of delay law, for tests that must hold for any. */
#ifndef TG_VALIDATION_LAWS_H
#define TG_VALIDATION_LAWS_H

static const char *const laws[] = {
    "{law: constant, value: 0.5}",
    "{law: exponential, mean: 0.5}",
    "{law: shifted_exponential, shift: 0.2, mean: 0.3}",
    "{law: gamma, shape: 2.5, mean: 0.5}",
    "{law: erlang, stages: 3, mean: 0.5}",
    "{law: hyperexponential, weights: [0.9, 0.1], means: [0.3, 2.3]}",
    "{law: uniform, min: 0, max: 1}",
    "{law: lognormal, mean: 0.5, cv: 0.5}",
    "{law: weibull, shape: 1.5, mean: 0.5}",
    "{law: pareto, shape: 3.5, mean: 0.5}",
    "{law: truncated_normal, mu: 0.5, sd: 0.2, min: 0, max: 2}",
    "{law: half_normal, sd: 0.6}",
    ("{mixture: [{weight: 0.9, law: gamma, shape: 4, mean: 0.4}, {weight: 0.1, law: "
     "constant, value: 1.4}]}"),
    "{sum: [{law: gamma, shape: 4, mean: 0.4}, {law: constant, value: 0.1}]}",
    "{law: exponential, mean: 0.7, at_most: 2}",
};
enum { LAWS = sizeof laws / sizeof *laws };

#endif
