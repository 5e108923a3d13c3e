/* effects: how much workers differ, apart from how much the jobs of one differ
 *
 * ln t_ij = mu + b_i + e_ij: b_i is the worker's own and lasts, e_ij is of every job. With
 * variances tau^2 and sigma^2, by analysis of variance (Searle, Casella, McCulloch 1992,
 * 3.6):
 *
 *     sigma^2 = SSW/(N - k),  tau^2 = (SSB - (k - 1) sigma^2)/(N - sum n_i^2/N)
 *
 * The rate at which these workers deliver is lambda = sum_i 1/m_i with m_i = E t_i, the
 * mean of the worker. Of n_i >= 10 cycles of mean x_i, 1/m_i is (1 - c^2/n_i)/x_i, c the
 * variation within. Of fewer, with rho_i = tau^2/(tau^2 + sigma^2/n_i), y_i the mean
 * logarithm, A = E e^e,
 *
 *     1/m_i = e^{-mu - rho_i (y_i - mu)} K_i / A,
 *     K_i = exp(tau^2 (1 - rho_i^2)/2) / (E e^{-rho_i e/n_i})^{n_i},
 *
 * which is unbiased for normal b_i and any law of e (derived here); that law is
 * asgd/traces/within.h's. Where none of those fits, the times of a worker tell how far apart they are but
 * not on which side of the mean the tail lies: of e and -e, which are as far apart, one has A = E e^e and
 * the other E e^-e, and the error is widened by what that and the other laws of within.h do to the rate. One cycle of each cannot tell b from e: then every worker is
 * taken to keep its speed, and the error reaches down to none of them doing so.
 */
#ifndef TG_ASGD_EFFECTS_H
#define TG_ASGD_EFFECTS_H

#include "asgd/traces/trace.h"
#include "core/status.h"

#include <stdbool.h>

typedef enum tg_effects_kind {
    TG_EFFECTS_NONE,   /* workers do not differ by more than chance, or by 2 % */
    TG_EFFECTS_OWN,    /* they do, and each one's own speed is known from its mean */
    TG_EFFECTS_MODEL,  /* they do, and few cycles of each tell it by the model only */
    TG_EFFECTS_UNKNOWN /* one cycle of each: it cannot be told */
} tg_effects_kind;

#define TG_EFFECTS_MISFIT 1e-3

typedef struct tg_effects {
    tg_effects_kind kind;
    size_t          workers, cycles;
    double          within, between; /* sigma, tau: of logarithms */
    double          p;               /* that workers do not differ (F test) */
    double          mean;            /* [s] of the workers' means m_i */
    double          spread; /* variation of the m_i over their mean, sqrt(e^{tau^2} - 1) */
    double          cv;     /* of the cycles of one worker */
    const char     *law;    /* MODEL: of one worker's cycles; gamma, weibull, lognormal */
    double          shape;  /* of that law: its first parameter; lognormal: its cv */
    double          fits;   /* p of that law; below TG_EFFECTS_MISFIT it does not fit */
    double          rate, error; /* lambda of these workers [1/s]; standard error */
    double low, high; /* two errors about it; UNKNOWN: down to none keeping its speed */
} tg_effects;

/* The effects of a group. `correlation` of a worker's cycle with its next one widens
 * errors. Errors: TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_effects_of(const tg_trace *t, size_t group, double correlation,
                                   tg_effects *out);

/* Give the workers of a group whose own speeds are known, or taken to last (OWN, UNKNOWN),
 * their factors. */
void tg_effects_apply(const tg_effects *e, size_t group, tg_trace *t);

#endif
