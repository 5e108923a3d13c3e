/* corrected: characteristic roots of few workers, whose own past is in them
 *
 *     ch(s) = s + sum_g a_g phi_g(s) / (1 + e phi_g(s) G_g(s)) = 0
 *
 * with a_g = e lambda_g, G_g = 1 + int du_g r e^{-st} (theory 3.6, eq. 4). On a grid of times dt
 * apart phi_g and G_g are power series in z = (1 - s dt/2)/(1 + s dt/2), so that
 *
 *     H(z) = (1 - z) prod_g D_g + (dt/2)(1 + z) sum_g a_g phi_g prod_{k != g} D_k,   D_g = 1 + e phi_g G_g
 *
 * is one as well, without poles: analytic wherever the series converge, Re s > line being a disc
 * through z = -1, s = inf, where H = 2 prod D. Its zeros in the disc are counted by the argument
 * principle along the circle, in steps that cannot pass a zero: |H'| is bounded by the sums of
 * moduli, and between a and b, where |H(a)| + |H(b)| > |H'| |b - a|, H neither vanishes nor
 * turns by pi. Derived here, theory 3.6.
 */
#ifndef TG_ROOTS_CORRECTED_H
#define TG_ROOTS_CORRECTED_H

#include "roots/find.h"

/* Workers of one law. */
typedef struct tg_corrected_group {
    double        rate; /* a_g [1/time] */
    const double *law,
        *own; /* (laws), (owns): sum law_i z^i = phi, sum own_i z^i = G; borrowed */
    size_t laws, owns; /* >= 1 */
    int    tail;       /* the law goes on where its series ends */
} tg_corrected_group;

/* One loop; or, with groups = 1 and e NaN, 1 - rate phi(s) alone (rate without a unit): a single
 * worker's mean, theory 3.3, with rate 1 - e, and its mean square with (1 - e)^2. */
typedef struct tg_corrected {
    double                    dt, e; /* [time] */
    size_t                    groups;
    const tg_corrected_group *group; /* (groups) borrowed */
} tg_corrected;

/* ch at s, or the single worker's function. */
double complex tg_corrected_value(const tg_corrected *c, double complex s);

/* The line furthest to the left, but no less than `least` [1/time], right of which the sums of moduli
 * are below 50 and those of G_g have come to their end. */
double tg_corrected_line(const tg_corrected *c, double least);

/* How many zeros have Re s > line, with multiplicity. `clearance` (NULL allowed) receives the least
 * |ch|/(|s| + |ch - s|) on the line: the relative change of the equation that would move one across.
 * Errors: TG_EDOMAIN no groups, dt or a series not as said, line not > -2/dt; TG_ENOCONV a zero on the
 * line, to rounding. */
TG_CHECKED tg_status tg_corrected_count(const tg_corrected *c, double line, size_t *count,
                                        double *clearance, size_t *evaluations);

/* All of them, by boxes that are halved as long as the count in them is not that of one root, and
 * Newton's iteration; the certificate's method is "grid". Owner: tg_roots_free(). Errors: as above;
 * TG_ENOCONV count and found differ; TG_ENOMEM. */
TG_CHECKED tg_status tg_corrected_right_of(const tg_corrected *c, double line,
                                           tg_roots *out);

#endif
