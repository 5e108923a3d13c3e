/* delay: laws of delay, seen three ways
 *
 *     sample           T ~ law                      for the event simulator
 *     pdf, cdf, quantile                            for the integrator
 *     laplace          phi(s) = E exp(-s T)         for the characteristic equation
 *
 * A law is an immutable object that any number of threads may share. T >= 0; T, its mean
 * and the standard deviation share the caller's unit of time, s has its inverse.
 *
 * Grammar, the same in files and on the command line:
 *     {law: gamma, shape: 4, mean: 1.0}      {sum: [LAW, LAW, ...]}
 *     {mixture: [{weight: 0.9, law: ...}, ...]}      {law: ..., at_most: theta}
 *     {law: empirical, file: log.csv, column: seconds}
 */
#ifndef TG_CORE_DELAY_H
#define TG_CORE_DELAY_H

#include "core/node.h"
#include "core/rng.h"
#include "core/status.h"
#include "core/weights.h"

#include <complex.h>
#include <stddef.h>

typedef struct tg_delay tg_delay;

/* Make a law from its description, or from text such as "{law: constant, value: 2}". A file
 * named by an empirical law is taken relative to the folder of the description's own file.
 * *out is owned by the caller, tg_delay_free(); unchanged on failure.
 * Errors: TG_EINPUT unknown law or key, value out of range, with place and nearest word;
 * TG_EIO trace unreadable; TG_ENOMEM. */
TG_CHECKED tg_status tg_delay_from_node(const tg_node *node, tg_delay **out);
TG_CHECKED tg_status tg_delay_parse(const char *text, tg_delay **out);

/* Make a law of the registry from its parameters in declared order, e.g. ("gamma", {4, 1}).
 * Errors: TG_EINPUT unknown name; TG_EDOMAIN parameter out of range; TG_ENOMEM. */
TG_CHECKED tg_status tg_delay_create(const char *name, const double *params,
                                     tg_delay **out);

/* The law of a trace of n >= 1 observed times; the mixture of exponentials with these means
 * (n) [time]; the law of the sum of independent parts; of a mixture
 * with weights > 0 (normalised); of `part` given T <= at_most. Parts are borrowed: the new
 * law holds its own references.
 * Errors: TG_EDOMAIN no entries, times or weights not finite or < 0, P(T <= at_most) = 0;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_delay_empirical(const double *times, size_t n, tg_delay **out);
TG_CHECKED tg_status tg_delay_hyperexponential(const double *weight, const double *mean,
                                               size_t n, tg_delay **out);
TG_CHECKED tg_status tg_delay_sum(const tg_delay *const *part, size_t n, tg_delay **out);
TG_CHECKED tg_status tg_delay_mixture(const tg_delay *const *part, const double *weight,
                                      size_t n, tg_delay **out);
TG_CHECKED tg_status tg_delay_at_most(const tg_delay *part, double at_most, tg_delay **out);

/* The law of `factor` T, as one of the same family: every family of the grammar is closed under
 * a change of the unit of time. Errors: TG_EDOMAIN factor not > 0, a time out of range, or a law
 * that is not of the grammar; TG_ENOMEM. */
TG_CHECKED tg_status tg_delay_scaled(const tg_delay *d, double factor, tg_delay **out);

/* The law of the delays that count, each with weight c(T), 0 <= c <= 1: density
 * proportional to c f; *share = E c, *power = E c^2 (NULL allowed). `part` is borrowed.
 *   fresh      c(T) = P(J <= most | T), J Poisson with mean rate T: at most so many updates
 *              were applied in the meantime
 *   weighed    c(T) = E[c(J) | T], J of mean rate T and variance F rate T, with *power = E c(J)^2: a step
 *              that shrinks with staleness; F falls from 1 on a line and is `fano` from `until` [time] on
 * Errors: TG_EDOMAIN power, rate, until not > 0, fano not in [0, 1] or finite, or nothing counts; TG_ENOMEM. */
TG_CHECKED tg_status tg_delay_fresh(const tg_delay *part, double rate, size_t most,
                                    tg_delay **out, double *share, double *power);
TG_CHECKED tg_status tg_delay_weighed(const tg_delay *part, double rate, double fano,
                                      double until, const tg_weights *weights,
                                      tg_delay **out, double *share, double *power);

tg_delay *tg_delay_keep(const tg_delay *d); /* one more reference */
void      tg_delay_free(tg_delay *d);       /* drop a reference; NULL allowed */

/* The law in the grammar above, on one line; belongs to the law. */
const char *tg_delay_text(const tg_delay *d);
const char *tg_delay_name(const tg_delay *d); /* "gamma", "sum", ... */

double tg_delay_mean(const tg_delay *d);
double tg_delay_variance(const tg_delay *d); /* inf if there is none */
double tg_delay_third(const tg_delay *d); /* third central moment; inf if there is none */
double tg_delay_cv(const tg_delay *d);    /* standard deviation / mean */

/* P(T < low) = 0 and, for a bounded law, P(T > high) = 0; high is inf otherwise. */
void tg_delay_support(const tg_delay *d, double *low, double *high);

double tg_delay_sample(const tg_delay *d, tg_rng *g);
/* n draws: the same values as n calls of tg_delay_sample. */
void tg_delay_samples(const tg_delay *d, tg_rng *g, double *out, size_t n);
/* Draw `number` (0, 1, ...) of each of the streams (seed, purpose, first + i), i < n, of which nothing
 * else is drawn, into out (n): the same values, side by side. 0 where the law takes more of a stream
 * at one time than at another. */
int tg_delay_samples_across(const tg_delay *d, uint64_t seed, tg_purpose purpose,
                            uint64_t first, uint64_t number, size_t n, double *out);

/* Density of the continuous part (an atom has none), P(T <= t), smallest t with cdf >= p.
 */
double tg_delay_pdf(const tg_delay *d, double t);
double tg_delay_cdf(const tg_delay *d, double t);
double tg_delay_quantile(const tg_delay *d, double p);

/* phi(s) = E exp(-s T), and phi'(s) in *derivative unless that is NULL, to 1e-12 relative
 * accuracy for Re s >= abscissa (the continuation through its pole for gamma laws of whole
 * shape); NaN where phi does not exist. */
double complex tg_delay_laplace(const tg_delay *d, double complex s,
                                double complex *derivative);
/* phi at n points; derivative may be NULL. */
void tg_delay_laplaces(const tg_delay *d, const double complex *s, size_t n,
                       double complex *phi, double complex *derivative);

/* Whether phi has no closed form, and takes microseconds rather than tens of nanoseconds.
 */
int tg_delay_costly(const tg_delay *d);

/* phi is analytic for Re s > abscissa: -inf for bounded laws and for those that continue as
 * a meromorphic function (erlang), -1/mean-like values for branch points, 0 for heavy
 * tails. */
double tg_delay_abscissa(const tg_delay *d);

/* Bounds of |phi(s)| and |phi'(s)| over Re s >= left, |Im s| >= height, left > abscissa and
 * poles: above a pole they fall with the height. */
double tg_delay_largest(const tg_delay *d, double left, double height, double *steepest);

/* Poles of the continuation of phi, all real and < 0: at most `room` of them are stored;
 * the number there are is returned. */
typedef struct tg_delay_pole {
    double   at; /* [1/time] */
    unsigned order;
} tg_delay_pole;

size_t tg_delay_poles(const tg_delay *d, tg_delay_pole *out, size_t room);

/* The registry of named laws, for help, man page and tests. */
typedef enum tg_delay_type { TG_DELAY_NUMBER, TG_DELAY_LIST, TG_DELAY_WORD } tg_delay_type;

typedef struct tg_delay_param {
    const char   *name, *unit, *doc;
    double        min, max; /* allowed range, ends included */
    int           optional; /* then `fallback` is taken */
    double        fallback;
    tg_delay_type type; /* lists and words are only read from descriptions */
} tg_delay_param;

typedef struct tg_delay_kind      tg_delay_kind;
extern const tg_delay_kind *const tg_delay_kinds[]; /* NULL-terminated */
const char                       *tg_delay_kind_name(const tg_delay_kind *k);
const char                       *tg_delay_kind_doc(const tg_delay_kind *k);
const tg_delay_param *tg_delay_kind_params(const tg_delay_kind *k, size_t *count);

#endif
