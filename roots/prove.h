/* prove: a verdict in ball arithmetic, free of rounding
 *
 *     s + b + a phi(s) F(s) != 0  for all Re s >= 0:   the mean converges, proved
 *
 * f is enclosed on every piece of the imaginary axis up to |s| = R by an Arb ball that does
 * not contain 0, so the change of its argument, and with it the number of zeros on the
 * right, is exact. For a loop that diverges, a small square in Re s > 0 is shown to hold a
 * root the same way. Constant, exponential, shifted exponential, gamma, erlang,
 * hyperexponential, uniform delays, their sums and mixtures; filters asgd, fedbuff,
 * heavy_ball. Source: Johansson 2017 (Arb); the argument: see roots/count.h.
 */
#ifndef TG_ROOTS_PROVE_H
#define TG_ROOTS_PROVE_H

#include "roots/find.h"

typedef enum tg_proof_verdict {
    TG_UNPROVED,
    TG_PROVED_STABLE,
    TG_PROVED_UNSTABLE
} tg_proof_verdict;

typedef struct tg_proof {
    tg_proof_verdict verdict;
    size_t           unstable; /* zeros with Re s > 0, exact when proved */
    double complex root; /* TG_PROVED_UNSTABLE: one of them, within `radius` in Re and Im */
    double         radius;
    size_t         pieces; /* of the imaginary axis */
} tg_proof;

/* Prove the verdict on a loop. A loop on the boundary itself stays TG_UNPROVED. Errors:
 * TG_EDOMAIN incomplete loop, or a law or filter without a closed form; TG_EINPUT built
 * without Arb (Debian package libflint-arb-dev). */
TG_CHECKED tg_status tg_loop_prove(const tg_loop *loop, tg_proof *out);

/* Workers with their own past, in groups of one law each: e = eta h, and lambda_g [1/time]. */
typedef struct tg_renewing {
    double                 e;
    size_t                 groups;
    const tg_delay *const *law;  /* (groups) borrowed, as is what follows */
    const double          *rate; /* (groups) */
} tg_renewing;

/* The same of their mean,
 *
 *     s + e sum_g lambda_g phi_g/(1 + e phi_g G_g) = 0,    G_g = 1 + int du_g r e^{-st},
 *
 * r^ = 1/(s + e sum_g lambda_g phi_g), for laws of which phi is rational. Then du_g = sum_k c_k e^{t_k t}
 * over the roots t_k of phi_g = 1 but 0, c_k = -1/phi_g'(t_k), and G_g = 1 + sum_k c_k r^(s - t_k) is
 * closed: analytic on Re s >= 0 if s + e sum lambda phi has no zero right of the least -Re t_k, which is
 * proved first. Derived here, theory 3.6. No root is enclosed: out->root is NaN. Errors: TG_EDOMAIN no
 * groups, or a law whose transform is not rational; TG_EINPUT as above. */
TG_CHECKED tg_status tg_corrected_prove(const tg_renewing *workers, tg_proof *out);

#endif
