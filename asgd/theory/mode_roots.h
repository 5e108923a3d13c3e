/* mode_roots: the characteristic roots of a mode with the workers there are
 *
 *     s + e sum_g lambda_g phi_g/(1 + e phi_g G_g) = 0      level renewal (theory 3.6, eq. 4)
 *     1 - (1 - e) phi(s) = 0                                one worker, exact
 *     s + e sum_g lambda_g/(1 + e + m_g s) = 0              exponential workers, exact
 *     z - 1 + e z^-(P-1) = 0, s = (P/T) ln z                workers of one constant time in turn, exact
 *
 * each counted by the argument principle, found, and where it has a closed form proved in ball
 * arithmetic. Private to theory and to study/.
 */
#ifndef TG_ASGD_MODE_ROOTS_H
#define TG_ASGD_MODE_ROOTS_H

#include "asgd/theory/predict_finite.h"
#include "roots/corrected.h"
#include "roots/prove.h"

/* The equation of a mode, made to be asked. */
typedef struct tg_mode_equation {
    tg_level level;
    tg_way   way;
    size_t   groups;
    double   e, damping, mean, total; /* eta h; e lambda [1/time]; P/lambda [time]; P */
    bool     settles;           /* the response in G_g is the mean field's, which settles */
    const tg_delay    **law;    /* (groups) borrowed laws, owned list ... */
    double             *rate;   /* ... and their lambda_g [1/time] */
    tg_renewal         *grid;   /* NULL: the equation is closed */
    double             *own;    /* (groups, points) G_g */
    tg_corrected_group *series; /* (groups) */
    tg_delay           *delay;  /* of exponential workers: the loop that has these roots */
} tg_mode_equation;

/* The equation of a mode h of ASGD. Release with tg_mode_equation_close(), also after failure. Errors:
 * TG_EDOMAIN another rule; TG_ENOMEM. */
TG_CHECKED tg_status tg_mode_equation_open(const tg_finite *f, double h, double threshold,
                                           tg_mode_equation *out);
void                 tg_mode_equation_close(tg_mode_equation *q);

/* Of exponential workers, the loop that has the same roots, which roots/ knows in closed form. */
tg_loop tg_mode_loop(const tg_mode_equation *q);

/* How many roots have Re s > 0, and what relative change of the equation would alter that (NaN: of a
 * polynomial it is not asked). Errors: TG_ENOCONV a root on the axis. */
TG_CHECKED tg_status tg_mode_unstable(const tg_mode_equation *q, size_t *count,
                                      double *clearance);

/* The same in ball arithmetic where the equation is closed: exponential workers, and laws with rational
 * transforms where the mean field settles; else *proved is false. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_mode_prove(const tg_mode_equation *q, size_t *count, bool *proved);

/* All with Re s >= *line; NaN: as far left as the equation can be read, at most three over the mean
 * job, which *line then is. Errors: those of roots/. */
TG_CHECKED tg_status tg_mode_roots(const tg_mode_equation *q, double *line, tg_roots *out);

/* The equation of a mode h of a cluster under a rule. Close it only after success. Errors: TG_EDOMAIN
 * the rule is not ASGD. */
TG_CHECKED tg_status tg_cluster_equation(const tg_cluster   *cluster,
                                         const tg_algorithm *rule, double step, double h,
                                         tg_mode_equation *out);

#endif
